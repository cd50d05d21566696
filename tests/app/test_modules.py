"""Which modules there are, and that they fit together."""

from __future__ import annotations

import pytest

from relata.app.modules import discover, load, with_dependencies
from relata.engine.metadata.registry import build
from relata.foundation.errors import NotFound


def test_the_modules_are_found_without_a_list() -> None:
    names = {module.name for module in discover()}
    assert {"people", "parties", "activities", "catalog", "sales"} <= names


def test_the_example_is_found_only_by_name() -> None:
    assert "example" not in {module.name for module in discover()}
    assert "example" in {module.name for module in discover("_example")}


def test_all_modules_fit_together() -> None:
    registry = build(discover("_example"))
    assert {"account", "opportunity", "task", "product", "gadget"} <= set(registry.objects)


def test_what_a_module_adds_shows_on_the_other_modules_pages() -> None:
    layout = build(discover()).layout("account")
    assert "open_amount" in layout.highlights
    assert "Deals" in {section.title for section in layout.sections}


def test_a_folder_that_is_no_module_is_told() -> None:
    with pytest.raises(NotFound, match="no_such_folder"):
        load("no_such_folder")


def test_dependencies_come_along() -> None:
    sales = load("sales")
    needed = {module.name for module in with_dependencies(sales, discover())}
    assert needed == {"sales", "people", "parties", "mail", "activities", "catalog"}
