"""Files through the API: who sees a record sees its files."""

from __future__ import annotations

from typing import Any

from tests.interfaces.rest.conftest import Connect, Program

from relata.testing.house import House

BYTES = {"content-type": "application/octet-stream"}


async def attach(
    api: Program, address: str, content: bytes = b"%PDF-1.7 offer", name: str = "Angebot März.pdf"
) -> dict[str, Any]:
    """A file that was sent there."""
    answer = await api.post(address, params={"name": name}, content=content, headers=BYTES)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_file_comes_back_as_it_went_and_as_something_to_save(api: Program, account: dict[str, Any]) -> None:
    file = await attach(api, f"accounts/{account['id']}/files")
    found = await api.get(f"files/{file['id']}")
    assert (found.content, found.headers["content-type"]) == (b"%PDF-1.7 offer", "application/pdf")
    assert found.headers["content-disposition"].startswith("attachment; ")
    assert "sandbox" in found.headers["content-security-policy"]
    assert [one["name"] for one in (await api.get(f"accounts/{account['id']}/files")).json()["data"]] == [
        "Angebot März.pdf"
    ]


async def test_a_file_that_did_not_change_is_not_sent_again(api: Program, account: dict[str, Any]) -> None:
    file = await attach(api, f"accounts/{account['id']}/files")
    again = await api.get(f"files/{file['id']}", headers={"if-none-match": f'"{file["sha256"]}"'})
    assert (again.status_code, again.content) == (304, b"")


async def test_who_does_not_see_the_record_does_not_see_its_files(
    house: House, connect: Connect, api: Program, account: dict[str, Any]
) -> None:
    file = await attach(api, f"accounts/{account['id']}/files")
    rep = await connect(await house.person("Rep", "sales_rep"))
    assert (await rep.get(f"files/{file['id']}")).status_code == 404
    assert (await rep.get(f"accounts/{account['id']}/files")).status_code == 404
    assert (await rep.delete(f"files/{file['id']}")).status_code == 404


async def test_who_may_not_change_the_record_neither_adds_nor_removes(
    house: House, connect: Connect, api: Program, account: dict[str, Any]
) -> None:
    file = await attach(api, f"accounts/{account['id']}/files")
    reader = await connect(await house.person("Rita", "reader"))
    refused = await reader.post(f"accounts/{account['id']}/files?name=a.txt", content=b"a", headers=BYTES)
    assert (refused.status_code, (await reader.delete(f"files/{file['id']}")).status_code) == (403, 403)
    assert (await reader.get(f"files/{file['id']}")).status_code == 200


async def test_a_file_that_was_removed_is_gone(api: Program, account: dict[str, Any]) -> None:
    file = await attach(api, f"accounts/{account['id']}/files")
    assert (await api.delete(f"files/{file['id']}")).status_code == 204
    assert (await api.get(f"files/{file['id']}")).status_code == 404


async def test_a_loose_file_is_its_owners_alone(house: House, connect: Connect, api: Program) -> None:
    file = await attach(api, "files", b"\x89PNG\r\n\x1a\n", "photo.png")
    assert (await api.get(f"files/{file['id']}")).headers["content-type"] == "image/png"
    other = await connect(await house.person("Max", "admin"))
    assert (await other.get(f"files/{file['id']}")).status_code == 404


async def test_an_upload_needs_a_name_and_bytes(api: Program, account: dict[str, Any]) -> None:
    address = f"accounts/{account['id']}/files"
    assert (await api.post(address, content=b"a", headers=BYTES)).json()["field"] == "name"
    assert (await api.post(f"{address}?name=a", json={"a": 1})).status_code == 415
