"""The box above a timeline: a comment, a note, a call, a task, or whatever else may be about the record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from relata.engine.metadata.fields import AnyLink, AnyTarget, DateTime, Field, Links, LongText, RichText
from relata.engine.metadata.object import Object
from relata.engine.ui.facts import is_editable
from relata.engine.ui.making import may_make
from relata.engine.ui.values import targets_of
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, NotFound
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web.inputs import form_field, read_form
from relata.interfaces.web.typed import typed_targets, typed_value

#: Fields of the small form; everything else waits on the record's own page.
FEW = 6


class ComposerKind(msgspec.Struct, frozen=True, kw_only=True):
    """Something that can be added. href: its whole form, for those without script."""

    name: str
    label: str
    icon: str
    href: str
    fragment: str
    current: bool


class Composer(msgspec.Struct, frozen=True, kw_only=True):
    """The box. text: the field of a comment or note, which stands alone; mentions: the field that takes who is named in
    it with an @. about: the address of the record, for who could see it."""

    action: str
    csrf: str
    person: str
    person_id: str
    kinds: tuple[ComposerKind, ...]
    label: str
    fields: tuple[FormField, ...]
    text: FormField | None = None
    mentions: str = ""
    about: str = ""
    error: str = ""


def addable(work: Workspace, record: Record) -> dict[str, tuple[Object, str]]:
    """What may be added about this record: objects that happen and that the person may make, with the linking field;
    comments and notes first."""
    found = []
    for relation in work.registry.relations[record.object.name].values():
        child = work.registry.get(relation.child)
        field = child.field(relation.field)
        if child.happening is None or not isinstance(field, AnyLink) or not is_editable(work, child, field):
            continue
        if may_make(work, child):
            found.append((child, relation.field))
    found.sort(key=lambda each: (_words_only(work, each[0], each[1]) is None, each[0].nav, each[0].title))
    return {child.name: (child, link) for child, link in found}


async def composer_of(
    work: Workspace, record: Record, csrf: str, name: str = "", form: Mapping[str, list[str]] | None = None,
    error: Invalid | Conflict | None = None,
) -> Composer | None:  # fmt: skip
    """The box with the form of one kind; form and error: what was typed and refused. None where nothing may be
    added."""
    kinds = addable(work, record)
    if not kinds:
        return None
    if name and name not in kinds:
        raise NotFound("There is nothing of that kind to add here.", code="unknown_object")
    child, link = kinds[name] if name else next(iter(kinds.values()))
    path = f"/{record.object.path}/{record.id}"
    fields = _fields(work, child, link)
    values = await _values(work, child, fields, form)
    problems = error.problems if error else ()
    errors = {problem.field or "": f"{problem.message} {problem.hint or ''}".strip() for problem in problems}
    shown = tuple(
        form_field(
            work.registry, field, None if form is not None else values[0].get(field.name), values[1],
            currency=work.settings.currency, zone=work.actor.zone, error=errors.pop(field.name, ""),
            typed=typed_value(field, form, values[1], work.settings.currency) if form is not None else None,
        )
        for field in fields
    )  # fmt: skip
    words = _words_only(work, child, link)
    mentions = next((one.name for one in child.fields if isinstance(one, Links) and one.to == "user"), "")
    return Composer(
        action=f"{path}/add/{child.name}", csrf=csrf, person=work.actor.name, person_id=str(work.actor.user),
        kinds=tuple(
            ComposerKind(
                name=one.name, label=one.title, icon=one.icon, current=one is child, fragment=f"{path}/add/{one.name}",
                href=f"/{one.path}/new?{via}={record.object.name}:{record.id}",
            )
            for one, via in kinds.values()
        ),
        label=child.title,
        fields=() if words else shown,
        text=next((one for one in shown if words and one.name == words.name), None),
        mentions=mentions if words else "",
        about=path,
        error=" ".join(errors.values()) or (error.message if error and not error.problems else ""),
    )  # fmt: skip


async def add(work: Workspace, record: Record, name: str, form: Mapping[str, list[str]]) -> Record:
    """What the box sent, about the record. Raises NotFound, Denied, Invalid, Conflict."""
    kinds = addable(work, record)
    if name not in kinds:
        raise NotFound("There is nothing of that kind to add here.", code="unknown_object")
    child, link = kinds[name]
    wanted = [field for field in child.all_fields.values() if is_editable(work, child, field) and field.name != link]
    values = read_form(wanted, form, zone=work.actor.zone)
    return await work.create(child.name, {**values, link: AnyTarget(record.object.name, record.id)})


def _words_only(work: Workspace, child: Object, link: str) -> RichText | None:
    """The field of an object for which a text is enough."""
    required = [field for field in child.required_fields if field.default is None and field.name != link]
    only = required[0] if len(required) == 1 else None
    return only if isinstance(only, RichText) and is_editable(work, child, only) else None


def _fields(work: Workspace, child: Object, link: str) -> list[Field]:
    words = _words_only(work, child, link)
    if words is not None:
        return [words]
    required = [field.name for field in child.required_fields]
    names = dict.fromkeys((*work.layout(child.name).quick, *required))
    found = [child.all_fields[name] for name in names if name in child.all_fields and name != link]
    found = [field for field in found if is_editable(work, child, field) and not field.hidden]
    found.sort(key=lambda field: isinstance(field, LongText))
    return [field for at, field in enumerate(found) if at < FEW or field.required]


async def _values(
    work: Workspace, child: Object, fields: list[Field], form: Mapping[str, list[str]] | None
) -> tuple[dict[str, Any], dict[Any, str]]:
    values: dict[str, Any] = {}
    for field in fields:
        if field.default is not None:
            values[field.name] = field.parse(field.default, work.context.parsing)
        elif isinstance(field, DateTime) and field.required:
            values[field.name] = _this_hour(work)
        elif field.name == "owner":
            values["owner"] = work.actor.user
    wanted = targets_of((field, values.get(field.name)) for field in fields)
    for name, ids in (typed_targets(fields, form) if form else {}).items():
        wanted.setdefault(name, set()).update(ids)
    return values, dict(await titles_of(work.unit, wanted))


def _this_hour(work: Workspace) -> datetime:
    """Now, to the minute, as the person's clock shows it."""
    return work.clock.now.astimezone(ZoneInfo(work.actor.zone)).replace(second=0, microsecond=0)
