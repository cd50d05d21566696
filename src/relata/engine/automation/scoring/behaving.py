"""Points for what somebody did: an entry for each event that a rule names, fading day by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from relata.engine.automation.scoring.fitting import AT_ONCE, create_entries, entries_of
from relata.engine.automation.scoring.rules import Named, faded, is_scored, limited, ready
from relata.engine.formula import Binary, Items, Literal, Node, Path, all_of, parse
from relata.engine.history.feed import Change
from relata.engine.metadata.fields import AnyTarget
from relata.engine.metadata.object import Object
from relata.engine.query.request import MAX_LIMIT, Query, parse_order
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.ids import parse_id

#: Older events have faded, or say nothing any more.
DAYS = 730


async def follow_event(work: Workspace, change: Change) -> None:
    """As a reaction: something was done, changed or taken back."""
    about = {_target(change.before.get("about")), _target(change.after.get("about"))}
    if "about" not in change.after and "about" not in change.before:
        try:
            about.add(_target((await work.get(change.object, change.record, deleted=None))["about"]))
        except NotFound:
            return
    for target in about - {None}:
        if target is None or target.object not in work.registry.objects:
            continue
        one = work.registry.get(target.object)
        if any(named.rule.event == change.object for named in ready(work.context, one).behaviours):
            await log_behaviour(work, one, [target.id])


def _target(about: Any) -> AnyTarget | None:
    """What an event is about, from a record or from the log."""
    if isinstance(about, AnyTarget):
        return about
    if isinstance(about, dict) and (key := parse_id(about.get("id"))):
        return AnyTarget(str(about.get("object")), key)
    return None


async def log_behaviour(work: Workspace, one: Object, records: Sequence[UUID]) -> None:
    """Bring the log of these records up to what they did, as much as that is worth today. Their scores follow before
    the commit (`summing`)."""
    if not is_scored(one):
        return
    alive = {record.id for record in await work.get_many(one.name, list(records), lock=True)}
    wanted: dict[tuple[UUID, str, str], dict[str, Any]] = {}
    for named in ready(work.context, one).behaviours:
        for record, found in (await _happened(work, named, list(alive))).items():
            wanted |= _worth(named, one, record, found, work.clock.now)
    entries = await entries_of(work, "behaviour", list(alive))
    known = {(entry["about"].id, entry["rule"], entry["event"]): entry for entry in entries}
    for key, entry in known.items():
        if key not in wanted:
            await work.delete(entry)
        elif any(entry[name] != wanted[key][name] for name in ("points", "full_points", "title", "at")):
            await work.change(entry, {name: wanted[key][name] for name in ("points", "full_points", "title", "at")})
    await create_entries(work, [row for key, row in wanted.items() if key not in known])


def _worth(
    named: Named, one: Object, record: UUID, found: Sequence[tuple[UUID, datetime]], now: datetime
) -> dict[tuple[UUID, str, str], dict[str, Any]]:
    """The entries of a rule for one record; the newest event first, so that a limit cuts the oldest."""
    rule = named.rule
    points = limited([faded(rule.points, rule.half_life_days, at, now) for _event, at in found], rule.most)
    return {
        (record, named.name, f"{rule.event}:{event}"): {
            "about": AnyTarget(one.name, record), "kind": "behaviour", "title": named.label[:160], "rule": named.name,
            "event": f"{rule.event}:{event}", "points": worth, "full_points": rule.points, "at": at,
        }
        for (event, at), worth in zip(found, points, strict=True)
    }  # fmt: skip


async def _happened(work: Workspace, named: Named, records: Sequence[UUID]) -> dict[UUID, list[tuple[UUID, datetime]]]:
    """The events that the rule names, by record, the newest first."""
    event = work.registry.get(named.rule.event)
    assert event.happening is not None
    moment = event.happening.moment
    found: dict[UUID, list[tuple[UUID, datetime]]] = {}
    for start in range(0, len(records), AT_ONCE):
        ids = records[start : start + AT_ONCE]
        about = Binary("in", Path(("about",)), Items(tuple(Literal(str(one)) for one in ids)))
        where: list[Node] = [about, parse(f"{moment} <= now() and {moment} >= add_days(now(), -{DAYS})")]
        if named.rule.where:
            where.append(parse(named.rule.where))
        query = Query(event.name, all_of(where), parse_order(f"-{moment}"), ("id", "about", moment), MAX_LIMIT)
        for row in (await work.query(query)).values():
            at = row[moment]
            found.setdefault(row["about"].id, []).append((row["id"], at))
    return found
