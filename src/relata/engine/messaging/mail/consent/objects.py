"""Providers at which mailboxes are connected by consent: ordinary objects, written down once by who sets up
mailboxes."""

from __future__ import annotations

from typing import NamedTuple

from relata.engine.messaging.mail.mailbox_objects import MANAGE, PROVIDER
from relata.engine.metadata.fields import Choice, Integer, Option, Text
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.module import Guard
from relata.engine.metadata.object import Object
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _


class Usual(NamedTuple):
    """What is known of a provider."""

    authorization_address: str
    token_address: str
    scopes: str
    imap_host: str
    smtp_host: str
    smtp_port: int


#: By kind. `openid email` tells whose consent it was.
USUAL = {
    "google": Usual(
        "https://accounts.google.com/o/oauth2/v2/auth", "https://oauth2.googleapis.com/token",
        "https://mail.google.com/ openid email", "imap.gmail.com", "smtp.gmail.com", 465,
    ),
    "microsoft": Usual(
        "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access openid"
        " email",
        "outlook.office365.com", "smtp.office365.com", 587,
    ),
}  # fmt: skip

PROVIDER_OBJECT = Object(
    PROVIDER,
    label="Mail provider",
    help="A provider at which people consent that their mailbox is read here.",
    icon="key-round",
    nav=False,
    everyone=Grant(read="all"),
    fields=(
        Text("name", required=True, max_length=60, help="What people know it as, such as Google."),
        Choice(
            "kind",
            required=True,
            default="google",
            help="Of the first two everything but the client is known.",
            options=(Option("google"), Option("microsoft"), Option("other")),
        ),
        Text("client_id", label="Client", required=True, max_length=300, help="As what it knows this installation."),
        Text("client_secret", max_length=1000, sensitivity="secret", help="What it gave for the client."),
        Text("authorization_address", max_length=500, help="Where people consent."),
        Text("token_address", max_length=500, help="Where tokens are fetched."),
        Text("scopes", max_length=500, help="What is asked for, separated by spaces."),
        Text("imap_host", label="IMAP server", max_length=253, help="Where its mail is read."),
        Integer("imap_port", label="IMAP port", minimum=1, maximum=65535, default=993, help="993 with TLS."),
        Text("smtp_host", label="SMTP server", max_length=253, help="Through which its mail goes out."),
        Integer("smtp_port", label="SMTP port", minimum=1, maximum=65535, default=465, help="465 with TLS, else 587."),
    ),
)


async def check_provider(work: Workspace, draft: Draft) -> None:
    """Who sets up mailboxes decides; what is known is filled in, and nothing is asked for in the clear."""
    require(work, MANAGE)
    known = USUAL.get(draft["kind"])
    if known is not None:
        for name, value in known._asdict().items():
            if not draft[name] or (draft.is_new and name == "smtp_port"):
                draft.set(name, value)
    for name in ("authorization_address", "token_address", "scopes", "imap_host"):
        if not draft[name]:
            raise Invalid(_("Of another provider this must be said."), code="required", field=name)
    if not str(draft["authorization_address"]).startswith("https://"):  # the other one is fetched by the guarded client
        raise Invalid(_("The address must begin with https://."), code="url_plain", field="authorization_address")


GUARDS = (Guard(PROVIDER, check_provider),)
