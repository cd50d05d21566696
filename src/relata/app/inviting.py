"""Invitations wired up: what guests are to be told goes out as mail, and subscribed calendars are read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import msgspec

from relata.app.assembly import House
from relata.app.hearing import hear_replies
from relata.engine.calendars.feeds import items_where
from relata.engine.calendars.item import Guest, Item
from relata.engine.calendars.scheduling import cancel, counter, refuse, reply, request
from relata.engine.collaboration.telling import as_person
from relata.engine.formula import Binary, Literal, Path, parse
from relata.engine.jobs.queue import Job, Queue
from relata.engine.jobs.schedules import Recurring
from relata.engine.messaging.invitation import answer_to, invitation
from relata.engine.query.request import Query
from relata.engine.storage.planner import quoted
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError

INVITE, INVITE_CRON = "mail_invitations", "* * * * *"
READ, READ_CRON = "read_calendars", "*/10 * * * *"
_MOST = 200
#: A calendar elsewhere is read so often.
_EVERY = timedelta(minutes=55)
_MAX_BYTES = 10_000_000
#: Who was removed so long ago was told, or is no longer told.
_TOLD_WITHIN = timedelta(days=1)


def register(house: House, queue: Queue) -> None:
    """Give the queue these tasks."""

    @queue.task(INVITE)
    async def mail_invitations(job: Job) -> None:
        async def run(work: Workspace) -> None:
            if "guest" in work.registry.objects:
                await send_invitations(work, house)
                if "email" in work.registry.objects:
                    await hear_replies(work, house)

        await house.door.run(_key_of(str(job.args["schema"])), None, run, via="automation")

    @queue.task(READ)
    async def read_calendars(job: Job) -> None:
        key = _key_of(str(job.args["schema"]))

        async def due(work: Workspace) -> list[Record]:
            if "calendar_subscription" not in work.registry.objects:
                return []
            since = (work.clock.now - _EVERY).isoformat()
            where = f'owner != null and (read_at = null or read_at < datetime("{since}"))'
            found = await work.find("calendar_subscription", where, limit=_MOST)
            return [one for one in found if one["address"]]

        for one in await house.door.run(key, None, due, via="automation", read_only=True):
            await read_one(house, key, one)


def recurring(schema: str) -> Iterator[Recurring]:
    """What recurs in a workspace."""
    yield Recurring(schema, INVITE, INVITE_CRON, INVITE)
    yield Recurring(schema, READ, READ_CRON, READ)


async def read_one(house: House, key: str, calendar: Record) -> None:
    """Read a calendar elsewhere, as its owner; what went wrong stands on it with what to do."""
    problem = ""
    try:
        address = "https://" + str(calendar["address"]).partition("://")[2]
        answer = await house.guard.fetch(address, limit_bytes=_MAX_BYTES, seconds=20, redirects=3)
        if not answer.is_ok:
            problem = f"The other server answered {answer.status}. Check the address; it may have been revoked."
        else:
            text = answer.body.decode("utf-8", "replace")

            async def take(work: Workspace) -> None:
                person = await as_person(work, house.door.actors, calendar["owner"])
                if person is not None:
                    action = person.action("calendar_subscription", "take_calendar")
                    values = {"calendar_subscription": calendar.id, "text": text}
                    await person.run(msgspec.convert(values, action.command))

            await house.door.run(key, None, take, via="automation")
    except RelataError as error:
        problem = f"{error.message} {error.hint or ''}".strip()

    async def note(work: Workspace) -> None:
        known = await work.get_many("calendar_subscription", [calendar.id])
        if known and problem:
            await work.change(known[0], {"problem": problem[:500], "read_at": work.clock.now})

    if problem:
        await house.door.run(key, None, note, via="automation")


async def send_invitations(work: Workspace, house: House) -> int:
    """Hand over what waits, each once; how many mails. work: the system's."""
    waiting = await work.find("guest", "to_send != null", order="created_at", limit=_MOST)
    for guest in waiting:
        meeting = await work.first("meeting", id=guest["meeting"])
        values: dict[str, object] = {"to_send": None}
        if meeting is not None and guest["email"]:
            is_ours = guest["to_send"] in ("reply", "counter")
            await (_answer if is_ours else _mail)(work, house, meeting, guest, guest["to_send"])
            if not is_ours:
                values["invited_at"] = work.clock.now
        await work.change(guest, values)
    return len(waiting) + await _tell_removed(work, house)


