"""What is missing for a value, such as a stage, asked for in a small dialog: filled in and moved in one write."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.fields import Field
from relata.engine.metadata.object import Object
from relata.engine.ui.board_lanes import divider, dividers
from relata.engine.ui.board_objects import NOTHING
from relata.engine.ui.facts import is_editable
from relata.engine.ui.values import targets_of
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange, record_id
from relata.interfaces.web.inputs import form_field, read_form
from relata.interfaces.web.typed import is_sent, typed_targets, typed_value

#: Problems that a person mends by filling something in.
_MISSING = ("needed", "required")
Form = Mapping[str, list[str]]


class CompleteView(msgspec.Struct, frozen=True, kw_only=True):
    """The dialog. by, to: the field that is to change and its value."""

    title: str
    action: str
    csrf: str
    by: str
    to: str
    fields: tuple[FormField, ...]
    error: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handler of the dialog."""

    @post("/{plural:str}/{key:str}/complete")
    async def complete(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        form, where = await posted(request), record_id(key)

        async def change(work: Workspace) -> None:
            one = work.registry.by_path(plural)
            by, to = divider(work, one, _sent(form, "_by")), _sent(form, "_to")
            record = await work.get(one.name, where)
            values = read_form(_asked(work, one, form), form, zone=work.actor.zone)
            await work.change(record, {**values, by.name: None if to == NOTHING else to})

        try:
            await web.within(request, change, read_only=False)
        except (Invalid, Conflict) as error:
            refused = error

            async def again(work: Workspace) -> Response[bytes]:
                one = work.registry.by_path(plural)
                record = await work.get(one.name, where)
                return await _dialog(web, request, work, record, _sent(form, "_by"), _sent(form, "_to"), refused, form)

            return await web.within(request, again)
        return Response(b"", status_code=200, headers={"hx-refresh": "true"})

    return [complete]


async def completion(
    web: Web, request: Visit, plural: str, key: str, by: str, to: str, error: Invalid | Conflict
) -> Response[bytes] | None:
    """The dialog that asks for what is missing; None where the refusal can't be mended so."""

    async def ask(work: Workspace) -> Response[bytes] | None:
        one = work.registry.by_path(plural)
        missing = {problem.field for problem in error.problems if problem.code in _MISSING}
        names = [field.name for field in _editable(work, one)]
        if not error.problems or not all(problem.code in _MISSING for problem in error.problems):
            return None
        if (
            missing == {by}
            or not missing <= set(names)
            or (by and by not in {each.name for each in dividers(work, one)})
        ):
            return None
        record = await work.get(one.name, record_id(key))
        return await _dialog(web, request, work, record, divider(work, one, by).name, to, error, {})

    return await web.within(request, ask)


async def _dialog(
    web: Web, request: Visit, work: Workspace, record: Record, by: str, to: str, error: Invalid | Conflict, form: Form
) -> Response[bytes]:
    one = record.object
    errors: dict[str | None, str] = {
        problem.field: f"{problem.message} {problem.hint or ''}".strip() for problem in error.problems
    }
    wanted = [*form.get("_name", ()), *(problem.field for problem in error.problems)]
    fields = [field for field in _editable(work, one) if field.name in wanted and field.name != by]
    targets = targets_of((field, record[field.name]) for field in fields)
    for name, ids in typed_targets(fields, form).items():
        targets.setdefault(name, set()).update(ids)
    titles = await titles_of(work.unit, targets)
    made: list[FormField] = []
    for field in fields:
        problem = errors.pop(field.name, "")
        is_open = is_sent(field, form)
        made.append(
            form_field(
                work.registry, field, None if is_open else record[field.name], titles,
                currency=work.settings.currency, zone=work.actor.zone, error=problem if form else "",
                autofocus=not made,
                typed=typed_value(field, form, titles, work.settings.currency) if is_open else None,
            )
        )  # fmt: skip
    rest = " ".join(errors.values()) if form else ""
    view = CompleteView(
        title=_("Complete these to move"),
        action=f"/{one.path}/{record.id}/complete",
        csrf=exchange(request).csrf_token(),
        by=by,
        to=to,
        fields=tuple(msgspec.structs.replace(each, required=True, wide=True) for each in made),
        error=rest or ("" if error.problems else error.message),
    )
    status = 200 if request.headers.get("hx-request") else 422  # for a screen it is a question and not a failure
    return web.page(
        work, "web/complete.html", view, status=status, headers={"hx-retarget": "#dialog", "hx-reswap": "innerHTML"}
    )


def _asked(work: Workspace, one: Object, form: Form) -> list[Field]:
    """The fields that the dialog asked for."""
    names = set(form.get("_name", ()))
    return [field for field in _editable(work, one) if field.name in names]


def _editable(work: Workspace, one: Object) -> list[Field]:
    """What this person may read and write in a form: nothing that is hidden is asked for."""
    return [
        field for field in one.all_fields.values() if is_editable(work, one, field) and work.actor.readable(one, field)
    ]


def _sent(form: Form, name: str) -> str:
    return (form.get(name) or [""])[0]
