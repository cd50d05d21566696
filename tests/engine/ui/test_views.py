"""Saved views: whose they are, who sees them, and what becomes of what they can't show any more."""

from __future__ import annotations

from uuid import UUID

import pytest

from relata.engine.access.principals import EVERYBODY, role_principal
from relata.engine.ui import views
from relata.engine.ui.views import Look, Shelf, ViewColumn, read_columns
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, Invalid, NotFound
from relata.testing.house import House

LOOK = Look(
    where='name contains "nord"', order="-created_at", columns=(ViewColumn("industry", 120), ViewColumn("owner")),
    group="industry",
)  # fmt: skip


async def made(work: Workspace, name: str = "Mine") -> UUID:
    return (await views.save_new(work, work.registry.get("account"), name, LOOK)).id


async def shelf_of(house: House, person: UUID) -> Shelf:
    async with house.as_person(person) as work:
        return await views.shelf(work, fresh=True)


async def test_a_view_comes_back_as_it_was_saved(house: House) -> None:
    ada = await house.person("Ada", "member")
    async with house.as_person(ada) as work:
        key = await made(work)
    found = await shelf_of(house, ada)
    assert [(view.id, view.name, view.look) for view in found.views] == [(key, "Mine", LOOK)]


async def test_a_view_is_private_even_to_who_may_see_everything(house: House) -> None:
    ada, root = await house.person("Ada", "member"), await house.person("Root", "admin")
    async with house.as_person(ada) as work:
        key = await made(work)
    assert (await shelf_of(house, root)).views == ()
    with pytest.raises(NotFound):
        async with house.as_person(root) as work:
            await work.get("view", key)


@pytest.mark.parametrize("whom", [EVERYBODY, role_principal("reader")])
async def test_a_shared_view_is_seen_and_not_changed(house: House, whom: UUID) -> None:
    ada, ben = await house.person("Ada", "member"), await house.person("Ben", "reader")
    async with house.as_person(ada) as work:
        key = await made(work)
        await work.sharing.grant(await work.get("view", key), whom)
    async with house.as_person(ben) as work:
        assert [view.id for view in (await views.shelf(work, fresh=True)).views] == [key]
        with pytest.raises(Denied):
            await views.rename(work, work.registry.get("account"), key, "Ben's")


async def test_a_view_for_one_role_stays_hidden_from_another(house: House) -> None:
    ada, ben = await house.person("Ada", "member"), await house.person("Ben", "member")
    async with house.as_person(ada) as work:
        await work.sharing.grant(await work.get("view", await made(work)), role_principal("reader"))
    assert (await shelf_of(house, ben)).views == ()


async def test_only_one_view_opens_first(house: House) -> None:
    ada = await house.person("Ada", "member")
    async with house.as_person(ada) as work:
        one = work.registry.get("account")
        first, second = await made(work, "First"), await made(work, "Second")
        await views.keep(work, one, first, default=True, pinned=True)
        await views.keep(work, one, second, default=True)
    found = await shelf_of(house, ada)
    assert [(view.name, view.is_default, view.is_pinned) for view in found.views] == [
        ("First", False, True), ("Second", True, False),
    ]  # fmt: skip


async def test_a_deleted_view_takes_its_pin_along(house: House) -> None:
    ada = await house.person("Ada", "member")
    async with house.as_person(ada) as work:
        one, key = work.registry.get("account"), await made(work)
        await views.keep(work, one, key, pinned=True)
        await views.remove(work, one, key)
        assert await work.find("view_choice") == []
    assert (await shelf_of(house, ada)).views == ()


async def test_a_view_of_another_object_is_none_of_this_one(house: House) -> None:
    ada = await house.person("Ada", "member")
    async with house.as_person(ada) as work:
        key = await made(work)
        with pytest.raises(NotFound):
            await views.save(work, work.registry.get("contact"), key, LOOK)


async def test_a_filter_that_does_not_fit_is_not_saved(house: House) -> None:
    async with house.as_person(await house.person("Ada", "member")) as work:
        with pytest.raises(Invalid):
            await views.save_new(work, work.registry.get("account"), "Wrong", Look(where="shoe_size > 3"))


async def test_columns_that_no_view_can_have_are_left_out() -> None:
    found, wrong = read_columns("name:9,amount:99999:sum,a b,stage:-4:explode,owner:١٢,amount,../x,:")
    assert found == (
        ViewColumn("name", 48), ViewColumn("amount", 900, "sum"), ViewColumn("stage"), ViewColumn("owner"),
    )  # fmt: skip
    assert wrong == 3
