"""Pipelines and stages, and whatever else serves as the columns of a board: one table a board, saved as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.fields import Field
from relata.engine.ui import board_columns as arranging
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id
from relata.interfaces.web.inputs import form_field, read_form
from relata.interfaces.web.settings.frame import Form, Page, Refused, errors_of, frame, last, settled, status_of

_PLACE = "/settings/boards"


class BoardLine(msgspec.Struct, frozen=True, kw_only=True):
    """A board in the list."""

    label: str
    columns: str
    icon: str
    href: str


class BoardsPage(Page, frozen=True, kw_only=True):
    """The list."""

    boards: tuple[BoardLine, ...]


class ColumnRow(msgspec.Struct, frozen=True, kw_only=True):
    """A column of the board. key: its id, or a word for a new one. used: records in it."""

    key: str
    title: str
    fields: tuple[FormField, ...]
    used: int
    others: tuple[Option, ...] = ()


class ColumnsPage(Page, frozen=True, kw_only=True):
    """The columns of one board. boards: the pipelines to choose from; parent: the address of a new one."""

    action: str
    chosen: str
    boards: tuple[Option, ...]
    parent: str
    parent_label: str
    heads: tuple[str, ...]
    rows: tuple[ColumnRow, ...]
    blank: ColumnRow
    singular: str
    board: str


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    @get(_PLACE)
    async def listed(request: Visit) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            found = tuple(
                BoardLine(
                    label=of.object.title_plural, columns=of.target.title_plural, icon=of.object.icon,
                    href=f"{_PLACE}/{of.object.name}",
                )
                for of in arranging.arrangeable(work)
            )  # fmt: skip
            view = BoardsPage(**frame(web, request, work, _PLACE), boards=found)
            return web.page(work, "web/settings/boards.html", view)

        return await web.within(request, build)

    async def show(
        request: Visit, name: str, within: str, form: Form | None = None, error: Refused | None = None
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            view = _page(web, request, work, await arranging.columns(work, name, within), form, error)
            return web.page(work, "web/settings/board_columns.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(f"{_PLACE}/{{name:str}}")
    async def page(request: Visit, name: FromPath[str]) -> Response[bytes]:
        return await show(request, name, request.query_params.get("within", ""))

    @post(f"{_PLACE}/{{name:str}}")
    async def save(request: Visit, name: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        within = last(form, "within")

        async def store(work: Workspace) -> None:
            found = await arranging.columns(work, name, within)
            rows = [
                (parse_id(key), read_form(list(found.fields), _of_row(form, key), zone=work.actor.zone))
                for key in _keys(form, found.of.target.title_field)
            ]
            await arranging.save_columns(work, name, within, rows)

        async def attempt() -> str:
            await web.within(request, store, read_only=False)
            return f"{_PLACE}/{name}?within={quote(within)}&done=saved"

        return await settled(attempt, lambda error: show(request, name, within, form, error))

    @post(f"{_PLACE}/{{name:str}}/{{column:str}}/retire")
    async def retire(request: Visit, name: FromPath[str], column: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        within, replace = last(form, "within"), last(form, "replace")

        async def store(work: Workspace) -> int:
            return await arranging.retire_column(work, name, record_id(column), _target(replace))

        async def attempt() -> str:
            await web.within(request, store, read_only=False)
            return f"{_PLACE}/{name}?within={quote(within)}&done=retired"

        return await settled(attempt, lambda error: show(request, name, within, None, error))

    return [listed, page, save, retire]


def _target(text: str) -> UUID | None:
    if not text:
        return None
    found = parse_id(text)
    if found is None:
        raise Invalid(_("Choose where they go."), code="invalid_link", field="replace")
    return found


def _keys(form: Form, title: str) -> list[str]:
    """The rows in their order; new ones without a name were never filled in."""
    keys = form.get("row", [])[: arranging.MOST + 1]
    return [key for key in keys if parse_id(key) or any(value.strip() for value in form.get(f"{key}.{title}", [""]))]


def _of_row(form: Form, key: str) -> dict[str, list[str]]:
    prefix = f"{key}."
    return {name.removeprefix(prefix): values for name, values in form.items() if name.startswith(prefix)}


def _page(
    web: Web, request: Visit, work: Workspace, found: arranging.Columns, form: Form | None, error: Refused | None
) -> ColumnsPage:
    of = found.of
    by_id = {str(record.id): record for record in found.records}
    keys = _keys(form, of.target.title_field) if form is not None else list(by_id)
    errors = errors_of(error)
    titles = tuple(Option(value=key, label=record.title or _("Untitled")) for key, record in by_id.items())
    rows = []
    for at, key in enumerate(keys):
        record = by_id.get(key)
        values: Mapping[str, Any] = record.values if record else {}
        if form is not None:
            values = {**values, **read_form(list(found.fields), _of_row(form, key), zone=work.actor.zone)}
        own = {name.partition(".")[2]: words for name, words in errors.items() if name.startswith(f"{at}.")}
        rows.append(
            ColumnRow(
                key=key, title=record.title if record else "", used=found.used.get(key, 0),
                fields=_inputs(work, found.fields, key, values, own),
                others=tuple(option for option in titles if option.value != key) if record else (),
            )
        )  # fmt: skip
    within = of.within
    parent = work.registry.get(within.to) if within else None
    title = f"{of.object.title_plural}: {of.target.nouns}"
    known = {f"{at}.{field.name}" for at in range(len(keys)) for field in found.fields}
    return ColumnsPage(
        **frame(web, request, work, _PLACE, title, error=error, known=known),
        action=f"{_PLACE}/{of.object.name}",
        chosen=found.chosen,
        boards=tuple(Option(value=item.value, label=item.label) for item in found.boards),
        parent=f"/{parent.path}" if parent else "",
        parent_label=parent.title_plural if parent else "",
        heads=tuple(field.title for field in found.fields),
        rows=tuple(rows),
        blank=ColumnRow(
            key="NEW", title="", fields=_inputs(work, found.fields, "NEW", _defaults(found.fields), {}), used=0
        ),
        singular=of.target.noun,
        board=f"/{of.object.path}/board" + (f"?within={found.chosen}" if found.chosen else ""),
    )


def _defaults(fields: tuple[Field, ...]) -> dict[str, Any]:
    return {field.name: field.default for field in fields if field.default is not None}


def _inputs(
    work: Workspace, fields: tuple[Field, ...], key: str, values: Mapping[str, Any], errors: Mapping[str, str]
) -> tuple[FormField, ...]:
    found = []
    for field in fields:
        made = form_field(
            work.registry, field, values.get(field.name), {}, currency=work.settings.currency, zone=work.actor.zone,
            error=errors.get(field.name, ""),
        )  # fmt: skip
        found.append(msgspec.structs.replace(made, name=f"{key}.{field.name}", help=""))
    return tuple(found)


def place_of(work: Workspace, name: str) -> str:
    """Where the columns of an object's board are arranged; "" where they are no records."""
    try:
        arranging.columns_object(work, name)
    except NotFound:
        return ""
    return f"{_PLACE}/{name}"
