"""From the cells of a row to raw values of an object, as the mapping says; links are left to be looked up."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from relata.engine.formula import EvaluationContext
from relata.engine.metadata.fields import (
    Date,
    Emails,
    Field,
    Links,
    MoneyField,
    MultiChoice,
    ParseContext,
    PersonName,
    Phones,
    Tags,
    WebAddresses,
)
from relata.engine.metadata.fields.choices import read_list
from relata.engine.metadata.fields.numbers import plain_number
from relata.engine.metadata.fields.phone_numbers import e164
from relata.engine.metadata.object import Object
from relata.engine.transfer.csv_reader import Row
from relata.engine.transfer.mapping import Column, Mapping, placeholders, templates
from relata.engine.transfer.report import MESSAGES, Note, Severity
from relata.engine.transfer.working_out import RowFormula
from relata.engine.workspace.matching import Key
from relata.foundation.errors import Invalid

_LISTS = (Emails, Phones, WebAddresses, Tags, MultiChoice, Links)
#: Fields whose values are read from texts by way of much work.
_READ_EARLY = (Emails, Phones, PersonName, Date)
_AROUND = re.compile(r"^([^\d\-+.,(]*)([-+]?[\d.,'\s\u00a0\u202f]*)(.*)$", re.S)


class Drawn(msgspec.Struct):
    """One row on its way. raw: values by field. wanted: links to look up. did: "" until it is settled. is_last_pass:
    whether the whole file was read, so that a record which is not there will not come. key: by which its record is
    looked for, where that is known already."""

    row: Row
    raw: dict[str, Any] = {}
    parts: dict[str, dict[str, Any]] = {}
    wanted: list[tuple[Column, str]] = []
    notes: list[Note] = []
    did: str = ""
    is_last_pass: bool = False
    key: Key | None = None

    def note(
        self, severity: Severity, code: str, entry: Column | None = None, *, column: str = "", message: str = ""
    ) -> None:
        """Remark on the row, once for each column and code; a refusal or a skip settles it."""
        where = entry.column if entry else column
        if any((known.column, known.code) == (where, code) for known in self.notes):
            return
        text = message or MESSAGES.get(code, code)
        self.notes.append(
            Note(self.row.number, self.row.line, severity, code, text, where, entry.field if entry else "")
        )
        if severity in ("refused", "skipped"):
            self.did = severity


class Drawing:
    """A mapping, prepared for many rows. Links with `matches` wait in `wanted`."""

    def __init__(
        self,
        one: Object,
        mapping: Mapping,
        columns: Sequence[str] = (),
        context: EvaluationContext | None = None,
        parsing: ParseContext | None = None,
    ) -> None:
        """columns, context: of the file, and who imports it when; for formulas. parsing: to read plain cells at once
        where that can be done."""
        self.object = one
        self.mapping = mapping
        self._context = context
        plain = [entry for entry in mapping.columns if _is_plain(entry, one, mapping)]
        self._plain = [
            (entry, entry.name, entry.column, entry.trim, bool(entry.matches), _early(one.field(entry.name), parsing))
            for entry in plain
        ]
        self._entries = [
            (_Cell(entry), one.field(entry.name))
            for entry in mapping.columns
            if not templates(entry) and not entry.formula and entry not in plain
        ]
        self._formulas = [
            (_Cell(entry), one.field(entry.name), RowFormula(entry.formula, columns, entry.column))
            for entry in mapping.columns
            if entry.formula and columns  # without any, there is no row to be drawn
        ]
        self._templates = [(entry, templates(entry)) for entry in mapping.columns if templates(entry)]
        self._lists = {name for name, field in one.all_fields.items() if isinstance(field, _LISTS)}
        self._skips = [(rule, {text.casefold() for text in rule.equals}) for rule in mapping.skip]

    def draw(self, row: Row) -> Drawn:
        """The row's values; what is wrong with it is noted."""
        drawn = Drawn(row)
        if row.code and not (row.code == "short_row" and self.mapping.short_rows == "blank"):
            drawn.note("refused", row.code, column=row.at)
            return drawn
        if not row.cells:
            drawn.did = "skipped"
            return drawn
        for rule, unwanted in self._skips:
            if row.cells.get(rule.column, "").strip().casefold() in unwanted:
                drawn.note("skipped", "skip_rule", column=rule.column, message=rule.reason)
                return drawn
        self._take_plain(drawn)
        texts: dict[str, str] = {}
        for cell, known in self._entries:
            self._take(drawn, cell, known, texts)
        for cell, known, formula in self._formulas:
            self._work_out(drawn, cell, known, formula)
        for entry, choices in self._templates:
            self._put(
                drawn, entry, self.object.field(entry.name), _filled(choices, {**row.cells, **texts}) or entry.default
            )
        for name, parts in drawn.parts.items():
            drawn.raw[name] = parts
        return drawn

    def _take_plain(self, drawn: Drawn) -> None:
        """Columns whose cells are taken as they are: most columns of most files, so nothing is asked twice here."""
        raw, cells, clears = drawn.raw, drawn.row.cells, self.mapping.blank_cells == "clear"
        for entry, name, column, trim, is_link, read in self._plain:
            text = cells.get(column, "")
            if trim:
                text = text.strip()
            if not text:
                if clears:
                    raw.setdefault(name, None)
            elif is_link:
                drawn.wanted.append((entry, text))
            elif text[0] != "[" and (";" not in text or name not in self._lists):
                raw[name] = read(text)
            else:
                known = self.object.field(name)
                self._put(drawn, entry, known, _formed(drawn, entry, known, text) if known else text)

    def _take(self, drawn: Drawn, cell: _Cell, known: Field | None, texts: dict[str, str]) -> None:
        entry = cell.entry
        value = cell.value(drawn)
        if isinstance(value, str):
            texts.setdefault(entry.column, value)
        if value is None:
            if entry.blank_note:
                drawn.note("warning", "blank", entry, message=entry.blank_note)
            value = entry.default
        elif isinstance(value, str) and not entry.matches:
            value = _formed(drawn, entry, known, value)
        if drawn.did:
            return
        if entry.matches and value is not None:
            drawn.wanted.append((entry, str(value)))
        else:
            self._put(drawn, entry, known, value)

    def _work_out(self, drawn: Drawn, cell: _Cell, known: Field | None, formula: RowFormula) -> None:
        """What a formula makes of the row. Where its column holds something and nothing comes out, the row says so."""
        assert self._context is not None
        entry = cell.entry
        own = cell.value(drawn) if entry.column else None
        cells = drawn.row.cells if own is None else {**drawn.row.cells, entry.column: str(own)}
        made = formula.of(cells, self._context)
        if made is None and own is not None:
            drawn.note("warning", "no_result", entry)
        value = entry.default if made is None else made
        if entry.matches and value is not None:
            drawn.wanted.append((entry, str(value)))
        else:
            formed = isinstance(value, str) and (entry.currency or entry.region)
            self._put(drawn, entry, known, _formed(drawn, entry, known, value) if formed else value)

    def _put(self, drawn: Drawn, entry: Column, known: Field | None, value: Any) -> None:
        if value is None:
            if self.mapping.blank_cells == "clear" and not entry.part and drawn.raw.get(entry.name) is None:
                drawn.raw[entry.name] = None
            elif self.mapping.blank_cells == "clear" and entry.part:
                drawn.parts.setdefault(entry.name, {}).setdefault(entry.part, None)
        elif entry.part:
            drawn.parts.setdefault(entry.name, {})[entry.part] = value
        elif isinstance(known, _LISTS):
            listed = drawn.raw.get(entry.name) or []
            drawn.raw[entry.name] = [*listed, *_items(entry, known, value)]
        else:
            drawn.raw[entry.name] = value


