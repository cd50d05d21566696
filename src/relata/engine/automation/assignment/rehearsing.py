"""What rules would do: with one record, with values that somebody types, with the records of the last months."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from relata.engine.automation.assignment.administration import PERMISSION, check_rule
from relata.engine.automation.assignment.deciding import Deciding, Decision
from relata.engine.automation.assignment.rules_of import Named, rules_of
from relata.engine.automation.assignment.values import Item
from relata.engine.formula import parse
from relata.engine.query.request import MAX_LIMIT, Query, parse_order
from relata.engine.rules.assignment import Target
from relata.engine.workspace.permissions import require
from relata.engine.workspace.reading import read_values, with_defaults
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.ids import new_id

#: What a rehearsal looks back on, and the most records that it takes.
DAYS, MOST = 92, 20_000
_EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Share:
    """What one person, queue or team has now, and would have. kind: person, queue, team, or "" for nobody."""

    kind: str
    id: UUID | None
    name: str
    now: int
    would: int


@dataclass(frozen=True, slots=True)
class Example:
    """A record that would be somewhere else."""

    id: UUID
    title: str
    now: str
    would: str


@dataclass(slots=True)
class Rehearsal:
    """records: how many were looked at; the oldest are left out beyond `MOST`, then `is_cut`. differ: how many would be
    somewhere else. unmatched: how many no rule would have assigned."""

    object: str
    records: int = 0
    differ: int = 0
    unmatched: int = 0
    is_cut: bool = False
    shares: list[Share] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)


async def try_record(work: Workspace, object_name: str, record: UUID) -> Decision:
    """Where the active rules would send this record now. Nothing changes. Needs manage_objects."""
    require(work, PERMISSION)
    found = await work.get(object_name, record)
    return await _try(work, object_name, Item(found.id, found.values))


async def try_values(work: Workspace, object_name: str, values: Mapping[str, Any]) -> Decision:
    """The same for a new record with these values; Invalid where they are none."""
    require(work, PERMISSION)
    one = work.readable_object(object_name)
    read = with_defaults(work.unit, one, read_values(work.unit, one, values, trusted=False))
    now, who, via = work.clock.now, work.actor.user, work.actor.via
    made = {"created_at": now, "changed_at": now, "created_by": who, "changed_by": who, "created_via": via}
    return await _try(work, object_name, Item(new_id(), {**made, **read}))


async def _try(work: Workspace, object_name: str, item: Item) -> Decision:
    one = work.readable_object(object_name)
    deciding = Deciding(work, one, rules_of(work.context, one), is_real=False)
    return (await deciding.decide([item]))[0]


async def rehearse(
    work: Workspace, object_name: str, *, days: int = DAYS, rules: Sequence[Named] | None = None
) -> Rehearsal:
    """What the rules (the active ones, or these) would have done with the records of the last days, in the order in
    which they came: everybody begins with nothing and is there every day. Needs manage_objects."""
    require(work, PERMISSION)
    one = work.readable_object(object_name)
    for named in rules or ():
        check_rule(work.registry, named.rule)
    deciding = Deciding(
        work, one, rules_of(work.context, one) if rules is None else rules, is_real=False, is_rehearsal=True
    )
    found, now, would = Rehearsal(object_name), Counter[Target | None](), Counter[Target | None]()
    since = (work.clock.now - timedelta(days=days)).isoformat()
    where, after = parse(f'created_at >= datetime("{since}")'), ""
    while True:
        query = Query(one.name, where, parse_order("created_at"), ("id",), MAX_LIMIT, after)
        page = await work.query(query)
        records = {record.id: record for record in await work.get_many(one.name, [row[0] for row in page.rows])}
        ordered = [records[row[0]] for row in page.rows if row[0] in records]
        decisions = await deciding.decide([Item(record.id, record.values) for record in ordered])
        for record, decision in zip(ordered, decisions, strict=True):
            await _count(deciding, found, record, decision, now, would)
        after = page.next
        if not after or found.records >= MOST:
            found.is_cut = bool(after)
            break
    await deciding.staff.know({one.id for one in (*now, *would) if one is not None and one.kind == "person"})
    names = {target: await _name(deciding, target) for target in {*now, *would}}
    found.shares = [
        Share(target.kind if target else "", target.id if target else None, names[target], now[target], would[target])
        for target in sorted(names, key=lambda one: (one is None, -would[one], names[one]))
    ]
    return found


async def _count(
    deciding: Deciding, found: Rehearsal, record: Record, decision: Decision,
    now: Counter[Target | None], would: Counter[Target | None],
) -> None:  # fmt: skip
    is_ = Target("person", record["owner"]) if record["owner"] else None
    to = decision.to if decision.to is not None else is_
    found.records += 1
    found.unmatched += decision.to is None
    now[is_] += 1
    would[to] += 1
    if to != is_:
        found.differ += 1
        if len(found.examples) < _EXAMPLES:
            await deciding.staff.know({one.id for one in (is_, to) if one is not None and one.kind == "person"})
            names = [await _name(deciding, one) for one in (is_, to)]
            found.examples.append(Example(record.id, record.title, names[0], names[1]))


async def _name(deciding: Deciding, target: Target | None) -> str:
    if target is None:
        return ""
    if target.kind == "person":
        return deciding.staff.name(target.id)
    record = await (deciding.staff.queue(target.id) if target.kind == "queue" else deciding.staff.team(target.id))
    return str(record["name"]) if record is not None else "?"
