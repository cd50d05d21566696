"""What declarations mean once they are a registry."""

from __future__ import annotations

import pytest

from relata.engine.metadata.fields import Choice, Option, Text
from relata.engine.metadata.layout import Layout, Section
from relata.engine.metadata.module import Extension, Module
from relata.engine.metadata.object import Lifecycle, Object
from relata.engine.metadata.registry import build

LIFE = Lifecycle("state", "open", {"open": ("done",)}, starts=("done",))
PEOPLE = Module(
    "people",
    "People",
    "Teams.",
    objects=(Object("team", fields=(Text("name"),)), Object("user", fields=(Text("name"),))),
)
THING = Object(
    "thing", fields=(Text("name"), Choice("state", options=(Option("open"), Option("done")))), lifecycle=LIFE
)
BASE = Module(
    "base", "Base", "Things.", ("people",), objects=(THING,),
    layouts=(Layout("thing", highlights=("state",), sections=(Section("Thing", ("name", "state")),)),),
)  # fmt: skip
ADDED = Extension("thing", (Text("colour"),), highlights=("colour",), sections=(Section("Looks", ("colour",)),))
MORE = Module("more", "More", "Colours.", ("base",), extensions=(ADDED,))


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        (None, "open", True),
        (None, "done", True),
        (None, "lost", False),
        ("open", "done", True),
        ("done", "open", False),
        ("done", "done", True),
    ],
)
def test_a_record_starts_where_its_life_cycle_says(before: str | None, after: str, allowed: bool) -> None:
    assert LIFE.allows(before, after) is allowed


def test_an_extension_adds_fields_and_shows_them() -> None:
    registry = build((PEOPLE, BASE, MORE))
    layout = registry.layout("thing")
    assert registry.get("thing").field("colour") is not None
    assert layout.highlights == ("state", "colour")
    assert [section.title for section in layout.sections] == ["Thing", "Looks"]


def test_without_the_extending_module_nothing_is_left_of_it() -> None:
    registry = build((PEOPLE, BASE))
    assert registry.get("thing").field("colour") is None
    assert registry.layout("thing").highlights == ("state",)


def test_an_extension_of_an_object_without_a_layout_makes_none() -> None:
    bare = Module("base", "Base", "Things.", ("people",), objects=(THING,))
    assert "thing" not in build((PEOPLE, bare, MORE)).layouts
