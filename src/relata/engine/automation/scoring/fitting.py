"""Points for what somebody is: known before the record is stored, so that assignment rules may ask for them, and
written into the log right after it, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from relata.engine.automation.scoring.names import ENTRY
from relata.engine.automation.scoring.rules import BEHAVIOUR, GRADE, SCORE, Named, Ready, grade_of, ready
from relata.engine.formula import Binary, EvaluationContext, Items, Literal, Path, all_of, evaluate, parse
from relata.engine.metadata.fields import AnyTarget
from relata.engine.metadata.object import Object
from relata.engine.query.pages import context_of
from relata.engine.query.request import MAX_LIMIT
from relata.engine.rules.own_values import OwnValues
from relata.engine.workspace.consequences import Written
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.record import Record
from relata.engine.workspace.verdicts import whole
from relata.engine.workspace.workspace import Workspace

#: Records whose logs and events are read together: of each the newest, at most 500 of all.
AT_ONCE = 10


async def score_draft(work: Workspace, draft: Draft) -> None:
    """As a guard: the score follows the rules, whatever was sent. Without rules it is what somebody typed."""
    found = ready(work.context, draft.object)
    asked = draft.is_new or SCORE in draft.asked or any(draft.changed(name) for name in _watched(found))
    if not found.are_any or not asked:
        return
    values = whole(work.unit, draft)
    fits = sum(one.rule.points for one in fitting(found, draft.object, draft.id, values, context_of(work.unit.actor)))
    total = fits + (draft[BEHAVIOUR] or 0)
    draft.set(SCORE, total)
    draft.set(GRADE, grade_of(total, found.thresholds))


def _watched(found: Ready) -> frozenset[str]:
    return found.reads | {SCORE, BEHAVIOUR}


def fitting(
    found: Ready, one: Object, record: UUID, values: Mapping[str, Any], context: EvaluationContext
) -> list[Named]:
    """The rules of fit that hold for a record."""
    return [
        fit.named
        for fit in found.fits
        if evaluate(
            fit.condition.checked,
            OwnValues(one, values, record_id=record, formulas=fit.condition.formulas, context=context),
            context,
        )
        is True
    ]


async def keep_fit(work: Workspace, one: Object, written: Sequence[Written]) -> None:
    """As a consequence: the log says why."""
    found = ready(work.context, one)
    if not found.are_any:
        return
    touched = [
        each
        for each in written
        if each.after is not None and (each.before is None or any(each.changed(name) for name in _watched(found)))
    ]
    await log_fit(work, one, {each.id: each.after or {} for each in touched}, fresh=_fresh(touched))


def _fresh(touched: Iterable[Written]) -> frozenset[UUID]:
    """Made just now, so that nothing can be logged of them yet."""
    return frozenset(
        each.id for each in touched if each.before is None and each.after and each.after.get("version", 1) == 1
    )


async def log_fit(
    work: Workspace, one: Object, values: Mapping[UUID, Mapping[str, Any]], *, fresh: frozenset[UUID] = frozenset()
) -> None:
    """Bring the log of these records up to what the rules of fit say of their values."""
    found, context = ready(work.context, one), context_of(work.unit.actor)
    wanted = {
        (record, named.name): named
        for record, of_record in values.items()
        for named in fitting(found, one, record, of_record, context)
    }
    entries = await entries_of(work, "fit", [record for record in values if record not in fresh])
    known: set[tuple[UUID, str]] = set()
    for entry in entries:
        key = (entry["about"].id, entry["rule"])
        if key not in wanted or key in known:  # of two records that were merged, each brought its own
            await work.delete(entry)
            continue
        known.add(key)
        if entry["points"] != wanted[key].rule.points or entry["title"] != wanted[key].label[:160]:
            await work.change(entry, {**_worth(wanted[key], wanted[key].rule.points)})
    rows = [
        {
            **_worth(named, named.rule.points),
            "about": AnyTarget(one.name, record),
            "kind": "fit",
            "rule": name,
            "at": work.clock.now,
        }
        for (record, name), named in wanted.items()
        if (record, name) not in known
    ]
    await create_entries(work, rows)


def _worth(named: Named, points: int) -> dict[str, Any]:
    return {"title": named.label[:160], "points": points, "full_points": named.rule.points}


async def create_entries(work: Workspace, rows: Sequence[dict[str, Any]]) -> None:
    """All of them."""
    if len(rows) == 1:
        await work.create(ENTRY, rows[0])
    elif rows:
        await work.create_many(ENTRY, rows)


async def entries_of(work: Workspace, kind: str, records: Sequence[UUID]) -> list[Record]:
    """The log of these records, of one kind."""
    entries: list[Record] = []
    for start in range(0, len(records), AT_ONCE):
        named = Items(tuple(Literal(str(record)) for record in records[start : start + AT_ONCE]))
        where = all_of([Binary("in", Path(("about",)), named), parse(f'kind = "{kind}"')])
        entries.extend(await work.find(ENTRY, where, order="-at", limit=MAX_LIMIT))
    return entries
