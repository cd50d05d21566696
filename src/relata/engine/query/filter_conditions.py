"""One condition of a filter: which operators a field has, the expression that each makes, and the way back."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation

import msgspec

from relata.engine.formula import SPANS, Between, Binary, Call, Items, Kind, Literal, Node, Not, Path, Unknown, negate
from relata.engine.metadata.fields import Choice, Link, Links, MultiChoice, Tags
from relata.engine.query.scope import FieldScope, Found
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id

_EMPTY = ("empty", "filled")
_RANGE = ("=", "!=", ">", ">=", "<", "<=", "between", "not_between")
_DAYS = ("on", "not_on", "before", "until", "after", "since", "between", "not_between", "in", "not_in", "last", "next")
_MANY = ("has_any", "has_all", "has_none")
OPERATORS: dict[str, tuple[str, ...]] = {
    "text": (
        "contains", "not_contains", "is", "is_not", "starts", "not_starts", "ends", "not_ends", "one_of", "none_of",
        *_EMPTY,
    ),
    "number": (*_RANGE, *_EMPTY),
    "money": (*_RANGE, *_EMPTY),
    "duration": (*_RANGE, *_EMPTY),
    "boolean": ("yes", "no"),
    "date": (*_DAYS, *_EMPTY),
    "datetime": (*_DAYS, *_EMPTY),
    "choice": ("one_of", "none_of", *_EMPTY),
    "choices": (*_MANY, *_EMPTY),
    "tags": (*_MANY, *_EMPTY),
    "link": ("one_of", "none_of", *_EMPTY),
    "team": ("one_of", "none_of", "mine", "not_mine", *_EMPTY),
    "user": ("one_of", "none_of", "me", "not_me", "of_my_teams", *_EMPTY),
    "links": (*_MANY, *_EMPTY),
    "other": _EMPTY,
}  # fmt: skip
#: How many values an operator takes: none, one, two, or any number.
NONE, ONE, TWO, MANY, SPAN, COUNTED = "none", "one", "two", "many", "span", "counted"
_TAKES = {
    **dict.fromkeys((*_EMPTY, "yes", "no", "me", "not_me", "mine", "not_mine", "of_my_teams"), NONE),
    **dict.fromkeys(("between", "not_between"), TWO),
    **dict.fromkeys(("one_of", "none_of", *_MANY), MANY),
    **dict.fromkeys(("in", "not_in"), SPAN),
    **dict.fromkeys(("last", "next"), COUNTED),
}
UNITS = ("days", "weeks", "months")
NAMED_SPANS = tuple(name for name, span in SPANS.items() if not span.counted)
_COMPARED = {"on": "=", "not_on": "!=", "before": "<", "until": "<=", "after": ">", "since": ">="}
#: Of a moment, these ask about its day; the others stand at the first moment of a day, which an index serves.
_BY_DAY = ("on", "not_on", "until", "after")
_OPPOSITE = {
    "contains": "not_contains", "starts": "not_starts", "ends": "not_ends", "one_of": "none_of", "is": "is_not",
    "between": "not_between", "in": "not_in", "has_any": "has_none", "empty": "filled", "me": "not_me",
    "mine": "not_mine", "=": "!=", "on": "not_on", "yes": "no",
}  # fmt: skip
_COUNTED_SPAN = re.compile(r"(last|next)_(days|weeks|months)")
MAX_VALUES = 100


class Condition(msgspec.Struct, frozen=True):
    """path: a field, or one over links, with dots. values: as typed: numbers with a point, days as ISO, ids. unit: a
    currency for money, days, weeks or months for `last` and `next`."""

    path: str
    operator: str = ""
    values: tuple[str, ...] = ()
    unit: str = ""


def takes(operator: str) -> str:
    """How many values the operator takes."""
    return _TAKES.get(operator, ONE)


def family_of(found: Found) -> str:
    """The group of operators that a path has."""
    field = None if found.part else found.field
    if isinstance(field, Choice):
        return "choice"
    if isinstance(field, Link):
        return field.to if field.to in ("user", "team") else "link"
    for kind, name in ((MultiChoice, "choices"), (Tags, "tags"), (Links, "links")):
        if isinstance(field, kind):
            return name
    return str(found.type.kind) if found.type.kind in _KINDS else "other"


_KINDS = (Kind.TEXT, Kind.NUMBER, Kind.MONEY, Kind.DURATION, Kind.BOOLEAN, Kind.DATE, Kind.DATETIME)


def usual_operator(scope: FieldScope, path: str) -> str:
    """What a condition on this field says where nobody chose. Unknown for a field that is not there."""
    return next(iter(OPERATORS[family_of(scope.find(tuple(path.split("."))))]), "")


def condition_node(scope: FieldScope, one: Condition) -> Node:
    """The expression. Invalid where a value is missing or does not fit; Unknown for a field that is not there."""
    names = tuple(one.path.split("."))
    if not one.path:
        raise Invalid(_("Choose a field."), code="filter")
    found = scope.find(names)
    family, path = family_of(found), Path(names)
    if one.operator not in OPERATORS[family]:
        raise Invalid(_("Choose what should hold."), code="filter")
    return _by_operator(one, family, path)


def _by_operator(one: Condition, family: str, path: Path) -> Node:
    operator = one.operator
    positive = next((name for name, other in _OPPOSITE.items() if other == operator), "")
    if positive and operator not in ("is_not", "!=", "not_on", "not_me", "no"):
        return _negative(msgspec.structs.replace(one, operator=positive), family, path)
    if operator == "empty":
        return Call("empty", (path,))
    if operator in ("yes", "no"):
        return Binary("=", path, Literal(operator == "yes"))
    if operator in ("me", "not_me"):
        return Binary("=" if operator == "me" else "!=", path, Call("me", ()))
    if operator == "mine":
        return Binary("in", path, Call("my_teams", ()))
    if operator == "of_my_teams":
        return Binary("in", Path((*path.names, "team")), Call("my_teams", ()))
    if operator in ("contains", "starts", "ends", "is", "is_not"):
        return Binary({"is": "=", "is_not": "!="}.get(operator, operator), path, Literal(_first(one)))
    if operator in ("last", "next"):
        unit = one.unit if one.unit in UNITS else UNITS[0]
        return Binary("in", path, Call(f"{operator}_{unit}", (Literal(whole_number(_first(one))),)))
    if operator == "in":
        if _first(one) not in NAMED_SPANS:
            raise Invalid(_("Choose a span of time."), code="filter")
        return Binary("in", path, Call(_first(one), ()))
    if operator in ("one_of", "has_any", "has_all"):
        return _listed(one, family, path)
    if operator == "between":
        low, high = (_value(one, family, index) for index in (0, 1))
        return Between(_by_day(path, family, True), low, high)
    if operator in _COMPARED:
        is_by_day = operator in _BY_DAY
        return Binary(_COMPARED[operator], _by_day(path, family, is_by_day), _value(one, family, 0))
    return Binary(operator, path, _value(one, family, 0))


def _negative(one: Condition, family: str, path: Path) -> Node:
    node = _by_operator(one, family, path)
    if one.operator == "one_of" and isinstance(node, Binary) and node.op == "=":
        return Binary("!=", node.left, node.right)
    return negate(node)


def _by_day(path: Path, family: str, is_by_day: bool) -> Node:
    return Call("date", (path,)) if family == "datetime" and is_by_day else path


def _listed(one: Condition, family: str, path: Path) -> Node:
    values = tuple(dict.fromkeys(value for value in one.values if value))[:MAX_VALUES]
    if not values:
        raise Invalid(_("Choose at least one value."), code="filter")
    if family in ("link", "user", "team", "links") and any(parse_id(value) is None for value in values):
        raise Invalid(_("Choose from the list."), code="filter")
    literals = tuple(Literal(value) for value in values)
    if one.operator == "has_all":
        return Binary("contains", path, literals[0] if len(literals) == 1 else Items(literals))
    if len(literals) == 1 and family in ("choice", "link", "user", "team"):
        return Binary("=", path, literals[0])
    return Binary("in", path, Items(literals))


def _first(one: Condition) -> str:
    value = one.values[0] if one.values else ""
    if not value:
        raise Invalid(_("Fill in a value."), code="filter")
    return value


def _value(one: Condition, family: str, index: int) -> Node:
    """A literal of the family, from what was typed."""
    text = (one.values[index] if len(one.values) > index else "").strip()
    if not text:
        raise Invalid(_("Fill in a value."), code="filter")
    if family in ("date", "datetime"):
        try:
            return Call("date", (Literal(date.fromisoformat(text).isoformat()),))
        except ValueError:
            raise Invalid(_("This is no day."), code="filter", hint=_("Write it as 2026-11-21.")) from None
    number = Literal(_number(text))
    if family == "duration":
        return Call("hours", (number,))
    return Call("money", (number, Literal(one.unit))) if family == "money" and one.unit else number


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise Invalid(_("This is no number."), code="filter", hint=_("Write it as 1200.50.")) from None
    if not number.is_finite() or number.adjusted() > 14 or number.adjusted() < -6:
        raise Invalid(_("This number is too large."), code="filter")
    return number


def whole_number(text: str) -> Decimal:
    """A whole number from 0 to 9,999."""
    if not text.isdecimal() or len(text) > 4:
        raise Invalid(_("Fill in a whole number."), code="filter")
    return Decimal(int(text))


# -- the way back


def read_condition(scope: FieldScope, node: Node) -> Condition | None:
    """The condition that makes this expression; None where there is none."""
    if isinstance(node, Not):
        inner = read_condition(scope, node.item)
        opposite = _OPPOSITE.get(inner.operator) if inner is not None else None
        return msgspec.structs.replace(inner, operator=opposite) if inner is not None and opposite else None
    path, is_by_day = _path(node)
    if path is None:
        return None
    found, family = _found(scope, path)
    if found is None:
        return None
    one = _read(node, ".".join(path.names), family, is_by_day)
    if one is not None and one.operator == "mine" and len(path.names) > 1 and path.names[-1] == "team":
        __, above = _found(scope, Path(path.names[:-1]))
        if above == "user":
            one = Condition(".".join(path.names[:-1]), "of_my_teams")
            return one
    return one if one is not None and one.operator in OPERATORS[family] else None


def _found(scope: FieldScope, path: Path) -> tuple[Found | None, str]:
    try:
        found = scope.find(path.names)
    except (Unknown, Invalid):
        return None, ""
    return found, family_of(found)


def _path(node: Node) -> tuple[Path | None, bool]:
    """The path that a condition is about, and whether it asks about a moment's day."""
    place: Node | None = None
    if isinstance(node, Path):
        place = node
    elif isinstance(node, Binary):
        place = node.left
    elif isinstance(node, Between):
        place = node.value
    elif isinstance(node, Call) and node.name == "empty" and len(node.args) == 1:
        place = node.args[0]
    if isinstance(place, Call) and place.name == "date" and len(place.args) == 1 and isinstance(place.args[0], Path):
        return place.args[0], True
    return (place, False) if isinstance(place, Path) else (None, False)


