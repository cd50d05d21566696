"""What each step does inside the transaction, through the door, as whom the flow runs as."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.automation.flows import values, waiting
from relata.engine.automation.flows.calling import call_flow, outcome_of
from relata.engine.automation.flows.machine import Ended, Later, Machine
from relata.engine.automation.flows.ports import Ports
from relata.engine.automation.flows.starting import condition_holds
from relata.engine.automation.flows.steps import (
    Act,
    Approve,
    Ask,
    Assign,
    Branch,
    Call,
    Create,
    Delete,
    Fail,
    Find,
    Loop,
    Notify,
    Parallel,
    Set,
    Stop,
    Update,
    Wait,
)  # fmt: skip
from relata.engine.formula import BOOLEAN, DATETIME, Checked, id_of
from relata.engine.metadata.fields import AnyLink, AnyTarget
from relata.engine.query.request import Query, parse_order
from relata.engine.workspace.record import Record
from relata.foundation.errors import Conflict, Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.money import Money


class Performer:
    """Does the steps; `ports` are what only wiring knows."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def __call__(self, machine: Machine, step: Any) -> dict[str, Any] | None:
        match step:
            case Create():
                return await self._create(machine, step)
            case Update():
                return await self._change(machine, step.record, await values_of(machine, step.record, step.values))
            case Assign():
                to = await machine.known.evaluate(values.expression(step.to, machine.known.names, expect=id_of("user")))
                if to is None:
                    raise Invalid(_("There is nobody to assign it to."), code="nobody")
                return await self._change(machine, step.record, {"owner": to})
            case Delete():
                record = await _record(machine, step.record)
                await machine.work.delete(record)
                return _of(record)
            case Find():
                return await self._find(machine, step)
            case Loop():
                found = await _ids(machine, step.object, step.where, step.order, step.limit)
                machine.enter_loop(step.id, step.object, found)
                return {"count": len(found)}
            case Act():
                return await _act(machine, step)
            case Notify():
                return await self._notify(machine, step)
            case Branch():
                holds = await machine.known.evaluate(
                    values.expression(step.condition, machine.known.names, expect=BOOLEAN)
                )
                machine.enter(f"{step.id}.{'then' if holds else 'otherwise'}")
                return {"holds": bool(holds)}
            case Wait():
                return await self._wait(machine, step)
            case Call():
                return await self._call(machine, step)
            case Parallel():
                return await waiting.parallel(machine, step)
            case Approve():
                return await waiting.approve(machine, step, self._ports)
            case Ask():
                return await waiting.ask(machine, step, self._ports)
            case Set():
                machine.keep(step.id, value=await machine.known.text(values.read(step.value, machine.known.names)))
                return None
            case Stop():
                raise Ended("done")
            case Fail():
                raise Ended("failed", str(await machine.known.text(values.read(step.message, machine.known.names))))
        raise Invalid(_("This step can't be done here."), code="unknown_step")

    async def _create(self, machine: Machine, step: Create) -> dict[str, Any]:
        found = await values_of(machine, None, step.values, step.object)
        record = await machine.work.create(step.object, found)
        machine.remember(step.id, (step.object, record.id))
        return _of(record)

    async def _change(self, machine: Machine, name: str, found: dict[str, Any]) -> dict[str, Any]:
        record = await _record(machine, name)
        after = await machine.work.change(record, found)
        return {**_of(after), "fields": sorted(found), "changed": after.version != record.version}

    async def _find(self, machine: Machine, step: Find) -> dict[str, Any]:
        found = await _ids(machine, step.object, step.where, step.order, 1)
        machine.remember(step.id, (step.object, found[0]) if found else None)
        return {"count": len(found), "records": [[step.object, str(one)] for one in found]}

    async def _notify(self, machine: Machine, step: Notify) -> dict[str, Any]:
        names = machine.known.names
        to = await machine.known.evaluate(values.expression(step.to, names, expect=id_of("user")))
        text = str(await machine.known.text(values.read(step.text, names)))[:300]
        if to is None:
            return {"told": None}
        about = AnyTarget(machine.run.object, machine.run.record) if machine.run.record else None
        told = await self._ports.tell(machine.work, to, text, about)
        return {"told": str(to), "shown": told}

    async def _wait(self, machine: Machine, step: Wait) -> dict[str, Any] | None:
        waited = machine.run.memory.get("wait")
        until = datetime.fromisoformat(waited["until"]) if waited is not None else await self._until(machine, step)
        now = datetime.now(UTC)
        if step.when:
            record = machine.known.records.get(step.record)
            met = record is not None and await condition_holds(machine.work, record[0], step.when, record[1])
            if met or now >= until or machine.is_dry:
                machine.keep(step.id, met=met)
                return {"met": met}
            raise Later(until, awaits=record[1] if record else None, detail={"until": until.isoformat()})
        if now >= until or machine.is_dry:
            return {"until": until.isoformat()}
        raise Later(until, detail={"until": until.isoformat()})

    async def _until(self, machine: Machine, step: Wait) -> datetime:
        now = datetime.now(UTC)
        if step.until:
            checked = values.expression(step.until, machine.known.names, expect=DATETIME)
            moment = await machine.known.evaluate(checked)
            return moment if isinstance(moment, datetime) else now
        return await self._ports.shifted(machine.work, now, step.amount, step.unit)

    async def _call(self, machine: Machine, step: Call) -> dict[str, Any]:
        run, seq = machine.run, machine.seq
        target = machine.known.records.get(step.record)
        if run.memory.get("wait") is None or machine.is_dry:
            called = await call_flow(machine.work, run, seq, step.flow, target, waits=step.waits)
            if not step.waits or machine.is_dry:
                return {"run": str(called)}
        ended = await outcome_of(machine.work, run.id, seq)
        if ended is None:
            raise Later(datetime.now(UTC) + timedelta(days=1))
        if ended[1] == "failed":
            raise Conflict(_("The flow that was started has failed."), code="called_failed")
        return {"run": str(ended[0])}


