"""Exports that the server writes: begun, asked, and fetched from any byte on."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from tests.interfaces.rest.conftest import Connect, Program

from relata.engine.files.store import DiskStore
from relata.engine.ui.exports import running
from relata.testing.house import House


async def test_a_file_is_written_and_fetched_in_parts(
    api: Program, house: House, connect: Connect, ada: UUID, tmp_path: Path
) -> None:
    await api.post("accounts", json={"name": "Nord", "employees": 3})
    await api.post("accounts", json={"name": "West", "employees": 5})
    begun = await api.post("accounts/export", json={"format": "csv", "fields": ["name"], "order": "name"})
    assert (begun.status_code, begun.json()["status"], begun.json()["total"]) == (202, "running", 2)
    place = f"bulk/exports/{begun.json()['id']}"
    assert (await api.get(f"{place}/file")).status_code == 404
    await running.run(house.door, DiskStore(tmp_path), house.key, UUID(begun.json()["id"]))
    assert (await api.get(place)).json()["bytes"] == 18
    whole = await api.get(f"{place}/file")
    assert (whole.text, whole.headers["accept-ranges"]) == ("name\r\nNord\r\nWest\r\n", "bytes")
    rest = await api.get(f"{place}/file", headers={"range": "bytes=12-", "if-range": whole.headers["etag"]})
    assert (rest.status_code, rest.text, rest.headers["content-range"]) == (206, "West\r\n", "bytes 12-17/18")
    assert (await api.get(f"{place}/file", headers={"range": "bytes=18-"})).status_code == 416
    assert [one["id"] for one in (await api.get("bulk/exports")).json()["data"]] == [begun.json()["id"]]
    assert (await api.post(f"{place}/cancel")).status_code == 409
    other = await connect(await house.person("Eve"))
    assert (await other.get(f"{place}/file")).status_code in (403, 404)
    narrow = await connect(ada, scopes=("accounts:write",))
    assert (await narrow.post("accounts/export", json={})).json()["code"] == "narrow_key"
    odd = ({"format": "doc"}, {"fields": ["nothing"]}, {"where": "("}, {"shoe": 1})
    assert {(await api.post("accounts/export", json=body)).status_code for body in odd} <= {400, 422}
