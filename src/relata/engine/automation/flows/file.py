"""A flow as a file: what an export gives and an import takes."""

from __future__ import annotations

import msgspec

from relata.engine.automation.flows.definition import Body
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _


class FlowFile(msgspec.Struct, frozen=True, kw_only=True):
    """A flow as a file."""

    relata_flow: int = 1
    name: str
    purpose: str = ""
    flow: Body


def file_of(given: str | bytes) -> FlowFile:
    """A flow from a file's text; Invalid for what is none."""
    try:
        return msgspec.json.decode(given, type=FlowFile)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError, UnicodeError) as error:
        message = _("This is no flow: %(why)s") % {"why": str(error)[:200]}
        raise Invalid.of([Problem("flow_file", message, "file")]) from None
