"""What holds for every form, however it is written. Submissions are made with every right, so only who may change
objects says what they set."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from relata.engine.automation.capture.definition import can_be_target, check_items, items_of, mail_field
from relata.engine.automation.capture.names import FORM
from relata.engine.metadata.module import Guard
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _

_KEY_BYTES = 16


async def check_form(work: Workspace, draft: Draft) -> None:
    """A key for a new one; a target and fields that fit it; what is published asks for something."""
    require(work, "manage_objects")
    if draft.is_new:
        draft.set("key", secrets.token_urlsafe(_KEY_BYTES))
    one = work.registry.objects.get(draft["target"] or "")
    if one is None or not can_be_target(one):
        raise Invalid.of([Problem("invalid_value", _("A form makes leads or contacts, not this."), "target")])
    items = items_of(draft["items"])
    if draft["state"] == "published" or draft.changed("items"):
        check_items(one, items)
    if draft["state"] == "published" and mail_field(one, items) is None:
        raise Invalid.of([Problem("required", _("The form asks for nothing yet."), "items", _("Add a field first."))])
    _check_address(draft["thanks_address"])


def _check_address(text: str | None) -> None:
    if text and (urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).hostname):
        hint = _("Write it with https:// in front.")
        raise Invalid.of([Problem("invalid_value", _("This is no web address."), "thanks_address", hint)])


GUARDS = (Guard(FORM, check_form),)
