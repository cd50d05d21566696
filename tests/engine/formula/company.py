"""A company small enough for a test: accounts, their contacts, and opportunities with activities; in memory and in
tables made by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from relata.engine.formula import (
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    GEO,
    JSON,
    MONEY,
    NUMBER,
    TEXT,
    Columns,
    Many,
    Ref,
    Type,
    Unknown,
    Values,
    id_of,
    list_of,
)

STAGES = frozenset({"new", "qualified", "won", "lost"})
INDUSTRIES = frozenset({"software", "retail", "health"})


@dataclass(frozen=True)
class Thing:
    """An object of the test: fields by name, links with their target, relations with their target and its link."""

    name: str
    fields: Mapping[str, Type]
    links: Mapping[str, str] = field(default_factory=dict)
    relations: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    choices: Mapping[str, frozenset[str]] = field(default_factory=dict)
    required: frozenset[str] = frozenset()


THINGS = {
    thing.name: thing
    for thing in (
        Thing(
            "account",
            {"name": TEXT, "industry": TEXT, "employees": NUMBER, "founded": DATE, "revenue": MONEY},
            relations={"contacts": ("contact", "account")},
            choices={"industry": INDUSTRIES},
        ),
        Thing("contact", {"name": TEXT, "is_active": BOOLEAN, "born": DATE, "score": NUMBER}, {"account": "account"}),
        Thing(
            "activity",
            {"kind": TEXT, "at": DATETIME, "length": DURATION, "cost": MONEY},
            {"opportunity": "opportunity"},
        ),
        Thing(
            "opportunity",
            {
                "name": TEXT,
                "notes": TEXT,
                "stage": TEXT,
                "tags": list_of(TEXT),
                "scores": list_of(NUMBER),
                "amount": MONEY,
                "budget": MONEY,
                "probability": NUMBER,
                "factor": NUMBER,
                "seats": NUMBER,
                "is_hot": BOOLEAN,
                "is_new": BOOLEAN,
                "close_date": DATE,
                "start_date": DATE,
                "created_at": DATETIME,
                "called_at": DATETIME,
                "effort": DURATION,
                "spent": DURATION,
                "place": GEO,
                "extra": JSON,
            },
            {"account": "account", "owner": "person"},
            {"activities": ("activity", "opportunity")},
            choices={"stage": STAGES, "tags": frozenset({"vip", "late", "eu"})},
            required=frozenset({"name", "is_new"}),
        ),
        Thing("person", {"name": TEXT}),
    )
}

_SQL: dict[Type, Any] = {
    TEXT: sa.Text(),
    NUMBER: sa.Numeric(),
    BOOLEAN: sa.Boolean(),
    DATE: sa.Date(),
    DATETIME: sa.DateTime(timezone=True),
    DURATION: sa.Interval(),
    MONEY: sa.Numeric(),
    GEO: sa.Text(),
    JSON: JSONB(),
    list_of(TEXT): ARRAY(sa.Text()),
    list_of(NUMBER): ARRAY(sa.Numeric()),
}
METADATA = sa.MetaData()


def _table(thing: Thing) -> sa.Table:
    columns: list[sa.Column[Any]] = [sa.Column("id", sa.Uuid(), primary_key=True)]
    for name, type_ in thing.fields.items():
        columns.append(sa.Column(name, sa.BigInteger() if name in ("seats", "employees") else _SQL[type_]))
        if type_ == MONEY:
            columns.append(sa.Column(f"{name}_currency", sa.Text()))
    columns += [sa.Column(f"{link}_id", sa.Uuid()) for link in thing.links]
    return sa.Table(thing.name, METADATA, *columns)


TABLES = {thing.name: _table(thing) for thing in THINGS.values()}


class CompanyScope:
    """The names of one object."""

    def __init__(self, name: str, hidden: frozenset[str] = frozenset()) -> None:
        self._thing = THINGS[name]
        self._hidden = hidden

    def resolve(self, path: tuple[str, ...]) -> Ref:
        thing, nullable = self._thing, False
        for index, name in enumerate(path):
            known = [n for n in (*thing.fields, *thing.links, "id") if n not in self._hidden]
            if name not in known:
                raise Unknown(index, known)
            if name in thing.links:
                nullable = True
                if index == len(path) - 1:
                    return Ref(path, id_of(thing.links[name]), None, True)
                thing = THINGS[thing.links[name]]
                continue
            return self._end(thing, path, index, nullable)
        raise Unknown(len(path) - 1)

    def _end(self, thing: Thing, path: tuple[str, ...], index: int, nullable: bool) -> Ref:
        name = path[index]
        if name == "id":
            return Ref(path, id_of(thing.name), None, nullable)
        type_, rest = thing.fields[name], path[index + 1 :]
        if type_ == MONEY and rest == ("currency",):
            return Ref(path, TEXT)
        if rest:
            raise Unknown(index + 1, ("currency",) if type_ == MONEY else ())
        return Ref(path, type_, thing.choices.get(name), nullable or name not in thing.required)

    def many(self, name: str) -> Many:
        if name not in self._thing.relations:
            raise Unknown(0, list(self._thing.relations))
        target, _ = self._thing.relations[name]
        return Many(name, target, CompanyScope(target))

    def title_path(self, object_name: str) -> str | None:
        return "name" if "name" in THINGS[object_name].fields else None


class CompanyColumns:
    """Columns of one object's row; a link is followed by a scalar subquery, plain rather than fast."""

    def __init__(self, name: str, table: Any) -> None:
        self._thing, self._table = THINGS[name], table

    def column(self, ref: Ref) -> Any:
        if ref.path[-1] == "currency":
            return self._at(ref.path[:-1], "_currency")
        return self._at(ref.path, "")

    def currency(self, ref: Ref) -> Any:
        return self._at(ref.path, "_currency")

    def _at(self, path: tuple[str, ...], suffix: str) -> Any:
        first = path[0]
        if len(path) == 1:
            return self._table.c[f"{first}_id" if first in self._thing.links else first + suffix]
        target = self._thing.links[first]
        other = TABLES[target].alias()
        column = CompanyColumns(target, other)._at(path[1:], suffix)
        return sa.select(column).where(other.c.id == self._table.c[f"{first}_id"]).scalar_subquery()

    def exists(self, many: Many, build: Callable[[Columns], Any]) -> Any:
        return self._related(many, build, sa.literal_column("1")).exists()

    def count(self, many: Many, build: Callable[[Columns], Any]) -> Any:
        return self._related(many, build, sa.func.count()).scalar_subquery()

    def extreme(
        self, many: Many, function: str, item: Callable[[Columns], Any], build: Callable[[Columns], Any]
    ) -> Any:
        return self._related(many, build, lambda columns: getattr(sa.func, function)(item(columns))).scalar_subquery()

    def _related(self, many: Many, build: Callable[[Columns], Any], what: Any) -> Any:
        target, link = self._thing.relations[many.name]
        other = TABLES[target].alias()
        columns = CompanyColumns(target, other)
        condition, what = build(columns), what(columns) if callable(what) else what
        return sa.select(what).select_from(other).where(other.c[f"{link}_id"] == self._table.c.id, condition)


@dataclass
class Record:
    """values: by field name; a link holds the linked Record."""

    values: Mapping[str, Any]
    related: Mapping[str, list[Record]] = field(default_factory=dict)

    def value(self, ref: Ref) -> object:
        return self._at(ref.path)

    def _at(self, path: tuple[str, ...]) -> object:
        value = self.values.get(path[0])
        if len(path) == 1:
            return value.values["id"] if isinstance(value, Record) else value
        if isinstance(value, Record):
            return value._at(path[1:])
        return None if value is None else getattr(value, path[1])

    def children(self, many: Many) -> Iterable[Values]:
        return self.related.get(many.name, [])
