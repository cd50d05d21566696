"""Reports over the API: POST /report with a kept or shipped one, or with a definition of one's own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec

from relata.engine.formula import Node, all_of
from relata.engine.reporting.definition import Definition
from relata.engine.reporting.definition import read as read_definition
from relata.engine.reporting.prompts import answered
from relata.engine.reporting.reports import shelf
from relata.engine.reporting.result import Head, Key, Result
from relata.engine.reporting.running import run
from relata.engine.reporting.trends.values import Trend
from relata.engine.reporting.waterfalls import waterfall
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers, parameters
from relata.interfaces.rest.call import Call


class ReportBody(msgspec.Struct, forbid_unknown_fields=True):
    """report: a record's id or a shipped report's key; or definition: as the field `body` of a report. where: one more
    condition. prompts: answers by the prompts' names. as_on:
    a day that is over; the records are then those of its end."""

    report: str = ""
    definition: Any = None
    where: Any = None
    prompts: dict[str, list[str]] = {}
    as_on: date | None = None


async def answer_report(call: Call) -> Answer:
    """Every head and cell, subtotals included; each figure with the condition that finds its records."""
    call.parameters()
    body = call.shaped(ReportBody)

    async def attempt(work: Workspace) -> Answer:
        definition = await _definition(work, body)
        result = await run(
            work, definition, answers=body.prompts, extra=parameters.expression(body.where), as_on=body.as_on
        )
        return answers.json(shown(result))

    return await call.read(attempt)


class ChangesBody(ReportBody, forbid_unknown_fields=True, kw_only=True):
    """since: a day that is over, at whose end it begins. until: likewise, where it ends; now where it is left out."""

    since: date
    until: date | None = None


async def answer_changes(call: Call) -> Answer:
    """The way of a report's first figure from one day to another, with each record behind each bar."""
    call.parameters()
    body = call.shaped(ChangesBody)

    async def attempt(work: Workspace) -> Answer:
        definition = await _definition(work, body)
        found = await waterfall(work, definition, body.since, body.until, _extra(work, definition, body))
        return answers.json(
            {
                "object": found.object,
                "measure": msgspec.to_builtins(found.measure),
                "bars": [
                    {
                        "kind": bar.kind, "label": bar.label, "value": bar.value,
                        "records": [
                            {"id": part.id, "title": part.title, "before": part.before, "after": part.after}
                            for part in bar.parts
                        ],
                    }
                    for bar in found.bars
                ],
                "notes": [{"kind": note.kind, "text": note.text} for note in found.notes],
            }
        )  # fmt: skip

    return await call.read(attempt)


def _extra(work: Workspace, definition: Definition, body: ReportBody) -> Node | None:
    """The answered prompts and the condition of the request."""
    asked = (answered(work, definition, body.prompts), parameters.expression(body.where))
    conditions = [node for node in asked if node is not None]
    return all_of(conditions) if conditions else None


async def _definition(work: Workspace, body: ReportBody) -> Definition:
    if bool(body.report) == (body.definition is not None):
        raise Invalid("Name a report, or send a definition.", code="report", field="report")
    if body.report:
        return (await shelf.report(work, body.report)).definition
    return read_definition(body.definition)


def shown(result: Result) -> dict[str, Any]:
    """As JSON."""
    return {
        "object": result.object,
        "rows": [_head(head) for head in result.rows],
        "columns": [_head(head) for head in result.columns],
        "levels": {
            "rows": [msgspec.to_builtins(level) for level in result.row_levels],
            "columns": [msgspec.to_builtins(level) for level in result.column_levels],
        },
        "measures": [msgspec.to_builtins(one) for one in result.measures],
        "cells": [
            {
                "row": row,
                "column": column,
                "count": cell.count,
                "values": [_value(value) for value in cell.values],
                "where": [result.drill_of(row, column, at) for at in range(len(cell.values))],
            }
            for (row, column), cell in sorted(result.cells.items())
        ],
        "notes": [{"kind": note.kind, "text": note.text} for note in result.notes],
        "trend": _trend(result.trend),
        "at": result.at,
        "as_on": result.as_on,
    }


def _trend(trend: Trend | None) -> dict[str, Any] | None:
    """Per period; low and high: of the slope, 95 of 100. usual: how far single periods lie from the line at most."""
    if trend is None:
        return None
    line = trend.line
    return {
        "grain": trend.grain, "from": trend.periods[0], "to": trend.periods[-1], "start": line.start,
        "slope": line.slope, "low": line.low, "high": line.high, "usual": line.usual, "periods": line.count,
        "odd": [
            {"period": one.period, "value": one.value, "expected": one.expected, "few_records": one.is_small}
            for one in trend.odd
        ],
    }  # fmt: skip


def _head(head: Head) -> list[dict[str, Any]]:
    return [_key(key) for key in head.keys]


def _key(key: Key) -> dict[str, Any]:
    return {"id": key.id, "value": key.value, "label": key.label, "others": key.others}


def _value(value: Any) -> Any:
    """Durations in seconds."""
    return value.total_seconds() if isinstance(value, timedelta) else value
