"""What a person types comes back as they typed it, through the API and through forms, and does nothing on the way."""

from __future__ import annotations

import html
import re
from typing import Any

from tests.access.conftest import Connect
from tests.bad_input.nasty import LINES, TEXTS

from relata.testing.house import House


async def test_nasty_texts_come_back_from_the_api_unchanged(house: House, connect: Connect) -> None:
    client = await connect(await house.person("Ada", "admin"))
    wrong = []
    for at, text in enumerate((*TEXTS, *LINES)):
        line = text if text in TEXTS else "x"
        tag, trimmed = (
            " ".join(line.split())[:60] or "x",
            line.strip(),
        )  # tags are words; names and streets have no edges
        sent = {
            "name": line,
            "words": [tag],
            "code": f"{at}{line}"[:40],
            "note": text,
            "story": text,
            "extra": {"k": text},
            "keeper": {"first": line, "last": line},
            "place": {"street": line, "city": line},
        }
        made = await client.post("/api/v1/specimens", json=sent)
        assert made.status_code == 201, (text, made.text)
        found = (await client.get(f"/api/v1/specimens/{made.json()['id']}")).json()
        wrong += [
            (name, text, found[name])
            for name in ("name", "code", "note", "story", "extra", "words")
            if found[name] != sent[name]
        ]
        wrong += [("keeper", text, found["keeper"])] if found["keeper"]["first"] != trimmed else []
        wrong += [("place", text, found["place"])] if found["place"]["street"] != trimmed else []
        by_value = await client.get(
            "/api/v1/specimens", params={"where": f'id = "{found["id"]}" and note = {literal(text)}'}
        )
        wrong += [("where", text, by_value.text)] if len(by_value.json().get("data", ())) != 1 else []
    assert not wrong, "\n".join(map(str, wrong))


def literal(text: str) -> str:
    """A text of the expression language."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'


async def test_nasty_texts_come_back_from_forms_unchanged_and_are_inert(house: House, connect: Connect) -> None:
    browser = await connect(await house.person("Ada", "admin"), browser=True)
    wrong: list[Any] = []
    for text in TEXTS[::3]:
        made = await browser.post("/specimens/new", data={"name": text, "note": text})
        assert made.status_code == 303, (text, made.text[:2000])
        address = made.headers["location"]
        assert (await browser.get(f"/api/v1{address}")).json()["note"] == text
        for page in ("", "/edit", "/peek"):
            answer = await browser.get(address + page)
            assert answer.status_code == 200, text
            if "<" in text and text in answer.text:
                wrong.append((page, text))
        typed = re.search(
            r'<textarea[^>]*name="note"[^>]*>(.*?)</textarea>', (await browser.get(f"{address}/edit")).text, re.DOTALL
        )
        assert typed is not None
        if html.unescape(typed[1]).lstrip("\n") != text:
            wrong.append(("typed", text, typed[1]))
        saved = await browser.post(
            f"{address}/edit", data={"name": text, "note": html.unescape(typed[1]), "version": "1"}
        )
        assert saved.status_code == 303, (text, saved.text[:500])
    assert not wrong, "\n".join(map(str, wrong))
