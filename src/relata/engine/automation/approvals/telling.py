"""Telling people: who has to decide, what is late, and whoever submitted what became of it. From the log, each once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from relata.engine.automation.approvals.objects import DECISION, REQUEST
from relata.engine.collaboration.notes import SILENT_WAYS
from relata.engine.collaboration.preferences import Preferences
from relata.engine.collaboration.telling import tell
from relata.engine.history.delivery import Subscriber
from relata.engine.history.feed import Change
from relata.engine.jobs.queue import NewJob, Queue
from relata.engine.metadata.fields import AnyTarget
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted
from relata.engine.workspace.acting import as_person
from relata.engine.workspace.holds import OVERRIDE
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _

#: The task that wiring registers. Its args: schema, and the numbers of the first and the last change.
TELL = "tell_approvers"
#: Of administrators who hear that nobody can decide.
_MOST_ADMINISTRATORS = 10


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell one person. item: what they have to decide; None where there is nothing to do."""

    person: UUID
    text: str
    about: AnyTarget
    by: UUID | None
    request: Record
    item: Record | None = None


#: Has a notification mailed, in the transaction of the work.
Mail = Callable[[Workspace, Preferences, Record, News], Awaitable[None]]


def approving(queue: Queue) -> Subscriber:
    """The subscriber that enqueues one job for the changes of a batch that are about approvals."""

    async def enqueue(connection: Connection, schema: str, changes: Sequence[Change]) -> None:
        feeds = [one.feed for one in changes if _concerns(one)]
        if feeds:
            args = {"schema": schema, "first": min(feeds), "last": max(feeds)}
            await queue.enqueue_many(connection, [NewJob(TELL, args)])

    return enqueue


async def tell_of_approvals(work: Workspace, mail: Mail, changes: Sequence[Change]) -> int:
    """Tell whom these changes concern, each once however often this is called; how many were told. work: the
    system's."""
    told = 0
    for change in await _first_time(work, [one for one in changes if _concerns(one)]):
        for news in await _news(work, change):
            told += int(await _tell(work, mail, news))
    return told


def _concerns(change: Change) -> bool:
    if change.via in SILENT_WAYS or change.action not in ("created", "changed"):
        return False
    if change.object == DECISION:
        return change.action == "created" or bool({"owner", "is_late"} & set(change.after))
    return change.object == REQUEST and change.action == "changed" and bool({"state", "is_stuck"} & set(change.after))


async def _first_time(work: Workspace, changes: Sequence[Change]) -> list[Change]:
    rows = await work.unit.connection.fetch(
        f"insert into {quoted(work.context.schema)}._done (what)"
        " select 'approval:' || feed from unnest(%s::bigint[]) as feed on conflict do nothing returning what",
        ([one.feed for one in changes],),
    )
    fresh = {what for (what,) in rows}
    return [one for one in changes if f"approval:{one.feed}" in fresh]


async def _news(work: Workspace, change: Change) -> list[News]:
    if change.object == DECISION:
        items = await work.get_many(DECISION, [change.record])
        item = items[0] if items else None
        if item is None or item["state"] != "waiting" or item["owner"] is None:
            return []
        request = await work.get(REQUEST, item["request"])
        by = change.actor if "owner" in change.after and change.action == "changed" else request["owner"]
        text = await _asked(work, request, item, by, late="is_late" in change.after and bool(item["is_late"]))
        return [News(item["owner"], text, item["about"], by, request, item)]
    found = await work.get_many(REQUEST, [change.record])
    if not found:
        return []
    request, submitter = found[0], found[0]["owner"]
    if change.after.get("state") and submitter is not None and submitter != change.actor:
        return [News(submitter, await _ended(work, request, change.actor), request["about"], change.actor, request)]
    if change.after.get("is_stuck") and request["state"] == "pending":
        text = _("Nobody can decide about %(what)s (%(name)s); somebody must be named") % await _words(work, request)
        people = dict.fromkeys([*([submitter] if submitter else []), *await _administrators(work)])
        return [News(person, text, request["about"], None, request) for person in people]
    return []


async def _asked(work: Workspace, request: Record, item: Record, by: UUID | None, *, late: bool) -> str:
    words = {**await _words(work, request), "who": await _name(work, by)}
    if late:
        return _("%(what)s still waits for your approval, and is late (%(name)s)") % words
    if item["deputy_for"]:
        words["other"] = await _name(work, item["deputy_for"])
        return _("%(what)s waits for your approval in place of %(other)s (%(name)s)") % words
    if item["delegated_by"]:
        return _("%(who)s left it to you to approve %(what)s (%(name)s)") % words
    return _("%(who)s asks for your approval of %(what)s (%(name)s)") % words


async def _ended(work: Workspace, request: Record, by: UUID | None) -> str:
    words = {**await _words(work, request), "who": await _name(work, by)}
    return {
        "approved": _("%(who)s approved %(what)s (%(name)s)"),
        "rejected": _("%(who)s rejected %(what)s (%(name)s)"),
        "recalled": _("%(who)s recalled the approval of %(what)s (%(name)s)"),
    }[request["state"]] % words


async def _words(work: Workspace, request: Record) -> dict[str, str]:
    about: AnyTarget = request["about"]
    title = (await titles_of(work.unit, {about.object: [about.id]})).get((about.object, about.id))
    return {"what": (title or work.registry.get(about.object).noun)[:100], "name": request["name"][:80]}


async def _name(work: Workspace, person: UUID | None) -> str:
    if person is None:
        return "Relata"
    return (await titles_of(work.unit, {"user": [person]})).get(("user", person)) or _("Somebody")


async def _administrators(work: Workspace) -> list[UUID]:
    """Who can name an approver."""
    names = [role.name for role in work.registry.roles.values() if {OVERRIDE, "*"} & set(role.permissions)]
    rows = await work.unit.connection.fetch(
        f"select id from {quoted(work.context.schema)}.\"user\" where roles && %s::text[] and status = 'active'"
        " and deleted_at is null order by id limit %s",
        (names, _MOST_ADMINISTRATORS),
    )
    return [key for (key,) in rows]


async def _tell(work: Workspace, mail: Mail, news: News) -> bool:
    """Who does not see the record hears nothing of it."""
    seeing = await as_person(work, news.person)
    if seeing is None:
        return False
    titles = await titles_of(seeing.unit, {news.about.object: [news.about.id]})
    if (news.about.object, news.about.id) not in titles:
        return False

    async def send(within: Workspace, wish: Preferences, notification: Record) -> None:
        await mail(within, wish, notification, news)

    told = await tell(work, send, news.person, news.text, kind="approval", about=news.about, by=news.by)
    return told is not None
