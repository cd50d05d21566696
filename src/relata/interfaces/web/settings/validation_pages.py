"""The pages of rules as values: lists, the form of a rule and what it sends."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec

from relata.engine.metadata.fields import Choice, Link
from relata.engine.metadata.object import Object
from relata.engine.metadata.validation import Entry, ValidationRule
from relata.engine.workspace import rule_overview
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import later
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.settings.frame import Form, last, options, spoken, text

NAMES = ("label", "condition", "forbids", "on", "watched", "field", "message", "active", "severity")
_SEVERITIES = (
    ("error", later("The record is refused")),
    ("warning", later("The person is warned, and may save anyway")),
    ("hint", later("It is counted under data quality, and the record's page says so")),
)
_OCCASIONS = (
    ("always", later("Whenever a record is written")),
    ("created", later("When a record is made")),
    ("changed", later("When a record is changed")),
    ("fields", later("When these fields change")),
)
_WAYS = (
    ("false", later("Records must fulfil the condition")),
    ("true", later("Records must not fulfil the condition")),
)


class RuleLine(msgspec.Struct, frozen=True, kw_only=True):
    """A rule in the list. occasion: when it applies. where: the field at which its message shows."""

    href: str
    label: str
    message: str
    condition: str
    occasion: str
    where: str
    forbids: bool
    active: bool
    broken: str
    shipped: bool
    warns: bool


class EntryLine(msgspec.Struct, frozen=True, kw_only=True):
    """What one value needs."""

    href: str
    field: str
    value: str
    needs: tuple[str, ...]


class GroupLine(msgspec.Struct, frozen=True, kw_only=True):
    """Fields that are unique together. own: made here, so that it can be taken back."""

    label: str
    fields: str
    own: bool


def rule_lines(work: Workspace, one: Object) -> tuple[RuleLine, ...]:
    """The rules of an object."""
    occasions = {name: _(words) for name, words in _OCCASIONS}

    def line(each: rule_overview.RuleOverview) -> RuleLine:
        rule = each.rule
        occasion = occasions.get(rule.on, rule.on)
        if rule.on == "fields":
            named = ", ".join(rule_overview.title_of(one, name) for name in rule.watched)
            occasion = _("When %(fields)s changes") % {"fields": named}
        return RuleLine(
            href=f"/settings/objects/{one.name}/rules/{rule.name}",
            label=rule.title,
            message=rule.words,
            condition=rule.condition,
            occasion=occasion,
            where=rule_overview.title_of(one, rule.field) if rule.field else "",
            forbids=rule.forbids,
            active=rule.active,
            broken=each.broken,
            shipped=each.shipped,
            warns=rule.severity == "warning",
        )

    return tuple(line(each) for each in rule_overview.rules(work, one.name))


async def entry_lines(work: Workspace, one: Object) -> tuple[EntryLine, ...]:
    """What values need, in words."""
    entries = [entry for entry in rule_overview.entries(work, one.name) if entry.needs]
    titles = await value_titles(work, one, entries)
    return tuple(
        EntryLine(
            href=f"/settings/objects/{one.name}/needs?at={quote(f'{entry.field}:{entry.value}')}",
            field=rule_overview.title_of(one, entry.field),
            value=titles[entry.field, entry.value],
            needs=tuple(rule_overview.title_of(one, name) for name in entry.needs),
        )
        for entry in entries
    )


async def value_titles(work: Workspace, one: Object, entries: list[Entry]) -> dict[tuple[str, str], str]:
    """What the values of entries are called: labels of options, titles of records."""
    wanted: dict[str, set[Any]] = {}
    for entry in entries:
        field = one.field(entry.field)
        key = parse_id(entry.value)
        if isinstance(field, Link) and key is not None:
            wanted.setdefault(field.to, set()).add(key)
    named = await titles_of(work.unit, wanted)
    found = {}
    for entry in entries:
        field, key = one.field(entry.field), parse_id(entry.value)
        title = entry.value
        if isinstance(field, Choice) and (option := field.option(entry.value)):
            title = option.title
        elif isinstance(field, Link) and key is not None:
            title = named.get((field.to, key), _("a record that is gone"))
        found[entry.field, entry.value] = title
    return found


def group_lines(work: Workspace, one: Object) -> tuple[GroupLine, ...]:
    """The fields that are unique together."""
    own = rule_overview.own_groups(work, one.name)
    return tuple(
        GroupLine(
            label=_(" and ").join(rule_overview.title_of(one, name) for name in group),
            fields=",".join(group),
            own=group in own,
        )
        for group in one.unique_together
    )


def group_field(one: Object, form: Form | None, errors: dict[str, str]) -> FormField:
    """The fields to make unique together."""
    kinds = ("text", "number", "boolean", "date", "datetime", "duration", "id")
    plain = (
        (field.name, field.title)
        for field in one.fields
        if len(field.columns()) == 1 and field.columns()[0].kind in kinds and field.sensitivity != "secret"
    )
    chosen = tuple((form or {}).get("fields", ()))
    return text("fields", _("Fields"), chosen, errors, kind="choices", options=options(plain), wide=True)


def rule_form(rule: ValidationRule | None) -> Form:
    """A rule as its form would have sent it."""
    if rule is None:
        return {"active": ["true"], "on": ["always"]}
    return {
        "label": [rule.title],
        "condition": [rule.condition],
        "forbids": ["true" if rule.forbids else "false"],
        "on": [rule.on],
        "watched": list(rule.watched),
        "field": [rule.field],
        "message": [rule.message],
        "active": ["true"] if rule.active else [],
        "severity": [rule.severity],
    }


def read_rule(form: Form) -> dict[str, Any]:
    """What the form sent, for the engine to judge."""
    return {
        "label": last(form, "label"),
        "condition": last(form, "condition"),
        "forbids": last(form, "forbids") == "true",
        "on": last(form, "on") or "always",
        "watched": [each for each in form.get("watched", ()) if each],
        "field": last(form, "field"),
        "message": last(form, "message"),
        "active": last(form, "active") == "true",
        "severity": last(form, "severity") or "error",
    }


def rule_fields(
    one: Object, form: Form, errors: dict[str, str]
) -> tuple[tuple[FormField, ...], FormField, tuple[FormField, ...]]:
    """The inputs above the condition, the condition, and those below it."""
    own = tuple(Option(value=field.name, label=field.title) for field in one.fields if not field.hidden)
    above = (
        text("label", _("Name"), last(form, "label"), errors, required=True, autofocus=not form.get("label"),
             max_length=120),
        text("forbids", _("Way"), last(form, "forbids") or "false", errors, kind="choice", options=spoken(_WAYS),
             required=True),
    )  # fmt: skip
    condition = text(
        "condition", _("Condition"), last(form, "condition"), errors, required=True,
        help=_('Such as amount > 0 or stage != "won". Links lead on: account.industry = "retail".'),
    )  # fmt: skip
    below = (
        text("message", _("Message"), last(form, "message"), errors, required=True, wide=True, max_length=500,
             help=_("What the person reads: what is wrong, and what to do. It never shows a value.")),
        text("field", _("Shown at"), last(form, "field"), errors, kind="choice", options=own,
             placeholder=_("The whole record")),
        text("severity", _("What happens"), last(form, "severity") or "error", errors, kind="choice",
             options=spoken(_SEVERITIES), required=True,
             help=_("Imports, bulk changes and flows say beforehand whether they go on; forms of visitors always do.")),
        text("on", _("Applies"), last(form, "on") or "always", errors, kind="choice", options=spoken(_OCCASIONS),
             required=True),
        text("watched", _("Fields whose change calls for it"), tuple(form.get("watched", ())), errors, kind="choices",
             options=own, wide=True, help=_("Only for rules that apply when fields change.")),
        text("active", _("Active"), last(form, "active") == "true", errors, kind="boolean",
             help=_("It holds from the next write on: screens, API, imports, bulk changes, merges.")),
    )  # fmt: skip
    return above, condition, below
