"""Records as cards: which fields stand on them, and rows of several lists with one question for all their links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from relata.engine.formula import Unknown
from relata.engine.metadata.fields import AnyLink, Link, Links
from relata.engine.metadata.object import Object
from relata.engine.query.scope import FieldScope, Found
from relata.engine.ui.listing import ListRow, shows_title, text_of
from relata.engine.ui.values import Presenter, Shown, presenter, record_href, targets_of
from relata.engine.workspace.titles import Titles, titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _

_LINKING = (Link, Links, AnyLink)


@dataclass(frozen=True, slots=True)
class CardFields:
    """What is read for a card. places: path and field of what this person may see; fields: everything to load."""

    object: Object
    places: tuple[tuple[str, Found], ...]
    fields: tuple[str, ...]


def card_fields(work: Workspace, one: Object, paths: Sequence[str], also: Sequence[str] = ()) -> CardFields:
    """Without what is hidden from this person, or gone. also: further paths to load that no card shows."""
    scope = FieldScope(work.registry, one, work.actor)
    places = []
    for path in dict.fromkeys(paths):
        try:
            found = scope.find(tuple(path.split(".")))
        except Unknown:
            continue
        if path != one.title_field:
            places.append((path, found))
    title = (one.title_field,) if shows_title(work, one) else ()
    return CardFields(one, tuple(places), tuple(dict.fromkeys(("id", *title, *(path for path, _ in places), *also))))


async def cards_of(
    work: Workspace, wanted: CardFields, lists: Sequence[Sequence[dict[str, Any]]]
) -> list[tuple[ListRow, ...]]:
    """Rows as cards, list by list; the titles of what they link to are asked for once."""
    linking = [
        (path, found.field) for path, found in wanted.places if not found.part and isinstance(found.field, _LINKING)
    ]
    targets = targets_of((field, row.get(path)) for path, field in linking for rows in lists for row in rows)
    titles = await titles_of(work.unit, targets)
    one = wanted.object
    title_field = one.all_fields[one.title_field]
    present = [(path, _presenter(work, found, titles)) for path, found in wanted.places]
    base = record_href(work.registry, one.name, "")
    return [
        tuple([
            ListRow(
                id=str(row["id"]),
                title=text_of(title_field, row.get(one.title_field)) or _("Untitled"),
                href=f"{base}{row['id']}",
                cells=tuple([show(row.get(path)) for path, show in present]),
            )
            for row in rows
        ])
        for rows in lists
    ]  # fmt: skip


def _presenter(work: Workspace, found: Found, titles: Titles) -> Presenter:
    if found.field is None or found.part:
        return lambda value: Shown("text" if isinstance(value, str) or value is None else "number", value)
    return presenter(work.registry, found.field, titles, str(found.type.kind))
