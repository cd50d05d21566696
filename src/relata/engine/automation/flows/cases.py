"""Stored test cases of a flow: a record (or what a request brings), and what must come of it. They are run before the
flow is published, on a record of their own, and nothing of it stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from relata.engine.automation.flows import outside
from relata.engine.automation.flows.definition import Body, Case
from relata.engine.automation.flows.dry_run import DryPerformer
from relata.engine.automation.flows.machine import Machine
from relata.engine.automation.flows.names import BODY
from relata.engine.automation.flows.objects import MANAGE
from relata.engine.automation.flows.outside import typed
from relata.engine.automation.flows.ports import Ports
from relata.engine.automation.flows.runs import Run
from relata.engine.automation.flows.starting import condition_holds
from relata.engine.automation.flows.triggers import WebhookTrigger
from relata.engine.automation.flows.values import packed
from relata.engine.workspace.attempts import attempt
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id

_MOST_TURNS = 20


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case. problem: what was otherwise; "" for nothing."""

    name: str
    problem: str = ""


class _Undone(Exception):
    def __init__(self, problem: str) -> None:
        super().__init__("undone")
        self.problem = problem


async def run_cases(work: Workspace, body: Body) -> Sequence[Outcome]:
    """Run them all as whoever asks; each is undone."""
    require(work, MANAGE)
    return [Outcome(case.name, await _problem(work, body, case)) for case in body.tests]


async def _problem(work: Workspace, body: Body, case: Case) -> str:
    try:
        async with attempt(work.unit):
            raise _Undone(await _run(work, body, case))
    except _Undone as undone:
        return undone.problem
    except RelataError as error:
        return f"{error.message} {error.hint or ''}".strip()


async def _run(work: Workspace, body: Body, case: Case) -> str:
    object_name, record, values = body.trigger.object, None, dict[str, Any]()
    if object_name:
        given = {name: text for name, text in case.values.items() if text}
        record = (await work.create(object_name, given)).id
        starts = await condition_holds(work, object_name, body.trigger.where, record)
        if starts is not case.starts:
            return _("It does not start.") if case.starts else _("It starts, and should not.")
        if not starts:
            return ""
    elif isinstance(body.trigger, WebhookTrigger):
        for name, what in body.trigger.inputs.items():
            kind, text = what.rpartition(":")[2], case.values.get(name)
            value: object = text == "true" if kind == "boolean" and text else text
            values[f"{BODY}.{name}"] = packed(typed(value, kind) if value is not None else None)
    now = datetime.now(UTC)
    run = Run(
        new_id(), new_id(), new_id(), "test", object_name, record, work.actor.user, None, None, None, [], "ready", "",
        now, None, None, now, now, None, None, 0, 0, "", "", "", {}, None, values,
    )  # fmt: skip
    machine = Machine(work, run, body, DryPerformer(Ports()), outside.prepare, is_dry=True)
    for _turn in range(_MOST_TURNS):
        await machine.turn()
        if run.state != "ready":
            break
    if run.state != case.ends:
        return run.message or _("It ends otherwise than it should.")
    if case.expect.strip() and record is not None and not await condition_holds(work, object_name, case.expect, record):
        return _("Afterwards this does not hold: %(condition)s") % {"condition": case.expect}
    return ""
