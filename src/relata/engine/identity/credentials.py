"""Who a request comes from: a session, a key, or nobody. What they may do is decided above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from relata.foundation.errors import Denied, Expired


@dataclass(frozen=True, slots=True)
class Credentials:
    """kind: how they came. user: the id in the workspace's `user` table. session, key: the id of what they showed.
    role: a key's own role by name; None means the user's roles. scopes: see `allows`; only keys are bound by them.

    A session without workspace belongs to a person who is in none (yet).
    """

    kind: Literal["none", "session", "key"] = "none"
    account: UUID | None = None
    workspace: UUID | None = None
    user: UUID | None = None
    session: UUID | None = None
    key: UUID | None = None
    role: str | None = None
    scopes: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether somebody is behind this request."""
        return self.kind != "none"

    def allows(self, plural: str, access: Literal["read", "write"]) -> bool:
        """Whether the scopes reach an object. plural: its name in API paths. `write` includes `read`."""
        if self.kind != "key":
            return self.is_known
        sufficient = ("write",) if access == "write" else ("read", "write")
        return any(scope in self.scopes or f"{plural}:{scope}" in self.scopes for scope in sufficient)

    def require_known(self) -> Credentials:
        """Itself, or Expired (401 over HTTP) when nobody signed in."""
        if not self.is_known:
            raise Expired("Nobody is signed in.", code="session_required", hint="Sign in, or send an API key.")
        return self

    def require_session(self) -> Credentials:
        """Itself, or an error for nobody and for keys: passwords, sessions and keys are changed by people only."""
        if self.require_known().kind != "session":
            raise Denied("An API key can't do this.", code="session_needed", hint="Sign in and do it on the screen.")
        return self


NOBODY = Credentials()
