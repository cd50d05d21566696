"""Recipients as one types them: `Anna Muster <anna@example.com>, info@example.com`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.headerregistry import Address

from relata.engine.metadata.fields import Emails, ParseContext
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _

#: Of one mail, in all its fields; more people are a mailing.
MOST = 100
_FIELD = Emails("address")
_CONTEXT = ParseContext()
#: What stands between commas, semicolons and ends of lines that are not in quotes; and a name before an address.
_PIECE = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^",;\n]|"(?!.*"))+')
_WORDS = re.compile(r"[\w .'-]+")
_NAMED = re.compile(r"([^<>]*)<([^<>]+)>", re.S)


@dataclass(frozen=True, slots=True)
class Recipient:
    """address: in its canonical form, lower-case."""

    address: str
    name: str = ""

    def __str__(self) -> str:
        if not self.name:
            return self.address
        return f"{self.name} <{self.address}>" if _WORDS.fullmatch(self.name) else f'"{self.name}" <{self.address}>'

    @property
    def header(self) -> Address:
        """As a header holds it."""
        return Address(display_name=self.name, addr_spec=self.address)


def recipients(text: str | None, field: str) -> tuple[Recipient, ...]:
    """The people in a text, each once; Invalid names what is no address. field: where it was typed."""
    found: dict[str, Recipient] = {}
    problems: list[Problem] = []
    for piece in _PIECE.findall(text or ""):
        if not piece.strip():
            continue
        parts = _NAMED.fullmatch(piece.strip())
        name, address = (parts[1], parts[2]) if parts else ("", piece)
        clean = address_of(address)
        if clean is None:
            message = _("“%(text)s” is no e-mail address.") % {"text": " ".join(piece.split())[:80]}
            problems.append(Problem("invalid_value", message, field, _("Write it as name@example.com.")))
            continue
        shown = "".join(letter for letter in " ".join(name.split()) if letter.isprintable() and letter not in '"\\<>')
        found.setdefault(clean, Recipient(clean, shown[:120]))
    if problems:
        raise Invalid.of(problems)
    return tuple(found.values())


def address_of(text: str) -> str | None:
    """The canonical form of an address; None for something else."""
    try:
        found = _FIELD.parse(text.strip(), _CONTEXT) if text.strip().isprintable() else None
    except Invalid:
        return None
    return found[0].value if found else None


def as_text(people: Iterable[Recipient]) -> str:
    """The inverse of `recipients`."""
    return ", ".join(str(one) for one in people)
