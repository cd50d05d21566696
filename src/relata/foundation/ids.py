"""Identifiers: UUIDv7 (RFC 9562, section 5.7), ascending within one process."""

from __future__ import annotations

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """A new UUIDv7. Ids made by one process ascend, also within a millisecond.

    The 12 bits after the version hold a fraction of the millisecond (RFC 9562, method 3), the last 62 are random.
    """
    global _last
    ns = time.time_ns()
    ms, rest = divmod(ns, 1_000_000)
    stamp = (ms << 12) | (rest * 4096 // 1_000_000)
    with _lock:
        stamp = stamp if stamp > _last else _last + 1
        _last = stamp
    random62 = int.from_bytes(os.urandom(8), "big") >> 2
    return _id(stamp, random62)


def new_ids(count: int) -> list[UUID]:
    """As many, ascending: for rows that are made together, so that the clock, the lock and the source of randomness are
    asked once."""
    global _last
    ms, rest = divmod(time.time_ns(), 1_000_000)
    stamp = (ms << 12) | (rest * 4096 // 1_000_000)
    with _lock:
        first = stamp if stamp > _last else _last + 1
        _last = first + count - 1 if count else _last
    noise = os.urandom(8 * count)
    return [
        _id(first + at, int.from_bytes(noise[8 * at : 8 * at + 8], "big") >> 2)
        for at in range(count)
    ]  # fmt: skip


def _id(stamp: int, random62: int) -> UUID:
    return UUID(int=((stamp >> 12) << 80) | (0x7 << 76) | ((stamp & 0xFFF) << 64) | (0b10 << 62) | random62)


def parse_id(text: object) -> UUID | None:
    """The UUID in `text`, or None if it holds none; never raises."""
    if isinstance(text, UUID):
        return text
    if not isinstance(text, str) or len(text) not in (32, 36):
        return None
    try:
        return UUID(text)
    except ValueError:
        return None
