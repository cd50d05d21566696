"""Texts that mean something to a database, a template or a shell, as names, keys, columns and expressions of every kind.

tests/bad_input tries them as values, tests/engine/formula as expressions; here they stand where an identifier stands.
An answer is a result or a refusal in words, the same tables are there afterwards, and nobody waited for `pg_sleep`.
"""

from __future__ import annotations

import time
from itertools import product
from typing import Any

import httpx
import pytest
from tests.security.conftest import Town, Visitor, told

BREAKS = (
    "'", '"', '"; drop table account; --', "name'; select pg_sleep(20); --", 'name" or "1"="1', "name) or (1=1", "name--",
    "name/**/", "name::text", "name || pg_sleep(20)", "(select 1)", "account.name\"; --", "_change.after", "id; commit; --",
    "%(name)s", "%s", ":name", "$1", "{name}", "{{name}}", "\\", "name\\", "pg_catalog.pg_user", "w_other.account",
    "xmin", "ctid", "tableoid", "readers", "search_text", "password_hash", "__class__", "constructor", "a" * 300,
)  # fmt: skip
SLOWEST_SECONDS = 15.0


def is_right(answer: httpx.Response, seconds: float) -> bool:
    """A result or a refusal, at once, with no word of the database in it."""
    text = answer.text.lower()
    leaks = any(one in text for one in ("psycopg", "syntax error at", "sqlstate", 'relation "', "traceback"))
    return answer.status_code < 500 and not leaks and seconds < SLOWEST_SECONDS


class Trial:
    """Requests, and what was wrong with them."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.count = 0

    async def ask(self, who: Visitor, method: str, path: str, **request: Any) -> httpx.Response:
        """One request, noted when its answer is not right."""
        began = time.perf_counter()
        answer = await who.send(method, path, **request)
        self.count += 1
        if not is_right(answer, time.perf_counter() - began):
            self.wrong.append(told(answer))
        return answer

    def check(self) -> None:
        """All went well, and something was tried."""
        assert not self.wrong, "\n".join(self.wrong)
        assert self.count > 50


@pytest.fixture
async def ada(town: Town) -> Visitor:
    """The administrator's browser."""
    return await town.browser("admin")


async def test_names_in_addresses_of_the_api(town: Town, ada: Visitor) -> None:
    program, trial, tables = await town.program(ada), Trial(), await town.ours.fingerprint()
    for name, text in product(("where", "order", "fields", "after", "q", "limit", "of"), BREAKS):
        await trial.ask(program, "GET", "/api/v1/specimens", params={name: text})
    for text in BREAKS:
        await trial.ask(program, "GET", "/api/v1/search", params={"q": text})
        await trial.ask(program, "GET", f"/api/v1/{httpx.QueryParams({'x': text}).__str__()[2:]}")
    trial.check()
    assert (await town.ours.fingerprint()).keys() == tables.keys()
    assert (await town.ours.fingerprint())["specimen"] == tables["specimen"]


async def test_keys_of_bodies_of_the_api(town: Town, ada: Visitor) -> None:
    program, trial, before = await town.program(ada), Trial(), await town.ours.fingerprint()
    record = town.ours.ids["specimen"]
    for text in BREAKS:
        for body in (
            {"group_by": [text], "measures": [{"function": "count"}]},
            {"group_by": [{"field": text, "by": text}], "measures": [{"function": "count"}]},
            {"measures": [{"function": text, "field": "pieces"}]},
            {"measures": [{"function": "sum", "field": text, "as": text}]},
            {"measures": [{"function": "count", "as": text}], "order": text},
            {"measures": [{"function": "count"}], "where": text},
            {"measures": [{"function": "count"}], "where": {"=": [{"path": [text]}, text]}},
            {"measures": [{"function": "count"}], "where": {text: text}},
        ):
            await trial.ask(program, "POST", "/api/v1/specimens/aggregate", json=body)
        await trial.ask(program, "PATCH", f"/api/v1/specimens/{record}", json={text: "x"})
        await trial.ask(program, "POST", "/api/v1/specimens", json={"name": "New", text: {"x": text}})
        await trial.ask(program, "POST", f"/api/v1/specimens/{record}/actions/praise", json={text: text})
        operation = {"method": text, "object": text, "values": {text: text}}
        await trial.ask(program, "POST", "/api/v1/batch", json={"operations": [operation]})
    trial.check()
    after = await town.ours.fingerprint()
    assert after.keys() == before.keys()
    assert after["specimen"] == before["specimen"]


