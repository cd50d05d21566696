"""Comparing a furnished company with the reference model."""

from __future__ import annotations

from uuid import UUID

from tests.access import model, views
from tests.access.company import Company
from tests.access.plans import OBJECTS, Plan

from relata.engine.search.index import index_records
from relata.foundation.errors import Denied, NotFound
from relata.testing.house import House

#: A text of each object that no rule looks at.
TEXT = {"account": "legal_name", "contact": "job_title", "affiliation": "role", "opportunity": "next_step"}


class Undone(Exception):
    """Ends an example: everything that it wrote goes."""


async def furnished(house: House, plan: Plan) -> Company:
    """The company of a plan, with its search index."""
    house.door.forget(house.key)
    company = Company(house, plan)
    await company.furnish()
    await indexed(company)
    return company


async def indexed(company: Company) -> None:
    """Bring the search index to what is there now."""
    async with company.house.system() as work:
        for name in OBJECTS:
            ids = [fact.id for fact in company.of(name)]
            await index_records(work.unit.connection, work.context.tables, work.registry.get(name), ids)


async def door_differences(company: Company, *, first: int = 0) -> list[str]:
    """Where a way through the door, or the explanation, says something else than the model. Each object is asked as one
    person, beginning with the first-th: every statement is compiled for every role, which takes its time."""
    found = []
    for at, name in enumerate(OBJECTS):
        person = list(company.people)[(at + first) % len(company.people)]
        expected = model.visible(company, person, name)
        async with company.house.as_person(person) as work:
            shown = await views.door(work, company, name)
        async with company.house.system() as work:
            explained, changes = await views.explained(work, company, person, name)
        may = {fact.id for fact in company.of(name) if not fact.deleted and model.may_change(company, person, fact)}
        ways = {**{way: (ids, expected) for way, ids in shown.items()}, "explained": (explained, expected), "changes": (changes, may)}
        found += [difference(company, f"{way} of {name}", *both) for way, both in ways.items() if both[0] != both[1]]
    return found


def difference(company: Company, what: str, shown: set[UUID], expected: set[UUID]) -> str:
    """In words, with the facts."""
    wrong = [str(company.records.get(one)) for one in shown ^ expected]
    return f"{what} shows {len(shown)}, expected {len(expected)}: {wrong}"


async def check_writes(company: Company) -> None:
    """Changing and deleting, one by one and as a set, as far as the rights reach and no further."""
    for person in company.people:
        for fact in company.records.values():
            if fact.deleted:
                continue
            sees = model.sees(company, person, fact)
            changed = await tried(company, person, fact.object, fact.id, "change")
            assert changed == (sees and model.may_change(company, person, fact)), f"change of {fact.object}"
            assert await tried(company, person, fact.object, fact.id, "change_many") == changed
            if fact.object in ("opportunity", "affiliation"):
                deleted = await tried(company, person, fact.object, fact.id, "delete")
                assert deleted == (sees and model.may_delete(company, person, fact)), f"delete of {fact.object}"


async def tried(company: Company, person: UUID, object_name: str, record: UUID, what: str) -> bool:
    """Whether it was let through; undone afterwards."""
    done, values = False, {TEXT[object_name]: "changed"}
    try:
        async with company.house.as_person(person) as work:
            if what == "change":
                await work.change((object_name, record), values)
                done = True
            elif what == "change_many":
                done = (await work.change_many(object_name, [(record, values)]))[0].did == "changed"
            else:
                await work.delete((object_name, record))
                done = True
            raise Undone
    except (NotFound, Denied, Undone):
        return done
