"""The mails about notifications: from facts to subject, plain text and simple HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import ngettext


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail."""

    to: str
    subject: str
    text: str
    html: str


def letter(to: str, lines: Sequence[tuple[str, str]], *, workspace: str, settings: str, stop: str) -> Letter:
    """lines: what happened and the address that shows it. settings: where one chooses what is mailed. stop: the address
    that ends these mails at once."""
    name = _plain(workspace)
    subject = (
        _plain(lines[0][0])
        if len(lines) == 1
        else ngettext("%(num)s thing happened in %(name)s", "%(num)s things happened in %(name)s", len(lines))
        % {"num": len(lines), "name": name}
    )
    choose, end = _("Choose what is mailed to you"), _("No more mails about notifications")
    text = "\n\n".join(f"{said}\n{link}" for said, link in lines)
    body = "".join(f'<p><a href="{escape(link)}">{escape(said)}</a></p>' for said, link in lines)
    foot = f'<p style="color:#666;font-size:12px"><a href="{escape(settings)}">{escape(choose)}</a> · '
    foot += f'<a href="{escape(stop)}">{escape(end)}</a></p>'
    html = f'<!doctype html><html><body style="font-family:sans-serif;font-size:14px">{body}<hr>{foot}</body></html>'
    return Letter(to, subject[:150], f"{text}\n\n--\n{choose}: {settings}\n{end}: {stop}\n", html)


def _plain(text: str) -> str:
    """One line: whoever names a record must not write a header."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
