"""What a run gets to know as it begins: the values that its trigger brings along, each of its declared type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from relata.engine.automation.flows.names import BODY
from relata.engine.automation.flows.outside import typed
from relata.engine.automation.flows.triggers import BRINGING
from relata.engine.automation.flows.values import packed
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _


def inputs_of(trigger: Any, given: Mapping[str, object]) -> dict[str, object]:
    """The declared inputs, by name; what is missing is empty. Invalid with each that does not fit, or that nobody
    declared."""
    declared: dict[str, str] = trigger.inputs if isinstance(trigger, BRINGING) else {}
    found: dict[str, object] = {}
    problems = [
        Problem("unknown_field", _("The flow asks for no %(name)s.") % {"name": name[:60]}, name[:60])
        for name in given
        if name not in declared
    ]
    for name, what in declared.items():
        kind, value = what.rpartition(":")[2], given.get(name)
        found[name] = None if isinstance(value, (dict, list)) else typed(value, kind)
        if value is not None and found[name] is None:
            problems.append(Problem("invalid_value", _("This is no %(kind)s.") % {"kind": kind}, name))
    if problems:
        raise Invalid.of(problems)
    return found


def kept_inputs(found: Mapping[str, object]) -> dict[str, Any]:
    """As a run keeps them."""
    return {f"{BODY}.{name}": packed(value) for name, value in found.items()}
