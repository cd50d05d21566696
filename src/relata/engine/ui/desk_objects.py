"""What each person arranges for themselves: favourites, the side bar, the home page. Ordinary objects, so they have
access, history and API."""

from __future__ import annotations

from relata.engine.metadata.fields import AnyLink, Boolean, Integer, Json, Text
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.module import Module
from relata.engine.metadata.object import Object

_MINE = Grant(read="own", create="own", change="own", delete="own")

FAVOURITE = Object(
    "favourite",
    label="Favourite",
    help="That its owner keeps a record at hand, in the side bar.",
    icon="star",
    title_field="object",
    nav=False,
    everyone=_MINE,
    personal=True,
    fields=(
        Text("object", required=True, max_length=63, help="The object of the record, by name."),
        AnyLink("about", required=True, reverse="favourites", help="The record."),
        Integer("position", default=0, help="Where it stands; the lowest comes first."),
    ),
)

DESK = Object(
    "desk",
    label="Desk",
    help="How its owner has arranged the side bar and the home page.",
    icon="panel-left",
    nav=False,
    everyone=_MINE,
    personal=True,
    fields=(
        Text("name", default="Desk", max_length=60, read_only=True, help="What it is called."),
        Json("sidebar", help="Groups and places in their order, what is hidden, which groups are closed."),
        Json("home", help="Cards in their order, what is hidden, and whose records they show."),
        Boolean("knows_start", label="First steps put away", default=False, help="Whether the checklist was closed."),
    ),
)

MODULE = Module(
    "desks", "Desks", "Favourites and what each person arranges.", essential=True, objects=(FAVOURITE, DESK)
)
