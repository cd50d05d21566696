"""A run step by step: a stack of places in the tree of steps, all of it in the run's row, so that whoever takes the run
over goes on where it stands. Light steps follow each other in one transaction; an effect outside stands between two."""

from __future__ import annotations

import contextlib
import logging
import time
import traceback
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from relata.engine.automation.flows.definition import ROOT, Body
from relata.engine.automation.flows.holding import held_until, was_taken_back
from relata.engine.automation.flows.names import Names, first_names, names_by_step
from relata.engine.automation.flows.runs import Run, StepRow
from relata.engine.automation.flows.steps import OUTSIDE, AnyStep
from relata.engine.automation.flows.values import Known, packed, unpacked
from relata.engine.storage.failures import StaleMetadata
from relata.engine.workspace.attempts import attempt, is_refusal
from relata.engine.workspace.warnings import ALL, confirm
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Bug, Conflict, LimitReached, RelataError
from relata.foundation.i18n import gettext as _

log = logging.getLogger(__name__)

#: After so many steps, or so long, others get their turn.
TURN_STEPS, TURN_SECONDS = 60, 0.5
#: The pause after a first failed attempt; each further one is twice as long.
FIRST_PAUSE_SECONDS, MOST_PAUSE_SECONDS = 10, 3600
#: Statements of these kinds of trouble must begin anew, with the whole transaction.
_ANEW = ("try_again",)


class Ended(Exception):
    """A step ends the run. state: done or failed."""

    def __init__(self, state: str, message: str = "") -> None:
        super().__init__(state)
        self.state, self.message = state, message


class Later(Exception):
    """A step goes on later: at a moment, or when the awaited record changes."""

    def __init__(self, at: datetime, *, awaits: UUID | None = None, detail: dict[str, Any] | None = None) -> None:
        super().__init__("later")
        self.at, self.awaits, self.detail = at, awaits, detail


class Timid(Exception):
    """A step failed without a savepoint: the transaction must begin anew, with one for each step."""


#: Does a step inside the transaction; what it did, as ids, counts and names.
Perform = Callable[["Machine", Any], Awaitable[dict[str, Any] | None]]
#: Prepares a step whose effect is outside; what is to be done.
Prepare = Callable[["Machine", Any], Awaitable[dict[str, Any]]]


