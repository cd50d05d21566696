"""Expressions as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from relata.engine.formula import from_json, parse, to_json
from relata.foundation.errors import Invalid


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('stage = "won"', {"field": "stage", "op": "=", "value": "won"}),
        ("a.b != null", {"field": "a.b", "op": "!=", "value": None}),
        ("a and (b or not c)", {"all": [{"field": "a"}, {"any": [{"field": "b"}, {"not": {"field": "c"}}]}]}),
        ("a in (1, 2.5, true)", {"field": "a", "op": "in", "value": [1, 2.5, True]}),
        ('a not in ("x")', {"field": "a", "op": "not_in", "value": ["x"]}),
        ("a between 1 and 10", {"field": "a", "op": "between", "value": [1, 10]}),
        ("a not between b and 10", {"field": "a", "op": "not_between", "value": [{"field": "b"}, 10]}),
        ("a is null", {"field": "a", "op": "empty"}),
        ("a is not null", {"field": "a", "op": "not_empty"}),
        ("a in next_days(30)", {"field": "a", "op": "in", "value": {"call": "next_days", "args": [30]}}),
        ("count(a) > 3", {"left": {"call": "count", "args": [{"field": "a"}]}, "op": ">", "value": 3}),
        ("-a * b", {"left": {"negative": {"field": "a"}}, "op": "*", "right": {"field": "b"}}),
        ("a = 0.123456789012", {"field": "a", "op": "=", "value": 0.123456789012}),
        ("a = 12345678901234567890.5", {"field": "a", "op": "=", "value": {"number": "12345678901234567890.5"}}),
        ('a contains ("x", "y")', {"field": "a", "op": "contains", "value": ["x", "y"]}),
    ],
)
def test_json_and_text_are_one_tree(text: str, tree: Any) -> None:
    assert from_json(tree) == parse(text)
    assert to_json(parse(text)) == tree
    assert from_json(json.loads(json.dumps(tree))) == parse(text)


def test_no_conditions_at_all() -> None:
    assert from_json({"all": []}) == parse("true")
    assert from_json({"any": []}) == parse("false")


def test_one_wanted_value_in_a_list_is_one_value() -> None:
    assert from_json({"field": "a", "op": "contains", "value": ["x"]}) == parse('a contains "x"')


DEEP: Any = True
for _ in range(3000):
    DEEP = {"not": DEEP}


@pytest.mark.parametrize(
    "tree",
    [
        {},
        {"field": "a b"},
        {"field": ""},
        {"field": 3},
        {"field": "a", "op": "=="},
        {"field": "a", "op": ["="]},
        {"field": "a", "op": "="},
        {"field": "a", "op": "=", "value": 1, "right": 2},
        {"field": "a", "left": 1, "op": "=", "value": 1},
        {"field": "a", "op": "between", "value": 1},
        {"field": "a", "op": "between", "value": [1, 2, 3]},
        {"op": "=", "value": 1},
        {"all": {"field": "a"}},
        {"all": [], "any": []},
        {"call": "a b"},
        {"call": "f", "args": 3},
        {"call": None},
        {"number": "1e999999"},
        {"number": "x"},
        {"number": 3},
        {"field": "a", "op": "=", "value": float("nan")},
        {"field": "a", "op": "=", "value": 1e300},
        {"field": "a", "op": "=", "value": 10**40},
        {"field": "a", "op": "=", "value": "\x00"},
        {"field": "a", "op": "=", "value": b"x"},
        {"unknown": 1},
        {"field": "a", "op": "empty", "surplus": 1},
        DEEP,
        {"any": [{"field": "a"}] * 3000},
        {"field": "a", "op": "in", "value": [1] * 20_000},
    ],
    ids=range(30),
)
def test_json_of_another_form_is_refused(tree: Any) -> None:
    with pytest.raises(Invalid):
        from_json(tree)
