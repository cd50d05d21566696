"""Lists by title for narrow scopes are the lists that everybody else gets: the same records, the same order."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from relata.engine.formula import parse
from relata.engine.metadata.module import Grant, Role
from relata.engine.metadata.overlay import Definition
from relata.engine.query.request import Query, parse_order
from relata.engine.workspace import configure
from relata.engine.workspace.workspace import Workspace
from relata.testing.house import House

LEVELS = ("none", "own", "team", "below", "all")
FILTERS = ("", 'lifecycle_stage = "customer"', 'account.industry = "retail"', 'name contains "a"')
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


@settings(
    max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)  # fmt: skip
@given(
    levels=st.tuples(st.sampled_from(LEVELS[1:]), st.sampled_from(LEVELS)), plan=contacts,
    where=st.sampled_from(FILTERS), order=st.sampled_from(("name", "-name")), limit=st.integers(1, 5),
)  # fmt: skip
async def test_branches_give_the_list_that_the_plain_condition_gives(
    house: House, levels: tuple[str, str], plan: list[tuple[str, int, int, int, bool, bool]], where: str, order: str,
    limit: int,
) -> None:  # fmt: skip
    try:
        async with house.door.database.transaction():
            async with house.system() as work:
                await role(work, "narrow", {"contact": levels[0], "account": levels[1]})
            house.door.forget(house.key)
            async with house.system() as work:
                teams = [(await work.create("team", {"name": name})).id for name in ("North", "South")]
                people = [
                    (await work.create("user", {"name": name, "roles": ["narrow"], "team": team})).id
                    for name, team in (("Me", teams[0]), ("Other", teams[1]))
                ]
                accounts = [
                    (await work.create("account", {"name": f"A{at}", "owner": owner, "team": team, "industry": industry})).id
                    for at, (owner, team, industry) in enumerate(
                        [(people[0], teams[1], "retail"), (people[1], teams[0], "health"), (people[1], teams[1], "retail")]
                    )
                ]
                for name, owner, team, account, shared, crowded in plan:
                    values = {
                        "name": name or None, "owner": (*people, None)[owner], "team": (*teams, None)[team],
                        "account": (*accounts, None)[account], "lifecycle_stage": "customer" if shared else "lead",
                    }  # fmt: skip
                    made = await work.create("contact", {"name": "Nobody", **{k: v for k, v in values.items() if v}})
                    if shared:
                        await work.sharing.grant(made, people[0], level="read")
                    if crowded:  # more readers than an index entry holds
                        await work.unit.connection.execute(
                            f"update {work.context.schema}.contact set readers = readers || array(select generate_series("
                            "5000 * 1024 + 1, 5000 * 1024 + 120)) where id = %s",
                            (made.id,),
                        )
            async with house.as_person(people[0]) as work:
                assert work.actor.is_narrow(work.registry.get("contact")) == (levels[0] in ("own", "team"))
                forwards, backwards = await walked(work, where, order, limit)
                plain, _, _ = await page(work, where, f"{order},{order[:-4]}id", 500)
                assert forwards == backwards == plain
            raise Undone
    except Undone:
        house.door.forget(house.key)
