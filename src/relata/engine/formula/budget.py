"""How large an expression may be, so that nobody's filter can cost more than a filter should."""

from __future__ import annotations

from relata.engine.formula.problems import refuse
from relata.engine.formula.tree import Items, Literal, Node, children
from relata.foundation.i18n import gettext as _

#: Characters of text.
MAX_TEXT = 20_000
#: Levels of the tree. Each costs some frames of Python's stack in every pass, so this protects against exhausting it.
MAX_DEPTH = 40
#: Nodes of the tree, not counting the literals of lists.
MAX_NODES = 1_000
#: Values in one `in (...)`; they are one parameter, so many of them are cheap.
MAX_ITEMS = 5_000
#: Nodes after money has been taken apart into amounts and currencies.
MAX_TYPED_NODES = 6_000

CODE = "expression_too_large"


def within_budget(node: Node) -> Node:
    """The node itself, or Invalid."""
    seen = 0
    pending = [(node, 1)]
    while pending:
        current, depth = pending.pop()
        seen += 1
        if seen > MAX_NODES:
            raise refuse(_("This expression has too many parts"), None, _("Split it into several fields."), CODE)
        if depth > MAX_DEPTH:
            raise too_deep(current.position)
        pending.extend((child, depth + 1) for child in _counted(current))
    return node


def too_deep(position: int | None) -> Exception:
    return refuse(_("This expression is nested too deeply"), position, _("Split it into several fields."), CODE)


def _counted(node: Node) -> tuple[Node, ...]:
    if not isinstance(node, Items):
        return children(node)
    if len(node.items) > MAX_ITEMS:
        raise refuse(
            _("A list holds at most %(max_items)s values") % {"max_items": MAX_ITEMS}, node.position, None, CODE
        )
    return tuple(item for item in node.items if not isinstance(item, Literal))
