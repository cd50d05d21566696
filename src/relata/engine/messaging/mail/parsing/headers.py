"""Header fields, decoded as far as they can be: a broken one is shown as it is and never an error."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import utils
from email.header import Header, decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import NamedTuple

from relata.engine.messaging.mail.parsing.charsets import decoded

_ID = re.compile(r"<\s*([^<>\s]+)\s*>")
_ADDRESS = re.compile(r"^[^\s@<>,;\"]+@[^\s@<>,;\"]+$")
_FOLD = re.compile(r"\s*[\r\n]+\s*")
#: Of a header; beyond it nobody reads.
_MOST = 20_000
#: Newer releases of Python give up on a whole header of which one address is odd, unless they are told not to.
_LENIENT: dict[str, bool] = {"strict": False} if getattr(utils, "supports_strict_parsing", False) else {}


class Person(NamedTuple):
    """Somebody in a header. address: in small letters, "" where it is none."""

    name: str
    address: str

    def __str__(self) -> str:
        if not self.name:
            return self.address
        name = f'"{self.name}"' if re.search(r'[,;<>@"]', self.name) else self.name
        return f"{name} <{self.address}>" if self.address else name


def text_of(message: Message, name: str) -> str:
    """A header in one line; "" where there is none."""
    raw = message.get(name)
    return "" if raw is None else plain(raw)


def plain(raw: object) -> str:
    """Encoded words and raw bytes as text, without line breaks and control characters."""
    text = _raw(raw)[:_MOST]
    found = ""
    try:
        for piece, charset in decode_header(text):
            found += piece if isinstance(piece, str) else decoded(piece, charset or "")
    except (ValueError, LookupError, AssertionError):
        found = text
    found = _FOLD.sub(" ", found)
    return "".join(letter if letter.isprintable() else " " for letter in found).strip()


def _raw(raw: object) -> str:
    """As it stood there: bytes beyond ASCII, which should not be, read as UTF-8 or else as Western."""
    if isinstance(raw, Header):
        raw = "".join(piece if isinstance(piece, str) else str(piece) for piece, _charset in raw._chunks)  # type: ignore[attr-defined]
    text = str(raw)
    if text.isascii():
        return text
    return decoded(text.encode("utf-8", "surrogateescape"), "utf-8")


def people(message: Message, *names: str) -> tuple[Person, ...]:
    """Everybody whom these headers name, each address once."""
    found: dict[str, Person] = {}
    for name in names:
        for raw in message.get_all(name, []):
            for label, address in getaddresses([_FOLD.sub(" ", _raw(raw)[:_MOST])], **_LENIENT):
                person = Person(plain(label)[:250], _address(address))
                if person.address or person.name:
                    found.setdefault(person.address or person.name, person)
    return tuple(found.values())


def _address(text: str) -> str:
    text = "".join(text.split()).strip("<>'\"").rstrip(".").lower()
    return text if len(text) <= 254 and _ADDRESS.match(text) and text.isprintable() else ""


def ids(message: Message, *names: str) -> tuple[str, ...]:
    """The Message-IDs in these headers without their brackets, in order, each once."""
    found = [one for name in names for raw in message.get_all(name, []) for one in _ID.findall(_raw(raw))]
    return tuple(dict.fromkeys(one[:998] for one in found))


def message_id(message: Message) -> str:
    """Its own; also one that somebody forgot to put in brackets. "" where there is none."""
    found = ids(message, "Message-ID")
    if found:
        return found[0]
    text = text_of(message, "Message-ID").strip("<> ")
    return text[:998] if "@" in text and " " not in text else ""


def moment(message: Message, *names: str) -> datetime | None:
    """When, in UTC; None where it can't be read."""
    for name in names:
        for raw in message.get_all(name, []):
            text = _raw(raw)
            try:
                found = parsedate_to_datetime(text.rpartition(";")[2] if name == "Received" else text)
                found = found if found.tzinfo else found.replace(tzinfo=UTC)
                return found.astimezone(UTC)
            except (ValueError, TypeError, IndexError, OverflowError):
                continue
    return None
