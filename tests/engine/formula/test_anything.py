"""Whatever comes in, the answer is a result or Invalid; and what was let in never fails later."""

from __future__ import annotations

import os
from contextlib import suppress
from decimal import Decimal
from typing import Any as Anything

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.formula.agreement import Company, both, create_tables, store
from tests.engine.formula.asking import NOON, OPPORTUNITY
from tests.engine.formula.company import THINGS
from tests.engine.formula.pools import NUMBERS, varied

from relata.engine.formula import (
    FUNCTIONS,
    SPANS,
    All,
    Any,
    Between,
    Binary,
    Call,
    Items,
    Literal,
    Negative,
    Node,
    Not,
    Path,
    check,
    from_json,
    parse,
    to_text,
)
from relata.foundation.errors import Invalid

EXAMPLES = int(os.environ.get("FORMULA_EXAMPLES", "120"))
NAMES = [*THINGS["opportunity"].fields, *THINGS["opportunity"].links, "activities", "kind", "account.name", "owner.id"]
WORDS = [
    *FUNCTIONS,
    *SPANS,
    *"and or not in is null between contains starts ends true ( ) , . + - * / = != < >".split(),
]


def _larger(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(nodes, min_size=2, max_size=3).map(tuple)
    listed = nodes | st.lists(nodes, max_size=3).map(lambda items: Items(tuple(items)))
    operators = st.sampled_from(["=", "!=", "<", ">=", "+", "-", "*", "/", "in", "contains", "starts"])
    return st.one_of(
        st.builds(Binary, operators, nodes, listed),
        st.builds(Call, st.sampled_from(sorted(FUNCTIONS)), st.lists(nodes, max_size=3).map(tuple)),
        st.builds(Call, st.sampled_from(sorted(SPANS)), st.just(()) | st.just((Literal(Decimal(3)),))),
        st.builds(All, several),
        st.builds(Any, several),
        st.builds(Not, nodes),
        st.builds(Negative, nodes),
        st.builds(Between, nodes, nodes, nodes),
    )


leaves = st.one_of(
    st.sampled_from(NAMES).map(lambda name: Path(tuple(name.split(".")))),
    st.sampled_from(
        ["won", "vip", "EUR", "x", "2026-06-15", "2026-06-15 12:00", "00000000000070008000000000000001"]
    ).map(Literal),
    st.sampled_from([*NUMBERS, None, True, False]).map(Literal),
)
any_trees = st.recursive(leaves, _larger, max_leaves=6)


@settings(max_examples=EXAMPLES)
@given(st.lists(st.sampled_from([*WORDS, *NAMES, '"x"', "3"]), max_size=12).map(" ".join) | st.text(max_size=30))
def test_any_text_is_a_tree_or_invalid(text: str) -> None:
    with suppress(Invalid):
        assert parse(to_text(parse(text))) == parse(text)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.sampled_from(NAMES),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from("all any not field op value left right call args negative number".split()),
            inner,
            max_size=3,
        )
        | st.fixed_dictionaries(
            {"field": inner, "op": st.sampled_from(["=", "in", "between", "empty"]), "value": inner}
        )
    ),
    max_leaves=8,
)


@settings(max_examples=EXAMPLES)
@given(anything)
def test_any_json_is_a_tree_or_invalid(tree: Anything) -> None:
    with suppress(Invalid):
        node = from_json(tree)
        assert parse(to_text(node)) == from_json(tree)
        check(node, OPPORTUNITY)


@pytest.fixture(scope="module")
def company(connection: psycopg.Connection[Anything]) -> Company:
    create_tables(connection)
    records = varied(10, seed=3)
    store(connection, records)
    return Company(connection, records, NOON)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(node=any_trees)
def test_what_is_not_refused_works_in_both_back_ends(company: Company, node: Node) -> None:
    with suppress(Invalid):
        answers = both(company, node)
        assert answers.python == answers.sql, to_text(node)
