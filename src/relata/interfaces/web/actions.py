"""Declared actions as buttons: those without input run at once, others ask in a dialog made from their command."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response

from relata.engine.metadata.fields import Field
from relata.engine.metadata.module import Action, Suggestion
from relata.engine.metadata.wording import in_words, worded
from relata.engine.workspace.warnings import only_warnings
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, Problem
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.ground import Visit, Web, redirect

_KINDS = {bool: "boolean", int: "integer", Decimal: "decimal", date: "date", datetime: "datetime"}


class ActionView(msgspec.Struct, frozen=True, kw_only=True):
    """The dialog of an action."""

    title: str
    help: str
    action: str
    csrf: str
    fields: tuple[FormField, ...]
    error: str = ""
    confirm: str = ""


async def action_form(
    web: Web,
    request: Visit,
    work: Workspace,
    plural: str,
    key: UUID,
    name: str,
    given: Mapping[str, list[str]] | None = None,
    error: Invalid | Conflict | None = None,
) -> ActionView:
    """The dialog that asks for what the action's command needs."""
    one = work.registry.by_path(plural)
    action = work.action(one.name, name)
    record = await work.get(one.name, key)
    offered = await action.suggest(work, record) if action.suggest is not None else {}
    errors = {problem.field: problem.message for problem in error.problems} if error else {}
    fields = tuple(
        part
        for field in _inputs(action)
        for part in _offering(
            _field(work, action, field, given or {}, errors.pop(field.name, "")), offered.get(field.name, ()), given
        )
    )
    return ActionView(
        title=action.title,
        help=action.advice,
        action=f"/{one.path}/{key}/actions/{name}",
        csrf=web.shell(request, work).csrf,
        fields=fields,
        error=f"{error.message} {error.hint or ''}".strip()
        if (error and errors) or (error and not error.problems)
        else "",
        confirm=", ".join(only_warnings(error.problems)) if error else "",
    )


async def perform(
    web: Web, request: Visit, plural: str, key: UUID, name: str, form: Mapping[str, list[str]]
) -> Response[bytes]:
    """Run the action; back to the record, or the dialog again with what is wrong."""

    async def run(work: Workspace) -> str:
        one = work.registry.by_path(plural)
        action = work.action(one.name, name)
        made = await work.run(_command(action, one.name, key, form, work.actor.zone))
        return await _made(work, action, made) or f"/{one.path}/{key}"

    try:
        return redirect(await web.within(request, run, read_only=False), request)
    except (Invalid, Conflict) as refused:
        error = refused

    async def again(work: Workspace) -> Response[bytes]:
        view = await action_form(web, request, work, plural, key, name, form, error)
        return web.page(work, "web/action.html", view, status=422, headers={"hx-retarget": "#dialog"})

    return await web.within(request, again)


async def _made(work: Workspace, action: Action, made: object) -> str:
    """Where work goes on after an action that makes records: the last of them, such as the deal that a lead became."""
    for name in reversed(action.makes):
        one, key = work.registry.get(name), getattr(made, name, None)
        if isinstance(key, UUID) and work.actor.rights.level(one, "read") and await work.first(name, id=key):
            return f"/{one.path}/{key}"
    return ""


async def run_action(work: Workspace, object_name: str, name: str, key: UUID) -> None:
    """Run an action that needs no more than the record."""
    await work.run(_command(work.action(object_name, name), object_name, key, {}, work.actor.zone))


def action_fields(work: Workspace, action: Action) -> tuple[FormField, ...]:
    """The inputs that the action asks for beside the record, blank."""
    return tuple(_field(work, action, info, {}, "") for info in _inputs(action))


def _inputs(action: Action) -> list[msgspec.structs.FieldInfo]:
    """What the command asks beside the record itself."""
    return [field for field in msgspec.structs.fields(action.command) if field.name != action.object]


