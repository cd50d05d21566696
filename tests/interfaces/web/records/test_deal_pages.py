"""A deal's page: what stands beside it, and what a stage asks for on the board."""

from __future__ import annotations

from tests.access.conftest import Connect

from relata.engine.ui.way import way_of
from relata.engine.workspace.administration import Administration
from relata.modules.sales.actions.health import assess_all
from relata.testing.house import House


async def test_cards_beside_a_deal_say_what_is_wrong_and_mend_it(house: House, connect: Connect) -> None:
    ada = await connect(await house.person("Ada Admin", "admin"), browser=True)
    async with house.system() as work:
        deal = await work.create("opportunity", {"name": "Two machines", "close_date": "2020-01-31"})
        person = await work.create("contact", {"name": "Nadia Berger"})
        machine = await work.create("product", {"name": "Duo", "code": "D"})
        role = {"opportunity": deal.id, "contact": person.id, "role": "champion", "attitude": "opposes"}
        await work.create("opportunity_contact", role)
        question = {"question": "Who signs?", "stage": deal["stage"], "answered_by": "buying_roles"}
        await work.create("playbook_question", question)
        await assess_all(work)
    page = (await ada.get(f"/opportunities/{deal.id}")).text
    assert f'hx-get="/opportunities/{deal.id}/panels"' in page
    cards = (await ada.get(f"/opportunities/{deal.id}/panels")).text
    for text in ("Closing date past", "Who signs?", "Nadia Berger", "Champion · Against us"):
        assert text in cards
    assert f'hx-post="/opportunities/{deal.id}/actions/plan_follow_up"' in cards
    assert (await ada.get(f"/products/{machine.id}")).text.count("/panels") == 0


async def test_who_may_not_see_buying_roles_sees_no_committee(house: House, connect: Connect) -> None:
    narrow = {"label": "Narrow", "grants": {"opportunity": {"read": "all"}, "stage": {"read": "all"}}}
    await Administration(house.door, house.key, None).put("role", "narrow", narrow)
    async with house.system() as work:
        deal = await work.create("opportunity", {"name": "Two machines"})
        person = await work.create("contact", {"name": "Nadia Berger"})
        await work.create("opportunity_contact", {"opportunity": deal.id, "contact": person.id, "role": "champion"})
        await assess_all(work)
    ben = await connect(await house.person("Ben Narrow", "narrow"), browser=True)
    cards = await ben.get(f"/opportunities/{deal.id}/panels")
    assert cards.status_code == 200
    assert "No next step" in cards.text
    assert "Nadia" not in cards.text


async def test_a_stage_asks_for_what_it_needs_in_a_dialog(house: House, connect: Connect) -> None:
    ada = await connect(await house.person("Ada Admin", "admin"), browser=True)
    async with house.system() as work:
        deal = await work.create("opportunity", {"name": "Two machines"})
        stage = await work.first("stage", name="Lost")
        assert stage is not None
        await work.change(stage, {"required_fields": ["lost_reason"]})
    moved = {"card": str(deal.id), "column": str(stage.id)}
    asked = await ada.post("/opportunities/board/move?by=stage", data=moved)
    assert (asked.status_code, asked.headers.get("hx-retarget")) == (422, "#dialog")
    assert 'name="lost_reason"' in asked.text


async def test_losing_a_deal_offers_the_reasons(house: House, connect: Connect) -> None:
    ada = await connect(await house.person("Ada Admin", "admin"), browser=True)
    async with house.system() as work:
        deal = await work.create("opportunity", {"name": "Two machines"})
    dialog = (await ada.get(f"/opportunities/{deal.id}/actions/lose_opportunity")).text
    assert "Lost reason" in dialog
    assert "Missing features" in dialog


async def test_a_lost_deal_did_not_pass_what_is_won(house: House) -> None:
    async with house.system() as work:
        deal = await work.create("opportunity", {"name": "Two machines"})
        lost = await work.first("stage", name="Lost")
        assert lost is not None
        way = await way_of(work, deal, may_change=True)
        assert way is not None
        assert [one.label for one in way.steps][-2:] == ["Won", "Lost"]
        way = await way_of(work, await work.change(deal, {"stage": lost.id}), may_change=True)
        assert way is not None
        assert "Won" not in [one.label for one in way.steps]
        assert way.steps[-1].state == "current"
