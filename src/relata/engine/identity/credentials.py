"""Who a request comes from: a session, a key, or nobody. What they may do is decided above."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from relata.foundation.errors import Denied, Expired
from relata.foundation.i18n import gettext as _

#: How long a confirmation of who one is lets dangerous things be done.
FRESH = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Credentials:
    """kind: how they came. user: the id in the workspace's `user` table. session, key: the id of what they showed.
    role: a key's own role by name; None means the user's roles. scopes: see `allows`; only keys are bound by them.

    application: the OAuth application that holds the key. confirmed_at: when the person last showed who they are, in
    this session. browser: its family, to which the session is bound; "" for any. networks: see `admission.policy`.
    lacks_factor: a second factor has to be set up before anything else.

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
    application: UUID | None = None
    confirmed_at: datetime | None = None
    browser: str = ""
    networks: tuple[tuple[str, ...], ...] = ()
    lacks_factor: bool = False

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
            raise Expired(_("Nobody is signed in."), code="session_required", hint=_("Sign in, or send an API key."))
        return self

    def require_session(self) -> Credentials:
        """Itself, or an error for nobody and for keys: passwords, sessions and keys are changed by people only."""
        if self.require_known().kind != "session":
            raise Denied(
                _("An API key can't do this."), code="session_needed", hint=_("Sign in and do it on the screen.")
            )
        return self

    @property
    def is_fresh(self) -> bool:
        """Whether the person showed who they are within the last ten minutes."""
        return self.confirmed_at is not None and abs(datetime.now(UTC) - self.confirmed_at) < FRESH

    def require_fresh(self) -> Credentials:
        """Itself, or Denied for a session whose person has to confirm who they are. Keys can't, and are bound by their
        scopes."""
        if self.require_known().kind == "session" and not self.is_fresh:
            raise Denied(
                _("Confirm that it is you first."),
                code="confirmation_needed",
                hint=_("Do it on the screen, which asks you."),
            )
        return self


NOBODY = Credentials()
