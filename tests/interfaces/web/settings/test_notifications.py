"""The centre, the rules, following, mentions, and the link that ends mails, as a browser sees them."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.interfaces.web.settings.conftest import Browser, SignIn

from relata.app.modules import discover
from relata.engine.collaboration.push.letters import written
from relata.engine.collaboration.telling import tell
from relata.engine.metadata.fields import AnyTarget
from relata.engine.metadata.module import Module
from relata.engine.workspace.administration import Administration
from relata.engine.workspace.workspace import Workspace
from relata.testing.house import House


@pytest.fixture(scope="session")
def house_modules() -> tuple[Module, ...]:
    """With what people have together."""
    return tuple(module for module in discover() if module.essential or module.name == "parties")


async def account(house: House, name: str = "Acme") -> UUID:
    async with house.system() as work:
        return (await work.create("account", {"name": name})).id


async def told(house: House, person: UUID | None, text: str, about: UUID | None = None) -> UUID:
    assert person is not None

    async def no_mail(work: Workspace, wish: object, item: object) -> None:
        raise AssertionError("it goes to the screen only")

    async with house.system() as work:
        target = AnyTarget("account", about) if about else None
        made = await tell(work, no_mail, person, text, about=target)
    assert made is not None
    return made.id


async def test_what_waits_is_counted_shown_and_marked(ada: Browser, open_house: House) -> None:
    key = await account(open_house)
    note = await told(open_house, ada.user, "<b>Ben</b> & Acme", key)
    assert (await ada.get("/notifications/unread")).json() == {"unread": 1, "shown": "1"}
    page = (await ada.get("/notifications")).text
    assert "&lt;b&gt;Ben&lt;/b&gt; &amp; Acme" in page
    assert f'href="/accounts/{key}"' in page
    assert (await ada.post(f"/notifications/{note}/read")).status_code == 303
    assert (await ada.get("/notifications/unread")).json()["unread"] == 0
    assert "Nothing waits for you" in (await ada.get("/notifications")).text
    await ada.post(f"/notifications/{note}/unread")
    assert (await ada.post(f"/notifications/{note}/snooze", {"until": "never"})).status_code == 422
    await ada.post(f"/notifications/{note}/snooze", {"until": "hour"})
    assert (await ada.get("/notifications/unread")).json()["unread"] == 0


async def test_nobody_marks_the_notifications_of_others(ada: Browser, sign_in: SignIn, open_house: House) -> None:
    other = await sign_in("member", name="Ben")
    note = await told(open_house, ada.user, "For Ada alone")
    assert (await other.post(f"/notifications/{note}/read")).status_code == 404
    assert "For Ada alone" not in (await other.get("/notifications?show=all")).text
    assert (await ada.get("/notifications/unread")).json()["unread"] == 1


async def test_what_one_may_no_longer_see_is_not_named(ada: Browser, sign_in: SignIn, open_house: House) -> None:
    administration = Administration(open_house.door, open_house.key, None, "test")
    await administration.put("role", "narrow", {"label": "Narrow", "grants": {"account": {"read": "own"}}})
    eve = await sign_in("narrow", name="Eve")
    about = await account(open_house, "Secret Acme")
    assert eve.user is not None
    async with open_house.system() as work:
        await work.sharing.grant(await work.get("account", about), eve.user)
    await told(open_house, eve.user, "Secret Acme changed", about)
    assert "Secret Acme" in (await eve.get("/notifications")).text
    async with open_house.system() as work:
        await work.sharing.revoke(await work.get("account", about), eve.user)
    page = (await eve.get("/notifications")).text
    assert "Secret Acme" not in page
    assert "you can no longer see" in page


async def test_the_rules_are_kept_and_wrong_ones_come_back(ada: Browser, open_house: House) -> None:
    form: dict[str, str | list[str]] = {
        "mention": "off", "assignment": "screen", "comment": "digest", "followed": "screen", "reminder": "screen",
        "system": "screen", "quiet_from": "19:00", "quiet_until": "07:30", "digest_hour": "9", "follow_assigned": "on",
    }  # fmt: skip
    refused = await ada.post("/settings/notifications", {**form, "quiet_from": "late"})
    assert refused.status_code == 422
    assert "does not have the expected form" in refused.text
    assert (await ada.post("/settings/notifications", form)).status_code == 303
    async with open_house.as_person(ada.user) as work:  # type: ignore[arg-type]
        (kept,) = await work.find("notification_settings")
    assert (kept["mention"], kept["quiet_until"], kept["digest_hour"]) == ("off", "07:30", 9)
    assert (kept["follow_assigned"], kept["follow_mentioned"]) == (True, False)
    assert 'value="19:00"' in (await ada.get("/settings/notifications")).text


async def test_a_record_is_followed_and_left(ada: Browser, open_house: House) -> None:
    path = f"/accounts/{await account(open_house)}"
    assert f'hx-post="{path}/follow"' in (await ada.get(f"{path}/follow")).text
    assert f'hx-post="{path}/unfollow"' in (await ada.post(f"{path}/follow")).text
    assert 'aria-pressed="true"' in (await ada.get(f"{path}/follow")).text
    assert 'aria-pressed="false"' in (await ada.post(f"{path}/unfollow")).text


async def test_those_who_see_a_record_are_offered_first(ada: Browser, open_house: House) -> None:
    path = f"/accounts/{await account(open_house)}"
    await open_house.person("Aaron Blind", "nothing")
    await open_house.person("Zoe Seeing", "reader")
    offered = (await ada.get(f"/mentionable?about={path}&q=e")).text
    assert re.findall(r'data-label="([^"]+)"', offered) == ["Ada Lovelace", "Zoe Seeing"]
    blind = (await ada.get(f"/mentionable?about={path}&q=")).text
    assert re.findall(r'data-label="([^"]+)"', blind)[-1] == "Aaron Blind"
    assert "can't see this record" in blind


async def test_a_list_answers_single_rows(ada: Browser, open_house: House) -> None:
    first, second = await account(open_house, "First"), await account(open_house, "Second")
    page = (await ada.get(f"/accounts?rows={second},nonsense")).text
    assert f'data-row="{second}"' in page
    assert str(first) not in page


async def test_a_stranger_is_told_nothing(sign_in: SignIn) -> None:
    stranger = await sign_in()
    for path in ("/notifications", "/notifications/unread", "/notifications/panel", "/mentionable"):
        assert (await stranger.get(path)).status_code in (303, 401)
    assert "Stop these mails" in (await stranger.get("/stop-mails/main.x.y")).text


async def test_a_browser_adds_itself_and_is_never_shown_its_address(ada: Browser) -> None:
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    public = written(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
    given: dict[str, str | list[str]] = {
        "endpoint": "https://push.example.com/abc", "public_key": public, "auth": written(bytes(16)),
    }  # fmt: skip
    assert (await ada.post("/settings/notifications/devices", {**given, "auth": "short"})).status_code == 422
    assert (await ada.post("/settings/notifications/devices", given)).status_code == 303
    page = (await ada.get("/settings/notifications")).text
    (key,) = re.findall(r"/notifications/devices/([0-9a-f-]+)/remove", page)
    assert "push.example.com" not in page
    assert (await ada.post(f"/settings/notifications/devices/{key}", {"kinds": ["mention"]})).status_code == 303
    assert len(re.findall(r'name="kinds"[^>]* checked', (await ada.get("/settings/notifications")).text)) == 1
    await ada.post(f"/settings/notifications/devices/{key}/remove")
    assert key not in (await ada.get("/settings/notifications")).text
    worker = await ada.get("/push-worker.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert "showNotification" in worker.text
    manifest = (await ada.get("/app.webmanifest")).json()
    assert (manifest["display"], manifest["icons"][0]["src"].startswith("/static/favicon")) == ("standalone", True)
