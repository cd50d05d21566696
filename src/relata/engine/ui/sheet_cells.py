"""The cells of a list as PostgreSQL writes them: what `sheets` makes of shown values, in CSV and in JSON lines. Labels
of choices, yes and no are in the language of whoever reads; moments in their time zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from relata.engine.metadata.fields import (
    Address,
    AutoNumber,
    Boolean,
    Choice,
    Date,
    DateTime,
    DecimalField,
    Duration,
    Field,
    File,
    Integer,
    MoneyField,
    MultiChoice,
    PersonName,
    Rating,
    Tags,
    Text,
)
from relata.engine.metadata.fields.contact import SeveralValues
from relata.engine.query.lines import Line, Writing
from relata.engine.query.result import MASK, Cell, Shape
from relata.engine.transfer import sql_texts as texts
from relata.engine.transfer.csv_lines import CellText, line_of
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import language


@dataclass(frozen=True, slots=True)
class SheetColumns:
    """title: the path of the title. paths: of the other columns. links: by the path of a link, those of what it leads
    to: its title, and its id, which is there for who may see it."""

    title: str
    paths: tuple[str, ...]
    links: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Value:
    """One value. text: as a cell of CSV, null for none. json: as JSON, null for none; of the text where it is ""."""

    text: str
    json: str = ""
    is_plain: bool = False


def sheet_writing(columns: SheetColumns, form: str, zone: str) -> Writing:
    """form: csv or jsonl. zone: IANA, of the reader."""
    name = ("sheet", form, zone, language(), columns.title, columns.paths)

    def write(shape: Shape) -> Line | None:
        cells = {cell.key: cell for cell in shape.cells}
        title = _title(cells[columns.title]) if columns.title in cells else None
        values = [_value(cells, columns, path, zone) for path in columns.paths]
        known = [value for value in (title, *values) if value is not None]
        if len(known) <= len(values):
            return None
        if form == "csv":
            return line_of(name, [CellText(value.text, value.is_plain) for value in known])
        id_at = f"c{cells['id'].start}"
        parts = [texts.literal('{"id":"'), f"{id_at}::text", texts.literal('"')]
        for path, value in zip((columns.title, *columns.paths), known, strict=True):
            parts.append(texts.literal("," + msgspec.json.encode(path).decode() + ":"))
            parts.append(f"coalesce({value.json or f'to_json({value.text})::text'}, 'null')")
        return Line(name, (), texts.joined([*parts, "'}'", "chr(10)"]))

    return write


def _title(cell: Cell) -> _Value | None:
    at = f"c{cell.start}"
    if cell.masked:
        return _masked(cell)
    if isinstance(cell.field, Choice):
        at = _labels(cell.field, at)
    elif not isinstance(cell.field, (Text, AutoNumber, PersonName)):
        return None
    return _Value(f"coalesce(nullif({at}, ''), {texts.literal(_('Untitled'))})")


def _value(cells: Mapping[str, Cell], columns: SheetColumns, path: str, zone: str) -> _Value | None:
    cell = cells[path]
    if cell.masked:
        return _masked(cell)
    if path in columns.links:
        title, seen = (cells[one] for one in columns.links[path])
        if title.masked:
            return None
        words = f"coalesce(nullif(c{title.start}::text, ''), {texts.literal(_('Untitled'))})"
        hidden = texts.literal(_("Not visible to you"))
        return _Value(
            f"case when c{cell.start} is null then null when c{seen.start} is null then {hidden} else {words} end"
        )
    return _computed(cell, zone) if cell.field is None else _of_field(cell.field, cell, zone)


def _masked(cell: Cell) -> _Value:
    return _Value(f"case when c{cell.start} is not null then '{MASK}' end")


def _computed(cell: Cell, zone: str) -> _Value | None:
    """An id, a part, a result."""
    at = f"c{cell.start}"
    match cell.kind:
        case "text":
            return _Value(at)
        case "id":
            return _Value(f"{at}::text", "", True)
        case "number":  # exact ones are texts in JSON, as amounts are
            exact = f"pg_typeof({at}) = 'numeric'::regtype"
            return _Value(f"{at}::text", f"case when {exact} then to_json({at}::text)::text else {at}::text end", True)
        case "boolean":
            return _truth(at)
        case "date":
            return _Value(texts.day(at), "", True)
        case "datetime":
            return _moment(at, zone)
        case "duration":
            return _hours(at)
    return None


def _of_field(field: Field, cell: Cell, zone: str) -> _Value | None:
    at, second = f"c{cell.start}", f"c{cell.start + 1}"
    match field:
        case Choice():
            return _Value(_labels(field, at))
        case Text() | AutoNumber():
            return _Value(at)
        case Integer() | Rating():
            return _Value(f"{at}::text", f"{at}::text", True)
        case DecimalField() | File():
            return _Value(f"{at}::text", "", True)
        case Boolean():
            return _truth(at)
        case Date():
            return _Value(texts.day(at), "", True)
        case DateTime():
            return _moment(at, zone)
        case Duration():
            return _hours(at)
        case MoneyField():
            told = f"""'{{"amount":"' || {at}::text || '","currency":"' || {second} || '"}}'"""
            return _Value(f"{at}::text || ' ' || {second}", told)
        case Address():
            street, postcode, city, region, country = (f"nullif(c{cell.start + part}, '')" for part in range(5))
            return _Value(f"nullif(concat_ws(', ', {street}, {city}, {postcode}, {region}, {country}), '')")
        case PersonName():
            parts = ", ".join(f"nullif(c{cell.start + part}, '')" for part in (1, 2, 3))
            return _Value(f"nullif(concat_ws(', ', {parts}), '')")
        case Tags():
            return _Value(f"nullif(array_to_string({at}, ', '), '')", _listed(f"to_json({at})::text", at))
        case MultiChoice():
            said = f"select {{}} from unnest({at}) with ordinality as items(item, place)"
            label = _labels(field, "item")
            text = said.format(f"string_agg({label}, ', ' order by place)")
            return _Value(f"({text})", _listed(f"({said.format(f'json_agg({label} order by place)')})::text", at))
        case SeveralValues():
            items = f"from jsonb_array_elements({second}) with ordinality as items(item, place)"
            text = f"(select string_agg({texts.ITEM_VALUE}, ', ' order by place) {items})"
            listed = f"(select '[' || string_agg(to_json({texts.ITEM_VALUE})::text, ',' order by place) || ']' {items})"
            return _Value(f"case jsonb_array_length({second}) when 1 then {at} else {text} end", listed)
    return None


def _labels(field: Choice | MultiChoice, at: str) -> str:
    """An option's label; a value that is none stays."""
    if not field.options:
        return at
    cases = " ".join(
        f"when {texts.literal(option.value)} then {texts.literal(option.title)}" for option in field.options
    )
    return f"case {at} {cases} else {at} end"


