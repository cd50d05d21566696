"""Inline edit: one value of a record shown, edited, saved, or contested by somebody who was faster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response, get, route
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.fields import Field
from relata.engine.metadata.object import Object
from relata.engine.ui.clashes import Clash, clashes
from relata.engine.ui.dependents import field_states
from relata.engine.ui.facts import one_fact
from relata.engine.ui.values import targets_of
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.warnings import only_warnings
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, NotFound
from relata.foundation.money import Money
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web.completing import completion
from relata.interfaces.web.forms import posted, version_of
from relata.interfaces.web.ground import Visit, Web, exchange, record_id
from relata.interfaces.web.inputs import form_field, read_form
from relata.interfaces.web.typed import typed_targets, typed_value


class FactView(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a record, shown or being edited. saved: it was just written. clash: somebody else saved it while it
    was being edited. confirm: what only warns, so that it may be saved anyway."""

    name: str
    label: str
    kind: str
    value: Any
    href: str
    history: str
    csrf: str
    saved: bool = False
    editable: bool = True
    field: FormField | None = None
    version: int = 0
    error: str = ""
    confirm: str = ""
    clash: Clash | None = None
    worth: Money | None = None


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of single values."""

    @get("/{plural:str}/{key:str}/fields/{name:str}")
    async def fact(request: Visit, plural: FromPath[str], key: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            record = await work.get(work.registry.by_path(plural).name, record_id(key))
            view = await _view(request, work, record, name, editing="edit" in request.query_params)
            return web.page(work, "web/fact.html", view)

        return await web.within(request, show)

    @route("/{plural:str}/{key:str}/fields/{name:str}", http_method=["POST", "PATCH"])
    async def save(request: Visit, plural: FromPath[str], key: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        form, where = await posted(request), record_id(key)

        async def change(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            record = await work.get(one.name, where)
            raw = read_form([_field(work, one, name)], form, zone=work.actor.zone)
            values, contested = await clashes(work, record, raw, version_of(form))
            if contested:
                view = await _view(request, work, record, name, form=form, clash=contested[0])
                # for a screen it is a question and not a failure
                return web.page(work, "web/fact.html", view, status=200 if request.headers.get("hx-request") else 409)
            after = await work.change(record, values)
            view = await _view(request, work, after, name, saved=True)
            return web.page(work, "web/fact.html", view)

        try:
            return await web.within(request, change, read_only=False)
        except (Invalid, Conflict) as error:
            sent = (form.get(name) or [""])[-1]
            asked = await completion(web, request, plural, key, name, sent, error) if sent else None
            if asked is not None:
                return asked
            message, warned = f"{error.message} {error.hint or ''}".strip(), only_warnings(error.problems)

            async def show(work: Workspace) -> Response[bytes]:
                record = await work.get(work.registry.by_path(plural).name, where)
                view = await _view(request, work, record, name, form=form, error=message)
                view = msgspec.structs.replace(view, confirm=", ".join(warned))
                return web.page(work, "web/fact.html", view, status=422)

            return await web.within(request, show)

    return [fact, save]


def _field(work: Workspace, one: Object, name: str) -> Field:
    """A field that the person may read; NotFound for any other name."""
    field = one.field(name)
    if field is None or not work.actor.readable(one, field):
        raise NotFound(f"There is no field {name[:60]}.", code="unknown_field")
    return field


async def _view(
    request: Visit, work: Workspace, record: Record, name: str, *, editing: bool = False, saved: bool = False,
    form: Mapping[str, list[str]] | None = None, error: str = "", clash: Clash | None = None,
) -> FactView:  # fmt: skip
    """form: what was typed and not saved, which the input shows again."""
    one = record.object
    found, field = await one_fact(work, one, record, name), one.all_fields[name]
    made: FormField | None = None
    if (editing or form is not None) and found.editable:
        wanted = targets_of([(field, record[name])]) if form is None else typed_targets([field], form)
        titles = await titles_of(work.unit, wanted)
        made = form_field(
            work.registry, field, record[name] if form is None else None, titles, currency=work.settings.currency,
            zone=work.actor.zone, error=error,
            typed=typed_value(field, form, titles, work.settings.currency) if form is not None else None,
        )  # fmt: skip
        made = await _offered(work, record, made)
    return FactView(
        name=name,
        label=found.label,
        kind=found.kind,
        value=found.value,
        href=f"/{one.path}/{record.id}/fields/{name}",
        history=f"/{one.path}/{record.id}/history?field={name}",
        csrf=exchange(request).csrf_token(),
        saved=saved,
        editable=found.editable,
        field=made,
        version=_seen(form) if form is not None and clash is None else record.version,
        error=error,
        clash=clash,
        worth=found.worth,
    )


async def _offered(work: Workspace, record: Record, made: FormField) -> FormField:
    """The input with the options that go with the record's other values, and the one that it has."""
    states = await field_states(work, record.object, {**record.values, "id": record.id}) if made.options else {}
    state = states.get(made.name)
    if state is None or state.values is None:
        return made
    has = record[made.name]
    kept = {*state.values, *((has,) if isinstance(has, str) else has or ())}
    return msgspec.structs.replace(made, options=tuple(one for one in made.options if one.value in kept))


def _seen(form: Mapping[str, list[str]]) -> int:
    return version_of(form) or 0
