"""Who else looks at a record: those who do, for half a minute, with what they edit if one may know of that field."""

from __future__ import annotations

from relata.engine.live.presence import EXPIRES_SECONDS, arrive, leave
from relata.engine.storage.planner import quoted
from relata.engine.workspace.administration import Administration
from relata.foundation.ids import new_id
from relata.testing.house import House


async def test_people_see_each_other_come_edit_and_go(house: House) -> None:
    ada, ben = await house.person("Ada", "member"), await house.person("Ben", "member")
    office = Administration(house.door, house.key, None)
    grant = {"read": "all", "fields": {"employees": "none"}}
    await office.put("role", "narrow", {"label": "Narrow", "grants": {"account": grant}})
    eve = await house.person("Eve", "narrow")
    async with house.system() as work:
        key = (await work.create("account", {"name": "Acme"})).id
    tab = new_id()
    async with house.as_person(ada) as work:
        record = await work.get("account", key)
        assert await arrive(work, record, tab) == []
        assert await arrive(work, record, tab, "employees") == []
    async with house.as_person(ben) as work:
        (seen,) = await arrive(work, await work.get("account", key), new_id())
        assert (seen.name, seen.editing) == ("Ada", "Employees")
    async with house.as_person(eve) as work:
        found = await arrive(work, await work.get("account", key), new_id())
        assert [(one.name, one.editing) for one in found] == [("Ada", ""), ("Ben", "")]
    async with house.as_person(ben) as work:
        await leave(work, key, tab)  # not his page
        await work.unit.connection.execute(
            f"update {quoted(work.context.schema)}._presence set at = now() - make_interval(secs => %s)"
            " where person = %s",
            (EXPIRES_SECONDS + 1, eve),
        )
        assert [one.name for one in await arrive(work, await work.get("account", key), new_id())] == ["Ada"]
    async with house.as_person(ada) as work:
        await leave(work, key, tab)
    async with house.as_person(eve) as work:
        assert [one.name for one in await arrive(work, await work.get("account", key), new_id())] == ["Ben"]
