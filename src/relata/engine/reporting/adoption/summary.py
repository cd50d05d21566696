"""What was counted, for who looks after the roll-out: by group of people, what lies idle, where people get stuck."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.formula import parse
from relata.engine.metadata.object import Object
from relata.engine.query.request import Query
from relata.engine.query.tabulating import tabulate
from relata.engine.query.tabulation import Figure, Tabulation
from relata.engine.reporting.adoption.groups import LEAST_PEOPLE, Group, groups_of
from relata.engine.storage.planner import quoted
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace

#: Days that are looked at, and before which nothing is called idle.
DAYS, EARLY_DAYS = 30, 14
OPENED = ("list", "board", "calendar", "map", "gallery", "record", "report", "dashboard")
SAVED = ("form_saved", "changed")
_PAGE = 500
#: Filled on fewer of a hundred records than this, a field is idle.
IDLE_SHARE = 1
_SECONDS = 10.0


class GroupUse(msgspec.Struct, frozen=True, kw_only=True):
    """What a group did in the last days. opened: pages of records, reports, dashboards. saved: forms and fields."""

    group: Group
    opened: int
    saved: int
    before: int


class Stuck(msgspec.Struct, frozen=True, kw_only=True):
    """Where an object's forms fail. opened: new forms. abandoned: those that were never sent successfully. refused: how
    often something was sent back, and at which fields most."""

    object: str
    opened: int
    abandoned: int
    refused: int
    fields: tuple[tuple[str, int], ...]


class Used(msgspec.Struct, frozen=True, kw_only=True):
    """How often something was opened. what: a path of lists, a key, an id."""

    kind: str
    what: str
    count: int


class Adoption(msgspec.Struct, frozen=True, kw_only=True):
    """since: the first day that was counted; None for none yet."""

    since: date | None
    groups: tuple[GroupUse, ...]
    used: tuple[Used, ...]
    stuck: tuple[Stuck, ...]

    def count_of(self, kind: str, what: str) -> int:
        """How often; 0 for never."""
        return next((one.count for one in self.used if (one.kind, one.what) == (kind, what)), 0)

    def is_early(self, today: date) -> bool:
        """Whether too few days were counted to call anything idle."""
        return self.since is None or (today - self.since).days < EARLY_DAYS


async def adoption(work: Workspace) -> Adoption:
    """Of the last thirty days. Denied unless the reader manages people: teams are shown side by side."""
    require(work, "manage_users")
    table, today = f"{quoted(work.context.schema)}._usage_day", work.clock.today
    rows = await work.unit.connection.fetch(
        f"select team, kind, what, sum(count) filter (where day > %(since)s)::bigint,"
        f" sum(count) filter (where day <= %(since)s)::bigint from {table} where day > %(before)s group by 1, 2, 3",
        {"since": today - timedelta(days=DAYS), "before": today - timedelta(days=2 * DAYS)},
    )
    first = await work.unit.connection.fetch_one(f"select min(day) from {table}")
    groups = groups_of(*await _teams(work))
    known = frozenset(team for group in groups for team in group.teams)
    now: Counter[tuple[str, str]] = Counter()
    opened: Counter[UUID | None] = Counter()
    saved: Counter[UUID | None] = Counter()
    before: Counter[UUID | None] = Counter()
    for team, kind, what, count, former in rows:
        place = team if team in known else None  # of a team that is gone
        now[kind, what] += count or 0
        opened[place] += count or 0 if kind in OPENED else 0
        saved[place] += count or 0 if kind in SAVED else 0
        before[place] += former or 0 if kind in OPENED else 0
    return Adoption(
        since=first[0] if first else None,
        groups=tuple(_use(group, opened, saved, before) for group in groups if group.people >= LEAST_PEOPLE),
        used=tuple(Used(kind=kind, what=what, count=count) for (kind, what), count in now.most_common() if count),
        stuck=tuple(_stuck(now)),
    )


def _use(
    group: Group, opened: Mapping[UUID | None, int], saved: Mapping[UUID | None, int],
    before: Mapping[UUID | None, int],
) -> GroupUse:  # fmt: skip
    sums = [sum(one.get(team, 0) for team in group.teams) for one in (opened, saved, before)]
    return GroupUse(group=group, opened=sums[0], saved=sums[1], before=sums[2])


async def _teams(work: Workspace) -> tuple[dict[UUID, str], dict[UUID | None, int]]:
    """Names, and how many active people have each as their main team."""
    names: dict[UUID, str] = {}
    people: Counter[UUID | None] = Counter()
    async for row in rows_of(work, "team", "id", "name"):
        names[row["id"]] = str(row["name"])
    async for row in rows_of(work, "user", "id", "team", "status"):
        if row["status"] == "active":
            people[row["team"] if row["team"] in names else None] += 1
    return names, dict(people)


def _stuck(now: Mapping[tuple[str, str], int]) -> Sequence[Stuck]:
    """By object, the most trouble first."""
    found = []
    for path in sorted({what for kind, what in now if kind in ("form_opened", "refused")}):
        opened, sent = now.get(("form_opened", path), 0), now.get(("form_saved", path), 0)
        fields = Counter({
            what.partition(".")[2]: count for (kind, what), count in now.items()
            if kind == "refused_field" and what.partition(".")[0] == path
        })  # fmt: skip
        one = Stuck(
            object=path, opened=opened, abandoned=max(opened - sent, 0), refused=now.get(("refused", path), 0),
            fields=tuple(fields.most_common(3)),
        )  # fmt: skip
        if one.abandoned or one.refused:
            found.append(one)
    return sorted(found, key=lambda one: -(one.abandoned + one.refused))


async def filled(work: Workspace, one: Object) -> tuple[int, list[tuple[str, int]]]:
    """How many records of an object there are, and on how many each of its own fields is filled: one scan. LimitReached
    where that takes longer than ten seconds."""
    names = [
        field.name for field in one.fields
        if field.stored and not field.system and field.columns() and work.actor.readable(one, field)
    ]  # fmt: skip
    figures = (Figure("count"), *(Figure("filled", parse(name)) for name in names))
    await work.settle()
    asked = Tabulation(one.name, (), figures, seconds=_SECONDS)
    groups = (await tabulate(work.unit.connection, work.context.ground, work.actor, asked)).groups
    counts = groups[0].figures if groups else (0,) * len(figures)
    return counts[0], list(zip(names, counts[1:], strict=True))


async def rows_of(work: Workspace, name: str, *fields: str) -> Any:
    """Every record of an object, page by page."""
    after, is_first = "", True
    while name in work.registry.objects and (after or is_first):
        page = await work.query(Query(name, fields=fields, limit=_PAGE, after=after))
        for row in page.values():
            yield row
        after, is_first = page.next, False
