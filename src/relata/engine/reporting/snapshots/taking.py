"""Keeping what a report says now, and reading the way that it came."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.formula import Binary, Literal, Path, all_of
from relata.engine.reporting.reports.shelf import report
from relata.engine.reporting.result import Result, Shown
from relata.engine.reporting.running import run
from relata.engine.reporting.snapshots.objects import due_after
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace

_MOST = 200
#: So many groups of a report are kept.
_GROUPS = 500


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a report said. body: see `_body`."""

    name: str
    value: Decimal | None
    records: int
    body: dict[str, Any]


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One of a series. measure: as it was shown then."""

    id: UUID
    at: datetime
    value: Decimal | None
    records: int
    measure: Shown


async def said(work: Workspace, key: str) -> Said:
    """With the rights of who is at work. NotFound for a report that is gone or not open to them."""
    found = await report(work, key)
    result = await run(work, found.definition)
    total = result.total
    return Said(
        name=found.name[:120], value=_number(total.values[0]) if total is not None else None,
        records=total.count if total is not None else 0, body=_body(result),
    )  # fmt: skip


async def keep(work: Workspace, series: UUID, what: Said) -> Record:
    """A snapshot of a series; as the system, since nobody writes them."""
    values = {"name": what.name, "series": series, "value": what.value, "records": what.records, "body": what.body}
    made = await work.create("report_snapshot", {**values, "taken_at": work.clock.now})
    await work.change(("report_series", series), {"last_at": work.clock.now, "last_error": None})
    return made


async def take_due(work: Workspace) -> list[Record]:
    """Series whose time has come, moved on to their next time in the same transaction. As the system."""
    where = all_of([
        Binary("=", Path(("is_active",)), Literal(True)),
        Binary("<=", Path(("next_at",)), Literal(work.clock.now.isoformat())),
    ])  # fmt: skip
    found = (await work.find("report_series", where))[:_MOST]
    for one in found:
        owner = await work.first("user", id=one["owner"]) if one["owner"] else None
        zone = (owner["time_zone"] if owner is not None else "") or work.clock.zone
        await work.change(one, {"next_at": due_after(work, one["rhythm"], zone)})
    return found


async def note_problem(work: Workspace, series: UUID, why: str) -> None:
    """It could not be kept; said on the series."""
    record = await work.first("report_series", id=series)
    if record is not None:
        await work.change(record, {"last_error": why[:300]})


async def snapshots(work: Workspace, series: UUID) -> list[Snapshot]:
    """The newest ones of a series, the oldest of these first."""
    found = await work.find("report_snapshot", series=series, order="-taken_at", limit=_MOST)
    return [
        Snapshot(
            id=one.id, at=one["taken_at"], value=one["value"], records=one["records"] or 0,
            measure=msgspec.convert((one["body"] or {}).get("measure", _PLAIN), Shown),
        )
        for one in reversed(found)
    ]  # fmt: skip


_PLAIN = {"label": "", "kind": "number", "name": "", "index": 0}


def _body(result: Result) -> dict[str, Any]:
    """measure: what the first figure is. groups: the ids, names and first figures of the finest groups."""
    groups = []
    for row, column, cell in list(result.flat())[:_GROUPS]:
        keys = (*result.rows[row].keys, *result.columns[column].keys)
        names = [key.label or str(key.value) for key in keys]
        groups.append(
            {"ids": [key.id for key in keys], "names": names, "value": _plain(cell.values[0]), "records": cell.count}
        )
    return {"measure": msgspec.to_builtins(result.measures[0]), "groups": groups}


def _number(value: Any) -> Decimal | None:
    if isinstance(value, timedelta):
        return Decimal(value // timedelta(microseconds=1)) / 1_000_000
    return round(Decimal(value), 6) if isinstance(value, (int, Decimal)) else None


def _plain(value: Any) -> str | None:
    number = _number(value)
    if number is not None:
        return format(number, "f")
    return value.isoformat() if isinstance(value, (date, datetime)) else value
