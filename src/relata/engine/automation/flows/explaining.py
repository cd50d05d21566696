"""Why a flow did not run for a record: every condition that stands between them, and whether it holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from relata.engine.automation.flows.active import Published, as_publisher, versions_of
from relata.engine.automation.flows.keeping import Version, flow_of, versions
from relata.engine.automation.flows.starting import condition_holds, matches
from relata.engine.automation.flows.timing import moment_of
from relata.engine.automation.flows.triggers import HAPPENINGS, DateTrigger, RecordTrigger
from relata.engine.automation.flows.watching import run_lines
from relata.engine.formula import All, parse, to_text
from relata.engine.history.feed import Change
from relata.engine.metadata.object import Object
from relata.engine.workspace.actors import ActorCache
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError
from relata.foundation.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. holds: None where it neither helps nor hinders."""

    holds: bool | None
    text: str


async def why_not(work: Workspace, actors: ActorCache, flow: UUID, record_id: UUID) -> list[Finding]:
    """Everything that decides whether the flow runs for the record. Needs manage_flows, and sight of the record."""
    kept = await flow_of(work, flow)
    found = next((one for one in await versions(work, flow) if one.state == "active"), None)
    if found is None or kept["state"] != "active":
        because = kept["paused_because"] or _("It is not switched on.")
        return [Finding(False, _("The flow does not start at the moment. %(why)s") % {"why": because})]
    trigger = found.body.trigger
    record = await work.get(trigger.object, record_id, deleted=None) if trigger.object else None
    if record is None:
        return [Finding(False, _("This flow does not start on records."))]
    result = [Finding(True, _("The flow is on."))]
    result += await _who(work, actors, flow, found, record)
    result += await _conditions(work, trigger.where, record)
    if isinstance(trigger, RecordTrigger):
        result += await _happened(work, trigger, found, record)
    elif isinstance(trigger, DateTrigger):
        result.append(await _date(work, trigger, record))
    return result + await _runs(work, flow, record)


async def _who(work: Workspace, actors: ActorCache, flow: UUID, found: Version, record: Record) -> list[Finding]:
    known = await versions_of(work.unit.connection, work.context.schema, [found.id])
    one = known.get(found.id) or Published(flow, found.id, "", found.published_by, found.body)
    as_who = await as_publisher(work.as_system(), actors, one)
    if as_who is None:
        return [Finding(False, _("Who published it may not work here any more."))]
    words = {"who": as_who.actor.name}
    try:
        await as_who.get(record.object.name, record.id, deleted=None)
    except RelataError:
        return [Finding(False, _("It runs as %(who)s, who can't see this record.") % words)]
    return [Finding(True, _("It runs as %(who)s, who sees this record.") % words)]


async def _conditions(work: Workspace, where: str, record: Record) -> list[Finding]:
    """Each part of the condition by itself, as the record is now."""
    if not where.strip():
        return []
    node = parse(where)
    parts = node.items if isinstance(node, All) else (node,)
    found = []
    for part in parts:
        try:
            holds = await condition_holds(work, record.object.name, part, record.id)
        except RelataError as error:
            found.append(Finding(False, error.message))
            continue
        words = {"condition": to_text(part)}
        text = _("%(condition)s holds now.") if holds else _("%(condition)s does not hold now.")
        found.append(Finding(holds, text % words))
    return found


async def _happened(work: Workspace, trigger: RecordTrigger, found: Version, record: Record) -> list[Finding]:
    """The latest changes of the record, and which of them was what the flow waits for."""
    entries = [one for one in await work.history(record, limit=50) if one.action in HAPPENINGS]
    since = found.published_at or datetime.now(UTC)
    fresh = [one for one in entries if one.at >= since]
    if not fresh:
        return [Finding(False, _("Nothing has happened to the record since the flow was published."))]
    fit = [
        one for one in fresh
        if matches(
            trigger,
            Change(0, one.id, one.object, one.record, one.action, one.at, one.actor, one.via, one.source, one.before,
                   one.after),
        )
    ]  # fmt: skip
    if fit:
        return [
            Finding(True, _("What it waits for happened on %(when)s UTC.") % {"when": f"{fit[0].at:%Y-%m-%d %H:%M}"})
        ]
    last = fresh[0]
    fields = ", ".join(_label(record.object, name) for name in last.after) or "–"
    words = {"when": f"{last.at:%Y-%m-%d %H:%M}", "fields": fields}
    return [Finding(False, _("The latest change, on %(when)s UTC, was of %(fields)s: not what it waits for.") % words)]


def _label(one: Object, name: str) -> str:
    field = one.field(name)
    return field.noun if field else name


async def _date(work: Workspace, trigger: DateTrigger, record: Record) -> Finding:
    value = record[trigger.field]
    label = _label(record.object, trigger.field)
    if value is None:
        return Finding(False, _("The record has no %(field)s.") % {"field": label})
    moment = await moment_of(work, trigger, value)
    words = {"field": label, "when": f"{moment:%Y-%m-%d %H:%M}"}
    if moment > datetime.now(UTC):
        return Finding(None, _("By its %(field)s it is due on %(when)s UTC.") % words)
    return Finding(None, _("By its %(field)s it was due on %(when)s UTC.") % words)


async def _runs(work: Workspace, flow: UUID, record: Record) -> list[Finding]:
    runs = await run_lines(work, flow, record=record.id, limit=5)
    if not runs:
        return [Finding(None, _("It has never run for this record."))]
    words = {
        "done": _("It ran on %(when)s UTC, and all went well."),
        "failed": _("It ran on %(when)s UTC and failed: %(why)s"),
        "stopped": _("It was stopped on %(when)s UTC, since it would have started itself again and again."),
        "queued": _("It waits for another run of this flow since %(when)s UTC."),
    }
    other = _("It began on %(when)s UTC and has not ended yet.")
    return [
        Finding(
            one.state == "done",
            words.get(one.state, other) % {"when": f"{one.created_at:%Y-%m-%d %H:%M}", "why": one.message},
        )
        for one in runs
    ]
