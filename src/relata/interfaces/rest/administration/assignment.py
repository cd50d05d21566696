"""Assignment rules: made, put into order, tried and rehearsed; and public holidays into a calendar."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from relata.engine.automation.assignment.administration import read, rules
from relata.engine.automation.assignment.deciding import Decision, why
from relata.engine.automation.assignment.rehearsing import DAYS, rehearse, try_record, try_values
from relata.engine.automation.assignment.rules_of import Named
from relata.engine.automation.working_time.entering import enter_holidays
from relata.engine.automation.working_time.holidays_of import holidays_in
from relata.engine.rules.assignment import AssignmentRule
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound, Problem
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers
from relata.interfaces.rest.call import Call
from relata.interfaces.rest.routes import Route

_LONGEST_DAYS = 366


class OrderBody(msgspec.Struct, forbid_unknown_fields=True):
    """names: all rules of the object, the one that is asked first first."""

    object: str
    names: list[str]


class TrialBody(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A record by its id, or the values of a new one."""

    object: str
    record: UUID | None = None
    values: dict[str, Any] = {}


class RehearsalBody(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """days: how far back, up to 366. rules: instead of the active ones, in their order."""

    object: str
    days: int = DAYS
    rules: list[AssignmentRule] | None = None


class HolidaysBody(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """country: ISO 3166-1. part: ISO 3166-2 without the country. calendar: without one the workspace's hours."""

    country: str
    year: int
    part: str = ""
    calendar: UUID | None = None


async def list_rules(call: Call) -> Answer:
    """All assignment rules, by object and order."""
    call.parameters()
    return answers.json({"data": [_rule(one) for one in await call.read(_rules)]})


async def get_rule(call: Call) -> Answer:
    """One assignment rule."""
    call.parameters()
    return answers.json(await _one(call, call.names["name"]))


async def put_rule(call: Call) -> Answer:
    """Make or replace an assignment rule; a new one is asked last."""
    call.parameters()
    body = call.values()
    await (await call.rule_office()).put(call.names["name"], {**body, "position": 0})
    return answers.json(await _one(call, call.names["name"]))


async def delete_rule(call: Call) -> Answer:
    """What it assigned stays where it is."""
    call.parameters()
    await (await call.rule_office()).delete(call.names["name"])
    return answers.empty()


async def order_rules(call: Call) -> Answer:
    """The rules of an object in another order."""
    call.parameters()
    body = call.shaped(OrderBody)
    await (await call.rule_office()).reorder(body.object, body.names)
    return await list_rules(call)


async def try_rules(call: Call) -> Answer:
    """Where a record would go now, and why. Nothing changes."""
    call.parameters()
    body = call.shaped(TrialBody)

    async def attempt(work: Workspace) -> Answer:
        if body.record is not None:
            return answers.json(_decision(await try_record(work, body.object, body.record)))
        return answers.json(_decision(await try_values(work, body.object, body.values)))

    return await call.read(attempt)


async def rehearse_rules(call: Call) -> Answer:
    """What rules would have done with the records of the last days. Nothing changes."""
    call.parameters()
    body = call.shaped(RehearsalBody)
    if not 1 <= body.days <= _LONGEST_DAYS:
        raise Invalid.of([Problem("out_of_range", "Days must be 1 to 366.", "days")])
    named = None
    if body.rules is not None:
        named = [Named(f"rule_{at}", rule) for at, rule in enumerate(body.rules, 1)]
        wrong = [one.name for one in named if read(msgspec.to_builtins(one.rule)).object != body.object]
        if wrong:
            raise Invalid.of([Problem("invalid_value", "All rules must be for this object.", "rules")])

    async def attempt(work: Workspace) -> Answer:
        return answers.json(await rehearse(work, body.object, days=body.days, rules=named))

    return await call.read(attempt)


async def take_over_holidays(call: Call) -> Answer:
    """Public holidays of a country and year; those that are there already stay as they are."""
    call.parameters()
    body = call.shaped(HolidaysBody)

    async def attempt(work: Workspace) -> Answer:
        days = holidays_in(body.country, body.year, body.part, work.settings.language)
        return answers.json({"created": await enter_holidays(work, body.calendar, days)})

    return await call.write(attempt)


async def _rules(work: Workspace) -> list[Named]:
    return rules(work)


async def _one(call: Call, name: str) -> dict[str, Any]:
    for one in await call.read(_rules):
        if one.name == name:
            return _rule(one)
    raise NotFound("There is no such rule.", code="unknown_definition")


def _rule(one: Named) -> dict[str, Any]:
    return {"name": one.name, **{name: getattr(one.rule, name) for name in one.rule.__struct_fields__}}


def _decision(one: Decision) -> dict[str, Any]:
    return {"to": one.to, "rule": one.rule.name if one.rule else None, **why(one)}


ROUTES = (
    Route("GET", "/admin/assignment-rules", list_rules),
    Route("GET", "/admin/assignment-rules/{name}", get_rule),
    Route("PUT", "/admin/assignment-rules/{name}", put_rule),
    Route("DELETE", "/admin/assignment-rules/{name}", delete_rule),
    Route("PUT", "/admin/assignment/order", order_rules),
    Route("POST", "/admin/assignment/try", try_rules),
    Route("POST", "/admin/assignment/rehearse", rehearse_rules),
    Route("POST", "/admin/holidays", take_over_holidays),
)
