"""The door knows which fields anybody asks for."""

from __future__ import annotations

from datetime import date

from relata.engine.formula import parse
from relata.engine.query.request import Query, parse_order
from relata.engine.workspace.field_reads import unread
from relata.testing.house import House


async def test_fields_of_lists_filters_and_orders_are_read_and_others_are_not(house: House) -> None:
    ada, door = await house.person("Ada"), house.door
    query = Query(
        "contact", parse('account.industry = "retail" or count(tasks) > 1'), parse_order("-birthday"), ("id", "name")
    )
    async with door.open(house.key, ada, via="form") as work:
        await work.query(query)
    async with door.open(house.key, None, via="form") as work:  # a schedule asks for nobody
        await work.query(Query("contact", fields=("lifecycle_stage",)))
    await door.flush_reads()
    async with house.system() as work:
        contact, account = work.registry.get("contact"), work.registry.get("account")
        assert await unread(work, contact) is None  # for too short a time
        await work.unit.connection.execute(
            f"update {work.context.schema}._field_read set first = %s where path = 'name'", (date(2020, 1, 1),)
        )
        mine, theirs = await unread(work, contact), await unread(work, account)
    assert mine is not None
    assert mine & {"name", "birthday", "account", "lifecycle_stage", "phone"} == {"lifecycle_stage", "phone"}
    assert theirs is not None
    assert "industry" not in theirs
    assert "employees" in theirs
