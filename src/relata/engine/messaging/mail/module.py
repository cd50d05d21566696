"""Mail as a module of the engine: what it declares."""

from __future__ import annotations

from relata.engine.messaging.mail import email_objects, mailbox_objects
from relata.engine.messaging.mail.consent import objects as consent
from relata.engine.messaging.mail.guards import GUARDS
from relata.engine.messaging.mail.new_people import REACTIONS as NEW_PEOPLE
from relata.engine.messaging.mail.sharing_levels import REACTIONS, SCHEDULES
from relata.engine.metadata.module import Module

MODULE = Module(
    "mail",
    "E-mail",
    "Mailboxes of people and teams, conversations, and on which records mail shows.",
    essential=True,
    depends=("people",),
    position=32,
    objects=(
        consent.PROVIDER_OBJECT,
        mailbox_objects.MAILBOX_OBJECT,
        mailbox_objects.FOLDER_OBJECT,
        mailbox_objects.RULE_OBJECT,
        mailbox_objects.FILING_RULE_OBJECT,
        mailbox_objects.COPY_OBJECT,
        email_objects.THREAD_OBJECT,
        email_objects.EMAIL_OBJECT,
        email_objects.FILING_OBJECT,
    ),
    layouts=(*mailbox_objects.LAYOUTS, *email_objects.LAYOUTS),
    permissions={mailbox_objects.MANAGE: "Set up mailboxes of teams, and rules for all mailboxes."},
    guards=(*GUARDS, *consent.GUARDS),
    reactions=(*REACTIONS, *NEW_PEOPLE),
    schedules=SCHEDULES,
)
