"""Flows as people keep them: written as a draft, published, paused, taken up again. A run stays on its version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from relata.engine.automation.flows.active import as_publisher, versions_of
from relata.engine.automation.flows.cases import run_cases
from relata.engine.automation.flows.checking import problems_in
from relata.engine.automation.flows.definition import Body, decode, encode
from relata.engine.automation.flows.objects import FLOW, MANAGE, VERSION
from relata.engine.automation.flows.segments import begin_segment
from relata.engine.automation.flows.triggers import SegmentTrigger
from relata.engine.storage.planner import quoted
from relata.engine.workspace.actors import ActorCache
from relata.engine.workspace.permissions import require
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied, Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a flow."""

    id: UUID
    flow: UUID
    number: int
    state: str
    published_by: UUID | None
    published_at: datetime | None
    body: Body


def _version(record: Record) -> Version:
    return Version(
        record.id, record["flow"], record["number"], record["state"], record["published_by"],
        record["published_at"], decode(record["body"]),
    )  # fmt: skip


async def check_right(work: Workspace) -> None:
    """Denied for who may not manage flows."""
    require(work, MANAGE)


async def flow_of(work: Workspace, flow: UUID, *, lock: bool = False) -> Record:
    """A flow; needs manage_flows."""
    require(work, MANAGE)
    return await work.as_system().get(FLOW, flow, lock=lock)


async def versions(work: Workspace, flow: UUID) -> list[Version]:
    """The newest first; needs manage_flows."""
    await flow_of(work, flow)
    return [_version(one) for one in await work.as_system().find(VERSION, order="-number", flow=flow)]


async def version(work: Workspace, flow: UUID, number: int) -> Version:
    """One of them; NotFound for none."""
    await flow_of(work, flow)
    found = await work.as_system().first(VERSION, flow=flow, number=number)
    if found is None:
        raise NotFound(_("This flow has no such version."))
    return _version(found)


async def publisher_of(work: Workspace, version_id: UUID) -> UUID | None:
    """As whom a version runs; needs manage_flows."""
    require(work, MANAGE)
    found = await work.as_system().get_many(VERSION, [version_id])
    return found[0]["published_by"] if found else None


async def make_flow(work: Workspace, name: str, body: Body, *, purpose: str = "", template: str = "") -> Record:
    """A new flow with its first draft. Needs manage_flows."""
    require(work, MANAGE)
    everything = work.as_system()
    values = {"name": name, "purpose": purpose, "template": template or None, "owner": work.actor.user}
    flow = await everything.create(FLOW, values)
    await everything.create(VERSION, {"flow": flow.id, "number": 1, "state": "draft", "body": encode(body)})
    return flow


async def draft_of(work: Workspace, flow: UUID) -> Version:
    """What is being written; a new draft from the newest version where there is none."""
    await flow_of(work, flow, lock=True)
    found = await versions(work, flow)
    for one in found:
        if one.state == "draft":
            return one
    return await _new_draft(work, flow, found[0].body if found else None, found)


async def draft_from(work: Workspace, flow: UUID, body: Body) -> Version:
    """The draft with another body, such as an earlier version's or a file's."""
    draft = await draft_of(work, flow)
    return await save_draft(work, draft, body)


async def _new_draft(work: Workspace, flow: UUID, body: Body | None, found: Sequence[Version]) -> Version:
    if body is None:
        raise NotFound(_("This flow has no version."))
    number = max((one.number for one in found), default=0) + 1
    values = {"flow": flow, "number": number, "state": "draft", "body": encode(body)}
    return _version(await work.as_system().create(VERSION, values))


async def save_draft(work: Workspace, draft: Version, body: Body) -> Version:
    """Keep what was written, finished or not; Conflict once it was published."""
    require(work, MANAGE)
    everything = work.as_system()
    record = await everything.get(VERSION, draft.id, lock=True)
    if record["state"] != "draft":
        raise Conflict(_("This version was published meanwhile."), code="published", hint=_("Open the flow again."))
    return _version(await everything.change(record, {"body": encode(body)}))


