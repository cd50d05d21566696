"""Writing mail as a module of the engine: what it declares."""

from __future__ import annotations

from relata.engine.messaging.mail.templates import objects as templates
from relata.engine.messaging.mail.templates.rendering import GUARDS as TEMPLATE_GUARDS
from relata.engine.metadata.module import Module

MODULE = Module(
    "mail_out",
    "Writing mail",
    "Templates, drafts, and what became of mails that were sent.",
    essential=True,
    objects=(templates.TEMPLATE_OBJECT, templates.SNIPPET_OBJECT),
    layouts=templates.LAYOUTS,
    guards=TEMPLATE_GUARDS,
)
