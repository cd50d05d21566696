"""What another site makes a browser send: refused at every address, and nothing happens that was not asked for."""

from __future__ import annotations

import re

import httpx
from tests.security.conftest import Town, told

from relata.foundation.ids import new_id

#: Here an application shows a secret of its own, or a sign-on provider's form one that we gave it; a person's cookie
#: means nothing (see test_applications, test_saml).
OF_APPLICATIONS = ("/oauth/token", "/oauth/revoke", "/sign-in/saml")
#: Forms that another site sends on purpose.
FROM_ELSEWHERE = ("/sign-in/saml",)
EVIL = "https://evil.example"
STREAM = "/live"


def addressed(path: str, town: Town, key: str = "") -> str:
    """A template with something in each place: a record that is there, where one is asked for."""
    known = {
        "plural": "specimens",
        "key": key or str(town.ours.ids["specimen"]),
        "name": "name",
        "kind": "task",
        "field": "name",
        "token": "x" * 43,
        "principal": str(town.ours.ids["user"]),
        "entry": str(new_id()),
        "job": "1",
        "column": "new",
        "of": "account",
    }
    return re.sub(r"{(\w+)(?::\w+)?}", lambda found: known.get(found[1], "x"), path)


async def test_every_form_of_the_application_wants_its_token(town: Town) -> None:
    ada, before = await town.browser("admin"), await town.ours.fingerprint()
    wrong, tried = [], 0
    for method, template in town.addresses():
        if method == "GET" or template in OF_APPLICATIONS:
            continue
        for proof in ({}, {"x-csrf-token": "x" * 55}, {"x-csrf-token": ""}):
            answer = await ada.send(method, addressed(template, town), proof=False, headers=proof, data={"name": "x"})
            tried += 1
            if answer.status_code != 403 or "too old" not in answer.text:
                wrong.append(told(answer))
    assert not wrong, "\n".join(wrong)
    assert tried > 250  # the walk goes over all of them, not over none
    assert await town.ours.fingerprint() == before


async def test_a_token_does_not_help_another_site(town: Town) -> None:
    ada, before = await town.browser("admin"), await town.ours.fingerprint()
    wrong = []
    for method, template in town.addresses():
        if method == "GET" or template in FROM_ELSEWHERE:
            continue
        for headers in ({"origin": EVIL}, {"sec-fetch-site": "cross-site"}):
            answer = await ada.send(method, addressed(template, town), headers=headers, data={"name": "x"})
            if answer.status_code != 403 or "another site" not in answer.text:
                wrong.append(told(answer))
    assert not wrong, "\n".join(wrong)
    assert await town.ours.fingerprint() == before


async def test_a_stranger_changes_nothing_at_any_address(town: Town) -> None:
    stranger = await town.stranger()
    before = await town.ours.fingerprint()
    wrong = []
    for method, template in town.addresses():
        answer = await stranger.send(method, addressed(template, town), data={} if method == "GET" else {"name": "x"})
        if answer.status_code >= 500 or town.ours.word in answer.text:
            wrong.append(told(answer))
    assert not wrong, "\n".join(wrong)
    assert await town.ours.fingerprint() == before


async def test_nothing_that_is_only_looked_at_changes_a_record(town: Town) -> None:
    ada = await town.browser("admin")
    watched = ("account", "specimen", "contact", "user", "comment", "_change", "_definition", "view")
    before = await town.ours.fingerprint()
    wrong = []
    for method, template in town.addresses():
        is_export = "/export." in template or template.endswith("/data.zip")  # these are noted in the log
        if method != "GET" or template == STREAM or is_export:
            continue
        answer = await ada.get(addressed(template, town), params={"_method": "DELETE", "name": "Changed"})
        if answer.status_code >= 500:
            wrong.append(told(answer))
    assert not wrong, "\n".join(wrong)
    after = await town.ours.fingerprint()
    assert {name for name in watched if before[name] != after[name]} == set()


async def test_no_header_or_field_turns_one_method_into_another(town: Town) -> None:
    ada = await town.browser("admin")
    program, record = await town.program(ada), town.ours.ids["specimen"]
    for name in ("x-http-method-override", "x-http-method", "x-method-override"):
        for path in (f"/api/v1/specimens/{record}", f"/api/v1/specimens/{record}?_method=DELETE"):
            assert (await program.send("POST", path, headers={name: "DELETE"}, json={})).status_code == 405
            assert (await program.send("GET", path.partition("?")[0], headers={name: "DELETE"})).status_code == 200
        await ada.post(f"/specimens/{record}/edit", {"_method": "delete"}, headers={name: "DELETE"})
    assert (await program.get(f"/api/v1/specimens/{record}")).json()["deleted_at"] is None


async def test_no_other_site_may_read_an_answer(town: Town) -> None:
    ada = await town.browser("admin")
    program = await town.program(ada)
    asked = {"origin": EVIL, "access-control-request-method": "POST", "access-control-request-headers": "authorization"}
    answers: list[httpx.Response] = []
    for _, template in town.addresses():
        if template != STREAM:
            answers.append(await ada.send("OPTIONS", addressed(template, town), headers=asked))
    for path in ("/api/v1/specimens", "/api/v1/me", "/api/v1/openapi.json", "/", "/specimens", "/sign-in", "/logo"):
        answers.append(await ada.get(path, headers={"origin": EVIL}))
        answers.append(await program.get(path, headers={"origin": EVIL}))
        answers.append(await program.send("OPTIONS", path, headers=asked))
    named = {name for answer in answers for name in answer.headers if name.startswith("access-control-")}
    assert named == set()


async def test_every_answer_tells_the_browser_what_it_may_not(town: Town) -> None:
    ada, wrong = await town.browser("admin"), []
    paths = [addressed(path, town) for method, path in town.addresses() if method == "GET" and path != STREAM]
    for path in [*paths, "/api/v1/specimens", "/api/v1/nothing", "/nothing/at/all", "/static/none.js"]:
        headers = (await ada.get(path)).headers
        policy = headers.get("content-security-policy", "")
        good = (
            "unsafe" not in policy
            and ("default-src 'self'" in policy or "default-src 'none'" in policy)
            and headers.get("x-content-type-options") == "nosniff"
            and headers.get("cross-origin-opener-policy") == "same-origin"
            and headers.get("referrer-policy") in ("same-origin", "no-referrer")
            and "server" not in headers
            and "x-powered-by" not in headers
        )
        if not good:
            wrong.append((path, dict(headers)))
    assert not wrong


async def test_links_in_mails_never_follow_the_host_header(town: Town) -> None:
    await town.browser("admin")
    async with town.house.door.database.transaction() as connection:
        row = await connection.fetch_one("select email from relata.account limit 1")
    assert row is not None
    stranger = await town.stranger()
    for host in ("evil.example", "localhost.evil.example", "localhost@evil.example", "localhost:80:80"):
        answer = await stranger.post("/forgot", {"email": row[0]}, headers={"host": host})
        assert answer.status_code == 400
    for name in ("x-forwarded-host", "x-host", "forwarded", "x-original-url", "x-rewrite-url"):
        await stranger.post("/forgot", {"email": row[0]}, headers={name: "evil.example"})
    assert town.mails
    assert all("evil" not in mail.text and "evil" not in (mail.html or "") for mail in town.mails)