async def discard_draft(work: Workspace, flow: UUID) -> None:
    """Drop what was written since the version that runs; Conflict where nothing else is left."""
    found = await versions(work, flow)
    if len(found) == 1:
        raise Conflict(_("This is the only version."), code="only_version", hint=_("Delete the flow."))
    everything = work.as_system()
    for one in found:
        if one.state == "draft":
            await everything.change((VERSION, one.id), {"number": -one.number})
            await everything.delete((VERSION, one.id))


async def publish(work: Workspace, flow: UUID) -> Version:
    """The draft runs from now on, as who publishes it; what began earlier stays on its version. Invalid with every
    problem that it has."""
    record = await flow_of(work, flow, lock=True)
    if work.actor.user is None:
        raise Denied(_("A flow is published by a person, as whom it runs."), code="denied_publish")
    draft = await draft_of(work, flow)
    if problems := problems_in(work, draft.body):
        raise Invalid.of(problems)
    if failed := [one for one in await run_cases(work, draft.body) if one.problem]:
        raise Invalid.of([
            Problem("test", _("The test %(name)s fails: %(why)s") % {"name": one.name, "why": one.problem}, "trigger")
            for one in failed
        ])  # fmt: skip
    everything = work.as_system()
    for one in await versions(work, flow):
        if one.state == "active":
            await everything.change((VERSION, one.id), {"state": "archived"})
    now = datetime.now(UTC)
    values = {"state": "active", "published_by": work.actor.user, "published_at": now}
    published = await everything.change((VERSION, draft.id), values)
    await everything.change(record, {"state": "active", "paused_because": None})
    await work.unit.connection.execute(
        f"insert into {quoted(work.context.schema)}._flow_timer (version, seen_until) values (%s, now())"
        " on conflict (version) do nothing",
        (draft.id,),
    )
    await _begin_segment(work, draft.id, draft.body)
    return _version(published)


async def _begin_segment(work: Workspace, version: UUID, body: Body) -> None:
    """Who belongs to its segment by now, as its publisher sees it, starts nothing."""
    if not isinstance(body.trigger, SegmentTrigger):
        return
    one = (await versions_of(work.unit.connection, work.context.schema, [version]))[version]
    as_who = await as_publisher(work.as_system(), ActorCache(), one)
    if as_who is not None:
        await begin_segment(as_who, version, body.trigger)


async def pause(work: Workspace, flow: UUID, because: str = "") -> Record:
    """It starts nothing, and what is under way waits, until it is taken up again."""
    return await _turn(work, flow, ("active",), "paused", because)


async def resume(work: Workspace, flow: UUID) -> Record:
    """Take it up again; as who published it, so where they are gone somebody publishes it anew."""
    found = next((one for one in await versions(work, flow) if one.state == "active"), None)
    if found is None:
        raise Conflict(_("This flow was never published."), code="unpublished", hint=_("Publish it."))
    person = await work.as_system().get("user", found.published_by) if found.published_by else None
    if person is None or person["status"] != "active":
        raise Conflict(_("Who published it may not work here any more."), code="orphan", hint=_("Publish it yourself."))
    await work.unit.connection.execute(
        f"update {quoted(work.context.schema)}._flow_timer set seen_until = now() where version = %s", (found.id,)
    )
    await _begin_segment(work, found.id, found.body)
    return await _turn(work, flow, ("paused", "archived"), "active", "")


async def archive(work: Workspace, flow: UUID) -> Record:
    """It starts nothing any more; what is under way comes to its end."""
    return await _turn(work, flow, ("draft", "active", "paused"), "archived", "")


async def _turn(work: Workspace, flow: UUID, before: tuple[str, ...], after: str, because: str) -> Record:
    record = await flow_of(work, flow, lock=True)
    if record["state"] not in before:
        raise Conflict(_("This flow is in another state by now."), code="state", hint=_("Reload the page."))
    return await work.as_system().change(record, {"state": after, "paused_because": because or None})
