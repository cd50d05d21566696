"""Steps that wait for people or for lanes: an approval, a form, a join. What they began stands in the run's memory, so
that whoever takes the run over looks at the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from relata.engine.automation.approvals.objects import REQUEST
from relata.engine.automation.approvals.submitting import submit
from relata.engine.automation.flows import forms, values
from relata.engine.automation.flows.definition import inner_blocks
from relata.engine.automation.flows.form_objects import FORM
from relata.engine.automation.flows.machine import Later, Machine
from relata.engine.automation.flows.parts import outcome_of_parts, start_parts
from relata.engine.automation.flows.ports import Ports
from relata.engine.automation.flows.questions import questions
from relata.engine.automation.flows.steps import Approve, Ask, Parallel
from relata.engine.automation.flows.values import unpacked
from relata.engine.formula import id_of
from relata.engine.metadata.fields import AnyTarget
from relata.foundation.errors import Invalid, NotFound
from relata.foundation.i18n import gettext as _

#: Should a change ever be missed, a waiting run looks by itself after this time.
_LOOK_AGAIN = timedelta(days=1)


async def parallel(machine: Machine, step: Parallel) -> dict[str, Any] | None:
    """Begin the lanes, and go on when all have ended."""
    blocks = [f"{step.id}.{part}" for part, inner in inner_blocks(step) if inner and part != "rescue"]
    if machine.is_dry:
        for block in reversed(blocks):
            machine.enter(block)
        return {"count": len(blocks)}
    run = machine.run
    if run.memory.get("wait") is None:
        await start_parts(machine.work, run, machine.seq, blocks)
    ended = await outcome_of_parts(machine.work, run, machine.seq)
    if ended is None:
        raise Later(datetime.now(UTC) + _LOOK_AGAIN)
    detail = {"runs": [str(one) for one in ended.runs]}
    for name, (object_name, key) in ended.records.items():
        machine.remember(name, (object_name, UUID(key)))
    for name, kept in ended.values.items():
        step_id, _dot, part = name.partition(".")
        if part:
            machine.keep(step_id, **{part: unpacked(kept)})
    if ended.failed is not None:
        raise Invalid(_("A lane failed: %(why)s") % {"why": ended.failed}, code="lane_failed")
    return detail


async def approve(machine: Machine, step: Approve, ports: Ports) -> dict[str, Any] | None:
    """Submit the record, and go on by the outcome."""
    if machine.is_dry:
        machine.keep(step.id, approved=True, reason="")
        return {"would_start": step.process or _("the first approval that fits")}
    work, memory = machine.work, machine.run.memory
    key = memory.get("approval")
    if key is None or memory.get("wait") is None:
        target = machine.known.records.get(step.record)
        if target is None:
            message = _("There is no record under the name %(name)s.") % {"name": step.record}
            raise NotFound(message, code="no_record")
        comment = str(await machine.known.text(values.read(step.comment, machine.known.names)))
        request = await submit(work, target[0], target[1], step.process, comment[:10_000])
        key = memory["approval"] = str(request.id)
    found = await work.as_system().get_many(REQUEST, [UUID(key)])
    state = found[0]["state"] if found else "recalled"
    until = await _until(machine, step, ports)
    if state == "pending" and (until is None or datetime.now(UTC) < until):
        raise Later(until or datetime.now(UTC) + _LOOK_AGAIN, awaits=UUID(key), detail=_of(REQUEST, key))
    memory.pop("approval")
    machine.keep(step.id, approved=state == "approved", reason=(found[0]["reason"] if found else "") or "")
    return {**_of(REQUEST, key), "approved": state == "approved", "outcome": state}


async def ask(machine: Machine, step: Ask, ports: Ports) -> dict[str, Any] | None:
    """Send the form, and go on when it was filled in or its time is over."""
    names = [one.name for one in questions(step.fields)]
    if machine.is_dry:
        machine.keep(step.id, answered=False, **dict.fromkeys(names))
        return {"would_ask": step.to}
    memory, everything = machine.run.memory, machine.work.as_system()
    until = await _until(machine, step, ports)
    key = memory.get("form")
    if key is None or memory.get("wait") is None:
        key = memory["form"] = str(await _send(machine, step, ports, until))
    found_forms = await everything.get_many(FORM, [UUID(key)])
    record = found_forms[0] if found_forms else None
    is_over = record is None or (until is not None and datetime.now(UTC) >= until)
    if record is not None and record["state"] == "waiting" and not is_over:
        raise Later(until or datetime.now(UTC) + _LOOK_AGAIN, awaits=record.id, detail=_of(FORM, key))
    memory.pop("form")
    answered = record is not None and record["state"] == "answered"
    if record is not None and record["state"] == "waiting":
        await forms.close(everything, [record.id], "expired")
    found = forms.answers_of(record) if answered and record is not None else dict.fromkeys(names)
    machine.keep(step.id, answered=answered, **found)
    return {**_of(FORM, key), "answered": answered}


async def _send(machine: Machine, step: Ask, ports: Ports, until: datetime | None) -> UUID:
    names, run = machine.known.names, machine.run
    to = await machine.known.evaluate(values.expression(step.to, names, expect=id_of("user")))
    if to is None:
        raise Invalid(_("There is nobody to ask."), code="nobody")
    title, text = [str(await machine.known.text(values.read(one, names))) for one in (step.title, step.text)]
    about = AnyTarget(run.object, run.record) if run.record else None
    given = {
        "name": " ".join(title.split())[:200] or _("Form"), "text": text[:10_000] or None, "about": about, "owner": to,
        "due_at": until, "questions": dict(step.fields),
    }  # fmt: skip
    made = await machine.work.as_system().create(FORM, given)
    await ports.tell(machine.work.as_system(), to, made["name"][:300], AnyTarget(FORM, made.id))
    return made.id


async def _until(machine: Machine, step: Approve | Ask, ports: Ports) -> datetime | None:
    """When it has waited long enough; the same for all looks."""
    memory = machine.run.memory
    if "deadline" not in memory or memory.get("wait") is None:
        moment = None
        if step.amount:
            moment = await ports.shifted(machine.work, datetime.now(UTC), step.amount, step.unit)
        memory["deadline"] = moment.isoformat() if moment else None
    found = memory["deadline"]
    return datetime.fromisoformat(found) if found else None


def _of(object_name: str, key: str) -> dict[str, Any]:
    return {"records": [[object_name, key]]}
