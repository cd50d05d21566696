"""Which passwords are accepted, and how they are kept."""

from __future__ import annotations

import argon2
import pytest

from relata.engine.identity import passwords
from relata.foundation.errors import Invalid

EMAIL = "anna.brandt@example.com"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "too_short"),
        ("x1y2" * 65, "too_long"),
        ("Anna.Brandt@Example.com", "password_is_email"),
        ("anna.brandt", "password_is_email"),
        ("1234567890", "password_known"),
        ("Password123", "password_known"),
        ("abababababab", "password_known"),
        ("ｐａｓｓｗｏｒｄ１２３", "password_known"),
    ],
)
def test_refuses_what_everybody_would_try(password: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.check_acceptable(password, EMAIL)
    assert refused.value.code == code
    assert refused.value.field == "password"


@pytest.mark.parametrize("password", ["four unrelated words", "пароль из слов", "🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵", "x1y2" * 64])
def test_accepts_any_letters_of_the_right_length(password: str) -> None:
    passwords.check_acceptable(password, EMAIL)


async def test_a_password_matches_its_own_hash_only() -> None:
    kept = await passwords.hashed("four unrelated words")
    assert kept.startswith("$argon2id$")
    assert "unrelated" not in kept
    assert await passwords.matches(kept, "four unrelated words")
    assert not await passwords.matches(kept, "four unrelated wordz")


async def test_two_ways_to_type_a_letter_are_one_password() -> None:
    assert await passwords.matches(await passwords.hashed("zwölf Wörter"), "zwo\u0308lf Wo\u0308rter")


async def test_odd_code_points_are_a_wrong_password_and_no_failure() -> None:
    kept = await passwords.hashed("four unrelated words")
    assert not await passwords.matches(kept, "\ud800 and \x00")
    assert not await passwords.matches("no hash at all", "anything")


def test_the_decoy_costs_what_a_real_hash_costs() -> None:
    assert not passwords.is_outdated(passwords.DECOY)
    assert passwords.is_outdated(argon2.PasswordHasher(time_cost=1, memory_cost=8_192).hash("x"))
