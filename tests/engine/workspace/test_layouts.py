"""Layouts: whose one gets, what a condition shows, and that nothing that went away breaks a page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from relata.engine.metadata.layout import Layout, Section
from relata.engine.ui.listing import ListState, listing
from relata.engine.ui.record_page import record_page
from relata.engine.workspace.administration import Administration
from relata.engine.workspace.viewing import viewed_as
from relata.foundation.errors import Denied, Invalid, NotFound
from relata.testing.house import House

OWN: dict[str, Any] = {"object": "account", "sections": [{"title": "For all", "fields": ["name", "industry"]}]}


def office(house: House, who: UUID | None = None) -> Administration:
    return Administration(house.door, house.key, who)


async def test_the_layout_of_a_role_wins_over_the_objects(open_house: House) -> None:
    await office(open_house).put("layout", "account", OWN)
    await office(open_house).put(
        "layout", "account.reader", {**OWN, "sections": [{"title": "Few", "fields": ["name"]}]}
    )
    reader, member = await open_house.person("Rosa", "reader"), await open_house.person("Max", "member")
    async with open_house.as_person(reader) as work:
        assert [section.title for section in work.layout("account").sections] == ["Few"]
    async with open_house.as_person(member) as work:
        assert [section.title for section in work.layout("account").sections] == ["For all"]
    await office(open_house).delete("layout", "account.reader")
    async with open_house.as_person(reader) as work:
        assert [section.title for section in work.layout("account").sections] == ["For all"]


async def test_a_section_shows_while_its_condition_holds(open_house: House) -> None:
    sections = [
        {"title": "Basics", "fields": ["name"]},
        {"title": "Software only", "fields": ["website"], "visible": 'name = "Nord"'},
    ]
    tabs = [{"title": "More", "visible": 'name = "Sued"', "sections": [{"title": "Tabbed", "fields": ["industry"]}]}]
    await office(open_house).put("layout", "account", {"object": "account", "sections": sections, "tabs": tabs})
    titles = {}
    async with open_house.system() as work:
        for name in ("Nord", "Sued"):
            made = await work.create("account", {"name": name})
            page = await record_page(work, work.registry.get("account"), made.id)
            titles[name] = {section.title for section in page.sections} & {"Basics", "Software only", "Tabbed"}
    assert titles == {"Nord": {"Basics", "Software only"}, "Sued": {"Basics", "Tabbed"}}


async def test_fields_that_went_away_are_left_out_everywhere(open_house: House) -> None:
    admin = office(open_house)
    await admin.add_field("account", {"type": "choice", "name": "mood", "options": [{"value": "good"}]})
    names = ["mood", "industry"]
    layout = {
        "object": "account", "columns": names, "order": "-mood", "highlights": names, "quick": names,
        "sections": [{"title": "Only mood", "fields": ["mood"]}, {"title": "Both", "fields": names}],
        "board": {"by": "mood", "card": names},
    }  # fmt: skip
    await admin.put("layout", "account", layout)
    await admin.tweak("account.mood", {"hidden": True})
    async with open_house.system() as work:
        made = await work.create("account", {"name": "Nord"})
        one = work.registry.get("account")
        shown = work.layout("account")
        assert (shown.columns, shown.highlights, shown.order, shown.board) == (("industry",), ("industry",), "", None)
        assert [section.title for section in shown.sections] == ["Both"]
        page = await record_page(work, one, made.id)
        assert "mood" not in {fact.name for section in page.sections for fact in section.facts}
        assert [column.path for column in (await listing(work, one, ListState())).columns] == ["industry"]


async def test_a_stored_layout_that_no_longer_fits_falls_back(open_house: House) -> None:
    async with open_house.system() as work:
        shipped = work.layout("account")
        await work.unit.connection.execute(
            f'insert into "{work.context.schema}"._definition (kind, name, body)'
            """ values ('layout', 'account', '{"object": "account", "sections": 7}')"""
        )
        await work.unit.connection.execute("update relata.workspace set definitions = definitions + 1")
    open_house.door.forget(open_house.key)
    async with open_house.system() as work:
        assert work.layout("account") == shipped


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sections": [{"title": "A", "fields": ["nothing"]}]}, "nothing"),
        ({"sections": [{"title": " ", "fields": ["name"]}]}, "name"),
        ({"sections": [{"title": "A", "fields": ["name"], "visible": "name ="}]}, "condition of A"),
        ({"sections": [{"title": "A", "fields": ["name"], "visible": 'parent.name = "x"'}]}, "another record"),
        ({"board": {"by": "name"}}, "columns"),
        ({"related": ["nowhere"]}, "nowhere"),
    ],
)
async def test_a_layout_that_does_not_fit_is_refused(open_house: House, change: dict[str, Any], words: str) -> None:
    with pytest.raises(Invalid) as refused:
        await office(open_house).put("layout", "account", {"object": "account", **change})
    assert words in refused.value.message


async def test_only_administrators_change_layouts(open_house: House) -> None:
    member = await open_house.person("Max", "member")
    with pytest.raises(Denied):
        await office(open_house, member).put("layout", "account", OWN)
    with pytest.raises(NotFound):
        await office(open_house).put("layout", "account.nobody", OWN)


async def test_viewing_as_a_role_shows_its_layout_and_never_more_than_ones_own(open_house: House) -> None:
    hides = {"*": {"read": "all"}, "account": {"read": "all", "fields": {"industry": "none"}}}
    await office(open_house).put("role", "keeper", {"grants": hides, "permissions": ["manage_objects"]})
    await office(open_house).put("layout", "account.admin", OWN)
    keeper = await open_house.person("Kim", "keeper")
    async with open_house.system() as work:
        made = await work.create("account", {"name": "Nord"})
    draft = Layout("account", sections=(Section("Draft", ("name", "industry")),))
    async with open_house.as_person(keeper) as work:
        one = work.registry.get("account")
        seen = viewed_as(work, "admin")
        assert [section.title for section in seen.layout("account").sections] == ["For all"]
        page = await record_page(viewed_as(work, "admin", draft), one, made.id)
        assert {section.title for section in page.sections} >= {"Draft"}
        assert "industry" not in {fact.name for section in page.sections for fact in section.facts}
        assert not seen.actor.rights.permits("manage_users")
    async with open_house.as_person(await open_house.person("Max", "member")) as work:
        with pytest.raises(Denied):
            viewed_as(work, "reader")
