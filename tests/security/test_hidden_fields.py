"""Rule 2 on the screens beyond tests/access: lists in every shape, views, bulk work, figures, files, events, mails.

The same question is asked about the value that a field holds and about one that nothing holds. Whoever may not read the
field must get the same answer, letter by letter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from tests.access.hidden import VALUES, Case
from tests.security.conftest import Town, Visitor

from relata.engine.live.news import News
from relata.engine.query.request import Query
from relata.foundation.errors import RelataError

#: How the value is asked for in an expression, and another one that nobody has.
QUESTIONS = {
    ("account", "legal_name"): ('legal_name = "Veltromark"', 'legal_name = "Nowheresuch"'),
    ("account", "description"): ('description contains "Plundersome"', 'description contains "Nowheresuch"'),
    ("account", "employees"): ("employees = 738291", "employees = 738292"),
    ("account", "tags"): ('tags contains "snorkelfish"', 'tags contains "nowheresuch"'),
    ("account", "industry"): ('industry = "telecommunications"', 'industry = "retail"'),
    ("opportunity", "amount"): ("amount = 918273", "amount = 918274"),
    ("opportunity", "next_step"): ('next_step = "Flimmerkiste"', 'next_step = "Nowheresuch"'),
}
#: Titles stay readable here, so that pages have something to show.
HIDDEN = {name: {field: "none" for field in fields if field != "name"} for name, fields in VALUES.items()}
SHAPES = (
    "", "/arranged", "/sorted", "/board", "/board/cards", "/board/figures", "/calendar", "/gallery", "/map", "/group",
    "/foot", "/steps", "/total", "/columns", "/sorting", "/filter", "/filter/fields", "/export.csv", "/export.xlsx",
)  # fmt: skip
_CHANGING = re.compile(r"[A-Za-z0-9_-]{55}|[0-9a-f]{16,}|\d\d:\d\d:\d\d")


def plain(answer: httpx.Response, question: str) -> tuple[int, str]:
    """The answer without what differs each time, and without the question itself."""
    text = answer.text
    for part in (question, *re.findall(r'"([^"]+)"|(\d{4,})', question)):
        for word in [part] if isinstance(part, str) else part:
            for form in (word, httpx.QueryParams({"q": word}).__str__()[2:], word.lower()):
                text = text.replace(form, "?") if word else text
    text = text.replace("&#34;", "").replace("%22", "").replace('"', "").replace("\\", "")
    return answer.status_code, _CHANGING.sub("#", re.sub(r"(contains|=|%3D|\+|%20| )+", " ", text))


@pytest_asyncio.fixture
async def case(town: Town) -> Case:
    """Records full of telling values, and a role that hides all of them but the titles."""
    made = Case(town.house, HIDDEN)
    await made.furnish()
    return made


@pytest_asyncio.fixture
async def eve(town: Town, case: Case) -> Visitor:
    """The browser of whoever may not read them."""
    return await town.browser_of(case.person, town.ours)


def asked(path: str, question: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The ways to put a question to a list."""
    for shape in SHAPES:
        yield f"/{path}{shape}", {"where": question}


async def test_no_shape_of_a_list_answers_a_question_about_a_hidden_value(town: Town, eve: Visitor) -> None:
    wrong, tried = [], 0
    for (name, field), (right, other) in QUESTIONS.items():
        path = "accounts" if name == "account" else "opportunities"
        for address, parameters in asked(path, right):
            good = await eve.get(address, params=parameters)
            bad = await eve.get(address, params={**parameters, "where": other})
            tried += 1
            if good.status_code >= 500 or plain(good, right) != plain(bad, other):
                wrong.append((address, field, good.status_code, bad.status_code))
    assert not wrong, "\n".join(map(str, wrong))
    assert tried == len(QUESTIONS) * len(SHAPES)


async def test_whoever_may_read_them_gets_different_answers(town: Town, case: Case) -> None:
    ada = await town.browser("admin")
    for (name, _), (right, other) in QUESTIONS.items():
        path = "accounts" if name == "account" else "opportunities"
        good, bad = [await ada.get(f"/{path}", params={"where": one}) for one in (right, other)]
        assert plain(good, right) != plain(bad, other), right


PARAMETERS = (
    "order",
    "group",
    "columns",
    "by",
    "field",
    "date",
    "of",
    "sum",
    "foot",
    "figure",
    "subtitle",
    "cover",
    "q",
)


async def test_no_parameter_brings_a_hidden_value_or_its_order(town: Town, eve: Visitor, case: Case) -> None:
    wrong = []
    for name, path in (("account", "accounts"), ("opportunity", "opportunities")):
        for field, text in case.secrets(name):
            for shape in SHAPES:
                for value in (field, f"-{field}", f"{field}:sum", f"{field}~count", f"name,{field}"):
                    answer = await eve.get(f"/{path}{shape}", params=dict.fromkeys(PARAMETERS[:-1], value))
                    if answer.status_code >= 500 or text in said(answer):
                        wrong.append((path, shape, value, answer.status_code))
    assert not wrong, "\n".join(map(str, wrong))


def said(answer: httpx.Response) -> str:
    """The text as it would be read, figures without their separators."""
    return re.sub(r"[,.\s\u202f\u00a0]", "", answer.text.lower())


