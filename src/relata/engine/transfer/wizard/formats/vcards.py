"""vCards as CSV, one card a row: a stream of cards, each read by itself, so that a broken one costs only itself."""

from __future__ import annotations

import csv
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import vobject

from relata.engine.transfer.csv_reader import MAX_CELL
from relata.engine.transfer.encoding import encoding_of
from relata.engine.transfer.formula_guard import guarded
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

#: Characters of one card; pictures make them large.
MAX_CARD = 20_000_000
#: What no field takes, and what parsers stumble over.
_HEAVY = re.compile(r"(?:item\d+\.)?(?:PHOTO|LOGO|SOUND|KEY|AGENT|PROFILE)[;:]", re.IGNORECASE)
_PROPERTY = re.compile(r"(?:item\d+\.)?[A-Za-z-]+(?:[;:]|$)")
logging.getLogger("vobject").setLevel(logging.CRITICAL + 1)  # it would write people's cards into the server's log
COLUMNS = (
    "Full name", "Salutation", "First name", "Last name", "Company", "Department", "Job title", "E-mail", "Phone",
    "Mobile", "Website", "Street", "Postal code", "City", "Region", "Country", "Birthday", "Categories", "Note", "UID",
)  # fmt: skip


def convert(source: Path, target: Path) -> None:
    """Write every card as a row. A card that can't be read becomes a row of blank cells with a note of that."""
    with target.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        for text in _cards(source):
            row = _row(text)
            out.writerow([guarded(row.get(name, "")[:MAX_CELL]) for name in COLUMNS])


def _cards(source: Path) -> Iterator[str]:
    lines: list[str] = []
    size, is_heavy = 0, False
    with source.open(encoding=encoding_of(source), errors="replace", newline=None) as file:
        while line := file.readline(MAX_CARD):
            size += len(line)
            if size >= MAX_CARD:
                raise Invalid(_("A card is too large."), code="long_cell", field="file")
            if _PROPERTY.match(line):
                is_heavy = bool(_HEAVY.match(line))
            if not is_heavy:
                lines.append(line)
            if line.strip().upper() == "END:VCARD":
                yield "".join(lines)
                lines, size = [], 0


def _row(text: str) -> dict[str, str]:
    card: Any = _read(text) or _read(_without_broken(text))
    if card is None:
        return {"Note": _("This card could not be read.")}
    found: dict[str, str] = {}
    for line in card.getChildren():
        name = str(line.name).upper()
        value = line.value
        if name == "N":
            found |= {
                "Salutation": _words(value.prefix), "First name": _words([value.given, value.additional]),
                "Last name": _words(value.family),
            }  # fmt: skip
        elif name == "ADR":
            if "Street" not in found:
                found |= {
                    "Street": _words([value.street, value.extended]), "Postal code": _words(value.code),
                    "City": _words(value.city), "Region": _words(value.region), "Country": _words(value.country),
                }  # fmt: skip
        elif name == "ORG":
            parts = [str(part).strip() for part in value] if isinstance(value, list) else [str(value).strip()]
            found.setdefault("Company", parts[0])
            found.setdefault("Department", ", ".join(filter(None, parts[1:])))
        elif name == "TEL":
            kinds = {str(kind).upper() for kind in (*line.params.get("TYPE", ()), *line.singletonparams)}
            if "FAX" not in kinds:
                _add(found, "Mobile" if kinds & {"CELL", "MOBILE"} else "Phone", str(value).removeprefix("tel:"))
        elif name == "CATEGORIES":
            _add(found, "Categories", ";".join(map(str, value)) if isinstance(value, list) else str(value))
        elif name in ("EMAIL", "URL"):
            _add(found, _PLAIN[name], str(value).replace("\\:", ":"))
        elif name in _PLAIN:
            found.setdefault(_PLAIN[name], str(value).strip())
    return found


def _read(text: str) -> Any:
    try:
        return vobject.readOne(text, ignoreUnreadable=True, allowQP=True)
    except Exception:  # the parser raises whatever a damaged card makes it stumble over
        return None


def _without_broken(text: str) -> str:
    """The card without properties that can't be read alone either, such as letters cut in the middle of one."""
    properties: list[str] = []
    for line in text.splitlines(keepends=True):
        if _PROPERTY.match(line) or not properties:
            properties.append(line)
        else:
            properties[-1] += line
    head, foot = "BEGIN:VCARD\nVERSION:2.1\n", "END:VCARD\n"
    words = ("BEGIN:", "VERSION:", "END:")
    whole = [one for one in properties if not one.upper().startswith(words) and _read(f"{head}{one}{foot}") is not None]
    return "".join((head, *whole, foot))


_PLAIN = {
    "FN": "Full name", "TITLE": "Job title", "EMAIL": "E-mail", "URL": "Website", "BDAY": "Birthday", "NOTE": "Note",
    "UID": "UID",
}  # fmt: skip


def _add(found: dict[str, str], name: str, value: str) -> None:
    """Another one of several; the import splits them at semicolons again."""
    value = value.strip()
    if value and value not in found.get(name, "").split(";"):
        found[name] = f"{found[name]};{value}" if found.get(name) else value


def _words(value: Any) -> str:
    parts = value if isinstance(value, list) else [value]
    return " ".join(
        text for part in parts if (text := " ".join(part) if isinstance(part, list) else str(part)).strip()
    ).strip()
