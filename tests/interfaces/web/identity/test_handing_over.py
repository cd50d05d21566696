"""The screens of handing over: the question, what is done, how far it is, and taking it back."""

from __future__ import annotations

import pytest
from tests.interfaces.web.identity.conftest import Company

from relata.app.modules import discover
from relata.engine.identity import keys
from relata.engine.metadata.module import Module

_NEEDED = ("people", "collaboration", "views", "bulk", "handing_over", "parties")


@pytest.fixture(scope="session")
def house_modules() -> tuple[Module, ...]:
    """With views, follows and bulk changes."""
    return tuple(module for module in discover() if module.name in _NEEDED)


async def test_one_screen_hands_over_shuts_out_and_takes_back(company: Company) -> None:
    ada, bob = await company.browser(), await company.browser(None, name="Bob Wren")
    await ada.sign_in()
    await bob.sign_in()
    async with company.house.as_person(bob.user) as work:
        account = await work.create("account", {"name": "Nordwind"})
        key, _text = await keys.create(work.unit.connection, work.context.id, bob.user, "Web shop")

    page = await ada.get(f"/settings/people/{bob.user}/hand-over")
    assert page.status_code == 200, page.text
    assert "Accounts" in page.text
    assert "They go without their secrets" in page.text
    form = {"to": str(ada.user), "shuts_out": "on"}
    answer = await ada.post(f"/settings/people/{bob.user}/hand-over", form)
    assert answer.status_code == 303, answer.text
    assert not await bob.is_in()

    handed = answer.headers["location"]
    shown = await ada.get(handed)
    assert "1 of 1" in shown.text
    assert (await ada.get(f"{handed}/progress")).status_code == 200
    owner = await company.execute("select owner from w_main.account where id = %s", account.id)
    assert owner == [(ada.user,)]
    assert "opens nothing until you make its text anew" in (await ada.get("/settings/keys")).text
    renewed = await ada.post(f"/settings/keys/{key}/renew")
    assert "Copy the key now" in renewed.text
    assert "opens nothing" not in renewed.text

    assert (await ada.post(f"{handed}/take-back")).status_code == 303
    owner = await company.execute("select owner from w_main.account where id = %s", account.id)
    assert owner == [(bob.user,)]
    assert (await ada.post(f"{handed}/take-back")).status_code == 409


async def test_nothing_chosen_and_nobody_real_are_told_at_the_field(company: Company) -> None:
    ada, bob = await company.browser(), await company.browser(None, name="Bob Wren")
    await ada.sign_in()
    async with company.house.as_person(bob.user) as work:
        await work.create("account", {"name": "Nordwind"})
    path = f"/settings/people/{bob.user}/hand-over"
    await ada.get(path)
    for to in ("", "nonsense", "00000000-0000-7000-8000-000000000000", str(bob.user)):
        assert (await ada.post(path, {"to": to})).status_code == 422


async def test_it_asks_who_one_is_and_a_member_may_not(company: Company) -> None:
    ada, bob = await company.browser(), await company.browser(None, "member", name="Bob Wren")
    await ada.sign_in()
    await company.long_ago(ada)
    asked = await ada.post(f"/settings/people/{bob.user}/hand-over", {"to": str(ada.user), "shuts_out": "on"})
    assert "Confirm that it is you" in asked.text
    await bob.sign_in()
    assert (await bob.get(f"/settings/people/{ada.user}/hand-over")).status_code == 403
    assert (await bob.post(f"/settings/people/{ada.user}/hand-over", {"shuts_out": "on"})).status_code == 403
