"""The same thing twice at once: exactly one wins, and what it leaves is what one would have left."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.security.conftest import Town, Visitor

from relata.engine.identity import invitations, passwords, resets, sessions, tokens
from relata.engine.identity.factors import recovery
from relata.engine.query.request import Query
from relata.engine.transfer.bulk import running
from relata.engine.transfer.bulk.order import Order
from relata.foundation.errors import RelataError
from relata.foundation.ids import new_id

AT_ONCE = 6
WHO = sessions.Visitor("127.0.0.1", "test")


async def together(act: Callable[[], Awaitable[Any]], times: int = AT_ONCE) -> list[Any]:
    """What each of them got: a result or a refusal. Anything else is raised."""
    found = await asyncio.gather(*(act() for _ in range(times)), return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException) and not isinstance(one, RelataError):
            raise one
    return list(found)


def winners(found: list[Any]) -> list[Any]:
    """Those who were not refused."""
    return [
        one
        for one in found
        if not isinstance(one, RelataError) and (not isinstance(one, httpx.Response) or one.status_code < 400)
    ]


async def changes(town: Town, object_name: str, record: UUID, action: str) -> int:
    """How often the log says that this happened to the record."""
    schema = (await town.house.door.context(town.ours.key)).schema
    async with town.house.door.database.read() as connection:
        row = await connection.fetch_one(
            f"select count(*) from {schema}._change where object = %s and record = %s and action = %s",
            (object_name, record, action),
        )
    assert row is not None
    return int(row[0])


@pytest.fixture
async def ada(town: Town) -> Visitor:
    """The administrator's program."""
    return await town.program(await town.browser("admin"))


async def test_one_transition_is_made_once(town: Town, ada: Visitor) -> None:
    record = town.ours.ids["specimen"]
    before = await changes(town, "specimen", record, "changed")
    for state in ("live", "done"):
        found = await together(lambda: ada.send("PATCH", f"/api/v1/specimens/{record}", json={"state": state}))  # noqa: B023
        assert all(one.status_code in (200, 409, 422) for one in found)
        assert winners(found)
    assert await changes(town, "specimen", record, "changed") == before + 2


async def test_every_state_that_there_is_is_left_once(town: Town) -> None:
    """All roads out of the state of a record of each kind, taken at once and guarded by one version: as a screen does."""
    context = await town.house.door.context(town.ours.key)
    with_states = {one.name: one.lifecycle for one in context.registry.objects.values() if one.lifecycle}
    tried = {name: cycle for name, cycle in with_states.items() if name in town.ours.ids}
    # The others have no roads that a write could take: their actions decide (approvals, forms of flows, drafts of mails),
    # or they begin with what these tests have not.
    assert {"lead", "task", "meeting", "specimen"} <= tried.keys()
    for name, cycle in tried.items():
        record = town.ours.ids[name]
        async with town.house.system() as work:
            now = await work.get(name, record)
        roads = cycle.moves[now[cycle.field]]
        ways = iter((roads * AT_ONCE)[:AT_ONCE])

        async def leave(
            name: str = name, field: str = cycle.field, ways: Any = ways, version: int = now.version
        ) -> Any:
            async with town.house.system() as work:
                return await work.change((name, town.ours.ids[name]), {field: next(ways)}, expect=version)

        before = await changes(town, name, record, "changed")
        found = await together(leave)
        assert len(winners(found)) == 1, name
        assert await changes(town, name, record, "changed") == before + 1, name


async def test_of_two_roads_out_of_a_state_one_is_taken(town: Town, ada: Visitor) -> None:
    """From new, both converted by hand and unqualified: the second one sees where the first one went."""
    record = town.ours.ids["lead"]
    ways = iter(("qualified", "unqualified", "qualified", "unqualified"))
    found = await together(
        lambda: ada.send("PATCH", f"/api/v1/leads/{record}", json={"status": next(ways)}, headers={"if-match": '"1"'}),
        4,
    )
    assert len(winners(found)) == 1, [one.text for one in found]
    assert {one.status_code for one in found} <= {200, 409, 412, 422}


async def test_a_lead_is_converted_once(town: Town, ada: Visitor) -> None:
    record = town.ours.ids["lead"]
    accounts = (await ada.get("/api/v1/accounts?limit=200")).json()["data"]
    found = await together(lambda: ada.send("POST", f"/api/v1/leads/{record}/actions/convert_lead", json={}))
    assert len({one.text for one in winners(found)}) == 1  # who comes second is told what the first one made
    after = (await ada.get("/api/v1/accounts?limit=200")).json()["data"]
    assert len(after) - len(accounts) <= 1
    assert await changes(town, "lead", record, "changed") == 1


async def test_two_records_are_merged_once(town: Town) -> None:
    async with town.house.system() as work:
        keep, away = [await work.create("account", {"name": f"Twin {at}"}) for at in "ab"]
        await work.create("contact", {"name": {"last": "Child"}, "account": away.id})
    ada = await town.browser("admin")
    found = await together(lambda: ada.post(f"/accounts/{keep.id}/merge", {"with": str(away.id)}))
    assert len(winners(found)) == 1, [(one.status_code, one.text[-300:]) for one in found]
    assert await changes(town, "account", keep.id, "merged") == 1
    assert await changes(town, "account", away.id, "deleted") == 1


async def test_merging_each_into_the_other_leaves_one(town: Town) -> None:
    async with town.house.system() as work:
        one, two = [await work.create("account", {"name": f"Twin {at}"}) for at in "ab"]
    ada = await town.browser("admin")
    turns = iter([(one.id, two.id), (two.id, one.id)] * 2)

    async def merge() -> httpx.Response:
        keep, away = next(turns)
        return await ada.post(f"/accounts/{keep}/merge", {"with": str(away)})

    found = await together(merge, 4)
    assert all(each.status_code < 500 for each in found)
    assert len(winners(found)) == 1
    async with town.house.system() as work:
        left = [each for each in (one.id, two.id) if await _is_there(work, each)]
    assert len(left) == 1


