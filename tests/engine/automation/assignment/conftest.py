"""A company with three people who take turns, and rules that are put in place in one line."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from relata.engine.automation.assignment.administration import AssignmentAdministration
from relata.engine.workspace.record import Record
from relata.testing.house import House


class Desk:
    """Ada, Ben and Cy sell; `rule` puts a rule in place, `lead` makes a record."""

    def __init__(self, house: House, boss: UUID, people: dict[str, UUID]) -> None:
        self.house, self.boss, self.people = house, boss, people

    async def rule(self, name: str = "sales", **body: Any) -> None:
        members = [{"person": str(one)} for one in self.people.values()]
        whole = {"object": "lead", "members": members, **body}
        await AssignmentAdministration(self.house.door, self.house.key, self.boss).put(name, whole)

    async def lead(self, who: UUID | None = None, **values: Any) -> Record:
        async with self.house.door.open(self.house.key, who or self.boss, via="test") as work:
            return await work.create("lead", {"name": {"last": "Lovelace"}, "company": "X", **values})

    async def leads(self, count: int, **values: Any) -> list[str | None]:
        """The names of who got them, in the order of the records."""
        return [self.name((await self.lead(**values))["owner"]) for _ in range(count)]

    @property
    def house_id(self) -> UUID:
        return UUID(int=1)

    def name(self, person: UUID | None) -> str | None:
        return next((name for name, key in {**self.people, "Boss": self.boss}.items() if key == person), None)

    async def why(self, record: Record) -> dict[str, Any]:
        async with self.house.system() as work:
            found = await work.first("assignment", None, order="-created_at", about=record.id)
        assert found is not None
        why: dict[str, Any] = found["why"]
        return why


@pytest.fixture
async def desk(house: House) -> Desk:
    boss = await house.person("Boss")
    people = {name: await house.person(name, "member") for name in ("Ada", "Ben", "Cy")}
    return Desk(house, boss, people)
