"""What of a record is compared, and the values in the form in which they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import msgspec

from relata.engine.matching.folding import plain
from relata.engine.matching.standard_words import distinctive, spaced_forms, standard

#: A value as it is compared: a text, several (addresses, numbers), or None where there is nothing.
Value = str | list[str] | None
Prepared = list[Value]

_HOUSE_NUMBER = re.compile(r"^\d+[a-z]?$")
_MAILBOX_TAG = re.compile(r"\+[^@]*(?=@)")
_HOST = re.compile(r"^(?:[a-z][a-z0-9+.-]*://)?(?:www\d?\.)?([^/:?#\s]+)")


class Feature(msgspec.Struct, frozen=True):
    """One thing that two records may agree in. kind: a key of KINDS. fields: of the object, for the reasons and for who
    may know."""

    name: str
    kind: str
    fields: tuple[str, ...] = ()


def _first(texts: Sequence[str]) -> str:
    return texts[0] if texts else ""


def _words(texts: Sequence[str]) -> Value:
    return plain(" ".join(texts)) or None


def _standard(texts: Sequence[str]) -> Value:
    return " ".join(standard(plain(" ".join(texts)).split())) or None


def _name(texts: Sequence[str]) -> Value:
    return " ".join(distinctive(plain(spaced_forms(" ".join(texts))))) or None


def _street(texts: Sequence[str]) -> Value:
    """The house number, a bar, the street. "" on one side where it says nothing of it."""
    words = standard(plain(" ".join(texts)).split())
    number = next((word for word in (*words[:1], *words[-1:], *words[1:-1]) if _HOUSE_NUMBER.match(word)), "")
    rest = list(words)
    if number and len(words) > 1:
        rest.remove(number)
    elif number:
        rest = []
    return f"{number}|{' '.join(rest)}" if words else None


def _solid(texts: Sequence[str]) -> Value:
    return plain(_first(texts)).replace(" ", "") or None


def _digits(texts: Sequence[str]) -> Value:
    return re.sub(r"\D", "", _first(texts)) or None


def _phones(texts: Sequence[str]) -> Value:
    """The last ten digits: what is dialled at home, without the country."""
    found = (re.sub(r"\D", "", re.split(r"(?i)\s*(?:ext|x|#)", text)[0]).lstrip("0")[-10:] for text in texts)
    return list(dict.fromkeys(digits for digits in found if len(digits) >= 5 and len(set(digits)) > 1)) or None


def _emails(texts: Sequence[str]) -> Value:
    found = (_MAILBOX_TAG.sub("", text.strip().lower()) for text in texts)
    return list(dict.fromkeys(text for text in found if "@" in text[1:])) or None


def _domains(texts: Sequence[str]) -> Value:
    found = (_HOST.match(text.strip().lower()) for text in texts)
    return list(dict.fromkeys(match[1] for match in found if match and "." in match[1])) or None


#: Kind to how its value is prepared.
KINDS: dict[str, Callable[[Sequence[str]], Value]] = {
    "given": _words,
    "family": _words,
    "name": _name,
    "street": _street,
    "place": _standard,
    "region": _words,
    "postcode": _solid,
    "date": _digits,
    "number": _digits,
    "email": _emails,
    "phone": _phones,
    "domain": _domains,
    "identifier": _solid,
    "category": _words,
    "link": _first,
    "text": _standard,
}


def prepare(features: Sequence[Feature], texts: Sequence[Sequence[str]]) -> Prepared:
    """One value for each feature. texts: for each feature what the record holds."""
    return [KINDS[feature.kind](given) if any(given) else None for feature, given in zip(features, texts, strict=True)]


def split_person(name: str) -> tuple[str, str]:
    """Given and family name of one text: what stands before a comma is the family's, else what stands last."""
    if "," in name:
        family, _, given = name.partition(",")
        return given.strip(), family.strip()
    words = name.split()
    if len(words) < 2:
        return "", name.strip()
    return " ".join(words[:-1]), words[-1]
