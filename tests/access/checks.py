"""Comparing a furnished company with the reference model."""

from __future__ import annotations

from uuid import UUID

from tests.access import model, views
from tests.access.company import Company
from tests.access.conftest import Connect
from tests.access.plans import OBJECTS, Plan

from relata.engine.formula import parse
from relata.engine.query.request import Query
from relata.engine.search.index import index_records
from relata.foundation.errors import Denied, Invalid, NotFound
from relata.foundation.ids import new_id
from relata.testing.house import House

PATHS = {"account": "accounts", "contact": "contacts", "affiliation": "affiliations", "opportunity": "opportunities"}
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
        shown["export"] = await views.export(company, person, name)
        async with company.house.system() as work:
            explained, changes = await views.explained(work, company, person, name)
        may = {fact.id for fact in company.of(name) if not fact.deleted and model.may_change(company, person, fact)}
        ways = {
            **{way: (ids, expected) for way, ids in shown.items()},
            "explained": (explained, expected),
            "changes": (changes, may),
        }
        found += [difference(company, f"{way} of {name}", *both) for way, both in ways.items() if both[0] != both[1]]
    return found


def difference(company: Company, what: str, shown: set[UUID], expected: set[UUID]) -> str:
    """In words, with the facts."""
    wrong = [str(company.records.get(one)) for one in shown ^ expected]
    return f"{what} shows {len(shown)}, expected {len(expected)}: {wrong}"


async def interface_differences(company: Company, connect: Connect, *, first: int = 0) -> list[str]:
    """The same for the API and the pages, each over the real ground."""
    found = []
    for at, name in enumerate(OBJECTS):
        person = list(company.people)[(at + first) % len(company.people)]
        expected = model.visible(company, person, name)
        path = PATHS[name]
        shown = await views.api(await connect(person), company, name, path)
        shown |= await views.pages(await connect(person, browser=True), company, name, path)
        found += [
            difference(company, f"{way} of {name}", ids, expected) for way, ids in shown.items() if ids != expected
        ]
    return found


async def write_differences(company: Company, *, first: int = 0) -> list[str]:
    """Changing, alone and among many, and deleting: as far as the rights reach and no further."""
    found = []
    for at, fact in enumerate(company.records.values()):
        person = list(company.people)[(at + first) % len(company.people)]
        seen = not fact.deleted and model.sees(company, person, fact)
        expected = {"change": seen and model.may_change(company, person, fact)}
        expected["change_many"] = expected["change"]
        if fact.object in ("opportunity", "affiliation"):
            expected["delete"] = seen and model.may_delete(company, person, fact)
        for what, allowed in expected.items():
            if await tried(company, person, fact.object, fact.id, what) != allowed:
                found.append(f"{what} should be {'allowed' if allowed else 'refused'}: {fact}")
    return found


async def link_differences(company: Company, *, first: int = 0) -> list[str]:
    """What lies behind a link, in related lists and in what one may link to, is what one sees by id."""
    person = list(company.people)[first % len(company.people)]
    if "none" in (model.level(company, person, name, "read") for name in OBJECTS):
        return []
    seen = {name: model.visible(company, person, name) for name in OBJECTS}
    seen_even_in_bin = {fact.id for fact in company.records.values() if model.sees(company, person, fact)}
    found = []
    async with company.house.as_person(person) as work:
        rows = (await work.query(Query("opportunity", fields=("id", "account.name", "contact.account.id")))).rows
        for record, name, _ in ((row[0], row[1], row[2]) for row in rows):
            account = company.records[record].account
            if (name is not None) != (account in seen_even_in_bin):
                found.append(f"name of the account of {company.records[record]}: {name}")
        with_deals = {
            row[0]
            for row in (
                await work.query(Query("account", parse('exists(opportunities, name != "")'), fields=("id",)))
            ).rows
        }
        deals = {company.records[one].account for one in seen["opportunity"]}
        if with_deals != seen["account"] & deals:
            found.append(difference(company, "exists over opportunities", with_deals, seen["account"] & deals))
        for account in seen["account"]:
            counted = await work.count(
                "account", parse(f'id = "{account}" and count(contacts) = {_children(company, seen, account)}')
            )
            if counted != 1:
                found.append(f"count(contacts) of {company.records[account]}")
    return found


async def link_refusals(company: Company, *, first: int = 0) -> list[str]:
    """A link to a record that one does not see is refused in the very words for one that does not exist."""
    person = list(company.people)[first % len(company.people)]
    if model.level(company, person, "opportunity", "create") == "none":
        return []
    seen = model.visible(company, person, "account")
    missing = await refusal(company, person, new_id())
    return [
        f"{fact} is refused with {told}"
        for fact in company.of("account")
        if (told := await refusal(company, person, fact.id)) != ("" if fact.id in seen else missing)
    ]


async def refusal(company: Company, person: UUID, account: UUID) -> str:
    """What is said to a new opportunity of this account; nothing where it is made."""
    try:
        async with company.house.as_person(person) as work:
            values = {"name": "New", "account": account, "owner": person}
            alone = ""
            try:
                await work.create("opportunity", values)
            except Invalid as error:
                alone = str(error.problems)
            (outcome,) = await work.create_many("opportunity", [values])
            assert ("" if outcome.did == "created" else str(outcome.problems)) == alone
            raise Undone
    except Undone:
        return alone


def _children(company: Company, seen: dict[str, set[UUID]], account: UUID) -> int:
    return sum(company.records[one].account == account for one in seen["contact"])


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