def _truth(at: str) -> _Value:
    yes, no = texts.literal(_("Yes")), texts.literal(_("No"))
    return _Value(f"case when {at} then {yes} when not {at} then {no} end", f"{at}::text")


def _hours(at: str) -> _Value:
    hours = f"({texts.degrees(f'(extract(epoch from {at}) / 3600)::double precision')})"
    return _Value(hours, hours, True)


def _moment(at: str, zone: str) -> _Value:
    """To the minute in CSV; RFC 3339 with the zone's offset in JSON, microseconds only where there are some."""
    here = f"({at} at time zone {texts.literal(zone)})"
    offset = f"extract(epoch from {here} - ({at} at time zone 'UTC'))::integer"
    sign = f"case when {offset} < 0 then '-' else '+' end"
    shift = f"{sign} || to_char(make_interval(secs => abs({offset})), 'HH24:MI')"
    form = 'YYYY-MM-DD"T"HH24:MI:SS'
    whole = f"case when date_trunc('second', {at}) = {at} then '{form}' else '{form}.US' end"
    return _Value(
        f"to_char({here}, 'YYYY-MM-DD HH24:MI')", f"""'"' || to_char({here}, {whole}) || {shift} || '"'""", True
    )


def _listed(sql: str, at: str) -> str:
    return f"case when cardinality({at}) > 0 then {sql} end"


def columns_of(title: str, paths: Sequence[str], links: Mapping[str, tuple[str, str]]) -> SheetColumns:
    """The columns without the title's own."""
    return SheetColumns(title, tuple(path for path in paths if path not in ("id", title)), links)
