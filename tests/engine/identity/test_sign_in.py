"""Signing in: who is let in, what a refusal tells, how often one may try."""

from __future__ import annotations

import asyncio

import argon2
import pytest

from relata.engine.identity import accounts, limits, passwords, resets, security_log, sessions
from relata.engine.identity.resolver import Resolver
from relata.engine.identity.sessions import Visitor
from relata.engine.identity.sign_in import change_password, sign_in
from relata.engine.storage.database import Database
from relata.foundation.errors import Conflict, Invalid, LimitReached
from relata.foundation.ids import new_id
from relata.testing.identity import PASSWORD, Ground, Person

HERE = Visitor("192.0.2.1", "Firefox")


async def refusal(database: Database, email: str, password: str, visitor: Visitor = HERE) -> Invalid:
    """The error of a sign-in that must fail."""
    with pytest.raises(Invalid) as refused:
        await sign_in(database, email, password, visitor)
    return refused.value


async def kinds(database: Database, person: Person) -> list[str]:
    """What the security log tells of the person, newest first."""
    async with database.read() as connection:
        return [event.kind for event in await security_log.of_account(connection, person.account)]


async def test_the_right_password_opens_a_session_in_the_workspace(ground: Ground, person: Person) -> None:
    found = await sign_in(ground.database, f"  {person.email.upper()} ", PASSWORD, HERE)
    assert found.account == person.account
    credentials = await Resolver(ground.database).session(found.token)
    assert credentials is not None
    assert (credentials.kind, credentials.workspace, credentials.user) == ("session", ground.workspace, person.user)
    assert (await kinds(ground.database, person))[0] == "signed_in"


async def test_the_token_is_stored_as_a_hash(database: Database, person: Person) -> None:
    found = await sign_in(database, person.email, PASSWORD, HERE)
    async with database.read() as connection:
        rows = await connection.fetch("select s::text from relata.session s where id = %s", (found.session,))
    assert len(found.token) >= 43
    assert found.token not in rows[0][0]


async def test_unknown_address_wrong_password_and_disabled_account_sound_alike(
    database: Database, person: Person
) -> None:
    wrong = await refusal(database, person.email, "not the password")
    unknown = await refusal(database, f"{new_id().hex}@example.com", "not the password")
    nonsense = await refusal(database, "no address\x00", "not the password")
    async with database.transaction() as connection:
        await accounts.disable(connection, person.account)
    disabled = await refusal(database, person.email, PASSWORD)
    assert {error.message for error in (wrong, unknown, nonsense, disabled)} == {wrong.message}
    assert {error.code for error in (wrong, unknown, nonsense, disabled)} == {"wrong_credentials"}


