"""Bulk work from a list: what shall be done is asked, tried and shown, and then done."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Stream

from relata.engine.formula import Binary, Literal, Path, any_of, parse
from relata.engine.metadata.object import Object
from relata.engine.query.request import Query, parse_order
from relata.engine.transfer.bulk import running
from relata.engine.transfer.bulk.order import Order, check, membership_of
from relata.engine.transfer.bulk.preview import preview
from relata.engine.transfer.exporting import export_csv
from relata.engine.ui.bulk_preview import RecordChange, Refusal, first_changes, refusals
from relata.engine.ui.facts import is_editable
from relata.engine.ui.listing import ListState, total
from relata.engine.workspace.record import Record
from relata.engine.workspace.warnings import WARNING
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, NotFound
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.actions import action_fields
from relata.interfaces.web.bulk_bar import chosen_order
from relata.interfaces.web.exporting import large_export
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import HTML, Visit, Web, redirect
from relata.interfaces.web.inputs import form_field, read_form
from relata.interfaces.web.writing import mailing

_KINDS = ("change", "delete", "restore", "action", "add", "fix")


class AskView(msgspec.Struct, frozen=True, kw_only=True):
    """What else must be known. picks: fields that can be added to the form. order: what is known, as JSON."""

    title: str
    action: str
    csrf: str
    order: str
    fields: tuple[FormField, ...] = ()
    picks: tuple[Option, ...] = ()
    pick: str = ""
    error: str = ""


class PreviewView(msgspec.Struct, frozen=True, kw_only=True):
    """What would happen. looked: how many were tried; fewer than total where there are many. back: to ask again."""

    title: str
    action: str
    csrf: str
    order: str
    submit: str
    total: int
    looked: int
    changed: int
    unchanged: int
    refused: int
    rows: tuple[RecordChange, ...]
    refusals: tuple[Refusal, ...]
    meaning: str
    is_undoable: bool
    error: str = ""
    warned: int = 0
    anyway: str = ""
    again: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of bulk work on one list."""

    @post("/{plural:str}/bulk/ask", status_code=200)
    async def ask(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        what = (form.get("what") or [""])[-1]

        async def show(work: Workspace) -> Response[bytes] | Order:
            one = work.registry.by_path(plural)
            if what == "mail":
                return await mailing.begin(web, request, work, chosen_order(work, one, form, "change"))
            view = _asked(web, request, work, one, form, what)
            return view if isinstance(view, Order) else web.page(work, "web/bulk_ask.html", view)

        found = await web.within(request, show)
        return await _preview(web, request, plural, found) if isinstance(found, Order) else found

    @get("/{plural:str}/bulk/field")
    async def field(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            view = _input(work, one, request.query_params.get("field", ""))
            return web.page(work, "web/bulk_field.html", view)

        return await web.within(request, show)

    @post("/{plural:str}/bulk/preview", status_code=200)
    async def try_it(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def read(work: Workspace) -> Order:
            return _filled(work, work.registry.by_path(plural), form)

        try:
            return await _preview(web, request, plural, await web.within(request, read))
        except (Invalid, Conflict) as error:
            return await _again(web, request, plural, form, error)

    @post("/{plural:str}/bulk/run", status_code=200)
    async def run(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def start(work: Workspace) -> Record:
            return await running.start(work, web.queue, _order(work.registry.by_path(plural), form))

        try:
            record = await web.within(request, start, read_only=False)
        except (Invalid, Conflict) as error:
            return await _again(web, request, plural, form, error)
        return told(request, record)

    @post("/{plural:str}/bulk/export", status_code=200)
    async def export(request: Visit, plural: FromPath[str]) -> Stream | Response[bytes]:
        form = await posted(request)

        async def read(work: Workspace) -> tuple[Query, str]:
            one = work.registry.by_path(plural)
            order = chosen_order(work, one, form, "change")
            ids = any_of(Binary("=", Path(("id",)), Literal(str(key))) for key in order.ids) if order.ids else None
            where = parse(order.where) if order.where else ids
            query = Query(one.name, where, parse_order("-created_at"), deleted=order.deleted)
            return query, work.clock.today.isoformat()

        async def count(work: Workspace) -> int:
            if not work.actor.rights.permits("export_records"):
                return 0  # refused below
            query, _day = await read(work)
            return await total(work, work.readable_object(query.object), ListState(deleted=query.deleted), query.where)

        if asked := await large_export(web, request, form, lambda: web.within(request, count)):
            return asked
        query, query_day = await web.within(request, read)
        credentials = web.person(request)
        assert credentials.workspace is not None
        key = await web.door.key_of(credentials.workspace)
        pieces = export_csv(web.door, key, credentials.user, query)
        head = await anext(pieces)  # what refuses it does so before the answer begins
        name = f"{plural}-{query_day}.csv"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Stream(_all(head, pieces), headers=headers, media_type="text/csv")

    return [ask, field, try_it, run, export]


async def _all(head: str, rest: AsyncIterator[str]) -> AsyncIterator[bytes]:
    yield head.encode("utf-8-sig")
    async for piece in rest:
        yield piece.encode()


def told(request: Visit, record: Record) -> Response[bytes]:
    """What became of a bulk change: a message with a way back, or the page where its progress shows."""
    if record["status"] == "running":
        return redirect(f"/bulk/{record.id}", request)
    counts = [
        (record["changed"], _("%(n)s changed")), (record["unchanged"], _("%(n)s were so already")),
        (record["refused"], _("%(n)s refused")),
    ]  # fmt: skip
    if record["kind"] == "undo":
        counts = [(record["changed"], _("%(n)s put back")), (record["refused"], _("%(n)s stay as they are"))]
    words = ", ".join(text % {"n": f"{n:,}"} for n, text in counts if n) or _("Nothing to change")
    toast: dict[str, str] = {"message": words, "meaning": "warning" if record["refused"] else "good"}
    if record["is_undoable"] and record["changed"]:
        toast["undo"] = f"/bulk/{record.id}/undo"
    if record["refused"]:
        toast |= {"href": f"/bulk/{record.id}", "link": _("See what was refused")}
    events = {"list-changed": True, "close-dialog": True, "toast": toast}
    return Response(
        b"", status_code=200, headers={"hx-trigger": json.dumps(events), "hx-reswap": "none"}, media_type=HTML
    )


def _asked(
    web: Web, request: Visit, work: Workspace, one: Object, form: Mapping[str, list[str]], what: str
) -> AskView | Order:
    """The form that asks, or the whole order where nothing is left to ask."""
    verb, _colon, name = what.partition(":")
    if verb in ("change", "assign"):
        order = chosen_order(work, one, form, "change")
        names = ("owner", "team") if verb == "assign" else ()
        fields = tuple(_input(work, one, name) for name in names if is_editable(work, one, one.all_fields[name]))
        return _ask_view(web, request, work, one, order, fields)
    if verb == "add":
        order = replace_order(chosen_order(work, one, form, "add"), into=name)
        return _ask_view(web, request, work, one, order, ())
    if verb == "action":
        order = replace_order(chosen_order(work, one, form, "action"), action=name)
        asks = action_fields(work, work.action(one.name, name))
        return _ask_view(web, request, work, one, order, ()) if asks else order
    if verb == "fix":
        return replace_order(chosen_order(work, one, form, "fix"), fix=name)
    if verb in ("delete", "restore"):
        return chosen_order(work, one, form, "delete" if verb == "delete" else "restore")
    raise NotFound(_("There is no such bulk change."), code="unknown_bulk")


def replace_order(order: Order, **values: object) -> Order:
    """The order with other parts."""
    return msgspec.structs.replace(order, **values)


def _ask_view(
    web: Web, request: Visit, work: Workspace, one: Object, order: Order, fields: tuple[FormField, ...], error: str = ""
) -> AskView:
    title = _("Change records")
    picks: tuple[Option, ...] = ()
    if order.kind == "add":
        title = _("Add to a list")
        kind = membership_of(work, one, order.into)
        label, source = work.registry.get(kind.list).title, f"/choose/{kind.list}"
        fields = (FormField(name="target", label=label, kind="link", value=None, required=True, source=source),)
    elif order.kind == "action":
        action = work.action(one.name, order.action)
        title, fields = action.title, action_fields(work, action)
    else:
        picks = tuple(
            Option(value=field.name, label=field.title) for field in one.all_fields.values()
            if is_editable(work, one, field) and not field.hidden and field.sensitivity != "secret" and not field.unique
        )  # fmt: skip
        picks = tuple(sorted(picks, key=lambda option: option.label.casefold()))
    return AskView(
        title=title, action=f"/{one.path}/bulk/preview", csrf=web.shell(request, work).csrf, order=as_text(order),
        fields=fields, picks=picks, pick=f"/{one.path}/bulk/field", error=error,
    )  # fmt: skip


def _input(work: Workspace, one: Object, name: str, typed: object = None) -> FormField:
    """The input of a field. typed: what was typed before, where it is a text."""
    field = one.field(name)
    if field is None or not is_editable(work, one, field):
        raise NotFound(_("There is no such field."), code="unknown_field")
    value = field.parse(field.default, work.context.parsing) if field.default is not None else None
    value = typed if isinstance(typed, str) and parse_id(typed) is None else value
    return form_field(work.registry, field, value, {}, currency=work.settings.currency, zone=work.actor.zone)


def as_text(order: Order) -> str:
    """The order as the page carries it; the server believes nothing of it when it comes back."""
    return msgspec.json.encode(order).decode()


def _order(one: Object, form: Mapping[str, list[str]]) -> Order:
    """The order that a page carried, of this object and of a kind that may come from a page."""
    try:
        order = msgspec.json.decode((form.get("order") or [""])[-1], type=Order)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise Invalid(_("Begin again from the list."), code="damaged_order", field="order") from error
    if order.object != one.name or order.kind not in _KINDS or order.undoes is not None:
        raise Invalid(_("Begin again from the list."), code="damaged_order", field="order")
    return order


def _filled(work: Workspace, one: Object, form: Mapping[str, list[str]]) -> Order:
    """The order with what the form asked. A switch that is off sends nothing, so the form names its fields."""
    order = _order(one, form)
    if order.kind == "add":
        values = {"target": (form.get("target") or [""])[-1] or None}
        try:
            return msgspec.convert({**msgspec.to_builtins(order), **values}, Order)
        except msgspec.ValidationError as error:
            raise Invalid(_("Choose a list."), code="required", field="target") from error
    if order.kind == "action":
        names = [field.name for field in action_fields(work, work.action(one.name, order.action))]
        return replace_order(order, values={name: form[name][-1].strip() for name in names if form.get(name)})
    if order.kind != "change" or "fields" not in form:
        return order
    fields = [field for name in form["fields"] if (field := one.field(name)) is not None]
    given = {**{field.name: ["false"] for field in fields if field.type_name == "boolean"}, **form}
    return replace_order(order, values=read_form(fields, given, zone=work.actor.zone))


async def _preview(web: Web, request: Visit, plural: str, order: Order) -> Response[bytes]:
    credentials = web.person(request)
    assert credentials.workspace is not None
    if order.kind == "add" and order.target is None:
        raise Invalid(_("Choose a list."), code="required", field="target")
    key = await web.door.key_of(credentials.workspace)
    found = await preview(web.door, key, credentials.user, order, first_changes)

    async def show(work: Workspace) -> Response[bytes]:
        one = check(work, order)
        counts = found.done.counts
        many = f"{found.total:,} {one.noun if found.total == 1 else one.nouns}"
        submit = {
            "change": _("Change %(many)s"), "delete": _("Delete %(many)s"), "restore": _("Restore %(many)s"),
            "action": _("Run for %(many)s"), "add": _("Add %(many)s"),
            "fix": _("Tidy up %(many)s"),
        }[order.kind] % {"many": many}  # fmt: skip
        warned = len({note.record for note in found.done.notes if note.code == WARNING})
        view = PreviewView(
            warned=warned, again=f"/{one.path}/bulk/preview",
            anyway=as_text(replace_order(order, warnings="pass")) if warned else "",
            title=submit, action=f"/{one.path}/bulk/run", csrf=web.shell(request, work).csrf, order=as_text(order),
            submit=submit, total=found.total, looked=found.looked, changed=counts["changed"],
            unchanged=counts["unchanged"], refused=counts["refused"], rows=found.seen,
            refusals=await refusals(work, one.name, found.done.notes),
            meaning="danger" if order.kind == "delete" else "primary", is_undoable=order.kind != "action",
        )  # fmt: skip
        return web.page(work, "web/bulk_preview.html", view)

    return await web.within(request, show)


async def _again(
    web: Web, request: Visit, plural: str, form: Mapping[str, list[str]], error: Invalid | Conflict
) -> Response[bytes]:
    """The form once more, with what is wrong with it at the fields."""
    said = {problem.field: f"{problem.message} {problem.hint or ''}".strip() for problem in error.problems}

    async def show(work: Workspace) -> Response[bytes]:
        one = work.registry.by_path(plural)
        order = _order(one, form)
        names = [name for name in form.get("fields", []) if one.field(name) is not None]
        raw = read_form([one.all_fields[name] for name in names], form, zone=work.actor.zone)
        fields = tuple(
            msgspec.structs.replace(_input(work, one, name, raw.get(name)), error=said.pop(name, ""))
            for name in dict.fromkeys(names)
        )
        general = " ".join(said.values()) or ("" if error.problems else f"{error.message} {error.hint or ''}".strip())
        view = _ask_view(web, request, work, one, order, fields, general)
        return web.page(work, "web/bulk_ask.html", view, status=422, headers={"hx-retarget": "#dialog"})

    return await web.within(request, show)
