"""Webhooks in the settings: made with a secret that is shown once, tested, and their log read."""

from __future__ import annotations

import re

from tests.interfaces.web.settings.conftest import BOX, Browser

from relata.engine.automation.flows.ports import Ports
from relata.engine.automation.webhooks.delivering import Deliverer
from relata.foundation.ids import parse_id
from relata.testing.house import House

PLACE = "/settings/webhooks"


async def test_a_webhook_is_made_tested_and_read(ada: Browser, open_house: House) -> None:
    wish: dict[str, str | list[str]] = {
        "name": "Ledger", "url": "https://ledger.example/hook", "objects": ["account"], "happens": ["created"]
    }  # fmt: skip
    refused = await ada.post(f"{PLACE}/new", {**wish, "url": "gopher://x", "objects": []})
    assert refused.status_code == 422
    assert "Choose the objects" in refused.text
    made = await ada.post(f"{PLACE}/new", wish)
    secret = re.findall(r"whsec_[A-Za-z0-9+/=]{40,}", made.text)[0]
    place = re.findall(PLACE + r"/[0-9a-f-]{36}", made.text)[0]
    assert secret not in (await ada.get(place)).text
    assert (await ada.post(f"{place}/test")).headers["location"] == f"{place}?done=started"
    hook = parse_id(place.rpartition("/")[2])
    assert hook is not None
    await Deliverer(open_house.door, None, Ports().tell, BOX).pump(open_house.key, hook)
    page = (await ada.get(place)).text
    assert "webhook.test" in page
    log = re.findall(r"/settings/webhook-log/[0-9a-f-]{36}", page)[0]
    assert "This is a test." in (await ada.get(log)).text
    assert (await ada.post(f"{log}/again")).status_code == 303
    assert (await ada.post(f"{place}/secret")).text.count("whsec_") >= 1
    assert "Ledger" in (await ada.get(PLACE)).text
    assert (await ada.post(f"{place}/delete")).headers["location"] == f"{PLACE}?done=deleted"
