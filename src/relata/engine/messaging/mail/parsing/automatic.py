"""Mail that no person wrote: automatic answers (RFC 3834) and reports about delivery (RFC 3464)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from typing import NamedTuple

from relata.engine.messaging.mail.parsing import headers

_STATUS = re.compile(r"\b([45]\.\d{1,3}\.\d{1,3})\b")
#: Recipients of one report.
_MOST = 100
_DAEMON = re.compile(r"^(mailer-daemon|postmaster|mail-daemon|mailerdaemon)@", re.IGNORECASE)
_FAILED = re.compile(
    r"(undeliver|delivery (status notification|has failed|failure)|returned mail|mail delivery failed|failure notice"
    r"|unzustellbar|nicht zugestellt|non remis|no entregado)",
    re.IGNORECASE,
)


class Bounce(NamedTuple):
    """A report that a mail was not delivered. message_id: of that mail, "" where the report does not say. recipient,
    reason: of the first whom it did not reach. gone: each of them with the code of RFC 3463, such as 5.1.1, "" where it
    holds none."""

    message_id: str
    recipient: str
    reason: str
    gone: tuple[tuple[str, str], ...] = ()


def is_no_address(status: str) -> bool:
    """Whether it says that nobody is there, and not that they are full, away, or do not want this mail."""
    return status in ("5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.4")


def is_automatic(message: Message) -> bool:
    """Whether a machine wrote it; such mail is never answered by one."""
    submitted = headers.text_of(message, "Auto-Submitted").split(";")[0].strip().lower()
    if submitted:
        return submitted != "no"
    if headers.text_of(message, "Precedence").lower() in ("bulk", "junk", "list", "auto_reply", "auto-reply"):
        return True
    if any(message.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponse", "List-Id", "Feedback-ID")):
        return True
    sender = headers.people(message, "From")
    return headers.text_of(message, "Return-Path") == "<>" or any(_DAEMON.match(one.address) for one in sender)


def bounce_of(message: Message, text: str) -> Bounce | None:
    """What a report says; None where the message is none, or where the mail was only late."""
    status = next((part for part in message.walk() if part.get_content_type() == "message/delivery-status"), None)
    if status is None:
        return _told_in_words(message, text)
    failed: list[tuple[str, str, str]] = []
    for block in _blocks(status):
        action = headers.text_of(block, "Action").lower()
        if action == "failed" or (not action and headers.text_of(block, "Status").startswith("5")):
            recipient = headers.text_of(block, "Final-Recipient") or headers.text_of(block, "Original-Recipient")
            code, why = headers.text_of(block, "Status"), headers.text_of(block, "Diagnostic-Code")
            reason = why.partition(";")[2].strip() or why or code
            address = recipient.rpartition(";")[2].strip().strip("<>").lower()
            failed.append((address, reason[:2000], _exact(why, code, _near(text, address))))
    if not failed:
        return None
    address, reason, _code = failed[0]
    if _STATUS.fullmatch(reason):  # a code alone tells people nothing
        reason = " ".join(_near(text, address).split())[len(address) :].strip() or reason
    return Bounce(_original(message), address, reason, tuple((one, code) for one, _why, code in failed[:_MOST]))


def _exact(*texts: str) -> str:
    """The first code that says more than that it failed: what a server says is more exact than its sum."""
    codes = [found.group(1) for found in map(_STATUS.search, texts) if found]
    return next((code for code in codes if not code.endswith(".0.0")), codes[0] if codes else "")


def _near(text: str, address: str) -> str:
    """What stands beside and below the address in the words of a report."""
    at = text.lower().find(address) if address else -1
    return text[at : at + 300].partition("\n\n")[0] if at >= 0 else ""


def _told_in_words(message: Message, text: str) -> Bounce | None:
    sender = headers.people(message, "From")
    if not any(_DAEMON.match(one.address) for one in sender):
        return None
    if not _FAILED.search(headers.text_of(message, "Subject")):
        return None
    code = _STATUS.search(text)
    line = next((one.strip() for one in text.splitlines() if code and code.group(1) in one), "")
    return Bounce(_original(message), "", line[:2000], (("", code.group(1)),) if code else ())


def _blocks(status: Message) -> Iterator[Message]:
    payload = status.get_payload()
    if isinstance(payload, list):
        yield from (one for one in payload if isinstance(one, Message))


def _original(message: Message) -> str:
    for part in message.walk():
        kind = part.get_content_type()
        payload = part.get_payload()
        if kind == "message/rfc822" and isinstance(payload, list) and payload and isinstance(payload[0], Message):
            return headers.message_id(payload[0])
        if kind in ("text/rfc822-headers", "message/rfc822-headers"):
            found = re.search(r"(?im)^message-id:\s*<([^<>\s]+)>", str(payload))
            if found:
                return found.group(1)
    found_ids = headers.ids(message, "In-Reply-To", "References")
    return found_ids[-1] if found_ids else ""
