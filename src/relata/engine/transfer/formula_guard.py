"""Cells that a spreadsheet would run as a formula get an apostrophe on export, and lose it again on import (OWASP, "CSV
Injection"): behind white space too, and with the full-width signs that some spreadsheets read as formulas."""

from __future__ import annotations

import re

_DANGEROUS = re.compile("'*(?:[\t\r\n]|\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20])")
_GUARDED = re.compile("'" + _DANGEROUS.pattern)
#: A plain number is no formula, whatever its sign.
_NUMBER = re.compile(r"-[0-9]+(?:\.[0-9]+)?")

#: The same for PostgreSQL, where it depends on the locale what counts as white space.
_SPACE = "".join(letter for letter in map(chr, range(0x3001)) if letter.isspace())
DANGEROUS_IN_SQL = f"^'*(?:[\t\r\n]|[{_SPACE}]*[=+@\uff1d\uff0b\uff0d\uff20-])"
NUMBER_IN_SQL = r"^-[0-9]+([.][0-9]+)?$"


def guarded(cell: str) -> str:
    """The cell, harmless. A cell that looks guarded already gets one more apostrophe, so that `unguarded` is the
    inverse."""
    if _DANGEROUS.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def unguarded(cell: str) -> str:
    """What was meant."""
    return cell[1:] if cell[:1] == "'" and _GUARDED.match(cell) else cell
