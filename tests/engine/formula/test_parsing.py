"""What the text means as a tree, and what is refused where."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.engine.formula.asking import OPPORTUNITY, problem

from relata.engine.formula import (
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
    all_of,
    any_of,
    check,
    negate,
    parse,
    to_text,
)
from relata.foundation.errors import Invalid

A, B, C = Path(("a",)), Path(("b",)), Path(("c",))


def test_and_binds_more_tightly_than_or() -> None:
    assert parse("a or b and c") == Any((A, All((B, C))))


def test_not_binds_less_tightly_than_a_comparison() -> None:
    assert parse("not a = b") == Not(Binary("=", A, B))


def test_multiplication_comes_before_addition() -> None:
    assert parse("a + b * c") == Binary("+", A, Binary("*", B, C))


def test_subtraction_starts_at_the_left() -> None:
    assert parse("a - b - c") == Binary("-", Binary("-", A, B), C)


def test_parentheses_decide() -> None:
    assert parse("(a + b) * c") == Binary("*", Binary("+", A, B), C)


def test_a_minus_before_a_number_belongs_to_it() -> None:
    assert parse("a - -1.50") == Binary("-", A, Literal(Decimal("-1.50")))


def test_a_minus_before_a_field_is_an_operation() -> None:
    assert parse("-a * b") == Binary("*", Negative(A), B)


def test_the_and_of_between_is_not_a_conjunction() -> None:
    assert parse("a between 1 and 2 and b") == All((Between(A, Literal(Decimal(1)), Literal(Decimal(2))), B))


@pytest.mark.parametrize("op", ["in", "contains", "starts", "ends"])
def test_not_before_an_operator_negates_it(op: str) -> None:
    assert parse(f"a not {op} b") == Not(Binary(op, A, B))


def test_is_null_is_empty() -> None:
    assert parse("a is null or b is not null") == Any((Call("empty", (A,)), Not(Call("empty", (B,)))))


def test_a_list_stands_after_in() -> None:
    assert parse('a in ("x", 1)') == Binary("in", A, Items((Literal("x"), Literal(Decimal(1)))))


def test_fields_may_be_called_like_operators() -> None:
    assert parse("starts starts ends") == Binary("starts", Path(("starts",)), Path(("ends",)))


def test_a_reserved_word_in_backticks_is_a_name() -> None:
    assert parse("`in` = x.not") == Binary("=", Path(("in",)), Path(("x", "not")))


def test_both_quotes_hold_texts_and_escapes_are_read() -> None:
    assert parse(r"""concat("a\"\n", 'b\u00e9\'')""") == Call("concat", (Literal('a"\n'), Literal("bé'")))


def test_words_of_the_language_may_be_written_large() -> None:
    assert parse("a AND NOT b") == All((A, Not(B)))


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0),
        ("a >", 3),
        ("a > > b", 4),
        ("(a", 2),
        ("a b", 2),
        ("a == b", 2),
        ("f(a,", 4),
        ('a = "x', 4),
        ("a = #", 4),
        ("a < b < c", 6),
        ("a is 3", 5),
        ("a. = 3", 3),
        ('a = "\\q"', 5),
        ("a between 1", 11),
        ("a not b", 6),
        ("a = 1.0000000000001", 4),
        ('a = "\\u0000"', 4),
    ],
)
def test_a_refusal_names_the_character(text: str, position: int) -> None:
    with pytest.raises(Invalid) as refusal:
        parse(text)
    assert refusal.value.problems[0].position == position
    assert f"(character {position + 1})" in refusal.value.message


@pytest.mark.parametrize(
    "text",
    [
        "(" * 60 + "a" + ")" * 60,
        "not " * 2000 + "a",
        "-" * 2000 + "a",
        "+".join("a" * 100),
        " or ".join(f"a = {n}" for n in range(500)),
        "a = '" + "x" * 30_000 + "'",
        "f(" * 60 + ")" * 60,
        "a in (" + ",".join("1" * 6000) + ")",
    ],
)
def test_an_expression_beyond_the_budget_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse(text)
    assert refusal.value.code == "expression_too_large"


def test_a_long_list_of_values_is_within_the_budget() -> None:
    assert len(parse("a in (" + ",".join("1" * 5000) + ")").right.items) == 5000  # type: ignore[union-attr]


def test_a_budget_on_trees_that_were_built() -> None:
    node = parse("name = null")
    for _ in range(60):
        node = Call("coalesce", (node,))
    assert problem_of(node) == "expression_too_large"


def problem_of(node: Node) -> str:

    with pytest.raises(Invalid) as refusal:
        check(node, OPPORTUNITY)
    return refusal.value.code


def test_combining_flattens_and_drops_what_says_nothing() -> None:
    assert all_of([parse("a and b"), C]) == All((A, B, C))
    assert any_of([A]) == A
    assert all_of([]) == Literal(True)
    assert any_of([]) == Literal(False)
    assert negate(negate(A)) == A


@pytest.mark.parametrize(
    "text",
    [
        "a or (b and not c)",
        "not (a or b) and c",
        "a - (b - c) - -(5)",
        "a * (b + c) / -c",
        "-(-a)",
        "(a = b) = (c = a)",
        "x.y not in (1, 2.50, -3)",
        "a not between b + 1 and c",
        'a contains "q\\"\\\\\\n" and b starts \'x\'',
        "`null`.and = if(a, true, null)",
        "a in ()",
        "not exists(a, not empty(b))",
    ],
)
def test_text_made_from_a_tree_gives_the_same_tree(text: str) -> None:
    assert parse(to_text(parse(text))) == parse(text)


def test_text_has_no_more_parentheses_than_it_needs() -> None:
    assert to_text(parse('((a) + ((b * c))) > 1 and (not (d in ("x")))')) == 'a + b * c > 1 and d not in ("x")'


def test_the_message_of_a_refusal_is_for_people() -> None:
    assert problem("amount == 3").message == '"==" is not part of this language (character 8).'
