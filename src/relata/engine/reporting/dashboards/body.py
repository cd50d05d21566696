"""What a dashboard holds: tabs of cards on a grid of twelve columns, and the filters that its cards share."""

from __future__ import annotations

from typing import Any

import msgspec

from relata.engine.reporting.definition import Definition
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

COLUMNS = 12
KINDS = ("report", "metric", "text", "image", "link")
MAX_CARDS, MAX_TABS, MAX_FILTERS, MAX_HEIGHT = 60, 12, 6, 20
_LONGEST = 200_000
_TEXT, _LABEL = 8_000, 160


class Card(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One card. kind: of KINDS. report: the id of a kept report, or the key of one that a module ships; definition: the
    report itself where the card has one of its own. metric: the key of a metric. text: in Markdown. href: of an image
    or a link. x, y, w, h: its place, in columns and rows. follows: whether the dashboard's filters hold for it."""

    id: str
    kind: str = "report"
    title: str = ""
    report: str = ""
    definition: Definition | None = None
    metric: str = ""
    text: str = ""
    href: str = ""
    x: int = 0
    y: int = 0
    w: int = 4
    h: int = 4
    follows: bool = True


class Tab(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Cards behind one tab. label: "" for the only one."""

    cards: tuple[Card, ...] = ()
    label: str = ""


class Filter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A field that readers may filter by: a choice or a link. It holds for cards about the object, and for those whose
    records link to one of it."""

    object: str
    path: str


class Body(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A whole dashboard. period: the one that it opens with, as `periods` names them; "" for each card's own.
    by_owner, by_team: whether readers may choose whose records count."""

    tabs: tuple[Tab, ...] = (Tab(),)
    filters: tuple[Filter, ...] = ()
    period: str = ""
    by_owner: bool = True
    by_team: bool = False

    def card(self, key: str) -> Card | None:
        """One card by its id."""
        return next((card for tab in self.tabs for card in tab.cards if card.id == key), None)


def read(stored: object) -> Body:
    """From what a record keeps or a person sends; Invalid for what is no dashboard."""
    try:
        body = msgspec.convert(stored or {}, Body, strict=False)
    except (msgspec.ValidationError, ArithmeticError) as error:
        raise _wrong(str(error)[:200]) from None
    if len(msgspec.json.encode(body)) > _LONGEST:
        raise _wrong(_("it is too long"))
    cards = [card for tab in body.tabs for card in tab.cards]
    if len(cards) > MAX_CARDS or len(body.tabs) > MAX_TABS or len(body.filters) > MAX_FILTERS:
        raise _wrong(_("it has too many cards, tabs or filters"))
    if len({card.id for card in cards}) < len(cards) or not all(card.id.isidentifier() for card in cards):
        raise _wrong(_("each card needs an id of its own"))
    if wrong := [card.kind for card in cards if card.kind not in KINDS]:
        raise _wrong(_("there is no card of the kind %(kind)s") % {"kind": wrong[0][:40]})
    if any(len(card.text) > _TEXT or len(card.title) > _LABEL for card in cards):
        raise _wrong(_("a text is too long"))
    if any(card.href and not _is_address(card.href) for card in cards):
        raise _wrong(_("an address begins with https:// or with /"))
    if any(card.kind == "image" and card.href and not card.href.startswith("/") for card in cards):
        raise _wrong(_("an image is one of this workspace's files"))
    tabs = tuple(msgspec.structs.replace(tab, cards=tuple(map(placed, tab.cards))) for tab in body.tabs)
    return msgspec.structs.replace(body, tabs=tabs or (Tab(),))


def write(body: Body) -> dict[str, Any]:
    """As JSON for a record."""
    found: dict[str, Any] = msgspec.to_builtins(body)
    return found


def placed(card: Card) -> Card:
    """The card within the grid."""
    w, h = min(max(card.w, 2), COLUMNS), min(max(card.h, 1), MAX_HEIGHT)
    return msgspec.structs.replace(card, w=w, h=h, x=min(max(card.x, 0), COLUMNS - w), y=min(max(card.y, 0), 500))


def _is_address(text: str) -> bool:
    inside = text.startswith("/") and not text.startswith(("//", "/\\"))
    return (inside or text.startswith("https://")) and text.isprintable() and len(text) <= 2000


def _wrong(why: str) -> Invalid:
    return Invalid(_("This is not a dashboard: %(why)s.") % {"why": why}, code="dashboard", field="body")
