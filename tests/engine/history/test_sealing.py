"""The seal finds every way to tamper with the log, names the place, and is made while people write."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from relata.engine.history.dispatch import Dispatcher
from relata.engine.history.sealing import seal
from relata.engine.history.verifying import Finding, Verdict, verify
from relata.engine.secrets.workspace_keys import WorkspaceKeys
from relata.testing.house import House

SCHEMA = "w_main"
NAMES = ("Ada", "Grace", "Edsger", "Barbara", "Donald", "Frances")


@dataclass
class Ledger:
    house: House
    keys: WorkspaceKeys

    @property
    def database(self) -> Any:
        return self.house.door.database

    async def write(self, *names: str) -> None:
        async with self.house.system() as work:
            for name in names:
                await work.create("contact", {"name": {"last": name}})

    async def number(self) -> None:
        async def schemas() -> list[str]:
            return [SCHEMA]

        while await Dispatcher(self.database, schemas, {}).look():
            pass

    async def seal(self, rows: int = 3) -> int:
        await self.number()
        total = 0
        while True:
            async with self.database.transaction() as connection:
                done = await seal(connection, SCHEMA, self.keys, rows=rows)
            if not done:
                return total
            total += done

    async def tamper(self, *statements: str) -> None:
        async with self.database.transaction() as connection:
            for sql in statements:
                named = sql.replace("_change", f"{SCHEMA}._change").replace("_block", f"{SCHEMA}._block")
                await connection.execute(named)

    async def verdict(self) -> Verdict:
        return await verify(self.database, SCHEMA, self.keys)


@pytest_asyncio.fixture
async def ledger(open_house: House) -> AsyncIterator[Ledger]:
    found = Ledger(open_house, (await open_house.door.context("main")).keys)
    await found.seal()
    await found.write(*NAMES)
    await found.seal()
    yield found


async def test_what_nobody_touched_holds(ledger: Ledger) -> None:
    verdict = await ledger.verdict()
    assert verdict.holds
    assert verdict.unsealed == 0
    async with ledger.database.read() as connection:
        assert [(verdict.rows,)] == await connection.fetch(f"select count(*) from {SCHEMA}._change")


LAST = "(select max(feed) from _change)"
SHIFT = f"update _change set feed = -feed where feed >= {LAST} - 3"


@pytest.mark.parametrize(
    ("what", "statements"),
    [
        ("altered", [f"update _change set after = after || '{{\"title\": \"Boss\"}}' where feed = {LAST} - 3"]),
        ("altered", [f"update _change set actor = gen_random_uuid() where feed = {LAST} - 3"]),
        ("altered", [f"update _change set at = at - interval '1 microsecond' where feed = {LAST} - 3"]),
        ("removed", [f"delete from _change where feed = {LAST} - 3"]),
        ("removed", [f"delete from _change where feed = {LAST} - 3",
                     f"update _change set feed = -feed where feed > {LAST} - 3",
                     "update _change set feed = -feed - 1 where feed < 0"]),
        ("inserted", [f"create temp table shift as select {LAST} - 3 as at",
                      "update _change set feed = -feed where feed >= (select at from shift)",
                      "update _change set feed = -feed + 1 where feed < 0",
                      "insert into _change (object, record, action, via, feed)"
                      " select 'contact', gen_random_uuid(), 'created', 'form', at from shift"]),
        ("reordered", [f"create temp table place as select {LAST} - 3 as at",
                       "update _change set feed = -1 where feed = (select at from place)",
                       "update _change set feed = feed - 1 where feed = (select at + 1 from place)",
                       "update _change set feed = (select at + 1 from place) where feed = -1"]),
    ],
)  # fmt: skip
async def test_rows_that_were_tampered_with_are_named(ledger: Ledger, what: str, statements: list[str]) -> None:
    async with ledger.database.read() as connection:
        ((last,),) = await connection.fetch(f"select max(feed) from {SCHEMA}._change")
    await ledger.tamper(*statements)
    first = (await ledger.verdict()).findings[0]
    assert (first.what, first.feed) == (what, last - 3)
    assert first.block is not None


async def test_rows_cut_off_the_end_are_missed(ledger: Ledger) -> None:
    async with ledger.database.read() as connection:
        ((last,),) = await connection.fetch(f"select max(feed) from {SCHEMA}._change")
    await ledger.tamper(
        f"delete from _change where feed > {last - 6}",
        f"delete from _block where last_feed > {last - 6}",
    )
    assert "removed" in {one.what for one in (await ledger.verdict()).findings}


async def test_a_block_that_is_gone_is_named(ledger: Ledger) -> None:
    await ledger.tamper("delete from _block where number = 2")
    assert (await ledger.verdict()).findings[0] == Finding("block_removed", 2, 4)


async def test_a_block_cannot_be_rewritten_without_the_key(ledger: Ledger) -> None:
    await ledger.tamper("update _block set sealed_at = sealed_at - 1 where number = 2")
    assert {(one.what, one.block) for one in (await ledger.verdict()).findings} == {("block_altered", 2)}


async def test_another_key_is_not_believed(ledger: Ledger) -> None:
    await ledger.tamper("update _block set signer = 9 where number = 2")
    assert ("key_unknown", 2) in {(one.what, one.block) for one in (await ledger.verdict()).findings}


async def test_a_row_with_a_time_of_long_ago_is_suspicious(ledger: Ledger) -> None:
    await ledger.tamper(
        "insert into _change (object, record, action, via, at)"
        " values ('contact', gen_random_uuid(), 'created', 'form', now() - interval '1 year')"
    )
    await ledger.seal()
    assert [one.what for one in (await ledger.verdict()).findings] == ["inserted"]


async def test_rows_that_nobody_seals_are_told(ledger: Ledger) -> None:
    await ledger.write("Late")
    assert (await ledger.verdict()).holds
    await ledger.tamper("update _change set at = at - interval '1 hour' where feed is null")
    assert [one.what for one in (await ledger.verdict()).findings] == ["unsealed"]


async def test_a_late_commit_is_sealed_in_its_turn(ledger: Ledger) -> None:
    early = ledger.house.system()
    work = await early.__aenter__()
    await work.create("contact", {"name": {"last": "Slow"}})
    await ledger.write("Fast")
    assert await ledger.seal() == 0
    await early.__aexit__(None, None, None)
    assert await ledger.seal() == 2
    assert (await ledger.verdict()).holds


async def test_sealing_and_writing_do_not_disturb_each_other(ledger: Ledger) -> None:
    async def writer(name: str) -> None:
        for number in range(15):
            await ledger.write(f"{name} {number}")

    async def sealer() -> None:
        for _ in range(25):
            await ledger.seal(rows=4)

    await asyncio.gather(writer("a"), writer("b"), writer("c"), sealer(), sealer())
    await ledger.seal()
    verdict = await ledger.verdict()
    assert verdict.holds
    assert verdict.unsealed == 0
