"""Create and edit: the form of any object, its errors at the fields, and inline edit of one value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import msgspec
from litestar import Response, get, post, route
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.fields import Field
from relata.engine.metadata.object import Object
from relata.engine.ui.record_page import is_editable, one_fact
from relata.engine.ui.values import targets_of
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, NotFound
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import Crumb, FormField, Shell
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.inputs import form_field, read_form


class FormSection(msgspec.Struct, frozen=True):
    """A titled part of a form."""

    title: str
    fields: tuple[FormField, ...]


class FormView(msgspec.Struct, frozen=True, kw_only=True):
    """The page of a form. error: what concerns no single field."""

    shell: Shell
    title: str
    crumbs: tuple[Crumb, ...]
    action: str
    cancel: str
    submit: str
    sections: tuple[FormSection, ...]
    version: int = 0
    error: str = ""


class FactView(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a record, shown or being edited. saved: it was just written."""

    name: str
    label: str
    kind: str
    value: Any
    href: str
    csrf: str
    editing: bool = False
    saved: bool = False
    editable: bool = True
    field: FormField | None = None
    version: int = 0
    error: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of all forms."""

    @get("/{plural:str}/new")
    async def new(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            given = _given(one, {name: list(request.query_params.getall(name)) for name in request.query_params}, work)
            view = await _view(web, request, work, one, None, given)
            return web.page(work, "web/form.html", view)

        return await web.within(request, show)

    @post("/{plural:str}/new")
    async def create(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def save(work: Workspace) -> str:
            one = work.registry.by_path(plural)
            record = await work.create(one.name, read_form(_fields(work, one), form, zone=work.actor.zone))
            return f"/{one.path}/{record.id}"

        try:
            return redirect(await web.within(request, save, read_only=False))
        except (Invalid, Conflict) as error:
            return await _again(web, request, plural, None, form, error)

    @get("/{plural:str}/{key:str}/edit")
    async def edit(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            record = await work.get(one.name, record_id(key))
            return web.page(work, "web/form.html", await _view(web, request, work, one, record, record.values))

        return await web.within(request, show)

    @post("/{plural:str}/{key:str}/edit")
    async def save(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def change(work: Workspace) -> str:
            one = work.registry.by_path(plural)
            values = read_form(_fields(work, one), form, zone=work.actor.zone)
            values = {
                name: value for name, value in values.items() if value or work.actor.readable(one, one.all_fields[name])
            }
            record = await work.change((one.name, record_id(key)), values, expect=_version(form))
            return f"/{one.path}/{record.id}"

        try:
            return redirect(await web.within(request, change, read_only=False))
        except (Invalid, Conflict) as error:
            return await _again(web, request, plural, key, form, error)

    @get("/{plural:str}/{key:str}/fields/{name:str}")
    async def fact(request: Visit, plural: FromPath[str], key: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            view = await _fact(web, request, work, plural, record_id(key), name, editing="edit" in request.query_params)
            return web.page(work, "web/fact.html", view)

        return await web.within(request, show)

    @route("/{plural:str}/{key:str}/fields/{name:str}", http_method=["POST", "PATCH"])
    async def save_fact(
        request: Visit, plural: FromPath[str], key: FromPath[str], name: FromPath[str]
    ) -> Response[bytes]:
        form = await posted(request)
        record = record_id(key)

        async def change(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            await work.change((one.name, record), read_form([_field(work, one, name)], form, zone=work.actor.zone))
            view = await _fact(web, request, work, plural, record, name, saved=True)
            return web.page(work, "web/fact.html", view)

        try:
            return await web.within(request, change, read_only=False)
        except (Invalid, Conflict) as error:
            message = f"{error.message} {error.hint or ''}".strip()

            async def show(work: Workspace) -> Response[bytes]:
                view = await _fact(web, request, work, plural, record, name, editing=True, error=message)
                return web.page(work, "web/fact.html", view, status=422)

            return await web.within(request, show)

    return [new, create, edit, save, fact, save_fact]


async def posted(request: Visit) -> dict[str, list[str]]:
    """A form's names and values, all of them as lists, blank ones kept: an emptied field must be emptied."""
    if (request.content_type[0] or "").startswith("multipart/"):
        form = await request.form()
        return {name: [str(value) for value in form.getall(name)] for name in form}
    text = (await request.body()).decode("utf-8", "strict")
    return parse_qs(text, keep_blank_values=True, max_num_fields=2000)


def _version(form: Mapping[str, list[str]]) -> int | None:
    text = (form.get("version") or [""])[0]
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _fields(work: Workspace, one: Object) -> list[Field]:
    return [field for field in one.all_fields.values() if is_editable(work, one, field) and not field.hidden]


def _given(one: Object, query: Mapping[str, list[str]], work: Workspace) -> dict[str, Any]:
    """Values that a link to the form brings along, such as the account of a new contact; what does not fit is left
    out."""
    found: dict[str, Any] = {}
    for field in one.all_fields.values():
        if field.default is not None:
            found[field.name] = field.parse(field.default, work.context.parsing)
    for name, values in query.items():
        field_ = one.field(name)
        if field_ is not None and values[-1]:
            try:
                found[name] = field_.parse(values[-1], work.context.parsing)
            except Invalid:
                continue
    return {**found, "owner": found.get("owner", work.actor.user), "team": found.get("team", work.actor.main_team)}


