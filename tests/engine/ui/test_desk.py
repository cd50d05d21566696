"""Desks: favourites, arrangements, home cards and sample data, for whom they are and what becomes of what is gone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from relata.engine.jobs.queue import Queue
from relata.engine.search.index import index_records
from relata.engine.search.similar import similar
from relata.engine.ui import desk, home, samples
from relata.engine.ui.desk import Arrangement, Desk
from relata.foundation.errors import Denied, NotFound
from relata.testing.house import House


async def made(house: House, object_name: str, /, **values: Any) -> UUID:
    async with house.system() as work:
        return (await work.create(object_name, values)).id


async def desk_of(house: House, person: UUID) -> Desk:
    async with house.as_person(person) as work:
        return await desk.desk(work, fresh=True)


async def test_a_favourite_is_kept_once_shown_to_its_owner_and_gone_with_its_record(house: House) -> None:
    ada, root = await house.person("Ada", "member"), await house.person("Root", "admin")
    nord = await made(house, "account", name="Nord", owner=ada)
    async with house.as_person(ada) as work:
        await desk.star(work, "account", nord)
        await desk.star(work, "account", nord)
    assert [hit.title for hit in (await desk_of(house, ada)).favourites] == ["Nord"]
    assert (await desk_of(house, root)).favourites == ()
    async with house.system() as work:
        await work.delete(("account", nord))
    assert (await desk_of(house, ada)).favourites == ()
    async with house.as_person(ada) as work:
        await desk.unstar(work, nord)
        assert await work.find("favourite") == []


async def test_what_one_can_not_see_is_no_favourite(house: House) -> None:
    ada, root = await house.person("Ada", "reader"), await house.person("Root", "admin")
    secret = await made(house, "view", name="Hers", object="account", owner=root)
    with pytest.raises(NotFound):
        async with house.as_person(ada) as work:
            await desk.star(work, "view", secret)


async def test_an_arrangement_survives_what_it_does_not_know(house: House) -> None:
    ada = await house.person("Ada", "member")
    async with house.as_person(ada) as work:
        await desk.arrange(work, sidebar=Arrangement(order=("task", "gone", "account"), hidden=("gone",)))
    found = (await desk_of(house, ada)).sidebar
    assert desk.arranged(["account", "contact", "task"], found.order) == ["task", "account", "contact"]
    async with house.as_person(ada) as work:
        record = await work.first("desk")
        assert record is not None
        await work.change(record, {"sidebar": {"order": [7, "x" * 200, "task", "task"], "hidden": "no"}, "home": [1]})
    found = (await desk_of(house, ada)).sidebar
    assert (found.order, found.hidden) == (("task",), ())


async def test_home_shows_each_person_what_waits_for_them(house: House) -> None:
    ada, ben = await house.person("Ada", "admin"), await house.person("Ben", "admin")
    async with house.as_person(ada) as work:
        today = work.clock.today
    late = await made(house, "task", subject="Late", due_on=today - timedelta(days=3), owner=ada)
    await made(house, "task", subject="Now", due_on=today, owner=ada)
    await made(house, "task", subject="Ben's", due_on=today, owner=ben)
    await made(house, "task", subject="Far", due_on=today + timedelta(days=60), owner=ada)

    async def titles(scope: str) -> list[tuple[str, list[str]]]:
        async with house.as_person(ada) as work:
            card = (await home.fill(work, [home.card_of(work, "tasks")], scope))[0]
            return [(part.part.label, [row.title for row in part.listing.rows]) for part in card.parts]

    assert await titles("mine") == [("Overdue", ["Late"]), ("Today", ["Now"])]
    assert (await titles("everyone"))[1][1] == ["Now", "Ben's"] or (await titles("everyone"))[1][1] == ["Ben's", "Now"]
    async with house.system() as work:
        await work.change(("task", late), {"status": "done"})
    assert [label for label, _rows in await titles("mine")] == ["Today"]


async def test_every_declared_card_fits_its_object(house: House) -> None:
    root = await house.person("Root", "admin")
    async with house.as_person(root) as work:
        cards = home.cards_of(work)
        one_of = {card.name: work.registry.get(card.object) for card in cards}
        assert {"tasks", "meetings", "deals"} <= set(one_of)
        for card in cards:
            named = {card.done, card.undo} - {""}
            assert named <= set(work.registry.actions[card.object])
            assert all(home.fits(work, card.object, part.where) for part in card.parts)
        await home.fill(work, cards, "team")


async def test_sample_data_goes_and_comes_back_and_nothing_else_does(house: House, postgres_url: str) -> None:
    ada, root = await house.person("Ada", "member"), await house.person("Root", "admin")
    async with house.door.open(house.key, None, via="demo") as work:
        account = await work.create("account", {"name": "Sample"})
        deal = await work.create("opportunity", {"name": "Sample deal", "account": account.id})
    own = await made(house, "account", name="Own")
    queue = Queue(postgres_url)
    with pytest.raises(Denied):
        async with house.as_person(ada) as work:
            await samples.remove(work, queue)
    async with house.as_person(root) as work:
        assert await samples.is_there(work)
        counted = {one.object.name: one.count for one in await samples.samples(work)}
        assert (counted["account"], counted["opportunity"]) == (1, 1)
        bulks = await samples.remove(work, queue)
    async with house.as_person(root) as work:
        assert not await samples.is_there(work)
        assert [record.id for record in await work.find("account")] == [own]
        await samples.bring_back(work, queue, bulks)
    async with house.as_person(root) as work:
        assert (await work.get("opportunity", deal.id))["account"] == account.id


@pytest.mark.parametrize(
    "typed", ["hofmann", "hoffmnan", "hoffmamn", "hoffmann nordlciht", "nordlihct " + "hoffmann " * 12]
)
async def test_a_typing_mistake_is_forgiven(house: House, typed: str) -> None:
    root = await house.person("Root", "admin")
    key = await made(house, "account", name="Hoffmann Nordlicht")
    other = await made(house, "account", name="Brandt Anlagenbau")
    async with house.as_person(root) as work:
        tables = work.context.tables
        await index_records(work.unit.connection, tables, work.registry.get("account"), [key, other])
        found = await similar(work.unit.connection, work.context.ground, work.actor, typed)
        assert [hit.id for hit in found] == [key]
        assert await similar(work.unit.connection, work.context.ground, work.actor, "zzyzxqq") == []
