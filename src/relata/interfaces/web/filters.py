"""From the filter's dialog to an expression: built as a tree, never from text."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

import msgspec

from relata.engine.formula import Binary, Call, Literal, Node, Path, all_of, any_of, negate
from relata.engine.metadata.fields import Choice, Field, Link, MultiChoice
from relata.engine.metadata.object import Object
from relata.engine.ui.values import Item, kind_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import Option

_TEXT = (("contains", "contains"), ("=", "is"), ("!=", "is not"), ("starts", "starts with"), ("ends", "ends with"))
_NUMBER = (
    ("=", "is"),
    ("!=", "is not"),
    (">", "is more than"),
    (">=", "is at least"),
    ("<", "is less than"),
    ("<=", "is at most"),
)
_DATE = (("=", "is"), (">=", "is on or after"), ("<=", "is on or before"), ("span", "is in"))
_CHOICE = (("=", "is"), ("!=", "is not"))
_EMPTY = (("empty", "is empty"), ("filled", "is not empty"))
#: Spans of the calendar that the dialog offers; the language knows more.
SPANS = (
    "today",
    "yesterday",
    "this_week",
    "last_week",
    "next_week",
    "this_month",
    "last_month",
    "next_month",
    "this_quarter",
    "last_quarter",
    "this_year",
    "last_year",
    "past",
    "future",
)
_OPERATORS = {
    "text": _TEXT,
    "long_text": _TEXT,
    "person_name": _TEXT,
    "emails": _TEXT,
    "phones": _TEXT,
    "urls": _TEXT,
    "link": _CHOICE,
    "user": (("me", "is me"), *_CHOICE),
    "choice": _CHOICE,
    "choices": (("contains", "has"),),
    "tags": (("contains", "has"),),
    "boolean": (("true", "is yes"), ("false", "is no")),
    "date": _DATE,
    "datetime": _DATE,
    "number": _NUMBER,
    "integer": _NUMBER,
    "decimal": _NUMBER,
    "percent": _NUMBER,
    "money": _NUMBER,
    "rating": _NUMBER,
}


class FilterField(msgspec.Struct, frozen=True, kw_only=True):
    """A field to filter by, with what can be asked of it."""

    name: str
    label: str
    kind: str
    operators: tuple[Option, ...]
    options: tuple[Item, ...] = ()
    source: str = ""


class FilterDialog(msgspec.Struct, frozen=True, kw_only=True):
    """The dialog: first the field, then the condition. chosen: None while the field is not chosen."""

    action: str
    fields: tuple[Option, ...]
    chosen: FilterField | None
    spans: tuple[Option, ...]
    where: str
    order: str
    words: str
    kept: tuple[tuple[str, str], ...] = ()


def dialog(work: Workspace, one: Object, query: Mapping[str, str]) -> FilterDialog:
    """The dialog for an object; `field` in the query chooses the field."""
    fields = [field for field in one.all_fields.values() if _kind(work, one, field) in _OPERATORS]
    chosen = next((field for field in fields if field.name == query.get("field")), None)
    return FilterDialog(
        action=f"/{one.path}/filtered",
        fields=tuple(Option(value=field.name, label=field.title) for field in fields),
        chosen=_filter_field(work, one, chosen) if chosen else None,
        spans=tuple(Option(value=span, label=span.replace("_", " ").capitalize()) for span in SPANS),
        where=query.get("where", ""), order=query.get("order", ""), words=query.get("q", ""),
        kept=tuple((name, query[name]) for name in ("view", "columns", "group") if name in query),
    )  # fmt: skip


def _kind(work: Workspace, one: Object, field: Field) -> str:
    if not work.actor.readable(one, field) or field.hidden:
        return ""
    return "user" if isinstance(field, Link) and field.to == "user" else kind_of(field)


def _filter_field(work: Workspace, one: Object, field: Field) -> FilterField:
    kind = _kind(work, one, field)
    options: tuple[Item, ...] = ()
    if isinstance(field, (Choice, MultiChoice)):
        options = tuple(Item(value=option.value, label=option.title) for option in field.options)
    operators = tuple(Option(value=value, label=label) for value, label in (*_OPERATORS[kind], *_EMPTY))
    source = f"/choose/{field.to}" if isinstance(field, Link) else ""
    return FilterField(
        name=field.name, label=field.title, kind=kind, operators=operators, options=options, source=source
    )


def condition_of(work: Workspace, one: Object, query: Mapping[str, str]) -> list[Node]:
    """The condition that the dialog sent; none where it was left without a field. Invalid says what is missing."""
    field = one.field(query.get("field", ""))
    if field is None or not work.actor.readable(one, field):
        return []
    kind, operator, value = _kind(work, one, field), query.get("operator", "="), query.get("value", "").strip()
    path = Path((field.name,))
    if operator in ("empty", "filled"):
        empty = Call("empty", (path,))
        return [empty if operator == "empty" else negate(empty)]
    if operator in ("true", "false"):
        return [Binary("=", path, Literal(operator == "true"))]
    if operator == "me":
        return [Binary("=", path, Call("me", ()))]
    if operator == "span":
        if query.get("span") not in SPANS:
            raise _missing(field)
        return [Binary("in", path, Call(query["span"], ()))]
    if not value or operator not in dict(_OPERATORS.get(kind, ())):
        raise _missing(field)
    return [_compared(field, kind, path, operator, value)]


def _compared(field: Field, kind: str, path: Path, operator: str, value: str) -> Node:
    literal: Node = Literal(value)
    if kind in ("number", "integer", "decimal", "percent", "money", "rating"):
        try:
            literal = Literal(Decimal(value.replace(",", ".")))
        except InvalidOperation:
            raise Invalid.of([Problem("invalid_value", f"{field.title} needs a number.", "value")]) from None
    elif kind in ("date", "datetime"):
        literal = Call("date", (Literal(value),))
    elif isinstance(field, Link) and parse_id(value) is None:
        raise _missing(field)
    if operator == "!=":
        return negate(Binary("=", path, literal))
    return Binary(operator, path, literal)


def _missing(field: Field) -> Invalid:
    return Invalid.of([Problem("required", f"Say what {field.title} should be.", "value", "Fill in a value.")])


def search_condition(work: Workspace, one: Object, words: str) -> Node | None:
    """Records in which every word occurs in some searchable field of their own that this person may read."""
    names = [
        field.name for field in one.all_fields.values()
        if (field.searchable or field.name == one.title_field) and field.stored and work.actor.readable(one, field)
    ]  # fmt: skip
    parts = [any_of(Binary("contains", Path((name,)), Literal(word)) for name in names) for word in words.split()[:6]]
    return all_of(parts) if parts else None
