"""Ids of another company, of another team and of another kind, in every address and every body.

Whatever is tried: no word of the other side is in any answer, and no row of it changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from tests.security.conftest import FOREIGN, Side, Town, Visitor, told
from tests.security.test_forged_requests import STREAM

from relata.engine.metadata.fields import AnyLink, Link, Links, User
from relata.engine.metadata.module import Grant, Role
from relata.engine.metadata.overlay import Definition
from relata.engine.workspace import configure

#: Of these everybody may read all: where teams are compared, they are no secret.
OPEN = frozenset({"team", "user", "product", "price_book", "pipeline", "stage", "price_book_entry"})
#: What may change in one's own company: visits, and drafts of mails, which begin at any id that is free there.
NOTED = frozenset({"_recent", "_object", "_principal", "written_email", "_change", "_record_key"})
#: The whole installation's tables; visits are noted in some of them.
FORM = {
    "name": "Taken",
    "value": "Taken",
    "body": "<p>Taken</p>",
    "subject": "Taken",
    "level": "write",
    "text": "Taken",
}


def web_addresses(town: Town, record: UUID, plurals: list[str], name: str) -> Iterator[tuple[str, str]]:
    """Every address that takes a record's id, with this one, below these kinds."""
    for method, template in town.addresses():
        if template == STREAM or "{" not in template or "{token" in template:
            continue
        if not any(part in template for part in ("{key", "{principal", "{entry")):
            continue
        for plural in plurals if "{plural" in template else [""]:
            for word in ("name", "owner", "x") if "{name" in template else [name]:
                known = {"plural": plural, "key": str(record), "principal": str(record), "entry": str(record)}
                known |= {"name": word, "kind": "task", "field": "name", "column": "new"}
                yield method, re.sub(r"{(\w+)(?::\w+)?}", lambda found: known.get(found[1], "x"), template)  # noqa: B023


def api_addresses(document: dict[str, Any], record: UUID, plural: str) -> Iterator[tuple[str, str]]:
    """Every address of the document that takes an id, with this one, below this kind and below files."""
    for template, methods in document["paths"].items():
        named = [part for part in re.findall(r"{(\w+)}", template) if part != "plural"]
        if not named or not template.startswith((f"/{plural}/", "/files/", "/{plural}/")):
            continue
        path = re.sub(r"{plural}", plural, template)
        for method in methods:
            if method in ("get", "post", "patch", "delete", "put"):
                yield method.upper(), "/api/v1" + re.sub(r"{\w+}", str(record), path)


async def document(program: Visitor) -> dict[str, Any]:
    """The API as it describes itself."""
    found: dict[str, Any] = (await program.get("/api/v1/openapi.json")).json()
    return found


async def plural_of(town: Town, name: str) -> str:
    """The word in addresses."""
    return (await town.house.door.context(town.ours.key)).registry.get(name).path


