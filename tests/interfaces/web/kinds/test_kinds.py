"""Boards, calendars, galleries, maps and the filter's dialog over HTTP: what they show, and bad input in a sentence."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

import pytest
from tests.interfaces.web.settings.conftest import Browser

from relata.testing.house import House

NASTY = ("name = ", "nothing_here = 1", "<script>", "created_at in next_days(99999999)", "((((")


@pytest.mark.parametrize("kind", ["board", "calendar", "gallery", "map"])
async def test_a_filter_that_does_not_fit_is_said_above_the_view(ada: Browser, kind: str) -> None:
    plural = "contacts" if kind == "calendar" else "accounts"
    for where in NASTY:
        answer = await ada.get(f"/{plural}/{kind}?where={quote(where)}")
        assert answer.status_code == 200
        assert "<script>" not in answer.text
        assert 'role="alert"' in answer.text


ODD = (
    "/accounts/board?by=name",
    "/accounts/board?by=nothing",
    "/accounts/board/cards?column=%00&shown=-1",
    "/accounts/board/limit?column=",
    "/products/board?board=nothing",
    "/meetings/calendar?day=9999-99-99&span=century&start=name",
    "/meetings/calendar?day=0001-01-01",
    "/meetings/calendar/new?at=yesterday",
    "/notes/map",
    "/accounts/gallery?after=nothing&order=nothing",
    "/accounts/filter?where=%28%28",
    "/accounts/filter/fields?q=%28%5C",
)


async def test_odd_addresses_are_answered_in_a_sentence(ada: Browser) -> None:
    for path in ODD:
        answer = await ada.get(path)
        assert answer.status_code < 500, path


BAD: tuple[tuple[str, dict[str, str | list[str]], int], ...] = (
    ("/accounts/board/move", {"card": "nothing", "column": "customer"}, 404),
    ("/accounts/board/limit", {"column": "customer", "limit": "many"}, 422),
    ("/accounts/board/limit", {"column": "customer", "limit": "0"}, 422),
    ("/accounts/board/add", {"column": "customer", "title": ""}, 422),
    ("/meetings/calendar/move", {"id": "nothing", "to": "2026-11-21"}, 404),
    ("/accounts/filter/apply", {"tab": "text", "text": "name ="}, 422),
    ("/accounts/filter/apply", {"tab": "builder", "k:r.0": "c", "p:r.0": "name", "q:r.0": "name"}, 422),
    ("/accounts/filter", {"do": "remove:r.99.x", "tab": "builder"}, 200),
    ("/accounts/filter", {"do": "explode", "k:r.0": "r", "l:r.0": "nothing"}, 200),
    ("/accounts/filter/count", {"tab": "text", "text": "(("}, 200),
)


async def test_bad_forms_are_answered_in_a_sentence(ada: Browser) -> None:
    found = [(path, form, (await ada.post(path, form)).status_code) for path, form, _status in BAD]
    assert found == list(BAD)


async def test_a_card_that_was_moved_brings_what_the_columns_count_now(open_house: House, ada: Browser) -> None:
    async with open_house.system() as work:
        made = await work.create("account", {"name": "Acme", "type": "prospect"})
    answer = await ada.post("/accounts/board/move", {"card": str(made.id), "column": "customer", "place": str(made.id)})
    assert answer.status_code == 200
    assert 'hx-target="#board-figures-customer"' in answer.text
    async with open_house.system() as work:
        assert (await work.get("account", made.id))["type"] == "customer"


async def test_the_builder_makes_the_address_of_the_view_it_came_from(ada: Browser) -> None:
    form: dict[str, str | list[str]] = {
        "tab": "builder", "keep:kind": "board", "keep:by": "industry", "m:r": "any",
        "k:r.0": "c", "p:r.0": "type", "q:r.0": "type", "o:r.0": "one_of", "v:r.0": ["customer", "partner"],
        "k:r.1": "r", "l:r.1": "contacts", "o:r.1": "at_least", "c:r.1": "2", "m:r.1": "all",
    }  # fmt: skip
    answer = await ada.post("/accounts/filter/apply", form)
    where = unquote(answer.headers["location"])
    assert where == '/accounts/board?by=industry&where=type in ("customer", "partner") or count(contacts) >= 2'


async def test_the_dialog_shows_a_text_as_rows_and_counts(open_house: House, ada: Browser) -> None:
    async with open_house.system() as work:
        await work.create("account", {"name": "Acme", "type": "customer"})
    where = quote('type = "customer" and not exists(contacts)')
    opened = await ada.get(f"/accounts/filter?where={where}")
    assert 'value="customer" checked' in opened.text
    counted = await ada.post("/accounts/filter/count", {"tab": "text", "text": 'type = "customer"'})
    assert "1 record" in counted.text


async def test_a_saved_view_gives_its_filter_to_its_board(open_house: House, ada: Browser) -> None:
    async with open_house.as_person(ada.user) as work:  # type: ignore[arg-type]
        for name, kind in (("Kept Ltd", "customer"), ("Other Ltd", "partner")):
            await work.create("account", {"name": name, "type": kind})
        view = await work.create(
            "view", {"name": "Customers", "object": "account", "kind": "board", "filter": 'type = "customer"'}
        )
    answer = await ada.get(f"/accounts/board?view={view.id}")
    assert "Kept Ltd" in answer.text
    assert "Other Ltd" not in answer.text


async def test_a_view_keeps_its_boards_field_and_its_calendars_span(ada: Browser, open_house: House) -> None:
    async with open_house.as_person(ada.user) as work:  # type: ignore[arg-type]
        await work.create("account", {"name": "Alpha", "industry": "retail"})
    made = await ada.post("/accounts/views/new?kind=board&by=industry", {"name": "By industry"})
    board = made.headers["location"]
    opened = (await ada.get(board)).text
    assert "By Industry" in opened
    assert "view-unsaved" not in opened
    other = (await ada.get(f"{board}&by=type")).text
    assert "By Type" in other
    assert "view-unsaved" in other
    key = re.search(r"view=([0-9a-f-]{36})", board)
    assert key
    await ada.post(f"/accounts/views/{key[1]}/save?view={key[1]}&kind=board&by=type")
    assert "By Type" in (await ada.get(board)).text

    made = await ada.post("/meetings/views/new?kind=calendar&span=week&start=created_at", {"name": "Weeks"})
    weeks = (await ada.get(made.headers["location"])).text
    assert 'data-span="week"' in weeks
    assert "view-unsaved" not in weeks
    assert "view-unsaved" in (await ada.get(f"{made.headers['location']}&span=day")).text
