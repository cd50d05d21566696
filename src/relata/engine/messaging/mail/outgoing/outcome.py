"""What came of handing a mail to a server, in words for its writer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from relata.engine.messaging.mail.outgoing.claiming import uncertain_remedy
from relata.foundation.errors import Conflict, RelataError, Unavailable
from relata.foundation.i18n import gettext as _

#: After so many attempts that the server did not take, a person has to look.
MOST_ATTEMPTS = 12


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt. state: sent, failed, uncertain, or queued for another attempt; "" where another worker
    has the mail. has_left: it reached somebody, although others wait. refused: who did not get it, with the server's
    words."""

    state: str
    problem: str = ""
    remedy: str = ""
    has_left: bool = False
    refused: tuple[tuple[str, str], ...] = ()


class Taken(Conflict):
    """Another worker has the mail by now."""

    def __init__(self) -> None:
        super().__init__(_("Another worker sends this mail."), code="mail_taken")


def refusal(error: RelataError, attempt: int) -> Outcome:
    """What an attempt that ended with this error means."""
    if not isinstance(error, Unavailable):
        return Outcome("failed", error.message, error.hint or _("Change it, and send it again."))
    if error.code == "delivery_uncertain":
        return Outcome("uncertain", error.message, uncertain_remedy())
    if attempt >= MOST_ATTEMPTS:
        return Outcome("failed", error.message, _("Look at the mailbox's server, then send it again."))
    return Outcome("queued", error.message, _("It is tried again by itself."))


def sent_but_for(refused: Iterable[tuple[str, str]]) -> Outcome:
    """It went out, to all but these."""
    refused = tuple(refused)
    if not refused:
        return Outcome("sent", has_left=True)
    names = ", ".join(address for address, _why in refused[:5])
    return Outcome(
        "sent", _("Not to %(names)s: the server refuses these addresses.") % {"names": names},
        _("Check how they are spelled."), True, refused,
    )  # fmt: skip
