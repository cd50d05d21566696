"""A flow is started by a signed request, once, and by nothing else."""

from __future__ import annotations

import html
import os
import re
import subprocess
import time

import msgspec
from tests.interfaces.web.settings.conftest import Browser, SignIn

from relata.engine.automation.flows.ports import Ports
from relata.engine.automation.flows.running import Runner
from relata.engine.automation.webhooks import signing
from relata.testing.house import House

PLACE = "/settings/flows"


async def made(ada: Browser) -> tuple[str, str, str]:
    """The flow, the path of its hook and its secret."""
    flow = (await ada.post(f"{PLACE}/new", {"name": "Leads", "on": "webhook"})).headers["location"]
    inputs: dict[str, str | list[str]] = {
        "inputs.key": ["name", "staff", ""], "inputs.value": ["data.name:text", "number", ""], "limit": "0",
        "hours": "9",
    }  # fmt: skip
    await ada.post(f"{flow}/trigger", inputs)
    await ada.post(f"{flow}/steps/new", {"do": "create", "block": "", "at": "0", "object": "account"})
    values: dict[str, str | list[str]] = {
        "object": "account", "values.key": ["name", "employees"], "values.value": ["{{body.name}}", "= body.staff"],
        "failing": "fail", "tries": "3",
    }  # fmt: skip
    await ada.post(f"{flow}/steps/create_account", values)
    page = (await ada.post(f"{flow}/secret")).text
    secret = re.findall(r"whsec_[A-Za-z0-9+/=]{40,}", page)[0]
    path = re.findall(r"/hooks/[A-Za-z0-9_-]{43}", page)[0]
    return flow, path, secret


async def test_a_signed_request_starts_a_flow_once(ada: Browser, open_house: House, sign_in: SignIn) -> None:
    flow, path, secret = await made(ada)
    stranger = (await sign_in()).client
    body = msgspec.json.encode({"data": {"name": "Acme"}, "staff": 12})

    async def sent(
        text: bytes = body, key: str = "one", secret: str = secret, at: int = 0
    ) -> tuple[int, dict[str, str]]:
        headers = {**signing.signed([secret], key, int(time.time()) + at, text), "content-type": "application/json"}
        answer = await stranger.post(path, content=text, headers=headers)
        return answer.status_code, answer.json()

    assert (await sent())[0] == 410  # not published yet
    assert (await ada.post(f"{flow}/publish")).headers["location"].endswith("done=published")
    status, first = await sent()
    assert (status, await sent()) == (202, (202, first))
    assert (await sent(secret=signing.new_secret()))[0] == 403
    assert (await sent(at=-400))[0] == 403
    assert (await sent(b'{"staff": "many"}', "two"))[0] == 422
    assert (await sent(b"[]", "three"))[0] == 422
    await Runner(open_house.door, Ports()).pump(open_house.key)
    async with open_house.system() as work:
        (account,) = await work.find("account", limit=5)
    assert (account["name"], account["employees"]) == ("Acme", 12)
    assert (await stranger.post("/hooks/" + "A" * 43, json={})).status_code == 404
    assert (await ada.post(f"{flow}/pause")).status_code == 303
    assert (await sent(key="four"))[0] == 503


async def test_the_example_of_the_screen_signs_rightly(ada: Browser) -> None:
    flow, _path, secret = await made(ada)
    page = (await ada.get(flow)).text
    script = html.unescape(re.findall(r'<pre class="code-block"[^>]*>(.*?)</pre>', page, re.S)[0])
    script = script[: script.index("curl ")] + 'printf "%s\\n" "$BODY" "$ID" "$TIME" "$SIGN"'
    done = subprocess.run(  # noqa: ASYNC221
        ["sh", "-c", script], env={**os.environ, "SECRET": secret}, capture_output=True, text=True, check=True
    )
    body, key, at, signature = done.stdout.strip().split("\n")
    headers = {signing.ID: key, signing.TIMESTAMP: at, signing.SIGNATURE: f"v1,{signature}"}
    assert signing.check(headers, body.encode(), [secret], time.time()) == key
