"""What flows need from above: how people are told, mail leaves, addresses are fetched, working days are counted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from relata.engine.automation.flows.clocks import shifted as by_the_clock
from relata.engine.automation.working_time.counting import add_working, add_working_days
from relata.engine.automation.working_time.reading import calendar_of
from relata.engine.fetching.client import Guard
from relata.engine.identity.sealing import NoSealer, Sealer
from relata.engine.messaging.message import MailTransport
from relata.engine.metadata.fields import AnyTarget
from relata.engine.storage.database import Database
from relata.engine.workspace.workspace import Workspace

#: Tells a person something about a record, if they may see it; whether they were told.
Tell = Callable[[Workspace, UUID, str, AnyTarget | None], Awaitable[bool]]


async def _untold(work: Workspace, person: UUID, text: str, about: AnyTarget | None) -> bool:
    return False


@dataclass(frozen=True)
class Ports:
    """tell: see `Tell`. transport: what carries mail; None where none may leave. guard: fetches addresses. database,
    sealer: hold and open the secrets of requests."""

    tell: Tell = _untold
    transport: MailTransport | None = None
    guard: Guard | None = None
    database: Database | None = None
    sealer: Sealer = field(default_factory=NoSealer)

    async def shifted(self, work: Workspace, moment: datetime, amount: int, unit: str) -> datetime:
        """So much later, for this person and workspace."""
        if unit == "working_days":
            return add_working_days(await calendar_of(work, work.actor.user), moment, amount)
        if unit == "working_hours":
            return add_working(await calendar_of(work, work.actor.user), moment, timedelta(hours=amount))
        return by_the_clock(moment, amount, unit, work.actor.zone)
