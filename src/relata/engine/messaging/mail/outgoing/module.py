"""Writing mail as a module of the engine: what it declares."""

from __future__ import annotations

from relata.engine.messaging.mail.outgoing import inbox, objects, recipient_objects
from relata.engine.messaging.mail.outgoing.actions import ACTIONS
from relata.engine.messaging.mail.outgoing.blocking import block_sender
from relata.engine.messaging.mail.outgoing.followups import REACTIONS, SCHEDULES
from relata.engine.messaging.mail.templates import objects as templates
from relata.engine.messaging.mail.templates.rendering import GUARDS as TEMPLATE_GUARDS
from relata.engine.metadata.fields import Boolean
from relata.engine.metadata.module import Extension, Module

MODULE = Module(
    "mail_out",
    "Writing mail",
    "Templates, drafts, and what became of mails that were sent.",
    essential=True,
    depends=("mail",),
    position=33,
    beside="mail",
    objects=(
        templates.TEMPLATE_OBJECT,
        templates.SNIPPET_OBJECT,
        objects.MAILING_OBJECT,
        objects.WRITTEN_OBJECT,
        recipient_objects.RECIPIENT_OBJECT,
        objects.STOP_OBJECT,
    ),
    extensions=(
        Extension(
            "mailbox",
            (
                Boolean(
                    "tracks_opens",
                    label="Notes that mails are opened",
                    default=False,
                    help="With a picture that is asked for; only where the workspace allows it.",
                ),
                Boolean(
                    "tracks_clicks",
                    label="Notes that links are followed",
                    default=False,
                    help="Links lead through here; only where the workspace allows it.",
                ),
            ),
        ),
    ),
    layouts=(*templates.LAYOUTS, *objects.LAYOUTS, recipient_objects.LAYOUT),
    guards=TEMPLATE_GUARDS,
    actions=(*ACTIONS, *inbox.ACTIONS, block_sender),
    reactions=REACTIONS,
    schedules=(*SCHEDULES, *inbox.SCHEDULES),
)
