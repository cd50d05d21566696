"""Typed values that the shared macros read: the frame of a page, form fields, table columns, choices.

A screen's own view value holds these; macros touch nothing but the attributes named here.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from relata.foundation.money import Money


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to choose. colour: 0-11 of the palette. note: a second, quieter line. href: where it leads.
    shape: person or company, where initials should stand before the label."""

    value: str
    label: str
    colour: int = 0
    note: str = ""
    href: str = ""
    group: str = ""
    shape: str = ""


class MoneyText(msgspec.Struct, frozen=True):
    """Money as a form holds it: the amount as typed, so that a mistake can be shown again."""

    amount: str = ""
    currency: str = ""


class Labelled(msgspec.Struct, frozen=True):
    """One of several e-mail addresses, numbers, links. label: such as `work`."""

    value: str = ""
    label: str = ""


class PersonName(msgspec.Struct, frozen=True, kw_only=True):
    prefix: str = ""
    given: str = ""
    family: str = ""


class Address(msgspec.Struct, frozen=True, kw_only=True):
    street: str = ""
    city: str = ""
    postal_code: str = ""
    region: str = ""
    country: str = ""


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    size: int
    href: str


class FormField(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a form, for `form_field` in components/form.html.

    kind: text, long_text, number, integer, decimal, percent, money, date, datetime, time, boolean, choice, radio,
    choices, tags, link, links, emails, phones, urls, person_name, address, rating, file, password, email, phone,
    url, search, duration, json, read_only.
    value: text for simple kinds; bool for boolean; int for rating; MoneyText, PersonName, Address for those;
    the selected value for choice and radio; a tuple of values for choices and tags; Option or None for link; a
    tuple of Option for links; a tuple of Labelled for emails, phones, urls; a tuple of StoredFile for file.
    source: address that answers option elements for link, links and tags, asked with `q`. labels: what
    e-mails and phones may be called. suffix: a unit behind the input.
    """

    name: str
    label: str
    kind: str = "text"
    value: Any = ""
    help: str = ""
    error: str = ""
    required: bool = False
    disabled: bool = False
    wide: bool = False
    autofocus: bool = False
    placeholder: str = ""
    autocomplete: str = ""
    suffix: str = ""
    options: tuple[Option, ...] = ()
    labels: tuple[Option, ...] = ()
    currencies: tuple[str, ...] = ()
    source: str = ""
    creates: bool = False
    max_length: int | None = None
    minimum: str = ""
    maximum: str = ""
    rows: int = 3


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One column of a table.

    kind: how its values are shown, as in FormField. align: start or end (numbers, money).
    sort: address that sorts by it, "" when it can't be sorted.
    sorted: "", ascending or descending. phone: whether a narrow screen's card shows it. width: "", narrow, wide.
    add: address that sorts by it beside what sorts already (Shift and a click). level: its place among several sort
    levels, 0 for the only one. pixels: its width where a person chose one. foot: the figure at its foot. help: tooltip.
    """

    name: str
    label: str
    kind: str = "text"
    align: str = "start"
    sort: str = ""
    sorted: str = ""
    phone: bool = True
    width: str = ""
    icon: str = ""
    add: str = ""
    level: int = 0
    pixels: int = 0
    foot: str = ""
    help: str = ""

    @property
    def room(self) -> int:
        """The width (px) that it begins with, of which it keeps its share: the same on each page of a list, so that
        nothing jumps when a page is turned or its later rows come."""
        return self.pixels or max(_ROOM.get(self.kind, _ELSE), _HEAD + _LETTER * min(len(self.label), _LONG))


#: Pixels that values of a kind mostly fit in.
_ROOM = {
    "boolean": 88, "percent": 88, "integer": 96, "number": 96, "decimal": 96, "date": 108, "choice": 132, "money": 128,
    "own_money": 128, "datetime": 120, "phones": 148, "user": 144, "link": 152, "any_link": 152, "tags": 176,
    "choices": 176, "emails": 192, "urls": 176, "address": 208, "long_text": 232,
}  # fmt: skip
_ELSE = 136
_HEAD, _LETTER, _LONG = 52, 6, 20


class TableRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `record_table`. cells: each column after the first with this row's value, shaped as `value` wants it.

    peek: address that answers the side panel. shape: person or company for initials before the title. overdue: names
    of columns whose value should alarm.
    """

    id: str
    title: str
    href: str
    peek: str = ""
    shape: str = ""
    cells: tuple[tuple[Column, Any], ...] = ()
    overdue: frozenset[str] = frozenset()


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One card of `record_board`: five facts at most. due: a date. owner: whose initials stand on it."""

    id: str
    title: str
    href: str
    peek: str = ""
    who: str = ""
    amount: Money | None = None
    due: date | None = None
    overdue: bool = False
    owner: Option | None = None
    tags: tuple[Option, ...] = ()


class BoardColumn(msgspec.Struct, frozen=True, kw_only=True):
    """One column of a board. count and total: of all its records, not only of the cards that are shown. more: address
    of the list behind it."""

    id: str
    label: str
    cards: tuple[Card, ...]
    count: int
    colour: int = 0
    total: Money | None = None
    more: str = ""


class NavItem(msgspec.Struct, frozen=True, kw_only=True):
    """A place to go. shortcut: keys such as `g o`. phone: whether it stands in the bottom bar (at most four)."""

    label: str
    href: str
    icon: str
    current: bool = False
    count: int | None = None
    shortcut: str = ""
    phone: bool = False
    key: str = ""


class NavGroup(msgspec.Struct, frozen=True, kw_only=True):
    """key: the name under which each person arranges and folds it; "" stays as it is."""

    items: tuple[NavItem, ...]
    label: str = ""
    key: str = ""
    closed: bool = False


class Crumb(msgspec.Struct, frozen=True):
    label: str
    href: str = ""


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """Something to do next. href: a link; post: an address to post to; dialog or panel: an address whose answer
    opens there. meaning: "bad" for what destroys."""

    label: str
    icon: str = ""
    href: str = ""
    post: str = ""
    dialog: str = ""
    panel: str = ""
    shortcut: str = ""
    meaning: str = ""


class Shell(msgspec.Struct, frozen=True, kw_only=True):
    """What the frame around every signed-in screen needs.

    csrf: goes with every unsafe request. theme: auto, light, dark or contrast. density: compact, default or
    comfortable. sidebar: wide or narrow. shortcuts: whether keys without a modifier do something. create: what the
    "New" menu and `c` offer. palette: address that answers the command palette, asked with `q`. mark: the same for all
    pages with the same frame. stands: the browser has this frame already and is sent the page alone.
    """

    workspace: str
    person: str
    person_id: str
    email: str
    csrf: str
    navigation: tuple[NavGroup, ...]
    create: tuple[Action, ...] = ()
    language: str = "en"
    direction: str = "ltr"
    theme: str = "auto"
    density: str = "default"
    sidebar: str = "wide"
    shortcuts: bool = True
    logo: str = ""
    accent: str = "petrol"
    palette: str = "/palette"
    search: str = "/search"
    settings: str = "/settings"
    profile: str = "/settings/profile"
    sign_out: str = "/sign-out"
    notifications: str = ""
    unread: int = 0
    mark: str = ""
    stands: bool = False

    @property
    def place(self) -> str:
        """The address in the navigation where one is; "" for none of them."""
        return next((item.href for group in self.navigation for item in group.items if item.current), "")
