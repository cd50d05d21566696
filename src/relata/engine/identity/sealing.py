"""Secrets that must be read again, such as those of authenticator apps: sealed before they are stored."""

from __future__ import annotations

import os
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from relata.foundation.errors import Unavailable
from relata.foundation.i18n import gettext as _

_NONCE_BYTES = 12


class Sealer(Protocol):
    """Port: whoever keeps the keys. what: names the place of the secret; sealed for one place, it opens at no other."""

    def seal(self, plain: bytes, what: str) -> bytes:
        """What may be stored."""

    def unseal(self, sealed: bytes, what: str) -> bytes:
        """What was sealed; Unavailable when key or place are others."""


class SecretBox:
    """AES-256-GCM under a key derived from the installation's secret. The first byte says how it was sealed."""

    def __init__(self, secret: str) -> None:
        self._box = AESGCM(HKDF(SHA256(), 32, None, b"relata identity").derive(secret.encode()))

    def seal(self, plain: bytes, what: str) -> bytes:
        """A fresh nonce each time, in front of the text."""
        nonce = os.urandom(_NONCE_BYTES)
        return b"\x01" + nonce + self._box.encrypt(nonce, plain, what.encode())

    def unseal(self, sealed: bytes, what: str) -> bytes:
        """See `Sealer`."""
        nonce, text = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return self._box.decrypt(nonce, text, what.encode())
        except (InvalidTag, ValueError) as error:
            raise Unavailable(
                _("A secret can't be opened with this installation's secret key."),
                code="secret_key",
                hint=_("Has RELATA_SECRET_KEY changed? Set the earlier one, or reset the person's second factors."),
            ) from error


class NoSealer:
    """In place of a sealer where no key was given: nothing is ever stored readable."""

    def seal(self, plain: bytes, what: str) -> bytes:
        """Unavailable."""
        raise Unavailable(_("There is no secret key."), code="secret_key", hint=_("Set RELATA_SECRET_KEY."))

    def unseal(self, sealed: bytes, what: str) -> bytes:
        """Unavailable."""
        raise Unavailable(_("There is no secret key."), code="secret_key", hint=_("Set RELATA_SECRET_KEY."))
