"""The people of a rule as candidates: who is active, away, what they know, how much they have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from relata.engine.automation.assignment.choosing import Candidate
from relata.engine.automation.working_time.reading import Away, away_on
from relata.engine.formula import Binary, Items, Literal, Path, all_of, parse
from relata.engine.metadata.object import Object
from relata.engine.query.request import Aggregate, Group, Measure
from relata.engine.rules.assignment import AssignmentRule, Target
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace

_MOST = 500
#: A deputy's deputy's deputy, and no further.
_MOST_DEPUTIES = 4


@dataclass(slots=True)
class Staff:
    """Everybody who was asked about so far, at one moment. None: there is no such person any more. ignores_absences:
    everybody is there."""

    work: Workspace
    moment: datetime
    ignores_absences: bool = False
    people: dict[UUID, Record | None] = field(default_factory=dict)
    away: dict[UUID, Away] = field(default_factory=dict)
    teams: dict[UUID, Record | None] = field(default_factory=dict)
    queues: dict[UUID, Record | None] = field(default_factory=dict)

    async def know(self, asked: Iterable[UUID]) -> None:
        """Load people and their absences."""
        fresh = {one for one in asked if one not in self.people}
        if fresh:
            self.people |= dict.fromkeys(fresh, None)
            self.people |= {one.id: one for one in await self.work.as_system().get_many("user", sorted(fresh))}
            if not self.ignores_absences:
                self.away |= await away_on(self.work, fresh, self.moment)

    def is_active(self, person: UUID) -> bool:
        """Whether this person works here."""
        record = self.people.get(person)
        return record is not None and record["status"] in ("active", None) and not record["is_external"]

    def name(self, person: UUID) -> str:
        """What colleagues call them."""
        record = self.people.get(person)
        return record["name"] if record is not None else "?"

    async def available(self, person: UUID) -> tuple[UUID | None, list[tuple[UUID, str, str]]]:
        """The person, or the deputy who stands in for them; and what was found of each on the way."""
        found: list[tuple[UUID, str, str]] = []
        one: UUID | None = person
        while one is not None and len(found) < _MOST_DEPUTIES and one not in {known for known, _, _ in found}:
            await self.know([one])
            if not self.is_active(one):
                found.append((one, "inactive", ""))
                return None, found
            away = self.away.get(one)
            if away is None:
                found.append((one, "chosen", ""))
                return one, found
            found.append((one, "away", away.until.isoformat()))
            one = away.deputy
        return None, found

    async def team(self, team: UUID) -> Record | None:
        """The team; None for one that is gone."""
        if team not in self.teams:
            found = await self.work.as_system().get_many("team", [team])
            self.teams[team] = found[0] if found else None
        return self.teams[team]

    async def queue(self, queue: UUID) -> Record | None:
        """The queue; None for one that is gone."""
        if queue not in self.queues:
            found = await self.work.as_system().get_many("queue", [queue])
            self.queues[queue] = found[0] if found else None
        return self.queues[queue]

    async def exists(self, target: Target) -> bool:
        """Whether a queue or team is still there."""
        return await (self.queue(target.id) if target.kind == "queue" else self.team(target.id)) is not None


async def members_of(work: Workspace, rule: AssignmentRule) -> dict[UUID, int]:
    """Who takes turns, with their weights."""
    found = {one.person: max(one.weight, 1) for one in rule.members}
    if rule.team is not None:
        for record in await work.as_system().find("user", 'status = "active"', order="name", team=rule.team):
            found.setdefault(record.id, 1)
    return found


async def candidates_of(
    staff: Staff, one: Object, rule: AssignmentRule, members: Mapping[UUID, int]
) -> list[Candidate]:
    """The members as candidates, without their turns."""
    await staff.know(members)
    loads = await loads_of(staff.work, one, rule, members) if rule.counts_load else {}
    found = []
    for person, weight in members.items():
        away, record = staff.away.get(person), staff.people.get(person)
        found.append(
            Candidate(
                person, staff.name(person), weight,
                frozenset(str(skill).casefold() for skill in (record["skills"] or () if record else ())),
                staff.is_active(person), away.until if away else None, away.deputy if away else None,
                loads.get(person, 0) if rule.counts_load else None,
            )
        )  # fmt: skip
    return found


async def loads_of(work: Workspace, one: Object, rule: AssignmentRule, people: Iterable[UUID]) -> dict[UUID, int]:
    """How many open records of the object each of them owns."""
    owners = Items(tuple(Literal(str(person)) for person in sorted(people)))
    if not owners.items:
        return {}
    parts = [Binary("in", Path(("owner",)), owners)]
    where = all_of([*parts, parse(rule.open)] if rule.open else parts)
    figures = await work.as_system().aggregate(
        Aggregate(one.name, (Measure("count"),), (Group("owner"),), where, limit=_MOST)
    )
    return {_id(row["owner"]): int(row["count"]) for row in figures.rows if row["owner"]}


def _id(value: object) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value["id"] if isinstance(value, dict) else value))
