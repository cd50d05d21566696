"""A sign-in that is away at the provider: good for ten minutes, one browser and one return."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from relata.engine.identity.sealing import Sealer
from relata.engine.identity.secret_text import digest, draw
from relata.engine.storage.database import Connection
from relata.foundation.errors import Expired
from relata.foundation.i18n import gettext as _

LIFETIME = timedelta(minutes=10)
#: `confirm`: to show again who one is. `test`: an administrator tries a provider out; nobody comes in.
Purpose = Literal["sign_in", "confirm", "test"]


@dataclass(frozen=True, slots=True)
class Begun:
    """What goes along to the provider, and `browser`: a secret for the cookie, which never leaves for there."""

    state: str
    nonce: str
    verifier: str
    browser: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """account: who wants to confirm or to test. next: the page to go on to. answer: what a SAML provider's form
    brought, unchecked."""

    provider: UUID
    purpose: Purpose
    account: UUID | None
    nonce: str
    verifier: str
    next: str
    began_at: datetime
    answer: str = ""


async def begin(
    connection: Connection,
    sealer: Sealer,
    provider: UUID,
    purpose: Purpose,
    *,
    account: UUID | None = None,
    wanted: str = "",
) -> Begun:
    """A new one."""
    begun = Begun(draw(), draw(), draw(), draw())
    await connection.execute(
        "insert into relata.sign_on_attempt (state_hash, browser_hash, provider, purpose, account, nonce, verifier,"
        " next, expires_at) values (%s, %s, %s, %s, %s, %s, %s, %s, now() + %s)",
        (
            digest(begun.state),
            digest(begun.browser),
            provider,
            purpose,
            account,
            begun.nonce,
            sealer.seal(begun.verifier.encode(), "sign_on_attempt"),
            wanted[:2000],
            LIFETIME,
        ),
    )
    return begun


async def finish(connection: Connection, sealer: Sealer, state: str, browser: str) -> Attempt:
    """Use it up, whatever comes of it. Expired for one that is over, was used, or began in another browser: what
    somebody else began must not end here."""
    row = await connection.fetch_one(
        "delete from relata.sign_on_attempt where state_hash = %s and browser_hash = %s and expires_at > now()"
        " returning provider, purpose, account, nonce, verifier, next, created_at, answer",
        (digest(state), digest(browser)),
    )
    if row is None:
        raise _over()
    provider, purpose, account, nonce, verifier, wanted, began_at, answer = row
    plain = sealer.unseal(bytes(verifier), "sign_on_attempt").decode()
    said = sealer.unseal(bytes(answer), "sign_on_answer").decode() if answer else ""
    return Attempt(provider, purpose, account, nonce, plain, wanted, began_at, said)


async def keep_answer(connection: Connection, sealer: Sealer, state: str, answer: str) -> None:
    """What a provider's form brought for an attempt, for the browser that began it to come back to: our cookie does not
    travel with a form of another site. Expired for an attempt that nobody waits for, or that has its answer."""
    kept = await connection.execute(
        "update relata.sign_on_attempt set answer = %s where state_hash = %s and answer is null and expires_at > now()",
        (sealer.seal(answer.encode(), "sign_on_answer"), digest(state)),
    )
    if not kept:
        raise _over()


def _over() -> Expired:
    return Expired(
        _("This sign-in took too long, or began elsewhere."),
        code="sign_on_state",
        hint=_("Start again on the sign-in page."),
    )
