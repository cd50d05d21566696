"""The columns of a file beside the fields that they go to, with samples and choices: the page where a person confirms
what was found out."""

from __future__ import annotations

from collections.abc import Mapping as Form
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.matching.shapes import is_matched
from relata.engine.metadata.object import Object
from relata.engine.transfer.mapping import Column, Mapping
from relata.engine.transfer.wizard import intake, running, saved, sheets
from relata.engine.transfer.wizard.checking import check
from relata.engine.transfer.wizard.profile import Profile
from relata.engine.transfer.wizard.proposing import propose, refit
from relata.engine.transfer.wizard.running import fail
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied, Invalid, RelataError
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import Crumb, Option, Shell
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.imports.column_rows import ColumnRow, column_row
from relata.interfaces.web.imports.filled import FilledView, SetRow, more_fields, set_rows
from relata.interfaces.web.imports.new_fields import make_fields
from relata.interfaces.web.imports.parts import StepView, crumbs, steps
from relata.interfaces.web.imports.reading import read_mapping, text


class MatchOption(msgspec.Struct, frozen=True):
    """A field that may say which record a row is about."""

    value: str
    label: str
    is_chosen: bool


class ColumnsView(msgspec.Struct, frozen=True, kw_only=True):
    """The page. error: what concerns no single column. without: columns that go nowhere."""

    shell: Shell
    crumbs: tuple[Crumb, ...]
    steps: tuple[StepView, ...]
    title: str
    path: str
    rows: int
    object: str
    objects: tuple[Option, ...]
    nouns: str
    columns: tuple[ColumnRow, ...]
    matches: tuple[MatchOption, ...]
    mode: str
    blank_cells: str
    alike: str
    asks_alike: bool
    asks_warnings: bool
    takes_warned: bool
    is_quiet: bool
    saved: tuple[Option, ...]
    settings: tuple[SetRow, ...]
    more: tuple[Option, ...]
    error: str = ""
    problems: tuple[str, ...] = ()

    @property
    def mapped(self) -> int:
        """How many columns go somewhere."""
        return sum(bool(column.field) for column in self.columns)


