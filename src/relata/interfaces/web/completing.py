"""“Complete these to move”: what a stage or a state asks for is filled in where one wanted to move a record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.fields import Field
from relata.engine.ui.board_objects import NOTHING
from relata.engine.ui.facts import is_editable
from relata.engine.ui.values import targets_of
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange, record_id
from relata.interfaces.web.inputs import form_field, read_form
from relata.interfaces.web.typed import typed_targets, typed_value

#: Fields asked for in one dialog.
MOST = 12


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """What can't be filled in here: a list of the record without entries, or a sentence about something else."""

    text: str
    add: str = ""
    label: str = ""


class CompleteView(msgspec.Struct, frozen=True, kw_only=True):
    """The dialog. field, value: what the record is moved to."""

    title: str
    action: str
    csrf: str
    field: str
    value: str
    fields: tuple[FormField, ...]
    missing: tuple[Missing, ...]


def address(path: str, field: str, value: str, refused: Invalid | Conflict) -> str:
    """Where a refused move can be completed; "" where nothing is to be filled in."""
    needs = [problem.field for problem in refused.problems if problem.code == "required_in_stage" and problem.field]
    if not needs:
        return ""
    return f"{path}/complete?{urlencode([('field', field), ('value', value), *(('needs', name) for name in needs)])}"


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of the dialog."""

    @get("/{plural:str}/{key:str}/complete")
    async def ask(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        asked = request.query_params
        field, value, needs = asked.get("field", ""), asked.get("value", ""), asked.getall("needs", [])

        async def show(work: Workspace) -> Response[bytes]:
            view = await _view(request, work, plural, record_id(key), field, value, needs, {}, ())
            return web.page(work, "web/complete.html", view)

        return await web.within(request, show)

    @post("/{plural:str}/{key:str}/complete")
    async def move(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        form, where = await posted(request), record_id(key)
        field, value = (form.get("move_field") or [""])[-1], (form.get("move_value") or [""])[-1]

        async def change(work: Workspace) -> None:
            one = work.registry.by_path(plural)
            mover = _mover(work, plural, field)
            raw = read_form([found for found in one.fields if found.name != field], form, zone=work.actor.zone)
            await work.change((one.name, where), {**raw, mover.name: None if value == NOTHING else value})

        try:
            await web.within(request, change, read_only=False)
        except (Invalid, Conflict) as refused:
            problems = refused.problems or (Problem(refused.code, refused.message, refused.field, refused.hint),)

            async def again(work: Workspace) -> Response[bytes]:
                needs = [name for name in form if name in work.registry.by_path(plural).all_fields]
                needs += [problem.field for problem in problems if problem.field]
                view = await _view(request, work, plural, where, field, value, needs, form, problems)
                return web.page(work, "web/complete.html", view, status=422, headers={"hx-retarget": "#dialog"})

            return await web.within(request, again)
        return Response(b"", status_code=200, headers={"hx-refresh": "true"})

    return [ask, move]


def _mover(work: Workspace, plural: str, name: str) -> Field:
    """The field that a move writes; NotFound for one that this person may not."""
    one = work.registry.by_path(plural)
    field = one.field(name)
    if field is None or not is_editable(work, one, field):
        raise NotFound(_("There is no such field."), code="unknown_field")
    return field


async def _view(
    request: Visit, work: Workspace, plural: str, key: UUID, field: str, value: str, needs: Iterable[str],
    form: Mapping[str, list[str]], problems: Iterable[Problem],
) -> CompleteView:  # fmt: skip
    one = work.registry.by_path(plural)
    record, mover = await work.get(one.name, key), _mover(work, plural, field)
    names = [name for name in dict.fromkeys(needs) if name != mover.name][:MOST]
    fields = [found for name in names if (found := one.field(name)) is not None and is_editable(work, one, found)]
    errors = {problem.field: f"{problem.message} {problem.hint or ''}".strip() for problem in problems}
    sent = {found.name for found in fields if any(part.partition(".")[0] == found.name for part in form)}
    targets = targets_of((found, record[found.name]) for found in fields)
    titles = {**await titles_of(work.unit, targets), **await titles_of(work.unit, typed_targets(fields, form))}
    target = getattr(mover, "to", "")
    goal = parse_id(value)
    stage = await work.get(target, goal) if target and goal is not None else None
    made: list[FormField] = [
        form_field(
            work.registry, one_field, record[one_field.name], titles, currency=work.settings.currency,
            zone=work.actor.zone, error=errors.pop(one_field.name, "") if one_field.name in sent else "",
            typed=_typed(work, one_field, form, titles) if one_field.name in sent else None, autofocus=not number,
        )
        for number, one_field in enumerate(fields)
    ]  # fmt: skip
    for one_field in fields:
        errors.pop(one_field.name, None)
    return CompleteView(
        title=_("To move to %(stage)s, complete these") % {"stage": stage.title} if stage else _("Complete these"),
        action=f"/{one.path}/{key}/complete", csrf=exchange(request).csrf_token(), field=mover.name, value=value,
        fields=tuple(made), missing=tuple(_missing(work, plural, key, names, errors)),
    )  # fmt: skip


def _typed(work: Workspace, field: Field, form: Mapping[str, list[str]], titles: Any) -> Any:
    return typed_value(field, form, titles, work.settings.currency)


def _missing(
    work: Workspace, plural: str, key: UUID, names: Iterable[str], errors: dict[str | None, str]
) -> Iterable[Missing]:
    one = work.registry.by_path(plural)
    for name in names:
        relation = work.registry.relations[one.name].get(name)
        if relation is not None and one.field(name) is None:
            errors.pop(name, None)
            child = work.registry.get(relation.child)
            yield Missing(
                text=_("%(list)s: at least one is needed.") % {"list": relation.label},
                add=f"/{child.path}/new?{relation.field}={key}", label=_("Add %(name)s") % {"name": child.noun},
            )  # fmt: skip
    yield from (Missing(text=message) for message in errors.values())
