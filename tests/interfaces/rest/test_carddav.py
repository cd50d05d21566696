"""The address book for telephones: exactly the people that one may see, to read, with a key of that one purpose."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest_asyncio
from tests.interfaces.rest.conftest import make_key

from relata.engine.identity.resolver import Resolver
from relata.interfaces.http.ground import Ports, build
from relata.interfaces.http.settings import HttpSettings
from relata.interfaces.rest.api import routes
from relata.interfaces.rest.carddav import mount
from relata.interfaces.rest.carddav.cards import SCOPE
from relata.testing.house import House

MULTIGET = (
    '<C:addressbook-multiget xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><D:prop><D:getetag/>'
    "<C:address-data/></D:prop>%s</C:addressbook-multiget>"
)


@pytest_asyncio.fixture
async def phone(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A telephone that nobody has given a password yet."""

    async def ready() -> str | None:
        return None

    handlers = [*routes(house.door, None), *mount.routes(house.door)]
    app = build(handlers, HttpSettings(), Ports(Resolver(house.door.database), ready))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


async def contact(house: House, owner: UUID, name: str) -> str:
    """A contact of somebody's."""
    async with house.system() as work:
        made = await work.create("contact", {"name": name, "owner": owner, "phone": ["+49 30 1234567"]})
    return str(made.id)


async def propfind(phone: httpx.AsyncClient, password: str) -> httpx.Response:
    """What is in the book."""
    return await phone.request("PROPFIND", "/carddav/contacts/", headers={"depth": "1"}, auth=("x", password))


async def test_the_book_holds_exactly_whom_one_may_see(house: House, phone: httpx.AsyncClient) -> None:
    rep, other = await house.person("Rep", "sales_rep"), await house.person("Other", "sales_rep")
    mine, theirs = await contact(house, rep, "Grace Hopper"), await contact(house, other, "Alan Turing")
    password = await make_key(house, rep, scopes=(SCOPE,))
    listed = await propfind(phone, password)
    hrefs = "".join(f"<D:href>/carddav/contacts/{one}.vcf</D:href>" for one in (mine, theirs))
    asked = await phone.request(
        "REPORT", "/carddav/contacts/", content=MULTIGET % hrefs, auth=("x", password),
        headers={"content-type": "application/xml; charset=utf-8"},
    )  # fmt: skip
    assert (listed.status_code, asked.status_code) == (207, 207)
    assert mine in listed.text
    assert theirs not in listed.text
    assert "FN:Grace Hopper" in asked.text
    assert "Turing" not in asked.text
    assert (await phone.get(f"/carddav/contacts/{theirs}.vcf", auth=("x", password))).status_code == 404


async def test_it_asks_for_a_key_of_its_own_purpose_and_takes_nothing(house: House, phone: httpx.AsyncClient) -> None:
    ada = await house.person("Ada")
    everything, password = await make_key(house, ada), await make_key(house, ada, scopes=(SCOPE,))
    nobody = await phone.request("PROPFIND", "/carddav/contacts/")
    assert (nobody.status_code, nobody.headers["www-authenticate"][:5]) == (401, "Basic")
    assert (await propfind(phone, everything)).status_code == 401
    assert (await phone.put("/carddav/contacts/x.vcf", content=b"", auth=("x", password))).status_code == 405
    bearer = {"authorization": f"Bearer {password}"}
    assert (await phone.get("/api/v1/contacts", headers=bearer)).status_code == 403
    bomb = b'<!DOCTYPE a [<!ENTITY b "c">]><D:propfind xmlns:D="DAV:">&b;</D:propfind>'
    refused = await phone.request(
        "PROPFIND", "/carddav/", content=bomb, auth=("x", password), headers={"content-type": "text/xml"}
    )
    assert refused.status_code == 422


async def test_the_state_of_the_book_changes_with_a_contact(house: House, phone: httpx.AsyncClient) -> None:
    ada = await house.person("Ada")
    password = await make_key(house, ada, scopes=(SCOPE,))
    before = await propfind(phone, password)
    await contact(house, ada, "Grace Hopper")
    after = await propfind(phone, password)
    assert before.text.partition("getctag>")[2][:32] != after.text.partition("getctag>")[2][:32]
