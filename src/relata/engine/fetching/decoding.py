"""Decompression that never makes more than was asked for, whatever a small answer claims to hold."""

from __future__ import annotations

import zlib

from relata.foundation.errors import Unavailable
from relata.foundation.i18n import gettext as _


class Decoder:
    """Of one answer. `gzip`, and nothing else: only that was offered."""

    __slots__ = ("_plain", "_zip")

    def __init__(self, encoding: str) -> None:
        """encoding: the header Content-Encoding; Unavailable for one that was not offered."""
        known = encoding.strip().lower()
        if known not in ("", "identity", "gzip", "x-gzip"):
            raise _unreadable()
        self._plain = known in ("", "identity")
        self._zip = zlib.decompressobj(16 + zlib.MAX_WBITS)

    def decode(self, piece: bytes, most: int) -> bytes:
        """What `piece` holds, at most `most` bytes of it; who gets all of those has reached a limit."""
        if self._plain:
            return piece
        try:
            return self._zip.decompress(piece, max(most, 1))
        except zlib.error:
            raise _unreadable() from None

    def finish(self) -> None:
        """Unavailable when the end is missing."""
        if not self._plain and not self._zip.eof:
            raise _unreadable()


def _unreadable() -> Unavailable:
    return Unavailable(_("The other server's answer can't be read."), code="answer_unreadable")