def _early(field: Field | None, parsing: ParseContext | None) -> Callable[[str], Any]:
    """How to read a plain cell: as the field's value where reading takes long, and reading that again nothing. What the
    field refuses stays as it is, and is told where the row is written."""
    if parsing is None or not isinstance(field, _READ_EARLY):
        return str
    read = field.reader(parsing)

    def early(text: str) -> Any:
        try:
            return read(text)
        except Invalid:
            return text

    return early


def _is_plain(entry: Column, one: Object, mapping: Mapping) -> bool:
    """Whether the column's cells need nothing but trimming, and no other column gives the same field."""
    changes = entry.values or entry.repairs or entry.blanks or entry.default is not None or entry.blank_note
    forms = entry.date_format or entry.decimal_mark or entry.factor != 1 or entry.currency or entry.label or entry.part
    forms = forms or entry.form or entry.region or entry.formula
    if not entry.column or changes or forms or templates(entry) or isinstance(one.field(entry.name), Links):
        return False
    return sum(other.name == entry.name for other in mapping.columns) == 1


class _Cell:
    """One column's texts, cleaned: trimmed, blanks taken out, values and repairs applied."""

    def __init__(self, entry: Column) -> None:
        self.entry = entry
        self._blanks = {text.casefold() for text in entry.blanks}
        self._values = {text.casefold(): value for text, value in entry.values.items()}
        self._repairs = {text.casefold(): value for text, value in entry.repairs.items()}
        self._written = {text.casefold(): text for text in entry.repairs}

    def value(self, drawn: Drawn) -> Any:
        """What the row says: text, or whatever the mapping puts in its place; None for blank."""
        entry = self.entry
        if not entry.column:
            return entry.constant
        text = drawn.row.cells.get(entry.column, "")
        text = text.strip() if entry.trim else text
        if not text:
            return None
        if not (self._blanks or self._repairs or self._values):
            return text
        folded = text.casefold()
        if folded in self._blanks:
            return None
        found: Any = text
        if folded in self._repairs:
            found = self._repairs[folded]
            drawn.note("repaired", "repaired", entry, message=f'"{self._written[folded]}" is taken as "{found}".')
            folded = str(found).casefold()
        return self._values.get(folded, found)