async def test_nor_does_bulk_work_or_a_form(town: Town, eve: Visitor, case: Case) -> None:
    wrong: list[tuple[object, ...]] = []
    for (name, field), (right, other) in QUESTIONS.items():
        path = "accounts" if name == "account" else "opportunities"
        text = VALUES[name][field][1]
        forms: dict[str, dict[str, Any]] = {
            "bulk/ask": {"what": "change", "everything": "true"},
            "bulk/preview": {"order": '{"object":"%s","kind":"change","ids":null,"where":%s,"values":{"name":"x"}}'},
            "bulk/export": {"everything": "true"},
            "filter/count": {"text": ""},
            "filter/apply": {"text": ""},
        }
        for tail, form in forms.items():
            found = []
            for question in (right, other):
                sent = {**form, "where": question, "text": question}
                if "order" in form:
                    sent["order"] = form["order"] % (
                        name,
                        httpx.Request("POST", "http://x", json=question).content.decode(),
                    )
                answer = await eve.post(f"/{path}/{tail}", sent)
                found.append(plain(answer, question))
                if answer.status_code >= 500:
                    wrong.append((tail, field, answer.status_code, answer.text[:200]))
            if found[0] != found[1]:
                wrong.append((tail, field, found[0][0], found[1][0]))
        shown = await eve.get(f"/{path}/bulk/field", params={"field": field})
        asked_for = await eve.get(f"/{path}/bulk/field", params={"field": "no_such"})
        if (shown.status_code, shown.status_code < 500) != (asked_for.status_code, True):
            wrong.append(("bulk/field", field, shown.status_code, asked_for.status_code))
        for address in (f"fields/{field}", f"cells/{field}"):
            cell = await eve.post(f"/{path}/{case.ids[name]}/{address}", {field: "x", "value": "x"})
            if cell.status_code < 400 or cell.status_code >= 500 or text in said(cell):
                wrong.append((address, field, cell.status_code, cell.text[:200]))
        pasted = await eve.post(
            f"/{path}/cells", {"cells": json.dumps([{"id": str(case.ids[name]), "field": field, "text": "x"}])}
        )
        if pasted.status_code >= 500 or text in said(pasted):
            wrong.append(("cells", field, pasted.status_code, pasted.text[:200]))
    assert not wrong, "\n".join(map(str, wrong))


async def test_a_view_of_somebody_else_shows_no_more_than_ones_own(town: Town, eve: Visitor, case: Case) -> None:
    """Grouped, sorted and summed up by what is hidden: nothing of it shows; filtered by it: no record tells."""
    wrong: list[tuple[object, ...]] = []
    tried = 0
    for (name, field), questions in QUESTIONS.items():
        path, keys = "accounts" if name == "account" else "opportunities", []
        async with town.house.system() as work:
            for question in ("", *questions):
                look = {"filter": question, "sorting": f"-{field}", "grouping": field}
                columns = [{"path": "name"}, {"path": field, "foot": "max"}]
                view = await work.create("view", {"name": "View", "object": name, "columns": columns, **look})
                await work.sharing.grant(view, case.person, level="read")
                keys.append(str(view.id))
        for shape in SHAPES:
            open_one, right, other = [await eve.get(f"/{path}{shape}", params={"view": key}) for key in keys]
            tried += 1
            title = VALUES[name]["name"][0]
            if any(text in said(open_one) for _, text in case.secrets(name)):
                wrong.append((shape, field, "shown"))
            if open_one.status_code >= 500 or right.status_code != other.status_code:
                wrong.append((shape, field, open_one.status_code, right.status_code, other.status_code))
            if (title in right.text) != (title in other.text):
                wrong.append((shape, field, "told by the records"))
    assert not wrong, "\n".join(map(str, wrong))
    async with town.house.as_person(case.person) as work:
        assert len((await work.query(Query("view", fields=("id",)))).rows) >= len(QUESTIONS) * 3


async def test_changing_a_hidden_field_is_told_to_nobody_who_may_not_read_it(
    town: Town, eve: Visitor, case: Case
) -> None:
    """A notification names no field that its reader may not see, and an event carries no value at all."""
    assert set(News.__struct_fields__ if hasattr(News, "__struct_fields__") else News.__slots__) >= {"kind", "body"}
    async with town.house.as_person(case.person) as work:
        await work.create("follow", {"about": {"object": "account", "id": str(case.ids["account"])}})
    async with town.house.system() as work:
        await work.change(("account", case.ids["account"]), {"legal_name": "Otherword"})
    for address in (
        "/notifications",
        "/notifications/list",
        "/notifications/panel",
        "/",
        f"/accounts/{case.ids['account']}",
    ):
        text = (await eve.get(address)).text.lower()
        assert "otherword" not in text
        assert "legal name" not in text


@pytest.mark.parametrize("way", ["merge", "follow", "duplicates"])
async def test_a_merge_offers_no_hidden_value(town: Town, eve: Visitor, case: Case, way: str) -> None:
    async with town.house.system() as work:
        twin = await work.create("account", {"name": "Quixbank", "legal_name": "Veltromark"})
    here = f"/accounts/{case.ids['account']}/{way}"
    for answer in (
        await eve.get(here, params={"with": str(twin.id)}),
        await eve.post(here, {"with": str(twin.id), "value.legal_name": str(twin.id)}),
    ):
        assert answer.status_code < 500
        assert not [text for field, text in case.secrets("account") if text in said(answer)]
    try:
        async with town.house.system() as work:
            kept = await work.get("account", case.ids["account"])
            assert kept["legal_name"] == "Veltromark"
    except RelataError:
        pytest.fail("The merge took the record away.")
