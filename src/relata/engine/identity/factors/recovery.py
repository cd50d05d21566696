"""Ten codes for who lost phone and key: each opens once, in place of a second factor. Kept as hashes."""

from __future__ import annotations

import secrets
from uuid import UUID

from relata.engine.identity.secret_text import digest
from relata.engine.storage.database import Connection

HOW_MANY = 10
#: Crockford's: nothing in it is mistaken for something else on paper.
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
#: Seven groups of four letters are 140 random bits.
_GROUPS, _GROUP = 7, 4
_READ_AS = str.maketrans({"o": "0", "i": "1", "l": "1", "-": None, " ": None})


async def renew(connection: Connection, account: UUID) -> tuple[str, ...]:
    """Ten new codes, shown once; the earlier ones die."""
    codes = tuple(_drawn() for _ in range(HOW_MANY))
    await connection.execute("delete from relata.recovery_code where account = %s", (account,))
    await connection.execute(
        "insert into relata.recovery_code (account, code_hash) select %s, unnest(%s::bytea[])",
        (account, [digest(_plain(code)) for code in codes]),
    )
    return codes


async def use(connection: Connection, account: UUID, code: str) -> bool:
    """Use a code up; whether it was one. The same code twice at once: one of them gets it."""
    return bool(
        await connection.execute(
            "update relata.recovery_code set used_at = now() where account = %s and code_hash = %s and used_at is null",
            (account, digest(_plain(code))),
        )
    )


async def left(connection: Connection, account: UUID) -> int:
    """How many are unused."""
    row = await connection.fetch_one(
        "select count(*) from relata.recovery_code where account = %s and used_at is null", (account,)
    )
    return int(row[0]) if row else 0


def looks_like(code: str) -> bool:
    """Whether somebody typed a recovery code and not the six digits of an app."""
    return len(_plain(code)) == _GROUPS * _GROUP


def _drawn() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))


def _plain(code: str) -> str:
    return code.strip().lower().translate(_READ_AS)
