"""The queue of pairs that wait for a person, within what this person may see; and what they decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from relata.engine.matching import pairing
from relata.engine.matching.alike import Reason, reasons_of, share_of
from relata.engine.matching.features import Prepared
from relata.engine.matching.keeping import unpacked
from relata.engine.matching.scoring import Scorer
from relata.engine.matching.shapes import is_matched, shape_of
from relata.engine.matching.state import State, keep_state, state_of
from relata.engine.metadata.object import Object
from relata.engine.search.permitted import access_sql
from relata.engine.storage.planner import quoted
from relata.engine.workspace.permissions import require
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, Invalid, NotFound
from relata.foundation.i18n import gettext as _

#: Pairs that are counted; more are "1,000 and more".
COUNTED = 1000
#: Bits from which others are shown beside a pair as the same thing.
_GROUPED = 3.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pair in the queue. cursor: its place, for what follows and what stands before it."""

    one: UUID
    other: UUID
    bits: float
    reasons: tuple[Reason, ...] = ()

    @property
    def cursor(self) -> str:
        """As text, in an address."""
        return f"{self.bits:.6f}_{self.one}_{self.other}"

    @property
    def share(self) -> float:
        """How likely it is that they are the same thing, 0-1."""
        return share_of(self.bits)


def matched_objects(work: Workspace) -> list[Object]:
    """Objects whose duplicates this person can go through."""
    return [
        one
        for one in work.registry.objects.values()
        if is_matched(one) and work.actor.rights.level(one, "read") and work.actor.rights.level(one, "change")
    ]


def matched_object(work: Workspace, path: str) -> Object:
    """The object of an address; NotFound for one whose duplicates are not looked for."""
    one = work.registry.by_path(path)
    if one.name not in {each.name for each in matched_objects(work)}:
        raise NotFound(_("Duplicates of %(nouns)s are not looked for.") % {"nouns": one.nouns}, code="not_matched")
    return one


async def count(work: Workspace, one: Object) -> int:
    """How many pairs wait, up to COUNTED."""
    sql, params = await _queue(work, one)
    row = await work.unit.connection.fetch_one(f"select count(*) from ({sql} limit {COUNTED}) found", params)
    return int(row[0]) if row else 0


async def waiting(work: Workspace, one: Object, *, after: str = "", before: str = "", limit: int = 1) -> list[Waiting]:
    """Pairs, the likeliest first: those that follow `after`, or that stand before `before`, nearest first."""
    sql, params = await _queue(work, one)
    cursor, backwards = after or before, bool(before)
    if cursor:
        bits, first, second = _place(cursor)
        params |= {"bits": bits, "first": first, "second": second}
        sign = "<" if backwards else ">"
        sql += f" and (-p.bits, p.one, p.other) {sign} (-%(bits)s::real, %(first)s, %(second)s)"
    way = "desc" if backwards else "asc"
    rows = await work.unit.connection.fetch(
        f"{sql} order by -p.bits {way}, p.one {way}, p.other {way} limit %(limit)s", {**params, "limit": limit}
    )
    return [Waiting(*row) for row in rows]


async def explained(work: Workspace, one: Object, pair: Waiting) -> Waiting:
    """The pair with its reasons, of fields that the actor may read."""
    shape, connection, schema = shape_of(one), work.unit.connection, work.context.schema
    rows: dict[UUID, Prepared] = {
        row[0]: unpacked(row[1])
        for row in await connection.fetch(
            f"select record, prepared from {quoted(schema)}._match where record = any(%(ids)s)",
            {"ids": [pair.one, pair.other]},
        )
    }
    if len(rows) < 2 or any(len(kept) != len(shape.features) for kept in rows.values()):
        return pair
    scorer = Scorer(shape.features, (await state_of(connection, schema, one)).model)
    readable = {name for name, field in shape.fields.items() if work.actor.readable(one, field)}
    reasons = reasons_of(scorer, rows[pair.one], rows[pair.other])
    shown = tuple(reason for reason in reasons if readable.issuperset(reason.feature.fields))
    return Waiting(pair.one, pair.other, pair.bits, shown)


async def beside(work: Workspace, one: Object, pair: Waiting) -> list[UUID]:
    """Others that are likely the same thing as one of the two, the likeliest first."""
    sql, params = await _queue(work, one)
    rows = await work.unit.connection.fetch(
        f"{sql} and p.bits >= {_GROUPED} and (p.one = any(%(pair)s) or p.other = any(%(pair)s))"
        " order by p.bits desc limit 20",
        {**params, "pair": [pair.one, pair.other]},
    )
    found = dict.fromkeys(record for row in rows for record in row[:2])
    return [record for record in found if record not in (pair.one, pair.other)]


async def dismiss(work: Workspace, one: Object, ids: list[UUID]) -> None:
    """None of these is the same thing as another of them; remembered. Denied unless all may be changed."""
    for record in await _changeable(work, one, ids):
        await work.log(one.name, record.id, "told_apart", after={"from": [str(key) for key in ids if key != record.id]})
    pairs = [(a, b) for place, a in enumerate(ids) for b in ids[place + 1 :]]
    await pairing.dismiss(work.unit.connection, work.context.schema, one, pairs, work.actor.user)


async def reopen(work: Workspace, one: Object, ids: list[UUID]) -> None:
    """Ask again whether two are the same thing."""
    await _changeable(work, one, ids)
    await pairing.reopen(work.unit.connection, work.context.schema, ids[0], ids[1])


async def _changeable(work: Workspace, one: Object, ids: list[UUID]) -> list[Record]:
    found = [await work.get(one.name, key) for key in ids]
    for record in found:
        if not await work.may(record, "change"):
            raise Denied(_("You may not change this %(noun)s.") % {"noun": one.noun}, code="denied_change")
    return found


async def draw_lines(work: Workspace, one: Object, *, asks_from: float, merges_from: float, merges: bool) -> None:
    """From how many bits pairs are shown, and merged without asking. Needs manage_objects; Invalid for lines in the
    wrong order."""
    require(work, "manage_objects")
    if not -3.0 <= asks_from <= 30.0 or merges_from < asks_from + 3.0:
        raise Invalid(_("What is merged without asking must be much surer than what is asked."), code="lines")
    await keep_state(
        work.unit.connection, work.context.schema, one, asks_from=asks_from, merges_from=merges_from, merges=merges
    )


async def state(work: Workspace, one: Object) -> State:
    """What was learned, the lines, how far a scan is."""
    return await state_of(work.unit.connection, work.context.schema, one)


async def _queue(work: Workspace, one: Object) -> tuple[str, dict[str, Any]]:
    space, found = quoted(work.context.schema), await state_of(work.unit.connection, work.context.schema, one)
    allowed = access_sql(work.actor, work.context.tables, one)
    seen = " and ".join(
        f"exists (select 1 from {space}.{quoted(one.name)} t where t.id = p.{side} and t.deleted_at is null"
        f" and {allowed})"
        for side in ("one", "other")
    )
    sql = (
        f"select p.one, p.other, p.bits from {space}._match_pair p where p.object = %(object)s and p.state = 'open'"
        f" and p.bits >= %(asks)s and {seen}"
    )
    return sql, {"object": one.name, "asks": found.asks_from, **work.actor.parameters()}


def _place(cursor: str) -> tuple[float, UUID, UUID]:
    try:
        bits, one, other = cursor.split("_")
        return float(bits), UUID(one), UUID(other)
    except ValueError:
        raise NotFound(_("There is no such pair."), code="unknown_pair") from None
