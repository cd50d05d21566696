"""Webhooks are ordinary objects. What one tells is what its subscriber may see: who wrote its address, never who it was
handed to."""

from __future__ import annotations

from typing import Any

from relata.engine.metadata.fields import Choice, Json, LongText, MultiChoice, Option, Text, User
from relata.engine.metadata.layout import Layout, Section
from relata.engine.metadata.module import Guard, Module
from relata.engine.metadata.object import Object
from relata.foundation.errors import Denied
from relata.foundation.i18n import gettext as _

WEBHOOK = "webhook"
#: May make and change webhooks, and see what they sent.
MANAGE = "manage_webhooks"

WEBHOOK_OBJECT = Object(
    WEBHOOK,
    label="Webhook",
    help="A server that is told what happened here, as its subscriber may see it.",
    icon="webhook",
    nav=False,
    fields=(
        Text("name", required=True, max_length=120, searchable=True, help="What it is for."),
        Text("url", label="Address", required=True, max_length=2000, read_only=True, help="Where it is told."),
        Json("objects", required=True, read_only=True, help="The objects that it tells about, by name."),
        MultiChoice(
            "happens",
            required=True,
            read_only=True,
            help="What must have happened to a record.",
            options=(Option("created"), Option("changed"), Option("deleted"), Option("restored")),
        ),
        LongText("condition", read_only=True, help="Only about records that fulfil it; empty for all."),
        Choice(
            "state",
            default="active",
            required=True,
            read_only=True,
            indexed=True,
            help="Whether it is told.",
            options=(
                Option("active", colour="green"),
                Option("paused", colour="orange"),
                Option("disabled", colour="red"),
            ),
        ),
        User(
            "subscriber",
            read_only=True,
            reverse="subscribed_webhooks",
            help="As who may see what it is told: who made it or took it over.",
        ),
        Text("disabled_because", max_length=300, read_only=True, help="Why it is not told any more."),
    ),
)


async def _managers_only(work: Any, draft: Any) -> None:
    if work.trusted:
        return
    if not work.actor.rights.permits(MANAGE):
        message = _("You may not change webhooks.")
        raise Denied(message, code="denied_manage_webhooks", hint=_("Ask an administrator."))
    if draft.is_new:  # its secret would be shown to nobody
        hint = _("Make it there, where its secret is shown.")
        raise Denied(_("A webhook is made in the settings."), code="denied_webhook_alone", hint=hint)


MODULE = Module(
    "webhooks",
    "Webhooks",
    "What happens here, told to other servers.",
    essential=True,
    objects=(WEBHOOK_OBJECT,),
    guards=(Guard(WEBHOOK, _managers_only),),
    permissions={MANAGE: "Make and change webhooks, and see what they sent."},
    layouts=(
        Layout(
            WEBHOOK,
            columns=("url", "state", "subscriber", "changed_at"),
            order="name",
            highlights=("state", "disabled_because", "subscriber"),
            sections=(Section("Webhook", ("name", "url", "objects", "happens", "condition")),),
        ),
    ),
)