def _read(node: Node, path: str, family: str, is_by_day: bool) -> Condition | None:
    if is_by_day and family != "datetime":
        return None
    if isinstance(node, Path):
        return Condition(path, "yes") if family == "boolean" else None
    if isinstance(node, Call):
        return Condition(path, "empty")
    if isinstance(node, Between):
        low, high = _literal(node.low, family), _literal(node.high, family)
        if low is None or high is None or low[1] != high[1] or (family == "datetime") != is_by_day:
            return None
        return Condition(path, "between", (low[0], high[0]), low[1])
    return _read_binary(node, path, family, is_by_day) if isinstance(node, Binary) else None


def _read_binary(node: Binary, path: str, family: str, is_by_day: bool) -> Condition | None:
    op, right = node.op, node.right
    if isinstance(right, Call) and not is_by_day and (called := _read_call(op, right, path, family)) is not None:
        return called
    if family == "boolean":
        value = right.value if isinstance(right, Literal) else None
        return Condition(path, "yes" if value else "no") if op == "=" and isinstance(value, bool) else None
    if family in ("date", "datetime"):
        operator = next((name for name, sign in _COMPARED.items() if sign == op), "")
        day = _literal(right, family)
        is_right = family == "date" or (operator in _BY_DAY) == is_by_day
        return Condition(path, operator, (day[0],)) if operator and day is not None and is_right else None
    if op in ("in", "contains") and isinstance(right, Items):
        return _read_items(op, right, path, family)
    if family in ("number", "money", "duration"):
        number = _literal(right, family)
        return Condition(path, op, (number[0],), number[1]) if number is not None else None
    if not isinstance(right, Literal) or not isinstance(right.value, str) or not right.value:
        return None
    return _read_text(op, right.value, path, family)


