"""What a hit shows: values of the record's own row, and only of fields that this person may read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from relata.engine.access.actor import Actor
from relata.engine.metadata.fields import Emails, Field, Phones, WebAddresses
from relata.engine.metadata.object import Object
from relata.engine.search.indexed import column_names, folded_text, indexed_fields
from relata.engine.search.permitted import access_sql
from relata.engine.search.words import Query
from relata.engine.storage.database import Connection, Row
from relata.engine.storage.planner import quoted
from relata.engine.storage.tables import Tables

MAX_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Place:
    """A record by object and id."""

    object: str
    id: UUID


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found. title: None where this person may not read it. field: the name of the field beside the
    title that matched, else of the first one with a value, with its text; "" when there is none."""

    object: str
    id: UUID
    title: str | None
    field: str = ""
    text: str = ""


async def show(
    connection: Connection, tables: Tables, actor: Actor, places: Sequence[Place], query: Query | None = None
) -> list[Hit]:
    """The places as hits, in their order; those that this actor may not read, or no longer, are left out."""
    found: dict[UUID, Hit] = {}
    for name in dict.fromkeys(place.object for place in places):
        one = tables.registry.objects.get(name)
        if one is not None:
            ids = [place.id for place in places if place.object == name]
            found.update(await _read(connection, tables, actor, one, ids, query))
    return [found[place.id] for place in places if place.id in found]


async def _read(
    connection: Connection, tables: Tables, actor: Actor, one: Object, ids: list[UUID], query: Query | None
) -> dict[UUID, Hit]:
    fields = [field for field in indexed_fields(one).values() if actor.rights.readable(one, field)]
    columns = ["id", *(name for field in fields for name in column_names(field))]
    rows = await connection.fetch(
        f"select {', '.join(f't.{quoted(name)}' for name in columns)} from {quoted(tables.schema)}.{quoted(one.name)} t"
        f" where t.id = any(%(ids)s) and t.deleted_at is null and {access_sql(actor, tables, one)}",
        {**actor.parameters(), "ids": ids},
    )
    return {row[0]: _hit(one, fields, row, query) for row in rows}


def _hit(one: Object, fields: list[Field], row: Row, query: Query | None) -> Hit:
    values: dict[str, tuple[str, str]] = {}
    place = 1
    for field in fields:
        count = len(field.columns())
        value = field.from_columns(tuple(row[place : place + count]))
        place += count
        values[field.name] = (_text(field, value), folded_text(field, value))
    title = values.pop(one.title_field)[0] if one.title_field in values else None
    name = _matching(values, query) or next((name for name, (text, _) in values.items() if text), "")
    return Hit(one.name, row[0], title, name, values[name][0] if name else "")


def _matching(values: dict[str, tuple[str, str]], query: Query | None) -> str:
    if query is None:
        return ""
    asked = [*query.words, *([query.digits] if query.digits else [])]
    return next((name for name, (_, folded) in values.items() if any(word in folded for word in asked)), "")


def _text(field: Field, value: Any) -> str:
    if isinstance(field, (Emails, Phones, WebAddresses)):
        return ", ".join(entry.value for entry in value or ())[:MAX_SHOWN]
    return field.to_text(value)[:MAX_SHOWN]
