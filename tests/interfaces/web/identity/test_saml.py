"""Coming in by SAML 2.0, over HTTP: who is let in, and what is not believed."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import httpx
from lxml import etree
from tests.interfaces.web.identity.conftest import Browser, Company
from tests.interfaces.web.identity.saml_provider import Key, SamlProvider
from tests.interfaces.web.identity.test_sign_on import stranger

_A = "urn:oasis:names:tc:SAML:2.0:assertion"
Bend = Callable[[Any], bytes]


async def set_up(company: Company) -> tuple[SamlProvider, str]:
    provider, ada = SamlProvider(), await company.browser()
    await ada.sign_in()
    assert "federation metadata" in (await ada.get("/settings/sign-on/new?kind=saml")).text
    answer = await ada.post("/settings/sign-on/new", {
        "name": "Example SAML", "description": provider.description(), "domains": "example.com", "provisions": "on",
        "group_roles": "Engineers = reader", "is_on": "on",
    })  # fmt: skip
    assert answer.status_code == 303, answer.text
    key = answer.headers["location"].split("/")[-1].partition("?")[0]
    described = await ada.get(f"/sign-in/saml/{key}")
    assert f'entityID="http://localhost/sign-in/saml/{key}"' in described.text
    return provider, key


async def come(
    browser: Browser, provider: SamlProvider, key: str, bend: Bend = etree.tostring, **said: Any
) -> httpx.Response:
    """There and back: the provider's form comes from its site and without our cookies, the browser after it."""
    away = await browser.get(f"/sign-in/with/{key}")
    assert away.status_code == 303, away.text
    provider.said = said
    state, answer = provider.visited(away.headers["location"])
    sent = base64.b64encode(bend(answer)).decode()
    return await back(browser, state, sent)


async def back(browser: Browser, state: str, sent: str) -> httpx.Response:
    headers = {"origin": "https://id.example.com", "sec-fetch-site": "cross-site", "cookie": ""}
    form = {"SAMLResponse": sent, "RelayState": state}
    answer = await browser.client.post("/sign-in/saml", data=form, headers=headers)
    return await browser.get(answer.headers["location"]) if answer.status_code == 303 else answer


async def test_somebody_new_gets_a_place_with_the_roles_of_their_groups(company: Company) -> None:
    provider, key = await set_up(company)
    for provider.signs in ("assertion", "response"):
        grace = await stranger(company)
        answer = await come(grace, provider, key)
        assert (answer.status_code, answer.headers["location"]) == (303, "/?start"), answer.text
        assert await grace.is_in()
    rows = await company.execute('select name, status, roles from w_main."user" where email = %s', "grace@example.com")
    assert rows == [("Grace Hopper", "active", ["reader"])]


def wrapped(answer: Any) -> bytes:
    """The signed assertion lies deeper, and one of the attacker's stands where one looks."""
    signed = answer.find(f"{{{_A}}}Assertion")
    evil = etree.fromstring(etree.tostring(signed))
    evil.set("ID", "_evil")
    evil.remove(evil.find("{http://www.w3.org/2000/09/xmldsig#}Signature"))
    for value in evil.iter(f"{{{_A}}}AttributeValue"):
        value.text = (value.text or "").replace("grace@", "ada@")
    answer.replace(signed, evil)
    extension = etree.SubElement(answer, "{urn:oasis:names:tc:SAML:2.0:protocol}Extensions")
    extension.append(signed)
    return bytes(etree.tostring(answer))


def beside(answer: Any) -> bytes:
    """A second assertion before the signed one."""
    evil = etree.fromstring(etree.tostring(answer.find(f"{{{_A}}}Assertion")).replace(b"grace@", b"ada@"))
    evil.set("ID", "_evil")
    answer.insert(1, evil)
    return bytes(etree.tostring(answer))


def with_entity(answer: Any) -> bytes:
    text = bytes(etree.tostring(answer)).replace(b"Grace Hopper", b"&x;")
    return b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + text


def changed(answer: Any) -> bytes:
    return bytes(etree.tostring(answer)).replace(b"grace@", b"ada@")


async def test_nobody_comes_in_by_what_was_not_signed_for_us_now(company: Company) -> None:
    provider, key = await set_up(company)
    eve = await stranger(company)
    wrong: list[tuple[dict[str, Any], Bend]] = [
        ({"issuer": "https://evil.example"}, etree.tostring),
        ({"audience": "https://other.example"}, etree.tostring),
        ({"recipient": "https://other.example/acs"}, etree.tostring),
        ({"to": "_another"}, etree.tostring),
        ({"minutes": -30}, etree.tostring),
        ({"minutes": 30}, etree.tostring),
        ({"format": "transient"}, etree.tostring),
        ({"email": "eve@evil.example"}, etree.tostring),
        ({"email": "eve@example.com<!-- -->.evil.example"}, etree.tostring),
        ({}, changed), ({}, wrapped), ({}, with_entity), ({}, lambda answer: b"<"),
    ]  # fmt: skip
    for said, bend in wrong:
        answer = await come(eve, provider, key, bend, **said)
        assert answer.status_code == 403, (said, bend)
    provider.signs = "nothing"
    assert (await come(eve, provider, key)).status_code == 403
    provider.signs, provider.signs_with = "assertion", Key()
    assert (await come(eve, provider, key)).status_code == 403
    assert not await eve.is_in()
    assert await company.execute("select 1 from relata.linked_account") == []


async def test_what_is_not_spoken_is_refused_with_a_sentence(company: Company) -> None:
    provider, key = await set_up(company)
    eve = await stranger(company)

    def encrypted(answer: Any) -> bytes:
        etree.SubElement(answer, f"{{{_A}}}EncryptedAssertion")
        return bytes(etree.tostring(answer))

    answer = await come(eve, provider, key, encrypted)
    assert (answer.status_code, "It is encrypted" in answer.text) == (403, True)
    headers = {"origin": "https://id.example.com", "sec-fetch-site": "cross-site", "cookie": ""}
    logout = await eve.client.post("/sign-in/saml", data={"SAMLRequest": "PHgvPg=="}, headers=headers)
    assert (logout.status_code, "single logout" in logout.text) == (403, True)


async def test_only_what_was_signed_is_read_and_only_once(company: Company) -> None:
    provider, key = await set_up(company)
    grace, eve = await stranger(company), await stranger(company)
    away = await grace.get(f"/sign-in/with/{key}")
    state, answer = provider.visited(away.headers["location"])
    sent = base64.b64encode(etree.tostring(answer)).decode()
    assert (await back(eve, state, sent)).status_code == 410  # in another browser than it began in
    assert (await back(eve, state, sent)).status_code == 410  # an answer is taken once
    assert (await back(eve, "x" * 43, sent)).status_code == 410
    assert (await come(grace, provider, key, beside)).status_code in (303, 403)
    rows = await company.execute("select email from relata.linked_account")
    assert ("ada@example.com",) not in rows
