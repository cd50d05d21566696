"""What a robot has to do before a form takes anything from it: wait, compute or answer, and once only.

The challenge is sealed and kept nowhere. A browser with scripts computes; one without is asked a small sum, and may
send less often.
"""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from relata.engine.identity.sealing import Sealer
from relata.foundation.errors import RelataError

#: Zero bits at the start of the hash: 8,192 tries on average, a third of a second on a telephone.
BITS = 13
_PLACE = "capture form"
#: Nobody fills in a form faster.
QUICKEST = timedelta(seconds=1.5)
LONGEST = timedelta(hours=12)
_LONGEST_TEXT = 600


class Challenge(msgspec.Struct, frozen=True, array_like=True):
    """form: for which it is good. at: when it was given. first, second: the sum that is asked."""

    form: str
    at: float
    first: int
    second: int
    salt: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A challenge as the page holds it, with its sum."""

    text: str
    first: int
    second: int


def ask(sealer: Sealer, form: UUID, now: datetime) -> Asked:
    """A new challenge."""
    drawn = os.urandom(10)
    challenge = Challenge(str(form), now.timestamp(), 2 + drawn[0] % 8, 1 + drawn[1] % 9, drawn[2:].hex())
    sealed = sealer.seal(msgspec.json.encode(challenge), _PLACE)
    return Asked(base64.urlsafe_b64encode(sealed).decode().rstrip("="), challenge.first, challenge.second)


def opened(sealer: Sealer, text: str, form: UUID) -> Challenge | None:
    """The challenge in what a page sent back; None for anything else."""
    if not text or len(text) > _LONGEST_TEXT:
        return None
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        found = msgspec.json.decode(sealer.unseal(raw, _PLACE), type=Challenge)
    except (ValueError, RelataError):
        return None
    return found if found.form == str(form) else None


def is_quick(challenge: Challenge, now: datetime) -> bool:
    """Whether it came back sooner than a person can type."""
    return now.timestamp() - challenge.at < QUICKEST.total_seconds()


def is_old(challenge: Challenge, now: datetime) -> bool:
    """Whether the page was open for too long."""
    return now.timestamp() - challenge.at > LONGEST.total_seconds()


def is_computed(text: str, nonce: str) -> bool:
    """Whether the browser did its work for this challenge. nonce: a number in decimal digits."""
    if not (nonce.isascii() and nonce.isdecimal()) or len(nonce) > 12:
        return False
    found = hashlib.sha256(f"{text}:{nonce}".encode()).digest()
    return int.from_bytes(found[:4], "big") >> (32 - BITS) == 0


def is_answered(challenge: Challenge, answer: str) -> bool:
    """Whether the sum is right."""
    return answer.strip() == str(challenge.first + challenge.second)
