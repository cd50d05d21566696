"""Whatever is sent, the answer is a result or a refusal in words, and what is refused leaves nothing behind."""

from __future__ import annotations

from typing import Any

import httpx
import pytest_asyncio
from tests.access.conftest import Connect
from tests.bad_input.nasty import TEXTS

from relata.engine.workspace.workspace import Workspace
from relata.testing.house import House

#: For every field: what it never takes.
WRONG: dict[str, tuple[Any, ...]] = {
    "pieces": (-1, 1001, 10**30, "1e400", "ten", True, [1], {"a": 1}, 1.5, "\x00", "٣x"),
    "length": ("1e400", "NaN", "-Infinity", "1" * 400, "0x10", {"a": 1}),
    "share": ("1e999", "many"),
    "price": (
        {"amount": "1e400", "currency": "EUR"},
        {"amount": "1", "currency": "'; drop"},
        {"amount": "NaN", "currency": "EUR"},
        [1],
    ),
    "born_on": ("0000-01-01", "10000-01-01", "2023-02-30", "yesterday'", "2023-01-01; drop", 10**18, {"y": 1}),
    "seen_at": (
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-14:00",
        "2023-01-01T25:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "now()",
    ),
    "effort": ("1e400", "forever", -(10**30)),
    "kind": ("huge", "small'; --", {"a": 1}, ["small"]),
    "state": ("done", "live", "unknown"),
    "marks": (["red", "green"], "red'", {"a": 1}),
    "stars": (9, -1, 10**20, "many"),
    "mails": (["nobody"], ["a@b@c"], [{"value": "x" * 5000 + "@example.com"}], ["a\x00@example.com"]),
    "phones": (["call me"], ["1" * 500]),
    "pages": (["javascript:alert(1)"], ["file:///etc/passwd"], ["http://"]),
    "spot": ("91,0", "0,181", "NaN,NaN", "1e400,0", [1, 2, 3], "x"),
    "parent": ("not an id", "00000000-0000-0000-0000-000000000000", 17, ["x"]),
    "friends": (["not an id"], ["00000000-0000-0000-0000-000000000000"], [None]),
    "about": ("user:00000000-0000-0000-0000-000000000000", "nothing", {"object": "user'", "id": "x"}),
    "tester": ("me", "00000000-0000-0000-0000-000000000000"),
    "extra": ({"a": "\x00"}, "{", "[" * 50_000),
    "name": ("a\x00b", "x" * 81, ["x"], {"a": 1}, True),
    "words": (["a\x00b"], [{"a": 1}], [["x"]]),
    "doubled": (4,),
    "part_count": (4,),
    "number": ("S-1",),
    "id": ("x",),
    "created_at": ("2020-01-01",),
    "readers": ([1],),
    "version": (9,),
    "deleted_at": ("2020-01-01T00:00:00Z",),
}
CASES = [(name, value) for name, values in WRONG.items() for value in values]


@pytest_asyncio.fixture
async def browser(house: House, connect: Connect) -> httpx.AsyncClient:
    """An administrator's."""
    return await connect(await house.person("Ada", "admin"), browser=True)


async def rows(work: Workspace) -> tuple[int, ...]:
    """How much there is of everything that a write leaves."""
    space = work.context.schema
    names = ("specimen", "specimen__friends", "_change", "specimen_part")
    found = []
    for name in names:
        row = await work.unit.connection.fetch_one(f'select count(*) from {space}."{name}"')
        assert row is not None
        found.append(row[0])
    return tuple(found)


def in_words(answer: httpx.Response) -> bool:
    """A refusal that a person understands; never an error of ours."""
    return (
        400 <= answer.status_code < 500
        and answer.json()["code"] not in ("bug", "internal")
        and bool(answer.json()["detail"])
    )


async def test_wrong_values_are_refused_and_leave_nothing(house: House, browser: httpx.AsyncClient) -> None:
    kept = (await browser.post("/api/v1/specimens", json={"name": "Kept"})).json()
    async with house.system() as work:
        before = await rows(work)
    wrong = []
    for name, value in CASES:
        for answer in (
            await browser.post("/api/v1/specimens", json={"name": "New", name: value}),
            await browser.patch(f"/api/v1/specimens/{kept['id']}", json={name: value}),
        ):
            if not in_words(answer) and not (name == "state" and value == "live" and answer.request.method == "PATCH"):
                wrong.append((name, str(value)[:60], answer.request.method, answer.status_code, answer.text[:200]))
    assert not wrong, "\n".join(map(str, wrong))
    async with house.system() as work:
        after = await rows(work)
    assert after[0] == before[0]


