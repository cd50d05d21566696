"""Dashboards in a browser: a broken card leaves the others alone, and what leaves the house is each reader's own."""

from __future__ import annotations

import re
from uuid import UUID

from tests.interfaces.web.reporting.conftest import Browser, SignIn

from relata.app.reporting import Way, mail_one
from relata.app.watching_metrics import watch
from relata.engine.access.principals import EVERYBODY
from relata.engine.messaging.message import Message
from relata.engine.reporting import definition as definitions
from relata.engine.reporting.dashboards.body import Body, Card, Tab, write
from relata.engine.reporting.definition import Definition, Grouping, Measure, Picture
from relata.engine.reporting.schedules.due import take_due
from relata.testing.house import House

BY_INDUSTRY = Definition(object="account", rows=(Grouping(path="industry"),), picture=Picture(kind="column"))
GONE = Definition(object="account", rows=(Grouping(path="nowhere"),), picture=Picture(kind="bar"))
CARDS = (
    Card(id="good", title="Customers", definition=BY_INDUSTRY),
    Card(id="broken", title="Lost", report="01939f2e-0000-7000-8000-000000000000", x=4),
    Card(id="unknown", title="No such metric", kind="metric", metric="no.such", x=8),
    Card(id="words", title="Read me", kind="text", text="# Hello\n<script>alert(1)</script>", y=4),
)


async def made(house: House, *, shared: bool = False) -> str:
    """A dashboard with good and broken cards, over three accounts."""
    async with house.system() as work:
        for name, industry in (("Alpha", "retail"), ("Beta", "retail"), ("Gamma", None)):
            await work.create("account", {"name": name, "industry": industry})
        record = await work.create("dashboard", {"name": "Overview", "body": write(Body(tabs=(Tab(cards=CARDS),)))})
        if shared:
            await work.sharing.grant(record, EVERYBODY, level="change")
        return str(record.id)


async def test_a_broken_card_says_so_and_the_others_show_and_leave(ada: Browser, open_house: House) -> None:
    key = await made(open_house, shared=True)
    page = (await ada.get(f"/dashboard/{key}")).text
    assert page.count("data-card=") == 4
    assert 'viewBox="0 0 400 200"' in (await ada.get(f"/dashboard/{key}/cards/good?width=400&height=200")).text
    for name in ("broken", "unknown"):
        answer = await ada.get(f"/dashboard/{key}/cards/{name}")
        assert answer.status_code == 200
        assert "dash-error" in answer.text
    words = (await ada.get(f"/dashboard/{key}/cards/words")).text
    assert "Hello" in words
    assert "<script" not in words
    card = (await ada.get(f"/dashboard/{key}/cards/good?show=table")).text
    links = re.findall(r'class="figures"><a class="value-link" href="([^"]+)">(\d)', card)
    assert [count for _href, count in links] == ["2", "1", "3"]
    found = (await ada.get(links[0][0].replace("&amp;", "&"))).text
    assert "Alpha" in found
    assert "Gamma" not in found
    paper = (await ada.get(f"/dashboard/{key}/pdf")).content
    assert paper.startswith(b"%PDF-1.7")
    assert paper.rstrip().endswith(b"%%EOF")
    assert (await ada.get(f"/dashboard/{key}/cards/good/chart.png")).content.startswith(b"\x89PNG")
    assert (await ada.get(f"/dashboard/{key}/cards/words/chart.png")).status_code == 404


async def test_cards_are_arranged_by_who_may_and_strangers_see_nothing(
    ada: Browser, sign_in: SignIn, open_house: House
) -> None:
    key = await made(open_house, shared=True)
    await ada.post(f"/dashboard/{key}/layout", {"card": ["words:0,0,12,2", "x:1", "good:1,2,3"], "moved": "words"})
    async with open_house.system() as work:
        cards = (await work.get("dashboard", UUID(key)))["body"]["tabs"][0]["cards"]
        assert (cards[0]["id"], cards[0]["w"]) == ("words", 12)
    refused = await ada.post(f"/dashboard/{key}/new-card?kind=link", {"title": "Out", "href": "javascript:x"})
    assert refused.status_code == 422
    await ada.post(f"/dashboard/{key}/new-card?kind=text", {"title": "Note", "text": "Hi"})
    await ada.post(f"/dashboard/{key}/cards/words/remove")
    page = (await ada.get(f"/dashboard/{key}?edit=1")).text
    assert page.count("data-card=") == 4
    assert "card-words" not in page
    async with open_house.system() as work:
        await work.sharing.revoke(await work.get("dashboard", UUID(key)), EVERYBODY)
    reader = await sign_in("reader")
    for address in ("", "/cards/good", "/pdf", "/cards/good/chart.svg", "/mails", "/settings"):
        assert (await reader.get(f"/dashboard/{key}{address}")).status_code == 404
    assert (await reader.post(f"/dashboard/{key}/layout", {"card": "good:0,0,4,4"})).status_code == 404