def _offering(
    field: FormField, offered: Sequence[Suggestion], given: Mapping[str, list[str]] | None
) -> tuple[FormField, ...]:
    """Known records to choose from before another one is looked for."""
    if not offered or field.kind != "link":
        return (field,)
    likely = next((one.value for one in offered if one.is_likely), "")
    options = [Option(value=one.value, label=one.label, note=one.note) for one in offered]
    options.append(Option(value="", label=_("Make a new one")))
    sent = (given or {}).get(field.name)
    chosen = msgspec.structs.replace(field, kind="radio", value=sent[-1] if sent else likely, options=tuple(options))
    label = _("Or another: %(what)s") % {"what": field.label}
    return (chosen, msgspec.structs.replace(field, name=f"{field.name}.other", label=label, help="", error=""))


def _command(action: Action, object_name: str, key: UUID, form: Mapping[str, list[str]], zone: str) -> msgspec.Struct:
    """zone: of times that were typed without one."""
    values: dict[str, Any] = {object_name: str(key)}
    for field in _inputs(action):
        text = (form.get(f"{field.name}.other") or [""])[-1].strip() or (form.get(field.name) or [""])[-1].strip()
        if text and _plain_type(field.type) is datetime:
            text = _with_zone(text, zone)
        if text:
            values[field.name] = text
        elif "asked" in form and _plain_type(field.type) is bool:  # a switch that is off sends nothing
            values[field.name] = False
    try:
        return msgspec.convert(values, action.command, strict=False)
    except msgspec.ValidationError as error:
        name = str(error).rpartition("$.")[2].strip("`") if "$." in str(error) else None
        missing = next((field.name for field in _inputs(action) if f"`{field.name}`" in str(error)), name)
        raise Invalid.of(
            [Problem("invalid_value", "This value is missing or does not fit.", missing, "Check it.")]
        ) from error


def _with_zone(text: str, zone: str) -> str:
    """A wall-clock time as a moment; anything else as it is, to be refused where it is read."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).isoformat()


def _field(
    work: Workspace, action: Action, info: msgspec.structs.FieldInfo, given: Mapping[str, list[str]], error: str
) -> FormField:
    """An input by the type of the command's field: a field of the object by the same name lends its label and
    choices."""
    own = _lender(work, action, info.name)
    plain = _plain_type(info.type)
    options: tuple[Option, ...] = ()
    kind, source = _KINDS.get(plain, "text"), ""
    if typing.get_origin(plain) is typing.Literal:
        kind = "choice"
        options = tuple(Option(value=one, label=worded(in_words(one))) for one in typing.get_args(plain))
    if own is not None and own.type_name == "choice":
        kind, options = "choice", tuple(Option(value=o.value, label=o.title) for o in own.options)  # type: ignore[attr-defined]
    elif own is not None and own.type_name == "long_text":
        kind = "long_text"
    elif plain is UUID:
        target = getattr(own, "to", info.name if info.name in work.registry.objects else "")
        kind, source = ("link", f"/choose/{target}") if target else ("text", "")
    value: Any = (given.get(info.name) or [""])[-1]
    if plain is bool and "asked" not in given:
        value = info.default is True
    return FormField(
        name=info.name,
        label=own.title if own else worded(in_words(info.name)),
        kind=kind,
        value=None if kind == "link" else value in (True, "true", "on") if kind == "boolean" else value,
        help=own.advice if own else _("Left empty, a new one is made.") if kind == "link" and action.makes else "",
        error=error,
        required=info.required,
        options=options,
        source=source,
    )


def _lender(work: Workspace, action: Action, name: str) -> Field | None:
    """The field that lends label, help and choices to an input."""
    first, _, second = action.inputs.get(name, name).partition(".")
    return work.registry.get(first).field(second) if second else work.registry.get(action.object).field(first)


def _plain_type(kind: Any) -> Any:
    """The type without `| None`."""
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        kinds = [part for part in typing.get_args(kind) if part is not type(None)]
        return kinds[0] if kinds else str
    return kind
