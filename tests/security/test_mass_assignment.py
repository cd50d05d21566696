"""Values that no caller decides: they are refused or ignored wherever a body can carry them, and never written."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from tests.security.conftest import Town, Visitor, told

from relata.foundation.ids import new_id

NOBODY = str(new_id())
#: What the system alone writes.
SYSTEM: dict[str, Any] = {
    "id": NOBODY,
    "created_at": "2001-01-01T00:00:00Z",
    "changed_at": "2001-01-01T00:00:00Z",
    "created_by": NOBODY,
    "changed_by": NOBODY,
    "created_via": "import",
    "changed_via": "import",
    "version": 77,
    "deleted_at": "2001-01-01T00:00:00Z",
    "readers": [1, 2, 3],
    "number": "S-77",
    "doubled": 77,
    "part_count": 77,
    "search_text": "x",
    "salt": "x",
}


@pytest.fixture
async def member(town: Town) -> Visitor:
    """Somebody who works with records and administers nothing."""
    return await town.program(await town.browser("member", name="Mia"))


async def kept(town: Town, record: UUID) -> dict[str, str]:
    """The row as it lies in the database, as text."""
    schema = (await town.house.door.context(town.ours.key)).schema
    async with town.house.door.database.read() as connection:
        row = await connection.fetch_one(f"select to_jsonb(t) from {schema}.specimen t where id = %s", (record,))
    assert row is not None
    return {name: str(value) for name, value in row[0].items()}


async def test_the_system_alone_writes_its_fields(town: Town) -> None:
    ada = await town.browser("admin")
    program, record = await town.program(ada), town.ours.ids["specimen"]
    before = await kept(town, record)
    for name, value in SYSTEM.items():
        for answer in (
            await program.send("PATCH", f"/api/v1/specimens/{record}", json={name: value}),
            await program.send("POST", "/api/v1/specimens", json={"name": "New", name: value}),
        ):
            assert answer.status_code in (400, 403, 422), told(answer)
        for path in (
            f"/specimens/{record}/edit",
            f"/specimens/{record}/fields/{name}",
            f"/specimens/{record}/cells/{name}",
        ):
            await ada.post(path, {"name": town.ours.word, name: str(value), "value": str(value)})
        operation = {"method": "update", "object": "specimens", "id": str(record), "values": {name: value}}
        batch = await program.send("POST", "/api/v1/batch", json={"operations": [operation], "atomic": False})
        answers = batch.json().get("data", [{"status": batch.status_code}])
        assert all(one["status"] >= 400 for one in answers), batch.text
    after = await kept(town, record)
    for name in ("id", "created_at", "created_by", "deleted_at", "readers", "number"):
        assert after[name] == before[name], name
    assert int(after["version"]) - int(before["version"]) <= len(SYSTEM) * 3  # counted by us, never set
    listed = await program.get("/api/v1/specimens?limit=200&deleted=any")
    assert NOBODY not in listed.text


async def test_nobody_makes_themselves_more_than_they_are(town: Town, member: Visitor) -> None:
    assert member.user is not None
    before = (await town.ours.fingerprint())["user"]
    attempts: tuple[dict[str, Any], ...] = (
        {"roles": ["admin"]}, {"roles": ["member", "admin"]}, {"status": "active"}, {"email": "boss@example.com"},
        {"team": str(town.ours.ids["team"])}, {"is_external": False}, {"roles": []}, {"manager": str(member.user), "roles": ["admin"]},
    )  # fmt: skip
    for values in attempts:
        for whom in (member.user, town.ours.ids["user"]):
            answer = await member.send("PATCH", f"/api/v1/users/{whom}", json=values)
            assert answer.status_code in (400, 403, 404, 422), told(answer)
        answer = await member.send("POST", "/api/v1/users", json={"name": "New", **values})
        assert answer.status_code in (400, 403, 422), told(answer)
    assert (await town.ours.fingerprint())["user"] == before


async def test_nor_through_a_form_of_their_own(town: Town) -> None:
    mia = await town.browser("member", name="Mia")
    extra = {"roles": "admin", "status": "active", "is_external": "false", "team": str(town.ours.ids["team"])}
    for path in ("/settings/profile", "/settings/appearance", "/settings/notifications", f"/users/{mia.user}/edit"):
        await mia.post(path, {"name": "Mia", "language": "en", "time_zone": "Europe/Berlin", **extra})
    async with town.house.system() as work:
        person = await work.get("user", mia.user)  # type: ignore[arg-type]
        assert (list(person["roles"]), person["team"]) == (["member"], None)


async def test_what_is_not_there_for_them_is_not_written_for_them(town: Town, member: Visitor) -> None:
    """Configuration, keys, views and notifications of others."""
    before = await town.ours.fingerprint()
    for path, body in (
        ("admin/roles", {"name": "boss", "permissions": ["*"]}),
        ("admin/objects", {"name": "odd", "label": "Odd"}),
        ("admin/objects/account/fields", {"type": "text", "name": "odd"}),
        ("admin/sharing-rules", {"name": "all", "object": "account", "where": "true", "level": "write"}),
        ("notifications", {"kind": "system", "text": "Hello", "owner": str(town.ours.ids["user"])}),
        ("bulk_changes", {"name": "x", "kind": "undo", "status": "running", "plan": {"object": "account"}}),
    ):
        answer = await member.send("POST", f"/api/v1/{path}", json=body)
        assert answer.status_code in (400, 401, 403, 404, 405, 422), told(answer)
    view = town.ours.ids["view"]
    assert (await member.send("PATCH", f"/api/v1/views/{view}", json={"owner": str(member.user)})).status_code in (
        403,
        404,
    )
    after = await town.ours.fingerprint()
    assert {name for name in before if before[name] != after[name]} <= {"_principal", "_recent"}
