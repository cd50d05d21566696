"""Identity providers of a workspace: where they are, as whom we come to them, on which terms. Secrets are sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from relata.engine.identity.recent import RECENT
from relata.engine.identity.sealing import Sealer
from relata.engine.identity.sign_on.terms import Terms, check_terms
from relata.engine.storage.database import Connection
from relata.foundation.errors import Invalid, NotFound
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id

MAX_PROVIDERS = 20
_COLUMNS = "p.id, p.workspace, w.key, p.name, p.issuer, p.client_id, p.client_secret, p.terms, p.is_on,"
_COLUMNS += " p.tested_at, p.sign_in_url, p.certificates"
_FROM = "relata.sign_on_provider p join relata.workspace w on w.id = p.workspace"


@dataclass(frozen=True, slots=True)
class Provider:
    """sealed_secret: None for one that knows us by PKCE alone. tested_at: when somebody last came back from it.
    sign_in_url, certificates: of one that speaks SAML; the client id is of no use there."""

    id: UUID
    workspace: UUID
    workspace_key: str
    name: str
    issuer: str
    client_id: str
    sealed_secret: bytes | None
    terms: Terms
    is_on: bool
    tested_at: datetime | None
    sign_in_url: str = ""
    certificates: tuple[str, ...] = ()

    @property
    def is_saml(self) -> bool:
        """Whether it speaks SAML and not OpenID Connect."""
        return bool(self.certificates)

    def secret(self, sealer: Sealer) -> str:
        """What we show the provider; "" for none."""
        if self.sealed_secret is None:
            return ""
        return sealer.unseal(bytes(self.sealed_secret), f"sign_on_provider:{self.id}").decode()


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What an administrator enters. client_secret: "" leaves the one that is there, or none. sign_in_url, certificates:
    of a SAML provider, as `saml_metadata.read` found them."""

    name: str
    issuer: str
    client_id: str
    client_secret: str = ""
    terms: Terms = Terms()
    is_on: bool = False
    sign_in_url: str = ""
    certificates: tuple[str, ...] = ()


async def save(
    connection: Connection, sealer: Sealer, workspace: UUID, settings: Settings, provider: UUID | None = None
) -> UUID:
    """A new provider, or one with other settings. Another issuer or client is another provider to us: its secret has
    to be entered anew, and who was linked is no longer."""
    check(settings)
    known = await find(connection, provider, workspace=workspace) if provider else None
    moved = known is None or (known.issuer, known.client_id) != (settings.issuer, settings.client_id)
    key = known.id if known else new_id()
    if known is None and len(await list_of(connection, workspace)) >= MAX_PROVIDERS:
        raise Invalid(
            _("A workspace has at most %(max_providers)s providers.") % {"max_providers": MAX_PROVIDERS},
            code="too_many",
            field="name",
        )
    sealed = sealer.seal(settings.client_secret.encode(), f"sign_on_provider:{key}") if settings.client_secret else None
    if known and not moved and sealed is None:
        sealed = known.sealed_secret
    if known and moved:
        await connection.execute("delete from relata.linked_account where provider = %s", (key,))
        await connection.execute("delete from relata.session where provider = %s", (key,))
    await connection.execute(
        "insert into relata.sign_on_provider (id, workspace, name, issuer, client_id, client_secret, terms, is_on,"
        " sign_in_url, certificates)"
        " values (%s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s) on conflict (id) do update set name = excluded.name,"
        " issuer = excluded.issuer, client_id = excluded.client_id, client_secret = excluded.client_secret,"
        " terms = excluded.terms, is_on = excluded.is_on, sign_in_url = excluded.sign_in_url,"
        " certificates = excluded.certificates",
        (
            key,
            workspace,
            settings.name.strip(),
            settings.issuer,
            settings.client_id,
            sealed,
            msgspec.json.encode(settings.terms).decode(),
            settings.is_on,
            settings.sign_in_url,
            list(settings.certificates),
        ),
    )
    RECENT.forget(workspace)
    return key


