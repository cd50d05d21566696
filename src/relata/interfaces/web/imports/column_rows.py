"""One column of a file as the page shows it: what it holds, where it goes, and what must be asked about it."""

from __future__ import annotations

from collections.abc import Mapping as Form

import msgspec

from relata.engine.metadata.fields import (
    Choice,
    Date,
    DateTime,
    DecimalField,
    Integer,
    Link,
    Links,
    MoneyField,
    MultiChoice,
    Phones,
)
from relata.engine.metadata.object import Object
from relata.engine.transfer.mapping import Column, Mapping
from relata.engine.transfer.wizard.inventing import proposed_type
from relata.engine.transfer.wizard.profile import ColumnProfile, Profile
from relata.engine.transfer.wizard.proposing import unknown_values
from relata.engine.transfer.wizard.targets import match_options, targets_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Option
from relata.interfaces.web.imports.formulas import TriedFormula, try_formula
from relata.interfaces.web.imports.new_fields import new_types
from relata.interfaces.web.imports.reading import BLANK, NEW, text

#: Values that are asked one by one; more are told as a number.
_ASKED_VALUES = 40


class ValueRow(msgspec.Struct, frozen=True, kw_only=True):
    """A word of the file for which an option is wanted. is_guess: chosen because it looks alike."""

    name: str
    text: str
    count: int
    value: str
    is_guess: bool


class ColumnRow(msgspec.Struct, frozen=True, kw_only=True):
    """A column. share: of its cells that hold something, 0-100. field: where it goes, "" for nowhere. Choices that need
    not be made are empty."""

    at: int
    name: str
    looks: str
    share: int
    samples: tuple[str, ...]
    field: str
    fields: tuple[Option, ...]
    matches: str = ""
    match_options: tuple[Option, ...] = ()
    missing: str = ""
    missing_options: tuple[Option, ...] = ()
    dates: str = ""
    date_options: tuple[Option, ...] = ()
    mark: str = ""
    mark_options: tuple[Option, ...] = ()
    currency: str = ""
    asks_currency: bool = False
    region: str = ""
    asks_region: bool = False
    values: tuple[ValueRow, ...] = ()
    value_options: tuple[Option, ...] = ()
    more_values: int = 0
    formula: str = ""
    tried: TriedFormula | None = None
    new_label: str = ""
    new_type: str = ""
    new_types: tuple[Option, ...] = ()
    note: str = ""


def column_row(
    work: Workspace,
    one: Object,
    profile: ColumnProfile,
    at: int,
    mapping: Mapping,
    form: Form[str, list[str]],
    file: Profile,
) -> ColumnRow:
    """The column with what the mapping, or else the form, says of it."""
    entry = next((each for each in mapping.columns if each.column == profile.name), None)
    is_new = text(form, f"c{at}.field") == NEW and entry is None
    may_make = work.actor.rights.permits("manage_objects")
    options = [Option(value=target.field, label=target.label, group=target.group) for target in targets_of(work, one)]
    if may_make:
        options.append(Option(value=NEW, label=_("Create a new field …")))
    row = ColumnRow(
        at=at, name=profile.name, looks=_looks(profile), samples=profile.samples,
        share=round(100 * profile.filled / max(file.rows, 1)),
        field=NEW if is_new else entry.field if entry else "", fields=tuple(options),
    )  # fmt: skip
    if is_new and may_make:
        return msgspec.structs.replace(
            row, new_label=text(form, f"c{at}.new_label") or profile.name.replace("_", " ").strip().capitalize(),
            new_type=text(form, f"c{at}.new_type") or proposed_type(profile), new_types=new_types(),
        )  # fmt: skip
    if entry is None:
        return row
    row = msgspec.structs.replace(row, formula=entry.formula, tried=try_formula(work, file, entry))
    return _with_choices(work, one, profile, row, entry)


