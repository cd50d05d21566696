"""Bytes as letters: base64url without padding, as browsers and push services write them."""

from __future__ import annotations

import base64
import binascii


def written(content: bytes) -> str:
    """The letters of these bytes."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def read(letters: str) -> bytes:
    """The inverse, with or without padding; ValueError for anything else."""
    try:
        plain = letters.rstrip("=").encode("ascii")
        return base64.b64decode(plain + b"=" * (-len(plain) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("These are not base64url letters.") from error
