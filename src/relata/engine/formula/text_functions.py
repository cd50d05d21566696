"""Functions of texts."""

from __future__ import annotations

from relata.engine.formula.checking import amount, currency
from relata.engine.formula.function import Function, Walker, argument, refused, simple
from relata.engine.formula.tree import Call
from relata.engine.formula.typed import Null, Operation, Typed
from relata.engine.formula.types import NUMBER, TEXT, Kind
from relata.foundation.i18n import gettext as _

_AS_TEXT = {
    Kind.NUMBER: "text_of_number",
    Kind.BOOLEAN: "text_of_boolean",
    Kind.ID: "text_of_id",
    Kind.DATE: "text_of_date",
    Kind.DATETIME: "text_of_datetime",
}


def _concat(walker: Walker, call: Call) -> Typed:
    parts = (argument(walker, call, index, TEXT) for index in range(len(call.args)))
    return Operation("join", tuple(Operation("text_or_nothing", (part,), TEXT) for part in parts), TEXT)


def _length(walker: Walker, call: Call) -> Typed:
    node = walker.value(call.args[0])
    match node.type.kind:
        case Kind.NULL:
            return Null(NUMBER)
        case Kind.TEXT:
            return Operation("length", (node,), NUMBER)
        case Kind.LIST:
            return Operation("list_length", (node,), NUMBER)
    raise refused(call, 0, _("a text or a list"), node.type)


def _text(walker: Walker, call: Call) -> Typed:
    node = walker.value(call.args[0])
    kind = node.type.kind
    if kind is Kind.NULL:
        return Null(TEXT)
    if kind is Kind.TEXT:
        return node
    if kind is Kind.MONEY:
        parts = (Operation("text_of_number", (amount(node),), TEXT), walker.checking.const(" ", TEXT), currency(node))
        return Operation("join", parts, TEXT)
    if kind not in _AS_TEXT:
        raise refused(call, 0, _("something that can be written as text"), node.type)
    return Operation(_AS_TEXT[kind], (node,), TEXT)


TEXT_FUNCTIONS = (
    simple("lower(text)", "In small letters.", (TEXT,), TEXT, "lower"),
    simple("upper(text)", "In capital letters.", (TEXT,), TEXT, "upper"),
    simple("trim(text)", "Without blanks at both ends.", (TEXT,), TEXT, "trim"),
    simple("domain(text)", "What a mail address says behind its last @: example.com.", (TEXT,), TEXT, "domain"),
    Function("concat(text, …)", "Texts one after the other; one that isn't there counts as empty.", 1, None, _concat),
    Function("len(text)", "How many characters a text has, or how many values a list.", 1, 1, _length),
    Function("text(value)", "As text: 1200.5, true, 2026-01-31, 2026-01-31 14:30, 10 EUR.", 1, 1, _text),
)
