"""How flows do: figures of each, their runs, and what each step of a run did. Values are shown to whom the run was made
as and to who reads the audit log; what a step changed is read from the change log, as the reader may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from relata.engine.automation.flows.names import BODY
from relata.engine.automation.flows.objects import FLOW, MANAGE
from relata.engine.automation.flows.runs import Run, load
from relata.engine.automation.flows.values import unpacked
from relata.engine.history.entries import Entry, entry_of
from relata.engine.history.opening import opened
from relata.engine.secrets.records import salts_of
from relata.engine.storage.planner import quoted
from relata.engine.workspace import loading
from relata.engine.workspace.permissions import require
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _

#: Over which success is counted.
DAYS = 30
#: States of a run, as they are filtered.
STATES = ("ready", "waiting", "calling", "queued", "done", "failed", "stopped")


@dataclass(frozen=True, slots=True)
class Health:
    """Figures of a flow over `DAYS`. open: under way or waiting. last: when one began last. late: due for more than a
    minute, and nobody has taken them."""

    done: int = 0
    failed: int = 0
    stopped: int = 0
    open: int = 0
    late: int = 0
    last: datetime | None = None

    @property
    def success(self) -> float | None:
        """The share of ended runs that went well; None before the first."""
        ended = self.done + self.failed + self.stopped
        return self.done / ended if ended else None


@dataclass(frozen=True, slots=True)
class FlowLine:
    """A flow with its figures."""

    flow: Record
    health: Health


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run in a list."""

    id: UUID
    flow: UUID
    number: int
    object: str
    record: UUID | None
    state: str
    step: str
    code: str
    message: str
    created_at: datetime
    ended_at: datetime | None
    wake_at: datetime


@dataclass(frozen=True, slots=True)
class StepLine:
    """One execution of a step. values: what was sent or found, None where this reader may not see it. changes: what it
    changed, without what the reader may not read."""

    seq: int
    step: str
    state: str
    attempts: int
    started_at: datetime
    ended_at: datetime | None
    code: str
    message: str
    detail: dict[str, Any]
    values: dict[str, Any] | None
    changes: tuple[Entry, ...]


async def flow_lines(work: Workspace) -> list[FlowLine]:
    """All flows by name, with their figures. Needs manage_flows."""
    require(work, MANAGE)
    flows = await work.as_system().find(FLOW, order="name", limit=500)
    found = await _health(work, [one.id for one in flows])
    return [FlowLine(one, found.get(one.id, Health())) for one in flows]


async def health_of(work: Workspace, flow: UUID) -> Health:
    """The figures of one flow."""
    require(work, MANAGE)
    return (await _health(work, [flow])).get(flow, Health())


async def _health(work: Workspace, flows: list[UUID]) -> dict[UUID, Health]:
    rows = await work.unit.connection.fetch(
        "select flow, count(*) filter (where state = 'done' and recent), count(*) filter (where state = 'failed' and"
        " recent), count(*) filter (where state = 'stopped' and recent), count(*) filter (where ended_at is null),"
        " count(*) filter (where state in ('ready', 'waiting', 'calling') and wake_at < now() - interval '1 minute'),"
        f" max(created_at) from (select *, created_at > now() - interval '{DAYS} days' as recent"
        f" from {quoted(work.context.schema)}._flow_run where flow = any(%s)) runs"
        " where cause not like 'part:%%' group by flow",
        (flows,),
    )
    return {row[0]: Health(*row[1:]) for row in rows}


async def run_lines(
    work: Workspace, flow: UUID | None = None, *, state: str = "", record: UUID | None = None,
    before: UUID | None = None, limit: int = 50,
) -> list[RunLine]:  # fmt: skip
    """Runs, newest first. before: a run's id, for the next page. Needs manage_flows."""
    require(work, MANAGE)
    conditions, params = ["r.cause not like 'part:%%'"], dict[str, Any](limit=min(limit, 200))
    for name, condition, value in (
        ("flow", "r.flow = %(flow)s", flow), ("state", "r.state = %(state)s", state),
        ("record", "r.record = %(record)s", record), ("before", "r.id < %(before)s", before),
    ):  # fmt: skip
        if value:
            conditions.append(condition)
            params[name] = value
    schema = quoted(work.context.schema)
    rows = await work.unit.connection.fetch(
        "select r.id, r.flow, coalesce(v.number, 0), r.object, r.record, r.state, r.step, r.code, r.message,"
        f" r.created_at, r.ended_at, r.wake_at from {schema}._flow_run r left join {schema}.flow_version v"
        f" on v.id = r.version where {' and '.join(conditions)} order by r.id desc limit %(limit)s",
        params,
    )
    return [RunLine(*row) for row in rows]


