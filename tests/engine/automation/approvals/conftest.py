"""A company whose deals need an approval: Sam sells, Mia leads him, Fin and Fay keep the books, Ada administers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest_asyncio

from relata.engine.automation.approvals import deciding, submitting
from relata.engine.automation.approvals.administration import Approvals
from relata.engine.automation.approvals.objects import DECISION, REQUEST
from relata.engine.automation.approvals.process import Process
from relata.engine.workspace.administration import Administration
from relata.engine.workspace.record import Record
from relata.testing.house import House

MANAGER: dict[str, Any] = {"approvers": [{"kind": "manager"}]}
FINANCE: dict[str, Any] = {"approvers": [{"kind": "role", "name": "finance"}]}


class Company:
    """The people, and what they do in one line each."""

    ada: UUID
    mia: UUID
    sam: UUID
    fin: UUID
    fay: UUID

    def __init__(self, house: House) -> None:
        self.house = house

    async def process(self, name: str = "big", **values: Any) -> Process:
        """A process over accounts; by default their manager decides about the large ones."""
        body = {"object": "account", "label": "Big account", "steps": [MANAGER], **values}
        return await Approvals(self.house.door, self.house.key, self.ada).put(name, body)

    async def account(self, owner: UUID | None = None, **values: Any) -> UUID:
        async with self.house.as_person(owner or self.sam) as work:
            return (await work.create("account", {"name": "Acme", **values})).id

    async def submit(self, key: UUID, by: UUID | None = None, process: str = "", comment: str = "") -> UUID:
        async with self.house.as_person(by or self.sam) as work:
            return (await submitting.submit(work, "account", key, process, comment)).id

    async def decide(self, by: UUID, request: UUID, approve: bool = True, reason: str = "") -> Record:
        async with self.house.as_person(by) as work:
            return await deciding.decide(work, request, approve=approve, reason=reason or ("" if approve else "No."))

    async def change(self, by: UUID, key: UUID, **values: Any) -> Record:
        async with self.house.as_person(by) as work:
            return await work.change(("account", key), values)

    async def request(self, key: UUID) -> Record:
        async with self.house.system() as work:
            return await work.get(REQUEST, key)

    async def waiting(self, person: UUID) -> list[Record]:
        async with self.house.as_person(person) as work:
            return await work.find(DECISION, owner=person, state="waiting")

    async def value(self, key: UUID, name: str) -> Any:
        async with self.house.system() as work:
            return (await work.get("account", key))[name]


async def founded(house: House) -> Company:
    found = Company(house)
    found.ada = await house.person("Ada", "admin", email="ada@example.com")
    found.mia = await house.person("Mia", "member", email="mia@example.com")
    found.sam = await house.person("Sam", "member", email="sam@example.com", manager=found.mia)
    office = Administration(house.door, house.key, found.ada)
    await office.put("role", "finance", {"label": "Finance", "grants": {"account": {"read": "all"}}})
    found.fin = await house.person("Fin", "finance", "member", email="fin@example.com")
    found.fay = await house.person("Fay", "finance", "member", email="fay@example.com")
    return found


@pytest_asyncio.fixture
async def company(house: House) -> Company:
    return await founded(house)


@pytest_asyncio.fixture
async def open_company(open_house: House) -> Company:
    return await founded(open_house)
