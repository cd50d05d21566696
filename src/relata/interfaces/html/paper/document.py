"""What stands on paper: a title, and cards in bands across the page. Words are words already."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from relata.interfaces.html.reporting.lines import Table


class PaperCard(msgspec.Struct, frozen=True, kw_only=True):
    """One card. x, y, w, h: its place on the grid of twelve columns. svg: its picture. figure, note: a number and what
    stands under it. rows: a table, its heads first. text: plain."""

    title: str = ""
    x: int = 0
    y: int = 0
    w: int = 12
    h: int = 4
    svg: str = ""
    figure: str = ""
    note: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    totals: tuple[int, ...] = ()
    text: str = ""
    notes: tuple[str, ...] = ()
    error: str = ""


class Column(msgspec.Struct, frozen=True):
    """Cards under each other. w: of the band's twelve columns."""

    w: int
    cards: tuple[PaperCard, ...]


class Section(msgspec.Struct, frozen=True):
    """Bands of columns under a heading, "" for none."""

    heading: str
    bands: tuple[tuple[Column, ...], ...]


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A whole document. subtitle: the filters that it was made with. foot: who made it and when. language: such as de.
    paper: a4 or us-letter."""

    title: str
    subtitle: str
    foot: str
    language: str
    sections: tuple[Section, ...]
    paper: str = "a4"
    is_wide: bool = True


def bands_of(cards: Iterable[PaperCard]) -> tuple[tuple[Column, ...], ...]:
    """Cards that lie beside each other share a band; those in the same columns of it stand under each other."""
    bands: list[list[PaperCard]] = []
    end = 0
    for card in sorted(cards, key=lambda one: (one.y, one.x)):
        if not bands or card.y >= end:
            bands.append([])
        bands[-1].append(card)
        end = max(end, card.y + card.h)
    return tuple(map(_columns, bands))


def _columns(band: list[PaperCard]) -> tuple[Column, ...]:
    columns: list[list[PaperCard]] = []
    end = 0
    for card in sorted(band, key=lambda one: (one.x, one.y)):
        if not columns or card.x >= end:
            columns.append([])
        columns[-1].append(card)
        end = max(end, card.x + card.w)
    return tuple(
        Column(max(card.x + card.w for card in found) - min(card.x for card in found),
               tuple(sorted(found, key=lambda one: (one.y, one.x))))
        for found in columns
    )  # fmt: skip


def rows_of(table: Table) -> tuple[tuple[tuple[str, ...], ...], tuple[int, ...]]:
    """A table's texts with its heads first, and the places of its totals."""
    rows = [(table.label, *table.heads)]
    totals = []
    for line in table.lines:
        if line.is_total:
            totals.append(len(rows))
        rows.append(("\u2003" * line.depth + line.head, *(cell.text for cell in line.cells)))
    return tuple(rows), tuple(totals)