async def test_forms_refuse_wrong_values_beside_the_field(house: House, browser: httpx.AsyncClient) -> None:
    async with house.system() as work:
        before = await rows(work)
    wrong = []
    for name, value in CASES:
        if not isinstance(value, str) or name in ("id", "number", "created_at", "deleted_at", "extra"):  # no inputs
            continue
        answer = await browser.post("/specimens/new", data={"name": "New", name: value})
        if answer.status_code not in (400, 422):
            wrong.append((name, value[:60], answer.status_code))
    assert not wrong, "\n".join(map(str, wrong))
    async with house.system() as work:
        assert (await rows(work))[0] - before[0] <= 3


GARBAGE = (
    "x",
    "%00",
    "%ff",
    "%2e%2e%2f",
    "'",
    "\u202e",
    "0" * 300,
    "00000000-0000-0000-0000-000000000000",
    "null",
    "__proto__",
)


async def test_pages_with_garbage_in_their_address_are_no_errors_of_ours(browser: httpx.AsyncClient) -> None:
    record = (await browser.post("/api/v1/specimens", json={"name": "Kept"})).json()["id"]
    wrong = []
    for bad in GARBAGE:
        for path in (
            f"/{bad}",
            f"/{bad}/board",
            f"/{bad}/new",
            f"/{bad}/total",
            f"/{bad}/filter",
            f"/specimens/{bad}",
            f"/specimens/{bad}/edit",
            f"/specimens/{bad}/peek",
            f"/specimens/{bad}/timeline",
            f"/specimens/{record}/fields/{bad}",
            f"/specimens/{record}/actions/{bad}",
            f"/choose/{bad}",
            f"/setup/{bad}",
            f"/reset/{bad}",
            f"/invitation/{bad}",
            f"/specimens/{record}/{bad}",
            f"/files/{bad}",
        ):
            answer = await browser.get(path)
            if answer.status_code >= 500 or (answer.status_code == 200):
                wrong.append((path, answer.status_code))
    assert not wrong, "\n".join(map(str, wrong))


PARAMETERS = (
    "where",
    "order",
    "after",
    "q",
    "deleted",
    "field",
    "operator",
    "value",
    "span",
    "board",
    "before",
    "of",
    "edit",
    "undo",
    "name",
)


async def test_nor_pages_with_nasty_parameters(browser: httpx.AsyncClient) -> None:
    record = (await browser.post("/api/v1/specimens", json={"name": "Kept"})).json()["id"]
    pages = (
        "/specimens",
        "/specimens/total",
        "/specimens/filter",
        "/specimens/filtered",
        "/specimens/new",
        f"/specimens/{record}/timeline",
        "/search",
        "/palette",
        "/choose/specimen",
        "/choose-any",
        "/choose-words",
        f"/specimens/{record}/fields/name",
        "/",
    )
    wrong = []
    for at, text in enumerate((*TEXTS[::4], "\x00", "extra", "spot", "price", "secret", "friends", "about")):
        page = pages[at % len(pages)]
        for chosen in (page, "/specimens", "/specimens/filtered"):
            answer = await browser.get(chosen, params=dict.fromkeys(PARAMETERS, text))
            if answer.status_code >= 500:
                wrong.append((chosen, text, answer.status_code))
        for name in ("field", "where", "order"):
            for operator in ("=", "span", "empty", "true", "me", ">"):
                sent = {"field": "name", "value": "1", "operator": operator, name: text}
                answer = await browser.get("/specimens/filtered", params=sent)
                if answer.status_code >= 500:
                    wrong.append((f"filtered {operator} {name}", text, answer.status_code))
                    break
    assert not wrong, "\n".join(map(str, wrong))


async def test_nasty_posts_are_refused(browser: httpx.AsyncClient) -> None:
    record = (await browser.post("/api/v1/specimens", json={"name": "Kept"})).json()["id"]
    wrong = []
    for path in (
        f"/specimens/{record}/fields/nothing",
        f"/specimens/{record}/fields/secret",
        f"/specimens/{record}/fields/id",
        "/specimens/board/move",
        "/specimens/form-state",
        f"/specimens/{record}/form-state",
        f"/specimens/{record}/complete",
        f"/specimens/{record}/actions/nothing",
        f"/specimens/{record}/actions/praise",
        "/nothing/new",
        "/specimens/x/delete",
        "/specimens/x/restore",
        f"/files/specimens/{record}",
        "/files/x/remove",
    ):
        for body in (
            b"",
            b"%ff=%ff",
            b"stars=many&words=%00",
            b"\xff\xfe",
            b"nothing=1",
            b"card=x&column=y",
            b"stars=" + b"9" * 400,
        ):
            answer = await browser.post(
                path, content=body, headers={"content-type": "application/x-www-form-urlencoded"}
            )
            if answer.status_code >= 500:
                wrong.append((path, body, answer.status_code))
    assert not wrong, "\n".join(map(str, wrong))