async def run_counts(work: Workspace, flow: UUID) -> dict[str, int]:
    """How many runs of a flow there are, by state."""
    require(work, MANAGE)
    rows = await work.unit.connection.fetch(
        f"select state, count(*) from {quoted(work.context.schema)}._flow_run where flow = %s"
        " and cause not like 'part:%%' group by state",
        (flow,),
    )
    return dict(rows)


async def run_of_id(work: Workspace, run: UUID) -> Run:
    """One run; needs manage_flows."""
    require(work, MANAGE)
    found = await load(work.unit.connection, work.context.schema, run)
    if found is None:
        raise NotFound(_("There is no such run."), hint=_("It may have been cleared away."))
    return found


async def step_lines(work: Workspace, run: Run, as_whom: UUID | None) -> list[StepLine]:
    """What each step did, in order. as_whom: who the run was made as."""
    require(work, MANAGE)
    rows = await work.unit.connection.fetch(
        "select seq, step, state, attempts, started_at, ended_at, code, message, detail, sealed"
        f" from {quoted(work.context.schema)}._flow_step where run = %s order by seq",
        (run.id,),
    )
    changes = await changes_of(work, run.id)
    opens = as_whom == work.actor.user or work.actor.rights.permits("see_audit")
    salts = await salts_of(work.unit.connection, work.context.schema, [run.key_record]) if opens else {}
    salt = salts.get(run.key_record)
    found = []
    for seq, step, state, attempts, started, ended, code, message, detail, sealed in rows:
        values = work.context.sealer.open(salt, run.key_record, sealed) if sealed and salt else None
        made = tuple(one for one in changes if one.source.get("seq") == seq)
        found.append(StepLine(seq, step, state, attempts, started, ended, code, message, detail or {}, values, made))
    return found


async def inputs_of_run(work: Workspace, run: Run, as_whom: UUID | None) -> dict[str, Any] | None:
    """What its trigger brought, by name; None where this reader may not see it. as_whom: who the run was made as."""
    if as_whom != work.actor.user and not work.actor.rights.permits("see_audit"):
        return None
    if not run.sealed:
        return {}
    salt = (await salts_of(work.unit.connection, work.context.schema, [run.key_record])).get(run.key_record)
    kept = (work.context.sealer.open(salt, run.key_record, run.sealed) if salt is not None else None) or {}
    start = f"{BODY}."
    return {name.removeprefix(start): unpacked(one) for name, one in kept.items() if name.startswith(start)}


async def changes_of(work: Workspace, run: UUID) -> list[Entry]:
    """What a run changed, as the reader may see it."""
    rows = await work.unit.connection.fetch(
        "select id, object, record, action, at, actor, via, source, before, after"
        f" from {quoted(work.context.schema)}._change where source ->> 'run' = %s order by id limit 1000",
        (str(run),),
    )
    found = await opened(
        work.unit.connection, work.context.schema, work.context.sealer, [entry_of(row) for row in rows]
    )
    return await visible(work, found)


async def visible(work: Workspace, found: list[Entry]) -> list[Entry]:
    """Those about records that the reader may see, without the values of fields that they may not read."""
    seen: set[UUID] = set()
    by_object: dict[str, list[UUID]] = {}
    for one in found:
        by_object.setdefault(one.object, []).append(one.record)
    for name, ids in by_object.items():
        known = work.registry.objects.get(name)
        if known is not None and work.actor.rights.level(known, "read"):
            seen |= {one.id for one in await loading.load(work.unit, known, list(set(ids)))}
    shown = []
    for one in found:
        known = work.registry.objects.get(one.object)
        if known is not None and one.record in seen:
            shown.append(work.without_hidden(known, one))
    return shown
