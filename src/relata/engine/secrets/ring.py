"""Master keys: what an operator keeps outside the database, and what every other key is wrapped under."""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from relata.foundation.errors import Invalid, Unavailable
from relata.foundation.i18n import gettext as _

KEY_BYTES, NONCE_BYTES = 32, 12
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")


@dataclass(frozen=True, slots=True, repr=False)
class KeyRing:
    """AES-256 keys by name. The first one wraps; the others still unwrap what was wrapped before a rotation."""

    keys: Mapping[str, bytes]

    @classmethod
    def parse(cls, text: str) -> KeyRing:
        """From `name:base64` entries on lines of their own or between commas. Invalid without the text in it."""
        found: dict[str, bytes] = {}
        for entry in re.split(r"[\s,]+", text.strip()):
            name, __, code = entry.partition(":")
            try:
                key = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
            except (binascii.Error, ValueError):
                key = b""
            if not _NAME.fullmatch(name) or len(key) != KEY_BYTES or name in found:
                raise Invalid(
                    _("The master keys can't be read."),
                    code="master_keys",
                    hint=_(
                        "Each is a name, a colon and 32 bytes in base64, such as the file master.keys holds; the newest"
                        " stands first."
                    ),
                )
            found[name] = key
        return cls(found)

    @property
    def current(self) -> str:
        """The name of the key that wraps."""
        return next(iter(self.keys))

    def text(self) -> str:
        """As `parse` reads it."""
        return "".join(f"{name}:{base64.urlsafe_b64encode(key).decode()}\n" for name, key in self.keys.items())

    def with_new(self) -> KeyRing:
        """The same with a new key in front."""
        return KeyRing({new_name(): secrets.token_bytes(KEY_BYTES), **self.keys})

    def wrap(self, secret: bytes, about: str) -> bytes:
        """`secret` under the current key. about: what it is; needed again to unwrap."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self.keys[self.current]).encrypt(nonce, secret, about.encode())

    def unwrap(self, name: str, wrapped: bytes, about: str) -> bytes:
        """What was wrapped under the key `name`. Unavailable where that key is missing or another one."""
        key = self.keys.get(name)
        try:
            if key is None:
                raise InvalidTag
            return AESGCM(key).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], about.encode())
        except InvalidTag:
            raise Unavailable(
                _("The master key %(name)s, under which this database keeps its keys, is %(key)s.")
                % {"name": name, "key": _("missing") if key is None else _("not the right one")},
                code="master_key_missing",
                hint=_(
                    "Put it back: into RELATA_MASTER_KEYS, the file master.keys in the data folder, or what"
                    " RELATA_MASTER_KEYS_COMMAND prints. Without it history and secret fields can't be read."
                ),
            ) from None


def new_ring() -> KeyRing:
    """A ring with one new key."""
    return KeyRing({new_name(): secrets.token_bytes(KEY_BYTES)})


def new_name() -> str:
    """A name for a new key; it tells nothing."""
    return f"m{secrets.token_hex(4)}"
