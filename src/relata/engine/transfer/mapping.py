"""How the columns of a file become the fields of an object: a document that people keep beside their files."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import msgspec

from relata.engine.metadata.fields import AnyLink, Field, Link, Links
from relata.engine.metadata.object import Object
from relata.engine.transfer.working_out import RowFormula
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _

Mode = Literal["create", "update", "upsert", "delete"]
Missing = Literal["create", "blank", "report"]
#: What becomes of a new row that is like a record which is there (see `engine.matching`); `create` does not look.
Likes = Literal["create", "skip", "update", "ask"]


class Column(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, dict=True):
    """Where one field takes its value from.

    field: the field, or one of its parts (`billing_address.city`, `name.last`). column: the file's column; without one
    every row takes `constant`, or the first `template` whose columns are all filled: "{product} for {account}", after
    repairs; or what `formula` makes of the row (see `working_out`: each column is a text under a plain name, `value`
    is this column's). values: what the file says -> what we say; nothing to report. repairs: likewise for what is
    wrong in the file; each is reported. Both ignore capitals. blanks: texts that mean nothing ("-", "Select"). default:
    for blank cells. blank_note: what to remark on each row whose cell is blank. label: of an e-mail or phone. form:
    `last_first` for names such as "Doe, John". region: ISO 3166-1, of phones without a country code.
    date_format: as of Python's strptime; several are tried in turn. decimal_mark: where a number is not written as
    1,234.50 or 1.234,50 in an obvious way. factor: what a number is multiplied by (1000000 for "in millions").
    currency: ISO 4217, of amounts without one.

    Links: `matches` is the field of the linked object that the cell holds; empty for its id; `website.domain` finds the
    record whose web site has the domain of a mail address, a web address or a bare domain. where: an expression that
    narrows the candidates. on_missing: make the record, leave the link blank with a warning, or refuse the row.
    """

    field: str
    column: str = ""
    constant: Any = None
    template: str | tuple[str, ...] = ()
    formula: str = ""
    trim: bool = True
    values: dict[str, Any] = {}
    repairs: dict[str, Any] = {}
    blanks: tuple[str, ...] = ()
    default: Any = None
    blank_note: str = ""
    label: str = ""
    form: Literal["", "last_first"] = ""
    region: str = ""
    date_format: str | tuple[str, ...] = ()
    decimal_mark: Literal["", ".", ","] = ""
    factor: int | float | str = 1
    currency: str = ""
    matches: str = ""
    where: str = ""
    ignore_case: bool = True
    on_missing: Missing = "report"
    create_with: dict[str, Any] = {}

    @cached_property
    def name(self) -> str:
        """The field without its part."""
        return self.field.partition(".")[0]

    @cached_property
    def part(self) -> str:
        """The part of the field, or ""."""
        return self.field.partition(".")[2]

    @cached_property
    def question(self) -> str:
        """Equal for columns that look for the same things in the same way."""
        return f"{self.name}|{self.matches}|{self.where}|{self.ignore_case}"


class Skip(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Rows to leave out, with the reason that the report gives. equals: texts, whatever the capitals; "" is a blank
    cell."""

    column: str
    reason: str
    equals: tuple[str, ...] = ()


class Mapping(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One file's way into one object. match: the fields that say which record a row is about; a record that agrees in
    all of them is the one. blank_cells: of an existing record, leave what is there, or clear it; a new record takes
    its defaults with `leave` and stays empty with `clear`. mode: upsert changes what is there and creates the rest;
    create leaves what is there alone; update refuses what is not there; delete puts into the bin. short_rows: refuse
    rows with too few cells, or take the missing ones as blank. keep: fields that are only filled where they are
    empty. warnings: rows that a rule warns of are refused, or pass. alike: rows that match nothing, but look like
    a record that is there, are created, left out, written into that record, or created and put before a person."""

    object: str
    columns: tuple[Column, ...]
    match: tuple[str, ...] = ()
    mode: Mode = "upsert"
    skip: tuple[Skip, ...] = ()
    blank_cells: Literal["leave", "clear"] = "leave"
    short_rows: Literal["refuse", "blank"] = "refuse"
    keep: tuple[str, ...] = ()
    warnings: Literal["refuse", "pass"] = "refuse"
    alike: Likes = "create"
    encoding: str = ""
    separator: str = ""

    def column_of(self, field: str) -> str:
        """The file's column that gives this field, or ""."""
        return next((entry.column for entry in self.columns if entry.name == field and entry.column), "")


def load(path: Path) -> Mapping:
    """A mapping from a TOML or JSON file; Invalid says what does not fit."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Invalid(
            _("The mapping can't be read."), code="no_file", field="map", hint=_("Check the path.")
        ) from error
    return decode(content, is_json=path.suffix.lower() == ".json")


def decode(content: bytes, *, is_json: bool = False) -> Mapping:
    """A mapping from the text of a TOML or JSON document."""
    read = msgspec.json.decode if is_json else msgspec.toml.decode
    try:
        return read(content, type=Mapping)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(
            _("The mapping does not fit: %(error)s.") % {"error": error},
            code="mapping",
            field="map",
            hint=_("See docs/how-to/import.md."),
        ) from error


def check(mapping: Mapping, one: Object, columns: tuple[str, ...], knows: Callable[[Field], bool]) -> None:
    """Invalid, with every problem, where the mapping names fields, columns or matches that are not there. knows:
    whether the person may know of a field; for others it does not exist."""
    fields = {name: field for name, field in one.all_fields.items() if knows(field)}
    problems = [problem for entry in mapping.columns for problem in _problems(entry, one, fields, columns)]
    given = {entry.field for entry in mapping.columns}
    for rule in mapping.skip:
        if rule.column not in columns:
            problems.append(_no_column(rule.column, columns))
    for name in mapping.match:
        if name != "id" and name not in fields:
            problems.append(Problem("unknown_field", f"{one.title} has no field {name[:60]!r}.", "match"))
        elif name not in given:
            problems.append(
                Problem(
                    "match_without_column",
                    _("No column gives %(name)s.") % {"name": name[:60]},
                    "match",
                    _("Map a column to it."),
                )
            )
    if mapping.mode in ("update", "delete") and not mapping.match:
        problems.append(Problem("match_missing", _("To update, name the fields to match by."), "match"))
    if problems:
        raise Invalid.of(problems)


def made_by(mapping: Mapping, one: Object) -> set[str]:
    """The objects of which an import by this mapping may make records that it matches before."""
    links = [(one.field(entry.name), entry) for entry in mapping.columns if entry.on_missing == "create"]
    made = {link.to for link, _entry in links if isinstance(link, (Link, Links))}
    return made | ({one.name} if mapping.match and mapping.mode not in ("update", "delete") else set())


def placeholders(template: str) -> list[str]:
    """The columns that a template names."""
    return re.findall(r"\{([^{}]+)\}", template)


def templates(entry: Column) -> tuple[str, ...]:
    """One or several, as a tuple."""
    return (entry.template,) if isinstance(entry.template, str) else entry.template


def _problems(entry: Column, one: Object, fields: dict[str, Field], columns: tuple[str, ...]) -> list[Problem]:
    for name in (name for template in templates(entry) for name in placeholders(template)):
        if name not in columns:
            return [_no_column(name, columns)]
    if entry.column and entry.column not in columns:
        return [_no_column(entry.column, columns)]
    field = fields.get(entry.name)
    if field is None and entry.field != "id":
        hint = _("Fields: %(names)s.") % {
            "names": ", ".join(sorted(found for found in fields if not fields[found].system))[:600]
        }
        return [
            Problem(
                "unknown_field",
                _("%(object)s has no field %(field)s.") % {"object": one.title, "field": repr(entry.field[:60])},
                entry.field[:60],
                hint,
            )
        ]
    if entry.formula:
        try:
            RowFormula(entry.formula, columns, entry.column)
        except Invalid as error:
            title = field.title if field else "id"
            return [
                Problem("formula", f"{title}: {wrong.message}", entry.field[:60], wrong.hint)
                for wrong in error.problems
            ]
    if entry.part and field is not None and not _has_part(field, entry.part):
        return [
            Problem(
                "unknown_field",
                _("%(field)s has no part %(part)s.") % {"field": field.title, "part": repr(entry.part[:60])},
                entry.field[:60],
            )
        ]
    if entry.matches and not isinstance(field, (Link, Links)):
        return [
            Problem(
                "not_a_link",
                _("%(field)s is no link, so it can't be matched.") % {"field": entry.field[:60]},
                entry.field[:60],
            )
        ]
    if isinstance(field, AnyLink) and entry.matches:
        return [
            Problem(
                "not_a_link",
                _("%(field)s can only take an object and an id.") % {"field": entry.field[:60]},
                entry.field[:60],
            )
        ]
    return []


def _has_part(field: Field, part: str) -> bool:
    return part in {column.part for column in field.columns()} or (field.type_name == "money" and part == "amount")


def _no_column(name: str, columns: tuple[str, ...]) -> Problem:
    hint = f"The file has: {', '.join(columns)[:600]}."
    return Problem("unknown_column", f"The file has no column {name[:60]!r}.", "columns", hint)
