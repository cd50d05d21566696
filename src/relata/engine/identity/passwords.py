"""Passwords: what is accepted, and argon2id. Hashing runs in threads of its own, so that the loop goes on.

Parameters: 19 MiB, three passes, one lane; the minimum that OWASP's cheat sheet names is two passes. Measured at
57 ms on a small two-core machine. At most two run at once, which also bounds the memory that a flood of sign-ins takes.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn, TypeVar

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from relata.engine.identity.weak_passwords import COMMONEST
from relata.foundation.errors import Invalid, LimitReached
from relata.foundation.i18n import gettext as _

MIN_LENGTH = 10
#: Longer ones are refused instead of cut: a megabyte of password is work for us, not strength for them.
MAX_LENGTH = 256
MIN_DIFFERENT = 4

HASHER = argon2.PasswordHasher(time_cost=3, memory_cost=19_456, parallelism=1, hash_len=32, salt_len=16)
#: Of a password that nobody knows: an unknown address is checked against it, and so takes as long as a known one.
DECOY = "$argon2id$v=19$m=19456,t=3,p=1$sjjS1s6+czh2HvlGobtwfQ$Jb0aU611fQ+xv7KAK90FAThPROF2GiBl4+aFoOfKBmU"

T = TypeVar("T")
_THREADS = 2
#: Sign-ins that wait for a thread at most: two seconds of work. More of them are turned away at once.
_MAX_WAITING = 70
_threads = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="passwords")
_waiting = 0


def check_acceptable(password: str, email: str) -> None:
    """Invalid, with what to do, for a password that is too short, too long, the address itself or widely known."""
    text = _normal(password)
    if len(text) < MIN_LENGTH:
        _refuse("too_short", f"The password is too short; at least {MIN_LENGTH} characters are needed.")
    if len(text) > MAX_LENGTH:
        _refuse("too_long", f"The password is too long; at most {MAX_LENGTH} characters fit.")
    folded = text.casefold()
    local, _, domain = email.casefold().partition("@")
    if folded in {email.casefold(), local, domain, local + domain, local + local}:
        _refuse("password_is_email", "The password must not be the e-mail address.")
    if folded in COMMONEST or len(set(folded)) < MIN_DIFFERENT:
        _refuse("password_known", "Everybody tries this password first.", "Use three or four unrelated words.")


async def hashed(password: str) -> str:
    """The argon2id hash, with its parameters and salt, as text."""
    return await _in_thread(HASHER.hash, _normal(password))


async def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one. Without a hash it takes just as long and is False."""
    right = await _in_thread(_verified, password_hash or DECOY, _normal(password))
    return right and password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(password_hash)


def _verified(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


async def _in_thread(function: Callable[..., T], *args: str) -> T:
    global _waiting
    if _waiting >= _MAX_WAITING:
        raise LimitReached(_("Too many people sign in at the moment."), code="busy", retry_after_seconds=3)
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, function, *args)
    finally:
        _waiting -= 1


def _normal(password: str) -> str:
    """NFKC, as NIST SP 800-63B advises: two keyboards may write one letter as different code points."""
    return unicodedata.normalize("NFKC", password[: 4 * MAX_LENGTH]).encode("utf-8", "replace").decode()


def _refuse(code: str, message: str, hint: str | None = None) -> NoReturn:
    raise Invalid(message, code=code, field="password", hint=hint)
