"""What waits for a person: the cards that modules declare, filled for them, for their teams or for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from relata.engine.access.levels import Level
from relata.engine.formula import Node, parse
from relata.engine.metadata.home_card import HomeCard, HomePart
from relata.engine.query.pages import check_where
from relata.engine.query.presence import present
from relata.engine.ui.listing import Listing, ListState, Wanted, listings
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound
from relata.foundation.i18n import gettext as _

_TEAM = "team in my_teams()"


class FilledPart(msgspec.Struct, frozen=True, kw_only=True):
    """where: the expression of the list behind it."""

    part: HomePart
    listing: Listing
    where: str


class FilledCard(msgspec.Struct, frozen=True, kw_only=True):
    """done, snooze: the actions of each row, "" where this person may not. parts: those with rows."""

    card: HomeCard
    parts: tuple[FilledPart, ...]
    done: str
    snooze: str = ""


def cards_of(work: Workspace) -> list[HomeCard]:
    """The cards whose records this person may read at all."""
    return [one for one in work.registry.home_cards if work.actor.rights.level(work.registry.get(one.object), "read")]


def card_of(work: Workspace, name: str) -> HomeCard:
    """One of them; NotFound for another."""
    for one in cards_of(work):
        if one.name == name:
            return one
    raise NotFound(_("There is no such card."), code="unknown_card")


def scopes_of(work: Workspace) -> tuple[str, ...]:
    """Whose records this person may look at: their own, those of teams that they see, everybody's."""
    levels = [work.actor.rights.level(work.registry.get(one.object), "read") for one in cards_of(work)]
    widest = max(levels, default=Level.NONE)
    team = ("team",) if widest >= Level.TEAM and (work.actor.below or work.actor.teams) else ()
    return ("mine", *team, *(("everyone",) if widest is Level.ALL else ()))


async def fill(work: Workspace, cards: Sequence[HomeCard], scope: str) -> list[FilledCard]:
    """The cards with their rows. A part that does not fit the workspace any more is left out."""
    wanted: list[Wanted] = []
    asked: list[tuple[str, Node]] = []
    places: list[tuple[HomeCard, HomePart, str]] = []
    for card in cards:
        one = work.registry.get(card.object)
        whose = {"mine": card.mine, "team": _TEAM}.get(scope, "")
        for part in card.parts:
            where = f"{whose} and {part.where}" if whose else part.where
            if not fits(work, card.object, where):
                continue
            state = ListState(order=card.order, limit=card.limit)
            asked.append((card.object, parse(where)))
            wanted.append(Wanted(one, state, asked[-1][1], card.columns, few=scope == "mine"))
            places.append((card, part, where))
    if scope == "mine":  # of somebody's own there is mostly nothing: one statement says where there is
        there = await present(work.unit.connection, work.context.ground, work.actor, asked)
        wanted = [replace(each, is_empty=not is_there) for each, is_there in zip(wanted, there, strict=True)]
    filled = zip(places, await listings(work, wanted), strict=True)
    parts: dict[str, list[FilledPart]] = {}
    for (card, part, where), found in filled:
        if found.rows:
            parts.setdefault(card.name, []).append(FilledPart(part=part, listing=found, where=where))
    return [
        FilledCard(
            card=card, parts=tuple(parts.get(card.name, ())), done=_able(work, card, card.done),
            snooze=_able(work, card, card.snooze),
        )
        for card in cards
    ]  # fmt: skip


def fits(work: Workspace, object_name: str, where: str) -> bool:
    """Whether the fields are still there and this person may read them."""
    try:
        check_where(work.context.ground, object_name, parse(where), work.actor)
    except Invalid:
        return False
    return True


def _able(work: Workspace, card: HomeCard, name: str) -> str:
    """The action, where it is there and this person may."""
    action = work.registry.actions[card.object].get(name)
    return name if action is not None and work.actor.rights.permits(action.needs) else ""
