"""What a bulk change is called: what was done to how many of what."""

from __future__ import annotations

from relata.engine.metadata.object import Object
from relata.engine.transfer.bulk.fixes import FIXES
from relata.engine.transfer.bulk.order import Order
from relata.foundation.i18n import gettext as _


def name_of(one: Object, order: Order, total: int) -> str:
    """Such as "Change 12 accounts: Industry, Owner"; in the language of whoever asked."""
    many = f"{total:,} {one.noun if total == 1 else one.nouns}"
    text = {
        "change": _("Change %(many)s"), "paste": _("Paste into %(many)s"), "delete": _("Delete %(many)s"),
        "restore": _("Restore %(many)s"), "fix": _("Tidy up %(many)s"),
        "action": _("Act on %(many)s"), "add": _("Add %(many)s to a list"),
        "undo": _("Undo a change of %(many)s"),
    }[order.kind] % {"many": many}  # fmt: skip
    fields = ", ".join(one.all_fields[name].title for name in order.values if one.field(name))
    if order.kind == "fix":
        return f"{text}: {_(FIXES[order.fix].label)}"[:200]
    return f"{text}: {fields}"[:200] if order.kind == "change" and fields else text