async def _view(
    web: Web,
    request: Visit,
    work: Workspace,
    one: Object,
    record: Record | None,
    values: Mapping[str, Any],
    error: Invalid | Conflict | None = None,
    version: int = 0,
) -> FormView:
    fields = _fields(work, one)
    titles = await titles_of(work.unit, targets_of((field, values.get(field.name)) for field in fields))
    errors = (
        {problem.field: f"{problem.message} {problem.hint or ''}".strip() for problem in error.problems}
        if error
        else {}
    )
    home = f"/{one.path}/{record.id}" if record else f"/{one.path}"
    name = _visible_title(work, record) if record else ""
    first = True
    sections = []
    for title, part in _sections(work, one, fields):
        made = []
        for field in part:
            message = errors.pop(field.name, "")
            made.append(
                form_field(
                    work.registry,
                    field,
                    _shown_value(work, one, field, values),
                    titles,
                    currency=work.settings.currency,
                    zone=work.actor.zone,
                    error=message,
                    autofocus=first and record is None,
                )
            )
            first = False
        sections.append(FormSection(title, tuple(made)))
    general = " ".join(errors.values()) or (
        f"{error.message} {error.hint or ''}".strip() if error and not error.problems else ""
    )
    return FormView(
        shell=web.shell(request, work, one.path),
        title=f"Edit {name}" if record else f"New {one.title.lower()}",
        crumbs=(Crumb(one.title_plural, f"/{one.path}"), *((Crumb(name, home),) if record else ())),
        action=f"{home}/edit" if record else f"{home}/new",
        cancel=home,
        submit="Save" if record else f"Create {one.title.lower()}",
        sections=tuple(sections),
        version=version or (record.version if record else 0),
        error=general,
    )


def _field(work: Workspace, one: Object, name: str) -> Field:
    """A field that the person may read; NotFound for any other name."""
    field = one.field(name)
    if field is None or not work.actor.readable(one, field):
        raise NotFound(f"There is no field {name[:60]}.", code="unknown_field")
    return field


def _visible_title(work: Workspace, record: Record) -> str:
    """What the record is called, for those who may read it."""
    one = record.object
    field = one.all_fields[one.title_field]
    return record.title if work.actor.readable(one, field) else one.title


def _shown_value(work: Workspace, one: Object, field: Field, values: Mapping[str, Any]) -> Any:
    """What stands in the input: nothing for a secret, which may be set and never read."""
    return values.get(field.name) if work.actor.readable(one, field) else None


def _sections(work: Workspace, one: Object, fields: list[Field]) -> list[tuple[str, list[Field]]]:
    """The layout's sections, then the rest; who looks after the record comes last."""
    by_name = {field.name: field for field in fields}
    found: list[tuple[str, list[Field]]] = []
    for section in work.layout(one.name).all_sections:
        part = [by_name.pop(name) for name in section.fields if name in by_name]
        if part:
            found.append((section.title, part))
    who = [by_name.pop(name) for name in ("owner", "team") if name in by_name]
    if by_name:
        found.append(("Details", list(by_name.values())))
    return [*found, ("Who looks after it", who)] if who else found


async def _again(
    web: Web, request: Visit, plural: str, key: str | None, form: Mapping[str, list[str]], error: Invalid | Conflict
) -> Response[bytes]:
    """The form once more, with what was typed and what is wrong with it."""

    async def show(work: Workspace) -> Response[bytes]:
        one = work.registry.by_path(plural)
        record = await work.get(one.name, record_id(key)) if key else None
        raw = read_form(_fields(work, one), form, zone=work.actor.zone)
        values = {
            **(record.values if record else {}),
            **{name: _kept(work, one, name, value) for name, value in raw.items()},
        }
        view = await _view(web, request, work, one, record, values, error, _version(form) or 0)
        return web.page(work, "web/form.html", view, status=409 if isinstance(error, Conflict) else 422)

    return await web.within(request, show)


def _kept(work: Workspace, one: Object, name: str, raw: Any) -> Any:
    """What was typed, as a value if it is one, else as it was typed where the input can show it."""
    field = one.all_fields[name]
    if raw in (None, "", []):
        return None
    try:
        return field.parse(raw, work.context.parsing)
    except Invalid:
        return (
            raw
            if isinstance(raw, str) and parse_id(raw) is None and field.type_name not in ("link", "user", "any_link")
            else None
        )


async def _fact(
    web: Web,
    request: Visit,
    work: Workspace,
    plural: str,
    key: UUID,
    name: str,
    *,
    editing: bool = False,
    saved: bool = False,
    error: str = "",
) -> FactView:
    one = work.registry.by_path(plural)
    record = await work.get(one.name, key)
    found = await one_fact(work, one, record, name)
    field = one.all_fields[name]
    form: FormField | None = None
    if editing and found.editable:
        titles = await titles_of(work.unit, targets_of([(field, record[name])]))
        form = form_field(
            work.registry,
            field,
            record[name],
            titles,
            currency=work.settings.currency,
            zone=work.actor.zone,
            error=error,
        )
    return FactView(
        name=name,
        label=found.label,
        kind=found.kind,
        value=found.value,
        href=f"/{one.path}/{key}/fields/{name}",
        csrf=web.shell(request, work).csrf,
        editing=form is not None,
        saved=saved,
        editable=found.editable,
        field=form,
        version=record.version,
        error=error,
    )