async def test_an_unknown_address_is_hashed_too(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    real = argon2.PasswordHasher.verify

    def watched(self: argon2.PasswordHasher, kept: str, password: str) -> bool:
        checked.append(kept)
        return real(self, kept, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", watched)
    await refusal(database, f"{new_id().hex}@example.com", PASSWORD)
    assert checked == [passwords.DECOY]


async def test_a_failure_is_counted_and_logged_although_it_raises(database: Database, person: Person) -> None:
    await refusal(database, person.email, "not the password")
    async with database.read() as connection:
        assert (await accounts.by_id(connection, person.account)).failed_count == 1
    assert (await kinds(database, person))[0] == "sign_in_refused"


async def test_the_log_holds_no_password_and_no_typed_address(database: Database) -> None:
    email = f"{new_id().hex}@example.com"
    await refusal(database, email, "a very secret guess")
    async with database.read() as connection:
        text = str(await connection.fetch("select l::text from relata.security_log l"))
        attempts = b"".join(row[0] for row in await connection.fetch("select subject from relata.attempt"))
    assert "secret guess" not in text
    assert email not in text
    assert email.encode() not in attempts


async def test_an_account_is_closed_for_a_while_after_too_many_failures(database: Database, person: Person) -> None:
    for count in range(limits.SIGN_IN_OF_ACCOUNT.times):
        await refusal(database, person.email, "not the password", Visitor(f"198.51.100.{count}"))
    with pytest.raises(LimitReached) as refused:
        await sign_in(database, person.email, PASSWORD, Visitor("198.51.100.99"))
    assert refused.value.retry_after_seconds is not None
    assert 0 < refused.value.retry_after_seconds <= limits.SIGN_IN_OF_ACCOUNT.seconds
    assert (await kinds(database, person))[0] == "sign_in_limited"


async def test_the_window_slides(database: Database, person: Person) -> None:
    for _ in range(limits.SIGN_IN_OF_ACCOUNT.times):
        await refusal(database, person.email, "not the password", Visitor())
    async with database.read() as connection:
        await connection.execute(
            "update relata.attempt set at = at - interval '16 minutes' where subject = %s",
            (limits.subject(limits.SIGN_IN_OF_ACCOUNT, person.email),),
        )
    assert (await sign_in(database, person.email, PASSWORD, Visitor())).account == person.account


async def test_a_reset_opens_a_closed_account_for_its_owner(database: Database, person: Person) -> None:
    for _ in range(limits.SIGN_IN_OF_ACCOUNT.times):
        await refusal(database, person.email, "not the password", Visitor())
    mailed = await resets.request(database, person.email, Visitor())
    assert mailed is not None
    await resets.complete(database, mailed[1], "another few words", Visitor())
    assert (await sign_in(database, person.email, "another few words", Visitor())).account == person.account


async def test_one_place_may_not_try_many_accounts(database: Database) -> None:
    limited = [(limits.SIGN_IN_FROM_ADDRESS, "2001:db8:1:2::1")]
    async with database.read() as connection:
        for _ in range(limits.SIGN_IN_FROM_ADDRESS.times):
            await limits.attempt(connection, limited)
        with pytest.raises(LimitReached):
            await limits.attempt(connection, [(limits.SIGN_IN_FROM_ADDRESS, "2001:db8:1:2:ffff::9")])
        assert await limits.attempt(connection, [(limits.SIGN_IN_FROM_ADDRESS, "2001:db8:1:3::1")])


async def test_many_at_once_do_not_slip_through(database: Database) -> None:
    limit = limits.Limit(f"at_once_{new_id().hex}", 5, 60)

    async def attempt() -> bool:
        async with database.read() as connection:
            await limits.attempt(connection, [(limit, "192.0.2.1")])
        return True

    found = await asyncio.gather(*(attempt() for _ in range(20)), return_exceptions=True)
    assert sum(one is True for one in found) <= limit.times
    assert any(isinstance(one, LimitReached) for one in found)


async def test_right_passwords_are_not_counted(database: Database, person: Person) -> None:
    for _ in range(limits.SIGN_IN_OF_ACCOUNT.times + 1):
        await sign_in(database, person.email, PASSWORD, Visitor("203.0.113.7"))
    async with database.read() as connection:
        subject = limits.subject(limits.SIGN_IN_FROM_ADDRESS, "203.0.113.7")
        assert await connection.fetch("select 1 from relata.attempt where subject = %s", (subject,)) == []


async def test_a_hash_with_old_parameters_is_renewed(database: Database, person: Person) -> None:
    old = argon2.PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)
    async with database.read() as connection:
        await connection.execute("update relata.account set password_hash = %s where id = %s", (old, person.account))
        await sign_in(database, person.email, PASSWORD, HERE)
        renewed = (await accounts.by_id(connection, person.account)).password_hash
    assert renewed is not None
    assert not passwords.is_outdated(renewed)
    assert await passwords.matches(renewed, PASSWORD)


async def test_signing_in_ends_the_session_that_the_browser_had(database: Database, person: Person) -> None:
    first = await sign_in(database, person.email, PASSWORD, HERE)
    second = await sign_in(database, person.email, PASSWORD, HERE, replaces=first.token)
    assert first.token != second.token
    assert await Resolver(database).session(first.token) is None
    assert await Resolver(database).session(second.token) is not None


async def test_changing_the_password_ends_other_sessions_and_mailed_links(database: Database, person: Person) -> None:
    here = await sign_in(database, person.email, PASSWORD, HERE)
    elsewhere = await sign_in(database, person.email, PASSWORD, HERE)
    mailed = await resets.request(database, person.email, HERE)
    assert await Resolver(database).session(elsewhere.token) is not None

    await change_password(database, person.account, PASSWORD, "another few words", HERE, keep=here.session)

    assert await Resolver(database).session(here.token) is not None
    assert await Resolver(database).session(elsewhere.token) is None
    assert mailed is not None
    with pytest.raises(Exception, match="no longer valid"):
        await resets.complete(database, mailed[1], "some other words", HERE)
    assert (await refusal(database, person.email, PASSWORD)).code == "wrong_credentials"


async def test_changing_the_password_needs_the_current_one(database: Database, person: Person) -> None:
    with pytest.raises(Invalid) as refused:
        await change_password(database, person.account, "not the password", "another few words", HERE)
    assert (refused.value.code, refused.value.field) == ("wrong_password", "current")
    with pytest.raises(Invalid) as refused:
        await change_password(database, person.account, PASSWORD, "short", HERE)
    assert refused.value.code == "too_short"


async def test_two_accounts_never_share_an_address(database: Database, person: Person) -> None:
    with pytest.raises(Conflict) as refused:
        async with database.transaction() as connection:
            await accounts.create(connection, person.email.upper(), PASSWORD)
    assert (refused.value.code, refused.value.field) == ("not_unique", "email")


async def test_a_disabled_account_loses_its_sessions_at_once(database: Database, person: Person) -> None:
    found = await sign_in(database, person.email, PASSWORD, HERE)
    assert await Resolver(database).session(found.token) is not None
    async with database.transaction() as connection:
        await accounts.disable(connection, person.account)
    assert await Resolver(database).session(found.token) is None
    async with database.transaction() as connection:
        assert await sessions.list_of(connection, person.account) == []
