"""The actions that modules declare, each at an address of its own: POST /{plural}/{id}/actions/{action}."""

from __future__ import annotations

from typing import Any

import msgspec

from relata.engine.metadata.module import Action
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers, bodies, idempotency
from relata.interfaces.rest.call import Call
from relata.interfaces.rest.records import shown_or_id


async def run_action(call: Call) -> Answer:
    """What the action came to, under `result`: a record as it may be shown, a value, or null."""
    call.parameters()
    values = call.values() if call.body else {}

    async def attempt(work: Workspace) -> Answer:
        one = call.readable(work)
        action = work.action(one.name, call.names["action"])
        record = await work.get(one.name, call.record_id(one))
        command = command_of(action, str(record.id), values)
        known = await idempotency.begin(work, call)
        if known is not None:
            return answers.json({"result": None, "repeated": True})
        result = await work.run(command)
        await idempotency.finish(work, call, {"id": str(record.id)})
        return answers.json({"result": await shown_result(work, result)})

    return await call.write(attempt)


def command_of(action: Action, record_id: str, values: dict[str, Any]) -> msgspec.Struct:
    """The action's command for one record. Invalid names the value that does not fit."""
    own = record_field(action)
    if own is None:
        return bodies.convert(values, action.command)
    if values.get(own, record_id) != record_id:
        raise Invalid.of(
            [Problem("wrong_record", "The body names another record than the address.", own, "Leave it out.")]
        )
    return bodies.convert({**values, own: record_id}, action.command)


def record_field(action: Action) -> str | None:
    """The command's field that holds the record's id, if it has one."""
    return action.object if action.object in action.command.__struct_fields__ else None


async def shown_result(work: Workspace, result: object) -> object:
    """What an action gave back, without anything that the caller may not see."""
    if isinstance(result, Record):
        return await shown_or_id(work, result.object, result.id)
    if isinstance(result, (list, tuple)):
        return [await shown_result(work, item) for item in result]
    return msgspec.to_builtins(result, builtin_types=(), enc_hook=str) if isinstance(result, msgspec.Struct) else result
