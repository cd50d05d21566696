"""Passkeys (WebAuthn): resident, with user verification, so that one is enough to sign in and good as a second step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NoReturn
from uuid import UUID

import webauthn
from webauthn.helpers import base64url_to_bytes, parse_authentication_credential_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from relata.engine.storage.database import Connection
from relata.foundation.errors import Conflict, Invalid, NotFound
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id

Purpose = Literal["register", "sign_in", "second_step", "confirm"]
MAX_PASSKEYS = 20
#: Of what a browser sends; attestations are a few kilobytes.
MAX_LETTERS = 20_000


@dataclass(frozen=True, slots=True)
class Site:
    """Where people are: the host's name without port, and the origin as browsers write it."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Passkey:
    """What may be shown of one. is_synced: it lies in a password manager and not in one device alone."""

    id: UUID
    name: str
    is_synced: bool
    created_at: datetime
    last_used_at: datetime | None


async def list_of(connection: Connection, account: UUID) -> list[Passkey]:
    """An account's passkeys, the oldest first."""
    rows = await connection.fetch(
        "select id, name, is_synced, created_at, last_used_at from relata.passkey where account = %s order by id",
        (account,),
    )
    return [Passkey(*row) for row in rows]


async def begin_registration(
    connection: Connection, account: UUID, email: str, name: str, site: Site
) -> tuple[UUID, str]:
    """The id of the challenge and the options for the browser, as JSON. Conflict for more than MAX_PASSKEYS."""
    known = await _credentials(connection, account)
    if len(known) >= MAX_PASSKEYS:
        raise Conflict(_("You have as many passkeys as one may have."), code="too_many", hint=_("Remove one first."))
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name="Relata",
        user_id=account.bytes,
        user_name=email,
        user_display_name=name or email,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    challenge = await _keep(connection, "register", account, options.challenge)
    return challenge, webauthn.options_to_json(options)


async def register(
    connection: Connection, account: UUID, challenge: UUID | None, credential: str, name: str, site: Site
) -> UUID:
    """Keep a new passkey: its id. Invalid (`passkey`) for whatever does not answer the challenge."""
    expected = await _take(connection, "register", account, challenge)
    try:
        found = webauthn.verify_registration_response(
            credential=credential[:MAX_LETTERS],
            expected_challenge=expected,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception as error:  # its parsers raise whatever a stranger's bytes lead to
        raise _refused() from error
    passkey, called = new_id(), " ".join(name.replace("\x00", "").split())[:60] or "Passkey"
    await connection.execute(
        "insert into relata.passkey (id, account, credential, public_key, sign_count, site, name, is_synced)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            passkey,
            account,
            found.credential_id,
            found.credential_public_key,
            found.sign_count,
            site.host,
            called,
            found.credential_backed_up,
        ),
    )
    return passkey


async def begin_assertion(
    connection: Connection, purpose: Purpose, site: Site, account: UUID | None = None
) -> tuple[UUID, str]:
    """The id of the challenge and the options. account: None lets the browser offer whatever it keeps for this site."""
    known = await _credentials(connection, account) if account else []
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        allow_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known] or None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    challenge = await _keep(connection, purpose, account, options.challenge)
    return challenge, webauthn.options_to_json(options)


async def check(
    connection: Connection,
    purpose: Purpose,
    challenge: UUID | None,
    credential: str,
    site: Site,
    account: UUID | None = None,
) -> UUID:
    """Whose passkey answered the challenge; Invalid (`passkey`) otherwise. account: the only one that will do."""
    expected = await _take(connection, purpose, account, challenge)
    passkey, owner, key, count = await _found(connection, credential, site)
    if account is not None and owner != account:
        _refuse()
    try:
        found = webauthn.verify_authentication_response(
            credential=credential[:MAX_LETTERS],
            expected_challenge=expected,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=key,
            credential_current_sign_count=count,
            require_user_verification=True,
        )
    except Exception as error:  # its parsers raise whatever a stranger's bytes lead to
        raise _refused() from error
    moved = await connection.execute(
        "update relata.passkey set sign_count = %s, is_synced = %s, last_used_at = now()"
        " where id = %s and sign_count = %s",
        (found.new_sign_count, found.credential_backed_up, passkey, count),
    )
    if not moved:  # used at the same time elsewhere: a copy of the key, or the same answer twice
        _refuse()
    return owner


async def remove(connection: Connection, account: UUID, passkey: UUID) -> str:
    """Forget one of this account; its name. NotFound for somebody else's."""
    row = await connection.fetch_one(
        "delete from relata.passkey where id = %s and account = %s returning name", (passkey, account)
    )
    if row is None:
        raise NotFound(_("There is no such passkey."), code="passkey_not_found")
    return str(row[0])


async def _found(connection: Connection, credential: str, site: Site) -> tuple[UUID, UUID, bytes, int]:
    """The row of what the browser shows, by its id alone; what it proves is checked afterwards."""
    try:
        shown = parse_authentication_credential_json(credential[:MAX_LETTERS])
        raw, handle = base64url_to_bytes(shown.id), shown.response.user_handle
    except Exception as error:  # its parsers raise whatever a stranger's bytes lead to
        raise _refused() from error
    row = await connection.fetch_one(
        "select p.id, p.account, p.public_key, p.sign_count from relata.passkey p"
        " join relata.account a on a.id = p.account and a.disabled_at is null where p.credential = %s and p.site = %s",
        (raw, site.host),
    )
    if row is None or (handle and handle != row[1].bytes):
        _refuse()
    return row[0], row[1], bytes(row[2]), int(row[3])


async def _credentials(connection: Connection, account: UUID) -> Sequence[bytes]:
    rows = await connection.fetch("select credential from relata.passkey where account = %s", (account,))
    return [bytes(one) for (one,) in rows]


async def _keep(connection: Connection, purpose: Purpose, account: UUID | None, challenge: bytes) -> UUID:
    found = new_id()
    await connection.execute(
        "insert into relata.passkey_challenge (id, purpose, account, challenge, expires_at)"
        " values (%s, %s, %s, %s, now() + interval '5 minutes')",
        (found, purpose, account, challenge),
    )
    return found


async def _take(connection: Connection, purpose: Purpose, account: UUID | None, challenge: UUID | None) -> bytes:
    """A challenge is good for one answer, for what and whom it was made."""
    row: Any = await connection.fetch_one(
        "delete from relata.passkey_challenge where id = %s and purpose = %s and account is not distinct from %s::uuid"
        " and expires_at > now() returning challenge",
        (challenge, purpose, account),
    )
    if row is None:
        _refuse()
    return bytes(row[0])


def _refused() -> Invalid:
    return Invalid(_("This passkey was not accepted."), code="passkey", hint=_("Try again, or come in another way."))


def _refuse() -> NoReturn:
    raise _refused()
