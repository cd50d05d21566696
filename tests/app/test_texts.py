"""Texts: every one is in every catalogue, placeholders agree, and no template shows a bare one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes
from tools.texts import collected

import relata
from relata.foundation.catalogues import LANGUAGES, LOCALE, read_messages

OTHERS = [one for one in LANGUAGES if one != "en"]
SOURCE = Path(relata.__file__).parent
TEMPLATES = sorted(path for path in SOURCE.rglob("*.html") if not {"patterns", "static", "_example"} & set(path.parts))
_HOLES = re.compile(r"%\(\w+\)[sd]|%%n|\{\w+\}")
_WORD = re.compile(r"[^\W\d_]{2,}")
_READ = re.compile(r'\b(?:aria-label|title|placeholder|alt|aria-description)="([^"]*)"')
#: Names, keys of the keyboard, units and what programs read.
_NO_WORDS = re.compile(r"&\w+;|\bRelata\b|\bCtrl\b|\bEsc\b|\bSpace\b|\bms\b|client_id|client_secret|\bJSON\b")


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language: str) -> None:
    known = read_messages((LOCALE / language / "LC_MESSAGES" / "relata.po").read_text(encoding="utf-8"))
    wanted = [(one.id if isinstance(one.id, str) else one.id[0], one.context) for one in collected() if one.id]
    missing = [text for text, context in wanted if (f"{context}\x04{text}" if context else text) not in known]
    assert missing == []


@pytest.mark.parametrize("language", OTHERS)
def test_placeholders_are_those_of_the_english_text(language: str) -> None:
    known = read_messages((LOCALE / language / "LC_MESSAGES" / "relata.po").read_text(encoding="utf-8"))
    for message in collected():
        if message.id:
            forms = (message.id,) if isinstance(message.id, str) else message.id
            wanted = {hole for form in forms for hole in _HOLES.findall(form)}
            for text in known.get(forms[0], ()):
                assert set(_HOLES.findall(text)) <= wanted, f"{text!r} has a hole that {forms!r} has not"
                assert len(forms) > 1 or set(_HOLES.findall(text)) == wanted, f"{text!r} lost a hole of {forms!r}"


def _shown(source: str) -> list[str]:
    """What a template shows as it stands: texts between tags, and the attributes that people read or hear."""
    tree = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"]).parse(source)
    plain = "".join(
        part.data if isinstance(part, nodes.TemplateData) else "\x00"
        for output in tree.find_all(nodes.Output)
        for part in output.nodes
    )
    attributes = _READ.findall(plain)
    plain = re.sub(r"<(style|script|svg)\b.*?</\1>|<!--.*?-->", "", plain, flags=re.DOTALL)
    return [*attributes, *re.findall(r">([^<>\"=]*)<", plain)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_template_shows_a_bare_text(path: Path) -> None:
    bare = [text for text in _shown(path.read_text(encoding="utf-8")) if _WORD.search(_NO_WORDS.sub("", text))]
    assert bare == []


def test_a_bare_text_is_found() -> None:
    assert _shown('<p title="Tell me">Save {{ _("this") }}</p>') == ["Tell me", "Save \x00"]


def test_scripts_ask_for_words_that_the_layout_carries() -> None:
    words = (SOURCE / "interfaces/html/templates/layouts/words.html").read_text(encoding="utf-8")
    for folder in ("interfaces/html/client", "interfaces/web/client"):
        for path in (SOURCE / folder).rglob("*.ts"):
            for name in re.findall(r'\btext\("([a-z-]+)"', path.read_text(encoding="utf-8")):
                assert f'data-word="{name}"' in words, f"{path.name} says {name}, which no template carries"
