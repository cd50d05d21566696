"""What holds for mailboxes, mails and rules on every path."""

from __future__ import annotations

from relata.engine.messaging.mail.email_objects import EMAIL
from relata.engine.messaging.mail.mailbox_objects import MAIL_RULE, MAILBOX, MANAGE
from relata.engine.messaging.mail.new_people import person_objects
from relata.engine.metadata.module import Guard
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _


async def check_mailbox(work: Workspace, draft: Draft) -> None:
    """A personal mailbox is its owner's alone; a shared one has a team, and is set up by who may do so for others."""
    address = (draft["address"] or "").strip().lower()
    if address.count("@") != 1 or not all(address.split("@")) or not address.isprintable() or " " in address:
        raise Invalid(_("This is no e-mail address."), code="invalid_value", field="address")
    draft.set("address", address)
    if draft.changed("refresh_token") and not draft.changed("token_until"):  # connected anew: what there is, is old
        draft.set("token_until", None)
    if draft["takes_copies"] and draft.changed("takes_copies"):
        require(work, MANAGE)
    _check_new_people(work, draft)
    if not draft["is_shared"]:
        if draft.changed("is_shared") and not draft.is_new:
            require(work, MANAGE)
        draft.set("team", None)
        return
    require(work, MANAGE)
    if draft["team"] is None:
        raise Invalid(_("Choose the team whose mailbox this is."), code="required", field="team")


def _check_new_people(work: Workspace, draft: Draft) -> None:
    """They become something that the person may make."""
    if not draft.changed("new_people") and not draft.changed("new_people_as"):
        return
    able = [one.name for one in person_objects(work)]
    if draft["new_people"] in ("written", "all") and draft["new_people_as"] is None and able:
        draft.set("new_people_as", able[0])
    if draft["new_people_as"] is not None and draft["new_people_as"] not in able:
        raise Invalid(
            _("New people can't become this."), code="invalid_value", field="new_people_as",
            hint=_("Choose people whom you may add yourself, such as contacts."),
        )  # fmt: skip


async def check_email(work: Workspace, draft: Draft) -> None:
    """A mail belongs where its mailbox belongs, and to nobody else."""
    if not draft.is_new and not draft.changed("mailbox"):
        return
    if draft["mailbox"] is None:
        draft.set("team", None)
        return
    mailbox = await work.cached_get(MAILBOX, draft["mailbox"])
    draft.set("team", mailbox["team"])
    if draft["owner"] is None:
        draft.set("owner", mailbox["owner"])


async def check_rule(work: Workspace, draft: Draft) -> None:
    """What holds for all mailboxes is decided by who sets them up."""
    draft.set("pattern", (draft["pattern"] or "").strip().lower().removeprefix("@"))
    if draft["mailbox"] is None or (not draft.is_new and draft.old("mailbox") is None):
        require(work, MANAGE)


GUARDS = (Guard(MAILBOX, check_mailbox), Guard(EMAIL, check_email), Guard(MAIL_RULE, check_rule))
