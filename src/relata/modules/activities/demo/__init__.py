"""What Larkfield's people did lately and have to do next, about contacts and accounts."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any

from relata.engine.metadata.fields import AnyTarget
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.modules.activities import contracts
from relata.modules.activities.demo import texts
from relata.modules.parties.contracts import ACCOUNT, CONTACT

SEED = 21
CALLS, TASKS, MEETINGS, NOTES = 45, 40, 22, 25


async def demo(work: Workspace) -> None:
    """Some 130 activities, most of them in the last three months, some in the next three weeks."""
    contacts = await work.find(CONTACT, order="created_at", limit=500)
    if not contacts or await work.first(contracts.NOTE, subject=texts.NOTES[0].splitlines()[0]):
        return
    random = Random(SEED)
    accounts = await work.find(ACCOUNT, order="number", limit=500)
    await _calls(work, random, contacts)
    await _tasks(work, random, contacts, accounts)
    await _meetings(work, random, contacts)
    await _rounds(work)
    await _notes(work, random, accounts)


def moment(work: Workspace, random: Random, days: int) -> datetime:
    """A quarter of an hour in office hours, so many days from today; at a week-end it is the Friday before."""
    day = work.clock.today + timedelta(days=days)
    day -= timedelta(days=max(0, day.weekday() - 4))
    return datetime.combine(day, time(random.randrange(8, 17), random.choice((0, 15, 30, 45))), UTC)


def _shared(record: Record) -> dict[str, Any]:
    return {"owner": record["owner"], "team": record["team"], "about": AnyTarget(record.object.name, record.id)}


async def _calls(work: Workspace, random: Random, contacts: list[Record]) -> None:
    for contact in random.choices(contacts, k=CALLS):
        subject, summary = random.choice(texts.CALLS)
        outcome = random.choice(("connected", "connected", "connected", "left_message", "no_answer", "call_back"))
        talked = outcome == "connected"
        values = {
            "subject": subject,
            "direction": random.choice(("outbound", "outbound", "inbound")) if talked else "outbound",
            "outcome": outcome,
            "at": moment(work, random, -random.randrange(1, 90)),
            "duration": timedelta(minutes=random.randrange(3, 40)) if talked else None,
            "contact": contact.id,
            "phone": contact["phone"][0].value if contact["phone"] else None,
            "summary": summary if talked else None,
        }
        await work.create(contracts.CALL, values | _shared(contact))


async def _tasks(work: Workspace, random: Random, contacts: list[Record], accounts: list[Record]) -> None:
    for record in (*random.choices(contacts, k=TASKS - 15), *random.sample(accounts, 15)):
        subject, kind = random.choice(texts.TASKS)
        days = random.randrange(-60, 21)
        late = random.random() < 0.15
        values = {
            "subject": subject,
            "kind": kind,
            "priority": random.choice(("low", "normal", "normal", "normal", "high", "urgent")),
            "due_on": work.clock.today + timedelta(days=days),
            "status": "done" if days < 0 and not late else random.choice(("open", "open", "in_progress")),
        }
        await work.create(contracts.TASK, values | _shared(record))


async def _meetings(work: Workspace, random: Random, contacts: list[Record]) -> None:
    for contact in random.sample(contacts, MEETINGS):
        subject, agenda, outcome = random.choice(texts.MEETINGS)
        days = random.randrange(-75, 21)
        held = days < 0
        values = {
            "subject": subject,
            "status": "held" if held else "planned",
            "starts_at": moment(work, random, days),
            "location": random.choice(("At the customer's", "Showroom Berlin", "Video", "Tasting bar, Rotterdam")),
            "contacts": (contact.id,),
            "agenda": agenda,
            "outcome": outcome if held else None,
        }
        await work.create(contracts.MEETING, values | _shared(contact))


async def _rounds(work: Workspace) -> None:
    """What repeats: a round of each team's people, and a room for it."""
    room = await work.create(contracts.ROOM, {"name": "Tasting bar, Rotterdam", "seats": 12})
    people = await work.find("user", 'status = "active"', order="name", limit=6)
    monday = work.clock.today - timedelta(days=work.clock.today.weekday() + 14)
    for at, subject, repeats in ((9, "Pipeline round", "weekly"), (13, "Tasting of the new roasts", "fortnightly")):
        values = {
            "subject": subject,
            "starts_at": datetime.combine(monday, time(at), UTC),
            "zone": "Europe/Berlin",
            "repeats": repeats,
            "colleagues": [one.id for one in people[1:]],
            "rooms": [room.id],
            "owner": people[0].id if people else None,
            "remind_before": "15",
        }
        await work.create(contracts.MEETING, values)


async def _notes(work: Workspace, random: Random, accounts: list[Record]) -> None:
    bodies = [texts.NOTES[0], *random.choices(texts.NOTES[1:], k=NOTES - 1)]
    for body, account in zip(bodies, random.sample(accounts, NOTES), strict=True):
        await work.create(contracts.NOTE, {"body": body, "is_pinned": random.random() < 0.1} | _shared(account))
