"""Links for one use: setup, reset, invitation."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from relata.engine.identity import accounts, invitations, limits, memberships, resets, setup, sweeping, tokens
from relata.engine.identity.resolver import Resolver
from relata.engine.identity.sessions import Visitor
from relata.engine.identity.sign_in import sign_in
from relata.engine.storage.database import Database
from relata.foundation.errors import Conflict, Denied, Expired, Invalid, LimitReached
from relata.foundation.ids import new_id
from relata.testing.identity import PASSWORD, Ground, Person, identity_ground

HERE = Visitor("192.0.2.1")
NEW = "another few words"


@pytest_asyncio.fixture
async def empty(postgres_url: str) -> AsyncIterator[Database]:
    """A database in which nobody has an account."""
    async with identity_ground(postgres_url) as found:
        yield found.database


async def mailed(database: Database, person: Person) -> str:
    """The token of a reset link."""
    found = await resets.request(database, person.email, Visitor())
    assert found is not None
    assert found[0] == person.email
    return found[1]


async def test_a_reset_sets_the_password_and_ends_every_session(database: Database, person: Person) -> None:
    old = await sign_in(database, person.email, PASSWORD, HERE)
    await resets.complete(database, await mailed(database, person), NEW, HERE)
    assert await Resolver(database).session(old.token) is None
    assert (await sign_in(database, person.email, NEW, HERE)).account == person.account
    with pytest.raises(Invalid):
        await sign_in(database, person.email, PASSWORD, HERE)


async def test_a_reset_link_works_once(database: Database, person: Person) -> None:
    token = await mailed(database, person)
    await resets.complete(database, token, NEW, HERE)
    with pytest.raises(Expired):
        await resets.complete(database, token, "third set of words", HERE)


async def test_a_reset_link_survives_a_refused_password(database: Database, person: Person) -> None:
    token = await mailed(database, person)
    with pytest.raises(Invalid):
        await resets.complete(database, token, "short", HERE)
    assert await resets.complete(database, token, NEW, HERE) == person.account


async def test_a_newer_reset_link_replaces_the_older(database: Database, person: Person) -> None:
    older, newer = await mailed(database, person), await mailed(database, person)
    with pytest.raises(Expired):
        await resets.complete(database, older, NEW, HERE)
    assert await resets.complete(database, newer, NEW, HERE) == person.account


async def test_a_reset_link_expires(database: Database, person: Person) -> None:
    token = await mailed(database, person)
    async with database.read() as connection:
        await connection.execute(
            "update relata.one_time_token set expires_at = now() where account = %s", (person.account,)
        )
        with pytest.raises(Expired):
            await resets.check(connection, token)
    with pytest.raises(Expired):
        await resets.complete(database, token, NEW, HERE)


async def test_a_reset_link_dies_with_the_address(database: Database, person: Person) -> None:
    token = await mailed(database, person)
    async with database.transaction() as connection:
        await accounts.set_email(connection, person.account, f"{new_id().hex}@example.com")
    with pytest.raises(Expired):
        await resets.complete(database, token, NEW, HERE)


async def test_nobody_learns_whether_an_address_is_known(database: Database, person: Person) -> None:
    assert await resets.request(database, f"{new_id().hex}@example.com", Visitor()) is None
    assert await resets.request(database, "no address", Visitor()) is None
    async with database.transaction() as connection:
        await accounts.disable(connection, person.account)
    assert await resets.request(database, person.email, Visitor()) is None


@pytest.mark.parametrize("known", [True, False])
async def test_a_mailbox_can_not_be_flooded(database: Database, person: Person, known: bool) -> None:
    email = [f"{new_id().hex}@example.com", person.email][known]
    for _ in range(limits.RESET_OF_ACCOUNT.times):
        await resets.request(database, email, Visitor())
    with pytest.raises(LimitReached):
        await resets.request(database, email, Visitor())


async def test_a_token_serves_one_purpose(ground: Ground, person: Person) -> None:
    token = await mailed(ground.database, person)
    async with ground.database.transaction() as connection:
        with pytest.raises(Expired):
            await invitations.check(connection, token)
        with pytest.raises(Expired):
            await tokens.redeem(connection, "setup", token)


async def test_tokens_are_stored_as_hashes(database: Database, person: Person) -> None:
    token = await mailed(database, person)
    async with database.read() as connection:
        rows = await connection.fetch("select t::text from relata.one_time_token t")
    assert token not in str(rows)


async def test_only_the_holder_of_the_setup_link_makes_the_first_account(empty: Database) -> None:
    async with empty.transaction() as connection:
        token = await setup.issue(connection)
        assert token is not None
        await setup.check(connection, token)
        with pytest.raises(Expired):
            await setup.complete(connection, "guess", "anna@example.com", PASSWORD)
        account = await setup.complete(connection, token, "Anna@Example.com", PASSWORD)
        assert (await accounts.by_id(connection, account)).email == "anna@example.com"


async def test_the_setup_link_dies_with_the_first_account(empty: Database) -> None:
    async with empty.transaction() as connection:
        token = await setup.issue(connection)
        assert token is not None
        await accounts.create(connection, "anna@example.com", PASSWORD)
    async with empty.transaction() as connection:
        assert await setup.issue(connection) is None
        with pytest.raises(Conflict):
            await setup.check(connection, token)
        with pytest.raises(Conflict):
            await setup.complete(connection, token, "eve@example.com", PASSWORD)


async def test_each_start_replaces_the_setup_link(empty: Database) -> None:
    async with empty.transaction() as connection:
        older, newer = await setup.issue(connection), await setup.issue(connection)
        assert older is not None
        assert newer is not None
        with pytest.raises(Expired):
            await setup.check(connection, older)
        await setup.check(connection, newer)


async def test_a_refused_password_leaves_the_setup_link_good(empty: Database) -> None:
    async with empty.transaction() as connection:
        token = await setup.issue(connection)
    assert token is not None
    with pytest.raises(Invalid):
        async with empty.transaction() as connection:
            await setup.complete(connection, token, "anna@example.com", "short")
    async with empty.transaction() as connection:
        account = await setup.complete(connection, token, "anna@example.com", PASSWORD)
        assert (await accounts.by_id(connection, account)).email == "anna@example.com"


async def test_an_invitation_makes_the_account_and_the_membership(ground: Ground) -> None:
    email, user = f"{new_id().hex}@example.com", new_id()
    async with ground.database.transaction() as connection:
        token = await invitations.invite(connection, ground.workspace, user, email.upper())
    async with ground.database.transaction() as connection:
        shown = await invitations.check(connection, token)
        assert shown == invitations.Invitation(email, ground.workspace, user, has_account=False)
        accepted = await invitations.accept(connection, token, password=PASSWORD)
        assert await memberships.account_of(connection, ground.workspace, user) == accepted.account
    async with ground.database.transaction() as connection:
        with pytest.raises(Expired):
            await invitations.accept(connection, token, password=PASSWORD)


async def test_an_invitation_does_not_open_an_existing_account(ground: Ground, person: Person) -> None:
    async with ground.database.transaction() as connection:
        token = await invitations.invite(connection, ground.workspace, new_id(), person.email)
    for signed_in in (None, new_id()):
        with pytest.raises(Denied):
            async with ground.database.transaction() as connection:
                await invitations.accept(connection, token, password=NEW, signed_in=signed_in)
    with pytest.raises(Invalid):
        await sign_in(ground.database, person.email, NEW, HERE)
    async with ground.database.transaction() as connection:
        assert (await invitations.accept(connection, token, signed_in=person.account)).account == person.account


async def test_inviting_again_and_leaving_end_the_older_invitation(ground: Ground) -> None:
    email, user = f"{new_id().hex}@example.com", new_id()
    async with ground.database.transaction() as connection:
        older = await invitations.invite(connection, ground.workspace, user, email)
        newer = await invitations.invite(connection, ground.workspace, user, email)
        with pytest.raises(Expired):
            await invitations.check(connection, older)
        await memberships.leave(connection, ground.workspace, user)
        with pytest.raises(Expired):
            await invitations.check(connection, newer)


async def test_what_is_long_over_is_cleared_away(database: Database, person: Person) -> None:
    await sign_in(database, person.email, PASSWORD, HERE)
    await mailed(database, person)
    async with database.transaction() as connection:
        old = "= now() - interval '100 days' where account = %s"
        await connection.execute(f"update relata.session set revoked_at {old}", (person.account,))
        await connection.execute(f"update relata.one_time_token set used_at {old}", (person.account,))
        await sweeping.sweep(connection)
        for table in ("session", "one_time_token"):
            query = f"select 1 from relata.{table} where account = %s"
            assert await connection.fetch(query, (person.account,)) == []
