"""Who read personal values is noted, cheaply, and shown to who may see the audit log."""

from __future__ import annotations

import pytest

from relata.engine.query.request import Query
from relata.engine.workspace.reads import reads
from relata.foundation.errors import Denied
from relata.testing.house import House


async def test_pages_and_records_are_noted_together(house: House) -> None:
    person = await house.person("Ada")
    async with house.system() as work:
        ids = [(await work.create("contact", {"name": {"last": name}})).id for name in ("Adams", "Brown")]
    async with house.as_person(person) as work:
        await work.query(Query("contact", fields=("id", "name", "email")))
        await work.query(Query("contact", fields=("id", "job_title")))
        await work.show("contact", ids[0], ("name",))
    await house.door.flush_reads()
    async with house.as_person(person) as work:
        (found,) = await reads(work)
        assert (found.person, found.via, found.object, found.count) == (person, "test", "contact", 3)
        assert found.fields == ("email", "name")
        assert sorted(found.records) == sorted(ids)
        assert await reads(work, record=person) == []


async def test_rules_and_the_system_are_no_readers(house: House) -> None:
    person = await house.person("Ada")
    async with house.system() as work:
        await work.create("contact", {"name": {"last": "Adams"}})
        await work.query(Query("contact", fields=("id", "name")))
    async with house.as_person(person) as work:
        await work.as_system().query(Query("contact", fields=("id", "name")))
    await house.door.flush_reads()
    async with house.as_person(person) as work:
        assert await reads(work) == []


async def test_seeing_it_needs_the_right(house: House) -> None:
    person = await house.person("Mia", "member")
    async with house.as_person(person) as work:
        with pytest.raises(Denied):
            await reads(work)
