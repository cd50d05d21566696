"""Flows and webhooks wired up: what starts them, what runs them, and how they reach people and other servers."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from relata.app.assembly import House
from relata.engine.automation.flows import tasks
from relata.engine.automation.flows.ports import Ports
from relata.engine.automation.webhooks import tasks as webhooks
from relata.engine.automation.webhooks.delivering import Deliverer
from relata.engine.collaboration.preferences import Preferences
from relata.engine.collaboration.telling import as_person, tell
from relata.engine.jobs.queue import Queue
from relata.engine.jobs.schedules import Recurring
from relata.engine.messaging.message import Message
from relata.engine.metadata.fields import AnyTarget
from relata.engine.ui.values import record_href
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace


def register(house: House, queue: Queue) -> None:
    """Give the queue these tasks."""
    ports = ports_of(house)
    tasks.register(queue, house.door, ports)
    webhooks.register(queue, Deliverer(house.door, house.guard, ports.tell, house.sealer))


def recurring(schema: str) -> Iterator[Recurring]:
    """What recurs in a workspace."""
    yield Recurring(schema, tasks.TIMED, tasks.TIMED_CRON, tasks.TIMED)
    yield Recurring(schema, webhooks.CLEAR, webhooks.CLEAR_CRON, webhooks.CLEAR)


def ports_of(house: House) -> Ports:
    """What flows reach."""

    async def mail(work: Workspace, wish: Preferences, item: Record) -> None:
        about = item["about"]
        path = record_href(work.registry, about.object, about.id) if about else "/notifications"
        text = f"{item['text']}\n\n{house.settings.address}{path}\n"
        message = Message(wish.email, " ".join(item["text"].split())[:150], text, key=item.id.hex)
        await house.outbox.post_within(work.unit.connection, message)
        await work.change(item, {"is_mailed": True})

    async def tell_person(work: Workspace, person: UUID, text: str, about: AnyTarget | None) -> bool:
        if about is not None and work.actor.user is not None:
            seeing = await as_person(work, house.door.actors, person)
            known = await titles_of(seeing.unit, {about.object: [about.id]}) if seeing else {}
            if not known:
                return False
        by = work.actor.user
        return await tell(work, mail, person, text, about=about, by=by) is not None

    return Ports(tell_person, house.transport, house.guard, house.database, house.sealer)
