"""A card of the home page, as a module declares it: which records wait for a person, in which parts."""

from __future__ import annotations

import msgspec


class HomePart(msgspec.Struct, frozen=True):
    """Some of a card's records under a heading of their own. where: an expression; the parts of a card should exclude
    each other. meaning: bad, warning or "" for how its heading looks."""

    label: str
    where: str
    meaning: str = ""


class HomeCard(msgspec.Struct, frozen=True, kw_only=True):
    """Records that wait for a person. mine: an expression for "those of this person"; of a team and of everybody are
    made from the owner's team. columns: what a row shows beside the title. limit: rows of each part. done, undo: names
    of actions that need no input; `done` is offered on each row. snooze: the one that puts it off. empty: what it says
    when nothing waits. href: where its heading leads, the object's list if left out. if_any: on the page only while
    something waits. focus: an expression for those of its records that one goes through one after the other
    (`engine.ui.focus`); log: the object that is written down meanwhile, such as a call."""

    name: str
    object: str
    label: str
    icon: str
    parts: tuple[HomePart, ...]
    mine: str = "owner = me()"
    columns: tuple[str, ...] = ()
    order: str = ""
    limit: int = 5
    done: str = ""
    undo: str = ""
    snooze: str = ""
    empty: str = ""
    href: str = ""
    if_any: bool = False
    focus: str = ""
    log: str = ""
