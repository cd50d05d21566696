"""Random well-typed expressions over an opportunity, for Hypothesis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any as Anything

from hypothesis import strategies as st
from tests.engine.formula.pools import DATES, DURATION_TEXTS, MOMENTS, NUMBERS, TEXTS

from relata.engine.formula import (
    SPANS,
    Between,
    Binary,
    Call,
    Items,
    Literal,
    Negative,
    Node,
    Path,
    all_of,
    any_of,
    negate,
)

Make = Callable[[int], Node]

# Letters that Python's Unicode does not know yet, or whose capital it does not know, would differ for that reason only.
LETTERS = st.characters(exclude_categories=["Cs", "Cn"], exclude_characters="\0ɤƛ")
ORDER = ("=", "!=", "<", "<=", ">", ">=")


def call(name: str, *args: Node) -> Call:
    return Call(name, args)


def path(text: str) -> Path:
    return Path(tuple(text.split(".")))


class Grower:
    """Grows one expression; `inside` names the object whose fields are in reach."""

    def __init__(self, draw: Callable[..., Anything], inside: str = "opportunity") -> None:
        self.draw = draw
        self.inside = inside

    def pick(self, options: Sequence[Anything] | str | range) -> Anything:
        return self.draw(st.sampled_from(options))

    def field(self, kind: str) -> Node:
        return path(self.pick(FIELDS[self.inside][kind]))

    def one(self, leaves: list[Make], branches: list[Make], depth: int) -> Node:
        make: Make = self.pick(leaves + branches if depth > 0 else leaves)
        return make(depth - 1)

    def any_kind(self, depth: int) -> Node:
        return self.of(self.pick(KINDS), depth)

    def of(self, kind: str, depth: int) -> Node:
        make: Make = getattr(self, kind)
        return make(depth)

    # -- the same for every kind

    def choice(self, kind: str) -> list[Make]:
        return [
            lambda d: call("if", self.boolean(d), self.of(kind, d), self.of(kind, d)),
            lambda d: call("if", self.boolean(d), self.of(kind, d)),
            lambda d: call("coalesce", self.of(kind, d), self.of(kind, d)),
        ]

    def extreme(self, kind: str) -> list[Make]:
        return [lambda d: call(self.pick(("min", "max")), self.of(kind, d), self.of(kind, d))]

    # -- kinds

    def text(self, depth: int) -> Node:
        return self.one(
            [lambda d: self.field("text"), self.text_literal],
            [
                lambda d: call(self.pick(("lower", "upper", "trim")), self.text(d)),
                lambda d: Binary("+", self.text(d), self.text(d)),
                lambda d: call("concat", self.text(d), self.text(d)),
                lambda d: call("text", self.of(self.pick(("number", "boolean", "date", "moment", "money")), d)),
                lambda d: call("currency", self.money(d)),
                *self.choice("text"),
                *self.extreme("text"),
            ],
            depth,
        )

    def text_literal(self, depth: int) -> Node:
        text = self.draw(st.sampled_from(TEXTS) | st.text(LETTERS, max_size=4))
        return Literal(str(text))

    def number(self, depth: int) -> Node:
        return self.one(
            [lambda d: self.field("number"), self.number_literal],
            [
                lambda d: Binary(self.pick("+-*/"), self.number(d), self.number(d)),
                lambda d: Binary(self.pick("+-*/"), self.number(d), self.number(d)),
                lambda d: Negative(self.number(d)),
                lambda d: call(self.pick(("abs", "round", "floor", "ceil")), self.number(d)),
                lambda d: call("round", self.number(d), Literal(Decimal(self.pick(range(-3, 13))))),
                lambda d: call("len", self.text(d)),
                lambda d: call("len", self.field("texts")) if self.inside == "opportunity" else self.number(d),
                lambda d: call("number", self.text(d)),
                lambda d: call("amount", self.money(d)),
                lambda d: call(self.pick(("year", "quarter", "month", "day", "weekday")), self.day(d)),
                lambda d: call("days_between", self.day(d), self.day(d)),
                lambda d: Binary("-", self.date(d), self.date(d)),
                lambda d: Binary("/", self.money(d), self.money(d)),
                lambda d: Binary("/", self.duration(d), self.duration(d)),
                lambda d: self.many("count", d),
                *self.choice("number"),
                *self.extreme("number"),
            ],
            depth,
        )

    def number_literal(self, depth: int) -> Node:
        return Literal(self.draw(st.sampled_from(NUMBERS) | st.decimals(-1000, 1000, places=3)))

    def day(self, depth: int) -> Node:
        return self.of(self.pick(("date", "moment")), depth)

    def date(self, depth: int) -> Node:
        return self.one(
            [
                lambda d: self.field("date"),
                lambda d: call("date", Literal(self.pick(DATES).isoformat())),
                lambda d: call(self.pick(("today", "yesterday", "tomorrow"))),
            ],
            [
                lambda d: call(self.pick(("add_days", "add_months")), self.date(d), self.number(d)),
                lambda d: Binary(self.pick("+-"), self.date(d), self.number(d)),
                lambda d: call("date", self.moment(d)),
                *self.choice("date"),
                *self.extreme("date"),
            ],
            depth,
        )

    def moment(self, depth: int) -> Node:
        return self.one(
            [
                lambda d: self.field("moment"),
                lambda d: call("datetime", Literal(self.pick(MOMENTS).isoformat())),
                lambda d: call("datetime", Literal(self.pick(("2026-03-29 02:30", "2026-10-25 02:30:01")))),
                lambda d: call("now"),
            ],
            [
                lambda d: call(self.pick(("add_days", "add_months")), self.moment(d), self.number(d)),
                lambda d: Binary(self.pick("+-"), self.moment(d), self.duration(d)),
                lambda d: call("datetime", self.date(d)),
                lambda d: self.many(self.pick(("first", "last")), d),
                *self.choice("moment"),
                *self.extreme("moment"),
            ],
            depth,
        )

    def duration(self, depth: int) -> Node:
        return self.one(
            [
                lambda d: self.field("duration"),
                lambda d: call(self.pick(DURATION_TEXTS), self.number_literal(d)),
            ],
            [
                lambda d: Binary(self.pick("+-"), self.duration(d), self.duration(d)),
                lambda d: Binary(self.pick("*/"), self.duration(d), self.number(d)),
                lambda d: Binary("-", self.moment(d), self.moment(d)),
                lambda d: Negative(self.duration(d)),
                *self.choice("duration"),
                *self.extreme("duration"),
            ],
            depth,
        )

    def money(self, depth: int) -> Node:
        return self.one(
            [
                lambda d: self.field("money"),
                lambda d: call("money", self.number_literal(d), Literal(self.pick(("EUR", "USD")))),
            ],
            [
                lambda d: Binary(self.pick("+-"), self.money(d), self.money(d)),
                lambda d: Binary(self.pick("*/"), self.money(d), self.number(d)),
                lambda d: Binary("*", self.number(d), self.money(d)),
                lambda d: Negative(self.money(d)),
                lambda d: call(self.pick(("abs", "round", "floor", "ceil")), self.money(d)),
                lambda d: call("money", self.number(d), Literal("EUR")),
                *self.choice("money"),
            ],
            depth,
        )

    def boolean(self, depth: int) -> Node:
        return self.one(
            [lambda d: self.field("boolean"), self.comparison, self.comparison, self.membership],
            [
                self.comparison,
                self.membership,
                lambda d: all_of((self.boolean(d), self.boolean(d))),
                lambda d: any_of((self.boolean(d), self.boolean(d))),
                lambda d: negate(self.boolean(d)),
                lambda d: call("empty", self.any_kind(d)),
                lambda d: self.many("exists", d),
                lambda d: Binary(self.pick(("=", "!=")), self.boolean(d), self.boolean(d)),
                self.range,
                self.search,
                *self.choice("boolean"),
            ],
            depth,
        )

    def comparison(self, depth: int) -> Node:
        kind = self.pick(("text", "number", "date", "moment", "duration", "money"))
        other = str(self.pick(MIXED.get(kind, (kind,))))
        return Binary(self.pick(ORDER), self.of(kind, depth), self.of(other, depth))

    def range(self, depth: int) -> Node:
        kind = self.pick(("text", "number", "date", "moment", "duration", "money"))
        low, high = (str(self.pick(MIXED.get(kind, (kind,)))) for _ in range(2))
        if kind == "money" and low != high:
            high = low
        return Between(self.of(kind, depth), self.of(low, depth), self.of(high, depth))

    def search(self, depth: int) -> Node:
        return Binary(self.pick(("contains", "starts", "ends")), self.text(depth), self.text(depth))

    def membership(self, depth: int) -> Node:
        options: list[Make] = [self.among_literals, self.among_values, self.in_span]
        if self.inside == "opportunity":
            options += [self.list_overlap, self.list_contains, self.in_list]
        make: Make = self.pick(options)
        return make(depth)

    def among_literals(self, depth: int) -> Node:
        if self.draw(st.booleans()):
            items = tuple(self.text_literal(0) for _ in range(self.draw(st.integers(0, 3))))
            return Binary("in", self.text(depth), Items(items))
        items = tuple(self.number_literal(0) for _ in range(self.draw(st.integers(0, 3))))
        return Binary("in", self.of(self.pick(("number", "money")), depth), Items(items))

    def among_values(self, depth: int) -> Node:
        kind = self.pick(("text", "number", "date", "moment", "duration", "money"))
        other = str(self.pick(MIXED.get(kind, (kind,))))
        return Binary("in", self.of(kind, depth), Items((self.of(kind, depth), self.of(other, depth))))

    def in_span(self, depth: int) -> Node:
        name = self.pick(sorted(SPANS))
        args = (Literal(Decimal(self.pick((0, 1, 7, 30, 10_000)))),) if SPANS[name].counted else ()
        return Binary("in", self.day(depth), Call(name, args))

    def list_overlap(self, depth: int) -> Node:
        return Binary("in", path("tags"), Items(tuple(self.tag() for _ in range(self.draw(st.integers(0, 2))))))

    def list_contains(self, depth: int) -> Node:
        wanted = Items((self.tag(), self.tag())) if self.draw(st.booleans()) else self.tag()
        return Binary("contains", path("tags"), wanted)

    def in_list(self, depth: int) -> Node:
        return Binary("in", self.number(depth), path("scores"))

    def tag(self) -> Node:
        return Literal(self.pick(("vip", "late", "eu")))

    def many(self, name: str, depth: int) -> Node:
        if self.inside != "opportunity":
            return self.of({"count": "number", "exists": "boolean"}.get(name, "moment"), depth)
        of = (path("activities"), path("at")) if name in ("first", "last") else (path("activities"),)
        if self.draw(st.booleans()):
            return call(name, *of)
        return call(name, *of, Grower(self.draw, "activity").boolean(min(depth, 2)))


KINDS = ("text", "number", "date", "moment", "duration", "money", "boolean")
MIXED = {"date": ("date", "moment"), "moment": ("moment", "date"), "money": ("money", "number")}
FIELDS = {
    "opportunity": {
        "text": ("name", "notes", "account.name", "amount.currency"),
        "texts": ("tags",),
        "number": ("probability", "factor", "seats", "account.employees"),
        "date": ("close_date", "start_date", "account.founded"),
        "moment": ("created_at", "called_at"),
        "duration": ("effort", "spent"),
        "money": ("amount", "budget", "account.revenue"),
        "boolean": ("is_hot", "is_new"),
    },
    "activity": {
        "text": ("kind", "opportunity.name"),
        "number": ("opportunity.factor",),
        "date": ("opportunity.close_date",),
        "moment": ("at",),
        "duration": ("length",),
        "money": ("cost",),
        "boolean": ("opportunity.is_hot",),
    },
}


@st.composite
def expressions(draw: Callable[..., Anything], depth: int = 3) -> Node:
    """Of any kind."""
    return Grower(draw).any_kind(depth)
