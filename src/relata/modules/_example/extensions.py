"""What this module adds to accounts."""

from __future__ import annotations

from relata.engine.metadata.fields import RollUp
from relata.engine.metadata.layout import Section
from relata.engine.metadata.module import Extension
from relata.modules.parties.contracts import ACCOUNT

EXTENSIONS = (
    Extension(
        ACCOUNT,
        (RollUp("gadget_count", over="gadgets", label="Gadgets", help="How many gadgets were bought for it."),),
        sections=(Section("Gadgets", ("gadget_count",)),),
    ),
)