async def test_what_a_screen_is_asked_for(town: Town, ada: Visitor) -> None:
    trial, before = Trial(), await town.ours.fingerprint()
    shapes = (
        "",
        "/board",
        "/board/cards",
        "/calendar",
        "/gallery",
        "/map",
        "/group",
        "/foot",
        "/columns",
        "/filter",
        "/export.csv",
    )
    names = (
        "where",
        "order",
        "columns",
        "group",
        "by",
        "date",
        "view",
        "key",
        "q",
        "density",
        "field",
        "column",
        "from",
    )
    for shape, text in product(shapes, BREAKS[::2]):
        await trial.ask(ada, "GET", f"/specimens{shape}", params=dict.fromkeys(names, text))
    for name, text in product(names, BREAKS[1::4]):
        await trial.ask(ada, "GET", "/specimens", params={name: text})
    trial.check()
    assert (await town.ours.fingerprint())["specimen"] == before["specimen"]


async def test_what_is_kept_and_asked_for_later(town: Town, ada: Visitor) -> None:
    """A view whose parts are hostile, however it came in: its screens still answer."""
    program, trial = await town.program(ada), Trial()
    for text in BREAKS[:24]:
        columns = [{"path": text, "foot": text}]
        look = {"filter": text, "sorting": text, "grouping": text, "columns": columns}
        for part in ({**look}, *({name: value} for name, value in look.items())):
            answer = await trial.ask(
                program, "POST", "/api/v1/views", json={"name": text[:80], "object": "specimen", **part}
            )
            if answer.status_code == 201:
                for shape in ("", "/foot", "/export.csv", "/group"):
                    await trial.ask(ada, "GET", f"/specimens{shape}", params={"view": answer.json()["id"]})
    trial.check()


async def test_what_an_administrator_defines(town: Town, ada: Visitor) -> None:
    """Names become tables and columns: whatever is no plain name is refused, and expressions are checked."""
    trial, before = Trial(), await town.ours.fingerprint()
    program = await town.program(ada)
    for text in BREAKS:
        for path, body in (
            ("admin/objects", {"name": text, "plural": f"{text}s", "label": "X"}),
            ("admin/objects/specimen/fields", {"type": "text", "name": text, "label": "X"}),
            ("admin/objects/specimen/fields", {"type": text, "name": "fine"}),
            ("admin/objects/specimen/fields", {"type": "formula", "name": "fine", "expression": text}),
            ("admin/objects/specimen/fields", {"type": "link", "name": "fine", "to": text}),
            ("admin/objects/specimen/fields", {"type": "roll_up", "name": "fine", "over": text, "function": text}),
            ("admin/roles", {"name": text, "grants": {text: {"read": "all"}}}),
            ("admin/sharing-rules", {"name": text, "object": text, "where": text, "principal": text, "level": text}),
        ):
            for who in (program, ada):
                await trial.ask(who, "POST", f"/api/v1/{path}", json=body)
        form = {"name": text, "label": text, "plural": text, "type": text, "expression": text}
        await trial.ask(ada, "POST", "/settings/objects/specimen/fields/preview", data=form)
    trial.check()
    assert (await town.ours.fingerprint()).keys() >= before.keys()
    for name in (await town.ours.fingerprint()).keys() - before.keys():
        assert name.isidentifier(), name
