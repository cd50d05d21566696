"""A field's definition as a form, and the form as a definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from relata.engine.metadata.fields import Choice, Field
from relata.engine.metadata.fields.choices import COLOURS
from relata.engine.metadata.object import Object
from relata.engine.metadata.wording import in_words
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import later
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.settings.field_types import FieldType
from relata.interfaces.web.settings.frame import Form, identifier, last, options, spoken, text

SENSITIVITIES = (
    ("", later("Ordinary")),
    ("personal", later("Personal: erased with the person")),
    ("secret", later("Secret: never shown again")),
)
_ON_DELETE = (
    ("clear", later("the link becomes empty")),
    ("restrict", later("it can't be deleted")),
    ("cascade", later("these are deleted with it")),
)
_FUNCTIONS = (
    ("count", later("How many")), ("sum", later("Sum")), ("average", later("Average")), ("min", later("Smallest")),
    ("max", later("Largest")),
)  # fmt: skip
_SHOWN_AS = (
    ("", later("As it is")),
    ("number", later("Number")),
    ("percent", later("Percent")),
    ("own_money", later("Money in the company's currency")),
)
_INTEGERS, _NUMBERS, _SWITCHES = (
    ("max_length", "digits", "stars", "places"),
    ("minimum", "maximum"),
    ("required", "unique", "indexed", "searchable"),
)
_LABELS = {
    "max_length": (later("At most"), later("Characters.")),
    "pattern": (later("Pattern"), later("A regular expression that the whole text must match.")),
    "minimum": (later("Smallest value"), ""),
    "maximum": (later("Largest value"), ""),
    "places": (later("Decimals"), later("More are refused, never rounded away.")),
    "prefix": (later("Prefix"), later("Such as C-")),
    "digits": (later("Digits"), later("Filled up with zeros.")),
    "stars": (later("Stars"), later("1 to 10.")),
    "default": (later("Default"), later("What a new record begins with.")),
    "unique": (later("Unique"), later("No two records may have the same value.")),
    "indexed": (later("Fast lists"), later("Sorting and filtering stay quick at any size.")),
    "searchable": (later("Found by search"), ""),
    "required": (later("Required"), later("A record can't be saved without it.")),
    "reverse_label": (
        later("What the other side calls its list"),
        later("Empty: the plural of this object, with the field's name."),
    ),
}


class OptionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the options' editor."""

    value: str = ""
    label: str = ""
    colour: str = "grey"
    retired: bool = False
    when: str = ""


def values_of(field: Field) -> dict[str, list[str]]:
    """A field as its form would have sent it."""
    found: dict[str, list[str]] = {}
    for name, value in msgspec.to_builtins(field).items():
        if isinstance(value, bool):
            found[name] = ["true"] if value else []
        elif name == "options":
            known = getattr(field, "options", ())
            found |= {
                "option.value": [one.value for one in known],
                "option.label": [one.label or in_words(one.value) for one in known],
            }
            found |= {"option.colour": [one.colour for one in known]}
            found["option.when"] = [one.when for one in known]
            found["option.state"] = ["retired" if one.retired else "offered" for one in known]
        elif isinstance(value, (list, tuple)):
            found[name] = [str(one) for one in value]
        elif value is not None:
            found[name] = [f"{value:g}" if isinstance(value, float) else str(value)]
    found["label"] = [field.label or in_words(field.name)]
    found |= {f"label.{tag}": [words] for tag, words in field.labels}
    return found


def option_rows(form: Form) -> tuple[OptionRow, ...]:
    """The options that a form holds."""
    parts = [form.get(f"option.{name}", []) for name in ("value", "label", "colour", "state", "when")]
    rows = []
    for at, label in enumerate(parts[1]):
        value, colour, state, when = (part[at] if at < len(part) else "" for part in (parts[0], *parts[2:]))
        if label.strip() or value.strip():
            rows.append(
                OptionRow(
                    value=value.strip(),
                    label=label.strip(),
                    colour=colour or "grey",
                    retired=state == "retired",
                    when=when.strip(),
                )
            )
    return tuple(rows)


def read_options(form: Form) -> list[dict[str, Any]]:
    """Options for a definition. A new one takes its value from its label; values never change afterwards."""
    taken: set[str] = {row.value for row in option_rows(form) if row.value}
    found: list[dict[str, Any]] = []
    for row in option_rows(form):
        value = row.value
        if not value:
            plain = identifier(row.label) or f"option_{len(found) + 1}"
            value = next(name for at in range(1, 1000) if (name := plain if at == 1 else f"{plain}_{at}") not in taken)
            taken.add(value)
        found.append({"value": value, "label": row.label or value, "colour": row.colour, "retired": row.retired})
        if "option.when" in form:
            found[-1]["when"] = row.when
    return found


def definition(kind: FieldType, one: Object, form: Form, *, name: str = "") -> dict[str, Any]:
    """The raw definition of a field, for the engine to judge. name: of a field that exists already."""
    own = name or last(form, "name") or identifier(last(form, "label"))
    found: dict[str, Any] = {"type": kind.tag, "name": own, "label": last(form, "label"), "help": last(form, "help")}
    found["sensitivity"] = last(form, "sensitivity")
    for asked in ("required", *kind.asks):
        value = last(form, asked)
        if asked in _SWITCHES:
            found[asked] = value == "true"
        elif asked == "options":
            found["options"] = read_options(form)
        elif asked == "to_any":
            found["to_any"] = [each for each in form.get("to_any", []) if each]
        elif asked == "reverse_label":
            found |= _reverse(one, own, found["label"], value)
        elif value:
            found[asked] = value
    return found


