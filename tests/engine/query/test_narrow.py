"""Lists of narrow scopes are read in other ways than those of wide ones: the same records, the same order."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from relata.engine.formula import parse
from relata.engine.metadata.module import Grant, Role
from relata.engine.metadata.overlay import Definition
from relata.engine.query import reach
from relata.engine.query.request import Query, parse_order
from relata.engine.workspace import configure
from relata.engine.workspace.workspace import Workspace
from relata.testing.house import House

LEVELS = ("own", "team", "below", "all")
FILTERS = ("", 'lifecycle_stage = "customer"', 'account.industry = "retail"', 'name contains "a"')
ORDERS = ("name", "-name", "-created_at", "lifecycle_stage", "-lifecycle_stage", "account.name")
#: Some are equal but for capitals; some are too long for the index.
NAMES = ("Ada", "ada", "Älva", "Bo", "bo", "Zoe", "Ä" * 200, "b" * 250, "")


class Undone(Exception):
    """Ends an example: everything that it wrote goes."""


async def page(work: Workspace, where: str, order: str, limit: int, after: str = "") -> tuple[list[UUID], str, str]:
    condition = parse(where) if where else None
    found = await work.query(Query("contact", condition, parse_order(order), ("id",), limit, after))
    return [row["id"] for row in found.values()], found.next, found.previous


async def walked(work: Workspace, where: str, order: str, limit: int) -> tuple[list[UUID], list[UUID]]:
    """All pages forwards, and all of them backwards again, without the last."""
    ids, following, _ = await page(work, where, order, limit)
    forwards, last = list(ids), ids
    previous = ""
    while following:
        last, following, previous = await page(work, where, order, limit, following)
        forwards += last
    backwards = list(last)
    while previous:
        ids, _, previous = await page(work, where, order, limit, previous)
        backwards = ids + backwards
    return forwards, backwards


async def role(work: Workspace, name: str, grants: Mapping[str, str]) -> None:
    body = configure.body_of(Role(name, grants={one: Grant(level) for one, level in grants.items()}))
    await configure.store(work.unit.connection, work.context.schema, Definition("role", name, body), None)


contacts = st.lists(
    st.tuples(
        st.sampled_from(NAMES), st.integers(0, 2), st.integers(0, 2), st.integers(0, 3), st.booleans(), st.booleans()
    ),
    min_size=4, max_size=14,
)  # fmt: skip


async def furnish(work: Workspace, plan: list[tuple[str, int, int, int, bool, bool]]) -> UUID:
    """Two people in two teams, accounts of both, and the planned contacts; the first person."""
    teams = [(await work.create("team", {"name": name})).id for name in ("North", "South")]
    people = [
        (await work.create("user", {"name": name, "roles": ["narrow"], "team": team})).id
        for name, team in (("Me", teams[0]), ("Other", teams[1]))
    ]
    owned = [(people[0], teams[1], "retail"), (people[1], teams[0], "health"), (people[1], teams[1], "retail")]
    accounts = [
        (await work.create("account", {"name": "A", "owner": owner, "team": team, "industry": industry})).id
        for owner, team, industry in owned
    ]
    for name, owner, team, account, shared, crowded in plan:
        values = {
            "name": name, "owner": (*people, None)[owner], "team": (*teams, None)[team],
            "account": (*accounts, None)[account], "lifecycle_stage": "customer" if shared else "",
        }  # fmt: skip
        given_values = {key: value for key, value in values.items() if value}
        made = await work.create("contact", {"name": "Nobody", **given_values})
        if shared:
            await work.sharing.grant(made, people[0], level="read")
        if crowded:  # more readers than an index entry holds
            await work.unit.connection.execute(
                f"update {work.context.schema}.contact set readers = readers || array(select generate_series(5120001,"
                " 5120120)) where id = %s",
                (made.id,),
            )
    return people[0]


@settings(
    max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)  # fmt: skip
@given(
    levels=st.tuples(st.sampled_from(LEVELS), st.sampled_from(LEVELS)), plan=contacts,
    where=st.sampled_from(FILTERS), order=st.sampled_from(ORDERS), limit=st.integers(1, 5),
)  # fmt: skip
async def test_every_way_to_read_a_list_gives_the_same_list(
    house: House, monkeypatch: pytest.MonkeyPatch, levels: tuple[str, str],
    plan: list[tuple[str, int, int, int, bool, bool]], where: str, order: str, limit: int,
) -> None:  # fmt: skip
    try:
        async with house.door.database.transaction():
            async with house.system() as work:
                await role(work, "narrow", {"contact": levels[0], "account": levels[1]})
            house.door.forget(house.key)
            async with house.system() as work:
                person = await furnish(work, plan)
            found: list[list[UUID]] = []
            for few in (-1, reach.FEW):  # nobody sees few, or everybody who does not see all
                monkeypatch.setattr(reach, "FEW", few)
                house.door.forget(house.key)
                async with house.as_person(person) as work:
                    found += await walked(work, where, order, limit)
                    found.append((await page(work, where, f"{order},{order[: order.find('-') + 1]}id", 500))[0])
            assert found == [found[0]] * 6
            raise Undone
    except Undone:
        house.door.forget(house.key)


async def test_who_sees_few_is_told_by_what_is_open_to_them(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house.system() as work:
        await role(work, "narrow", {"contact": "own"})
    house.door.forget(house.key)
    person = await house.person("Narrow", "narrow")
    monkeypatch.setattr(reach, "FEW", 2)
    for owned in (2, 3):
        async with house.system() as work:
            for _ in range(owned - len(await work.find("contact"))):
                await work.create("contact", {"name": "Somebody", "owner": person})
        house.door.forget(house.key)
        async with house.as_person(person) as work:
            few = await reach.is_few(work.unit.connection, work.context.ground, work.actor, "contact")
        assert few is (owned == 2)
    async with house.system() as work:
        assert not await reach.is_few(work.unit.connection, work.context.ground, work.actor, "contact")
