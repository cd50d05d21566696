"""Whose calendar counts, and who is away: read from the workspace's records, as the system."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from relata.engine.automation.working_time.calendar import Calendar, Span, parse_spans
from relata.engine.automation.working_time.guards import DAYS
from relata.engine.formula import Binary, Literal, Node, Path, all_of
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Away:
    """That somebody is away on a day, until when, and who stands in."""

    person: UUID
    until: date
    deputy: UUID | None


async def calendar_of(work: Workspace, user: UUID | None = None, *, team: UUID | None = None) -> Calendar:
    """The calendar that counts for a person: their own, else their team's, else the workspace's. team: where there is
    no person, such as for a queue. Absences are not in it (see `away_on`)."""
    found = await calendars_of(work, [user] if user else [], team=team)
    return found[user]


async def calendars_of(
    work: Workspace, users: Iterable[UUID], *, team: UUID | None = None
) -> dict[UUID | None, Calendar]:
    """The same for many people; under None the team's, or the workspace's."""
    everything = work.as_system()
    people = await everything.get_many("user", sorted(set(users)))
    teams = {one["team"] for one in people if one["team"]} | ({team} if team else set())
    by_team = {one.id: one["calendar"] for one in await everything.get_many("team", sorted(teams))}
    chosen: dict[UUID | None, UUID | None] = {one.id: one["calendar"] or by_team.get(one["team"]) for one in people}
    chosen[None] = by_team.get(team) if team else None
    known = await _calendars(everything, {one for one in chosen.values() if one})
    default = await workspace_calendar(work)
    return {who: known.get(which, default) if which else default for who, which in chosen.items()}


async def workspace_calendar(work: Workspace) -> Calendar:
    """The calendar for everybody; without one, the working hours of the settings and the holidays of no calendar."""
    everything = work.as_system()
    chosen = await everything.first("working_calendar", "is_default")
    if chosen is not None:
        return (await _calendars(everything, {chosen.id}))[chosen.id]
    week = tuple(_spans(text) for text in work.settings.hours)
    special = await _special(everything, Binary("=", Path(("calendar",)), Literal(None)))
    return Calendar(work.settings.zone, week, special.get(None, {}), work.settings.name)


async def calendar_by_id(work: Workspace, calendar: UUID) -> Calendar:
    """One calendar; NotFound where there is none."""
    record = await work.as_system().get("working_calendar", calendar)
    return (await _calendars(work.as_system(), {record.id}))[record.id]


async def away_on(work: Workspace, users: Iterable[UUID], moment: datetime) -> dict[UUID, Away]:
    """Who of these is away at this moment, on the day that it is where they work."""
    everything, asked = work.as_system(), set(users)
    if not asked:
        return {}
    near = [(moment + timedelta(days=days)).date().isoformat() for days in (-1, 1)]
    window = all_of(
        (
            Binary("<=", Path(("first_day",)), Literal(near[1])),
            Binary(">=", Path(("last_day",)), Literal(near[0])),
        )
    )
    absences = [one for one in await everything.find("absence", window, order="last_day") if one["person"] in asked]
    calendars = await calendars_of(work, {one["person"] for one in absences}) if absences else {}
    found: dict[UUID, Away] = {}
    for one in absences:
        person = one["person"]
        today = moment.astimezone(ZoneInfo(calendars[person].zone)).date()
        if one["first_day"] <= today <= one["last_day"]:
            found[person] = Away(person, one["last_day"], one["deputy"])
    return found


async def _calendars(work: Workspace, ids: set[UUID]) -> dict[UUID, Calendar]:
    records = await work.get_many("working_calendar", sorted(ids))
    special: dict[UUID | None, dict[date, tuple[Span, ...]]] = {}
    for one in records:
        special |= await _special(work, Binary("=", Path(("calendar",)), Literal(str(one.id))))
    return {one.id: _calendar(one, special.get(one.id, {})) for one in records}


async def _special(work: Workspace, where: Node) -> dict[UUID | None, dict[date, tuple[Span, ...]]]:
    """The latest 500 holidays: those of twenty years and more."""
    rows = await work.find("holiday", where, order="-day", limit=500)
    found: dict[UUID | None, dict[date, tuple[Span, ...]]] = {}
    for one in rows:
        found.setdefault(one["calendar"], {})[one["day"]] = _spans(one["hours"])
    return found


def _calendar(record: Record, special: dict[date, tuple[Span, ...]]) -> Calendar:
    return Calendar(record["zone"], tuple(_spans(record[day]) for day in DAYS), special, record["name"])


def _spans(text: Any) -> tuple[Span, ...]:
    """Hours that were checked when they were written; what an earlier version let through is a day off."""
    try:
        return parse_spans(text or "")
    except ValueError:
        return ()
