"""Secrets that we hand out: how they are drawn and how they are kept."""

from __future__ import annotations

import hashlib
import secrets

#: 256 bits, 43 letters.
SECRET_BYTES = 32


def draw() -> str:
    """A new secret of 256 random bits, safe in an address and a header."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> bytes:
    """SHA-256, 32 bytes. Enough for what has 256 random bits; passwords need `passwords.hashed`."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
