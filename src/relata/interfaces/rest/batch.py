"""Many operations in one request: all of them in one transaction, or each in one of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal
from uuid import UUID

import msgspec

from relata.engine.metadata.object import Object
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, NotFound, RelataError
from relata.foundation.ids import parse_id
from relata.interfaces.http import problems
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import actions, answers, idempotency
from relata.interfaces.rest.call import Call
from relata.interfaces.rest.records import shown_or_id

MOST = 500
#: How an operation's values, or its id, name the record of an earlier operation: {"$ref": "name"}.
REF = "$ref"
_DEEPEST = 8


class Operation(msgspec.Struct, forbid_unknown_fields=True):
    """One of them. object: the plural name. version: what If-Match would say. ref: a name for what it makes."""

    method: Literal["create", "change", "delete", "restore", "action"]
    object: str
    id: Any = None
    values: dict[str, Any] = {}
    action: str = ""
    version: int | None = None
    ref: str = ""


class BatchBody(msgspec.Struct, forbid_unknown_fields=True):
    """atomic: one transaction, all or nothing; otherwise each operation counts by itself."""

    operations: list[Operation]
    atomic: bool = True


class Outcome(msgspec.Struct, omit_defaults=True):
    """What became of one operation; the status is the one that it would have had as a request."""

    status: int
    ref: str = ""
    object: str = ""
    id: UUID | None = None
    record: dict[str, Any] | None = None
    result: Any = None
    problem: dict[str, Any] | None = None


async def run_batch(call: Call) -> Answer:
    """One outcome an operation, in their order."""
    call.parameters()
    body = call.shaped(BatchBody)
    _check(body)
    outcomes = await (_together(call, body) if body.atomic else _one_by_one(call, body))
    return answers.json({"data": outcomes})


async def _together(call: Call, body: BatchBody) -> list[Outcome]:
    async def attempt(work: Workspace) -> list[Outcome]:
        known = await idempotency.begin(work, call)
        if known is not None:
            return await _again(work, known)
        made: dict[str, UUID] = {}
        outcomes = []
        for index, operation in enumerate(body.operations):
            try:
                outcomes.append(await _perform(work, operation, made))
            except RelataError as error:
                raise _at(index, error) from error
        await idempotency.finish(work, call, _remembered(outcomes))
        return [await _completed(work, outcome) for outcome in outcomes]

    return await call.write(attempt)


async def _one_by_one(call: Call, body: BatchBody) -> list[Outcome]:
    async def begin(work: Workspace) -> list[Outcome] | None:
        known = await idempotency.begin(work, call)
        return None if known is None else await _again(work, known)

    done = await call.write(begin)
    if done is not None:
        return done
    made: dict[str, UUID] = {}
    outcomes = [await _alone(call, operation, made) for operation in body.operations]
    await call.write(lambda work: idempotency.finish(work, call, _remembered(outcomes)))
    return outcomes


async def _alone(call: Call, operation: Operation, made: dict[str, UUID]) -> Outcome:
    async def attempt(work: Workspace) -> Outcome:
        return await _completed(work, await _perform(work, operation, made))

    try:
        return await call.write(attempt)
    except RelataError as error:
        made.pop(operation.ref, None)
        body = msgspec.to_builtins(problems.body_of(error, ""))
        return Outcome(problems.status_of(error), operation.ref, problem=body)


async def _perform(work: Workspace, operation: Operation, made: dict[str, UUID]) -> Outcome:
    one = work.registry.by_path(operation.object)
    values = _resolved(operation.values, made, 0)
    if operation.method == "create":
        record = await work.create(one.name, values)
        outcome = Outcome(201, operation.ref, one.name, record.id)
    else:
        outcome = await _to_existing(work, one, operation, values, _id_of(one, operation, made))
    if operation.ref and outcome.id is not None:
        made[operation.ref] = outcome.id
    return outcome


async def _to_existing(
    work: Workspace, one: Object, operation: Operation, values: dict[str, Any], record: UUID
) -> Outcome:
    key, version = (work.readable_object(one.name).name, record), operation.version
    if operation.method == "change":
        await work.change(key, values, expect=version)
        return Outcome(200, operation.ref, one.name, record)
    if operation.method == "delete":
        await work.delete(key, expect=version)
        return Outcome(204, operation.ref)
    if operation.method == "restore":
        await work.restore(key)
        return Outcome(200, operation.ref, one.name, record)
    action = work.action(one.name, operation.action)
    await work.get(*key)
    result = await work.run(actions.command_of(action, str(record), values))
    return Outcome(200, operation.ref, one.name, record, result=await actions.shown_result(work, result))


async def _completed(work: Workspace, outcome: Outcome) -> Outcome:
    """With the record as it is when everything was done."""
    if outcome.id is not None:
        outcome.record = await shown_or_id(work, work.registry.get(outcome.object), outcome.id)
    return outcome


def _remembered(outcomes: list[Outcome]) -> dict[str, Any]:
    """What the idempotency table keeps: ids and codes, no values."""
    return {
        "operations": [
            {"status": one.status, "ref": one.ref, "object": one.object, "id": str(one.id) if one.id else None,
             "problem": {"code": one.problem["code"], "title": one.problem["title"]} if one.problem else None}
            for one in outcomes
        ]
    }  # fmt: skip


async def _again(work: Workspace, known: Mapping[str, Any]) -> list[Outcome]:
    """The answer of a batch that ran before; its records as they are now."""
    found = []
    for each in known["operations"]:
        outcome = Outcome(each["status"], each["ref"], each["object"], parse_id(each["id"]), problem=each["problem"])
        found.append(await _completed(work, outcome))
    return found


def _check(body: BatchBody) -> None:
    if not 1 <= len(body.operations) <= MOST:
        raise Invalid(
            f"A batch holds 1 to {MOST} operations.",
            code="out_of_range",
            field="operations",
            hint="Send several batches.",
        )
    refs = [one.ref for one in body.operations if one.ref]
    if len(refs) != len(set(refs)):
        raise Invalid(
            "Two operations have the same ref.", code="not_unique", field="operations", hint="Name each differently."
        )


def _id_of(one: Object, operation: Operation, made: Mapping[str, UUID]) -> UUID:
    given = _resolved(operation.id, made, 0)
    found = parse_id(given)
    if found is None:
        if given is None:
            raise Invalid(f"To {operation.method} needs the record's id.", code="required", field="id")
        raise NotFound(f"This {one.noun} does not exist.", hint="An id looks like 01939f2e-….")
    return found


def _resolved(value: Any, made: Mapping[str, UUID], depth: int) -> Any:
    """The value with every {"$ref": name} replaced by the id that it stands for."""
    if depth > _DEEPEST or not isinstance(value, (dict, list)):
        return value
    if isinstance(value, list):
        return [_resolved(item, made, depth + 1) for item in value]
    if set(value) == {REF}:
        name = value[REF]
        if not isinstance(name, str) or name not in made:
            raise Invalid(
                "No earlier operation made this ref.", code="unknown_ref", hint='Give an earlier operation the "ref".'
            )
        return made[name]
    return {key: _resolved(item, made, depth + 1) for key, item in value.items()}


def _at(index: int, error: RelataError) -> RelataError:
    """The same error, saying which operation it was."""
    place = f"operations.{index}"
    if not isinstance(error, (Invalid, Conflict)):
        error.field = place if error.field is None else f"{place}.{error.field}"
        return error
    error.problems = tuple(
        replace(one, field=f"{place}.values.{one.field}" if one.field else place) for one in error.problems
    )
    error.field = f"{place}.values.{error.field}" if error.field else place
    return error
