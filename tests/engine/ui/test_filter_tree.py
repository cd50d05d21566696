"""The filter builder's law: what it makes is read back as the same tree, through the text as well."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relata.app.modules import discover
from relata.engine.formula import BOOLEAN, check, parse, to_text
from relata.engine.metadata.fields import Link
from relata.engine.metadata.registry import build
from relata.engine.query.filter_conditions import NAMED_SPANS, OPERATORS, UNITS, Condition, family_of, takes
from relata.engine.query.reader import AnyReader
from relata.engine.query.scope import FieldScope
from relata.engine.ui.filter_tree import Group, Item, Related, Text, node_of, tree_of
from relata.foundation.errors import Invalid
from relata.foundation.ids import new_id

REGISTRY = build(discover())
OBJECTS = ("opportunity", "account", "contact", "task", "meeting", "call", "product", "user")
LISTS = {
    name: [found for found, relation in REGISTRY.relations[name].items() if relation.child in OBJECTS]
    for name in OBJECTS
}
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=8).filter(str.strip)
NUMBERS = st.decimals(-(10**9), 10**9, allow_nan=False, places=2).map(lambda one: format(one, "f"))
DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1)).map(date.isoformat)
IDS = [str(new_id()) for _ in range(4)]


def scope_of(name: str) -> FieldScope:
    """The object's fields for somebody who reads all."""
    return FieldScope(REGISTRY, REGISTRY.get(name), AnyReader())


def paths_of(name: str) -> list[str]:
    """Fields of the object and of what it links to."""
    found = []
    for field in REGISTRY.get(name).all_fields.values():
        if not field.hidden:
            found.append(field.name)
        if isinstance(field, Link) and field.to in OBJECTS:
            found += [f"{field.name}.{other.name}" for other in REGISTRY.get(field.to).fields if not other.hidden]
    return found


@st.composite
def conditions(draw: st.DrawFn, name: str) -> Condition:
    """A complete condition on some field of the object."""
    path = draw(st.sampled_from(paths_of(name)))
    found = scope_of(name).find(tuple(path.split(".")))
    family = family_of(found)
    operator = draw(st.sampled_from(OPERATORS[family]))
    if operator in ("mine", "not_mine") and path.endswith(".team"):
        operator = "empty"  # the same as "of my teams", one step up
    wanted, unit = takes(operator), ""
    if wanted == "none":
        return Condition(path, operator)
    if wanted == "span":
        return Condition(path, operator, (draw(st.sampled_from(NAMED_SPANS)),))
    if wanted == "counted":
        count = str(draw(st.integers(0, 9999)))
        return Condition(path, operator, (count,), draw(st.sampled_from(UNITS)))
    if family == "choice" or family == "choices":
        values = st.sampled_from([option.value for option in found.field.options])  # type: ignore[union-attr]
    elif family in ("link", "user", "team", "links"):
        values = st.sampled_from(IDS)
    else:
        values = {"date": DAYS, "datetime": DAYS, "text": TEXTS, "tags": TEXTS}.get(family, NUMBERS)
    if family == "money":
        unit = draw(st.sampled_from(("", "EUR", "USD")))
    many = {"one": (1, 1), "two": (2, 2), "many": (1, 3)}[wanted]
    chosen = draw(st.lists(values, min_size=many[0], max_size=many[1], unique=wanted == "many"))
    return Condition(path, operator, tuple(chosen), unit)


def groups(name: str, depth: int, outside: str = "") -> st.SearchStrategy[Group]:
    """A group of two or more; one that could be written without its own parentheses is not built."""
    modes = [mode for mode in ("all", "any", "none", "not_all") if mode != outside]

    def of(mode: str) -> st.SearchStrategy[Group]:
        inside = "all" if mode in ("all", "not_all") else "any"
        return st.lists(items(name, depth - 1, inside), min_size=2, max_size=3).map(
            lambda found: Group(mode, tuple(found))
        )

    return st.sampled_from(modes).flatmap(of)


def items(name: str, depth: int, outside: str) -> st.SearchStrategy[Item]:
    """What a group holds."""
    found: list[st.SearchStrategy[Item]] = [conditions(name)]
    if depth > 0:
        found.append(groups(name, depth, outside))
        if LISTS[name]:
            found.append(st.sampled_from(LISTS[name]).flatmap(lambda one: related(name, one, depth - 1)))
    return st.one_of(found)


def related(name: str, relation: str, depth: int) -> st.SearchStrategy[Related]:
    """A condition on a related list."""
    child = REGISTRY.relations[name][relation].child
    inner = st.one_of(
        st.just(Group()), conditions(child).map(lambda one: Group("all", (one,))), groups(child, max(1, depth))
    )
    counts = st.tuples(st.sampled_from(("at_least", "at_most", "exactly")), st.integers(0, 99).map(str))
    return st.tuples(st.one_of(st.sampled_from((("has", "1"), ("has_none", "1"))), counts), inner).map(
        lambda pair: Related(relation, pair[0][0], pair[0][1], pair[1])
    )


@given(st.data())
def test_what_is_built_is_read_back_from_its_text(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(OBJECTS))
    tree = data.draw(st.one_of(groups(name, 2), conditions(name).map(lambda one: Group("all", (one,)))))
    scope = scope_of(name)
    node = node_of(scope, tree)
    assert node is not None
    check(node, scope, expect=BOOLEAN)  # every operator that is offered fits its field
    assert tree_of(scope, parse(to_text(node))) == tree


def test_what_has_no_row_stays_text() -> None:
    scope = scope_of("opportunity")
    text = 'amount > 10 and close_date < add_days(today(), 3) and account = "Acme"'
    found = tree_of(scope, parse(text))
    assert found.items[0] == Condition("amount", ">", ("10",))
    assert found.items[1:] == (Text("close_date < add_days(today(), 3)"), Text('account = "Acme"'))
    node = node_of(scope, found)
    assert node is not None
    assert to_text(node) == text


def test_an_incomplete_condition_is_named_by_its_place() -> None:
    tree = Group("all", (Condition("amount", ">", ("5",)), Group("any", (Condition("name", "contains"),))))
    with pytest.raises(Invalid) as refused:
        node_of(scope_of("opportunity"), tree)
    assert [problem.field for problem in refused.value.problems] == ["1.0"]
    assert node_of(scope_of("opportunity"), tree, is_lenient=True) == parse("amount > 5")
