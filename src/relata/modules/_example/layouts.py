"""How gadgets look on screens."""

from __future__ import annotations

from relata.engine.metadata.layout import Board, Layout, Section
from relata.modules._example.contracts import GADGET

LAYOUTS = (
    Layout(
        GADGET,
        columns=("status", "price", "account", "due_on", "owner"),
        order="name",
        highlights=("status", "price", "account"),
        sections=(
            Section("Gadget", ("name", "status", "price", "account", "description")),
            Section("Lent", ("lent_to", "due_on", "is_overdue"), 'status = "lent"'),
        ),
        quick=("name", "price", "account"),
        board=Board(by="status", card=("price", "account", "due_on"), total="price"),
    ),
)
