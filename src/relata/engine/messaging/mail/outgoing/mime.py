"""A mail as bytes: text with HTML beside it, files, and the headers that keep it in its conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from relata.engine.messaging.mail.outgoing.addresses import Recipient
from relata.engine.messaging.mail.templates.wording import html_of, text_of

#: Of all files of one mail; most servers refuse more.
MAX_FILES_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """A file that goes along."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Quote:
    """What is answered or forwarded. head: the line above it, in the writer's language."""

    head: str
    text: str
    is_forward: bool = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail before it is bytes. body, signature: Markdown. key: becomes the Message-ID. references: Message-IDs of the
    conversation, the oldest first; the last is what is answered. unsubscribe: the address of one-click unsubscribing
    (RFC 8058); "" for a mail from one person to another. automatic: no person wrote it (RFC 3834)."""

    message_id: str
    sender: Recipient
    to: Sequence[Recipient]
    subject: str
    body: str
    at: datetime
    cc: Sequence[Recipient] = ()
    signature: str = ""
    quote: Quote | None = None
    references: Sequence[str] = ()
    files: Sequence[Part] = ()
    unsubscribe: str = ""
    unsubscribe_words: str = ""
    automatic: bool = False


def text_part(mail: Outgoing) -> str:
    """The plain text."""
    pieces = [text_of(mail.body)]
    if mail.signature.strip():
        pieces.append(f"-- \n{text_of(mail.signature)}")
    if mail.unsubscribe:
        pieces.append(f"{mail.unsubscribe_words}: {mail.unsubscribe}\n")
    if mail.quote is not None:
        mark = "" if mail.quote.is_forward else "> "
        lines = "\n".join(f"{mark}{line}".rstrip() for line in mail.quote.text.splitlines())
        pieces.append(f"{mail.quote.head}\n{lines}\n")
    return "\n".join(pieces)


def html_part(mail: Outgoing) -> str:
    """The HTML, clean by construction: written Markdown cleaned, everything else escaped."""
    pieces = [html_of(mail.body)]
    if mail.signature.strip():
        pieces.append(f'<div class="signature">-- <br>{html_of(mail.signature)}</div>')
    if mail.unsubscribe:
        pieces.append(
            f'<p><small><a href="{escape(mail.unsubscribe, quote=True)}">{escape(mail.unsubscribe_words)}</a>'
            "</small></p>"
        )
    if mail.quote is not None:
        inside = escape(mail.quote.text).replace("\n", "<br>\n")
        pieces.append(f"<div>{escape(mail.quote.head)}</div>\n<blockquote>{inside}</blockquote>")
    return (
        '<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>\n' + "\n".join(pieces) + "\n</body></html>\n"
    )


def as_bytes(mail: Outgoing, html: str | None = None) -> bytes:
    """The mail as it travels. html: instead of `html_part`, where links were changed."""
    made = EmailMessage(policy=SMTP)
    made["From"] = mail.sender.header
    if mail.to:
        made["To"] = [one.header for one in mail.to]
    if mail.cc:
        made["Cc"] = [one.header for one in mail.cc]
    if not mail.to and not mail.cc:  # all are blind copies
        made["To"] = "undisclosed-recipients:;"
    made["Subject"] = " ".join(mail.subject.split())
    made["Date"] = format_datetime(mail.at)
    made["Message-ID"] = f"<{mail.message_id}>"
    known = [each for each in (one.strip().strip("<>") for one in mail.references) if each and each.isprintable()]
    if known and not (mail.quote and mail.quote.is_forward):
        made["In-Reply-To"] = f"<{known[-1]}>"
        made["References"] = " ".join(f"<{one}>" for one in known[-20:])
    if mail.unsubscribe:
        made["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if mail.automatic:
        made["Auto-Submitted"] = "auto-generated"
    made.set_content(text_part(mail), cte="quoted-printable")
    made.add_alternative(html if html is not None else html_part(mail), subtype="html", cte="quoted-printable")
    for file in mail.files:
        main, _slash, sub = file.media_type.partition("/")
        if main == "message" or not sub:  # these may not travel encoded
            main, sub = "application", "octet-stream"
        made.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    return made.as_bytes(policy=SMTP)
