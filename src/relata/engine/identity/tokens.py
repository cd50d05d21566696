"""One-time tokens: for one purpose, for a while, for one use; kept as a hash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from relata.engine.identity.secret_text import digest, draw
from relata.engine.storage.database import Connection
from relata.foundation.errors import Expired
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import later
from relata.foundation.ids import new_id

Purpose = Literal["setup", "reset", "invite", "recovery", "approval", "form", "embed"]
#: A setup token is replaced at each start and worthless once an account exists.
LIFETIMES: dict[Purpose, timedelta] = {
    "setup": timedelta(days=30),
    "reset": timedelta(hours=1),
    "invite": timedelta(days=7),
    "recovery": timedelta(hours=1),
    "approval": timedelta(days=14),
    "form": timedelta(days=7),
    "embed": timedelta(days=365),
}

_COLUMNS = 'id, purpose, account, workspace, "user", email, about'
_ALIVE = "token_hash = %s and purpose = %s and used_at is null and expires_at > now()"


@dataclass(frozen=True, slots=True)
class OneTimeToken:
    """What a token stands for; which of these are set depends on the purpose."""

    id: UUID
    purpose: Purpose
    account: UUID | None
    workspace: UUID | None
    user: UUID | None
    email: str | None
    about: UUID | None = None


async def issue(
    connection: Connection,
    purpose: Purpose,
    *,
    account: UUID | None = None,
    workspace: UUID | None = None,
    user: UUID | None = None,
    email: str | None = None,
    about: UUID | None = None,
) -> str:
    """A new token; its text is shown once. about: a record that it is good for, and nothing else."""
    text = draw()
    await connection.execute(
        "insert into relata.one_time_token"
        ' (id, purpose, token_hash, account, workspace, "user", email, about, expires_at)'
        " values (%s, %s, %s, %s, %s, %s, %s, %s, now() + %s)",
        (new_id(), purpose, digest(text), account, workspace, user, email, about, LIFETIMES[purpose]),
    )
    return text


async def peek(connection: Connection, purpose: Purpose, text: str) -> OneTimeToken:
    """What a token stands for, without using it; for showing its page. Expired when it is not, or no longer, good."""
    row = await connection.fetch_one(
        f"select {_COLUMNS} from relata.one_time_token where {_ALIVE}", (digest(text), purpose)
    )
    return OneTimeToken(*row) if row else _refuse(purpose)


async def redeem(connection: Connection, purpose: Purpose, text: str) -> OneTimeToken:
    """Use a token up. Two at once: one of them gets it. Expired when it is not, or no longer, good."""
    row = await connection.fetch_one(
        f"update relata.one_time_token set used_at = now() where {_ALIVE} returning {_COLUMNS}",
        (digest(text), purpose),
    )
    return OneTimeToken(*row) if row else _refuse(purpose)


async def end_of_account(connection: Connection, account: UUID) -> None:
    """Make every unused token of an account worthless."""
    await connection.execute(
        "update relata.one_time_token set used_at = now() where account = %s and used_at is null", (account,)
    )


async def end_about(connection: Connection, records: Sequence[UUID]) -> None:
    """Make every unused token that is good for one of these records worthless."""
    if records:
        await connection.execute(
            "update relata.one_time_token set used_at = now() where about = any(%s) and used_at is null",
            (list(records),),
        )


_HINTS: dict[Purpose, str] = {
    "setup": later("Start Relata again; it prints a new link."),
    "reset": later("Ask for a new link on the sign-in page."),
    "invite": later("Ask the person who invited you for a new one."),
    "recovery": later("Whoever runs the server makes a new one: relata user recovery-link."),
    "approval": later("Sign in; what waits for you is under Approvals."),
    "form": later("Send the form again; it sends a new link."),
    "embed": later("Whoever made it can make a new one."),
}


def _refuse(purpose: Purpose) -> OneTimeToken:
    message = _("This link was used already, or is no longer valid.")
    raise Expired(message, code=f"{purpose}_link", hint=_(_HINTS[purpose]))
