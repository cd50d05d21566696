"""A clock that was ahead and is put back keeps nobody out for as long as it was ahead."""

from __future__ import annotations

import time

import pyotp
import pytest

from relata.engine.identity import limits
from relata.engine.identity.factors import totp
from relata.engine.identity.sealing import SecretBox
from relata.engine.storage.database import Database
from relata.foundation.errors import LimitReached
from relata.testing.identity import Person

BOX = SecretBox("k" * 32)


async def test_attempts_of_the_future_do_not_count(database: Database) -> None:
    tried = [(limits.RESET_OF_ACCOUNT, "ahead@example.com")]
    async with database.read() as connection:
        for _ in range(limits.RESET_OF_ACCOUNT.times):
            await limits.attempt(connection, tried)
        with pytest.raises(LimitReached):
            await limits.attempt(connection, tried)
        subject = limits.subject(*tried[0])
        await connection.execute("update relata.attempt set at = at + interval '1 year' where subject = %s", (subject,))
        assert await limits.attempt(connection, tried)


async def test_a_code_used_in_the_future_refuses_no_other(database: Database, person: Person) -> None:
    async with database.transaction() as connection:
        secret = await totp.begin(connection, BOX, person.account)
        now = pyotp.TOTP(secret).now()
        assert await totp.confirm(connection, BOX, person.account, now)
        assert not await totp.check(connection, BOX, person.account, now)
        ahead = int(time.time()) // totp.STEP_SECONDS + 1000
        await connection.execute("update relata.totp set last_step = %s where account = %s", (ahead, person.account))
        assert await totp.check(connection, BOX, person.account, now)
        assert not await totp.check(connection, BOX, person.account, now)
