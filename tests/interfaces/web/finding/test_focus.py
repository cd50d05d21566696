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
