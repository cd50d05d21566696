"""Lists and figures through the API."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio
from tests.interfaces.rest.conftest import Program


@pytest_asyncio.fixture
async def five(api: Program) -> list[str]:
    """Five specimens, s1 to s5, of which the odd ones are small; their ids."""
    made = []
    for number in range(1, 6):
        kind = "small" if number % 2 else "large"
        answer = await api.post("specimens", json={"name": f"s{number}", "pieces": number, "kind": kind})
        made.append(answer.json()["id"])
    return made


async def names(api: Program, **parameters: Any) -> list[str]:
    """The names on a page."""
    answer = await api.get("specimens", params=parameters)
    assert answer.status_code == 200, answer.text
    return [row["name"] for row in answer.json()["data"]]


async def test_a_filter_is_an_expression(api: Program, five: list[str]) -> None:
    assert await names(api, where='kind = "small" and pieces > 1', order="name") == ["s3", "s5"]


async def test_a_filter_may_be_the_json_tree_of_one(api: Program, five: list[str]) -> None:
    assert await names(api, where='{"field": "pieces", "op": ">", "value": 4}') == ["s5"]


async def test_pages_follow_each_other_without_gap_or_repetition(api: Program, five: list[str]) -> None:
    seen: list[str] = []
    after = ""
    while len(seen) < 5:
        answer = (await api.get("specimens", params={"order": "-pieces", "limit": "2", "after": after})).json()
        seen += [row["name"] for row in answer["data"]]
        after = answer["next"] or ""
    assert (seen, after) == (["s5", "s4", "s3", "s2", "s1"], "")


async def test_the_page_before_leads_back(api: Program, five: list[str]) -> None:
    first = (await api.get("specimens?order=name&limit=2")).json()
    second = (await api.get("specimens", params={"order": "name", "limit": "2", "after": first["next"]})).json()
    back = (await api.get("specimens", params={"order": "name", "limit": "2", "after": second["previous"]})).json()
    assert back["data"] == first["data"]
    assert first["previous"] is None


async def test_an_exact_total_is_told_on_request(api: Program, five: list[str]) -> None:
    answer = (await api.get("specimens", params={"where": 'kind = "small"', "limit": "1", "count": "exact"})).json()
    assert (len(answer["data"]), answer["total"]) == (1, 3)


async def test_the_same_list_asked_twice_shows_what_happened_meanwhile(api: Program, five: list[str]) -> None:
    assert len(await names(api, where='kind = "small"')) == 3
    await api.patch(f"specimens/{five[0]}", json={"kind": "large"})
    assert len(await names(api, where='kind = "small"')) == 2


@pytest.mark.parametrize(
    ("query", "status", "code", "field"),
    [
        ("wher=1", 400, "unknown_parameter", "wher"),
        ("limit=2&limit=3", 400, "repeated_parameter", "limit"),
        ("limit=0", 422, "out_of_range", "limit"),
        ("limit=501", 422, "out_of_range", "limit"),
        ("limit=many", 422, "out_of_range", "limit"),
        ("limit=²", 422, "out_of_range", "limit"),
        ("deleted=perhaps", 422, "invalid_value", "deleted"),
        ("count=about", 422, "invalid_value", "count"),
        ("after=nonsense", 422, "cursor", "after"),
        ("order=a,b,c,d,e,f,g", 422, "order", "order"),
    ],
)
async def test_a_parameter_that_does_not_fit_is_named(
    api: Program, query: str, status: int, code: str, field: str
) -> None:
    refused = await api.get(f"specimens?{query}")
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (status, code, field)


async def test_an_unknown_parameter_comes_with_the_one_that_was_meant(api: Program) -> None:
    assert "where" in (await api.get("specimens?wher=1")).json()["hint"]


async def test_a_filter_that_is_wrong_is_pointed_at(api: Program) -> None:
    refused = await api.get("specimens", params={"where": "pieces >> 3"})
    assert (refused.status_code, refused.json()["errors"][0]["position"]) == (422, 8)


async def test_a_cursor_of_another_question_is_refused(api: Program, five: list[str]) -> None:
    following = (await api.get("specimens?limit=2&order=name")).json()["next"]
    refused = await api.get("specimens", params={"limit": "2", "order": "-name", "after": following})
    assert (refused.status_code, refused.json()["code"]) == (422, "cursor")


async def test_figures_count_what_the_list_lists(api: Program, five: list[str]) -> None:
    body = {
        "group_by": ["kind"],
        "measures": ["count", "sum:pieces", {"function": "max", "field": "pieces"}],
        "where": "pieces < 5",
    }
    answer = await api.post("specimens/aggregate", json=body)
    assert answer.json() == {
        "data": [
            {"kind": "large", "count": 2, "sum_pieces": 6, "max_pieces": 4},
            {"kind": "small", "count": 2, "sum_pieces": 4, "max_pieces": 3},
        ],
        "complete": True,
    }


async def test_figures_without_measures_count(api: Program, five: list[str]) -> None:
    assert (await api.post("specimens/aggregate", json={})).json()["data"] == [{"count": 5}]


async def test_figures_by_month_group_moments(api: Program, five: list[str]) -> None:
    answer = await api.post("specimens/aggregate", json={"group_by": ["created_at:month"]})
    assert [row["count"] for row in answer.json()["data"]] == [5]


async def test_a_measure_that_there_is_not_is_refused(api: Program) -> None:
    refused = await api.post("specimens/aggregate", json={"measures": ["mode:pieces"]})
    assert (refused.status_code, refused.json()["field"]) == (422, "measures")