async def _is_there(work: Any, key: UUID) -> bool:
    """As itself: the number of one that was merged away answers with the other."""
    try:
        return bool((await work.get("account", key)).id == key)
    except RelataError:
        return False


async def test_a_record_is_deleted_and_restored_once(town: Town, ada: Visitor) -> None:
    record = town.ours.ids["specimen"]
    gone = await together(lambda: ada.send("DELETE", f"/api/v1/specimens/{record}"))
    back = await together(lambda: ada.send("POST", f"/api/v1/specimens/{record}/restore"))
    said = [(one.status_code, one.text) for one in (*gone, *back)]
    assert len(winners(gone)) == 1 and winners(back), said  # who restores what is restored by then has nothing to do
    assert await changes(town, "specimen", record, "deleted") == 1
    assert await changes(town, "specimen", record, "restored") == 1


async def test_a_value_that_must_be_the_only_one_is_taken_once(ada: Visitor) -> None:
    found = await together(lambda: ada.send("POST", "/api/v1/specimens", json={"name": "Twin", "code": "ONLY"}))
    assert len(winners(found)) == 1
    assert {one.status_code for one in found} <= {201, 409, 422}


async def test_one_idempotency_key_makes_one_record(ada: Visitor) -> None:
    headers = {"idempotency-key": "the-same-one"}
    found = await together(lambda: ada.send("POST", "/api/v1/accounts", json={"name": "Once only"}, headers=headers))
    assert len({one.json()["id"] for one in winners(found)}) == 1
    listed = (await ada.get("/api/v1/accounts", params={"where": 'name = "Once only"'})).json()["data"]
    assert len(listed) == 1


async def test_a_bulk_change_is_taken_back_once(town: Town) -> None:
    person = await town.house.person("Bulk", "admin")
    order = Order("account", "change", (town.ours.ids["account"],), values={"legal_name": "Bulk"})
    async with town.house.as_person(person) as work:
        made = await running.start(work, town.web.queue, order)
    await running.run(town.house.door, town.ours.key, made.id)

    async def undo() -> Any:
        return await town.house.door.run(
            town.ours.key, person, lambda work: running.undo(work, town.web.queue, made.id)
        )

    found = await together(undo)
    assert len(winners(found)) == 1, found
    async with town.house.system() as work:
        rows = (await work.query(Query("bulk_change", fields=("id", "kind")))).rows
    assert [row[1] for row in rows].count("undo") == 1


async def _account(town: Town) -> tuple[UUID, str]:
    account = new_id()
    async with town.house.door.database.transaction() as connection:
        await connection.execute(
            "insert into relata.account (id, email) values (%s, %s)", (account, f"{account.hex}@example.com")
        )
    return account, f"{account.hex}@example.com"


async def test_a_reset_link_opens_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    account, _ = await _account(town)
    async with town.house.door.database.transaction() as connection:
        token = await tokens.issue(connection, "reset", account=account)
    words = iter(f"four unrelated words {at}" for at in range(AT_ONCE))
    found = await together(lambda: resets.complete(town.house.door.database, token, next(words), WHO))
    assert len(winners(found)) == 1
    assert (
        winners(await together(lambda: resets.complete(town.house.door.database, token, "another five words", WHO)))
        == []
    )


async def test_an_invitation_lets_one_in(town: Town) -> None:
    person = await town.house.person("Invited", "admin")
    workspace = (await town.house.door.context(town.ours.key)).id
    async with town.house.door.database.transaction() as connection:
        token = await invitations.invite(connection, workspace, person, "new@example.com")

    async def accept() -> Any:
        async with town.house.door.database.transaction() as connection:
            return await invitations.accept(connection, token, password=await passwords.hashed("four unrelated words"))

    assert len(winners(await together(accept))) == 1
    async with town.house.door.database.read() as connection:
        row = await connection.fetch_one("select count(*) from relata.account where email = 'new@example.com'")
    assert row == (1,)


async def test_a_recovery_code_is_used_up_once(town: Town) -> None:
    account, _ = await _account(town)
    async with town.house.door.database.transaction() as connection:
        code = (await recovery.renew(connection, account))[0]

    async def use() -> bool:
        async with town.house.door.database.transaction() as connection:
            return await recovery.use(connection, account, code)

    assert sorted(await together(use)) == [False] * (AT_ONCE - 1) + [True]


async def test_the_last_administrator_stays_however_many_are_removed_at_once(town: Town) -> None:
    """Two administrators take each other's role away at the same time."""
    first, second = await town.browser("admin", name="First"), await town.browser("admin", name="Second")
    async with town.house.system() as work:
        people = (await work.query(Query("user", fields=("id", "roles")))).rows
    others = [row[0] for row in people if "admin" in (row[1] or ()) and row[0] not in (first.user, second.user)]
    assert not others, "the two are the only ones"
    turns = iter([(first, second.user), (second, first.user)])

    async def remove() -> httpx.Response:
        by, whom = next(turns)
        return await by.post(f"/settings/people/{whom}/deactivate", {})

    found = await together(remove, 2)
    assert all(one.status_code < 500 for one in found)
    async with town.house.system() as work:
        rows = (await work.query(Query("user", fields=("id", "roles", "status")))).rows
    assert [row for row in rows if "admin" in (row[1] or ()) and row[2] != "inactive"], rows
