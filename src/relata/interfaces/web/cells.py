"""Cells of a list: one edited in place, or a block pasted from a spreadsheet. The answer is what the cells show now."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.formula import Binary, Literal, Path, any_of
from relata.engine.metadata.object import Object
from relata.engine.transfer.bulk import notes, running
from relata.engine.transfer.bulk.order import Order
from relata.engine.ui.facts import is_editable
from relata.engine.ui.listing import ListState, listing
from relata.engine.ui.values import targets_of
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.warnings import ALL, WARNING, only_warnings
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import ngettext
from relata.interfaces.html.environment import render
from relata.interfaces.html.view_values import Column, FormField, TableRow
from relata.interfaces.web.cell_texts import Cell, CellProblem, CellReader
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, formatter, record_id
from relata.interfaces.web.heads import table_rows
from relata.interfaces.web.inputs import form_field, read_form

#: One block; larger ones are an import.
MOST_CELLS, MOST_ROWS = 5000, 500


class CellEditor(msgspec.Struct, frozen=True, kw_only=True):
    """The editor of one cell. was: the value that it began with, to notice another's change."""

    action: str
    csrf: str
    field: FormField
    was: str


class RowsView(msgspec.Struct, frozen=True):
    """Rows whose cells replace those on the screen."""

    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]


class CellsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """rows: HTML of a table with the rows as they are now. undo: "" where there is nothing to undo in one go. confirm:
    what only warns, so that the same may be sent again with it."""

    rows: str
    problems: list[CellProblem]
    message: str = ""
    undo: str = ""
    confirm: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of cells."""

    @post("/{plural:str}/cells", status_code=200)
    async def write(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        web.person(request)
        form = await posted(request)
        try:
            cells = msgspec.json.decode((form.get("cells") or [""])[-1], type=list[Cell])
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
            raise Invalid(_("These cells can't be read."), code="damaged", field="cells") from error
        if not 0 < len(cells) <= MOST_CELLS or len({cell.id for cell in cells}) > MOST_ROWS:
            raise Invalid(
                _("A block has at most %(rows)s rows and %(cells)s cells.") % {"rows": MOST_ROWS, "cells": MOST_CELLS},
                code="too_many", hint=_("Import the file instead."),
            )  # fmt: skip

        async def save(work: Workspace) -> CellsAnswer:
            one = work.registry.by_path(plural)
            reader = CellReader(work, one)
            values = await reader.read(cells)
            undo, message, confirm = "", "", ""
            if len(cells) == 1 and values:
                confirm = await _one(work, one, reader, values)
            elif values:
                undo, message, confirm = await _block(web, work, one, reader, values)
            rows = await _rows(web, work, one, [cell.id for cell in cells], _columns(form))
            return CellsAnswer(rows=rows, problems=reader.problems, undo=undo, message=message, confirm=confirm)

        return _answer(await web.within(request, save, read_only=False))

    @get("/{plural:str}/{key:str}/cells/{name:str}")
    async def edit(request: Visit, plural: FromPath[str], key: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            field = one.field(name)
            if field is None or not work.actor.readable(one, field) or not is_editable(work, one, field):
                raise NotFound(_("There is no such column."), code="unknown_field")
            record = await work.get(one.name, record_id(key))
            titles = await titles_of(work.unit, targets_of([(field, record[name])]))
            view = CellEditor(
                action=f"/{one.path}/{record.id}/cells/{name}", csrf=web.shell(request, work).csrf,
                was=_known(field.to_json(record[name]) if record[name] is not None else None),
                field=form_field(
                    work.registry, field, record[name], titles, currency=work.settings.currency, zone=work.actor.zone
                ),
            )  # fmt: skip
            return web.page(work, "web/cell.html", view)

        return await web.within(request, show)

    @post("/{plural:str}/{key:str}/cells/{name:str}", status_code=200)
    async def save_form(
        request: Visit, plural: FromPath[str], key: FromPath[str], name: FromPath[str]
    ) -> Response[bytes]:
        form = await posted(request)
        record_key = record_id(key)

        async def save(work: Workspace) -> CellsAnswer:
            one = work.registry.by_path(plural)
            field = one.field(name)
            if field is None or not work.actor.readable(one, field) or not is_editable(work, one, field):
                raise NotFound(_("There is no such column."), code="unknown_field")
            reader = CellReader(work, one)
            record = await work.get(one.name, record_key)
            now = _known(field.to_json(record[name]) if record[name] is not None else None)
            confirm = ""
            if form.get("was") and form["was"][-1] != now:
                said = _("Somebody else changed this meanwhile. Look at it, then change it again.")
                reader.problems.append(CellProblem(record_key, name, said, ""))
            else:
                raw = read_form([field], form, zone=work.actor.zone)
                confirm = await _one(work, one, reader, {record_key: raw})
            rows = await _rows(web, work, one, [record_key], _columns(form))
            return CellsAnswer(rows=rows, problems=reader.problems, confirm=confirm)

        return _answer(await web.within(request, save, read_only=False))

    return [write, edit, save_form]


def _answer(found: CellsAnswer) -> Response[bytes]:
    """200 also where cells were refused: others of the same block were saved, and each has its own words."""
    return Response(msgspec.json.encode(found), media_type="application/json", status_code=200)


def _known(value: Any) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()


def _columns(form: dict[str, list[str]]) -> tuple[str, ...]:
    """The columns on the screen; what is none of this object's is left out by the listing."""
    return tuple((form.get("columns") or [""])[-1].split(",")[:60])


