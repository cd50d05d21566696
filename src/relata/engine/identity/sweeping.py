"""Clearing away what is over; for a daily schedule."""

from __future__ import annotations

from relata.engine.storage.database import Connection

_OVER = (
    "delete from relata.attempt where at < now() - interval '1 day'",
    "delete from relata.one_time_token where coalesce(used_at, expires_at) < now() - interval '30 days'",
    "delete from relata.session where least(revoked_at, expires_at, last_seen_at + interval '14 days')"
    " < now() - interval '30 days'",
    "delete from relata.half_sign_in where expires_at < now()",
    "delete from relata.sign_on_attempt where expires_at < now()",
    "delete from relata.passkey_challenge where expires_at < now()",
    "delete from relata.oauth_code where expires_at < now() - interval '1 day'",
    "delete from relata.oauth_token where expires_at < now() - interval '30 days'",
    "delete from relata.person_hour where hour < now() - interval '40 days'",
    "delete from relata.seen_from where last_at < now() - interval '400 days'",
    "delete from relata.security_alert where at < now() - interval '400 days'",
    "delete from relata.security_log where at < now() - interval '400 days'",
)


async def sweep(connection: Connection) -> int:
    """Delete attempts after a day, tokens and sessions a month after their end, the security log after 400 days.

    How many rows went.
    """
    return sum([await connection.execute(statement) for statement in _OVER])
