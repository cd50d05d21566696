"""Capture forms: an administrator builds one, a stranger without scripts sends it, a robot does not."""

from __future__ import annotations

import html
import itertools
import re

import pytest
from tests.interfaces.web.settings.conftest import Browser, SignIn

from relata.engine.automation.capture import proof
from relata.engine.messaging.message import Message
from relata.testing.house import House

NADIA = {"name.given": "Nadia", "name.family": "Berger", "email": "nadia@example.org"}


def kept(page: str) -> dict[str, str]:
    """The hidden inputs of a page."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in found}


def computed(challenge: str) -> str:
    """What a browser with scripts finds."""
    return next(str(one) for one in itertools.count() if proof.is_computed(challenge, str(one)))


def total(page: str) -> str:
    """What a person without scripts adds up."""
    first, second = re.findall(r"How much is (\d+) plus (\d+)", page)[0]
    return str(int(first) + int(second))


async def published(ada: Browser, **values: str) -> str:
    """The address of a new form that is open to everybody."""
    made = await ada.post("/settings/forms", {"name": "Contact us", "target": "contact"})
    editor = made.headers["location"]
    whole = {"name": "Contact us", "state": "published", "duplicates": "update", **values}
    items = {"item.field": ["name", "email"], "item.use": ["required", "required"]}
    saved = await ada.post(editor, {**whole, **items})
    assert saved.status_code == 303, saved.text
    page = html.unescape((await ada.get(editor)).text)
    found = re.search(r"http://localhost(/f/[\w-]+)", page)
    assert found is not None
    return found.group(1)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests fill in forms faster than people."""
    monkeypatch.setattr(proof, "QUICKEST", proof.QUICKEST * 0)


@pytest.mark.usefixtures("at_once")
async def test_a_stranger_sends_a_form_and_is_thanked(
    ada: Browser, sign_in: SignIn, open_house: House, mails: list[Message]
) -> None:
    address = await published(ada, consent="You may write to me.", mail_subject="Thank you", mail_text="See you.")
    stranger = await sign_in()
    page = await stranger.get(f"{address}?embed=1&utm_source=letter")
    assert "frame-ancestors *" in page.headers["content-security-policy"]
    wrong = await stranger.post(f"{address}?embed=1", {**kept(page.text), **NADIA, "email": "no"})
    assert (wrong.status_code, "sum" in wrong.text, "Nadia" in wrong.text) == (422, True, True)
    fields = {**kept(wrong.text), **NADIA, "consent": "yes", "sum": total(wrong.text)}
    sent = await stranger.post(f"{address}?embed=1", fields)
    again = await stranger.post(f"{address}?embed=1", fields)
    robot = await stranger.post(address, {**kept(page.text), **NADIA, "email": "a@example.org", "fax": "1"})
    assert [one.status_code for one in (sent, again, robot)] == [200, 200, 200]
    assert "We will be in touch." in sent.text
    assert [(mail.to, mail.subject) for mail in mails] == [("nadia@example.org", "Thank you")]
    async with open_house.system() as work:
        found = await work.find("contact", order="created_at")
        noted = await work.find("form_submission")
    assert [(one["name"].full, one["email"][0].value) for one in found] == [("Nadia Berger", "nadia@example.org")]
    assert [(one["consent"], one["utm_source"]) for one in noted] == [("You may write to me.", "letter")]
    figures = re.sub(r"\s+", " ", (await ada.get("/settings/forms")).text)
    assert "1 view · 1 submission (100 %) · 1 robot turned away" in figures


@pytest.mark.usefixtures("at_once")
async def test_an_address_is_confirmed_by_the_link_in_its_mail(
    ada: Browser, sign_in: SignIn, open_house: House, mails: list[Message]
) -> None:
    address = await published(ada, double_opt_in="true")
    stranger = await sign_in()
    hidden = kept((await stranger.get(address)).text)
    waits = await stranger.post(address, {**hidden, **NADIA, "n": computed(hidden["c"])})
    assert "Almost done" in waits.text
    link = re.findall(r"http://localhost(/f/confirm/\S+)", mails[0].text)[0]
    async with open_house.system() as work:
        before = await work.count("contact")
    assert "Confirm" in (await stranger.get(link)).text
    done, twice = await stranger.post(link), await stranger.post(link)
    async with open_house.system() as work:
        assert (before, await work.count("contact")) == (0, 1)
    assert ("Thank you" in done.text, twice.status_code) == (True, 410)


async def test_drafts_unknown_forms_and_old_pages_take_nothing(ada: Browser, sign_in: SignIn) -> None:
    address = await published(ada, state="published")
    stranger = await sign_in()
    assert (await stranger.get("/f/unknown")).status_code == 404
    made = await ada.post("/settings/forms", {"name": "Draft", "target": "contact"})
    assert (await ada.get(f"{made.headers['location']}/preview")).status_code == 200
    forged = await stranger.post(address, {**NADIA, "c": "abc", "n": "1"})
    assert (forged.status_code, "too long" in forged.text) == (422, True)
    hasty = await stranger.post(address, {**kept((await stranger.get(address)).text), **NADIA})
    assert (hasty.status_code, "very quick" in hasty.text) == (422, True)


async def test_a_flood_from_one_address_is_stopped(ada: Browser, sign_in: SignIn) -> None:
    address = await published(ada)
    stranger = await sign_in()
    answers = [(await stranger.post(address, {**NADIA, "c": "x"})).status_code for _ in range(21)]
    assert (set(answers[:20]), answers[20]) == ({422}, 429)


def test_a_proof_is_work_for_this_challenge_alone() -> None:
    nonce = computed("one")
    assert proof.is_computed("one", nonce)
    assert not proof.is_computed("two", nonce)
    assert not proof.is_computed("one", "-1")
