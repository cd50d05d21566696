"""Inputs that forms of steps and triggers share, and what they send as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import later
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.settings.frame import Form, last, text

VALUE_HELP = later("Words with {{ merge fields }}, or = and an expression.")


class Pairs(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of a name and a value. options: the names to choose from; none where they are free."""

    name: str
    label: str
    rows: tuple[tuple[str, str], ...]
    options: tuple[Option, ...] = ()
    help: str = ""
    value_label: str = ""


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """The inputs of a trigger or step."""

    fields: tuple[FormField, ...] = ()
    pairs: tuple[Pairs, ...] = ()


LABELS: Mapping[str, tuple[str, str]] = {
    "to": (later("Whom"), later("An expression, such as record.owner; of a mail: {{record.email}}.")),
    "text": (later("Text"), VALUE_HELP),
    "subject": (later("Subject"), VALUE_HELP),
    "template": (
        later("Mail template"),
        later("The name of one for the record that started it; empty for the subject and text here."),
    ),
    "title": (later("Title"), VALUE_HELP),
    "comment": (later("Comment"), VALUE_HELP),
    "where": (
        later("Which"),
        later("A condition over its own fields; values of the flow in braces: account = {{record.id}}."),
    ),
    "order": (later("Order"), later("Such as -created_at.")),
    "condition": (later("Condition"), later("Such as record.amount > 1000.")),
    "limit": (later("At most"), ""),
    "amount": (later("How long"), ""),
    "until": (later("Until"), later("An expression for a moment, such as datetime(record.close_date).")),
    "when": (later("Until it holds"), later('A condition over the record, such as status = "done".')),
    "url": (later("Address"), VALUE_HELP),
    "seconds": (later("Seconds at most"), ""),
    "flow": (later("Flow"), later("Its name; it is started by other flows.")),
    "value": (later("Value"), VALUE_HELP),
    "message": (later("Message"), VALUE_HELP),
    "key": (later("One lane for each"), later("An expression, such as record.account.")),
}


def plain(name: str, value: Any, errors: Mapping[str, str]) -> FormField:
    label, help_ = LABELS.get(name, (name, ""))
    is_long = name in ("text",)
    kind = "integer" if isinstance(value, int) else "long_text" if is_long else "text"
    return text(
        name,
        _(label),
        str(value),
        errors,
        kind=kind,
        help=_(help_) if help_ else "",
        wide=is_long,
        rows=6 if is_long else 3,
    )


def rows_of(value: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return (*value.items(), ("", ""))


def read_struct(kind: type[Any], form: Form, kept: Any) -> Any:
    """What the form says as the struct; what it does not show stays as it was. Invalid for a number that is none."""
    values: dict[str, Any] = {}
    problems = []
    for field in msgspec.structs.fields(kind):
        before = getattr(kept, field.name)
        if isinstance(before, dict):
            if f"{field.name}.key" in form:
                values[field.name] = pairs_of(form, field.name)
        elif isinstance(before, bool):
            values[field.name] = last(form, field.name) in ("true", "on", "1")
        elif isinstance(before, int):
            if field.name in form:
                try:
                    values[field.name] = int(last(form, field.name) or 0)
                except ValueError:
                    problems.append(Problem("invalid_value", _("Write a whole number."), field.name))
        elif (isinstance(before, str) or before is None) and field.name in form and field.name != "id":
            found = last(form, field.name)
            values[field.name] = (found or None) if field.name in ("before", "after") else found
    if problems:
        raise Invalid.of(problems)
    return msgspec.structs.replace(kept, **values)


def pairs_of(form: Form, name: str) -> dict[str, str]:
    keys, found = form.get(f"{name}.key", []), form.get(f"{name}.value", [])
    return {key.strip(): value.strip() for key, value in zip(keys, found, strict=False) if key.strip()}


def filled(values: Sequence[str]) -> list[str]:
    return [one for one in values if one]
