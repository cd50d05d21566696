"""A company with two people and what they do, told at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from relata.engine.collaboration.preferences import Preferences
from relata.engine.collaboration.telling import tell_of_changes
from relata.engine.history.feed import Change
from relata.engine.storage.planner import quoted
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.testing.house import House

_LOG = (
    "select id, id, object, record, action, at, actor, via, coalesce(source, '{}'), coalesce(before, '{}'),"
    " coalesce(after, '{}') from {schema}._change order by id"
)


class Telling:
    """Tells of everything that is in the log; mails are kept."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.mails: list[tuple[str, str]] = []

    async def __call__(self) -> int:
        async with self.house.system() as work:
            rows = await work.unit.connection.fetch(_LOG.replace("{schema}", quoted(work.context.schema)))
            return await tell_of_changes(work, self.house.door.actors, self.mail, [Change(*row) for row in rows])

    async def mail(self, work: Workspace, wish: Preferences, notification: Record) -> None:
        self.mails.append((wish.email, notification["text"]))

    async def told(self, person: UUID) -> list[tuple[str, str]]:
        """Kind and text of what a person was told, as they see it."""
        async with self.house.as_person(person) as work:
            found = await work.find("notification", order="created_at")
            return [(one["kind"], one["text"]) for one in found]


@pytest.fixture
def telling(house: House) -> Telling:
    return Telling(house)


@pytest.fixture
def act(house: House) -> Callable[[UUID, Callable[[Workspace], Awaitable[Any]]], Awaitable[Any]]:
    """Do something as a person."""

    async def run(person: UUID, what: Callable[[Workspace], Awaitable[Any]]) -> Any:
        async with house.as_person(person) as work:
            return await what(work)

    return run
