"""What a message is made of: its text, its HTML, and its files."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message

from tnefparse import TNEF
from tnefparse.tnef import TNEFAttachment

from relata.engine.messaging.mail.parsing import headers
from relata.engine.messaging.mail.parsing.charsets import decoded

_TNEF = ("application/ms-tnef", "application/vnd.ms-tnef")
#: Parts in one message; more are an attack on whoever reads it.
MOST_PARTS = 1000


@dataclass(frozen=True, slots=True)
class Attached:
    """A file in a message. content_id: what the HTML calls it, "" where it does not. is_inline: shown in the text."""

    name: str
    media_type: str
    content: bytes
    content_id: str = ""
    is_inline: bool = False


@dataclass(slots=True)
class Body:
    """texts, htmls: the parts that are shown, in order."""

    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    files: list[Attached] = field(default_factory=list)


def body_of(message: Message) -> Body:
    """Everything in it. ValueError for more parts than a message has."""
    found = Body()
    for number, (part, alternative) in enumerate(_leaves(message)):
        if number > MOST_PARTS:
            raise ValueError("too many parts")
        _take(found, part, alternative=alternative)
    return found


def _leaves(message: Message, *, alternative: bool = False) -> Iterator[tuple[Message, bool]]:
    """The parts that hold something; whether each is one of several ways to say the same."""
    payload = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(payload, list):
        for part in payload:
            if isinstance(part, Message):
                yield from _leaves(part, alternative=message.get_content_subtype() == "alternative")
    else:
        yield message, alternative


def _take(found: Body, part: Message, *, alternative: bool) -> None:
    kind = part.get_content_type()
    disposition = (part.get_content_disposition() or "").lower()
    name = headers.plain(_file_name(part))[:200]
    is_text = kind in ("text/plain", "text/html") and disposition != "attachment" and not name
    if is_text:
        text = decoded(_content(part), str(part.get_content_charset() or ""))
        (found.htmls if kind == "text/html" else found.texts).append(text.replace("\r\n", "\n").replace("\r", "\n"))
        return
    content = _content(part)
    if (kind in _TNEF or name.lower() == "winmail.dat") and _take_tnef(found, content):
        return
    if not content and not name:
        return
    content_id = headers.plain(part.get("Content-ID", "")).strip("<> ")
    is_inline = bool(content_id) and disposition != "attachment" and kind.startswith("image/")
    found.files.append(Attached(name or _name_for(kind), kind, content, content_id, is_inline))


def _file_name(part: Message) -> str:
    try:
        return str(part.get_filename() or "")
    except (ValueError, LookupError, TypeError):
        return ""


def _content(part: Message) -> bytes:
    """The bytes: of a message in the message, its source."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return b"\n".join(one.as_bytes() for one in payload if isinstance(one, Message))
    try:
        raw = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        raw = None
    return raw if isinstance(raw, bytes) else str(payload or "").encode("utf-8", "surrogateescape")


def _name_for(kind: str) -> str:
    if kind == "text/calendar":
        return "invitation.ics"
    if kind.startswith("message/"):
        return "message.eml" if kind == "message/rfc822" else "report.txt"
    return f"file{mimetypes.guess_extension(kind) or ''}"


def _take_tnef(found: Body, content: bytes) -> bool:
    """What Outlook packs into `winmail.dat`; False where it can't be opened, so that the packet itself is kept."""
    try:
        opened = TNEF(content, do_checksum=False)
        files = [_opened(one) for one in opened.attachments]
        html = getattr(opened, "htmlbody", None)
    except Exception:  # a format without a standard, read by a package that raises whatever it stumbles over
        return False
    found.files.extend(files)
    if html and not found.htmls:
        found.htmls.append(decoded(html, "") if isinstance(html, bytes) else str(html))
    return bool(files or html)


def _opened(one: TNEFAttachment) -> Attached:
    name = headers.plain(one.long_filename() or one.name or "")[:200]
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Attached(name or "file", kind, bytes(one.data or b""))
