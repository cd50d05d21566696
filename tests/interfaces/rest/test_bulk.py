"""Many rows by a file: begun at once, written by a worker, told row by row."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from tests.interfaces.rest.conftest import Connect, Program

from relata.engine.files.store import DiskStore
from relata.engine.transfer.wizard.jobs import work_on
from relata.testing.house import House

CSV = {"content-type": "text/csv"}


async def send(api: Program, text: str, **asked: str) -> httpx.Response:
    return await api.post("bulk/accounts", params=asked, content=text.encode(), headers=CSV)


async def done(api: Program, house: House, folder: Path, answer: httpx.Response) -> dict[str, Any]:
    """The job after its worker."""
    assert answer.status_code == 202, answer.text
    await work_on(house.door, DiskStore(folder), house.key, UUID(answer.json()["id"]))
    found: dict[str, Any] = (await api.get(f"bulk/jobs/{answer.json()['id']}")).json()
    return found


async def test_rows_are_made_changed_and_deleted_and_each_is_told(api: Program, house: House, tmp_path: Path) -> None:
    begun = await send(api, "name,employees\nNord,3\nSüd,many\n\nWest,5\n", operation="create")
    assert begun.json()["status"] == "running"
    job = await done(api, house, tmp_path, begun)
    assert (job["status"], job["created"], job["refused"]) == ("done", 2, 1)
    results = (await api.get(f"bulk/jobs/{job['id']}/results")).json()["data"]
    assert [one["did"] for one in results] == ["created", "created"]
    (refused,) = (await api.get(f"bulk/jobs/{job['id']}/refused")).json()["data"]
    assert (refused["row"], refused["field"]) == (2, "employees")
    lines = '{"name": "Nord", "employees": 4}\n{"name": "Ost", "employees": 1}\n'
    job = await done(api, house, tmp_path, await send(api, lines, match="name"))
    assert (job["created"], job["updated"]) == (1, 1)
    again = "name,employees\nNord,4\nWest,6\nOst,1\n"
    job = await done(api, house, tmp_path, await send(api, again, match="name"))
    same = f"bulk/jobs/{job['id']}/unchanged"
    first = (await api.get(same, params={"limit": 1})).json()
    rest = (await api.get(same, params={"after": first["next"]})).json()
    assert [(one["row"], one["did"]) for one in first["data"] + rest["data"]] == [(1, "unchanged"), (3, "unchanged")]
    assert first["data"][0]["id"] == results[0]["id"]
    gone = await send(api, "name\nNord\nNobody\n", operation="delete", match="name")
    job = await done(api, house, tmp_path, gone)
    assert (job["deleted"], job["refused"]) == (1, 1)
    names = sorted(one["name"] for one in (await api.get("accounts?fields=name")).json()["data"])
    assert names == ["Ost", "West"]
    assert len((await api.get("bulk/jobs")).json()["data"]) == 4


async def test_what_can_not_be_meant_is_refused_before_it_begins(api: Program, connect: Connect, ada: UUID) -> None:
    unknown = await send(api, "name,shoe_size\nNord,44\n", operation="create")
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "shoe_size")
    assert (await send(api, "name\nNord\n", operation="explode")).status_code == 422
    other = await connect(ada, scopes=("accounts:write",))
    assert (await send(other, "name\nNord\n", operation="create")).json()["code"] == "narrow_key"
    as_json = {"content-type": "application/json"}
    assert (await api.post("bulk/accounts", content=b"{}", headers=as_json)).status_code == 415
