"""Lists and figures as they were at the end of a past day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.interfaces.rest.conftest import Program

from relata.engine.storage.planner import quoted
from relata.testing.house import House

_THEN: dict[str, Any] = {
    "name": "Then", "is_good": True, "extra": {"a": [1, None]}, "pieces": 3, "length": "2.500",
    "share": "12.5", "price": {"amount": "9.99", "currency": "EUR"}, "born_on": "2020-02-29",
    "seen_at": "2020-02-29T10:00:00Z", "effort": "90m", "kind": "small", "marks": ["red"], "stars": 4,
    "words": ["one", "two"], "mails": [{"value": "then@example.com", "label": "Work"}], "phones": ["+493012345678"],
    "pages": ["https://then.example.com"], "place": {"street": "Weg 1", "city": "Köln"},
    "keeper": {"first": "Lena", "last": "Then"}, "spot": {"lat": 50.9, "lng": 6.9},
}  # fmt: skip
_NOW: dict[str, Any] = {
    "name": "Now", "is_good": False, "extra": None, "pieces": 50, "length": None, "share": "1",
    "price": {"amount": "1.00", "currency": "USD"}, "born_on": None, "seen_at": "2024-01-01T00:00:00Z", "effort": "1m",
    "kind": "large", "marks": None, "stars": 1, "words": ["three"], "mails": None, "phones": ["+493099999999"],
    "pages": None, "place": {"city": "Bonn"}, "keeper": {"first": "Nils", "last": "Now"}, "spot": None,
}  # fmt: skip


async def _backdate(house: House, record: str) -> str:
    """As if it had been made ten days ago; the day between."""
    ago, key = datetime.now(UTC) - timedelta(days=10), UUID(record)
    async with house.door.database.transaction() as connection:
        schema = quoted((await house.door.context(house.key)).schema)
        await connection.execute(f"update {schema}._change set at = %s where record = %s", (ago, key))
        await connection.execute(
            f"update {schema}.specimen set created_at = %s, changed_at = %s where id = %s", (ago, ago, key)
        )
    return (ago + timedelta(days=5)).date().isoformat()


async def test_every_type_is_told_found_and_counted_as_it_was(api: Program, house: House) -> None:
    made = (await api.post("specimens", json=_THEN)).json()
    day = await _backdate(house, made["id"])
    before = (await api.get(f"specimens/{made['id']}")).json()
    assert (await api.patch(f"specimens/{made['id']}", json=_NOW)).status_code == 200
    await api.post("specimens", json={"name": "Came since"})
    answer = (await api.get("specimens", params={"as_on": day, "count": "exact"})).json()
    assert answer["total"] == 1
    assert {name: answer["data"][0][name] for name in _THEN} == {name: before[name] for name in _THEN}
    assert answer["data"][0]["doubled"] == before["doubled"]
    for where in (
        'words contains "two"', 'place.city = "Köln"', 'keeper.last = "Then"', 'mails = "then@example.com"',
        "price > 5", "born_on < seen_at", "extra is not null", 'marks contains "red"', "doubled = 6",
        "spot is not null",
    ):  # fmt: skip
        found = (await api.get("specimens", params={"as_on": day, "where": where})).json()
        assert len(found.get("data", ())) == 1, (where, found)
    body = {"as_on": day, "group_by": ["kind"], "measures": ["count", "sum:pieces"]}
    figures = (await api.post("specimens/aggregate", json=body)).json()["data"]
    assert figures == [{"kind": "small", "count": 1, "sum_pieces": 3}]
    refused = await api.get("specimens", params={"as_on": day, "deleted": "true"})
    assert (refused.status_code, refused.json()["field"]) == (422, "as_on")
    assert (await api.get("specimens", params={"as_on": "soon"})).status_code == 422
