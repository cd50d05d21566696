"""The mails of forms: one asks whether an address is theirs, one thanks."""

from __future__ import annotations

from relata.engine.messaging.message import Message
from relata.foundation.i18n import gettext as _


def confirmation_mail(to: str, link: str, *, house: str, form: str) -> Message:
    """To who left an address. link: good for a week. house, form: what the company and the form are called."""
    return Message(
        to,
        _line(_("Please confirm: %(form)s") % {"form": form}),
        _(
            "Somebody left this address at %(house)s: %(form)s.\n\nIf it was you, confirm it here, within a week:\n\n"
            "%(link)s\n\nIf it was not, ignore this mail; nothing happens.\n"
        )
        % {"house": house, "form": form, "link": link},
    )


def thanks_mail(to: str, subject: str, text: str) -> Message:
    """As whoever made the form wrote it."""
    return Message(to, _line(subject), text.rstrip() + "\n")


def _line(text: str) -> str:
    """One line: what a mail's subject may be."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:160]
