"""Focus: what is due today, one after the other, without a script."""

from __future__ import annotations

import re
from datetime import timedelta

from tests.interfaces.web.settings.conftest import Browser

from relata.engine.metadata.fields import AnyTarget
from relata.testing.house import House


async def test_tasks_are_gone_through_put_off_logged_and_done(ada: Browser, open_house: House) -> None:
    async with open_house.system() as work:
        today = work.clock.today
        contact = await work.create("contact", {"name": "Nadia Berger", "phone": "+49 30 901820"})
        for at, subject in enumerate(("Send offer", "Call back", "Ask for date")):
            about = {"about": AnyTarget("contact", contact.id), "description": "Mind the tone."}
            day = {"due_on": today - timedelta(days=3 - at), "owner": ada.user}
            await work.create("task", {"subject": subject, **day, **about})
    assert "/focus?card=tasks" in (await ada.get("/")).text
    first = await ada.get("/focus?card=tasks")
    assert all(one in first.text for one in ("Send offer", "1 of 3", "Nadia Berger", "Mind the tone.", "Save and done"))
    assert 'value="Send offer"' in first.text
    assert "Call back" in (await ada.get("/focus?card=tasks&at=1")).text
    key = re.findall(r'name="focus-key" value="([^"]+)"', first.text)[0]
    here = {"focus-card": "tasks", "focus-at": "0", "focus-key": key, "at": today.isoformat() + "T08:00"}
    refused = await ada.post("/focus", {**here, "focus-act": "log_done", "subject": ""})
    logged = await ada.post("/focus", {**here, "focus-act": "log_done", "subject": "Offer", "outcome": "connected"})
    assert (refused.status_code, logged.status_code) == (422, 303)
    second = await ada.get(logged.headers["location"])
    key = re.findall(r'name="focus-key" value="([^"]+)"', second.text)[0]
    await ada.post("/focus", {**here, "focus-key": key, "focus-act": "later"})
    assert "Ask for date" in (await ada.get("/focus?card=tasks")).text
    assert "That was the last one" in (await ada.get("/focus?card=tasks&at=9")).text
    async with open_house.system() as work:
        call = await work.first("call")
        tasks = {one["subject"]: (one["status"], one["due_on"]) for one in await work.find("task")}
    assert call is not None
    assert (call["about"].id, call["owner"]) == (contact.id, ada.user)
    assert tasks["Send offer"][0] == "done"
    assert tasks["Call back"][1] > today
    assert (await ada.get("/focus?card=meetings")).status_code == 404


async def test_a_pasted_signature_fills_the_form_and_saves_nothing(ada: Browser, open_house: House) -> None:
    async with open_house.system() as work:
        account = await work.create("account", {"name": "Amber Labs Ltd"})
    assert "Paste a signature" in (await ada.get("/contacts/new")).text
    text = "Nadia Berger\nHead of Sales\namber labs ltd\nnadia@amber.example\n+49 30 901820"
    form = await ada.post("/contacts/new/signature", {"signature": text})
    assert form.status_code == 200
    wanted = ('value="Nadia"', 'value="Berger"', 'value="Head of Sales"', "nadia@amber.example", str(account.id))
    assert [one for one in wanted if one not in form.text] == []
    async with open_house.system() as work:
        assert await work.count("contact") == 0
    assert (await ada.post("/accounts/new/signature", {"signature": text})).status_code == 404
