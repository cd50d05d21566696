"""SCIM 2.0 over the line: what the public tester says of it, and what a directory can't do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

import pytest
from httpx2 import Client, Response
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server
from tests.browser.served import Site, empty_database, serving

from relata.app.assembly import MAIN, House
from relata.engine.identity import keys
from relata.engine.workspace import directory

PASSWORD = "four unrelated words"


async def _set_up(house: House) -> str:
    """A company with an administrator, and a key for its directory."""
    await house.migrate()
    link = await house.setup_link()
    assert link is not None
    await house.first_setup(link.rsplit("/", 1)[1], "Kaffeewerk", "Ada", "ada@example.com", PASSWORD)
    async with house.door.open(MAIN, None) as work:
        agent = await work.create("user", {"name": "Directory", "roles": ["admin"], "is_external": True})
        context = work.context
    async with house.door.database.transaction() as connection:
        _key, text = await keys.create(connection, context.id, agent.id, "Directory", scopes=("read", "write"))
    return text


@pytest.fixture(scope="module")
def provisioned(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Client]]:
    with serving(empty_database(postgres_url), tmp_path_factory.mktemp("provisioned")) as site:
        key = site.change(_set_up)
        with Client(
            base_url=f"{site.address}/scim/v2", headers={"authorization": f"Bearer {key}"}, timeout=60
        ) as client:
            yield site, client


def test_the_public_tester_passes(provisioned: tuple[Site, Client]) -> None:
    client = SyncSCIMClient(provisioned[1])
    client.discover()
    wrong = [
        f"{one.title}: {one.reason}"[:400] for one in check_server(client)
        if one.status not in (Status.SUCCESS, Status.SKIPPED)
    ]  # fmt: skip
    assert wrong == []


def refused(answer: Response, status: int) -> str:
    """The words of an error, which has the protocol's own shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/scim+json"
    told: dict[str, str] = answer.json()
    assert told["status"] == str(status)
    return told["detail"]


def test_who_may_not_manage_people_learns_nothing(provisioned: tuple[Site, Client]) -> None:
    site, client = provisioned
    with Client(base_url=client.base_url, timeout=60) as stranger:
        assert stranger.get("/Users").status_code == 401
        plain = {"authorization": f"Bearer {site.change(a_reader)}"}
        for path in ("/Users", "/Groups", f"/Users/{UUID(int=1)}"):
            refused(stranger.get(path, headers=plain), 403)
        refused(stranger.post("/Users", headers=plain, json={"userName": "eve"}), 403)


async def a_reader(house: House) -> str:
    """A key of somebody who reads."""
    async with house.door.open(MAIN, None) as work:
        reader = await work.create("user", {"name": "Reader", "roles": ["reader"]})
    async with house.door.database.transaction() as connection:
        return (await keys.create(connection, work.context.id, reader.id, "Reader"))[1]


def test_a_group_gives_roles_and_takes_them_back(provisioned: tuple[Site, Client]) -> None:
    site, client = provisioned
    person = client.post("/Users", json={"userName": "grace@example.com", "displayName": "Grace"}).json()
    groups = [client.post("/Groups", json={"displayName": name}).json() for name in ("Sales", "Support")]

    async def decide(house: House) -> None:
        for group, roles in zip(groups, (["reader", "member"], ["reader"]), strict=True):
            async with house.door.open(MAIN, None) as work:
                await directory.set_group_roles(work, UUID(group["id"]), roles)

    site.change(decide)

    def roles() -> list[str]:
        async def read(house: House) -> list[str]:
            async with house.door.open(MAIN, None) as work:
                return sorted((await work.get("user", UUID(person["id"])))["roles"] or ())

        return site.change(read)

    def put(group: dict[str, str], op: str, path: str = "members") -> None:
        operation = {"op": op, "path": path} | ({"value": [{"value": person["id"]}]} if op == "add" else {})
        assert client.patch(f"/Groups/{group['id']}", json=_patch(operation)).status_code == 200

    assert roles() == []
    put(groups[0], "add")
    put(groups[1], "add")
    assert roles() == ["member", "reader"]
    shown = client.get(f"/Users/{person['id']}").json()
    assert sorted(one["display"] for one in shown["groups"]) == ["Sales", "Support"]
    put(groups[0], "remove", f'members[value eq "{person["id"]}"]')
    assert roles() == ["reader"]
    assert client.delete(f"/Groups/{groups[1]['id']}").status_code == 204
    assert roles() == []


def test_who_leaves_is_shut_out_and_nobody_is_taken_twice(provisioned: tuple[Site, Client]) -> None:
    client = provisioned[1]
    made = client.post("/Users", json={"userName": "Alan@example.com", "name": {"givenName": "Alan"}}).json()
    assert "already" in refused(client.post("/Users", json={"userName": "alan@EXAMPLE.com"}), 409)
    left = client.patch(f"/Users/{made['id']}", json=_patch({"op": "Replace", "path": "active", "value": False}))
    assert left.json()["active"] is False
    assert client.get('/Users?filter=userName eq "ALAN@example.com" and active eq false').json()["totalResults"] == 1
    assert client.delete(f"/Users/{made['id']}").status_code == 204
    refused(client.get(f"/Users/{made['id']}"), 404)


def test_a_directory_does_not_decide_about_itself(provisioned: tuple[Site, Client]) -> None:
    client = provisioned[1]
    own = next(one for one in client.get("/Users").json()["Resources"] if one["displayName"] == "Directory")
    refused(client.delete(f"/Users/{own['id']}"), 403)
    group = client.post("/Groups", json={"displayName": "All", "members": [{"value": own["id"]}]})
    assert group.status_code == 201


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/Users?filter=password eq 1", None, 400),
        ("GET", "/Users?filter=userName eq", None, 400),
        ("GET", "/Users?startIndex=x", None, 400),
        ("POST", "/Users", b"{", 400),
        ("POST", "/Users", b"[]", 400),
        ("POST", "/Users", b"{}", 400),
        ("POST", "/Users", b'{"userName": "x", "emails": [{"value": "no address"}]}', 400),
        ("POST", "/Groups", b'{"displayName": "x", "members": [{"value": "no id"}]}', 400),
        ("POST", "/Groups", b'{"displayName": "' + b"x" * 300 + b'"}', 400),
        ("PATCH", "/Users/00000000-0000-7000-8000-000000000000", b'{"Operations": []}', 400),
        ("PUT", "/Users", b"{}", 405),
        ("GET", "/Nothing", None, 404),
        ("POST", "/.search", b"{}", 501),
    ],
)
def test_bad_requests_are_told_so(
    provisioned: tuple[Site, Client], method: str, path: str, body: bytes | None, status: int
) -> None:
    headers = {"content-type": "application/scim+json"}
    assert refused(provisioned[1].request(method, path, content=body, headers=headers), status)


def _patch(*operations: Mapping[str, object]) -> dict[str, object]:
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": list(operations)}
