"""Workers take runs that are due, several at a time, each in the transaction that holds it: what a run did and where it
stands are written together, so a killed worker leaves it where it was. One job pumps for all runs of a workspace."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from relata.engine.automation.flows import outside
from relata.engine.automation.flows.active import Published, as_publisher, pause_orphan, versions_of
from relata.engine.automation.flows.ending import after_end
from relata.engine.automation.flows.lanes import may_begin
from relata.engine.automation.flows.machine import Machine, Timid
from relata.engine.automation.flows.performing import Performer
from relata.engine.automation.flows.ports import Ports
from relata.engine.automation.flows.runs import COLUMNS, Run, load, open_all, open_values, run_of, save
from relata.engine.automation.flows.steps import AnyStep, Http, Mail
from relata.engine.automation.flows.together import in_step
from relata.engine.automation.flows.values import unpacked
from relata.engine.storage.planner import quoted
from relata.engine.workspace.door import Door
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, RelataError, Unavailable
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id

log = logging.getLogger(__name__)

#: Runs of one transaction at most, and how long it may last: what writes for long holds back the feed.
BATCH, BATCH_SECONDS = 50, 0.3
#: How long a worker pumps before others get its place, and how many calls are under way at once.
PUMP_SECONDS, CALLS = 10.0, 8
#: Beyond a call's own time, after which its worker counts as dead.
LEASE_SECONDS = 15

_COLUMNS = ", ".join(f"r.{name.strip()}" for name in COLUMNS.split(","))
_DUE = (
    "select {columns} from {schema}._flow_run r where r.state in ('ready', 'waiting', 'calling') and r.wake_at <= now()"
    " and not exists (select 1 from {schema}.flow f where f.id = r.flow and f.state = 'paused')"
    " order by r.wake_at limit %s for update of r skip locked"
)


def due_sql(schema: str) -> str:
    """What is to be gone on with, locked; its parameter: at most how many runs. schema: quoted."""
    return _DUE.format(columns=_COLUMNS, schema=schema)


@dataclass
class Pumped:
    """runs: turns that were taken. calls: effects outside that were tried."""

    runs: int = 0
    calls: int = 0


@dataclass
class Calling:
    """An effect that is due between two transactions."""

    run: UUID
    token: UUID
    version: UUID
    step: AnyStep
    asked: dict[str, Any]
    key: str


@dataclass
class Runner:
    """Takes runs of any workspace. lease_seconds: see LEASE_SECONDS."""

    door: Door
    ports: Ports
    lease_seconds: float = LEASE_SECONDS
    _at_work: dict[str, bool] = field(default_factory=dict)

    async def pump(self, key: str) -> Pumped:
        """Go on with whatever is due in a workspace, until nothing is or others shall have the place. A second pump in
        the same process only makes the first look once more."""
        if key in self._at_work:
            self._at_work[key] = True
            return Pumped()
        done, began = Pumped(), time.monotonic()
        self._at_work[key] = True
        try:
            while self._at_work[key] and time.monotonic() - began < PUMP_SECONDS:
                self._at_work[key] = False
                await self._until_idle(key, done, began)
        finally:
            del self._at_work[key]
        return done

    async def _until_idle(self, key: str, done: Pumped, began: float) -> None:
        calls: set[asyncio.Task[None]] = set()
        try:
            while time.monotonic() - began < PUMP_SECONDS:
                if len(calls) >= CALLS:
                    _finished, calls = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
                    for one in _finished:
                        one.result()
                taken, asked = await self.batch(key)
                done.runs += taken
                done.calls += len(asked)
                calls |= {asyncio.create_task(self._perform(key, one)) for one in asked}
                if not taken:
                    if not calls:
                        return
                    _finished, calls = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
                    for one in _finished:
                        one.result()
        finally:
            if calls:
                await asyncio.gather(*calls)

    async def batch(self, key: str) -> tuple[int, list[Calling]]:
        """One transaction: a turn for each of some runs that are due; how many, and the effects that follow it. Without
        savepoints at first; where a step fails, all once more with them."""
        for is_bold in (True, False):

            async def attempt_batch(work: Workspace, is_bold: bool = is_bold) -> tuple[int, list[Calling]]:
                return await self._turns(work, is_bold=is_bold)

            try:
                return await self.door.run(key, None, attempt_batch, via="automation")
            except Timid:
                continue
        raise AssertionError("unreachable")

    async def _turns(self, work: Workspace, *, is_bold: bool) -> tuple[int, list[Calling]]:
        schema, began, calls = work.context.schema, time.monotonic(), list[Calling]()
        rows = await work.unit.connection.fetch(due_sql(quoted(schema)), (BATCH,))
        runs = [run_of(row) for row in rows]
        known = await versions_of(work.unit.connection, schema, list({run.version for run in runs})) if runs else {}
        loaded: dict[tuple[UUID, str], dict[UUID, Record]] = {}
        begun: list[tuple[Machine, Published]] = []
        as_whom: dict[UUID, Workspace | None] = {}
        handed: set[UUID] = set()
        await open_all(work, runs)
        taken = 0
        for run in runs:
            one = known.get(run.version)
            machine = await self._begin(work, run, one, as_whom, is_bold=is_bold)
            taken += 1
            if machine is None or one is None:
                continue
            await _foreload(machine, runs, loaded, handed)
            if not one.body.limit:
                begun.append((machine, one))
                continue
            await machine.turn()
            calls += self._calls_of(machine, one)
            await save(work, run)  # others of its lane count it
            await self._ended(work, run, one)
            if time.monotonic() - began > BATCH_SECONDS:
                break
        if is_bold and len(begun) > 1:
            await in_step([machine for machine, _one in begun])
        for machine, _one in begun:  # what is not reached keeps its row, and is due still
            if machine.run.rows or time.monotonic() - began <= BATCH_SECONDS or machine is begun[0][0]:
                await machine.turn()
        for machine, one in begun:
            calls += self._calls_of(machine, one)
        await save(work, *(machine.run for machine, _one in begun if machine.run.rows or machine.run.state != "ready"))
        for machine, one in begun:
            await self._ended(work, machine.run, one)
        return taken, calls

    async def _begin(
        self, work: Workspace, run: Run, one: Published | None, as_whom: dict[UUID, Workspace | None], *, is_bold: bool
    ) -> Machine | None:
        """What takes the run's turn; None for one that may not go on. as_whom: the publishers that are known."""
        if one is not None and one.version not in as_whom:
            as_whom[one.version] = await as_publisher(work, self.door.actors, one)
        as_who = as_whom[one.version] if one is not None else None
        if one is None or as_who is None:
            if one is not None:
                await pause_orphan(work, one)
            else:
                run.state, run.code, run.ended_at = "stopped", "gone", datetime.now(UTC)
                await save(work, run)
            return None
        if run.started_at is None:
            run.started_at = datetime.now(UTC)
            run.until = run.started_at + timedelta(hours=one.body.hours)
        was, run.state = run.state, "ready"
        machine = Machine(as_who, run, one.body, Performer(self.ports), outside.prepare, is_bold=is_bold)
        if was == "ready" and not await may_begin(work, machine):
            await save(work, run)
            return None
        if run.until is not None and datetime.now(UTC) > run.until:
            machine.end("failed", "time_limit", _("It took longer than the flow allows."))
        elif was == "calling":
            self._take_over(machine)
        return machine

    def _take_over(self, machine: Machine) -> None:
        """The worker that had this call is gone. What carries a key is asked again; a mail may or may not be out."""
        step = machine.due()
        if step is None:
            return
        started = datetime.fromisoformat(machine.run.memory["call"]["started"])
        if isinstance(step, Mail):
            _uncertain(machine, step, started, _("The worker that sent it was ended in the middle."))
            return
        text = _("The worker that asked was ended in the middle.")
        machine.run.state = "ready"
        if machine.run.attempts + 1 >= step.tries:
            machine.failed(step, started, Conflict(text, code="worker_ended"))
        else:
            machine.run.attempts += 1

    def _calls_of(self, machine: Machine, one: Published) -> list[Calling]:
        found = self._call_of(machine, one)
        return [found] if found is not None else []

    def _call_of(self, machine: Machine, one: Published) -> Calling | None:
        """What the run asks of the outside, with the time by which it must be told what came of it."""
        run = machine.run
        if run.state == "calling":
            step = one.body.by_id[run.step]
            seconds = (step.seconds if isinstance(step, Http) else 30) + self.lease_seconds
            run.token, run.wake_at = new_id(), datetime.now(UTC) + timedelta(seconds=seconds)
            asked = run.values["$call"][1]
            return Calling(run.id, run.token, one.version, step, asked, run.idempotency_key(machine.seq))
        if run.state == "ready" and run.attempts == 0:
            run.wake_at = run.created_at  # at once, the oldest first
        return None

    async def _ended(self, work: Workspace, run: Run, one: Published) -> None:
        if run.ended_at is not None:
            await after_end(work, run, one, self.ports)

    async def _perform(self, key: str, one: Calling) -> None:
        """The effect, and then what came of it; a run that somebody else took over meanwhile is left alone."""
        schema = (await self.door.context(key)).schema
        answer = await outside.send(self.ports, schema, one.step, one.asked, one.key)

        async def settle(work: Workspace) -> Calling | None:
            run = await load(work.unit.connection, schema, one.run, lock=True)
            if run is None or run.token != one.token or run.state != "calling":
                return None
            found = (await versions_of(work.unit.connection, schema, [run.version])).get(run.version)
            as_who = await as_publisher(work, self.door.actors, found) if found is not None else None
            if found is None or as_who is None:
                return None
            await open_values(as_who, run)
            machine = Machine(as_who, run, found.body, Performer(self.ports), outside.prepare)
            _settle(machine, one.step, answer)
            await machine.turn()
            called = self._call_of(machine, found)
            await save(work, run)
            await self._ended(work, run, found)
            return called

        try:
            following = await self.door.run(key, None, settle, via="automation")
        except RelataError as error:
            log.warning("what came of a flow's call could not be written down (%s); it will be taken over", error.code)
            return
        if following is not None:
            await self._perform(key, following)


