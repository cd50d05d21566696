"""Two at once: exactly one wins, the other is told, and what was locked while somebody wrote stays as it was."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from tests.engine.automation.approvals.conftest import FINANCE, Company

from relata.engine.automation.approvals import deciding, submitting
from relata.engine.automation.approvals.objects import DECISION
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, RelataError

Act = Callable[[Workspace], Awaitable[Any]]


async def decided(request: UUID, approve: bool, work: Workspace) -> None:
    await deciding.decide(work, request, approve=approve, reason="" if approve else "No")


async def recalled(request: UUID, work: Workspace) -> None:
    await deciding.recall(work, request)


async def both(company: Company, *acts: tuple[UUID, Act]) -> list[Any]:
    """Each in a transaction of its own, at the same time; what came of each."""

    async def run(person: UUID, act: Act) -> Any:
        return await company.house.door.run(company.house.key, person, act, via="test")

    return await asyncio.gather(*(run(*one) for one in acts), return_exceptions=True)


async def test_of_two_who_decide_at_once_one_wins(open_company: Company) -> None:
    company = open_company
    await company.process(steps=[FINANCE], on_approve={"description": "Yes"}, on_reject={"description": "No"})
    for _round in range(8):
        key = await company.account()
        request = await company.submit(key)
        found = await both(
            company,
            (company.fin, partial(decided, request, True)),
            (company.fay, partial(decided, request, False)),
        )  # fmt: skip
        lost = [one for one in found if isinstance(one, BaseException)]
        assert len(lost) == 1
        assert isinstance(lost[0], Conflict)
        state = (await company.request(request))["state"]
        assert await company.value(key, "description") == {"approved": "Yes", "rejected": "No"}[state]


async def test_recall_against_approve_has_one_winner(open_company: Company) -> None:
    company = open_company
    await company.process(on_approve={"description": "Yes"}, on_recall={"description": "Back"})
    for _round in range(8):
        key = await company.account()
        request = await company.submit(key)
        found = await both(
            company,
            (company.mia, partial(decided, request, True)),
            (company.sam, partial(recalled, request)),
        )  # fmt: skip
        assert sum(isinstance(one, Conflict) for one in found) == 1
        state = (await company.request(request))["state"]
        assert await company.value(key, "description") == {"approved": "Yes", "recalled": "Back"}[state]


async def test_what_is_approved_is_what_was_submitted(open_company: Company) -> None:
    """A writer who has read the record before it was submitted does not write after it."""
    company = open_company
    await company.process()
    key = await company.account()
    read, submitted = asyncio.Event(), asyncio.Event()

    async def slow(work: Workspace) -> None:
        record = await work.get("account", key)
        read.set()
        await submitted.wait()
        await work.change(record, {"name": "Smuggled"})

    async def ask(work: Workspace) -> None:
        await read.wait()
        await submitting.submit(work, "account", key)

    async def submit() -> None:
        await company.house.door.run(company.house.key, company.sam, ask, via="test")
        submitted.set()

    writer = asyncio.create_task(company.house.door.run(company.house.key, company.fin, slow, via="test"))
    await submit()
    with pytest.raises(RelataError):
        await writer
    assert await company.value(key, "name") == "Acme"


async def test_a_record_is_submitted_once(open_company: Company) -> None:
    company = open_company
    await company.process()
    key = await company.account()
    found = await both(company, *[(company.sam, lambda work: submitting.submit(work, "account", key))] * 4)
    assert sum(isinstance(one, Conflict) for one in found) == 3


async def test_ten_thousand_wait_and_the_next_page_is_quick(open_company: Company) -> None:
    """The figure is generous: it would be missed by a sequence of statements for each row, not by a slow machine."""
    company = open_company
    await company.process()
    request = await company.submit(await company.account())
    async with company.house.system() as work:
        item = (await work.find(DECISION, request=request))[0]
        about = item["about"]
        rows = [
            {"name": f"Wait {at}", "request": request, "about": about, "owner": company.mia, "team": None,
             "step": 1, "groups": []}
            for at in range(10_000)
        ]  # fmt: skip
        for at in range(0, len(rows), 1000):
            await work.create_many(DECISION, rows[at : at + 1000])
    async with company.house.as_person(company.mia) as work:
        began = time.perf_counter()
        assert await work.count(DECISION, owner=company.mia, state="waiting") == 10_001
        assert len(await work.find(DECISION, owner=company.mia, state="waiting", order="created_at", limit=50)) == 50
        assert time.perf_counter() - began < 2
