"""Saved views, and which of them somebody keeps at hand: ordinary objects, so they have access, history and API."""

from __future__ import annotations

from relata.engine.metadata.fields import Boolean, Choice, Integer, Json, Link, LongText, Option, Text
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.module import Module
from relata.engine.metadata.object import Object

_MINE = Grant(read="own", create="own", change="own", delete="own")

VIEW = Object(
    "view",
    label="View",
    help="A list as somebody wants to see it: which records, which columns, in which order.",
    icon="layers",
    nav=False,
    everyone=_MINE,
    personal=True,
    fields=(
        Text("name", required=True, max_length=80, help="What the view is called."),
        Text("object", required=True, max_length=63, indexed=True, help="The object whose records it lists, by name."),
        Choice(
            "kind",
            default="table",
            help="How the records are drawn.",
            options=(Option("table"), Option("board"), Option("calendar"), Option("map"), Option("gallery")),
        ),
        LongText("filter", help="Which records: an expression such as amount > 10000."),
        Text("sorting", max_length=400, help="The order, such as -amount,name; empty is the object's own."),
        Json("columns", help="The columns after the title, in order: path, width in pixels, figure at the foot."),
        Text("grouping", max_length=200, help="The field or path by which the records are grouped."),
        Choice(
            "density",
            help="How high rows are; empty leaves it to each person.",
            options=(Option("compact"), Option("default"), Option("comfortable")),
        ),
        Json("shape", help="What only its kind has: the board's field, the calendar's dates and span."),
        Integer("position", default=0, help="Where it stands among the views of its object; the lowest comes first."),
    ),
)

VIEW_CHOICE = Object(
    "view_choice",
    label="Choice of a view",
    plural_label="Choices of views",
    help="That its owner keeps a view at hand, or starts with it.",
    icon="pin",
    title_field="object",
    nav=False,
    everyone=_MINE,
    personal=True,
    fields=(
        Text("object", required=True, max_length=63, help="The object whose records the view lists, by name."),
        Link("view", "view", required=True, reverse="choices", on_delete="cascade", help="The view."),
        Boolean("is_pinned", label="Pinned", default=False, help="Whether it stands in the owner's side bar."),
        Boolean("is_default", label="Default", default=False, help="Whether the object's list opens with it."),
    ),
)

MODULE = Module("views", "Views", "Saved views of lists.", essential=True, objects=(VIEW, VIEW_CHOICE))
