"""Which kept records are like a given one, by the keys that they share: at entry, and for each record that changed."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from relata.engine.matching.blocking import WIDEST, keys_of
from relata.engine.matching.features import Feature, Prepared
from relata.engine.matching.keeping import unpacked
from relata.engine.matching.scoring import Scorer
from relata.engine.matching.shapes import is_matched, shape_of
from relata.engine.matching.state import state_of
from relata.engine.metadata.object import Object
from relata.engine.search.permitted import access_sql
from relata.engine.storage.planner import quoted
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid

#: Records that are compared with a new one: those that share most keys with it.
MOST = 60


@dataclass(frozen=True, slots=True)
class Reason:
    """What one feature says. bits: how much; for it above 0, against it below. level: 0 is the same."""

    feature: Feature
    level: int
    bits: float


@dataclass(frozen=True, slots=True)
class Alike:
    """A record that may be the same thing. bits: log2 of the odds."""

    object: Object
    record: UUID
    title: str
    bits: float
    reasons: tuple[Reason, ...]

    @property
    def share(self) -> float:
        """The odds as a probability, 0-1."""
        return share_of(self.bits)


def share_of(bits: float) -> float:
    """Bits of odds as a probability, 0-1."""
    odds = 2.0 ** min(max(bits, -60.0), 60.0)
    return float(odds / (1 + odds))


def reasons_of(scorer: Scorer, one: Prepared, other: Prepared) -> tuple[Reason, ...]:
    """What each feature says that both have, the weightiest first."""
    pattern = scorer.pattern(one, other)
    found = [
        Reason(feature, level, bits)
        for feature, level, bits in zip(scorer.features, pattern, scorer.parts(pattern, one), strict=True)
        if level >= 0
    ]
    return tuple(sorted(found, key=lambda reason: -abs(reason.bits)))


async def alike(
    work: Workspace, one: Object, values: Mapping[str, Any], *, but: Sequence[UUID] = (), limit: int = 5
) -> list[Alike]:
    """Living records that the actor may see and that may be what these ready values describe, the likeliest first. Only
    fields that the actor may read are compared. Two statements."""
    if not is_matched(one) or not work.actor.rights.level(one, "read"):
        return []
    shape = shape_of(one)
    readable = {name for name, field in shape.fields.items() if work.actor.readable(one, field)}
    given = _without(shape.features, shape.prepared(values), readable)
    keys = keys_of(shape.features, given, of=one.name)
    if not keys:
        return []
    state = await state_of(work.unit.connection, work.context.schema, one)
    scorer = Scorer(shape.features, state.model)
    scored = [
        (scorer.score(given, held), record, held)
        for record, kept in await _sharing(work, one, keys, but)
        for held in (_without(shape.features, kept, readable),)
    ]
    best = sorted((found for found in scored if found[0] >= state.asks_from), key=lambda found: -found[0])[:limit]
    titles = await titles_of(work.unit, {one.name: {record for _bits, record, _held in best}}) if best else {}
    return [
        Alike(one, record, titles[one.name, record], bits, reasons_of(scorer, given, held))
        for bits, record, held in best
        if (one.name, record) in titles
    ]


def _without(features: Sequence[Feature], prepared: Prepared, readable: set[str]) -> Prepared:
    return [
        value if readable.issuperset(feature.fields) else None
        for feature, value in zip(features, prepared, strict=True)
    ]


async def _sharing(
    work: Workspace, one: Object, keys: Sequence[int], but: Sequence[UUID]
) -> list[tuple[UUID, Prepared]]:
    """Records that the actor may see and that share keys, those first that share most."""
    space = quoted(work.context.schema)
    allowed = access_sql(work.actor, work.context.tables, one)
    rows = await work.unit.connection.fetch(
        f"select m.record, m.prepared from (select f.record, count(*) as shared from unnest(%(keys)s::integer[]) k(key)"
        f" left join {space}._match_wide w on w.object = %(object)s and w.key = k.key cross join lateral"
        f" (select s.record from {space}._match s where w.key is null and s.keys @> array[k.key] limit {WIDEST + 1}) f"
        f" group by f.record order by shared desc limit {MOST}) c"
        f" join {space}._match m on m.record = c.record join {space}.{quoted(one.name)} t"
        f" on t.id = m.record and t.deleted_at is null"
        f" where m.object = %(object)s and m.record <> all(%(but)s) and {allowed} order by c.shared desc",
        {"keys": list(keys), "object": one.name, "but": list(but), **work.actor.parameters()},
    )
    # what was kept before a field was added says nothing until it is kept anew
    count = len(shape_of(one).features)
    kept = [(row[0], unpacked(row[1])) for row in rows]
    return [(record, prepared) for record, prepared in kept if len(prepared) == count]


def ready(work: Workspace, one: Object, raw: Mapping[str, Any]) -> dict[str, Any]:
    """What of raw values can be compared already: those that can't be read yet say nothing."""
    found: dict[str, Any] = {}
    for name, field in shape_of(one).fields.items():
        if raw.get(name) not in (None, "", [], {}):
            with contextlib.suppress(Invalid):
                found[name] = field.parse(raw[name], work.context.parsing)
    return found
