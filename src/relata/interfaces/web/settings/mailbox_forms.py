"""The inputs for the servers of a mailbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from relata.engine.messaging.mail.mailbox_objects import MAILBOX
from relata.engine.metadata.fields import Choice
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.settings.frame import text

#: What is written and never shown.
SECRETS = ("password", "client_secret", "refresh_token")
SERVER_NAMES = (
    "imap_host", "imap_port", "imap_security", "smtp_host", "smtp_port", "smtp_security", "user_name", "sign_in",
    "client_id", "token_address",
)  # fmt: skip


def server_fields(work: Workspace, values: Mapping[str, Any], errors: Mapping[str, str]) -> tuple[FormField, ...]:
    """One input each. values: "" where what is usual holds."""
    labels = {
        "imap_host": _("IMAP server"), "imap_port": _("IMAP port"), "imap_security": _("IMAP encryption"),
        "smtp_host": _("SMTP server"), "smtp_port": _("SMTP port"), "smtp_security": _("SMTP encryption"),
        "user_name": _("User, where it is not the address"), "sign_in": _("Sign-in"),
        "client_id": _("Client, for OAuth 2"), "token_address": _("Token address, for OAuth 2"),
    }  # fmt: skip
    found = []
    for name in SERVER_NAMES:
        field = work.registry.get(MAILBOX).all_fields[name]
        value = "" if values.get(name) is None else values[name]
        if isinstance(field, Choice):
            found.append(text(name, labels[name], value or str(field.default), errors, kind="choice",
                              options=options_of(field)))  # fmt: skip
        else:
            kind = "integer" if name.endswith("_port") else "text"
            hint = str(field.default) if name.endswith("_port") else ""
            found.append(text(name, labels[name], value, errors, kind=kind, placeholder=hint, autocomplete="off"))
    return tuple(found)


def permission_fields(errors: Mapping[str, str]) -> tuple[FormField, ...]:
    """What a mailbox with OAuth 2 needs; what is stored is never shown."""
    stays = _("Leave it empty to keep the one that is stored.")
    return (
        text("client_secret", _("Client secret, for OAuth 2"), "", errors, kind="password", autocomplete="off",
             help=stays),
        text("refresh_token", _("Refresh token, for OAuth 2"), "", errors, kind="password", autocomplete="off",
             help=_("With it another token is fetched each hour. Leave it empty to keep the one that is stored.")),
    )  # fmt: skip


def options_of(field: Choice) -> tuple[Option, ...]:
    """What a choice offers, in the reader's language."""
    return tuple(Option(value=one.value, label=one.title) for one in field.options)
