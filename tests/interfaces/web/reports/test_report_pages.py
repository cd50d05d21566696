"""Reports in a browser: built, kept, asked, handed out; and forms that nobody meant."""

from __future__ import annotations

import io
import re
import zipfile
from urllib.parse import unquote
from uuid import UUID

import httpx
import pytest
from tests.interfaces.web.settings.conftest import Browser, SignIn

from relata.engine.access.principals import EVERYBODY
from relata.testing.house import House

FORM = {
    "object": "opportunity", "object.before": "opportunity", "kind": "bar", "totals": "true",
    "rows.0.is": "1", "rows.0.path": "source", "columns.0.is": "1", "columns.0.path": "close_date",
    "columns.0.grain": "quarter", "measures.0.is": "1", "measures.0.name": "m1", "measures.0.function": "count",
    "measures.1.is": "1", "measures.1.name": "m2", "measures.1.function": "sum", "measures.1.path": "amount",
    "m:r": "all", "k:r.0": "c", "p:r.0": "amount", "q:r.0": "amount", "o:r.0": ">", "v:r.0": "1",
}  # fmt: skip


async def deals(house: House) -> None:
    async with house.system() as work:
        for name, source, amount in (("A", "website", 10), ("B", "website", 20), ("C", "event", 5), ("D", "event", 1)):
            values = {"name": name, "source": source, "amount": amount, "close_date": "2026-02-01"}
            await work.create("opportunity", values)


async def saved(browser: Browser, **more: str) -> str:
    """The address of a new report."""
    made = await browser.post("/report/save", FORM | {"do": "new", "name": "=By source"} | more)
    assert made.status_code == 303, made.text
    return str(made.headers["location"])


async def sent(browser: Browser, content: bytes) -> httpx.Response:
    """A report's file, brought back."""
    token = re.search(r'name="_csrf" value="([^"]+)"', (await browser.get("/report/file")).text)
    assert token
    files = {"file": ("report.json", content)}
    return await browser.client.post("/report/file", data={"_csrf": token[1]}, files=files)


async def test_a_report_is_built_saved_and_each_number_leads_to_its_records(ada: Browser, open_house: House) -> None:
    await deals(open_house)
    answer = (await ada.post("/report/change", FORM | {"do": "add:rows"})).text
    assert 'name="rows.1.is"' in answer
    assert "€30" in answer
    place = await saved(ada)
    page = (await ada.get(place)).text
    assert "chart-picture" in page
    assert "Report" in (await ada.get("/opportunities?where=amount%20%3E%201")).text
    link = re.search(r'href="(/opportunities\?view=all&amp;where=[^"]+)">2<', page)
    assert link
    where = unquote(link[1])
    assert 'source = "website"' in where
    listed = (await ada.get(link[1].replace("&amp;", "&"))).text
    assert listed.count("data-row") >= 2
    assert "By source" in (await ada.get("/report")).text
    assert (await ada.get("/reports")).headers["location"] == "/report"


async def test_what_is_wrong_is_told_at_its_place_and_nothing_is_kept(ada: Browser) -> None:
    refused = await ada.post("/report/save", FORM | {"do": "new", "name": "", "rows.0.path": "no_such"})
    assert refused.status_code == 422
    assert "Choose another field" in refused.text
    unnamed = await ada.post("/report/save", FORM | {"do": "new", "name": " "})
    assert unnamed.status_code == 422
    assert "Give the report a name" in unnamed.text
    numbers = ({"rows.0.top": "9" * 9}, {"rows.0.buckets": "x"}, {"target": "1e999999"})
    for strange in (*numbers, {"object": "nothing"}, {"kind": "cube"}):
        assert (await ada.post("/report/change", FORM | strange)).status_code == 200, strange
    assert (await ada.get("/report/new?object=accounts&where=((")).status_code == 200
    assert (await ada.get("/report/nothing.here")).status_code == 404


async def test_a_report_leaves_as_files_that_cannot_execute(ada: Browser, open_house: House) -> None:
    await deals(open_house)
    place = await saved(ada)
    lines = (await ada.get(f"{place}/export.csv")).text.splitlines()
    assert {line.split(",")[0] for line in lines[1:]} == {"Website", "Fair or event"}
    book = zipfile.ZipFile(io.BytesIO((await ada.get(f"{place}/export.xlsx")).content))
    assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
    kept = (await ada.get(f"{place}/file.json")).content
    assert b'"=By source"' in kept and (await ada.get("/report/file")).status_code == 200
    brought = await sent(ada, kept)
    assert brought.headers["location"] == place  # it is what the file was written from
    wrong = await sent(ada, b"{}")
    assert wrong.status_code == 422 and "This is no file of a report" in wrong.text


async def test_who_reads_a_shared_report_sees_their_own_numbers(
    ada: Browser, sign_in: SignIn, open_house: House
) -> None:
    await deals(open_house)
    place = await saved(ada)
    rep = await sign_in("Rep", "sales_rep")
    assert (await rep.get(place)).status_code == 404
    async with open_house.system() as work:
        await work.sharing.grant(await work.get("report", UUID(place.rsplit("/", 1)[1])), EVERYBODY)
    page = (await rep.get(place)).text
    assert "Nothing matches" in page
    assert "may not be visible to you" in page
    change = FORM | {"do": "save", "key": place.rsplit("/", 1)[1], "name": "Mine"}
    assert (await rep.post("/report/save", change)).status_code in (403, 404)
    copied = await rep.post(f"{place}/copy")
    assert (await rep.get(copied.headers["location"])).status_code == 200


