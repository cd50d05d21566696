"""Bulk work over HTTP: asked, tried, done, undone; and nothing that is sent breaks it."""

from __future__ import annotations

import html
import json
import re
from itertools import product
from typing import Any
from uuid import UUID

from tests.interfaces.web.settings.conftest import Browser, SignIn

from relata.engine.transfer.bulk import running
from relata.engine.transfer.bulk.objects import BULK_CHANGE
from relata.testing.house import House


async def accounts(house: House, *names: str, **values: Any) -> list[UUID]:
    async with house.system() as work:
        made = await work.create_many("account", [{"name": name, **values} for name in names])
    return [one.id for one in made if one.id]


async def described(house: House, ids: list[UUID]) -> list[Any]:
    async with house.system() as work:
        found = {one.id: one["description"] for one in await work.get_many("account", ids)}
    return [found.get(one) for one in ids]


def order_in(page: str) -> str:
    found = re.search(r'name="order" value="([^"]*)"', page)
    assert found, page
    return html.unescape(found[1])


def chosen(ids: list[UUID], what: str) -> dict[str, str | list[str]]:
    return {"selected": [str(one) for one in ids], "what": what}


async def test_a_change_is_asked_tried_done_and_undone(open_house: House, ada: Browser) -> None:
    ids = await accounts(open_house, "A", "B <b>")
    asked = await ada.post("/accounts/bulk/ask", chosen(ids, "change"))
    assert asked.status_code == 200
    field = await ada.get("/accounts/bulk/field?field=description")
    assert 'name="description"' in field.text
    form: dict[str, str | list[str]] = {"order": order_in(asked.text), "fields": "description", "description": "new"}
    tried = await ada.post("/accounts/bulk/preview", form)
    assert tried.status_code == 200
    assert "B &lt;b&gt;" in tried.text
    assert await described(open_house, ids) == [None, None]
    done = await ada.post("/accounts/bulk/run", {"order": order_in(tried.text)})
    toast = json.loads(done.headers["hx-trigger"])["toast"]
    assert toast["message"] == "2 changed"
    assert await described(open_house, ids) == ["new", "new"]
    page = await ada.get(toast["undo"].removesuffix("/undo"))
    assert "Change 2 accounts" in page.text
    assert "Change 2 accounts" in (await ada.get("/bulk")).text
    assert "Change 2 accounts" in (await ada.get("/bulk_changes")).text
    undone = await ada.post(toast["undo"])
    assert undone.status_code == 303
    assert await described(open_house, ids) == [None, None]
    assert (await ada.post(toast["undo"])).status_code == 409


async def test_all_that_match_keeps_the_filter_and_runs_as_a_job(open_house: House, ada: Browser) -> None:
    ids = await accounts(open_house, *(f"A{at}" for at in range(120)), description="old")
    await accounts(open_house, "Other")
    form: dict[str, str | list[str]] = {"everything": "true", "where": 'description = "old"', "what": "delete"}
    tried = await ada.post("/accounts/bulk/ask", form)
    assert "Delete 120 accounts" in tried.text
    assert "The first 100 of 120 were tried" in tried.text
    begun = await ada.post("/accounts/bulk/run", {"order": order_in(tried.text)})
    place = begun.headers["location"]
    bulk = UUID(place.rpartition("/")[2])
    assert "0 of 120" in (await ada.get(f"{place}/progress")).text
    assert "Paused" in (await ada.get((await ada.post(f"{place}/pause")).headers["location"])).text
    await ada.post(f"{place}/continue")
    await running.run(open_house.door, open_house.key, bulk)
    assert "Done." in (await ada.get(place)).text
    assert (await ada.get(f"{place}/refused.csv")).text.lstrip("\ufeff") == "id,record,field,code,message\r\n"
    async with open_house.system() as work:
        assert await work.count("account") == 1
    await ada.post(f"{place}/undo")
    async with open_house.system() as work:
        undo = await work.first(BULK_CHANGE, undoes=bulk)
        assert undo is not None
        assert await work.count("account") == len(ids) + 1


async def test_the_export_holds_what_was_chosen(open_house: House, ada: Browser, sign_in: SignIn) -> None:
    ids = await accounts(open_house, "A", "=1+1", "C")
    found = await ada.post("/accounts/bulk/export", chosen(ids[:2], ""))
    lines = found.text.splitlines()
    assert len(lines) == 3
    assert "'=1+1" in found.text
    reader = await sign_in("reader")
    assert (await reader.post("/accounts/bulk/export", chosen(ids, ""))).status_code == 403


NASTY = ("", "{}", "[", "null", '{"object": "account"}', "[" * 5000, '{"object": "account", "kind": "undo"}')


async def test_a_damaged_order_is_refused_in_words(ada: Browser) -> None:
    for path, order in product(("preview", "run"), NASTY):
        answer = await ada.post(f"/accounts/bulk/{path}", {"order": order})
        assert answer.status_code == 422, answer.text
        assert "Begin again from the list" in answer.text


async def test_what_does_not_fit_is_told_and_changes_nothing(open_house: House, ada: Browser, sign_in: SignIn) -> None:
    ids = await accounts(open_house, "A")
    assert (await ada.post("/accounts/bulk/ask", {"what": "change"})).status_code == 422
    assert (await ada.post("/accounts/bulk/ask", chosen(ids, "nonsense"))).status_code == 404
    assert (await ada.post("/accounts/bulk/ask", chosen(ids, "action:nonsense"))).status_code == 404
    assert (await ada.post("/accounts/bulk/ask", chosen(ids, "add:user"))).status_code == 404
    assert (await ada.post("/nonsense/bulk/ask", chosen(ids, "change"))).status_code == 404
    assert (await ada.get("/accounts/bulk/field?field=version")).status_code == 404
    everything: dict[str, str | list[str]] = {"everything": "true", "where": "nonsense = 1", "what": "delete"}
    assert (await ada.post("/accounts/bulk/ask", everything)).status_code == 422
    order = order_in((await ada.post("/accounts/bulk/ask", chosen(ids, "change"))).text)
    form: dict[str, str | list[str]] = {"order": order, "fields": "industry", "industry": "nonsense"}
    bad = await ada.post("/accounts/bulk/preview", form)
    assert bad.status_code == 422
    assert "does not know this value" in html.unescape(bad.text)
    assert (await ada.post("/accounts/bulk/run", {"order": order})).status_code == 422
    reader = await sign_in("reader")
    assert (await reader.post("/accounts/bulk/run", {"order": order})).status_code == 403
    assert 'id="bulk"' not in (await reader.get("/accounts")).text
    for path in ("/bulk/nonsense", f"/bulk/{ids[0]}", f"/bulk/{ids[0]}/progress", f"/bulk/{ids[0]}/refused.csv"):
        assert (await ada.get(path)).status_code == 404
    for name in ("pause", "cancel", "continue", "undo"):
        assert (await ada.post(f"/bulk/{ids[0]}/{name}")).status_code == 404


async def test_a_stranger_is_sent_to_sign_in(sign_in: SignIn) -> None:
    stranger = await sign_in()
    for path in ("/accounts/bulk/ask", "/accounts/bulk/run", "/accounts/bulk/export", "/accounts/cells"):
        assert (await stranger.post(path)).status_code in (303, 401, 403)
