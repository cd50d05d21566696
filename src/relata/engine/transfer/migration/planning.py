"""What an export becomes here: which table which object, which column which field, what must be made for it, and what
is left out, with the reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import msgspec

from relata.engine.metadata.fields import AnyLink, Choice, Field, Link, Links, MoneyField, MultiChoice, Phones
from relata.engine.metadata.object import Object
from relata.engine.metadata.overlay import OF_POSTGRESQL, RESERVED
from relata.engine.metadata.registry import Registry
from relata.engine.transfer.mapping import Column, Mapping, placeholders, templates
from relata.engine.transfer.migration.declared import Closing, Pointer, Source, Table
from relata.engine.transfer.migration.export import Export
from relata.engine.transfer.wizard.inventing import definition_of, name_of, options_of, proposed_type
from relata.engine.transfer.wizard.profile import ColumnProfile, profile_of_rows
from relata.engine.transfer.wizard.proposing import unknown_values


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a person says of an export as a whole. currency: ISO 4217, of amounts without one; region: ISO 3166-1, of
    phones without a country; "" for the workspace's. fields: whether columns without a home get fields."""

    currency: str = ""
    region: str = ""
    fields: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One table on its way. rows: how many. made_object: the definition of an object that must be made. made_fields,
    made_options: likewise; options are all of a field, by field. late: pointers that need rows of later tables.
    left: columns that stay behind, with the reason: empty, system or unwanted."""

    table: Table
    object: str
    label: str
    rows: int
    mapping: Mapping
    pointers: tuple[Pointer, ...]
    late: tuple[Pointer, ...]
    closing: Closing | None
    made_object: dict[str, Any] | None
    made_fields: tuple[dict[str, Any], ...]
    made_options: dict[str, list[dict[str, Any]]]
    left: dict[str, str]
    fields_of: dict[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """All tables in the order in which they are brought."""

    source: Source
    tables: tuple[Planned, ...]


def plan(registry: Registry, export: Export, options: Options = Options()) -> Plan:
    """Every table of the export. Reads each file once; about a microsecond a cell: not in the event loop."""
    source = export.source
    declared = [one for one in source.tables if one.rows is not None or export.has(one.name)]
    numbers = _Numbers(export, declared)
    silent = source.silent | {one.table for one in source.files}
    tables = [_undeclared(source, export, name) for name in export.others if name not in silent]
    order = sorted([*declared, *tables], key=lambda one: _rank(source, one, tables))
    planning = _Planning(registry, export, options, order, numbers)
    return Plan(source, tuple(found for one in order if (found := planning.table(one)) is not None))


def _rank(source: Source, table: Table, undeclared: list[Table]) -> int:
    """People first, then tables that nobody knows, since known ones may point at them, then the order of the source."""
    if table in undeclared:
        return 1
    return 0 if table.of == "user" else 2 + source.tables.index(table)


def _undeclared(source: Source, export: Export, name: str) -> Table:
    """A table that the source does not declare."""
    like, columns = source.unknown, export.files[name].columns
    key = like.key if set(like.key) <= set(columns) else ()
    label = source.label_of(name)
    many = label if label.endswith("s") else f"{label[:-1]}ies" if label.endswith("y") else f"{label}s"
    title = next((one for one in ("Name", "Subject", "Title", f"{label} Name") if one in columns), "")
    single = label[:-1] if label.endswith("s") and not label.endswith("ss") else label
    return replace(like, name=name, of=name_of(single), key=key, labels=(single, many), title=title)


class _Numbers:
    """Which table a number is of, to find links in columns that nobody declared."""

    def __init__(self, export: Export, tables: list[Table]) -> None:
        self._tables: dict[str, set[str]] = {}
        for table in tables:
            if len(table.key) == 1 and table.of != "user" and table.rows is None:
                self._tables[table.name] = {
                    export.source.number(cells.get(table.key[0], "").strip()) for cells in export.cells(table.name)
                }
        for name in export.others:
            key = export.source.unknown.key
            if len(key) == 1 and key[0] in export.files[name].columns:
                self._tables[name] = {
                    export.source.number(cells.get(key[0], "").strip()) for cells in export.cells(name)
                }
        self._number = export.source.number

    def target(self, column: ColumnProfile) -> str:
        """The one table whose numbers most texts of the column are; "" for none or several. Only numbers that are long
        enough not to be one by chance are believed."""
        texts = [self._number(text) for text in column.samples if len(text) >= 8]
        if not texts or len(texts) < len(column.samples):
            return ""
        found = [name for name, known in self._tables.items() if sum(text in known for text in texts) >= len(texts)]
        return found[0] if len(found) == 1 else ""


class _Planning:
    def __init__(
        self, registry: Registry, export: Export, options: Options, order: list[Table], numbers: _Numbers
    ) -> None:
        self._registry, self._export, self._options, self._order = registry, export, options, order
        self._numbers, self._source = numbers, export.source
        #: Fields that tables of this plan make, by object: two tables may bring the same object.
        self._new: dict[str, dict[str, dict[str, Any]]] = {}
        self._made: set[str] = set()

    def table(self, table: Table) -> Planned | None:
        """One table; None for one that has nothing to become here."""
        one = self._registry.objects.get(table.of)
        columns = self._export.columns(table)
        profile = profile_of_rows(columns, (row.cells for row in self._export.rows(table)))
        if not profile.rows or (one is None and not self._options.fields):
            return None
        made_object = None
        if one is None and table.of not in self._made:
            made_object = {
                "name": table.of, "plural": name_of(table.labels[1] or f"{table.of}s"),
                "label": table.labels[0] or table.of, "plural_label": table.labels[1], "icon": table.icon,
            }  # fmt: skip
            if made_object["plural"] == made_object["name"]:
                made_object["plural"] += "_list"
            self._made.add(table.of)
        found = _with_currencies([entry for entry in table.columns if _has(entry, columns, one)])
        found = [self._fitted(entry, one) for entry in found]
        is_own = one is None or (one.custom and one.title_field == "name")
        if is_own and not any(entry.field == "name" for entry in found):
            found.append(_title_of(table, columns))
        made_fields: dict[str, dict[str, Any]] = {}
        pointers = [
            pointer for given in table.pointers if (pointer := self._pointer(given, one, columns, table, made_fields))
        ]
        left = self._left(table, profile.columns, found, pointers)
        for column in profile.columns:
            if column.name in left or (column.name in _used(found, pointers, table) and column.name not in table.kept):
                continue
            if not self._options.fields:
                left[column.name] = "unwanted"
                continue
            entry = self._home(column, one, table, made_fields, found)
            if isinstance(entry, Pointer):
                pointers.append(entry)
            else:
                found.append(entry)
        self._new.setdefault(table.of, {}).update(made_fields)
        late = tuple(pointer for pointer in pointers if self._is_late(pointer, table))
        return Planned(
            table=table, object=table.of, label=one.title_plural if one else table.labels[1] or table.of,
            rows=profile.rows,
            mapping=Mapping(
                table.of, tuple(found), blank_cells="clear", short_rows="blank", skip=_skips(table, columns)
            ),
            pointers=tuple(pointer for pointer in pointers if pointer not in late), late=late,
            closing=table.closing if table.closing and one and table.closing.when[0] in columns else None,
            made_object=made_object, made_fields=tuple(made_fields.values()),
            made_options=self._options_of(one, found, profile.columns), left=left,
            fields_of={entry.column: entry.name for entry in found if entry.column},
        )  # fmt: skip

    def _fitted(self, entry: Column, one: Object | None) -> Column:
        """The entry with what was said of the export as a whole."""
        field = one.field(entry.name) if one else None
        if isinstance(field, MoneyField) and self._options.currency and not entry.currency and not entry.part:
            return msgspec.structs.replace(entry, currency=self._options.currency)
        if isinstance(field, Phones) and self._options.region and not entry.region:
            return msgspec.structs.replace(entry, region=self._options.region)
        return entry

    def _pointer(
        self, given: Pointer, one: Object | None, columns: tuple[str, ...], table: Table,
        made: dict[str, dict[str, Any]],
    ) -> Pointer | None:  # fmt: skip
        """With the ways that this export has; None without any, or where the object has no such link."""
        ways = tuple(way for way in given.ways if way[0] in columns)
        if not ways:
            return None
        if one is None:
            return Pointer(given.field, ways) if given.field == "owner" else self._made_link(given, ways, table, made)
        field = one.field(given.field)
        if field is None:
            return self._made_link(given, ways, table, made)
        return Pointer(given.field, ways) if isinstance(field, (Link, Links, AnyLink)) else None

    def _made_link(
        self, given: Pointer, ways: tuple[Any, ...], table: Table, made: dict[str, dict[str, Any]]
    ) -> Pointer | None:
        """A link that must be made, to the one object that its tables become."""
        if not self._options.fields:
            return None
        to = {known.of for known in self._order if known.name in given.tables or _is_alias(known, given.tables)}
        if len(to) != 1:
            return None
        target = to.pop()
        if target not in self._registry.objects and not any(known.of == target for known in self._order):
            return None
        label = given.field.replace("_", " ").capitalize()
        made[given.field] = {"name": given.field, "label": label, "type": "link", "to": target,
                             "reverse": name_of(f"{table.of}_{given.field}_of")}  # fmt: skip
        return Pointer(given.field, ways)

    def _left(
        self, table: Table, columns: tuple[ColumnProfile, ...], found: list[Column], pointers: list[Pointer]
    ) -> dict[str, str]:
        used = _used(found, pointers, table)
        left = {}
        for column in columns:
            if column.name in used and column.name not in table.kept:
                continue
            if column.name in table.left or column.name in self._source.left:
                left[column.name] = "system"
            elif not column.filled:
                left[column.name] = "empty"
        return left

    def _home(
        self, column: ColumnProfile, one: Object | None, table: Table, made: dict[str, dict[str, Any]],
        found: list[Column],
    ) -> Column | Pointer:  # fmt: skip
        """A field for a column that has none: the one of the last time, else a new one."""
        label = self._source.label_of(column.name)
        target = self._numbers.target(column)
        taken = {entry.name for entry in found}
        name = name_of(label)
        field = one.field(name) if one else None
        if (field is not None and not field.custom) or name in taken or name in RESERVED | OF_POSTGRESQL:
            name = name_of(f"{self._source.name} {label}")
            field = one.field(name) if one else None
        if target:
            to = next(known.of for known in self._order if known.name == target)
            if field is None:
                made[name] = {"name": name, "label": label[:80], "type": "link", "to": to,
                              "reverse": name_of(f"{table.of}_{name}_of")}  # fmt: skip
            return Pointer(name, ((column.name, (target,)),))
        known = self._new.get(table.of, {}).get(name)
        kind = field.type_name if field else known["type"] if known else proposed_type(column)
        if field is None and known is None:
            kind = "text" if kind == "phone" else kind
            made[name] = {**definition_of(label, kind, column, set()), "name": name}
            kind = made[name]["type"]
        return Column(
            name, column.name, date_format=column.date_forms[:1] if kind in ("date", "datetime") else (),
            decimal_mark=column.marks[0] if column.marks and kind in ("decimal", "money", "percent") else "",  # type: ignore[arg-type]
            currency=(self._options.currency if kind == "money" and not column.currency else ""),
        )  # fmt: skip

    def _is_late(self, pointer: Pointer, table: Table) -> bool:
        """Whether it leads to rows that are not there yet when this table is brought."""
        before = self._order[: self._order.index(table)]
        there = {name for known in before for name in (known.name, *(alias for alias, _column in known.aliases))}
        named = {name for known in self._order for name in (known.name, *(alias for alias, _column in known.aliases))}
        return bool(pointer.tables & named - there)

    def _options_of(
        self, one: Object | None, found: list[Column], columns: tuple[ColumnProfile, ...]
    ) -> dict[str, list[dict[str, Any]]]:
        """All options of the choices that lack a word of the export."""
        by_name = {column.name: column for column in columns}
        wanted: dict[str, list[dict[str, Any]]] = {}
        for entry in found:
            field = one.field(entry.name) if one else None
            if not isinstance(field, (Choice, MultiChoice)) or entry.column not in by_name or _is_state(one, field):
                continue
            told = {text.casefold() for text in (*entry.values, *entry.blanks, *entry.repairs)}
            words = [word for word in unknown_values(field, by_name[entry.column]) if word.casefold() not in told]
            if words:
                known = [msgspec.to_builtins(option) for option in field.options]
                wanted[field.name] = known + options_of(words, [option.value for option in field.options])
        return wanted


def _is_state(one: Object | None, field: Field) -> bool:
    return field.read_only or bool(one and one.lifecycle and one.lifecycle.field == field.name)


def _has(entry: Column, columns: tuple[str, ...], one: Object | None) -> bool:
    """Whether file and object have what the entry names."""
    named = [entry.column] if entry.column else [name for text in templates(entry) for name in placeholders(text)]
    if entry.column and entry.column not in columns:
        return False
    if templates(entry) and not any(set(placeholders(text)) <= set(columns) for text in templates(entry)):
        return False
    if one is None:
        return entry.field == "name" or not named
    return one.field(entry.name) is not None


def _with_currencies(found: list[Column]) -> list[Column]:
    """Amounts whose currency stands in a column of its own are the other part of the same value."""
    told = {entry.name for entry in found if entry.part == "currency"}
    return [
        msgspec.structs.replace(entry, field=f"{entry.field}.amount") if entry.field in told else entry
        for entry in found
    ]


def _title_of(table: Table, columns: tuple[str, ...]) -> Column:
    """What a record of an object that is made is called."""
    title = table.title if table.title in columns else ""
    spare = " ".join(f"{{{name}}}" for name in table.key) if table.key else table.labels[0] or table.name
    return Column("name", template=(f"{{{title}}}", spare) if title else spare)


def _used(found: list[Column], pointers: list[Pointer], table: Table) -> set[str]:
    """Columns that have a place."""
    used = {entry.column for entry in found if entry.column}
    used |= {name for entry in found for text in templates(entry) for name in placeholders(text)}
    used |= {column for pointer in pointers for column, _names in pointer.ways}
    used |= {column for pointer in table.pointers for column, _names in pointer.ways}
    if table.closing:
        used.add(table.closing.when[0])
        used |= {column for pointer in table.closing.pointers for column, _names in pointer.ways}
    return used | {table.made, table.changed, table.made_by, *table.key, *(rule.column for rule in table.skip)}


def _skips(table: Table, columns: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(rule for rule in table.skip if rule.column in columns)


def _is_alias(table: Table, names: frozenset[str]) -> bool:
    return any(alias in names for alias, _column in table.aliases)
