"""What other modules may import from this one: names of objects, commands, events."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec

MODULE_NAME = "example"

GADGET = "gadget"


class LendGadget(msgspec.Struct, frozen=True):
    """Give a gadget to somebody. due_on: the day by which it should be back."""

    gadget: UUID
    to: str
    due_on: date


class GadgetLent(msgspec.Struct, frozen=True):
    """A gadget was given to somebody."""

    gadget: UUID
    due_on: date