async def _one(work: Workspace, one: Object, reader: CellReader, values: dict[UUID, dict[str, Any]]) -> str:
    """A single cell: an ordinary change, as on the record's page. What only warns."""
    confirm: list[str] = []
    for key, raw in values.items():
        outcome = (await work.change_many(one.name, [(key, raw)]))[0]
        if outcome.did == "refused":
            confirm += only_warnings(outcome.problems)
            for name in raw:
                reader.refuse(key, name, outcome.problems)
    return ", ".join(confirm)


async def _block(
    web: Web, work: Workspace, one: Object, reader: CellReader, values: dict[UUID, dict[str, Any]]
) -> tuple[str, str, str]:
    """A block: one bulk change, so that one undo takes it back."""
    cells = {str(key): raw for key, raw in values.items()}
    order = Order(
        one.name, "paste", tuple(values), cells=cells, warnings="pass" if ALL in work.unit.confirmed else "refuse"
    )
    record = await running.start(work, web.queue, order)
    remarks = [note for _number, note in await notes.page(work, record.id, limit=MOST_CELLS)]
    confirm = ALL if remarks and all(note.code == WARNING for note in remarks) else ""
    for note in remarks:
        raw = values[note.record]
        for name in [note.field] if note.field in raw else list(raw):
            reader.refuse(note.record, name, (Problem(note.code, note.message),))
    changed = record["changed"] or 0
    message = ngettext("%(n)s record changed", "%(n)s records changed", changed) % {"n": changed}
    return (f"/bulk/{record.id}/undo", message, confirm) if changed else ("", "", confirm)


async def _rows(web: Web, work: Workspace, one: Object, ids: list[UUID], names: tuple[str, ...]) -> str:
    """The rows as the list shows them."""
    distinct = list(dict.fromkeys(ids))
    where = any_of(Binary("=", Path(("id",)), Literal(str(key))) for key in distinct[:MOST_ROWS])
    state = ListState(order="-created_at", limit=MOST_ROWS)
    known = tuple(name for name in names if name)
    found = await listing(work, one, state, fixed=where, columns=known or ("id",))
    columns = tuple(
        Column(name=column.path, label=column.label, kind=column.kind, align=column.align)
        for column in (found.title_column, *found.columns)
    )
    view = RowsView(columns, table_rows(one, columns, found.rows))
    return render(web.environment, "web/cell_rows.html", view, formatter(work))
