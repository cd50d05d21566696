"""The link at the foot of a mail that ends such mails for its reader, without signing in; it can do nothing else."""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

from relata.engine.collaboration.preferences import choose_for, preferences_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Expired
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id


def stop_token(secret: str, key: str, person: UUID) -> str:
    """workspace.person.signature; good as long as the installation's secret, since old mails are read, too."""
    return f"{key}.{person.hex}.{_signature(secret, key, person)}"


def read_stop_token(secret: str, token: str) -> tuple[str, UUID]:
    """Workspace and person; Expired for anything that was not signed here."""
    key, __, rest = token.partition(".")
    text, __, signature = rest.partition(".")
    person = parse_id(text)
    if person is None or not hmac.compare_digest(_signature(secret, key, person).encode(), signature.encode()):
        raise Expired(
            _("This link is not valid."), code="stop_link", hint=_("Choose in the settings what is mailed to you.")
        )
    return key, person


async def stop_mails(work: Workspace, person: UUID) -> None:
    """From now on this person reads notifications on the screen only. work: the system's."""
    wish = (await preferences_of(work, [person])).get(person)
    if wish is None:
        return
    kinds = ("mention", "assignment", "approval", "comment", "followed", "reminder", "system")
    await choose_for(work, wish, {kind: "screen" for kind in kinds if wish.way(kind) in ("mail", "digest")})


def _signature(secret: str, key: str, person: UUID) -> str:
    return hmac.new(b"stop-mails" + secret.encode(), f"{key}.{person.hex}".encode(), hashlib.sha256).hexdigest()
