"""A record's page: its parts, the box above the timeline, values that two people change, the way back, merging."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from tests.access.conftest import Connect

from relata.engine.metadata.fields import AnyTarget
from relata.engine.workspace.administration import Administration
from relata.testing.house import House

HTMX = {"HX-Request": "true"}


async def an_account(house: House, **values: Any) -> str:
    async with house.system() as work:
        return str((await work.create("account", {"name": "Zwieback", **values})).id)


async def browser(house: House, connect: Connect) -> httpx.AsyncClient:
    return await connect(await house.person("Ada", "admin"), browser=True)


@pytest.mark.parametrize("tab", ["", "?tab=related", "?tab=files", "?tab=details", "?tab=history", "?tab=nonsense"])
async def test_every_part_has_an_address(house: House, connect: Connect, tab: str) -> None:
    client, key = await browser(house, connect), await an_account(house)
    page = await client.get(f"/accounts/{key}{tab}")
    assert page.status_code == 200 and "Zwieback" in page.text and 'aria-current="page"' in page.text


async def test_a_tab_of_the_layout_has_its_fields_and_lists_and_its_condition(house: House, connect: Connect) -> None:
    terms = {"title": "Terms", "sections": [{"title": "Conditions", "fields": ["tax_number"]}], "related": ["contacts"]}
    secret = {"title": "Never", "sections": [{"title": "No", "fields": ["employees"]}], "visible": "employees > 10"}
    layout = {"object": "account", "sections": [{"title": "About", "fields": ["name"]}], "tabs": [terms, secret]}
    client, key = await browser(house, connect), await an_account(house, tax_number="DE123", employees=3)
    await Administration(house.door, house.key, None, "test").put("layout", "account", layout)
    page = (await client.get(f"/accounts/{key}?tab=part0")).text
    assert re.search(r'aria-current="page"[^>]*>\s*Terms', page) and "DE123" in page and "Contacts" in page
    assert "Never" not in page and "DE123" not in (await client.get(f"/accounts/{key}")).text


async def test_a_note_written_in_the_box_is_shown_and_does_nothing(house: House, connect: Connect) -> None:
    client, key = await browser(house, connect), await an_account(house)
    text = "**Bold** <script>alert(1)</script> [x](javascript:alert(2)) ![p](https://evil.example/p.png)"
    made = await client.post(f"/accounts/{key}/add/note", data={"body": text}, headers=HTMX)
    assert f'hx-get="/accounts/{key}/timeline"' in (await client.get(f"/accounts/{key}")).text
    page = (await client.get(f"/accounts/{key}/timeline")).text
    assert made.status_code == 200 and "<strong>Bold</strong>" in made.text and "<strong>Bold</strong>" in page
    for answer in (made.text, page):
        assert "<script>alert" not in answer and 'href="javascript' not in answer and "<img" not in answer


async def test_a_comment_names_a_colleague(house: House, connect: Connect) -> None:
    client, key = await browser(house, connect), await an_account(house)
    grace = await house.person("Grace")
    sent = {"body": "@Grace look", "mentions": str(grace)}
    assert (await client.post(f"/accounts/{key}/add/comment", data=sent, headers=HTMX)).status_code == 200
    async with house.system() as work:
        comment = await work.first("comment", body="@Grace look")
        assert comment is not None and comment["mentions"] == (grace,) and str(comment["about"].id) == key


async def test_what_the_box_refuses_is_not_lost(house: House, connect: Connect) -> None:
    client, key = await browser(house, connect), await an_account(house)
    sent = {"subject": "", "at": "2026-01-02T10:00", "summary": "They want <b>more</b>"}
    again = await client.post(f"/accounts/{key}/add/call", data=sent, headers=HTMX)
    assert again.status_code == 422
    assert "They want &lt;b&gt;more&lt;/b&gt;" in again.text and "2026-01-02T10:00" in again.text
    assert "Subject is required" in again.text
    for path in (f"/accounts/{key}/add/user", f"/accounts/{key}/add/nothing"):
        assert (await client.post(path, data={"name": "x"}, headers=HTMX)).status_code == 404


async def test_a_damaged_page_marker_is_refused_in_words(house: House, connect: Connect) -> None:
    client, key = await browser(house, connect), await an_account(house)
    for mark in ("x", "WzEsMl0", "W10", "é", "A" * 3000):
        answer = await client.get(f"/accounts/{key}/timeline", params={"after": mark})
        assert answer.status_code == 422, mark
    for query in ("kind=nothing", "person=nobody", "day=x", "kind=user"):
        assert (await client.get(f"/accounts/{key}/timeline?{query}")).status_code == 200


async def test_a_title_and_enter_make_a_child(house: House, connect: Connect) -> None:
    client, key = await browser(house, connect), await an_account(house)
    made = await client.post(f"/accounts/{key}/related/subsidiaries", data={"title": "Zwieback Nord"}, headers=HTMX)
    empty = await client.post(f"/accounts/{key}/related/subsidiaries", data={"title": " "}, headers=HTMX)
    nothing = await client.post(f"/accounts/{key}/related/nothing", data={"title": "x"}, headers=HTMX)
    assert made.status_code == 200 and "Zwieback Nord" in made.text
    assert empty.status_code == 422 and "required" in empty.text
    assert nothing.status_code == 404


# -- two people at one value -------------------------------------------------------------------------------------


async def version(house: House, key: str) -> int:
    async with house.system() as work:
        return (await work.find("account", f'id = "{key}"'))[0].version


async def test_a_value_that_somebody_else_saved_is_not_overwritten_unseen(house: House, connect: Connect) -> None:
    client, key = await browser(house, connect), await an_account(house, legal_name="Old")
    seen = await version(house, key)
    other = await connect(await house.person("Grace", "admin"), browser=True)
    await other.patch(f"/accounts/{key}/fields/legal_name", data={"legal_name": "Theirs", "version": str(seen)})

    address, mine = f"/accounts/{key}/fields/legal_name", {"legal_name": "Mine", "version": str(seen)}
    contested = await client.patch(address, data=mine)
    assert contested.status_code == 409
    assert "Changed by Grace" in contested.text and "Theirs" in contested.text and 'value="Mine"' in contested.text
    now = re.search(r'name="version" value="(\d+)"', contested.text)
    assert now is not None
    kept = await client.patch(address, data={"legal_name": "Mine", "version": now.group(1)})
    assert kept.status_code == 200 and "Mine" in kept.text and "data-saved" in kept.text


async def test_another_field_of_the_same_record_is_no_conflict(house: House, connect: Connect) -> None:
    client, key = await browser(house, connect), await an_account(house, legal_name="Old")
    seen = await version(house, key)
    await client.patch(f"/accounts/{key}/fields/tax_number", data={"tax_number": "DE1", "version": str(seen)})
    saved = await client.patch(f"/accounts/{key}/fields/legal_name", data={"legal_name": "New", "version": str(seen)})
    assert saved.status_code == 200


async def test_a_form_asks_about_contested_fields_and_leaves_newer_ones(house: House, connect: Connect) -> None:
    client = await browser(house, connect)
    key = await an_account(house, legal_name="Old", tax_number="1", description="Old text")
    seen = str(await version(house, key))
    other = await connect(await house.person("Grace", "admin"), browser=True)
    await other.post(f"/accounts/{key}/edit", data={"legal_name": "Theirs", "tax_number": "2", "version": seen})

    mine = {"legal_name": "Mine", "tax_number": "1", "description": "New text", "version": seen}
    asked = await client.post(f"/accounts/{key}/edit", data=mine)
    assert asked.status_code == 409
    assert "Grace changed Legal name" in asked.text and 'value="Mine"' in asked.text and "New text" in asked.text
    assert "Grace changed Tax number" not in asked.text
    now = re.search(r'name="version" value="(\d+)"', asked.text)
    assert now is not None
    decided = {**mine, "tax_number": "2", "version": now.group(1), "_theirs": "legal_name"}
    assert (await client.post(f"/accounts/{key}/edit", data=decided)).status_code == 303
    async with house.system() as work:
        found = (await work.find("account", f'id = "{key}"'))[0]
    assert (found["legal_name"], found["tax_number"], found["description"]) == ("Theirs", "2", "New text")


async def test_a_refused_value_stays_in_its_input(house: House, connect: Connect) -> None:
    client, key = await browser(house, connect), await an_account(house)
    for name, sent, shown in (
        ("annual_revenue", {"annual_revenue": "12 bananas", "annual_revenue.currency": "USD"}, "12 bananas"),
        ("employees", {"employees": "many"}, "many"),
        ("email", {"email": ["good@example.com", "bad@@x"]}, "bad@@x"),
        ("name", {"name": "n" * 400}, "n" * 400),
    ):
        again = await client.patch(f"/accounts/{key}/fields/{name}", data=sent)
        assert again.status_code == 422 and shown in again.text, name
        assert "field-error" in again.text
    assert re.search(r"<option selected>USD", (await client.patch(
        f"/accounts/{key}/fields/annual_revenue", data={"annual_revenue": "x", "annual_revenue.currency": "USD"}
    )).text)  # fmt: skip


# -- history and restore -------------------------------------------------------------------------------------------


async def test_an_earlier_value_comes_back_through_the_door(house: House, connect: Connect) -> None:
    client, key = await browser(house, connect), await an_account(house, legal_name="First")
    await client.patch(f"/accounts/{key}/fields/legal_name", data={"legal_name": "Second"})
    history = (await client.get(f"/accounts/{key}/history?field=legal_name", headers=HTMX)).text
    assert "First" in history and "Second" in history and "Ada" in history
    post = re.search(rf'hx-post="(/accounts/{key}/history/\d+/legal_name)"', history)
    assert post is not None
    assert (await client.post(post.group(1), headers=HTMX)).status_code == 200
    async with house.system() as work:
        assert (await work.find("account", f'id = "{key}"'))[0]["legal_name"] == "First"
    for path in ("1/legal_name", "x/legal_name", "99999999999999999999/name", "1/nothing"):
        assert (await client.post(f"/accounts/{key}/history/{path}")).status_code == 404, path
    assert (await client.get(f"/accounts/{key}/history?field=nothing")).status_code == 404


async def test_who_may_not_change_a_record_can_not_bring_values_back(house: House, connect: Connect) -> None:
    owner, reader = await house.person("Owner", "admin"), await house.person("Reader", "sales_rep")
    key = await an_account(house, legal_name="First", owner=owner)
    async with house.as_person(owner) as work:
        account = (await work.find("account", f'id = "{key}"'))[0]
        changed = await work.change(account, {"legal_name": "Second"})
        await work.sharing.grant(changed, reader)
        entry = next(one.id for one in await work.history(changed) if one.action == "changed")
    client = await connect(reader, browser=True)
    page = await client.get(f"/accounts/{key}/history", headers=HTMX)
    assert page.status_code == 200 and "Restore" not in page.text
    assert (await client.post(f"/accounts/{key}/history/{entry}/legal_name")).status_code == 403


# -- merging ---------------------------------------------------------------------------------------------------------


async def test_two_records_become_one_with_the_chosen_values(house: House, connect: Connect) -> None:
    client = await browser(house, connect)
    key, other = await an_account(house, legal_name="A"), await an_account(house, legal_name="B", tax_number="7")
    async with house.system() as work:
        await work.create("contact", {"name": {"last": "Moser"}, "account": other})
    page = (await client.get(f"/accounts/{key}/merge", params={"with": other})).text
    assert "Legal name" in page and "Contacts" in page
    sent = {"with": other, "value.legal_name": other, "value.name": key}
    assert (await client.post(f"/accounts/{key}/merge", data=sent)).status_code == 303
    async with house.system() as work:
        kept = (await work.find("account", f'id = "{key}"'))[0]
        assert (kept["legal_name"], kept["tax_number"]) == ("B", "7")
        assert await work.count("contact", account=kept.id) == 1
        assert await work.count("account", name="Zwieback") == 1


async def test_bad_choices_for_a_merge_are_refused_in_words(house: House, connect: Connect) -> None:
    client, key, other = await browser(house, connect), await an_account(house), await an_account(house)
    third = await an_account(house, name="Third")
    for sent in (
        {}, {"with": key}, {"with": "nonsense"}, {"with": other, "value.name": third},
        {"with": other, "value.version": other}, {"with": other, "value.nothing": other},
    ):  # fmt: skip
        assert (await client.post(f"/accounts/{key}/merge", data=sent)).status_code == 422, sent
    unknown = "01a20033-4b80-71ec-aa1c-74d5b344f77a"
    assert (await client.post(f"/accounts/{key}/merge", data={"with": unknown})).status_code == 404


async def test_possible_duplicates_are_those_that_one_sees(house: House, connect: Connect) -> None:
    rep = await house.person("Rep", "sales_rep")
    key, other = await an_account(house, owner=rep), await an_account(house, name="ZWIEBACK")
    admin, narrow = await browser(house, connect), await connect(rep, browser=True)
    assert other in (await admin.get(f"/accounts/{key}/duplicates")).text
    assert other not in (await narrow.get(f"/accounts/{key}/duplicates")).text


async def test_a_form_that_comes_filled_is_compared_at_once(house: House, connect: Connect) -> None:
    client = await browser(house, connect)
    filled, empty = [(await client.get(f"/contacts/new{query}")).text for query in ("?email=ada%40a.example", "")]
    assert 'hx-trigger="load, change from' in filled and 'hx-trigger="change from' in empty


# -- the rest --------------------------------------------------------------------------------------------------------


async def test_a_duplicate_begins_with_the_values_but_no_number(house: House, connect: Connect) -> None:
    client, key = await browser(house, connect), await an_account(house, legal_name="Lend me", reference="R-1")
    page = (await client.get(f"/accounts/new?copy={key}")).text
    assert 'value="Zwieback"' in page and 'value="Lend me"' in page
    for odd in ("nonsense", "01a20033-4b80-71ec-aa1c-74d5b344f77a"):
        assert (await client.get(f"/accounts/new?copy={odd}")).status_code in (200, 404)


async def test_notes_about_a_record_show_in_its_next_step_and_panel(house: House, connect: Connect) -> None:
    client, key = await browser(house, connect), await an_account(house)
    async with house.system() as work:
        about = AnyTarget("account", (await work.find("account", f'id = "{key}"'))[0].id)
        await work.create("task", {"subject": "Call them back", "about": about, "due_on": "2020-01-01"})
    for path in ("", "/peek"):
        page = (await client.get(f"/accounts/{key}{path}")).text
        assert "Call them back" in page and "data-overdue" in page