def _formed(drawn: Drawn, entry: Column, known: Field | None, text: str) -> Any:
    """The text as the field can read it."""
    if entry.date_format:
        formats = (entry.date_format,) if isinstance(entry.date_format, str) else entry.date_format
        for one in formats:
            try:
                return datetime.strptime(text, one)  # noqa: DTZ007  a moment without a zone is UTC, as in the field itself
            except ValueError:
                continue
        drawn.note("refused", "invalid_date", entry)
        return None
    if entry.decimal_mark or entry.factor != 1:
        return _number(drawn, entry, text)
    if entry.currency and isinstance(known, MoneyField):
        return _money(entry, text)
    if entry.form and "," in text:
        last, _comma, first = text.partition(",")
        return {"first": first.strip(), "last": last.strip()}
    if entry.region and isinstance(known, Phones):
        return ";".join(e164(part.strip(), entry.region) for part in text.split(";") if part.strip())
    if text[:1] == "[" and isinstance(known, _LISTS):
        try:
            return msgspec.json.decode(text)
        except (msgspec.DecodeError, UnicodeEncodeError):
            return text
    return text


def _number(drawn: Drawn, entry: Column, text: str) -> Any:
    before, digits, after = _AROUND.match(text).groups()  # type: ignore[union-attr]
    if entry.decimal_mark:
        other = "," if entry.decimal_mark == "." else "."
        digits = digits.replace(other, "").replace(entry.decimal_mark, ".")
    try:
        number = Decimal(plain_number(digits) if not entry.decimal_mark else digits.strip()) * Decimal(
            str(entry.factor)
        )
    except (InvalidOperation, ValueError):
        drawn.note("refused", "invalid_number", entry)
        return None
    plain = format(number.normalize() if number == number.to_integral_value() else number, "f")
    text = f"{before}{plain} {after}".strip()
    return _money(entry, text) if entry.currency else text


def _money(entry: Column, text: str) -> Any:
    """A bare number gets the mapping's currency; one that says its own keeps it."""
    is_bare = not re.search(r"[^\d\s.,'+\-\u00a0\u202f]", text)
    return {"amount": text, "currency": entry.currency} if is_bare else text


def _items(entry: Column, known: Field, value: Any) -> list[Any]:
    """The items of a cell: a JSON list, else text with semicolons between them."""
    if isinstance(value, list):
        return value
    if not isinstance(value, str) or isinstance(known, WebAddresses):
        items = [value]
    elif isinstance(known, (Tags, MultiChoice)):
        items = read_list(known, value)
    else:
        items = [part for part in (piece.strip() for piece in value.split(";")) if part]
    return [{"value": item, "label": entry.label} for item in items] if entry.label else items


def _filled(choices: tuple[str, ...], texts: dict[str, str]) -> str | None:
    for template in choices:
        names = placeholders(template)
        if all(texts.get(name, "").strip() for name in names):
            for name in names:
                template = template.replace(f"{{{name}}}", texts[name].strip())
            return template
    return None
