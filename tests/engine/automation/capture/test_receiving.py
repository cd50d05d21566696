"""What strangers send becomes leads: made, completed, noted, confirmed, and given to somebody."""

from __future__ import annotations

from typing import Any

import pytest

from relata.engine.automation.capture import receiving
from relata.engine.automation.capture.receiving import Received, Sent
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, Invalid
from relata.testing.house import House

ITEMS = [
    {"field": "name", "use": "required"},
    {"field": "email", "use": "required"},
    {"field": "company"},
    {"field": "need"},
    {"field": "source", "use": "hidden", "value": "website", "param": "via"},
]
NADIA = {"name": {"first": "Nadia", "last": "Berger"}, "email": [{"value": "nadia@example.org"}]}


async def form(work: Workspace, **values: Any) -> Record:
    given = {"name": "Contact us", "target": "lead", "items": ITEMS, "state": "published"}
    return await work.create("capture_form", given | values)


async def send(work: Workspace, to: Record, raw: dict[str, Any] | None = None, **more: Any) -> Received:
    return await receiving.receive(work, to, Sent({**NADIA, **(raw or {})}, **more))


async def test_what_was_sent_becomes_a_lead_with_its_origin_and_the_wording_agreed_to(house: House) -> None:
    async with house.system() as work:
        made = await form(work, consent="You may write to me.")
        touch = {"utm_source": "letter", "utm_campaign": "spring"}
        found = await send(work, made, {"company": "Berger AG"}, agrees=True, touch=touch, params={"via": "event"})
        assert found.about is not None
        lead = await work.get("lead", found.about.id)
        noted = await work.get("form_submission", found.submission)
        seen = await work.show("capture_form", made.id)
    assert (lead["name"].full, lead["company"], lead["source"]) == ("Nadia Berger", "Berger AG", "event")
    assert (lead["utm_source"], lead["utm_campaign"], lead["first_touch_at"] is not None) == ("letter", "spring", True)
    assert (noted["consent"], noted["consent_at"] is not None, noted["state"]) == ("You may write to me.", True, "made")
    assert seen["submission_count"] == 1


async def test_a_known_lead_is_completed_and_nothing_of_it_is_overwritten(house: House) -> None:
    async with house.system() as work:
        made = await form(work)
        lead = await work.create("lead", {"name": "N. Berger", "email": "nadia@example.org", "need": "Beans"})
        found = await send(work, made, {"company": "Berger AG", "need": "Machines"}, touch={"utm_source": "x"})
        now = await work.get("lead", lead.id)
        again = await send(work, made)
    assert (found.state, found.about and found.about.id) == ("updated", lead.id)
    assert (now["company"], now["need"], now["name"].full, now["utm_source"]) == (
        "Berger AG",
        "Beans",
        "N. Berger",
        "x",
    )
    assert (again.state, again.about) == ("attached", found.about)


async def test_who_confirmed_the_address_is_believed(house: House) -> None:
    async with house.system() as work:
        made = await form(work, double_opt_in=True)
        lead = await work.create("lead", {"name": "N. Berger", "email": "nadia@example.org", "source": "event"})
        waiting = await send(work, made)
        before = await work.get("lead", lead.id)
        found = await receiving.confirm(work, waiting.submission)
        again = await receiving.confirm(work, waiting.submission)
        now = await work.get("lead", lead.id)
    assert (waiting.state, waiting.about, before["name"].full) == ("waiting", None, "N. Berger")
    assert (found.state, found == again, found.email) == ("updated", True, "nadia@example.org")
    assert (now["name"].full, now["source"]) == ("Nadia Berger", "event")


async def test_a_converted_lead_is_not_taken_up_again(house: House) -> None:
    async with house.system() as work:
        made, known = await form(work), await work.create("contact", {"name": "Nadia Berger"})
        lead = await work.create("lead", {"name": "N. Berger", "email": "nadia@example.org"})
        await work.change(lead, {"status": "converted", "converted_contact": known.id})
        found = await send(work, made)
    assert found.state == "made"


async def test_new_ones_are_made_where_the_form_says_so_also_of_contacts(house: House) -> None:
    async with house.system() as work:
        items = [one for one in ITEMS if one["field"] in ("name", "email")]
        made = await form(work, target="contact", items=items, duplicates="new")
        first = await send(work, made, touch={"utm_source": "x"})
        second = await send(work, made)
        assert first.about is not None
        contact = await work.get("contact", first.about.id)
    assert (first.state, second.state, first.about != second.about) == ("made", "made", True)
    assert contact["utm_source"] == "x"


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"email": [{"value": "nobody"}]}, "email"),
        ({"name": {"first": "", "last": ""}}, "name"),
        ({"company": "x" * 200}, "company"),
        ({"email": []}, "email"),
    ],
)
async def test_what_is_wrong_is_told_at_its_field(house: House, raw: dict[str, Any], field: str) -> None:
    async with house.system() as work:
        with pytest.raises(Invalid) as refused:
            await send(work, await form(work), raw)
        assert await work.count("lead") + await work.count("form_submission") == 0
    assert {problem.field for problem in refused.value.problems} == {field}


async def test_without_the_agreement_nothing_is_kept(house: House) -> None:
    async with house.system() as work:
        with pytest.raises(Invalid, match="agreement"):
            await send(work, await form(work, consent="You may write to me.", consent_required=True))


async def test_a_field_that_the_form_does_not_ask_for_is_not_written(house: House) -> None:
    async with house.system() as work:
        found = await send(work, await form(work), {"score": 100, "owner": str(found_id(work))})
        assert found.about is not None
        lead = await work.get("lead", found.about.id)
    assert (lead["score"], lead["owner"]) == (None, None)


def found_id(work: Workspace) -> Any:
    return work.context.id


@pytest.mark.parametrize(
    "values",
    [
        {"target": "user"},
        {"target": "account_plan"},
        {"items": [{"field": "email", "use": "required"}]},
        {"items": [*ITEMS, {"field": "converted_at", "use": "hidden", "value": "2026-01-01"}]},
        {"items": [*ITEMS, {"field": "owner"}]},
        {"items": [{"field": "name", "use": "required"}]},
        {"items": [*ITEMS, {"field": "company"}]},
        {"items": "nonsense"},
        {"thanks_address": "javascript:alert(1)"},
    ],
)
async def test_forms_that_could_not_work_or_could_do_harm_are_refused(house: House, values: dict[str, Any]) -> None:
    async with house.system() as work:
        with pytest.raises(Invalid):
            await form(work, **values)


async def test_only_who_may_change_objects_makes_forms(house: House) -> None:
    mia = await house.person("Mia", "member")
    with pytest.raises(Denied):
        async with house.as_person(mia) as work:
            await form(work)
