"""Addresses that are put into mails: signed, without anything that names a person, each good for one thing."""

from __future__ import annotations

import base64
import hashlib
import hmac
from uuid import UUID

from relata.foundation.errors import Expired
from relata.foundation.ids import parse_id

#: What a token is for.
STOP, OPENED, CLICKED = "stop", "opened", "clicked"


def make(secret: str, purpose: str, workspace: str, mail: UUID, more: str = "") -> str:
    """workspace.mail.signature; good as long as the installation's secret, since old mails are read, too. more: what
    stands beside it in the address and is signed with it, such as where a link leads."""
    return f"{workspace}.{mail.hex}.{_signature(secret, purpose, workspace, mail, more)}"


def read(secret: str, purpose: str, token: str, more: str = "") -> tuple[str, UUID]:
    """Workspace and mail; Expired for anything that was not signed here for this."""
    workspace, _, rest = token.partition(".")
    text, _, signature = rest.partition(".")
    mail = parse_id(text)
    if mail is None or not hmac.compare_digest(
        _signature(secret, purpose, workspace, mail, more).encode(), signature.encode()
    ):
        raise Expired("This link is not valid.", code="mail_link", hint="It may be incomplete; open it from the mail.")
    return workspace, mail


def _signature(secret: str, purpose: str, workspace: str, mail: UUID, more: str) -> str:
    about = f"{workspace}\n{mail.hex}\n{more}".encode("utf-8", "surrogatepass")
    made = hmac.new(f"mail-{purpose}\n".encode() + secret.encode(), about, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made[:18]).decode()
