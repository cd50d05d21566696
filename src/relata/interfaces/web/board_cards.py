"""Cards and heads of a board as text: two hundred of them, so what comes again is written once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from relata.engine.metadata.object import Object
from relata.engine.reporting.rates import Rate
from relata.engine.ui.board import BoardColumn
from relata.engine.ui.board_totals import Figures
from relata.engine.ui.listing import ListRow
from relata.engine.ui.values import AddressParts, Item, PersonParts
from relata.foundation.money import Money
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.initials import colour_of, initials
from relata.interfaces.html.view_values import Option


class Owner(msgspec.Struct, frozen=True):
    """Whose initials stand on a card."""

    name: str
    initials: str
    colour: int


class BoardCard(msgspec.Struct, frozen=True, kw_only=True):
    """A card, in words. facts: further short values; notes: texts, each on a line of its own."""

    id: str
    title: str
    href: str
    who: str = ""
    amount: str = ""
    due: str = ""
    due_full: str = ""
    overdue: bool = False
    owner: Owner | None = None
    tags: tuple[Option, ...] = ()
    facts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class BoardHead(msgspec.Struct, frozen=True, kw_only=True):
    """The head of a column. is_known: whether count and total are there already. weighted: the total by the
    chance of each card. over: more than the limit. used, of, base: the rates at which the total was converted, the
    amounts before, and the currency."""

    id: str
    label: str
    colour: int
    is_known: bool
    count: str = ""
    total: str = ""
    total_full: str = ""
    weighted: str = ""
    limit: str = ""
    is_over: bool = False
    used: tuple[Rate, ...] = ()
    of: tuple[Money, ...] = ()
    base: str = ""


class Cards(msgspec.Struct, frozen=True, kw_only=True):
    """Cards alone, and heads that changed. error: why nothing was added, beside the column's form."""

    cards: tuple[BoardCard, ...] = ()
    more: str = ""
    heads: tuple[BoardHead, ...] = ()
    column: str = ""
    error: str = ""
    form: str = ""


class CardWriter:
    """Writes rows as cards for one reader."""

    def __init__(self, form: Formatter, today: date) -> None:
        self._form = form
        self._today = today
        self._days: dict[date, tuple[str, str]] = {}
        self._owners: dict[str, Owner] = {}
        self._tags: dict[str, Option] = {}

    def cards(self, rows: Iterable[ListRow], *, is_open: bool = True) -> tuple[BoardCard, ...]:
        """The first link says who, money how much, a date until when; choices stand as tags. is_open: whether a day
        that has passed should alarm."""
        return tuple([self._card(row, is_open) for row in rows])

    def _card(self, row: ListRow, is_open: bool) -> BoardCard:
        who = amount = due = full = ""
        overdue, owner = False, None
        tags: list[Option] = []
        facts: list[str] = []
        notes: list[str] = []
        for cell in row.cells:
            value, kind = cell.value, cell.kind
            if value is None or value == () or value == "":
                continue
            if kind == "user" and owner is None:
                owner = self._owner(value)
            elif kind in ("link", "text", "user") and not who:
                who = value if isinstance(value, str) else value.label
            elif isinstance(value, Money) and not amount:
                amount = self._form.money(value, whole=True)
            elif isinstance(value, date) and not due:
                due, full = self._day(value)
                day = value.date() if isinstance(value, datetime) else value
                overdue = is_open and day < self._today
            elif kind == "choice":
                tags.append(self._tag(value))
            elif text := self.text(kind, value):
                (notes if kind in ("text", "long_text") else facts).append(text)
        return BoardCard(
            id=row.id, title=row.title, href=row.href, who=who, amount=amount, due=due, due_full=full,
            overdue=overdue, owner=owner, tags=tuple(tags), facts=tuple(facts),
            notes=tuple(notes),
        )  # fmt: skip

    def text(self, kind: str, value: Any) -> str:
        """Any value as one line."""
        form = self._form
        if isinstance(value, Money):
            return form.money(value, whole=True)
        if isinstance(value, datetime):
            return form.datetime(value)
        if isinstance(value, date):
            return form.day(value)
        if kind == "percent":
            return form.percent(value)
        if isinstance(value, bool) or kind in ("json", "file"):
            return ""
        if isinstance(value, (int, Decimal, float)):
            return form.number(value)
        if isinstance(value, Item):
            return value.label
        if isinstance(value, PersonParts):
            return " ".join(part for part in (value.given, value.family) if part)
        if isinstance(value, AddressParts):
            return ", ".join(part for part in (value.street, value.city, value.country) if part)
        if isinstance(value, tuple):
            return ", ".join(getattr(one, "label", "") if isinstance(one, Item) else one.value for one in value[:3])
        return value[:200] if isinstance(value, str) else ""

    def _owner(self, item: Item) -> Owner:
        known = self._owners.get(item.value)
        if known is None:
            known = self._owners[item.value] = Owner(item.label, initials(item.label), colour_of(item.value))
        return known

    def _tag(self, item: Item) -> Option:
        known = self._tags.get(item.value)
        if known is None:
            known = self._tags[item.value] = Option(value=item.value, label=item.label, colour=item.colour)
        return known

    def _day(self, value: date) -> tuple[str, str]:
        known = self._days.get(value)
        if known is None:
            known = self._days[value] = (self._form.day(value), self._form.full_date(value))
        return known


def head(form: Formatter, column: BoardColumn, figures: Figures | None) -> BoardHead:
    """The head of a column. What has no rate stands beside the sum; it is never added."""
    if figures is None:
        return BoardHead(id=column.id, label=column.label, colour=column.colour, is_known=False)
    shown, first = figures.totals[:2], figures.totals[0] if figures.totals else None
    total = " + ".join(form.compact(one) for one in shown) + (" + …" if len(figures.totals) > 2 else "")
    weighted = ""
    if any(one.amount if isinstance(one, Money) else one for one in figures.weighted):
        weighted = " + ".join(form.compact(one) for one in figures.weighted[:2])
        weighted += " + …" if len(figures.weighted) > 2 else ""
    full = " + ".join(form.money(one) if isinstance(one, Money) else form.number(one) for one in figures.totals)
    return BoardHead(
        id=column.id, label=column.label, colour=column.colour, is_known=True, count=form.number(figures.count),
        total=total, total_full=full, weighted=weighted, limit=form.number(column.limit) if column.limit else "",
        is_over=bool(column.limit) and figures.count > (column.limit or 0), used=figures.used, of=figures.of,
        base=first.currency if isinstance(first, Money) else "",
    )  # fmt: skip


#: Columns whose records are over, so that no day in them is late.
_CLOSED = ("won", "lost", "done", "cancelled", "closed")


def is_open_column(one: Object, by: str, column: BoardColumn) -> bool:
    """Whether what stands in the column is still to come, as the object declares it; else by the column's name."""
    told = one.happening.open if one.happening else ""
    if by in told:
        return f'"{column.id}"' in told
    return column.label.lower() not in _CLOSED