def _of(record: Record) -> dict[str, Any]:
    return {"records": [[record.object.name, str(record.id)]]}


async def _record(machine: Machine, name: str) -> Record:
    found = machine.known.records.get(name)
    if found is None:
        message = _("There is no record under the name %(name)s.") % {"name": name}
        raise NotFound(message, code="no_record", hint=_("An earlier step found nothing."))
    return await machine.known.record(found)


async def values_of(machine: Machine, name: str | None, given: dict[str, str], object_name: str = "") -> dict[str, Any]:
    """The fields' values as a write takes them."""
    known = machine.known
    if name is not None:
        object_name = known.names.object_of(name) or ""
    one, found = machine.work.registry.get(object_name), dict[str, Any]()
    for field_name, text in given.items():
        read = values.read(text, known.names)
        value = await known.text(read)
        field = one.field(field_name)
        if isinstance(field, AnyLink) and isinstance(value, UUID):
            value = _target(read.checked[0], value)
        found[field_name] = _sent(value)
    return found


def _target(checked: Checked, value: UUID) -> AnyTarget:
    name = checked.root.type.object
    if name is None:
        raise Invalid.of([Problem("invalid_link", _("This link leads to records of several kinds."), None)])
    return AnyTarget(name, value)


def _sent(value: Any) -> Any:
    """A value of the language as a caller would send it."""
    if isinstance(value, Money):
        return {"amount": str(value.amount), "currency": value.currency}
    if isinstance(value, tuple):
        return [_sent(one) for one in value]
    return value


async def _ids(machine: Machine, object_name: str, where: str, order: str, limit: int) -> list[UUID]:
    node = await machine.known.condition(where, object_name)
    found: list[UUID] = []
    after = ""
    while len(found) < limit:
        query = Query(object_name, node, parse_order(order), ("id",), min(limit - len(found), 500), after)
        page = await machine.work.query(query)
        found.extend(row[0] for row in page.rows)
        after = page.next
        if not after:
            break
    return found


async def _act(machine: Machine, step: Act) -> dict[str, Any]:
    record = await _record(machine, step.record)
    action = machine.work.action(record.object.name, step.action)
    given: dict[str, Any] = {record.object.name: str(record.id)}
    for name, text in step.values.items():
        value = _sent(await machine.known.text(values.read(text, machine.known.names)))
        if value not in (None, ""):
            given[name] = value if isinstance(value, (bool, dict, list)) else str(value)
    try:
        command = msgspec.convert(given, action.command, strict=False)
    except msgspec.ValidationError:
        message = _("The action %(action)s lacks a value, or one does not fit.") % {"action": action.title}
        raise Invalid(message, code="invalid_value") from None
    await machine.work.run(command)
    return {**_of(record), "action": step.action}
