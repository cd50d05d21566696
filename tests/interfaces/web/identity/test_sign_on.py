"""Coming in by an identity provider, over HTTP: what is let in, what is not, and what becomes of places and roles."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from joserfc.jwk import OctKey, RSAKey
from tests.interfaces.web.identity.conftest import PASSWORD, Browser, Company
from tests.interfaces.web.identity.provider import ISSUER, Provider

from relata.engine.identity import accounts, memberships, recovery_links
from relata.engine.identity.recent import RECENT
from relata.engine.identity.sign_on.openid import OpenId
from relata.foundation.ids import new_id

FORM: dict[str, Any] = {
    "name": "Example ID", "issuer": ISSUER, "client_id": "relata", "client_secret": "hush", "domains": "example.com",
    "provisions": "on", "default_roles": "reader", "is_on": "on",
}  # fmt: skip


@pytest.fixture
def provider(company: Company) -> Iterator[Provider]:
    """The fake one, in place of the network."""
    fake, openid = Provider(), company.web.openid
    object.__setattr__(company.web, "openid", OpenId(fake))
    yield fake
    object.__setattr__(company.web, "openid", openid)


async def administrator(company: Company, **form: Any) -> tuple[Browser, str]:
    """Ada, who has set the provider up; and its id."""
    ada = await company.browser()
    await ada.sign_in()
    answer = await ada.post("/settings/sign-on/new", {**FORM, **form})
    assert answer.status_code == 303, answer.text
    return ada, answer.headers["location"].split("/")[-1].partition("?")[0]


async def stranger(company: Company) -> Browser:
    """A browser that nobody is signed in with."""
    known = await company.browser()
    return await company.browser(known)


async def come(browser: Browser, provider: Provider, key: str) -> httpx.Response:
    """There and back."""
    away = await browser.get(f"/sign-in/with/{key}")
    assert away.status_code == 303, away.text
    return await browser.get(provider.visited(away.headers["location"]))


async def test_somebody_new_gets_a_place_with_the_role_and_no_way_by_password(
    company: Company, provider: Provider
) -> None:
    _, key = await administrator(company)
    grace = await stranger(company)

    page = await grace.get("/sign-in")
    assert "Sign in with Example ID" in page.text
    answer = await come(grace, provider, key)

    assert (answer.status_code, answer.headers["location"]) == (303, "/?start")
    assert await grace.is_in()
    rows = await company.execute('select name, status, roles from w_main."user" where email = %s', "grace@example.com")
    assert rows == [("Grace Hopper", "active", ["reader"])]
    assert await company.execute("select password_hash from relata.account where email = %s", "grace@example.com") == [
        (None,)
    ]


WRONG: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://id.example.com/"},
    "another audience": {"aud": "somebody-else"},
    "a second audience without a party": {"aud": ["relata", "somebody-else"]},
    "another party": {"azp": "somebody-else"},
    "no nonce": {"nonce": None},
    "another nonce": {"nonce": "x"},
    "expired": {"exp": int(time.time()) - 300},
    "from the future": {"iat": int(time.time()) + 86_400},  # a day: the table is made when tests are collected
    "no subject": {"sub": None},
    "an address that nobody confirmed": {"email_verified": False},
    "an address of another domain": {"email": "grace@evil.example"},
    "a domain that ends the same": {"email": "grace@notexample.com"},
}


@pytest.mark.parametrize("what", WRONG)
async def test_nobody_comes_in_with(company: Company, provider: Provider, what: str) -> None:
    _, key = await administrator(company)
    grace = await stranger(company)
    provider.claims = WRONG[what]

    answer = await come(grace, provider, key)

    assert answer.status_code == 403
    assert not await grace.is_in()
    assert await company.execute("select 1 from relata.linked_account") == []
    assert await company.execute("select 1 from relata.account where email like %s", "grace@%") == []


async def test_only_the_providers_own_keys_sign(company: Company, provider: Provider) -> None:
    _, key = await administrator(company)
    grace = await stranger(company)
    for forged in (None, RSAKey.generate_key(2048, {"kid": "one"}), OctKey.import_key("hush" * 8, {"kid": "one"})):
        provider.signs_with = forged
        assert (await come(grace, provider, key)).status_code == 403
    assert not await grace.is_in()

    provider.rotate()
    company.web.openid._keys.clear()
    assert (await come(grace, provider, key)).status_code == 303


async def test_a_return_serves_once_and_one_browser(company: Company, provider: Provider) -> None:
    _, key = await administrator(company)
    grace, eve = await stranger(company), await stranger(company)
    away = await grace.get(f"/sign-in/with/{key}")
    back = provider.visited(away.headers["location"])

    assert (await eve.get(back)).status_code == 410
    assert not await eve.is_in()
    assert (await grace.get(back)).status_code == 303
    again = await (await stranger(company)).get(back)
    assert again.status_code == 410


async def test_a_description_that_speaks_for_another_issuer_is_not_believed(
    company: Company, provider: Provider
) -> None:
    _, key = await administrator(company)
    provider.metadata = {"issuer": "https://other.example.com"}
    answer = await (await stranger(company)).get(f"/sign-in/with/{key}")
    assert answer.status_code == 503

    provider.metadata = {"token_endpoint": "http://169.254.169.254/token"}
    assert (await (await stranger(company)).get(f"/sign-in/with/{key}")).status_code == 503


async def test_groups_decide_roles_at_each_sign_in_and_end_what_was_open(company: Company, provider: Provider) -> None:
    _, key = await administrator(company, default_roles=[], group_roles="Sales = member\nBoss = admin")
    grace = await stranger(company)
    provider.claims = {"groups": ["Sales", "Chess"]}
    assert (await come(grace, provider, key)).status_code == 303
    roles = 'select roles from w_main."user" where email = %s'
    assert await company.execute(roles, "grace@example.com") == [(["member"],)]

    elsewhere = await stranger(company)
    provider.claims = {"groups": ["Boss"]}
    assert (await come(elsewhere, provider, key)).status_code == 303
    assert await company.execute(roles, "grace@example.com") == [(["admin"],)]
    assert not await grace.is_in()

    provider.claims = {"groups": ["Chess"]}
    assert (await come(await stranger(company), provider, key)).status_code == 403
    assert not await elsewhere.is_in()
    assert await company.execute(roles, "grace@example.com") in ([([],)], [(None,)])


async def test_an_address_that_moved_on_does_not_bring_its_former_person(company: Company, provider: Provider) -> None:
    _, key = await administrator(company)
    assert (await come(await stranger(company), provider, key)).status_code == 303
    provider.claims = {"sub": "s-2"}
    assert (await come(await stranger(company), provider, key)).status_code == 403


async def test_who_works_elsewhere_too_does_not_come_by_this_workspaces_provider(
    company: Company, provider: Provider
) -> None:
    ada, key = await administrator(company)
    provider.claims = {"email": ada.email}
    other = new_id()
    await company.execute(
        "insert into relata.workspace (id, key, schema, name) values (%s, 'other', 'w_other', 'Other') returning 1",
        other,
    )
    async with company.database.transaction() as connection:
        await memberships.join(connection, ada.account, other, new_id())
    answer = await come(await stranger(company), provider, key)
    assert answer.status_code == 403

    async with company.database.transaction() as connection:
        await connection.execute("delete from relata.membership where account = %s", (ada.account,))
        await memberships.join(connection, ada.account, other, new_id())
    assert (await come(await stranger(company), provider, key)).status_code == 403


async def test_who_was_sent_away_stays_out(company: Company, provider: Provider) -> None:
    ada, key = await administrator(company)
    grace = await stranger(company)
    await come(grace, provider, key)
    user = (await company.execute('select id from w_main."user" where email = %s', "grace@example.com"))[0][0]
    await ada.get(f"/settings/people/{user}")
    assert (await ada.post(f"/settings/people/{user}/deactivate")).status_code == 303
    assert not await grace.is_in()
    assert (await come(await stranger(company), provider, key)).status_code == 403


async def test_switching_a_provider_off_ends_what_came_by_it(company: Company, provider: Provider) -> None:
    ada, key = await administrator(company)
    grace = await stranger(company)
    await come(grace, provider, key)
    await ada.get(f"/settings/sign-on/{key}")
    off = {name: value for name, value in FORM.items() if name != "is_on"}
    assert (await ada.post(f"/settings/sign-on/{key}", off)).status_code == 303
    assert not await grace.is_in()
    assert (await grace.get(f"/sign-in/with/{key}")).status_code == 403


async def test_only_sign_on_shuts_passwords_out_and_a_recovery_link_in(company: Company, provider: Provider) -> None:
    ada, key = await administrator(company)
    refused = await ada.post("/settings/coming-in", {"only_sign_on": "on"})
    assert refused.status_code == 422
    assert "Come in by sign-on yourself first" in refused.text

    provider.claims = {"email": ada.email}
    assert (await come(ada, provider, key)).status_code == 303
    await ada.get("/settings/coming-in")
    assert (await ada.post("/settings/coming-in", {"only_sign_on": "on"})).status_code == 303

    other = await company.browser(ada)
    answer = await other.client.post("/sign-in", data={"email": ada.email, "password": PASSWORD})
    assert answer.status_code == 422
    assert "by sign-on" in answer.text

    async with company.database.transaction() as connection:
        token = await recovery_links.issue(connection, ada.account)
    assert (await other.get(f"/sign-in/recovery/{token}")).status_code == 200
    assert (await other.client.post(f"/sign-in/recovery/{token}")).status_code == 303
    assert await other.is_in()
    assert (await (await company.browser(ada)).client.post(f"/sign-in/recovery/{token}")).status_code == 410


async def test_an_open_session_by_password_ends_when_sign_on_becomes_the_only_way(
    company: Company, provider: Provider
) -> None:
    ada, _ = await administrator(company)
    await company.execute(
        "insert into relata.workspace_policy (workspace, policy) select id, '{\"only_sign_on\": true}' from"
        " relata.workspace returning 1"
    )
    RECENT.forget(ada.account)
    assert not await ada.is_in()


async def test_confirming_by_the_provider_needs_a_fresh_sign_in_there(company: Company, provider: Provider) -> None:
    _, key = await administrator(company, default_roles="admin")
    grace = await stranger(company)
    provider.claims = {"auth_time": int(time.time()) - 7200}
    await come(grace, provider, key)
    await grace.get("/settings/sign-on/new")
    asked = await grace.post("/settings/sign-on/new", FORM)
    assert "Show it to Example ID" in asked.text

    for claims, status in (({"auth_time": None}, 403), ({"auth_time": int(time.time()) - 7200}, 403), ({}, 303)):
        provider.claims = claims
        away = await grace.get(f"/sign-in/again/{key}")
        assert "max_age=0" in away.headers["location"]
        assert (await grace.get(provider.visited(away.headers["location"]))).status_code == status
    await grace.get("/settings/sign-on/new")
    assert (await grace.post("/settings/sign-on/new", {**FORM, "name": "Second"})).status_code == 303


async def test_trying_out_tells_what_is_said_and_lets_nobody_in(company: Company, provider: Provider) -> None:
    ada, key = await administrator(company)
    before = await company.execute("select count(*) from relata.session")
    away = await ada.get(f"/sign-in/test/{key}")
    page = await ada.get(provider.visited(away.headers["location"]))
    assert page.status_code == 200
    assert "grace@example.com" in page.text
    assert await company.execute("select count(*) from relata.session") == before


async def test_only_who_holds_every_right_sets_providers_up_and_the_secret_never_comes_back(
    company: Company, provider: Provider
) -> None:
    ada, key = await administrator(company)
    page = await ada.get(f"/settings/sign-on/{key}")
    assert "hush" not in page.text
    stored = await company.execute("select client_secret from relata.sign_on_provider")
    assert b"hush" not in bytes(stored[0][0])

    bob = await company.browser(None, "member", name="Bob")
    await bob.sign_in()
    assert (await bob.get("/settings/sign-on")).status_code == 403
    assert (await bob.get(f"/sign-in/test/{key}")).status_code == 403
    assert (await bob.post("/settings/sign-on/new", FORM)).status_code == 403


async def test_strangers_are_only_let_in_from_named_domains(company: Company, provider: Provider) -> None:
    ada = await company.browser()
    await ada.sign_in()
    answer = await ada.post("/settings/sign-on/new", {**FORM, "domains": ""})
    assert answer.status_code == 422
    assert "Say whose addresses may come in" in answer.text
    plain = await ada.post("/settings/sign-on/new", {**FORM, "issuer": "http://id.example.com"})
    assert plain.status_code == 422


async def test_an_unlinked_person_is_out_and_known_no_more(company: Company, provider: Provider) -> None:
    ada, key = await administrator(company)
    grace = await stranger(company)
    await come(grace, provider, key)
    user = (await company.execute('select id from w_main."user" where email = %s', "grace@example.com"))[0][0]
    page = await ada.get(f"/settings/people/{user}")
    link = re.search(rf"/settings/people/{user}/unlink/[0-9a-f-]+", page.text)
    assert link is not None
    assert (await ada.post(link[0])).status_code == 303
    RECENT.forget(user)
    assert not await grace.is_in()
    async with company.database.read() as connection:
        assert await accounts.by_email(connection, "grace@example.com") is not None
