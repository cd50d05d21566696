"""The mails around an account: pure functions from facts to a message. The caller makes the links."""

from __future__ import annotations

from relata.engine.messaging.message import Message
from relata.foundation.i18n import gettext as _


def reset_mail(to: str, link: str) -> Message:
    """To who asked for a new password. link: good for one hour."""
    return Message(
        to,
        _("Reset your password"),
        _(
            "Choose a new password here, within an hour:\n\n%(link)s\n\n"
            "All your sessions end when you do. If you did not ask for this, ignore this mail; nothing changes.\n"
        )
        % {"link": link},
    )


def invitation_mail(to: str, link: str, *, workspace: str, invited_by: str) -> Message:
    """To who was invited. workspace, invited_by: names. link: good for a week."""
    name, by = _line(workspace), _line(invited_by)
    return Message(
        to,
        _("Join %(name)s") % {"name": name},
        _(
            "%(person)s invites you to work in %(name)s.\n\nAccept here, within a week:\n\n%(link)s\n\n"
            "If you do not know them, ignore this mail.\n"
        )
        % {"person": by, "name": name, "link": link},
    )


def password_changed_mail(to: str) -> Message:
    """To the owner, so that a change by somebody else does not go unnoticed."""
    return Message(
        to,
        _("Your password was changed"),
        _(
            "The password of your account was changed, and all other sessions ended.\n\n"
            "If it was not you, reset it at once on the sign-in page and tell your administrator.\n"
        ),
    )


def _line(name: str) -> str:
    """A name in one line of at most 80 letters: whoever picks it must not write the mail."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())[:80] or _("Somebody")
