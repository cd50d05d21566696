"""Another type for a custom field: values come along, what does not fit is told, nothing is half done."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from relata.engine.query.request import Query
from relata.engine.workspace.administration import Administration
from relata.engine.workspace.convertible import NotConvertible
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict
from relata.testing.house import House


def office(house: House) -> Administration:
    return Administration(house.door, house.key, None)


async def accounts(house: House, *values: str) -> list[UUID]:
    """Accounts whose custom field `size` has these values."""
    async with house.system() as work:
        return [
            (await work.create("account", {"name": f"No {at}", "size": value})).id for at, value in enumerate(values)
        ]


async def sizes(house: House) -> list[object]:
    async with house.system() as work:
        page = await work.query(Query("account", None, (), ("name", "size"), 100))
        return [row.get("size") for row in sorted(page.values(), key=lambda row: str(row["name"]))]


async def test_texts_become_numbers(open_house: House) -> None:
    await office(open_house).add_field("account", {"type": "text", "name": "size"})
    await accounts(open_house, "12", "1,500", "7")
    report = await office(open_house).change_field_type("account", "size", {"type": "integer", "indexed": True})
    assert (report.converted, report.failed) == (3, 0)
    assert await sizes(open_house) == [12, 1500, 7]
    async with open_house.system() as work:
        assert await work.count("account", "size > 10") == 2


async def test_what_does_not_fit_is_told_record_by_record_and_changes_nothing(open_house: House) -> None:
    await office(open_house).add_field("account", {"type": "text", "name": "size"})
    ids = await accounts(open_house, "12", "many")
    with pytest.raises(NotConvertible) as refused:
        await office(open_house).change_field_type("account", "size", {"type": "integer"})
    assert refused.value.report.failed == 1
    assert [one.record for one in refused.value.report.misfits] == [ids[1]]
    assert "many" in refused.value.problems[0].message
    assert await sizes(open_house) == ["12", "many"]


async def test_by_force_it_becomes_empty_and_the_history_keeps_it(open_house: House) -> None:
    await office(open_house).add_field("account", {"type": "text", "name": "size"})
    ids = await accounts(open_house, "12", "many")
    report = await office(open_house).change_field_type("account", "size", {"type": "integer"}, force=True)
    assert report.failed == 1
    assert await sizes(open_house) == [12, None]
    async with open_house.system() as work:
        entry = (await work.history(await work.get("account", ids[1])))[0]
    assert (entry.before, entry.after) == ({"size": "many"}, {"size": None})


SMALL = [{"value": "s", "label": "Small"}]
#: Old definition, value, new definition, the text of the new value.
WAYS: tuple[tuple[dict[str, Any], Any, dict[str, Any], str], ...] = (
    ({"type": "choice", "options": SMALL}, "s", {"type": "text"}, "Small"),
    ({"type": "text"}, "Small", {"type": "choice", "options": SMALL}, "s"),
    ({"type": "datetime"}, "2026-11-21T09:30:00Z", {"type": "date"}, "2026-11-21"),
    ({"type": "text"}, "a; b", {"type": "tags"}, "a;b"),
    ({"type": "integer"}, 90, {"type": "duration"}, "90"),
    ({"type": "boolean"}, True, {"type": "text"}, "true"),
    ({"type": "decimal"}, "12.50", {"type": "money"}, "12.50 EUR"),
)


async def test_values_go_from_type_to_type(open_house: House) -> None:
    admin = office(open_house)
    names = [f"size{at}" for at in range(len(WAYS))]
    for name, (old, _, _, _) in zip(names, WAYS, strict=True):
        await admin.add_field("account", {**old, "name": name})
    async with open_house.system() as work:
        values = {name: value for name, (_, value, _, _) in zip(names, WAYS, strict=True)}
        made = await work.create("account", {"name": "Kaffeehaus Nord", **values})
    for name, (_, _, new, _) in zip(names, WAYS, strict=True):
        await admin.change_field_type("account", name, new)
    async with open_house.system() as work:
        record = await work.get("account", made.id)
        assert [record.object.all_fields[name].to_text(record[name]) for name in names] == [
            text for _, _, _, text in WAYS
        ]


async def test_what_is_written_meanwhile_comes_along(open_house: House) -> None:
    await office(open_house).add_field("account", {"type": "text", "name": "size"})
    ids = await accounts(open_house, *(str(number) for number in range(300)))
    stop = asyncio.Event()
    written = 0

    async def write(work: Workspace) -> None:
        await work.change(("account", ids[0]), {"size": str(1000 + written)})

    async def keep_writing() -> None:
        nonlocal written
        while not stop.is_set():
            written += 1
            await open_house.door.run(open_house.key, None, write)

    writer = asyncio.create_task(keep_writing())
    await asyncio.sleep(0.05)
    await office(open_house).change_field_type("account", "size", {"type": "integer"})
    await asyncio.sleep(0.05)
    stop.set()
    await writer
    async with open_house.system() as work:
        assert (await work.get("account", ids[0]))["size"] == 1000 + written
        assert await work.count("account", "size >= 0") == 300


async def test_a_formula_that_no_longer_fits_holds_the_type(open_house: House) -> None:
    admin = office(open_house)
    await admin.add_field("account", {"type": "integer", "name": "size"})
    await admin.add_field("account", {"type": "formula", "name": "cups", "expression": "size * 40"})
    with pytest.raises(Conflict) as refused:
        await admin.change_field_type("account", "size", {"type": "tags"})
    assert "Cups" in refused.value.message
    await admin.change_field_type("account", "size", {"type": "decimal"})


async def test_fields_of_the_product_keep_their_type(open_house: House) -> None:
    with pytest.raises(Conflict):
        await office(open_house).change_field_type("account", "name", {"type": "integer"})


async def test_a_unique_field_takes_each_value_once(open_house: House) -> None:
    await office(open_house).add_field("account", {"type": "text", "name": "size"})
    await accounts(open_house, "12", "12", "7")
    with pytest.raises(NotConvertible) as refused:
        await office(open_house).change_field_type("account", "size", {"type": "integer", "unique": True})
    assert refused.value.report.failed == 1


async def test_a_formula_gets_another_expression(open_house: House) -> None:
    admin = office(open_house)
    await admin.add_field("account", {"type": "integer", "name": "size"})
    await admin.add_field("account", {"type": "formula", "name": "cups", "expression": "size * 40"})
    await admin.change_field_type("account", "cups", {"type": "formula", "expression": "size * 2"})
    ids = await accounts(open_house, "3")
    async with open_house.system() as work:
        assert (await work.show("account", ids[0], ("cups",)))["cups"] == 6
