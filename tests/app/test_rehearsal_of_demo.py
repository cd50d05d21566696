"""Nothing that the demo company holds of people, in any of its objects, is found in its rehearsal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest_asyncio
from tests.app.test_rehearsal import dump

from relata.app.migrations import MIGRATIONS
from relata.engine.metadata.fields import Address, Emails, Field, File, LongText, PersonName, Phones, Text, WebAddresses
from relata.engine.metadata.object import Object
from relata.engine.storage.database import Connection
from relata.engine.transfer.rehearsal.making import _CONFIGURED, _comes_along, make_rehearsal
from relata.engine.transfer.rehearsal.masking import tells_of_people
from relata.testing.demo import demo_template
from relata.testing.house import Furnished, House

#: Shorter ones are found by chance.
_LEAST = 6


@pytest_asyncio.fixture
async def house_template(postgres_url: str, furnished: Furnished) -> str:
    """That of the demo company."""
    return await demo_template(postgres_url, furnished)


def told(one: Object) -> Iterator[tuple[Field, str]]:
    """The columns that tell of people: names, ways to reach them, streets, long texts, titles of what tells of people,
    and whatever is personal."""
    is_masked = tells_of_people(one) and not one.reference
    for field in one.all_fields.values():
        columns = [column.name(field.name) for column in field.columns()] if field.stored else []
        if isinstance(field, Address):
            columns = [name for name in columns if name.endswith("__street")]
        elif isinstance(field, File) or (isinstance(field, LongText) and field.name == "expression"):
            continue
        elif not isinstance(field, (PersonName, Emails, Phones, WebAddresses, LongText)):
            is_told = field.sensitivity == "personal" or (
                is_masked and field.name == one.title_field and isinstance(field, Text)
            )
            columns = columns if is_told else []
        yield from ((field, name) for name in columns[:1])


async def values(connection: Connection, schema: str, one: Object) -> set[str]:
    found: set[str] = set()
    for _field, name in told(one):
        rows = await connection.fetch(f'select distinct "{name}"::text from "{schema}"."{one.name}"')
        found |= {row[0] for row in rows if row[0]}
    return found


async def test_no_personal_value_of_the_demo_company_comes_along(open_house: House) -> None:
    door, registry = open_house.door, (await open_house.door.context(open_house.key)).registry
    done = await make_rehearsal(door, MIGRATIONS, open_house.key, None)
    everything = (await dump(door.database, f"w_{done.key}")).casefold()
    looked, leaked = 0, []
    async with door.database.read() as connection:
        stages = {row[0] for row in await connection.fetch(f'select name from "w_{open_house.key}".stage')}
        for one in registry.objects.values():
            if not _comes_along(registry, one) or one.name in _CONFIGURED:
                continue
            for value in await values(connection, f"w_{open_house.key}", one) - stages:  # what meetings are called, too
                looked += len(value) >= _LEAST
                if len(value) >= _LEAST and value.casefold() in everything:
                    leaked.append((one.name, value))
    assert [f"{name}: {value}" for name, value in leaked][:20] == []
    assert looked > 500