def _reverse(one: Object, name: str, label: str, given: str) -> dict[str, str]:
    """The list at the other side gets a name of its own, so that two links to one object never meet."""
    return {"reverse": f"{one.path}_by_{name}"[:60], "reverse_label": given or f"{one.title_plural} ({label or name})"}


def inputs(
    work: Workspace, one: Object, kind: FieldType, form: Form, errors: Mapping[str, str], *, is_new: bool
) -> tuple[FormField, ...]:
    """The inputs of a definition, but for options and expressions, which have editors of their own."""
    found = [text("label", _("Label"), last(form, "label"), errors, required=True, autofocus=is_new, max_length=120)]
    if is_new:
        found.append(
            text(
                "name",
                _("Name for programs"),
                last(form, "name"),
                errors,
                help=_("Made from the label when empty. It never changes."),
                max_length=40,
            )
        )
    found.append(
        text(
            "help",
            _("Help"),
            last(form, "help"),
            errors,
            help=_("One sentence for whoever fills it in."),
            max_length=1000,
            wide=True,
        )
    )
    for asked in kind.asks:
        made = _input(work, one, kind, asked, form, errors)
        if made is not None:
            found.append(made)
    if kind.plain_group != "Computed":
        found.append(_plain("required", form, errors))
        found.append(
            text(
                "sensitivity",
                _("Sensitivity"),
                last(form, "sensitivity"),
                errors,
                kind="choice",
                options=spoken(SENSITIVITIES),
                required=True,
            )
        )
    return tuple(found)


def _input(
    work: Workspace, one: Object, kind: FieldType, asked: str, form: Form, errors: Mapping[str, str]
) -> FormField | None:
    value = last(form, asked)
    objects = options((other.name, other.title) for other in work.registry.objects.values())
    if asked in ("options", "expression", "where"):
        return None
    if asked == "to":
        return text(
            asked,
            _("Links to"),
            value,
            errors,
            kind="choice",
            options=objects,
            required=True,
            placeholder=_("Choose an object"),
        )
    if asked == "to_any":
        return text(
            asked,
            _("Links to"),
            tuple(form.get(asked, ())),
            errors,
            kind="choices",
            options=objects,
            help=_("None chosen: any object."),
            wide=True,
        )
    if asked == "on_delete":
        return text(
            asked,
            _("When the linked record is deleted"),
            value or "clear",
            errors,
            kind="choice",
            options=spoken(_ON_DELETE),
            required=True,
        )
    if asked == "depends_on":
        choices = options(
            (field.name, field.title)
            for field in one.fields
            if isinstance(field, Choice) and field.name != last(form, "name")
        )
        return (
            text(asked, _("Depends on"), value, errors, kind="choice", options=choices, placeholder=_("Nothing"))
            if choices
            else None
        )
    if asked == "over":
        lists = options(
            (relation.name, relation.title)
            for relation in work.registry.relations[one.name].values()
            if relation.kind != "links"
        )
        return text(
            asked,
            _("Over"),
            value,
            errors,
            kind="choice",
            options=lists,
            required=True,
            placeholder=_("Choose a related list"),
        )
    if asked == "function":
        return text(
            asked, _("What"), value or "count", errors, kind="choice", options=spoken(_FUNCTIONS), required=True
        )
    if asked == "field":
        return text(
            asked,
            _("Of"),
            value,
            errors,
            kind="choice",
            options=_amounts(work, one),
            placeholder=_("Nothing: it counts"),
            help=_("A field of the related records."),
        )
    if asked == "shown_as":
        return text(asked, _("Shown as"), value, errors, kind="choice", options=spoken(_SHOWN_AS), required=True)
    if asked == "default" and kind.tag == "boolean":
        return text(
            asked,
            _("Default"),
            value,
            errors,
            kind="choice",
            options=options((("true", _("Yes")), ("false", _("No")))),
            placeholder=_("Nobody answered"),
        )
    return _plain(asked, form, errors)


def _plain(asked: str, form: Form, errors: Mapping[str, str]) -> FormField:
    label, help = (_(part) for part in _LABELS[asked])
    if asked in _SWITCHES:
        return text(asked, label, last(form, asked) == "true", errors, kind="boolean", help=help)
    kind = "integer" if asked in _INTEGERS else "decimal" if asked in _NUMBERS else "text"
    return text(asked, label, last(form, asked), errors, kind=kind, help=help)


def _amounts(work: Workspace, one: Object) -> tuple[Option, ...]:
    """What roll-ups can add up or compare, by related list."""
    found: list[Option] = []
    seen: set[tuple[str, str]] = set()
    for relation in work.registry.relations[one.name].values():
        child = work.registry.get(relation.child)
        for field in child.all_fields.values():
            columns = field.columns()
            if (
                columns
                and columns[0].kind in ("number", "date", "datetime", "duration")
                and (child.name, field.name) not in seen
            ):
                seen.add((child.name, field.name))
                found.append(Option(value=field.name, label=field.title, group=child.title_plural))
    return tuple(found)


COLOUR_OPTIONS = options((name, name.capitalize()) for name in COLOURS)