async def remove(connection: Connection, workspace: UUID, provider: UUID) -> None:
    """Nobody comes in by it any more; its sessions end. NotFound for another workspace's."""
    RECENT.forget(workspace)
    gone = await connection.execute(
        "delete from relata.sign_on_provider where id = %s and workspace = %s", (provider, workspace)
    )
    if not gone:
        raise _unknown()


async def find(connection: Connection, provider: UUID | None, *, workspace: UUID | None = None) -> Provider:
    """The provider, of this workspace if one is named; NotFound otherwise."""
    row = await connection.fetch_one(
        f"select {_COLUMNS} from {_FROM} where p.id = %(id)s"
        " and (%(workspace)s::uuid is null or p.workspace = %(workspace)s)",
        {"id": provider, "workspace": workspace},
    )
    if row is None:
        raise _unknown()
    return _provider(row)


async def list_of(connection: Connection, workspace: UUID) -> list[Provider]:
    """All of a workspace, by name."""
    found = f"select {_COLUMNS} from {_FROM} where p.workspace = %s order by p.name"
    rows = await connection.fetch(found, (workspace,))
    return [_provider(row) for row in rows]


async def offered(connection: Connection, key: str = "") -> list[Provider]:
    """Those that the sign-in page shows: of the workspace called `key`, or of the only one that there is. An
    installation of many workspaces tells nobody which of them uses what."""
    rows = await connection.fetch(
        f"select {_COLUMNS} from {_FROM} where p.is_on and (w.key = %(key)s"
        " or %(key)s = '' and not exists (select from relata.workspace o where o.id <> w.id)) order by p.name",
        {"key": key[:100].replace("\x00", "")},
    )
    return [_provider(row) for row in rows]


async def known_to(connection: Connection, workspace: UUID | None, account: UUID) -> list[Provider]:
    """The providers of a workspace that know this account."""
    rows = await connection.fetch(
        f"select {_COLUMNS} from {_FROM} join relata.linked_account l on l.provider = p.id"
        " where p.is_on and p.workspace = %s and l.account = %s order by p.name",
        (workspace, account),
    )
    return [_provider(row) for row in rows]


def check(settings: Settings) -> None:
    """Invalid for what can't be a provider."""
    if not 0 < len(settings.name.strip()) <= 60 or "\x00" in settings.name:
        raise Invalid(_("Give it a name of at most 60 characters."), code="required", field="name")
    if settings.certificates:
        _check_saml(settings)
        return
    found = urlsplit(settings.issuer)
    if found.scheme != "https" or not found.hostname or found.query or found.fragment or len(settings.issuer) > 500:
        raise Invalid(
            _("This is no issuer."),
            code="issuer",
            field="issuer",
            hint=_("It begins with https:// and is exactly as they write it."),
        )
    if not 0 < len(settings.client_id) <= 300 or not settings.client_id.isprintable():
        raise Invalid(_("Enter the client id that the provider gave you."), code="required", field="client_id")
    if len(settings.client_secret) > 1000 or (settings.client_secret and not settings.client_secret.isprintable()):
        raise Invalid(_("This is no client secret."), code="client_secret", field="client_secret")
    check_terms(settings.terms)


def _check_saml(settings: Settings) -> None:
    """It does not say of an address that it was confirmed, so an administrator says for which it may speak."""
    if not settings.terms.domains:
        raise Invalid(
            _("Say whose addresses may come in."), code="required", field="domains",
            hint=_("SAML does not tell whether an address was confirmed; the provider is believed for these domains."),
        )  # fmt: skip
    check_terms(settings.terms)


def _provider(row: Any) -> Provider:
    *known, terms, is_on, tested_at, sign_in_url, certificates = row
    values = (*known, msgspec.convert(terms, Terms), is_on, tested_at, sign_in_url, tuple(certificates))
    return Provider(*values)


def _unknown() -> NotFound:
    return NotFound(
        _("There is no such sign-on provider."), code="unknown_provider", hint=_("Go back to the sign-in page.")
    )
