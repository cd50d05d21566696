"""A new module from the example."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import relata.modules
from relata.app.modules import discover
from relata.app.scaffold import EXAMPLE, Names, new_module
from relata.engine.metadata.registry import build
from relata.foundation.errors import Conflict, Invalid

HERE = Path(relata.modules.__file__).parent


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A second folder of modules that Python knows, with the example in it."""
    shutil.copytree(HERE / EXAMPLE, tmp_path / EXAMPLE)
    monkeypatch.setattr(relata.modules, "__path__", [*relata.modules.__path__, str(tmp_path)])
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("relata.modules.site_visits")]:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("name", "singular", "plural"),
    [
        ("visits", "visit", "visits"),
        ("warranties", "warranty", "warranties"),
        ("loyalty", "loyalty_record", "loyalty_records"),
        ("fitness", "fitness_record", "fitness_records"),
    ],
)
def test_the_object_is_the_singular_of_the_module(name: str, singular: str, plural: str) -> None:
    assert Names.of(name) == Names(name, singular, plural)


@pytest.mark.parametrize("name", ["Visits", "my-visits", "../visits", "_visits", "import", ""])
def test_a_name_that_is_no_identifier_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(Invalid):
        new_module(name, folder)


def test_a_module_is_not_overwritten(folder: Path) -> None:
    new_module("site_visits", folder)
    with pytest.raises(Conflict, match="site_visits"):
        new_module("site_visits", folder)


def test_nothing_of_the_example_is_left(folder: Path) -> None:
    files = new_module("site_visits", folder)
    texts = {path.name: path.read_text(encoding="utf-8") for path in files}
    left = re.compile(r"gadget|_example\b|TestExample", re.IGNORECASE)
    assert {name for name, text in texts.items() if left.search(name) or left.search(text)} == set()


def test_people_read_words_and_code_reads_identifiers(folder: Path) -> None:
    new_module("site_visits", folder)
    objects = (folder / "site_visits" / "objects.py").read_text(encoding="utf-8")
    contracts = (folder / "site_visits" / "contracts.py").read_text(encoding="utf-8")
    assert 'label="Site visit"' in objects
    assert 'SITE_VISIT = "site_visit"' in contracts
    assert "class LendSiteVisit(" in contracts
    assert "Give a site visit to somebody." in contracts


def test_the_copy_is_a_module_without_another_line(folder: Path) -> None:
    new_module("site_visits", folder)
    registry = build(discover())
    assert registry.by_path("site_visits").name == "site_visit"
    assert registry.actions["site_visit"]["lend_site_visit"].label == "Lend"
    assert registry.get("account").field("site_visit_count") is not None


def test_the_copy_lives_beside_the_example(folder: Path) -> None:
    new_module("site_visits", folder)
    registry = build(discover(EXAMPLE))
    assert {"gadget", "site_visit"} <= set(registry.objects)
