"""Creating and changing records through the door."""

from __future__ import annotations

import pytest

from relata.foundation.errors import Conflict, Denied, Invalid, NotFound
from relata.testing.house import House


async def test_a_new_record_leaves_one_row_in_the_history(house: House) -> None:
    async with house.system() as work:
        made = await work.create("account", {"name": "Kaffeehaus Nord"})
        entries = await work.history(made)
    assert [(entry.action, entry.after["name"]) for entry in entries] == [("created", "Kaffeehaus Nord")]


async def test_all_problems_are_told_at_once(house: House) -> None:
    async with house.system() as work:
        with pytest.raises(Invalid) as refused:
            await work.create("account", {"name": "x" * 5000, "websites": "javascript:alert(1)", "colour_of_money": 1})
    assert {problem.field for problem in refused.value.problems} >= {"name", "colour_of_money"}


async def test_a_change_at_an_old_version_names_who_changed_what(house: House) -> None:
    ada = await house.person("Ada")
    async with house.system() as work:
        made = await work.create("account", {"name": "Kaffeehaus Nord"})
    async with house.as_person(ada) as work:
        await work.change(("account", made.id), {"name": "Kaffeehaus Süd"})
    async with house.system() as work:
        with pytest.raises(Conflict) as refused:
            await work.change(("account", made.id), {"name": "Other"}, expect=1)
    assert refused.value.problems[0].field == "name"
    assert "Ada" in refused.value.problems[0].message


async def test_a_link_to_a_record_of_another_kind_is_refused(house: House) -> None:
    async with house.system() as work:
        account = await work.create("account", {"name": "Kaffeehaus Nord"})
        contact = await work.create("contact", {"name": "Grace Hopper", "account": account.id})
        with pytest.raises(Invalid) as refused:
            await work.create("contact", {"name": "Alan Turing", "account": contact.id})
    assert refused.value.code == "invalid_link"


async def test_a_reader_may_not_change(house: House) -> None:
    rita = await house.person("Rita", "reader")
    async with house.system() as work:
        made = await work.create("account", {"name": "Kaffeehaus Nord"})
    with pytest.raises(Denied):
        async with house.as_person(rita) as work:
            await work.change(("account", made.id), {"name": "Other"})
    with pytest.raises(Denied):
        async with house.as_person(rita) as work:
            await work.create("account", {"name": "Other"})


async def test_what_was_deleted_is_gone_until_it_is_restored(house: House) -> None:
    async with house.system() as work:
        made = await work.create("account", {"name": "Kaffeehaus Nord"})
        await work.delete(made)
        with pytest.raises(NotFound):
            await work.get("account", made.id)
        await work.restore(("account", made.id))
        assert (await work.get("account", made.id)).title == "Kaffeehaus Nord"
