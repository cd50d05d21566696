"""Create and edit: the form of any object, and its errors at the fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.matching.shapes import is_matched, shape_of
from relata.engine.metadata.fields import Field, Link, PersonName
from relata.engine.metadata.object import Object
from relata.engine.ui.clashes import Clash, clashes
from relata.engine.ui.dependents import FieldState, field_states
from relata.engine.ui.facts import is_editable
from relata.engine.ui.values import targets_of
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.warnings import only_warnings
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, LimitReached
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import Crumb, FormField, Shell
from relata.interfaces.http.problems import confirmed_in
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.inputs import form_field, read_form
from relata.interfaces.web.own_pages import own_new
from relata.interfaces.web.typed import is_sent, typed_targets, typed_value


class FormSection(msgspec.Struct, frozen=True):
    """A titled part of a form."""

    title: str
    fields: tuple[FormField, ...]


class FormView(msgspec.Struct, frozen=True, kw_only=True):
    """The page of a form. error: what concerns no single field. clashes: fields that somebody else saved meanwhile.
    follows: address that tells how fields follow what is typed, "" where none does; states: how they are now.
    signature: address that fills the form from a pasted signature; pasted: what was pasted. confirm: what
    only warns. alike: address that tells what may be there already, "" where nothing is compared. is_filled: something
    to compare is there from the beginning, as where somebody comes from a mail."""

    shell: Shell
    title: str
    crumbs: tuple[Crumb, ...]
    action: str
    cancel: str
    submit: str
    sections: tuple[FormSection, ...]
    version: int = 0
    error: str = ""
    clashes: dict[str, Clash] = {}
    follows: str = ""
    states: dict[str, FieldState] = {}
    signature: str = ""
    pasted: str = ""
    confirm: str = ""
    alike: str = ""
    is_filled: bool = False


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of all forms."""

    @get("/{plural:str}/new")
    async def new(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            if place := own_new(one):
                return redirect(place)
            query = {name: list(request.query_params.getall(name)) for name in request.query_params}
            given = _given(one, query, work, await _copied(work, one, request.query_params.get("copy", "")))
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

        async def change(work: Workspace) -> str | tuple[Clash, ...]:
            one = work.registry.by_path(plural)
            record = await work.get(one.name, record_id(key))
            values = read_form(_fields(work, one), form, zone=work.actor.zone)
            values = {
                name: value for name, value in values.items() if value or work.actor.readable(one, one.all_fields[name])
            }
            for name in form.get("_theirs", ()):
                values.pop(name, None)
            values, contested = await clashes(work, record, values, version_of(form))
            if contested:
                return contested
            await work.change(record, values)
            return f"/{one.path}/{record.id}"

        try:
            done = await web.within(request, change, read_only=False)
        except (Invalid, Conflict) as error:
            return await _again(web, request, plural, key, form, error)
        return redirect(done) if isinstance(done, str) else await _again(web, request, plural, key, form, None, done)

    async def follow(request: Visit, plural: str, key: str | None) -> Response[bytes]:
        form = await posted(request)

        async def state(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            record = await work.get(one.name, record_id(key)) if key else None
            values = await typed_values(work, one, record, record.values if record else {}, form)
            states = await field_states(work, one, values)
            told = {name: found for name, found in states.items() if work.actor.readable(one, one.all_fields[name])}
            return Response(msgspec.json.encode(told), media_type="application/json", status_code=200)

        return await web.within(request, state)

    @post("/{plural:str}/form-state")
    async def follow_new(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        return await follow(request, plural, None)

    @post("/{plural:str}/{key:str}/form-state")
    async def follow_edit(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        return await follow(request, plural, key)

    return [new, create, edit, save, follow_new, follow_edit]


async def form_of(
    web: Web, request: Visit, work: Workspace, one: Object, values: Mapping[str, Any], *, pasted: str = ""
) -> Response[bytes]:
    """The form of a new record with these values. pasted: the text that they were read from."""
    given = {**_given(one, {}, work, {}), **values}
    view = await _view(web, request, work, one, None, given)
    return web.page(work, "web/form.html", msgspec.structs.replace(view, pasted=pasted))


async def typed_values(
    work: Workspace, one: Object, record: Record | None, values: Mapping[str, Any],
    form: Mapping[str, list[str]] | None,
) -> dict[str, Any]:  # fmt: skip
    """The whole record as it would be if the form were sent now; what can't be read yet counts as empty."""
    found = {**(record.values if record else {}), **values}
    if record is not None:
        found["id"] = record.id
    fields = _fields(work, one) if form is not None else []
    for name, raw in read_form(fields, form or {}, zone=work.actor.zone).items():
        try:
            found[name] = one.all_fields[name].parse(raw, work.context.parsing) if raw else None
        except Invalid:
            found[name] = None
    return found


def following(made: FormField, state: FieldState | None) -> FormField:
    """The input as the other values want it."""
    if state is None or state.required == made.required:
        return made
    return msgspec.structs.replace(made, required=state.required)


async def posted(request: Visit) -> dict[str, list[str]]:
    """A form's names and values, all of them as lists, blank ones kept: an emptied field must be emptied."""
    if (request.content_type[0] or "").startswith("multipart/"):
        sent = await request.form()
        form = {name: [str(value) for value in sent.getall(name)] for name in sent}
    else:
        text = (await request.body()).decode("utf-8", "strict")
        try:
            form = parse_qs(text, keep_blank_values=True, max_num_fields=2000)
        except ValueError as error:
            raise LimitReached("The form has too many fields.", code="too_large", hint="Send less.") from error
    if "_confirm" in form:
        request.state["confirmed"] = confirmed_in(form.pop("_confirm")[-1])
    return form


def version_of(form: Mapping[str, list[str]]) -> int | None:
    """The version that the form's writer saw; None for none."""
    text = (form.get("version") or [""])[0]
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _fields(work: Workspace, one: Object) -> list[Field]:
    return [field for field in one.all_fields.values() if is_editable(work, one, field) and not field.hidden]


async def _copied(work: Workspace, one: Object, key: str) -> dict[str, Any]:
    """The values of the record that is to be duplicated, without those that only one record may have."""
    found = parse_id(key)
    if found is None:
        return {}
    record = await work.get(one.name, found)
    states = {one.lifecycle.field} if one.lifecycle else set()
    return {
        field.name: record[field.name]
        for field in _fields(work, one)
        if not field.unique and field.name not in states and work.actor.readable(one, field)
    }


def _given(one: Object, query: Mapping[str, list[str]], work: Workspace, copied: Mapping[str, Any]) -> dict[str, Any]:
    """Defaults, what another record lends, and what a link to the form brings along, such as the account of a new
    contact; what does not fit is left out."""
    found: dict[str, Any] = {}
    for field in one.all_fields.values():
        if field.default is not None:
            found[field.name] = field.parse(field.default, work.context.parsing)
    found.update(copied)
    for name, values in query.items():
        field_ = one.field(name)
        if field_ is not None and values[-1]:
            try:
                found[name] = field_.parse(values[-1], work.context.parsing)
            except Invalid:
                continue
    return {**found, "owner": found.get("owner", work.actor.user), "team": found.get("team", work.actor.main_team)}


async def _view(
    web: Web, request: Visit, work: Workspace, one: Object, record: Record | None, values: Mapping[str, Any],
    error: Invalid | Conflict | None = None, version: int = 0, *, form: Mapping[str, list[str]] | None = None,
    contested: tuple[Clash, ...] = (),
) -> FormView:  # fmt: skip
    """form: what was sent and refused, instead of values."""
    fields = _fields(work, one)
    wanted = targets_of((field, values.get(field.name)) for field in fields)
    for target, ids in typed_targets(fields, form or {}).items():
        wanted.setdefault(target, set()).update(ids)
    titles = await titles_of(work.unit, wanted)
    problems = error.problems if error else ()
    errors: dict[str | None, str] = {}
    for problem in problems:  # two rules may speak at one field
        said = f"{problem.message} {problem.hint or ''}".strip()
        errors[problem.field] = f"{errors[problem.field]} {said}" if problem.field in errors else said
    home = f"/{one.path}/{record.id}" if record else f"/{one.path}"
    name = _visible_title(work, record) if record else ""
    states = await field_states(work, one, await typed_values(work, one, record, values, form))
    made: dict[str, FormField] = {}
    for _title, part in _sections(work, one, fields):
        for field in part:
            is_open = form is not None and is_sent(field, form) and work.actor.readable(one, field)
            typed = typed_value(field, form or {}, titles, work.settings.currency) if is_open else None
            value = None if is_open else _shown_value(work, one, field, values)
            made[field.name] = form_field(
                work.registry, field, value, titles, currency=work.settings.currency, zone=work.actor.zone,
                error=errors.pop(field.name, ""), autofocus=not made and record is None, typed=typed,
            )  # fmt: skip
            made[field.name] = following(made[field.name], states.get(field.name))
    general = " ".join(errors.values()) or (
        f"{error.message} {error.hint or ''}".strip() if error and not error.problems else ""
    )
    return FormView(
        shell=web.shell(request, work, one.path),
        title=_("Edit %(name)s") % {"name": name} if record else _("New %(name)s") % {"name": one.noun},
        crumbs=(Crumb(one.title_plural, f"/{one.path}"), *((Crumb(name, home),) if record else ())),
        action=f"{home}/edit" if record else f"{home}/new",
        cancel=home,
        submit=_("Save") if record else _("Create %(name)s") % {"name": one.noun},
        sections=tuple(
            FormSection(title, tuple(made[field.name] for field in part))
            for title, part in _sections(work, one, fields)
        ),
        version=version or (record.version if record else 0),
        error=general,
        confirm=", ".join(only_warnings(problems)),
        clashes={clash.name: clash for clash in contested},
        follows=f"{home}/form-state" if states else "",
        states=states,
        signature=f"{home}/new/signature"
        if record is None and isinstance(one.all_fields[one.title_field], PersonName)
        else "",
        alike=f"{home}/new/alike" if record is None and is_matched(one) else "",
        is_filled=any(values.get(name) for name, field in shape_of(one).fields.items() if not isinstance(field, Link)),
    )


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
            found.append((section.heading, part))
    who = [by_name.pop(name) for name in ("owner", "team") if name in by_name]
    if by_name:
        found.append((_("Details"), list(by_name.values())))
    return [*found, (_("Who looks after it"), who)] if who else found


async def _again(
    web: Web, request: Visit, plural: str, key: str | None, form: Mapping[str, list[str]],
    error: Invalid | Conflict | None, contested: tuple[Clash, ...] = (),
) -> Response[bytes]:  # fmt: skip
    """The form once more, with what was typed and what is wrong with it, or who was faster."""

    async def show(work: Workspace) -> Response[bytes]:
        one = work.registry.by_path(plural)
        record = await work.get(one.name, record_id(key)) if key else None
        version = record.version if record and contested else version_of(form) or 0
        view = await _view(
            web, request, work, one, record, record.values if record else {}, error, version, form=form,
            contested=contested,
        )  # fmt: skip
        status = 409 if contested or isinstance(error, Conflict) else 422
        return web.page(work, "web/form.html", view, status=status)

    return await web.within(request, show)