async def test_a_question_to_the_reader_narrows_what_is_counted(ada: Browser, open_house: House) -> None:
    await deals(open_house)
    question = {"prompts.0.is": "1", "prompts.0.name": "", "prompts.0.path": "source"}
    assert 'value="one_of" selected' in (await ada.post("/report/change", FORM | question)).text
    place = await saved(ada, **question, **{"prompts.0.operator": "one_of", "prompts.0.label": "Which source"})
    assert "Which source" in (await ada.get(place)).text
    page = (await ada.get(f"{place}?v:q1=event")).text
    assert "Website" not in page.split("<tbody>")[1]
    files = {name.split("?")[0]: name for name in re.findall(rf'href="({place}/[a-z.]+\?v%3Aq1=event)"', page)}
    assert {name.rsplit("/", 1)[1] for name in files} >= {"export.csv", "pdf", "chart.png", "chart.svg"}
    drawn = (await ada.get(files[f"{place}/chart.svg"])).text
    assert "Fair or event" in drawn and "Website" not in drawn
    assert (await ada.get(files[f"{place}/chart.png"])).content.startswith(b"\x89PNG")


async def test_every_shipped_report_has_a_page_and_prompts_answer(ada: Browser, open_house: House) -> None:
    await deals(open_house)
    everything = (await ada.get("/report")).text
    found = sorted(set(re.findall(r'href="/report/((?:sales|activities)\.[a-z_]+)"', everything)))
    assert len(found) > 15
    for key in found:
        assert (await ada.get(f"/report/{key}")).status_code == 200, key
    page = await ada.get("/report/sales.win_rate_by_owner?v:closed=this_year")
    assert page.status_code == 200
    assert 'value="this_year" selected' in page.text
    assert (await ada.get("/report/sales.win_rate_by_owner?v:closed=nonsense")).status_code == 200


async def test_funnels_past_days_changes_and_snapshots_are_pages(ada: Browser, open_house: House) -> None:
    await deals(open_house)
    plain = {name: value for name, value in FORM.items() if not name.startswith(("rows", "columns", "measures"))}
    begun = (await ada.post("/report/change", plain | {"way": "funnel", "event.events": "stage_stays"})).text
    assert "Stage" in begun
    assert "chart-picture" in begun
    funnel = plain | {
        "way": "funnel", "kind": "funnel", "event.events": "stage_stays", "event.at": "entered_at",
        "event.by": "stage", "event.passes": "later",
    }  # fmt: skip
    place = await saved(ada, **{name: value for name, value in funnel.items() if name not in FORM}, kind="funnel")
    page = (await ada.get(place)).text
    assert "Qualification" in page
    assert re.search(r'href="/opportunities\?view=all&amp;where=[^"]*stage_stays[^"]*">', page)
    other = await saved(ada)
    day = "2020-02-03"
    assert "Nothing matches" in (await ada.get(f"{other}?as_on={day}")).text
    assert "over" in (await ada.get(f"{other}?as_on=2999-01-01")).text
    behind = await ada.get(f"/report/behind?object=opportunity&as_on={day}&where=")
    assert behind.status_code == 200
    assert (await ada.get("/report/behind?object=opportunity&as_on=x&where=")).status_code == 422
    changed = (await ada.get(f"{other}/changes?since={day}")).text
    assert 'data-kind="waterfall"' in changed
    assert (await ada.get(f"{other}/changes?since=no")).status_code == 422
    assert "No snapshots yet" in (await ada.get(f"{other}/snapshots")).text
    assert (await ada.post(f"{other}/snapshots", {"rhythm": "daily"})).status_code == 303
    await ada.post(f"{other}/snapshots/now", {})
    kept = (await ada.get(f"{other}/snapshots")).text
    assert "Kept since" in kept
    assert 'data-kind="line"' in kept
    assert (await ada.post(f"{other}/snapshots", {"rhythm": "hourly"})).status_code == 422
    await ada.post(f"{other}/snapshots/end", {})
    assert "The next one" not in (await ada.get(f"{other}/snapshots")).text


async def test_a_file_holds_every_group_however_few_a_screen_shows(
    ada: Browser, open_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await deals(open_house)
    place = await saved(ada, **{"rows.0.path": "name", "rows.1.is": "1", "rows.1.path": "source"})
    whole = {form: (await ada.get(f"{place}/export.{form}")).text for form in ("csv", "jsonl")}
    monkeypatch.setattr("relata.engine.reporting.asking.MAX_GROUPS", 2)
    told = {form: (await ada.get(f"{place}/export.{form}")).text for form in ("csv", "jsonl")}
    assert "largest are shown" in (await ada.get(place)).text
    assert {len(text.splitlines()) for text in told.values()} == {3, 4} and len(whole["csv"].splitlines()) == 4
    quarter = "Q1 2026"
    assert told["csv"].splitlines()[1] == f"A,Website,{quarter},1,10" and quarter in whole["csv"]
    assert '"Sum of Amount (EUR)":20' in told["jsonl"] and (await ada.get(f"{place}/export.xlsx")).status_code == 200
    shares = await saved(ada, **{"rows.0.path": "name", "measures.0.show": "share_of_total"})
    refused = await ada.get(f"{shares}/export.csv")
    assert refused.status_code == 422 and "more groups than a file of shares" in refused.text
