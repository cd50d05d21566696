"""Finding records by what a person types, within what this person may see.

Each hit is joined with its own row, whose access columns decide; only the codes and texts of readable fields are asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from relata.engine.access.actor import Actor
from relata.engine.access.levels import Level
from relata.engine.metadata.fields import Field, Phones
from relata.engine.metadata.object import Object
from relata.engine.query.ground import Ground
from relata.engine.search.filled import filled
from relata.engine.search.hits import Hit, Place, show
from relata.engine.search.indexed import indexed_fields
from relata.engine.search.permitted import Permitted, permitted
from relata.engine.search.words import Query, codes_for, parse
from relata.engine.storage.database import Connection

#: Records that are ranked, per object: the first so many whose title begins so, and so many that match elsewhere. A
#: query that matches more is too wide to be ranked exactly. Who sees one record in twenty passes over nineteen for
#: each: with twice as many, a representative's search at a million contacts took 160 ms.
BEGINNINGS, CANDIDATES = 40, 60


@dataclass(slots=True)
class _Parameters:
    """The values of one statement, each under a name of its own."""

    values: dict[str, Any]

    def __call__(self, value: Any, cast: str = "text") -> str:
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"%({name})s::{cast}"


@dataclass(frozen=True, slots=True)
class _Asked:
    """An object to look in, and what the actor may read of it."""

    object: Object
    fields: dict[str, Field]
    permitted: Permitted

    @property
    def has_title(self) -> bool:
        return self.object.title_field in self.fields


async def search(
    connection: Connection,
    ground: Ground,
    actor: Actor,
    text: str,
    *,
    objects: Iterable[str] | None = None,
    limit: int = 20,
) -> list[Hit]:
    """The best hits: titles that begin with it, then titles with a word that does, then titles that contain it, then
    other fields; among equals the latest changed. objects: names; None searches all that the actor may read.
    """
    query = parse(text)
    if not query.words:
        return []
    asked = []
    for one in await filled(connection, ground.tables, objects):
        fields = {name: field for name, field in indexed_fields(one).items() if actor.rights.readable(one, field)}
        if fields and actor.rights.level(one, "read") is not Level.NONE:
            asked.append(_Asked(one, fields, await permitted(connection, ground, actor, one)))
    places: list[Place] = []
    for is_wide in (False, True):
        if len(places) < limit:
            given = _Parameters(actor.parameters())
            parts = [_branch(each, query, limit, given, is_wide) for each in asked]
            places = await _best(connection, [part for part in parts if part], limit, given)
    return await show(connection, ground.tables, actor, places, query)


async def _best(connection: Connection, branches: list[str], limit: int, given: _Parameters) -> list[Place]:
    if not branches:
        return []
    rows = await connection.fetch(
        f"select object, id from ({' union all '.join(branches)}) found order by tier, changed_at desc, id"
        f" limit {given(limit, 'integer')}",
        given.values,
        kept=True,
    )
    return [Place(row[0], row[1]) for row in rows]


def _branch(asked: _Asked, query: Query, limit: int, given: _Parameters, is_wide: bool) -> str:
    """One object's best. is_wide: what holds the words anywhere too, not only titles that begin with them, which come
    first and are found for a fraction of that. Empty where nothing can match."""
    name = asked.object.name
    arms = []
    if asked.has_title:
        arms.append((f"s.object = '{name}' and {_begins(query, given)}", BEGINNINGS))
    if is_wide:
        arms.append((_matches(asked.object, asked.fields, query, given), CANDIDATES))
    found = " union ".join(
        f"(select s.record from {asked.permitted.entries} where {where} limit {most})" for where, most in arms
    )
    tier = _tier(query, given) if asked.has_title else "3"
    return found and (
        f"(select '{name}' as object, t.id, {tier} as tier, t.changed_at from ({found}) found"
        f" join ({asked.permitted.again}) on s.record = found.record"
        f" order by tier, t.changed_at desc, t.id limit {given(limit, 'integer')})"
    )


def _matches(one: Object, fields: dict[str, Field], query: Query, given: _Parameters) -> str:
    """All words in readable fields, or the digits in a readable phone."""
    words = " and ".join(_holds(one, fields, word, given) for word in query.words)
    phones = {name: field for name, field in fields.items() if isinstance(field, Phones)}
    if not query.digits or not phones:
        return f"({words})"
    return f"(({words}) or {_holds(one, phones, query.digits, given)})"


def _holds(one: Object, fields: Iterable[str], word: str, given: _Parameters) -> str:
    """One of the fields contains the word. The codes find it, the text confirms it."""
    pattern = given(f"%{_literal(word)}%")
    ways = [
        f"(s.codes @> {given(codes_for(one.name, name, word), 'integer[]')} and s.texts ->> '{name}' like {pattern})"
        for name in fields
    ]
    return f"({' or '.join(ways)})"


def _begins(query: Query, given: _Parameters) -> str:
    start = query.beginning
    return f"s.title >= {given(start)} and s.title < {given(start + chr(0x10FFFF))}"


def _tier(query: Query, given: _Parameters) -> str:
    words = " and ".join(f"' ' || s.title like {given(f'% {_literal(word)}%')}" for word in query.words)
    inside = " and ".join(f"s.title like {given(f'%{_literal(word)}%')}" for word in query.words)
    return f"case when {_begins(query, given)} then 0 when {words} then 1 when {inside} then 2 else 3 end"


def _literal(word: str) -> str:
    """The word with LIKE's own signs taken literally."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
