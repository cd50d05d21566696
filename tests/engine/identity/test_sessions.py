"""Sessions end when they should, and only their owner ends them."""

from __future__ import annotations

import pytest

from relata.engine.identity import memberships, sessions
from relata.engine.identity.credentials import Credentials
from relata.engine.identity.recent import RECENT, SECONDS, Recent
from relata.engine.identity.resolver import Resolver
from relata.engine.identity.sessions import Visitor
from relata.engine.storage.database import Database
from relata.foundation.errors import Denied, NotFound
from relata.foundation.ids import new_id
from relata.testing.identity import Ground, Person, make_person

HERE = Visitor("192.0.2.1", "Firefox")


async def start(ground: Ground, person: Person) -> tuple[Credentials, str]:
    """A new session, looked up once."""
    async with ground.database.transaction() as connection:
        _, token = await sessions.start(connection, person.account, ground.workspace, HERE)
    found = await Resolver(ground.database).session(token)
    assert found is not None
    return found, token


async def age(database: Database, found: Credentials, column: str, interval: str) -> None:
    """Move one of the session's times, and forget what was looked up."""
    async with database.read() as connection:
        await connection.execute(
            f"update relata.session set {column} = {column} - interval '{interval}' where id = %s", (found.session,)
        )
    assert found.session is not None
    RECENT.forget(found.session)


@pytest.mark.parametrize(("column", "interval"), [("last_seen_at", "14 days"), ("expires_at", "90 days")])
async def test_ends_by_idleness_and_by_age(ground: Ground, person: Person, column: str, interval: str) -> None:
    found, token = await start(ground, person)
    await age(ground.database, found, column, interval)
    assert await Resolver(ground.database).session(token) is None


async def test_last_seen_is_written_when_it_is_a_minute_old(ground: Ground, person: Person) -> None:
    found, token = await start(ground, person)
    await age(ground.database, found, "last_seen_at", "2 minutes")
    await Resolver(ground.database).session(token)
    async with ground.database.read() as connection:
        (listed,) = await sessions.list_of(connection, person.account)
        fresh = await connection.fetch_one("select now() - %s < interval '1 minute'", (listed.last_seen_at,))
    assert fresh == (True,)


async def test_a_hot_session_costs_no_round_trip(
    ground: Ground, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RECENT, "_watched", {})  # the person joined a moment ago
    found, token = await start(ground, person)
    async with ground.database.read() as connection:
        await connection.execute("delete from relata.session where id = %s", (found.session,))
    assert await Resolver(ground.database).session(token) == found


async def test_revoking_takes_effect_at_once_in_this_process(ground: Ground, person: Person) -> None:
    found, token = await start(ground, person)
    assert found.session is not None
    async with ground.database.transaction() as connection:
        await sessions.end(connection, person.account, found.session)
        # another request looks it up before we commit: it must not be remembered
        assert await Resolver(ground.database).session(token) is not None
    assert await Resolver(ground.database).session(token) is None


async def test_nobody_ends_the_session_of_another(ground: Ground, person: Person) -> None:
    found, token = await start(ground, person)
    stranger = await make_person(ground)
    assert found.session is not None
    with pytest.raises(NotFound):
        async with ground.database.transaction() as connection:
            await sessions.end(connection, stranger.account, found.session)
    assert await Resolver(ground.database).session(token) is not None


async def test_all_others_can_be_ended(ground: Ground, person: Person) -> None:
    kept, token = await start(ground, person)
    _, other = await start(ground, person)
    async with ground.database.transaction() as connection:
        assert await sessions.end_all(connection, person.account, except_for=kept.session) == 1
        assert [one.id for one in await sessions.list_of(connection, person.account)] == [kept.session]
    assert await Resolver(ground.database).session(token) is not None
    assert await Resolver(ground.database).session(other) is None


async def test_signing_out_ends_the_session(ground: Ground, person: Person) -> None:
    _, token = await start(ground, person)
    async with ground.database.transaction() as connection:
        await sessions.end_by_token(connection, token)
    assert await Resolver(ground.database).session(token) is None


async def test_who_left_the_workspace_is_in_none(ground: Ground, person: Person) -> None:
    _, token = await start(ground, person)
    async with ground.database.transaction() as connection:
        await memberships.leave(connection, ground.workspace, person.user)
        assert await memberships.list_of(connection, person.account) == []
    found = await Resolver(ground.database).session(token)
    assert found is not None
    assert (found.workspace, found.user) == (None, None)


async def test_entering_a_workspace_needs_membership(ground: Ground, person: Person) -> None:
    found, _ = await start(ground, person)
    assert found.session is not None
    async with ground.database.transaction() as connection:
        await sessions.enter(connection, found.session, person.account, ground.workspace)
        await memberships.leave(connection, ground.workspace, person.user)
    with pytest.raises(Denied):
        async with ground.database.transaction() as connection:
            await sessions.enter(connection, found.session, person.account, ground.workspace)


@pytest.mark.parametrize("token", ["", "x" * 43, "\x00" * 43, "x" * 100_000, "ü" * 43])
async def test_what_is_no_token_opens_nothing(database: Database, token: str) -> None:
    assert await Resolver(database).session(token) is None
    assert await Resolver(database).key(token) is None


def test_what_was_looked_up_is_believed_for_seconds_only() -> None:
    now = [0.0]
    recent = Recent(lambda: now[0])
    one = Credentials("session", account=new_id(), session=new_id())
    recent.keep(b"x", one)
    assert recent.get(b"x") == one
    now[0] = SECONDS + 0.1
    assert recent.get(b"x") is None
