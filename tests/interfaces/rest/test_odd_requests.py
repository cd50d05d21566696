"""What nobody sensible sends: each is refused in words, and none is an error of ours."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import msgspec
import pytest
from tests.interfaces.rest.conftest import Program

JSON = {"content-type": "application/json"}
WORDS = (
    "__proto__",
    "id",
    "constructor",
    "readers",
    "deleted_at",
    "version",
    "",
    "name.first",
    "a" * 5000,
    "drop table",
    "владелец",
)
SQL = "'; drop table account; --"


def is_refused(answer: httpx.Response) -> bool:
    """A problem in words, below 500."""
    assert answer.status_code < 500, answer.text
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["code"] != "bug"
    assert problem["detail"].endswith((".", "?", ")", "!"))
    return bool(answer.status_code >= 400)


@pytest.mark.parametrize("word", WORDS)
async def test_keys_that_mean_something_elsewhere_are_unknown_fields(api: Program, word: str) -> None:
    assert is_refused(await api.post("specimens", json={"name": "A", word: {"a": 1}}))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"17",
        b'"text"',
        b"{",
        b'{"name": 1e400}',
        b'{"name": NaN}',
        b'{"name": "\\ud800"}',
        b'{"name": "\xff"}',
        b'{"name": "a\\u0000b"}',
        b"[" * 5000 + b"]" * 5000,
        b'{"a":' * 60 + b"1" + b"}" * 60,
        b"\xef\xbb\xbf{}",
    ],
)
@pytest.mark.parametrize("path", ["specimens", "batch", "specimens/aggregate"])
async def test_bodies_that_are_no_object_of_json_are_refused(api: Program, path: str, body: bytes) -> None:
    assert is_refused(await api.post(path, content=body, headers=JSON))


ODD_VALUES: tuple[Any, ...] = (
    1e308,
    -1e308,
    10**400,
    -(2**70),
    0.1 + 0.2,
    True,
    [],
    {},
    [[]],
    [None],
    {"$ref": "x"},
    {"id": None},
    "",
    " ",
    SQL,
    "a" * 200_000,
    "2026-02-30",
    "0000-00-00",
    "9999-12-31T23:59:59-14:00",
    "99999-01-01",
    "P1Y",
    "-1",
    "NaN",
    "Infinity",
    "1e999999",
    "１２",
    "\u202e",
    "\U0001f600" * 300,
    ["a"] * 2000,
    {"amount": "1e400"},
    {"amount": 1, "currency": "€"},
    {"lat": 1e300, "lng": 0},
    {"lat": "x", "lng": []},
    {"object": "no_such", "id": "01939f2e-0000-7000-8000-000000000000"},
)
TYPED = (
    "name",
    "note",
    "is_good",
    "extra",
    "pieces",
    "length",
    "share",
    "price",
    "born_on",
    "seen_at",
    "effort",
    "kind",
    "state",
    "marks",
    "stars",
    "words",
    "mails",
    "phones",
    "pages",
    "place",
    "keeper",
    "spot",
    "parent",
    "friends",
    "about",
    "tester",
    "secret",
    "owner",
    "team",
)


@pytest.mark.parametrize("field", TYPED)
async def test_a_value_of_the_wrong_type_never_gets_further_than_its_field(api: Program, field: str) -> None:
    bodies = [{"name": "A", field: value} for value in ODD_VALUES]
    operations = [{"method": "create", "object": "specimens", "values": body} for body in bodies]
    answer = await api.post("batch", json={"operations": operations, "atomic": False})
    assert answer.status_code == 200
    for value, outcome in zip(ODD_VALUES, answer.json()["data"], strict=True):
        assert outcome["status"] in (201, 403, 422), (value, outcome)
        named = {one.get("field", "").partition(".")[0] for one in outcome.get("problem", {}).get("errors", [])}
        assert named <= {field}, (value, outcome)


@pytest.mark.parametrize(
    "where",
    [
        SQL,
        "name =",
        '"',
        "{",
        "[1",
        "{}",
        '{"all": 1}',
        '{"field": 1}',
        '{"field": "name", "op": "like", "value": 1}',
        "name = '\\",
        "1 = 1 or true",
        "pieces > 1e400",
        "pieces > " + "9" * 400,
        "(" * 500 + "true" + ")" * 500,
        'owner.owner.owner.owner.owner.owner.owner.name = "A"',
        "readers = 1",
        "secret = 'x'",
        "exists(accounts)",
        "exists(parts, exists(parts))",
        'name = "' + "a" * 9000 + '"',
        "not " * 300 + "true",
        "count(parts) > 1 or 1",
        'parent.parent = "nonsense"',
        'seen_at > "yesterday"',
        'price > "5 XYZ"',
        "born_on in next_days(1e9)",
        'born_on = "10000-01-01"',
        "pieces / 0 > 1",
        '[{"field": "name"}]',
        "null",
        "true and null",
        "kind in ()",
    ],
)
async def test_a_filter_that_is_odd_is_refused_or_answered(api: Program, where: str) -> None:
    answer = await api.get("specimens", params={"where": where})
    assert answer.status_code == 200 or is_refused(answer)
    figures = await api.post("specimens/aggregate", json={"where": where})
    assert figures.status_code == 200 or is_refused(figures)


@pytest.mark.parametrize(
    "fields",
    [
        "id",
        "no_such",
        "secret",
        "name,",
        ",",
        SQL,
        "owner.name",
        "owner.secret",
        "parent." * 30 + "name",
        "price.amount",
        "place.city",
    ],
)
async def test_fields_that_are_odd_are_refused_or_answered(api: Program, fields: str) -> None:
    for name in ("fields", "order"):
        answer = await api.get("specimens", params={name: fields})
        assert answer.status_code == 200 or is_refused(answer)


@pytest.mark.parametrize(
    "cursor",
    ["a", "====", "W10", "bnVsbA", "eyJhIjoxfQ", "\U0001f600", "W251bGwsbnVsbF0", "A" * 9000, "WyJ4IiwwLGZhbHNlLFtdXQ"],
)
async def test_a_cursor_that_was_made_up_is_refused(api: Program, cursor: str) -> None:
    assert is_refused(await api.get("specimens", params={"after": cursor}))


async def test_a_cursor_with_other_values_of_the_right_question_is_refused(api: Program) -> None:
    for number in range(3):
        await api.post("specimens", json={"name": f"s{number}"})
    for order in ("name", "-pieces", "seen_at", "price", "effort"):
        text = (await api.get("specimens", params={"order": order, "limit": "1"})).json()["next"]
        question, phase, _, values = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        for odd in odd_marks(values):
            for both in (phase, 1 - phase):
                made = base64.urlsafe_b64encode(msgspec.json.encode([question, both, False, odd])).decode()
                answer = await api.get("specimens", params={"order": order, "limit": "1", "after": made})
                assert answer.status_code == 200 or is_refused(answer), (order, odd, both)


def odd_marks(values: list[Any]) -> list[list[Any]]:
    """What a cursor could hold in place of its values."""
    odd: tuple[Any, ...] = (None, {}, [], "x", 1e308, True)
    several = [[one] * len(values) for one in odd]
    return [[], values[:1], [*values, 1], *several]


async def test_other_media_types_are_refused(api: Program) -> None:
    for kind in (
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "nonsense",
        "",
    ):
        answer = await api.post("specimens", content=b'{"name": "A"}', headers={"content-type": kind})
        assert (answer.status_code, is_refused(answer)) == (415, True), kind


async def test_a_body_of_ten_megabytes_is_too_large(api: Program) -> None:
    assert is_refused(await api.post("specimens", content=b'{"name": "' + b"a" * 10_000_000 + b'"}', headers=JSON))


async def test_what_is_asked_to_be_answered_as_is_answered_as_json(api: Program) -> None:
    answer = await api.get("specimens", headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")


@pytest.mark.parametrize("method", ["PUT", "TRACE", "PROPFIND", "DELETE"])
async def test_a_method_that_an_address_does_not_know_is_refused_with_those_that_it_knows(
    api: Program, method: str
) -> None:
    refused = await api.request(method, "specimens")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS, POST")


async def test_options_and_head_are_answered(api: Program) -> None:
    options = await api.options("specimens")
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    head, full = await api.head("specimens"), await api.get("specimens")
    assert (head.status_code, head.content, head.headers["content-length"]) == (
        200,
        b"",
        full.headers["content-length"],
    )


@pytest.mark.parametrize(
    "path",
    [
        "",
        "no_such",
        "specimens/aggregate/x",
        "__proto__",
        "..%2f..",
        "%00",
        "%ff",
        "specimens/%2e%2e",
        "metadata/no_such",
    ],
)
async def test_addresses_that_are_none_are_not_found(api: Program, path: str) -> None:
    assert is_refused(await api.get(f"http://localhost/api/v1/{path}"))


@pytest.mark.parametrize("key", ["", " ", "a" * 201, "käse", "a b"])
async def test_an_idempotency_key_that_is_odd_is_refused(api: Program, key: str) -> None:
    refused = await api.post("specimens", json={"name": "A"}, headers=[(b"idempotency-key", key.encode("latin-1"))])
    assert (refused.status_code, is_refused(refused)) == (400, True)


async def test_batches_that_are_odd_are_refused(api: Program) -> None:
    for operation in (
        {},
        {"method": "explode", "object": "specimens"},
        {"method": "create"},
        {"method": "create", "object": "nope"},
        {"method": "change", "object": "specimens"},
        {"method": "change", "object": "specimens", "id": {"$ref": []}},
        {"method": "delete", "object": "specimens", "id": 17},
        {"method": "action", "object": "specimens", "id": "x", "action": "praise"},
        {"method": "create", "object": "specimens", "values": {"name": {"$ref": "x"}}},
        {"method": "create", "object": "specimens", "values": []},
        {"method": "change", "object": "specimens", "id": "x", "version": 10**30},
    ):
        assert is_refused(await api.post("batch", json={"operations": [operation]})), operation
