"""Lists in a browser: views, and addresses that nobody meant."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import pytest
from tests.interfaces.web.lists.conftest import Browser, SignIn

from relata.engine.access.principals import EVERYBODY
from relata.engine.files.store import DiskStore
from relata.engine.ui.exports import running
from relata.interfaces.web import exporting
from relata.testing.house import House

WHERE = 'where=name%20contains%20"a"&columns=industry:120:filled,owner'
SOMEBODY = "01939f2e-0000-7000-8000-000000000000"


async def saved(browser: Browser, name: str = "Mine", query: str = WHERE) -> str:
    """The id of a new view."""
    made = await browser.post(f"/accounts/views/new?{query}", {"name": name})
    found = re.search(r"view=([0-9a-f-]{36})", made.headers["location"])
    assert found
    return found[1]


async def accounts(house: House, *names: str) -> list[UUID]:
    async with house.system() as work:
        return [(await work.create("account", {"name": name, "industry": "retail"})).id for name in names]


async def test_a_view_is_saved_shown_changed_and_deleted(ada: Browser, open_house: House) -> None:
    await accounts(open_house, "Alpha", "Zulu")
    key = await saved(ada)
    page = (await ada.get(f"/accounts?view={key}")).text
    assert 'aria-current="page"><span class="clip">Mine' in page
    assert "Alpha" in page
    assert "view-unsaved" not in page
    changed = (await ada.get(f"/accounts?view={key}&order=-name")).text
    assert "view-unsaved" in changed
    done = await ada.post(f"/accounts/views/{key}/save?view={key}&order=-name")
    assert done.status_code == 303
    assert "view-unsaved" not in (await ada.get(f"/accounts?view={key}&order=-name")).text
    await ada.post(f"/accounts/views/{key}/rename", {"name": "Ours"})
    await ada.post(f"/accounts/views/{key}/duplicate")
    assert "Copy of Ours" in (await ada.get("/accounts?done=saved")).text
    gone = await ada.post(f"/accounts/views/{key}/delete")
    assert f"gone={key}" in gone.headers["location"]
    assert (await ada.get(f"/accounts?view={key}")).status_code == 404
    await ada.post(f"/accounts/views/{key}/restore")
    assert (await ada.get(f"/accounts?view={key}")).status_code == 200


async def test_a_pinned_view_stands_in_the_side_bar_and_a_default_one_opens(ada: Browser) -> None:
    key = await saved(ada)
    await ada.post(f"/accounts/views/{key}/keep", {"pinned": "yes", "default": "yes"})
    home = (await ada.get("/")).text
    assert f'href="/accounts?view={key}"' in home
    assert 'aria-current="page">' in (await ada.get("/accounts")).text
    assert "Mine ·" in (await ada.get("/accounts")).text
    assert "Mine ·" not in (await ada.get("/accounts?view=all")).text


async def test_a_filter_can_be_emptied_without_losing_the_view(ada: Browser, open_house: House) -> None:
    await accounts(open_house, "Zulu")
    key = await saved(ada, query='where=name%20%3D%20"Alpha"')
    assert "Zulu" not in (await ada.get(f"/accounts?view={key}")).text
    page = (await ada.get(f"/accounts?view={key}&where=")).text
    assert "Zulu" in page
    assert "view-unsaved" in page


async def test_somebody_elses_view_is_not_there(ada: Browser, sign_in: SignIn) -> None:
    key = await saved(ada)
    ben = await sign_in("member", name="Ben")
    assert (await ben.get(f"/accounts?view={key}")).status_code == 404
    for act in ("save", "rename", "duplicate", "keep", "delete"):
        answer = await ben.post(f"/accounts/views/{key}/{act}", {"name": "Ben's", "pinned": "yes"})
        assert answer.status_code == 404, act


async def test_a_shared_view_is_kept_but_not_overwritten(ada: Browser, sign_in: SignIn) -> None:
    made = await ada.post("/accounts/views/new", {"name": "Ours", "audience": "everybody"})
    key = re.findall(r"view=([0-9a-f-]{36})", made.headers["location"])[0]
    ben = await sign_in("reader", name="Ben")
    page = (await ben.get(f"/accounts?view={key}&order=name")).text
    assert "Ours" in page
    assert f"/accounts/views/{key}/save" not in page
    assert (await ben.post(f"/accounts/views/{key}/save?order=name")).status_code == 403
    assert (await ben.post(f"/accounts/views/{key}/keep", {"pinned": "yes"})).status_code == 303


async def test_a_field_that_is_gone_leaves_the_view_standing(ada: Browser, open_house: House) -> None:
    await accounts(open_house, "Alpha")
    key = await saved(ada)
    async with open_house.system() as work:
        await work.sharing.grant(await work.get("view", UUID(key)), EVERYBODY, level="change")
        columns = [{"path": "shoe_size", "width": 3}, {"path": "industry"}, 7, {"path": ["x"]}]
        await work.change(("view", UUID(key)), {"columns": columns, "sorting": "-shoe_size", "grouping": "hat"})
    page = await ada.get(f"/accounts?view={key}&done=saved")
    assert page.status_code == 200
    assert "left out" in page.text
    assert 'data-path="shoe_size"' not in page.text


@pytest.mark.parametrize(
    "query",
    [
        "columns=,,,::,:9:9,industry:999999999999:sum,a.b.c.d.e.f.g.h",
        "columns=" + ",".join(f"f{n}" for n in range(200)),
        "order=-,name,,-name,..,a.b", "order=" + ",".join(["name"] * 30), "group=nonsense", "group=name",
        "group=industry&where=nonsense(", "columns=owner.name::sum&order=owner.name", "density=huge&kind=cube",
        "view=all&columns=%09%5C&order=%22", "after=nonsense", "columns=name:200:sum",
    ],
)  # fmt: skip
async def test_nonsense_in_an_address_breaks_no_page(ada: Browser, open_house: House, query: str) -> None:
    await accounts(open_house, "Alpha")
    for place in ("", "/columns", "/sorting", "/views/new", "/foot", "/total", "/group", "/steps", "/export.csv"):
        answer = await ada.get(f"/accounts{place}?{query}")
        assert answer.status_code < 500, (place, answer.text[:300])
    assert (await ada.get(f"/accounts?{query}")).status_code == 200


@pytest.mark.parametrize("key", ["", "x", SOMEBODY, "../.."])
async def test_a_view_that_is_none_is_refused(ada: Browser, key: str) -> None:
    answers = [
        (await ada.get(f"/accounts?view={quote(key or 'x', safe='')}")).status_code,
        (await ada.post(f"/accounts/views/{quote(key or 'x', safe='')}/save")).status_code,
    ]
    assert answers == [404, 404]


async def test_a_view_needs_a_name(ada: Browser) -> None:
    answer = await ada.post("/accounts/views/new", {"name": "  "})
    assert answer.status_code == 422
    assert "Give the view a name" in answer.text


async def test_the_columns_dialog_answers_with_an_address(ada: Browser) -> None:
    answer = await ada.get(
        "/accounts/arranged?view=all&column=name&column=owner&column=industry&column=evil%2C&width.owner=140"
        "&foot.industry=filled&group=industry"
    )
    assert answer.status_code == 303
    assert "columns=owner%3A140%2Cindustry%3A%3Afilled%2Cevil" in answer.headers["location"]
    assert "group=industry" in answer.headers["location"]


async def test_steps_tell_the_order_of_the_list(ada: Browser, open_house: House) -> None:
    made = await accounts(open_house, "Alpha", "Beta")
    answer = (await ada.get("/accounts/steps?order=-name")).json()
    assert answer["ids"] == [str(made[1]), str(made[0])]


async def test_an_export_has_what_is_shown_and_runs_nothing(ada: Browser, open_house: House) -> None:
    await accounts(open_house, "=1+1", "Beta", "Other")
    query = 'where=name%20!=%20"Other"&columns=industry&order=name'
    text = (await ada.get(f"/accounts/export.csv?{query}")).content.decode("utf-8-sig")
    assert text.splitlines() == ["Name,Industry", "'=1+1,Retail", "Beta,Retail"]
    tables = await ada.get(f"/accounts/export.parquet?{query}")
    assert tables.content[:4] == tables.content[-4:] == b"PAR1"
    book = zipfile.ZipFile(io.BytesIO((await ada.get(f"/accounts/export.xlsx?{query}")).content))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "=1+1" in sheet
    assert "Other" not in sheet


async def test_the_server_writes_an_export_and_a_long_one_comes_this_way(
    ada: Browser, open_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await accounts(open_house, "Alpha", "Beta", "Other")
    query = 'where=name%20!=%20"Other"&columns=industry&order=name'
    monkeypatch.setitem(exporting.LONG, "csv", 1)
    asked = await ada.get(f"/accounts/export.csv?{query}")
    assert (asked.status_code, asked.headers["location"].split("?")[0]) == (303, "/accounts/export")
    assert "2 records." in (await ada.get(asked.headers["location"])).text
    begun = await ada.post(f"/accounts/export?{query}", {"format": "csv", "content": "shown"})
    page = begun.headers["location"]
    assert "0 of 2" in (await ada.get(f"{page}/progress")).text
    await running.run(open_house.door, DiskStore(tmp_path), open_house.key, UUID(page.rpartition("/")[2]))
    assert "export.file" in (await ada.get(page)).text
    whole = await ada.get(f"{page}/export.file")
    assert whole.content.decode("utf-8-sig").splitlines() == ["Name,Industry", "Alpha,Retail", "Beta,Retail"]
    assert page in (await ada.get("/exports")).text


async def test_an_export_needs_its_right(sign_in: SignIn) -> None:
    ben = await sign_in("reader", name="Ben")
    assert "export.csv" not in (await ben.get("/accounts")).text
    for format in ("csv", "xlsx", "jsonl", "parquet"):
        assert (await ben.get(f"/accounts/export.{format}")).status_code == 403


async def test_a_view_of_another_kind_opens_on_its_own_page(ada: Browser, open_house: House) -> None:
    await accounts(open_house, "Alpha")
    page = await ada.get('/accounts/gallery?where=name%20%3D%20"Alpha"')
    assert page.status_code == 200
    assert "view-unsaved" in page.text
    made = await ada.post('/accounts/views/new?kind=gallery&where=name%20%3D%20"Alpha"', {"name": "Pictures"})
    assert made.headers["location"].startswith("/accounts/gallery?view=")
    opened = (await ada.get(made.headers["location"])).text
    assert 'aria-current="page"><span class="clip">Pictures' in opened
    assert "view-unsaved" not in opened