def _read_text(op: str, value: str, path: str, family: str) -> Condition | None:
    if family == "text":
        operator = {"=": "is", "!=": "is_not"}.get(op, op)
        return Condition(path, operator, (value,))
    if family in ("choices", "tags", "links") and op == "contains":
        return Condition(path, "has_all", (value,)) if family != "links" or parse_id(value) else None
    if family == "choice" or parse_id(value) is not None:
        operator = {"=": "one_of", "!=": "none_of"}.get(op, "")
        return Condition(path, operator, (value,)) if operator else None
    return None


def _read_call(op: str, call: Call, path: str, family: str) -> Condition | None:
    if call.name == "me" and op in ("=", "!=") and family == "user":
        return Condition(path, "me" if op == "=" else "not_me")
    if call.name == "my_teams" and op == "in" and family == "team":
        return Condition(path, "mine")
    if op != "in" or family not in ("date", "datetime"):
        return None
    if call.name in NAMED_SPANS and not call.args:
        return Condition(path, "in", (call.name,))
    counted = _COUNTED_SPAN.fullmatch(call.name)
    count = call.args[0] if call.args else None
    if counted is None or not isinstance(count, Literal) or not isinstance(count.value, Decimal):
        return None
    text = format(count.value, "f")
    return Condition(path, counted[1], (text,), counted[2]) if text.isdecimal() and len(text) < 5 else None


