"""Sessions and keys that were looked up a moment ago, so that a request costs no round trip of its own.

Only within this process, and for four seconds: so long may another process still accept what was revoked here.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

from relata.engine.identity.credentials import Credentials

SECONDS = 4.0
MAX_ENTRIES = 20_000


class Recent:
    """Credentials by the hash of what was shown. clock: seconds, monotonic."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[bytes, tuple[float, Credentials]] = {}
        self._watched: dict[UUID, float] = {}

    def get(self, digest: bytes) -> Credentials | None:
        """What is known and fresh, or None."""
        found = self._known.get(digest)
        if found is None or found[0] < self._clock():
            return None
        return found[1]

    def keep(self, digest: bytes, credentials: Credentials) -> None:
        """Remember a look-up; not for ids that were forgotten a moment ago, whose revocation may not be committed."""
        now = self._clock()
        self._watched = {one: until for one, until in self._watched.items() if until > now}
        if self._watched and not self._watched.keys().isdisjoint(_ids(credentials)):
            return
        if len(self._known) >= MAX_ENTRIES:
            self._known.clear()
        self._known[digest] = (now + SECONDS, credentials)

    def forget(self, one: UUID) -> None:
        """Ask the database again for whatever involves this session, key, account, user, workspace or application."""
        self._watched[one] = self._clock() + 2 * SECONDS
        self._known = {digest: entry for digest, entry in self._known.items() if one not in _ids(entry[1])}


def _ids(credentials: Credentials) -> tuple[UUID | None, ...]:
    return (
        credentials.session,
        credentials.key,
        credentials.account,
        credentials.user,
        credentials.workspace,
        credentials.application,
    )


RECENT = Recent()