class PartView(msgspec.Struct, frozen=True, kw_only=True):
    """One column again, with the choices that follow from it."""

    path: str
    column: ColumnRow
    matches: tuple[MatchOption, ...]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of the columns."""

    async def page(request: Visit, run: UUID, mapping: Mapping | None = None, error: RelataError | None = None,
                   form: Form[str, list[str]] | None = None) -> Response[bytes]:  # fmt: skip
        async def show(work: Workspace) -> Response[bytes]:
            record = await running.mine(work, run)
            view = await _view(web, request, work, record, mapping or running.mapping_of(record), form or {})
            if error is not None:
                said = tuple(f"{one.message} {one.hint or ''}".strip() for one in error.problems)
                whole = "" if said else f"{error.message} {error.hint or ''}".strip()
                view = msgspec.structs.replace(view, error=whole, problems=said)
            return web.page(work, "web/imports/columns.html", view, status=200 if error is None else 422)

        return await web.within(request, show)

    @get("/import/{key:str}/columns")
    async def columns(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await page(request, record_id(key))

    @post("/import/{key:str}/column/{at:int}", status_code=200)
    async def column(request: Visit, key: FromPath[str], at: FromPath[int]) -> Response[bytes]:
        form = await posted(request)

        async def show(work: Workspace) -> Response[bytes]:
            record = await running.mine(work, record_id(key))
            profile = (await sheets.sheet_of(work, record.id)).profile
            one = work.registry.get(record["records_of"])
            if not 0 <= at < len(profile.columns):
                raise Invalid(_("There is no such column."), code="unknown_column", field="column")
            mapping = read_mapping(work, one, profile, form)
            view = PartView(
                path=f"/import/{record.id}",
                column=column_row(work, one, profile.columns[at], at, mapping, form, profile),
                matches=_matches(one, mapping),
            )  # fmt: skip
            return web.page(work, "web/imports/column_part.html", view)

        return await web.within(request, show)

    @post("/import/{key:str}/filled", status_code=200)
    async def filled(request: Visit, key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def show(work: Workspace) -> Response[bytes]:
            record = await running.mine(work, record_id(key))
            profile = (await sheets.sheet_of(work, record.id)).profile
            one = work.registry.get(record["records_of"])
            mapping = read_mapping(work, one, profile, form)
            view = FilledView(
                path=f"/import/{record.id}", settings=set_rows(work, one, profile, mapping, form),
                more=more_fields(work, one, mapping),
            )  # fmt: skip
            return web.page(work, "web/imports/filled.html", view)

        return await web.within(request, show)

    @post("/import/{key:str}/object", status_code=200)
    async def other_object(request: Visit, key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        run = record_id(key)

        async def change(work: Workspace) -> None:
            record = await running.mine(work, run)
            profile = (await sheets.sheet_of(work, run)).profile
            wanted = text(form, "object")
            one = next((each for each in intake.importable(work) if each.path == wanted), None)
            chosen = parse_id(text(form, "saved"))
            if chosen is not None:
                past = await saved.find(work, chosen)
                one = work.registry.get(past.object)
                mapping = refit(work, one, profile, past)
            elif one is None:
                raise Invalid(_("Choose what the rows are."), code="unknown_object", field="object")
            else:
                mapping = propose(work, one, profile)
            await running.set_mapping(work, run, mapping, is_quiet=bool(record["is_quiet"]))

        await web.within(request, change, read_only=False)
        return redirect(f"/import/{run}/columns", request)

    @post("/import/{key:str}/columns", status_code=200)
    async def confirm(request: Visit, key: FromPath[str]) -> Response[bytes]:
        form, run = await posted(request), record_id(key)

        async def read(work: Workspace, made: Form[int, str]) -> Mapping:
            record = await running.mine(work, run)
            profile = (await sheets.sheet_of(work, run)).profile
            return read_mapping(work, work.registry.get(record["records_of"]), profile, form, made)

        async def keep(work: Workspace, mapping: Mapping) -> bool:
            if not mapping.columns:
                raise Invalid(_("No column goes anywhere yet."), code="no_columns", hint=_("Choose a field for one."))
            await running.set_mapping(work, run, mapping, is_quiet=text(form, "is_quiet") == "true")
            if name := text(form, "save_as"):
                await saved.save(work, run, name)
            return await running.begin_check(work, web.queue, run)

        mapping: Mapping | None = None
        try:
            made = await make_fields(web, request, run, form)
            mapping = await web.within(request, lambda work: read(work, made))
            is_now = await web.within(request, lambda work: keep(work, mapping), read_only=False)
        except (Invalid, Conflict, Denied) as error:
            return await page(request, run, mapping, error, form)
        if is_now:
            await _check_now(web, request, run)
        return redirect(f"/import/{run}", request)

    return [columns, column, filled, other_object, confirm]


async def _check_now(web: Web, request: Visit, run: UUID) -> None:
    credentials = web.person(request)
    assert credentials.workspace is not None
    key = await web.door.key_of(credentials.workspace)
    try:
        await check(web.door, web.files, key, credentials.user, run)
    except RelataError as error:
        await fail(web.door, key, run, f"{error.message} {error.hint or ''}".strip())


async def _view(
    web: Web, request: Visit, work: Workspace, record: Record, mapping: Mapping, form: Form[str, list[str]]
) -> ColumnsView:
    sheet = await sheets.sheet_of(work, record.id)
    one = work.registry.get(mapping.object)
    kept = await saved.fitting(work, one)
    return ColumnsView(
        shell=web.shell(request, work), crumbs=crumbs(work, record), steps=steps(str(record.id), 1),
        title=record["name"], path=f"/import/{record.id}", rows=sheet.profile.rows, object=one.path, nouns=one.nouns,
        objects=tuple(Option(value=each.path, label=each.title_plural) for each in intake.importable(work)),
        columns=_columns(work, one, sheet.profile, mapping, form), matches=_matches(one, mapping),
        alike=mapping.alike, asks_alike=is_matched(one), mode=mapping.mode, blank_cells=mapping.blank_cells,
        takes_warned=mapping.warnings == "pass",
        asks_warnings=any(rule.active and rule.severity == "warning" for rule in one.rules),
        settings=set_rows(work, one, sheet.profile, mapping, form), more=more_fields(work, one, mapping),
        is_quiet=text(form, "is_quiet") == "true" if form else bool(record["is_quiet"]),
        saved=tuple(Option(value=str(each.id), label=each["name"]) for each in kept),
    )  # fmt: skip


def _columns(
    work: Workspace, one: Object, profile: Profile, mapping: Mapping, form: Form[str, list[str]]
) -> tuple[ColumnRow, ...]:
    return tuple(
        column_row(work, one, column, at, mapping, form, profile) for at, column in enumerate(profile.columns)
    )  # fmt: skip


def _matches(one: Object, mapping: Mapping) -> tuple[MatchOption, ...]:
    """Fields that the file gives and that can be looked for."""
    found = []
    for entry in mapping.columns:
        field = one.field(entry.name)
        if entry.field == "id":
            found.append(MatchOption("id", _("Id"), "id" in mapping.match))
        elif field is not None and not entry.part and _can_match(entry, field.type_name):
            found.append(MatchOption(field.name, field.title, field.name in mapping.match))
    unique = {option.value: option for option in found}
    return tuple(unique.values())


def _can_match(entry: Column, type_name: str) -> bool:
    return type_name in (
        "text", "emails", "phones", "web_addresses", "person_name", "integer", "date", "link", "choice", "auto_number",
        "user", "decimal", "datetime",
    )  # fmt: skip
