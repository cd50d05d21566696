"""What docs/security.md names as holding a promise is there, and holds tests."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Attack, and what holds its promise.
ROWS = dict(
    re.findall(r"^\| (\*\*.+?) \|.*\| (.+) \|$", (ROOT / "docs/security.md").read_text("utf-8"), re.MULTILINE),
)


@pytest.mark.parametrize("attack", ROWS)
def test_each_promise_names_tests_that_exist(attack: str) -> None:
    named = re.findall(r"`((?:tests/)?[a-z_/]*(?:test_\w+\.py|tests/[\w/]+))`", ROWS[attack])
    assert named, f"{attack} names no test"
    folder = ROOT
    for name in named:  # a bare file lies beside the one before
        place = ROOT / name if name.startswith("tests/") else folder / name
        folder = place.parent
        files = place.rglob("test_*.py") if place.is_dir() else [place]
        assert any(re.search(r"^(async )?def test_", file.read_text("utf-8"), re.M) for file in files), name


def test_every_attack_has_its_row() -> None:
    wanted = (
        "Injection", "another company", "Another database", "another team", "another kind", "Hidden fields", "Mass",
        "CSRF", "CORS", "Method override, Host", "Sessions", "Half a second factor", "Links in mails", "SSRF",
        "Stored script", "Slow bodies", "Bombs", "Formulas", "Races", "Secrets", "history that was altered",
    )  # fmt: skip
    assert [one for one in wanted if not any(one in attack for attack in ROWS)] == []
