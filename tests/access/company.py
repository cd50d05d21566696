"""A plan made real through the door, and beside it the same facts as plain values, for the reference model."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.access.plans import OBJECTS, PARENT, Move, Plan, RecordPlan, SharePlan

from relata.engine.metadata.module import Grant, Role
from relata.engine.metadata.overlay import Definition
from relata.engine.workspace import configure
from relata.engine.workspace.workspace import Workspace
from relata.testing.house import House

RULE = "retail"
FIRST = {"account": "Zorkhaus", "contact": "Zork", "affiliation": "Zorkrole", "opportunity": "Zorkdeal"}


@dataclass
class Fact:
    """One record as the model knows it."""

    id: UUID
    object: str
    owner: UUID | None
    team: UUID | None
    account: UUID | None = None
    contact: UUID | None = None
    retail: bool = False
    deleted: bool = False


@dataclass
class ShareFact:
    """One grant."""

    record: UUID
    principal: UUID
    level: str
    is_over: bool
    way: str


@dataclass
class Company:
    """Teams by id with their parent and manager; people by id with their roles and team."""

    house: House
    plan: Plan
    teams: dict[UUID, tuple[UUID | None, UUID | None]] = field(default_factory=dict)
    people: dict[UUID, tuple[tuple[int, ...], UUID | None]] = field(default_factory=dict)
    records: dict[UUID, Fact] = field(default_factory=dict)
    shares: list[ShareFact] = field(default_factory=list)

    def of(self, object_name: str) -> list[Fact]:
        """The records of one object, deleted ones too."""
        return [fact for fact in self.records.values() if fact.object == object_name]

    def principal(self, number: int) -> UUID:
        """A person, and beyond them a team."""
        return (*self.people, *self.teams)[number]

    async def furnish(self) -> None:
        """Make everything that the plan says."""
        async with self.house.system() as work:
            await self._make_people(work)
            await self._define(work)
        self.house.door.forget(self.house.key)
        async with self.house.system() as work:
            for name in OBJECTS:
                for number, plan in enumerate(self.plan.records[name]):
                    await self._make_record(work, name, number, plan)
            for share in self.plan.shares:
                await self._share(work, share)
            for fact in self.records.values():
                if fact.deleted:
                    await self._to_bin(work, fact)

    async def _make_people(self, work: Workspace) -> None:
        teams = [(await work.create("team", {"name": f"Team {at}"})).id for at in range(len(self.plan.teams))]
        for at, person in enumerate(self.plan.people):
            team = teams[person.team] if person.team is not None else None
            made = await work.create(
                "user", {"name": f"Person {at}", "roles": [f"role_{n}" for n in person.roles], "team": team}
            )
            self.people[made.id] = (person.roles, team)
        people = list(self.people)
        for at, plan in enumerate(self.plan.teams):
            parent = teams[plan.parent] if plan.parent is not None else None
            manager = people[plan.manager] if plan.manager is not None else None
            await work.change(("team", teams[at]), {"parent": parent, "manager": manager})
            self.teams[teams[at]] = (parent, manager)

    async def _define(self, work: Workspace) -> None:
        space = work.context.schema
        for at, levels in enumerate(self.plan.roles):
            grants = {name: grant_of(levels[name]) for name in OBJECTS}
            await self._store(
                work,
                space,
                "role",
                f"role_{at}",
                configure.body_of(Role(f"role_{at}", grants=grants, permissions=("export_records",))),
            )
        if self.plan.rule is not None:
            number, level = self.plan.rule
            body = {
                "object": "account",
                "where": 'industry = "retail"',
                "principal": str(self.principal(number)),
                "level": level,
            }
            await self._store(work, space, "sharing_rule", RULE, body)

    async def _store(self, work: Workspace, space: str, kind: str, name: str, body: dict[str, Any]) -> None:
        await configure.store(work.unit.connection, space, Definition(kind, name, body), None)

    async def _make_record(self, work: Workspace, name: str, number: int, plan: RecordPlan) -> None:
        people, teams = list(self.people), list(self.teams)
        accounts, contacts = self.of("account"), self.of("contact")
        fact = Fact(
            UUID(int=0),
            name,
            people[plan.owner] if plan.owner is not None else None,
            teams[plan.team] if plan.team is not None else None,
            retail=plan.retail,
            deleted=plan.deleted,
        )
        values: dict[str, Any] = {"owner": fact.owner, "team": fact.team}
        if name == "affiliation":
            fact.contact = contacts[plan.contact or 0].id
            fact.account = accounts[plan.account or 0].id
            values |= {"role": title_of(name, number), "contact": fact.contact, "account": fact.account}
        else:
            values["name"] = title_of(name, number)
        if name == "account" and plan.retail:
            values["industry"] = "retail"
        if name in ("contact", "opportunity"):
            fact.account = accounts[plan.account].id if plan.account is not None else None
            values["account"] = fact.account
        if name == "opportunity":
            fact.contact = contacts[plan.contact].id if plan.contact is not None else None
            values["contact"] = fact.contact
        fact.id = (await work.create(name, values)).id
        self.records[fact.id] = fact

    async def _share(self, work: Workspace, plan: SharePlan) -> None:
        fact = self.of(plan.object)[plan.record]
        until = {
            "": None,
            "past": datetime.now(UTC) - timedelta(minutes=5),
            "future": datetime.now(UTC) + timedelta(days=1),
        }[plan.ends]
        principal = self.principal(plan.principal)
        record = await work.get(fact.object, fact.id)
        role = "Helper" if plan.as_member else ""
        await work.sharing.grant(record, principal, level=plan.level, until=until, member_as=role)
        way = "member" if plan.as_member else "share"
        self.shares = [one for one in self.shares if (one.record, one.principal, one.way) != (fact.id, principal, way)]
        self.shares.append(ShareFact(fact.id, principal, plan.level, plan.ends == "past", way))

    async def _to_bin(self, work: Workspace, fact: Fact) -> None:
        """Through SQL for what others still need: what matters is that it is gone, not how."""
        await work.unit.connection.execute(
            f'update {work.context.schema}."{fact.object}" set deleted_at = now() where id = %s', (fact.id,)
        )

    async def happen(self, move: Move) -> None:
        """One of the things that give or take access, in a transaction of its own."""
        fact = self.of(move.object)[move.record]
        person, team = list(self.people)[move.who], list(self.teams)[move.team]
        async with self.house.system() as work:
            await getattr(self, f"_{move.what}")(work, fact, person, team)

    async def _owner(self, work: Workspace, fact: Fact, person: UUID, team: UUID) -> None:
        if not fact.deleted:
            await work.change((fact.object, fact.id), {"owner": person})
            fact.owner = person

    async def _team(self, work: Workspace, fact: Fact, person: UUID, team: UUID) -> None:
        if not fact.deleted:
            await work.change((fact.object, fact.id), {"team": team})
            fact.team = team

    async def _parent(self, work: Workspace, fact: Fact, person: UUID, team: UUID) -> None:
        """To the parent after its present one."""
        if fact.deleted or fact.object not in PARENT:
            return
        link = PARENT[fact.object]
        living = [one.id for one in self.of(link) if not one.deleted]
        if living:
            now = getattr(fact, link)
            target = living[(living.index(now) + 1) % len(living) if now in living else 0]
            await work.change((fact.object, fact.id), {link: target})
            setattr(fact, link, target)

    async def _unshare(self, work: Workspace, fact: Fact, person: UUID, team: UUID) -> None:
        for principal in (person, team):
            await work.sharing.revoke(await work.get(fact.object, fact.id, deleted=None), principal)
            self.shares = [one for one in self.shares if (one.record, one.principal) != (fact.id, principal)]

    async def _person(self, work: Workspace, fact: Fact, person: UUID, team: UUID) -> None:
        await work.change(("user", person), {"team": team})
        self.people[person] = (self.people[person][0], team)

    async def _hierarchy(self, work: Workspace, fact: Fact, person: UUID, team: UUID) -> None:
        """The team moves to the top, or below the first one."""
        first, (parent, manager) = next(iter(self.teams)), self.teams[team]
        new = None if parent is not None or team == first else first
        await work.change(("team", team), {"parent": new})
        self.teams[team] = (new, manager)

    async def _manager(self, work: Workspace, fact: Fact, person: UUID, team: UUID) -> None:
        await work.change(("team", team), {"manager": person})
        self.teams[team] = (self.teams[team][0], person)

    async def _delete(self, work: Workspace, fact: Fact, person: UUID, team: UUID) -> None:
        if not fact.deleted and fact.object in ("opportunity", "affiliation"):
            await work.delete((fact.object, fact.id))
            fact.deleted = True

    async def _restore(self, work: Workspace, fact: Fact, person: UUID, team: UUID) -> None:
        if fact.deleted:
            await work.restore((fact.object, fact.id))
            fact.deleted = False


def title_of(object_name: str, number: int) -> str:
    """A name that search finds; a contact's is a person's."""
    return f"{FIRST[object_name]} Quux{'abc'[number]}"


def grant_of(levels: tuple[str, ...]) -> Grant:
    """Levels in the order of `plans.RIGHTS`."""
    read, create, change, delete = levels
    return Grant(read, create, change, delete)