def _read_items(op: str, items: Items, path: str, family: str) -> Condition | None:
    values = tuple(item.value for item in items.items if isinstance(item, Literal) and isinstance(item.value, str))
    if len(values) != len(items.items) or not values or len(values) > MAX_VALUES or len(set(values)) != len(values):
        return None
    if family in ("link", "user", "team", "links") and any(parse_id(value) is None for value in values):
        return None
    many = family in ("choices", "tags", "links")
    if op == "contains":
        return Condition(path, "has_all", values) if many else None
    return Condition(path, "has_any" if many else "one_of", values)


def _literal(node: Node, family: str) -> tuple[str, str] | None:
    """What an input shows for a literal, and its unit."""
    if family in ("date", "datetime"):
        if not isinstance(node, Call) or node.name != "date" or len(node.args) != 1:
            return None
        day = node.args[0]
        return (
            (day.value, "") if isinstance(day, Literal) and isinstance(day.value, str) and _is_day(day.value) else None
        )
    unit = ""
    if isinstance(node, Call):
        wanted = {"money": ("money", 2), "duration": ("hours", 1)}.get(family)
        if wanted != (node.name, len(node.args)):
            return None
        if family == "money":
            code = node.args[1]
            unit = str(code.value) if isinstance(code, Literal) else ""
            if not unit:
                return None
        node = node.args[0]
    elif family == "duration":
        return None
    if not isinstance(node, Literal) or not isinstance(node.value, Decimal):
        return None
    return format(node.value, "f"), unit


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
