"""Authenticator apps: time-based codes of six digits (RFC 6238). A code that was used is refused."""

from __future__ import annotations

import hmac
import time
from uuid import UUID

import pyotp

from relata.engine.identity.sealing import Sealer
from relata.engine.storage.database import Connection
from relata.foundation.errors import Conflict
from relata.foundation.i18n import gettext as _

STEP_SECONDS = 30
#: Steps before and after now that are accepted: clocks differ, and people type.
_DRIFT = 1


async def begin(connection: Connection, sealer: Sealer, account: UUID) -> str:
    """A secret for a new app, in base 32; it counts once `confirm` saw a code. Conflict if there is an app."""
    secret = pyotp.random_base32()
    stored = await connection.execute(
        "insert into relata.totp (account, secret) values (%s, %s) on conflict (account) do update"
        " set secret = excluded.secret, created_at = now(), last_step = 0 where totp.confirmed_at is null",
        (account, sealer.seal(secret.encode(), _place(account))),
    )
    if not stored:
        raise Conflict(_("There is an authenticator app already."), code="totp_exists", hint=_("Remove it first."))
    return secret


async def waiting(connection: Connection, sealer: Sealer, account: UUID) -> str | None:
    """The secret that waits for its first code, for a quarter of an hour; None otherwise."""
    row = await connection.fetch_one(
        "select secret from relata.totp where account = %s and confirmed_at is null"
        " and created_at > now() - interval '15 minutes'",
        (account,),
    )
    return sealer.unseal(bytes(row[0]), _place(account)).decode() if row else None


async def confirm(connection: Connection, sealer: Sealer, account: UUID, code: str) -> bool:
    """Whether the code is of the waiting app; from then on it counts."""
    secret = await waiting(connection, sealer, account)
    step = _step_of(secret, code) if secret else None
    if step is None:
        return False
    return bool(
        await connection.execute(
            "update relata.totp set confirmed_at = now(), last_used_at = now(), last_step = %s"
            " where account = %s and confirmed_at is null and last_step < %s",
            (step, account, step),
        )
    )


async def check(connection: Connection, sealer: Sealer, account: UUID, code: str) -> bool:
    """Whether the code is right, and later than any that was used. The same code twice at once: one of them gets it."""
    row = await connection.fetch_one(
        "select secret from relata.totp where account = %s and confirmed_at is not null", (account,)
    )
    step = _step_of(sealer.unseal(bytes(row[0]), _place(account)).decode(), code) if row else None
    if step is None:
        return False
    return bool(
        await connection.execute(
            # A last step in the future is of a clock that was put back: it must not keep its owner out for so long.
            "update relata.totp set last_used_at = now(), last_step = %s where account = %s"
            " and (last_step < %s or last_step > %s)",
            (step, account, step, _step_now() + _DRIFT),
        )
    )


async def remove(connection: Connection, account: UUID) -> bool:
    """Forget the app; whether there was one."""
    return bool(await connection.execute("delete from relata.totp where account = %s", (account,)))


def address(secret: str, email: str, issuer: str) -> str:
    """What the QR code says: `otpauth://…`."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def _step_of(secret: str, code: str) -> int | None:
    """The step that the code belongs to, or None. All are compared, so that the time tells nothing."""
    given, now, found = code.replace(" ", "").encode(), _step_now(), None
    generator = pyotp.TOTP(secret)
    for step in range(now - _DRIFT, now + _DRIFT + 1):
        if hmac.compare_digest(generator.generate_otp(step).encode(), given):
            found = step
    return found


def _step_now() -> int:
    return int(time.time()) // STEP_SECONDS


def _place(account: UUID) -> str:
    return f"totp:{account}"
