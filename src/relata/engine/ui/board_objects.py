"""What people keep about the columns of boards: limits and the order by hand for all, folded columns for oneself.

A column is named by its object, the field that divides the board, and its value ("-" for records without one).
"""

from __future__ import annotations

from relata.engine.metadata.fields import Integer, Json, Text
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.module import Module
from relata.engine.metadata.object import Object

#: The column of records without a value.
NOTHING = "-"

_COLUMN = (
    Text("object", required=True, max_length=60, indexed=True, help="The object whose board it is."),
    Text("by", required=True, max_length=60, help="The field that divides the board."),
    Text("value", required=True, max_length=80, help="The field's value in this column, - for none."),
)

BOARD_COLUMN = Object(
    "board_column",
    label="Board column",
    help="What a team agreed on for one column of a board: how many cards it should hold, and their order.",
    icon="square-kanban",
    title_field="value",
    nav=False,
    everyone=Grant(read="all"),
    unique_together=(("object", "by", "value"),),
    fields=(
        *_COLUMN,
        Integer("limit", minimum=1, maximum=9999, help="How many cards should be in it at most."),
        Json("places", help="The cards that were put in order by hand, first one first."),
    ),
)

FOLDED_COLUMN = Object(
    "folded_column",
    label="Folded column",
    help="A column of a board that its owner does not want to see open.",
    icon="square-kanban",
    title_field="value",
    nav=False,
    everyone=Grant(read="own", create="own", change="own", delete="own"),
    personal=True,
    fields=_COLUMN,
)

MODULE = Module(
    "boards",
    "Boards",
    "Limits, order by hand and folded columns.",
    essential=True,
    objects=(BOARD_COLUMN, FOLDED_COLUMN),
)