async def test_each_reader_is_mailed_their_own_and_a_failure_is_told(house: House) -> None:
    key = await made(house)
    sent: list[Message] = []
    boss = await house.person("Boss", "member", email="boss@example.com", language="de")
    other = await house.person("Other", "member", email="other@example.com")
    async with house.system() as work:
        board = await work.get("dashboard", UUID(key))
        await work.sharing.grant(board, boss)
        values = {"name": "Weekly", "dashboard": board.id, "readers": [other], "owner": boss, "rhythm": "daily"}
        schedule = await work.create("report_schedule", values)
        assert schedule["next_at"] > work.clock.now
        assert await take_due(work) == []
        table = f'"{work.context.schema}".report_schedule'
        await work.unit.connection.execute(f"update {table} set next_at = now() - interval '1 minute'")
        assert [readers for _one, readers in await take_due(work)] == [[boss, other]]
        assert await take_due(work) == []

    async def post(message: Message) -> None:
        sent.append(message)

    way = Way(house.door, post, "https://crm.example.com")
    for reader in (boss, other):
        await mail_one(way, house.key, schedule.id, reader)
    assert [one.to for one in sent] == ["boss@example.com"]
    assert sent[0].attachments[0].content.startswith(b"%PDF")
    assert f"https://crm.example.com/dashboard/{key}" in sent[0].text
    async with house.system() as work:
        assert "Other" in (await work.get("report_schedule", schedule.id))["last_error"]
        told = await work.first("notification", owner=boss)
        assert told is not None
        assert "Weekly" in told["text"]


async def test_who_asked_is_told_once_when_a_mark_is_passed_and_when_reading_fails(house: House) -> None:
    boss = await house.person("Boss", "member")
    body = definitions.write(Definition(object="account", measures=(Measure(),), picture=Picture(kind="number")))
    async with house.system() as work:
        made = await work.create("metric", {"name": "Customers", "key": "own.customers", "body": body})
        await work.create("metric_alert", {"metric": "own.customers", "way": "below", "mark": 2, "owner": boss})

    async def told() -> list[str]:
        await watch(house.door, house.key)
        async with house.system() as work:
            return sorted(one["text"] for one in await work.find("notification", owner=boss))

    first = ["Customers is 0, below 2"]
    assert await told() == first
    assert await told() == first
    async with house.system() as work:
        for name in ("Alpha", "Beta"):
            await work.create("account", {"name": name})
    assert await told() == first
    async with house.system() as work:
        await work.delete(made)
    assert len(await told()) == 2
    assert "can't be read" in (await told())[1]


async def test_an_embedded_dashboard_shows_one_role_and_ends(ada: Browser, sign_in: SignIn, open_house: House) -> None:
    key = await made(open_house, shared=True)
    refused = await ada.post(f"/dashboard/{key}/embeds", {"role": "reader", "sites": "https://a.example/path *"})
    assert refused.status_code == 422
    answer = await ada.post(f"/dashboard/{key}/embeds", {"role": "reader", "sites": "https://intranet.example"})
    found = re.search(r"/embedded/([\w-]{20,})", answer.text)
    assert found
    stranger = await sign_in()
    page = await stranger.get(f"/embedded/{found[1]}")
    assert "frame-ancestors 'self' https://intranet.example" in page.headers["content-security-policy"]
    assert page.text.count("data-card=") == 4
    card = (await stranger.get(f"/embedded/{found[1]}/cards/good?width=400&height=200")).text
    assert "<svg" in card
    assert "href=" not in card
    assert (await stranger.get("/embedded/" + "x" * 43)).status_code in (404, 410)
    stop = re.search(r'action="(/dashboard/[^"]+/stop)"', answer.text)
    assert stop
    await ada.post(stop[1])
    assert (await stranger.get(f"/embedded/{found[1]}")).status_code in (404, 410)
    member = await sign_in("member")
    assert (await member.post(f"/dashboard/{key}/embeds", {"role": "admin"})).status_code == 403


async def test_an_embedded_report_is_a_frame_of_one_card(ada: Browser, sign_in: SignIn, open_house: House) -> None:
    async with open_house.system() as work:
        body = {"object": "account", "rows": [{"path": "industry"}], "picture": {"kind": "bar"}}
        report = await work.create("report", {"name": "By industry", "body": body})
        await work.sharing.grant(report, EVERYBODY)
        await work.create("account", {"name": "Mill"})
    answer = await ada.post(f"/report/{report.id}/embeds", {"role": "admin"})
    found = re.search(r"/embedded/([\w-]{20,})", answer.text)
    assert found
    stranger = await sign_in()
    assert (await stranger.get(f"/embedded/{found[1]}")).text.count("data-card=") == 1
    card = (await stranger.get(f"/embedded/{found[1]}/cards/report")).text
    assert "<svg" in card and "href=" not in card
    assert (await ada.post("/report/no.such/embeds", {"role": "admin"})).status_code in (404, 422)