class Machine:
    """One turn of a run. work: as whom it runs, in the transaction that holds the run."""

    def __init__(
        self, work: Workspace, run: Run, body: Body, perform: Perform, prepare: Prepare, *, is_dry: bool = False,
        is_bold: bool = False,
    ) -> None:  # fmt: skip
        """is_bold: without a savepoint for each step; a step that fails raises Timid, and all begins anew with them."""
        self.work = work
        self.run = run
        self.body = body
        self.is_dry = is_dry
        self.is_bold = is_bold
        self._is_over = False
        self._perform, self._prepare = perform, prepare
        self._names = _names_of(work, body)
        memory = run.memory
        memory.setdefault("stack", [{"block": ROOT, "at": 0}])
        memory.setdefault("records", {})
        records = {name: (one, UUID(key)) for name, (one, key) in memory["records"].items()}
        if run.record is not None:
            records.setdefault("record", (run.object, run.record))
        if run.person is not None:
            records.setdefault("person", ("user", run.person))
        found = {tuple(name.split(".", 1)): unpacked(one) for name, one in run.values.items()}
        self.known = Known(work, first_names(work.registry, work.actor, body), dict(records), found, run.feed)

    # -- the stack

    def due(self) -> AnyStep | None:
        """The step that is to be done; None at the end. Goes over to a loop's next record where one has ended."""
        stack = self.run.memory["stack"]
        while stack:
            frame = stack[-1]
            steps = self.body.blocks.get(frame["block"], ())
            if frame["at"] < len(steps):
                step: AnyStep = steps[frame["at"]]
                self.known.names = self._names[step.id]
                return step
            if frame.get("items"):
                frame["at"] = 0
                self.remember(frame["loop"], (frame["object"], UUID(frame["items"].pop(0))))
                continue
            stack.pop()
        return None

    def enter(self, block: str, **more: Any) -> None:
        """The steps of a block come before what follows."""
        self.run.memory["stack"].append({"block": block, "at": 0, **more})

    def enter_loop(self, step_id: str, object_name: str, items: list[UUID]) -> None:
        """The steps of a loop, for each record."""
        if items:
            first, *rest = items
            self.remember(step_id, (object_name, first))
            self.enter(f"{step_id}.steps", items=[str(one) for one in rest], loop=step_id, object=object_name)

    # -- what it knows

    def remember(self, name: str, record: tuple[str, UUID] | None) -> None:
        """A name stands for a record from now on."""
        records = self.run.memory["records"]
        if record is None:
            records.pop(name, None)
        else:
            records[name] = [record[0], str(record[1])]
        self.known.records[name] = record
        self.known.forget()

    def keep(self, step_id: str, **found: object) -> None:
        """Values under a step's id."""
        for name, value in found.items():
            self.run.values[f"{step_id}.{name}"] = packed(value)
            self.known.values[step_id, name] = value

    @property
    def seq(self) -> int:
        """The number of the execution that is under way."""
        return self.run.seq + 1

    # -- a turn

    async def turn_until(self, kinds: tuple[type[Any], ...]) -> AnyStep | None:
        """Go on until a step of these kinds is due, which is left to do; None where the run stands before another
        reason to stop."""
        await self.turn(kinds)
        if self.run.state != "ready" or self._is_over or self.run.attempts:
            return None
        step = self.due()
        return step if isinstance(step, kinds) else None

    async def turn(self, stop_before: tuple[type[Any], ...] = ()) -> None:
        """Go on until the run ends, waits, calls, it is others' turn, or a step of these kinds is due."""
        run, began, count = self.run, time.monotonic(), 0
        actor = self.work.unit.actor
        confirm(self.work.unit, (ALL,) if self.body.warnings == "pass" else ())
        try:
            while run.state == "ready" and not self._is_over and count < TURN_STEPS:
                if time.monotonic() - began > TURN_SECONDS:
                    return
                step = self.due()
                if step is None:
                    self.end("done")
                    return
                if stop_before and isinstance(step, stop_before):
                    return
                self.work.unit.actor = actor.through(
                    "automation", flow=str(run.flow), run=str(run.id), step=step.id, seq=self.seq
                )
                await self._one(step)
                count += 1
        finally:
            self.work.unit.actor = actor

    async def _one(self, step: AnyStep) -> None:
        started = datetime.now(UTC)
        self.run.step = step.id
        try:
            if isinstance(step, OUTSIDE) and not self.is_dry:
                if not await self._is_held(step, started):
                    await self._call(step, started)
                return
            later, detail = None, None
            async with contextlib.nullcontext() if self.is_bold else attempt(self.work.unit):
                try:
                    detail = await self._perform(self, step)
                except Later as found:  # what it did before, such as starting another flow, stays
                    later = found
            if later is not None:
                self._wait(step, started, later)
            else:
                self.done(step, started, detail)
        except Ended as ended:
            self._row(step, "done" if ended.state == "done" else "failed", started, message=ended.message)
            self.run.seq += 1
            self.end(ended.state, "stopped" if ended.state == "done" else "fail_step", ended.message)
        except (StaleMetadata, Timid):
            raise
        except Exception as error:  # a bug in one step is one failed step, and never a run that comes again for ever
            self._trouble(step, started, error)

    def _trouble(self, step: AnyStep, started: datetime, error: Exception) -> None:
        """What an error means: a failed attempt, or that all must begin anew."""
        if self.is_bold:
            raise Timid from error
        if isinstance(error, LimitReached) and error.code in _ANEW:
            raise error
        if isinstance(error, RelataError):
            self.failed(step, started, error)
            return
        # Whatever else it is: raised, it would let one run come again for ever.
        log.error("step of flow run %s failed with %s at %s", self.run.id, type(error).__name__, _place(error))
        self.failed(step, started, Bug(_("Something in Relata went wrong."), code="internal"))

    async def _is_held(self, step: AnyStep, started: datetime) -> bool:
        """Whether an effect outside waits for the end of a bulk change's undo window, or falls away with it."""
        bulk = self.run.memory.get("bulk")
        if bulk is None:
            return False
        if await was_taken_back(self.work, UUID(bulk)):
            self._row(step, "skipped", started)
            self.run.seq += 1
            self.end("stopped", "undone")
            return True
        until = await held_until(self.work, UUID(bulk))
        if until is None:
            del self.run.memory["bulk"]
            return False
        self.run.state, self.run.wake_at = "waiting", until
        self._row(step, "waiting", started, detail={"until": until.isoformat(), "held": True})
        return True

    async def _call(self, step: AnyStep, started: datetime) -> None:
        async with attempt(self.work.unit):
            asked = await self._prepare(self, step)
        run = self.run
        run.state = "calling"
        run.memory["call"] = {"started": started.isoformat()}
        run.values["$call"] = ["plain", asked]
        self._row(step, "calling", started, values=asked)

    def done(
        self, step: AnyStep, started: datetime, detail: dict[str, Any] | None = None, *, state: str = "done",
        kept: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """The step has ended; on to the next, unless it entered a block that comes first."""
        self._row(step, state, started, detail=detail, values=kept)
        self.run.seq += 1
        self.run.attempts = 0
        self.run.awaits = None
        for name in ("wait", "deadline"):
            self.run.memory.pop(name, None)
        self._past(step)
        self.known.forget()

    def _past(self, step: AnyStep) -> None:
        """Beyond the step, in the frame in which it stands."""
        for frame in reversed(self.run.memory["stack"]):
            steps = self.body.blocks.get(frame["block"], ())
            if frame["at"] < len(steps) and steps[frame["at"]].id == step.id:
                frame["at"] += 1
                return

    def failed(self, step: AnyStep, started: datetime, error: RelataError) -> None:
        """An attempt failed: another one later, or what the step says."""
        run = self.run
        run.attempts += 1
        text = f"{error.message} {error.hint or ''}".strip()
        momentary = not is_refusal(error) or isinstance(error, Conflict)
        if momentary and run.attempts < step.tries and not self.is_dry:
            pause = min(FIRST_PAUSE_SECONDS * 2 ** (run.attempts - 1), MOST_PAUSE_SECONDS)
            run.state, run.wake_at = "ready", datetime.now(UTC) + timedelta(seconds=pause)
            self._row(step, "retrying", started, code=error.code, message=text, attempts=run.attempts)
            self._is_over = True
            return
        self._row(step, "failed", started, code=error.code, message=text, attempts=run.attempts)
        run.attempts = 0
        run.seq += 1
        run.awaits = None
        for name in ("wait", "approval", "form", "deadline"):
            run.memory.pop(name, None)
        if step.failing == "fail":
            self.end("failed", error.code, text)
            return
        run.state = "ready"
        self._past(step)
        if step.failing == "rescue":
            self.enter(f"{step.id}.rescue")

    def _wait(self, step: AnyStep, started: datetime, later: Later) -> None:
        run = self.run
        run.state, run.wake_at, run.awaits = "waiting", later.at, later.awaits
        run.memory.setdefault("wait", {"until": later.at.isoformat(), "started": started.isoformat()})
        self._row(step, "waiting", started, detail=later.detail)

    def end(self, state: str, code: str = "", message: str = "") -> None:
        """The run has ended. state: done, failed or stopped."""
        run = self.run
        run.state, run.code, run.message, run.ended_at = state, code, message, datetime.now(UTC)
        run.awaits = run.token = None
        run.memory.pop("call", None)
        run.values.pop("$call", None)  # the rest stays, sealed, for who replays the run

    def _row(
        self, step: AnyStep, state: str, started: datetime, *, code: str = "", message: str = "", attempts: int = 0,
        detail: dict[str, Any] | None = None, values: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        ended = None if state in ("waiting", "calling", "retrying") else datetime.now(UTC)
        self.run.rows[self.seq] = StepRow(
            self.seq, step.id, state, attempts or self.run.attempts + 1, started, ended, code, message, detail, values
        )


def _names_of(work: Workspace, body: Body) -> dict[str, Names]:
    """What each step can name, kept as long as the registry and the rights stay."""
    key = ("flow names", id(body), work.actor.fingerprint)
    found: tuple[Body, dict[str, Names]] = work.context.statements.get(
        key, lambda: (body, names_by_step(work.registry, work.actor, body))
    )
    return found[1]


def _place(error: BaseException) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
