"""Records as a gallery: cards with a picture and the fields that decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.formula import Node, all_of, parse
from relata.engine.metadata.fields import File, PersonName
from relata.engine.metadata.object import Object
from relata.engine.query.request import Query, parse_order
from relata.engine.ui.cards import card_fields, cards_of
from relata.engine.ui.listing import ListRow
from relata.engine.workspace.workspace import Workspace

#: Cards of one page; fields on one card.
CARDS, FIELDS = 48, 5


@dataclass(frozen=True, slots=True)
class GalleryState:
    """What the address of a gallery says."""

    where: str = ""
    order: str = ""
    after: str = ""
    fixed: Node | None = None


class GalleryCard(msgspec.Struct, frozen=True, kw_only=True):
    """row: the record with its fields, in the order of `labels`. picture: the id of a file, or None."""

    row: ListRow
    picture: UUID | None


class GalleryView(msgspec.Struct, frozen=True, kw_only=True):
    """is_person: whether cards stand for people."""

    object: Object
    labels: tuple[str, ...]
    cards: tuple[GalleryCard, ...]
    next: str
    previous: str
    is_person: bool


async def gallery(work: Workspace, one: Object, state: GalleryState) -> GalleryView:
    """One page of cards, newest first without an order."""
    layout = work.layout(one.name)
    picture = next((field for field in one.fields if isinstance(field, File) and work.actor.readable(one, field)), None)
    fields = card_fields(work, one, layout.columns[:FIELDS], (picture.name,) if picture else ())
    parts = [parse(state.where)] if state.where else []
    parts += [state.fixed] if state.fixed is not None else []
    order = parse_order(state.order or "-created_at")
    page = await work.query(Query(one.name, all_of(parts) if parts else None, order, fields.fields, CARDS, state.after))
    values: list[dict[str, Any]] = page.values()
    rows = (await cards_of(work, fields, [values]))[0]
    return GalleryView(
        object=one,
        labels=tuple(found.field.title if found.field else path for path, found in fields.places),
        cards=tuple(
            GalleryCard(
                row=row, picture=value[picture.name] if picture and isinstance(value[picture.name], UUID) else None
            )
            for row, value in zip(rows, values, strict=True)
        ),
        next=page.next,
        previous=page.previous,
        is_person=isinstance(one.all_fields[one.title_field], PersonName) or one.name == "user",
    )