async def _tell_removed(work: Workspace, house: House) -> int:
    """Who was invited and is no guest any more, or whose meeting is gone, hears that it does not take place for them;
    once, and only of what was still to come."""
    since = (work.clock.now - _TOLD_WITHIN).isoformat()
    where = parse(f'invited_at != null and email != null and deleted_at > datetime("{since}")')
    page = await work.query(Query("guest", where, fields=("id", "version"), limit=_MOST, deleted=True))
    told = 0
    for row in page.values():
        mark = f"uninvited:{row['id']}:{row['version']}"
        fresh = await work.unit.connection.fetch_one(
            f"insert into {quoted(work.context.schema)}._done (what) values (%s) on conflict do nothing returning what",
            (mark,),
        )
        if fresh is None:
            continue
        guest = await work.get("guest", row["id"], deleted=True)
        meeting = await work.get("meeting", guest["meeting"], deleted=None)
        ends = meeting["series_end"] if meeting["rule"] else meeting["ends_at"]
        is_over = meeting["status"] != "planned" and guest["to_send"] != "cancel"
        if is_over or guest["answer"] == "declined" or (ends is not None and ends < work.clock.now):
            continue
        await _mail(work, house, meeting, guest, "cancel")
        told += 1
    return told


async def _mail(work: Workspace, house: House, meeting: Record, guest: Record, what: str) -> None:
    """what: request, cancel or refuse."""
    one, its_id = work.registry.get("meeting"), Binary("=", Path(("id",)), Literal(str(meeting.id)))
    (item,) = await items_where(work, one, its_id, deleted=meeting.is_deleted)
    owners = await work.get_many("user", [meeting["owner"]]) if meeting["owner"] else []
    host = Guest(owners[0]["email"] or "", owners[0]["name"]) if owners and owners[0]["email"] else None
    told = _with_people(item, host, guest)
    is_over = what == "cancel"
    text = {"cancel": cancel, "refuse": refuse}.get(what, request)(told, now=work.clock.now)
    key = f"{meeting.id.hex}-{guest.id.hex}-{meeting['sequence'] or 0}-{what}-{guest.version}"
    language = owners[0]["language"] if owners else None
    mail = invitation(
        guest["email"], text, subject=told.subject, starts=told.starts, ends=told.ends, zone=told.zone,
        of_days=told.is_all_day, place=told.location, link=told.link, text=told.description,
        host=host.name if host else "", is_over=is_over, key=key, language=language or "en",
        stays=what == "refuse",
    )  # fmt: skip
    await house.outbox.post_within(work.unit.connection, mail)


async def _answer(work: Workspace, house: House, meeting: Record, guest: Record, what: str) -> None:
    """One of ours says to who invited them whether they come, or when they would rather. what: reply or counter."""
    if not meeting["invited_by"]:
        return
    its_id = Binary("=", Path(("id",)), Literal(str(meeting.id)))
    (item,) = await items_where(work, work.registry.get("meeting"), its_id)
    item = replace(item, organizer=Guest(meeting["invited_by"]), status="planned")
    person = Guest(guest["email"], guest["name"] or "", guest["answer"])
    span, now = (guest["proposed_at"], guest["proposed_until"]), work.clock.now
    text = counter(item, person, span, now=now) if what == "counter" else reply(item, person, now=now)
    owners = await work.get_many("user", [meeting["owner"]]) if meeting["owner"] else []
    key = f"{meeting.id.hex}-{guest.id.hex}-{meeting['sequence'] or 0}-{what}-{guest.version}"
    language = owners[0]["language"] if owners else None
    said = "counter" if what == "counter" else person.answer
    mail = answer_to(meeting["invited_by"], text, subject=item.subject, who=person.name or person.email, answer=said,
                     key=key, language=language or "en")  # fmt: skip
    await house.outbox.post_within(work.unit.connection, mail)


def _with_people(item: Item, host: Guest | None, guest: Record) -> Item:
    """To each their own: guests do not see each other's addresses."""
    who = Guest(guest["email"], guest["name"] or "", guest["answer"], is_optional=bool(guest["is_optional"]))
    return replace(item, organizer=host, guests=(who,), remind=None)


def _key_of(schema: str) -> str:
    return schema.removeprefix("w_")