def kept(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """The tables that are not as they were."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


async def test_ids_of_another_company_lead_nowhere_in_the_api(town: Town) -> None:
    ada = await town.browser("admin")
    program, before = await town.program(ada), await town.theirs.fingerprint()
    described, wrong, tried = await document(program), list[str](), 0
    for name, record in town.theirs.ids.items():
        for method, path in api_addresses(described, record, await plural_of(town, name)):
            body: dict[str, Any] = (
                {"json": {"name": "Taken", "principal": str(record)}} if method in ("POST", "PATCH") else {}
            )
            answer = await program.send(method, path, **body)
            tried += 1
            if answer.status_code not in (400, 404, 405, 409, 415, 422) or FOREIGN in answer.text:
                wrong.append(told(answer))
    assert not wrong, "\n".join(wrong)
    assert tried > 200
    assert kept(before, await town.theirs.fingerprint()) == set()


async def test_nor_on_any_page(town: Town) -> None:
    ada, before, ours = await town.browser("admin"), await town.theirs.fingerprint(), await town.ours.fingerprint()
    wrong, tried = [], 0
    for name in ("account", "comment", "view", "user", "specimen", "task"):
        record = town.theirs.ids[name]
        for method, path in web_addresses(town, record, [await plural_of(town, name)], "name"):
            answer = await ada.send(method, path, data={**FORM, "principal": str(record)} if method != "GET" else {})
            tried += 1
            if answer.status_code >= 500 or FOREIGN in answer.text:
                wrong.append(told(answer))
    assert not wrong, "\n".join(wrong)
    assert tried > 300
    assert kept(before, await town.theirs.fingerprint()) == set()
    assert kept(ours, await town.ours.fingerprint()) <= NOTED


async def test_nor_in_any_link_of_a_body(town: Town) -> None:
    ada = await town.browser("admin")
    program, registry = await town.program(ada), (await town.house.door.context(town.ours.key)).registry
    before, wrong, tried = await town.theirs.fingerprint(), [], 0
    for name, own in town.ours.ids.items():
        one = registry.get(name)
        for link in (found for found in one.all_fields.values() if isinstance(found, (Link, Links, AnyLink, User))):
            for target, foreign in town.theirs.ids.items():
                if isinstance(link, (Link, Links)) and link.to != target:
                    continue
                value: Any = {"object": target, "id": str(foreign)} if isinstance(link, AnyLink) else str(foreign)
                sent = {link.name: [value] if isinstance(link, Links) else value}
                answer = await program.send("PATCH", f"/api/v1/{one.path}/{own}", json=sent)
                tried += 1
                if answer.status_code not in (400, 403, 404, 409, 422) or FOREIGN in answer.text:
                    wrong.append(f"{name}.{link.name} {told(answer)}")
    assert not wrong, "\n".join(wrong)
    assert tried > 60
    assert kept(before, await town.theirs.fingerprint()) == set()


async def test_nor_in_bodies_that_are_no_record(town: Town) -> None:
    ada = await town.browser("admin")
    program, before, foreign, own = await town.program(ada), await town.theirs.fingerprint(), town.theirs, town.ours
    account, mine = str(foreign.ids["account"]), str(own.ids["account"])
    operations = [
        {"method": "update", "object": "accounts", "id": account, "values": {"name": "Taken"}},
        {"method": "delete", "object": "accounts", "id": account},
        {"method": "get", "object": "accounts", "id": account},
        {"method": "create", "object": "contacts", "values": {"name": {"first": "A"}, "account": account}},
    ]
    answers = [await program.send("POST", "/api/v1/batch", json={"operations": operations, "atomic": False})]
    assert all(one["status"] >= 400 for one in answers[0].json().get("data", ())), answers[0].text
    for body in (
        {"accounts": [account]}, {"ids": account}, {"ids": [mine, account], "into": mine}, {"others": account, "keep": mine},
        {"other": account}, {"record": account}, {"chosen": account, "field": "name", "value": "Taken"},
    ):  # fmt: skip
        for path in (
            f"/accounts/{mine}/merge", "/accounts/bulk/ask", "/accounts/bulk/preview", "/accounts/bulk/run",
            "/accounts/bulk/export", "/accounts/cells", "/leads/board/move", "/meetings/calendar/move",
        ):  # fmt: skip
            answers.append(await ada.post(path, body))
    for parameters in ({"other": account}, {"with": account}, {"ids": account}, {"of": account}, {"about": account}):
        for path in (f"/accounts/{mine}/merge", "/contacts/new", "/choose/account", "/mentionable", "/accounts"):
            answers.append(await ada.get(path, params=parameters))
    for where in (f'id = "{account}"', f'parent = "{account}"', f'owner = "{foreign.ids["user"]}"'):
        for path in ("/api/v1/accounts", "/accounts", "/accounts/export.csv", "/accounts/foot", "/accounts/total"):
            answers.append(await ada.get(path, params={"where": where}))
    wrong = [told(one) for one in answers if one.status_code >= 500 or FOREIGN in one.text]
    assert not wrong, "\n".join(wrong)
    assert kept(before, await town.theirs.fingerprint()) == set()


async def test_a_name_that_both_have_finds_only_ones_own(town: Town) -> None:
    ada = await town.browser("admin")
    for path in ("/search", "/palette", "/choose/account", "/choose/user", "/mentionable", "/api/v1/search"):
        answer = await ada.get(path, params={"q": FOREIGN})
        found = answer.text.replace(f'value="{FOREIGN}"', "").replace(f"“{FOREIGN}”", "").replace(f"«{FOREIGN}»", "")
        assert answer.status_code == 200
        assert f"{FOREIGN} " not in found
    program = await town.program(ada)
    feed = await program.get("/api/v1/feed?limit=1000")
    assert FOREIGN not in feed.text


async def test_an_id_is_good_for_its_own_kind_only(town: Town) -> None:
    ada, wrong = await town.browser("admin"), []
    program, before = await town.program(ada), await town.ours.fingerprint()
    for name, record in town.ours.ids.items():
        for other in ("account", "contact", "specimen", "user", "comment", "view", "follow"):
            if other == name:
                continue
            plural = await plural_of(town, other)
            for method in ("GET", "PATCH", "DELETE"):
                sent: dict[str, Any] = {"json": {"name": "Taken"}} if method == "PATCH" else {}
                answer = await program.send(method, f"/api/v1/{plural}/{record}", **sent)
                if answer.status_code not in (404, 405, 422):
                    wrong.append(f"{name}: {told(answer)}")
            for tail in ("", "/peek", "/edit", "/timeline", "/history", "/card"):
                page = await ada.get(f"/{plural}/{record}{tail}")
                if page.status_code not in (404, 405):
                    wrong.append(f"{name}: {told(page)}")
    assert not wrong, "\n".join(wrong)
    assert kept(before, await town.ours.fingerprint()) <= {"_recent", "_object", "_principal"}


@pytest.fixture
def narrow() -> Role:
    """Sees and changes what is their own."""
    return Role("narrow", grants={"*": Grant("own", "own", "own", "own")}, permissions=("export_records",))


async def test_what_is_another_teams_is_as_closed_as_what_is_another_companys(town: Town, narrow: Role) -> None:
    context = await town.house.door.context(town.ours.key)
    async with town.house.system() as work:
        await configure.store(
            work.unit.connection, context.schema, Definition("role", narrow.name, configure.body_of(narrow)), None
        )
    town.house.door.forget(town.ours.key)
    eve = await town.browser("narrow", name="Eve")
    program, side = await town.program(eve), town.ours
    described, before, wrong = await document(program), await side.fingerprint(), list[str]()
    closed = [
        name for name in side.ids if name not in OPEN and name not in ("comment", "follow", "view", "board_column")
    ]
    for name in closed:
        plural = await plural_of(town, name)
        for method, path in api_addresses(described, side.ids[name], plural):
            body: dict[str, Any] = (
                {"json": {"name": "Taken", "principal": str(eve.user)}} if method in ("POST", "PATCH") else {}
            )
            answer = await program.send(method, path, **body)
            if answer.status_code < 400 or answer.status_code >= 500 or side.word in answer.text:
                wrong.append(told(answer))
    for name in ("account", "specimen", "task"):
        for method, path in web_addresses(town, side.ids[name], [await plural_of(town, name)], "name"):
            answer = await eve.send(method, path, data=FORM if method != "GET" else {})
            if answer.status_code >= 500 or side.word in answer.text:
                wrong.append(told(answer))
    assert not wrong, "\n".join(wrong)
    changed = kept(before, await side.fingerprint())
    assert changed <= NOTED, changed


async def test_a_side_has_its_word_everywhere(town: Town) -> None:
    """What the tests above look for would be found: the other company's own administrator sees it on each page."""
    them: Side = town.theirs
    bob = await town.browser("admin", side=them, name="Bob")
    seen = {
        name
        for name, record in them.ids.items()
        if FOREIGN in (await bob.get(f"/api/v1/{await plural_of(town, name)}/{record}")).text
    }
    assert seen >= set(them.ids) - {"follow", "board_column", "user", "team", "opportunity_contact", "view"}