async def _foreload(
    machine: Machine, runs: list[Run], loaded: dict[tuple[UUID, str], dict[UUID, Record]], handed: set[UUID]
) -> None:
    """The records of all runs that go as the same person, in one statement; each is then the machine's own. handed:
    those that a machine has already: another reads what it has left."""
    run, work = machine.run, machine.work
    if run.record is None or run.object not in work.registry.objects:
        return
    key = (run.version, run.object)
    if key not in loaded:
        ids = [one.record for one in runs if one.version == run.version and one.record is not None]
        one = work.registry.get(run.object)
        found = await work.get_many(run.object, ids) if work.actor.rights.level(one, "read") else []
        loaded[key] = {record.id: record for record in found}
    record = loaded[key].pop(run.record, None)  # once: a second run for it reads what the first has left
    if record is not None and run.record not in handed:
        handed.add(run.record)
        machine.known.loaded[run.object, run.record] = record


def _settle(machine: Machine, step: AnyStep, answer: outside.Answer) -> None:
    """What an effect's answer means for the run."""
    run = machine.run
    started = datetime.fromisoformat(run.memory.pop("call")["started"])
    run.values.pop("$call", None)
    machine.known.values.pop(("$call",), None)
    run.token, run.state = None, "ready"
    machine.due()
    if answer.outcome == "done":
        for name, value in answer.found.items():
            machine.keep(step.id, **{name: unpacked(value)})
        machine.done(step, started, answer.detail)
    elif answer.outcome == "uncertain" and isinstance(step, Mail):
        _uncertain(machine, step, started, answer.message)
    elif answer.outcome == "refused":
        machine.failed(step, started, Refused(answer.message, code=answer.code))
    else:
        machine.failed(step, started, Unavailable(answer.message, code=answer.code))


class Refused(RelataError):
    """The other side said no; asking again would not help."""

    code = "refused"


def _uncertain(machine: Machine, step: Mail, started: datetime, why: str) -> None:
    """A mail that may have gone out: shown as such, and repeated only where the flow says so."""
    run = machine.run
    run.memory.pop("call", None)
    run.values.pop("$call", None)
    run.state = "ready"
    if step.uncertain == "repeat":
        run.attempts += 1
        if run.attempts < step.tries:
            return
    if step.uncertain == "fail":
        machine.failed(step, started, Refused(why, code="uncertain"))
        return
    machine.done(step, started, {"uncertain": why}, state="uncertain")


async def next_due(work: Workspace) -> datetime | None:
    """When a run of this workspace is due next."""
    schema = quoted(work.context.schema)
    row = await work.unit.connection.fetch_one(
        f"select r.wake_at from {schema}._flow_run r where r.state in ('ready', 'waiting', 'calling')"
        f" and not exists (select 1 from {schema}.flow f where f.id = r.flow and f.state = 'paused')"
        " order by r.wake_at limit 1"
    )
    return row[0] if row else None
