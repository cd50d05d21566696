"""Rules of objects: validation rules and their rehearsal, what values need, fields that are unique together."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from relata.engine.workspace import rule_overview
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers
from relata.interfaces.rest.call import Call
from relata.interfaces.rest.routes import Route


class ValidationRuleBody(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """condition: an expression that must hold, or with `forbids` must not. on: always, created, changed, or fields,
    with those in `watched`. field: where the message shows. severity: a warning is confirmed with
    the header Confirm-Warnings."""

    condition: str
    message: str
    label: str = ""
    forbids: bool = False
    on: str = "always"
    watched: list[str] = []
    field: str = ""
    active: bool = True
    messages: list[tuple[str, str]] = []
    severity: Literal["error", "warning", "hint"] = "error"


class RuleRehearsalBody(msgspec.Struct, forbid_unknown_fields=True):
    """A condition to try over the records that are there."""

    condition: str
    forbids: bool = False


class EntryBody(msgspec.Struct, forbid_unknown_fields=True):
    """field: a choice or a link. value: the option's value, or the linked record's id. needs: fields that must be
    filled in; none takes the demand back."""

    field: str
    value: str
    needs: list[str]


class UniqueBody(msgspec.Struct, forbid_unknown_fields=True):
    """Two to six fields whose values no two records may share."""

    fields: list[str]


async def list_rules(call: Call) -> Answer:
    """The validation rules of an object, in their order."""
    call.parameters()
    found = await call.read(lambda work: _later(work, call.names["name"]))
    return answers.json({"data": [_rule(one) for one in found]})


async def get_rule(call: Call) -> Answer:
    """One validation rule."""
    call.parameters()
    return answers.json(await _known(call))


async def put_rule(call: Call) -> Answer:
    """Make or replace a validation rule; it holds from the next write on."""
    call.parameters()
    body = msgspec.to_builtins(call.shaped(ValidationRuleBody))
    await (await call.office()).put_rule(call.names["name"], call.names["rule"], body)
    return answers.json(await _known(call))


async def delete_rule(call: Call) -> Answer:
    """The rule holds no longer; one of a module is as shipped again."""
    call.parameters()
    await (await call.office()).delete_rule(call.names["name"], call.names["rule"])
    return answers.empty()


async def rehearse(call: Call) -> Answer:
    """How many of the records that the caller sees break a rule, and the filter that lists them."""
    call.parameters()
    body = call.shaped(RuleRehearsalBody)

    async def attempt(work: Workspace) -> Answer:
        found = await rule_overview.rehearse(work, call.names["name"], body.condition, forbids=body.forbids)
        told = {"records": found.records, "breaking": found.breaking, "lately": found.lately, "where": found.where}
        return answers.json(told)

    return await call.read(attempt)


async def list_entries(call: Call) -> Answer:
    """What values of an object's choices and links need."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        found = rule_overview.entries(work, call.names["name"])
        return answers.json(
            {"data": [{"field": one.field, "value": one.value, "needs": one.needs} for one in found if one.needs]}
        )

    return await call.read(attempt)


async def put_entry(call: Call) -> Answer:
    """Say what must be filled in before a record takes a value."""
    call.parameters()
    body = call.shaped(EntryBody)
    await (await call.office()).put_entry(call.names["name"], body.field, body.value, body.needs)
    return answers.json({"field": body.field, "value": body.value, "needs": body.needs})


async def list_groups(call: Call) -> Answer:
    """The fields that are unique together, with whether the workspace made them so."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        own = rule_overview.own_groups(work, call.names["name"])
        found = work.registry.get(call.names["name"]).unique_together
        return answers.json({"data": [{"fields": group, "own": group in own} for group in found]})

    return await call.read(attempt)


async def add_group(call: Call) -> Answer:
    """Make fields unique together. 409 says how many records stand in the way."""
    call.parameters()
    body = call.shaped(UniqueBody)
    await (await call.office()).put_unique(call.names["name"], body.fields)
    return answers.json({"fields": body.fields, "own": True}, 201)


async def delete_group(call: Call) -> Answer:
    """Let records share these values again. The fields stand in the address, with commas."""
    call.parameters()
    await (await call.office()).delete_unique(call.names["name"], call.names["fields"].split(","))
    return answers.empty()


async def _later(work: Workspace, name: str) -> list[rule_overview.RuleOverview]:
    return rule_overview.rules(work, name)


async def _known(call: Call) -> dict[str, Any]:
    for one in await call.read(lambda work: _later(work, call.names["name"])):
        if one.rule.name == call.names["rule"]:
            return _rule(one)
    raise NotFound("There is no such rule.", code="unknown_definition")


def _rule(one: rule_overview.RuleOverview) -> dict[str, Any]:
    rule = one.rule
    return {
        "name": rule.name,
        "label": rule.title,
        "condition": rule.condition,
        "forbids": rule.forbids,
        "on": rule.on,
        "watched": rule.watched,
        "message": rule.message,
        "messages": rule.messages,
        "field": rule.field,
        "active": rule.active,
        "severity": rule.severity,
        "own": rule.custom,
        "shipped": one.shipped,
        "broken": one.broken or None,
    }


ROUTES = (
    Route("GET", "/admin/objects/{name}/rules", list_rules),
    Route("POST", "/admin/objects/{name}/rehearsal", rehearse),
    Route("GET", "/admin/objects/{name}/rules/{rule}", get_rule),
    Route("PUT", "/admin/objects/{name}/rules/{rule}", put_rule),
    Route("DELETE", "/admin/objects/{name}/rules/{rule}", delete_rule),
    Route("GET", "/admin/objects/{name}/entries", list_entries),
    Route("PUT", "/admin/objects/{name}/entries", put_entry),
    Route("GET", "/admin/objects/{name}/unique", list_groups),
    Route("POST", "/admin/objects/{name}/unique", add_group),
    Route("DELETE", "/admin/objects/{name}/unique/{fields}", delete_group),
)
