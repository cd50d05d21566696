"""A list has a second part, of the rows without a first sort value, unless its filter plainly asks for one."""

from __future__ import annotations

import pytest

from relata.engine.formula import parse
from relata.engine.query.pages import may_be_empty
from relata.engine.query.request import Query, parse_order


@pytest.mark.parametrize(
    "where",
    [
        "not empty(due_on)",
        "due_on <= today()",
        'status = "open" and due_on > today()',
        "due_on >= today() and owner = me()",
    ],
)
def test_one_part_where_the_filter_asks_for_a_value(where: str) -> None:
    assert not may_be_empty(Query("task", parse(where), parse_order("due_on")))


@pytest.mark.parametrize(
    "where",
    [
        "due_on = today() or empty(due_on)", "not (due_on <= today())", "due_at <= today()",
        "account.due_on <= today()", "due_on <= null", "empty(due_on)", 'status = "open"',
    ],
)  # fmt: skip
def test_two_parts_where_it_might_not(where: str) -> None:
    assert may_be_empty(Query("task", parse(where), parse_order("due_on")))


def test_what_is_never_empty_needs_no_filter() -> None:
    assert not may_be_empty(Query("task", None, parse_order("-created_at")))
    assert may_be_empty(Query("task", None, parse_order("due_on")))
