"""What can go wrong with gadgets, in sentences."""

from __future__ import annotations

from relata.foundation.errors import Conflict, Invalid


class GadgetIsOut(Conflict):
    """Somebody has it."""

    code = "gadget_is_out"

    def __init__(self) -> None:
        super().__init__("This gadget is not on the shelf.", field="status", hint="Wait until it is returned.")


class DueInThePast(Invalid):
    """It would be overdue at once."""

    code = "due_in_the_past"

    def __init__(self) -> None:
        super().__init__("The day lies in the past.", field="due_on", hint="Choose today or a later day.")
