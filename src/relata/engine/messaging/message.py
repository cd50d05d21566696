"""One mail, and the port through which it leaves the house."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from relata.foundation.errors import Invalid
from relata.foundation.ids import new_id


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail. kind: such as application/pdf."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """A mail to one address. key: stable over repeated attempts; it becomes the Message-ID. attachments: some megabytes
    at most, since a mail waits in the database. calendar: an invitation or its answer (iTIP, RFC 6047), with its
    method; calendar programs offer buttons for it.

    Invalid for an address or subject that holds a line break: it would add headers to the mail.
    """

    to: str
    subject: str
    text: str
    html: str | None = None
    key: str = field(default_factory=lambda: new_id().hex)
    attachments: tuple[Attachment, ...] = ()
    calendar: str | None = None
    method: str = "REQUEST"

    def __post_init__(self) -> None:
        for name in ("to", "subject", "key"):
            value = getattr(self, name)
            if not value or not value.isprintable():
                raise Invalid(f"The mail's {name} is empty or holds a line break.", code="mail_header", field=name)


class MailTransport(Protocol):
    """Port: what carries mail. Called after commit, never inside a transaction."""

    async def send(self, message: Message) -> None:
        """Hand it over. Invalid when the address is refused for good; Unavailable when a later attempt may work,
        with the code `delivery_uncertain` when it may have gone out already."""
