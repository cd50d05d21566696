"""API keys: shown once, bound to a person, role and scopes; dead when revoked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from relata.engine.identity import accounts, keys, memberships
from relata.engine.identity.credentials import NOBODY, Credentials
from relata.engine.identity.recent import RECENT
from relata.engine.identity.resolver import Resolver
from relata.engine.storage.database import Database
from relata.foundation.errors import Denied, Expired, Invalid, NotFound
from relata.foundation.ids import new_id
from relata.testing.identity import Ground, Person, make_person


async def make(ground: Ground, person: Person, role: str | None = None, *scopes: str) -> tuple[Credentials, str]:
    """A new key, looked up once."""
    async with ground.database.transaction() as connection:
        _, text = await keys.create(
            connection, ground.workspace, person.user, "Import", role=role, scopes=scopes or ("read", "write")
        )
    found = await Resolver(ground.database).key(text)
    assert found is not None
    return found, text


async def test_a_key_names_its_user_role_and_scopes(ground: Ground, person: Person) -> None:
    found, text = await make(ground, person, "reader", "read", "tasks:write")
    assert text.startswith("rk_")
    assert (found.kind, found.workspace, found.user, found.account) == (
        "key",
        ground.workspace,
        person.user,
        person.account,
    )
    assert (found.role, found.scopes) == ("reader", ("read", "tasks:write"))


async def test_a_key_is_stored_as_a_hash(ground: Ground, person: Person) -> None:
    found, text = await make(ground, person)
    async with ground.database.read() as connection:
        row = await connection.fetch_one("select k::text from relata.api_key k where id = %s", (found.key,))
        (listed,) = await keys.list_of(connection, ground.workspace, person.user)
    assert row is not None
    assert text.split("_", 2)[2] not in row[0]
    assert text.startswith(f"rk_{listed.prefix}_")


async def test_a_revoked_key_opens_nothing(ground: Ground, person: Person) -> None:
    found, text = await make(ground, person)
    assert found.key is not None
    async with ground.database.transaction() as connection:
        await keys.revoke(connection, ground.workspace, found.key)
    assert await Resolver(ground.database).key(text) is None


async def test_nobody_revokes_the_key_of_another(ground: Ground, person: Person) -> None:
    found, text = await make(ground, person)
    stranger = await make_person(ground)
    assert found.key is not None
    for workspace, user in ((ground.workspace, stranger.user), (new_id(), None)):
        with pytest.raises(NotFound):
            async with ground.database.transaction() as connection:
                await keys.revoke(connection, workspace, found.key, user=user)
    assert await Resolver(ground.database).key(text) is not None


async def test_a_key_expires(ground: Ground, person: Person) -> None:
    found, text = await make(ground, person)
    assert found.key is not None
    async with ground.database.read() as connection:
        await connection.execute("update relata.api_key set expires_at = now() where id = %s", (found.key,))
    RECENT.forget(found.key)
    assert await Resolver(ground.database).key(text) is None


async def test_a_key_dies_with_its_role(ground: Ground, person: Person) -> None:
    _, text = await make(ground, person, "temporary")
    _, other = await make(ground, person, "reader")
    async with ground.database.transaction() as connection:
        assert await keys.revoke_of_role(connection, ground.workspace, "temporary") == 1
    assert await Resolver(ground.database).key(text) is None
    assert await Resolver(ground.database).key(other) is not None


async def test_a_key_dies_with_its_person(ground: Ground, person: Person) -> None:
    _, disabled = await make(ground, person)
    leaving = await make_person(ground)
    _, left = await make(ground, leaving)
    async with ground.database.transaction() as connection:
        await accounts.disable(connection, person.account)
        await memberships.leave(connection, ground.workspace, leaving.user)
    assert await Resolver(ground.database).key(disabled) is None
    assert await Resolver(ground.database).key(left) is None


async def test_last_use_is_written_at_most_once_a_minute(ground: Ground, person: Person) -> None:
    found, text = await make(ground, person)
    assert found.key is not None
    async with ground.database.read() as connection:
        (first,) = await keys.list_of(connection, ground.workspace, person.user)
        RECENT.forget(found.key)
        await Resolver(ground.database).key(text)
        (second,) = await keys.list_of(connection, ground.workspace, person.user)
    assert first.last_used_at is not None
    assert first.last_used_at == second.last_used_at


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"scopes": ()}, "scopes"),
        ({"scopes": ("admin",)}, "scopes"),
        ({"scopes": ("tasks:delete",)}, "scopes"),
        ({"expires_at": datetime.now(UTC) - timedelta(days=1)}, "expires_at"),
        ({"expires_at": datetime(2099, 1, 1)}, "expires_at"),  # noqa: DTZ001 - without a zone on purpose
    ],
)
async def test_a_key_that_makes_no_sense_is_refused(ground: Ground, change: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        async with ground.database.transaction() as connection:
            await keys.create(connection, ground.workspace, new_id(), **{"name": "Import", **change})  # type: ignore[arg-type]
    assert refused.value.field == field


def test_scopes_reach_what_they_name() -> None:
    one = Credentials("key", scopes=("accounts:read", "tasks:write"))
    assert one.allows("accounts", "read")
    assert not one.allows("accounts", "write")
    assert one.allows("tasks", "read")
    assert one.allows("tasks", "write")
    assert not one.allows("contacts", "read")
    assert Credentials("key", scopes=("write",)).allows("contacts", "read")
    assert not Credentials("key", scopes=("read",)).allows("contacts", "write")
    assert Credentials("session").allows("contacts", "write")
    assert not NOBODY.allows("contacts", "read")


def test_keys_may_not_do_what_only_people_do() -> None:
    with pytest.raises(Denied):
        Credentials("key").require_session()
    with pytest.raises(Expired):
        NOBODY.require_session()


async def test_the_person_of_a_key_needs_no_account(ground: Ground, database: Database) -> None:
    async with database.transaction() as connection:
        _, text = await keys.create(connection, ground.workspace, new_id(), "Integration")
    found = await Resolver(database).key(text)
    assert found is not None
    assert found.account is None