def _with_choices(work: Workspace, one: Object, profile: ColumnProfile, row: ColumnRow, entry: Column) -> ColumnRow:
    field = one.field(entry.name)
    if entry.part or field is None:
        return row
    if isinstance(field, (Link, Links)):
        return _with_link(work, field, row, entry)
    if isinstance(field, (Date, DateTime)):
        forms = profile.date_forms
        is_open = len(forms) == 2 and _is_swap(*forms)
        chosen = entry.date_format if isinstance(entry.date_format, str) else (entry.date_format or ("",))[0]
        return msgspec.structs.replace(
            row, dates=chosen, note=_("The day can't be told from the month.") if is_open else "",
            date_options=tuple(Option(value=each, label=_order(each)) for each in forms) if is_open else (),
        )  # fmt: skip
    if isinstance(field, (Choice, MultiChoice)):
        return _with_values(field, profile, row, entry, may_make=work.actor.rights.permits("manage_objects"))
    if isinstance(field, (Integer, DecimalField, MoneyField)):
        labels = {".": _("1,234.50: the point is the decimal mark"), ",": _("1.234,50: the comma is the decimal mark")}
        is_money = isinstance(field, MoneyField)
        return msgspec.structs.replace(
            row, mark=entry.decimal_mark, asks_currency=is_money,
            currency=(entry.currency or work.settings.currency) if is_money else "",
            mark_options=tuple(Option(value=each, label=labels[each]) for each in profile.marks)
            if len(profile.marks) > 1 else (),
        )  # fmt: skip
    if isinstance(field, Phones):
        return msgspec.structs.replace(row, asks_region=True, region=entry.region or work.context.parsing.region)
    return row


def _is_swap(first: str, second: str) -> bool:
    return sorted(first) == sorted(second) and first != second


def _order(form: str) -> str:
    day_first = form.find("%d") < form.find("%m")
    return _("Day first: 03/04 is 3 April") if day_first else _("Month first: 03/04 is March 4")


def _with_link(work: Workspace, field: Link | Links, row: ColumnRow, entry: Column) -> ColumnRow:
    target = work.registry.get(field.to)
    options = [Option(value=value, label=label) for value, label in match_options(work, target)]
    missing = [
        Option(value="blank", label=_("leave the link blank")),
        Option(value="report", label=_("do not import the row")),
    ]
    if work.actor.rights.level(target, "create"):
        missing.insert(0, Option(value="create", label=_("create the %(what)s") % {"what": target.noun}))
    return msgspec.structs.replace(
        row, matches=entry.matches or "id", match_options=(*options, Option(value="id", label=_("Id"))),
        missing=entry.on_missing, missing_options=tuple(missing),
    )  # fmt: skip


def _with_values(
    field: Choice | MultiChoice, profile: ColumnProfile, row: ColumnRow, entry: Column, *, may_make: bool
) -> ColumnRow:
    counts = dict(profile.distinct)
    blanks = {word.casefold() for word in entry.blanks}
    unknown = unknown_values(field, profile)
    values = tuple(
        ValueRow(
            name=f"c{row.at}.v{place}", text=word, count=counts.get(word, 0),
            value=BLANK if word.casefold() in blanks else str(entry.values.get(word, "")),
            is_guess=word in entry.values,
        )
        for place, word in enumerate(unknown[:_ASKED_VALUES])
    )  # fmt: skip
    options = [Option(value=each.value, label=each.title) for each in field.options if not each.retired]
    options.append(Option(value=BLANK, label=_("(leave blank)")))
    if may_make:
        options.append(Option(value=NEW, label=_("(add as a new option)")))
    note = (
        "" if profile.distinct or not profile.filled else _("The column has too many different values to be matched.")
    )
    return msgspec.structs.replace(
        row, values=values, value_options=tuple(options), more_values=max(0, len(unknown) - _ASKED_VALUES), note=note
    )


def _looks(profile: ColumnProfile) -> str:
    return {
        "email": _("e-mail addresses"), "phone": _("phone numbers"), "url": _("web addresses"), "id": _("ids"),
        "date": _("dates"), "datetime": _("dates with times"), "number": _("numbers"), "integer": _("whole numbers"),
        "money": _("amounts"), "percent": _("percentages"), "boolean": _("yes or no"), "long_text": _("long texts"),
        "text": _("texts"),
    }[profile.looks] if profile.filled else _("nothing")  # fmt: skip
