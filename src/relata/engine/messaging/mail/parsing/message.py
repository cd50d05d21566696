"""One message, read: the bytes that a server or a file holds become a value."""

from __future__ import annotations

import email
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.policy import compat32

from relata.engine.messaging.mail.parsing import headers
from relata.engine.messaging.mail.parsing.automatic import Bounce, bounce_of, is_automatic
from relata.engine.messaging.mail.parsing.bodies import Attached, body_of
from relata.engine.messaging.mail.parsing.headers import Person
from relata.engine.messaging.mail.parsing.html_text import MARK, to_text
from relata.engine.messaging.mail.parsing.replies import fold

#: Of one message; what is larger is put aside.
MAX_BYTES = 50_000_000
_MAX_TEXT = 900_000
_PREFIX = re.compile(
    r"^\s*((re|fwd?|aw|wg|antw|sv|vs|ref|rv|tr|enc|i|r|odp|pd|res|ynt|回复|转发|答复)\s*(\[\d+\])?\s*[:：]|\[[^\]]{1,40}\])\s*",
    re.IGNORECASE,
)
_OBSOLETE = re.compile(rb"(?m)^([A-Za-z][A-Za-z-]*)[ \t]+:")


@dataclass(frozen=True, slots=True)
class Mail:
    """message_id: without brackets, "" where there is none. references: what it answers, the oldest first. text: what
    was written; quoted, sign_off: what was folded away. html: as it came, never to be shown uncleaned. fingerprint:
    equal for copies of one mail in several mailboxes, and different for another mail that bears the same Message-ID.
    delivered_to: where servers say that they brought it, and whom it names."""

    message_id: str
    references: tuple[str, ...]
    subject: str
    sender: Person
    to: tuple[Person, ...]
    cc: tuple[Person, ...]
    bcc: tuple[Person, ...]
    reply_to: tuple[Person, ...]
    sent_at: datetime | None
    text: str
    quoted: str
    sign_off: str
    html: str
    files: tuple[Attached, ...]
    is_automatic: bool
    bounce: Bounce | None
    fingerprint: str
    delivered_to: tuple[str, ...] = ()

    @property
    def snippet(self) -> str:
        """How it begins, in one line."""
        return " ".join((self.text or self.quoted).split())[:200]

    @property
    def addresses(self) -> frozenset[str]:
        """Everybody whom it names."""
        everyone = (self.sender, *self.to, *self.cc, *self.bcc)
        return frozenset(one.address for one in everyone if one.address)


class Unreadable(Exception):
    """A message that can't be read; the text is a sentence that says why, without anything of its content."""


def read(raw: bytes) -> Mail:
    """The message. Unreadable for what is no message, and for what was made to break its reader."""
    if len(raw) > MAX_BYTES:
        raise Unreadable(f"It is larger than {MAX_BYTES // 1_000_000} MB.")
    try:
        return _read(raw)
    except RecursionError:
        raise Unreadable("Its parts lie in each other too deep.") from None
    except Unreadable:
        raise
    except Exception as error:  # whatever a message makes a parser do must not stop the others
        raise Unreadable(f"It is damaged ({type(error).__name__}).") from None


def _read(raw: bytes) -> Mail:
    message = email.message_from_bytes(raw.lstrip(b"\r\n"), policy=compat32)
    if not message.keys():  # the obsolete form with spaces before the colon (RFC 5322, 4.5)
        message = email.message_from_bytes(_OBSOLETE.sub(rb"\1:", raw.lstrip(b"\r\n")), policy=compat32)
    if not message.keys():
        raise Unreadable("It has no header, so it is no message.")
    body = body_of(message)
    html = "\n<hr>\n".join(body.htmls)
    text = "\n\n".join(one for one in body.texts if one.strip()) or (to_text(html) if html else "")
    senders = headers.people(message, "From") or headers.people(message, "Sender")
    sender = senders[0] if senders else Person("", "")
    folded = fold(text[:_MAX_TEXT], sender.name or sender.address)
    references = headers.ids(message, "References", "In-Reply-To")
    message_id, subject = headers.message_id(message), headers.text_of(message, "Subject")[:1000]
    sent_at = headers.moment(message, "Date", "Received")
    return Mail(
        message_id=message_id,
        references=references[-200:],
        subject=subject,
        sender=sender,
        to=headers.people(message, "To"),
        cc=headers.people(message, "Cc"),
        bcc=headers.people(message, "Bcc"),
        reply_to=headers.people(message, "Reply-To"),
        sent_at=sent_at,
        text=folded.text.replace(MARK, ""),
        quoted=folded.quoted.replace(MARK, ""),
        sign_off=folded.sign_off[:20_000],
        html=html,
        files=tuple(body.files),
        is_automatic=is_automatic(message),
        bounce=bounce_of(message, text),
        fingerprint=_fingerprint(message_id, sender.address, sent_at, subject, text or html, body.files),
        delivered_to=_delivered_to(message),
    )


def _delivered_to(message: Message) -> tuple[str, ...]:
    """Every address to which a server may have brought it; a blind copy names its own nowhere else."""
    names = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc", "Bcc")
    return tuple(dict.fromkeys(one.address for one in headers.people(message, *names) if one.address))[:100]


def _fingerprint(
    message_id: str, sender: str, sent_at: datetime | None, subject: str, text: str, files: list[Attached]
) -> str:
    contents = sorted(hashlib.sha256(one.content).hexdigest() for one in files)
    parts = (message_id, sender, str(sent_at), "".join(subject.split()), "".join(text.split()), *contents)
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "replace")).hexdigest()


def subject_key(subject: str) -> str:
    """The subject by which mails without references belong together: without Re, Fwd and the names of lists."""
    text = " ".join(subject.split())
    while found := _PREFIX.match(text):
        text = text[found.end() :]
    return text.strip().lower()[:1000]


def plain_subject(subject: str) -> str:
    """The subject of a conversation: without Re and Fwd."""
    text = " ".join(subject.split())
    while (found := _PREFIX.match(text)) and not found.group(1).startswith("["):
        text = text[found.end() :]
    return text.strip()[:1000]
