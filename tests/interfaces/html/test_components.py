"""What every rendered page keeps to: the content policy, names for controls, one id per thing."""

from __future__ import annotations

import os
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from jinja2 import Environment, UndefinedError

from relata.foundation.errors import Bug, Unavailable
from relata.interfaces.html import environment as environment_module
from relata.interfaces.html.assets import Assets
from relata.interfaces.html.formatting import Formatter, formatting_with
from relata.interfaces.html.icons import icon
from relata.interfaces.html.patterns import FRAGMENTS, PAGES, render_pattern
from relata.interfaces.html.view_values import FormField

TEMPLATES = Path(environment_module.__file__).parent / "templates"
WHOLE = sorted(set(PAGES) - FRAGMENTS)


class Elements(HTMLParser):
    """Start tags with their attributes, templates left out: what a script copies from may repeat ids."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self._templates = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._templates += tag == "template"
        if not self._templates:
            self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self._templates -= tag == "template"

    def values(self, attribute: str) -> list[str]:
        return [attributes[attribute] or "" for _, attributes in self.found if attribute in attributes]


@pytest.fixture(params=WHOLE)
def elements(request: pytest.FixtureRequest, environment: Environment) -> Elements:
    return Elements(render_pattern(environment, request.param))


def test_nothing_that_the_content_policy_forbids(elements: Elements) -> None:
    names = {name for _, attributes in elements.found for name in attributes}
    assert [name for name in names if name == "style" or name.startswith(("on", "hx-on"))] == []
    assert [tag for tag, attributes in elements.found if tag == "script" and "src" not in attributes] == []


def test_ids_are_unique(elements: Elements) -> None:
    assert [name for name, times in Counter(elements.values("id")).items() if times > 1] == []


@pytest.mark.parametrize("attribute", ["for", "aria-labelledby", "aria-controls", "popovertarget", "data-dialog-open"])
def test_what_refers_to_an_element_finds_it(elements: Elements, attribute: str) -> None:
    ids = set(elements.values("id")) | {"dialog-title"}  # the host of dialogs is empty until one arrives
    assert [name for value in elements.values(attribute) for name in value.split() if name not in ids] == []


def test_one_main_heading_and_one_main_action(environment: Environment) -> None:
    html = render_pattern(environment, "list")
    assert html.count("<h1") == 1
    assert html.count('data-kind="primary"') == 1


@pytest.mark.parametrize("name", sorted(FRAGMENTS))
def test_answers_to_htmx_are_not_whole_pages(environment: Environment, name: str) -> None:
    assert "<html" not in render_pattern(environment, name)


def test_what_people_typed_is_escaped(environment: Environment) -> None:
    template = '{% from "components/form.html" import form_field %}{{ form_field(view) }}'
    field = FormField(name="name", label="<b>", value='"><script>alert(1)</script>', error="<i>")
    html = render_text(environment, template, field)
    assert [tag for tag in ("<script>", "<b>", "<i>") if tag in html] == []


def render_text(environment: Environment, source: str, view: object) -> str:
    """Renders a template that is only text, as `render` does one that has a name."""
    with formatting_with(Formatter("en")):
        return environment.from_string(source).render(view=view)


def test_undefined_is_an_error(environment: Environment) -> None:
    with pytest.raises(UndefinedError):
        render_text(environment, "{{ view.missing }}", FormField(name="a", label="b"))


def test_unknown_icon_is_a_bug() -> None:
    with pytest.raises(Bug, match="nonsense"):
        icon("nonsense")


def test_front_end_that_was_not_built_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="npm run build"):
        Assets(tmp_path)("client/main.ts")


def test_every_kind_of_field_renders(environment: Environment) -> None:
    html = render_pattern(environment, "")
    marks = ("combo-box", "multi-value", "file-drop", "password-input", 'role="switch"', 'type="date"', "rating")
    assert [mark for mark in marks if mark not in html] == []


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_texts_of_components_can_be_translated(path: Path) -> None:
    """Every word that a shared component says by itself goes through gettext."""
    source = path.read_text(encoding="utf-8")
    fixed = re.findall(r'(?:aria-label|title|placeholder)="([A-Z][a-z][^"{]*)"', source)
    assert fixed == [] or "patterns" in path.parts


def test_build_under_a_running_server_is_noticed(tmp_path: Path) -> None:
    manifest = tmp_path / ".vite" / "manifest.json"
    manifest.parent.mkdir()
    manifest.write_text('{"client/main.ts": {"file": "main-1.js"}}')
    assets = Assets(tmp_path)
    assert "/static/main-1.js" in assets("client/main.ts")
    manifest.write_text('{"client/main.ts": {"file": "main-2.js", "css": ["main-2.css"]}}')
    os.utime(manifest, ns=(1, 1))
    assert "/static/main-2.css" in assets("client/main.ts")


def test_texts_are_found_for_translation() -> None:
    """Babel reads the templates without options of ours, so a catalogue can be made for any language."""
    found = extract_from_dir(TEMPLATES, [("**.html", "jinja2")])
    texts = {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}
    assert {"Save note", "Skip to the content", "One thing needs your attention"} <= texts
