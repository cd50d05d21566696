"""Figures: POST /{plural}/aggregate with groups, measures and the filter of a list."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import msgspec

from relata.engine.query.aggregate import MAX_GROUPS
from relata.engine.query.request import Aggregate, Group, Measure
from relata.engine.ui.past_values import end_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers, parameters
from relata.interfaces.rest.call import Call

#: More levels or figures than this are no table that anybody reads.
MOST = 10


class GroupBody(msgspec.Struct, forbid_unknown_fields=True):
    """One level of grouping. As text: `stage`, or `close_date:month`."""

    path: str
    grain: str = ""


class MeasureBody(msgspec.Struct, forbid_unknown_fields=True):
    """One figure. As text: `count`, or `sum:amount`."""

    function: str
    field: str = ""


class AggregateBody(msgspec.Struct, forbid_unknown_fields=True):
    """What is asked for. measures: count if left out. limit: groups at most, largest first. as_on: a past day, at whose
    end the records are looked at."""

    group_by: list[str | GroupBody] = []
    measures: list[str | MeasureBody] = []
    where: Any = None
    deleted: bool = False
    limit: int = 500
    as_on: date | None = None


async def aggregate_records(call: Call) -> Answer:
    """One row a group; `complete` is false where more groups exist than `limit`."""
    call.parameters()
    body = call.shaped(AggregateBody)
    _check(body)

    async def attempt(work: Workspace) -> Answer:
        one = call.readable(work)
        request = asked(one.name, body)
        if body.as_on is not None:
            request = replace(request, as_on=end_of(work, body.as_on))
        found = await work.aggregate(request)
        return answers.json({"data": found.rows, "complete": found.complete})

    return await call.read(attempt)


def asked(object_name: str, body: AggregateBody) -> Aggregate:
    """The engine's request."""
    return Aggregate(
        object_name,
        tuple(_measure(one) for one in body.measures) or (Measure("count"),),
        tuple(_group(one) for one in body.group_by),
        parameters.expression(body.where),
        body.limit,
        body.deleted,
    )


def _group(given: str | GroupBody) -> Group:
    if isinstance(given, GroupBody):
        return Group(given.path, given.grain)
    path, _, grain = given.partition(":")
    return Group(path, grain)


def _measure(given: str | MeasureBody) -> Measure:
    if isinstance(given, MeasureBody):
        return Measure(given.function, given.field)
    function, _, field = given.partition(":")
    return Measure(function, field)


def _check(body: AggregateBody) -> None:
    if len(body.group_by) > MOST or len(body.measures) > MOST:
        raise Invalid(
            f"An aggregate has at most {MOST} measures and at most {MOST} levels of groups.",
            code="out_of_range",
            field="measures",
        )
    if not 1 <= body.limit <= MAX_GROUPS:
        raise Invalid(f"Limit must be a whole number from 1 to {MAX_GROUPS}.", code="out_of_range", field="limit")
