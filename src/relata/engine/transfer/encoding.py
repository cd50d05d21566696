"""In which encoding and with which separator a file was written. The whole file is asked, so the answer holds to its
end."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

SEPARATORS = (",", ";", "\t", "|", "^", "~", "\x1f", "\x01")
QUOTES = ('"', "'")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BLOCK = 1 << 20
_SAMPLE_BYTES = 64 * 1024
_SAMPLE_ROWS = 30


@dataclass(frozen=True, slots=True)
class Form:
    """encoding: Python's name. separator, quote: one character."""

    encoding: str
    separator: str
    quote: str = '"'


def form_of(path: Path, *, encoding: str = "", separator: str = "") -> Form:
    """The file's form; what is given is not guessed."""
    found = encoding or encoding_of(path)
    text = _sample(path, found)
    quote = quote_of(text)
    return Form(found, separator or separator_of(text, quote), quote)


def encoding_of(path: Path) -> str:
    """By its byte-order mark; UTF-16 by its zeros; UTF-8 if the whole file is; else Windows-1252, which takes nearly
    any byte."""
    with path.open("rb") as file:
        start = file.read(4096)
        for mark, name in _BOMS:
            if start.startswith(mark):
                return name
        if len(start) > 3 and start[1::2].count(0) > 0.4 * len(start) / 2:
            return "utf-16-le"
        if len(start) > 3 and start[::2].count(0) > 0.4 * len(start) / 2:
            return "utf-16-be"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def quote_of(text: str) -> str:
    """What stands around cells: an apostrophe where every cell of the header is in two of them, else the usual mark. An
    apostrophe before a cell alone is a guard against formulas."""
    header = text.partition("\n")[0].strip()
    cell = "'(?:[^']|'')*'"
    marks = "|".join(map(re.escape, SEPARATORS))
    return "'" if re.fullmatch(rf"{cell}(?:(?:{marks}) ?{cell})+", header) else '"'


def separator_of(text: str, quote: str = '"') -> str:
    """The separator that cuts the first rows into equally many cells, and into the most of them; a comma for one
    column."""
    return max(SEPARATORS, key=lambda separator: _score(text, separator, quote))


def _score(text: str, separator: str, quote: str) -> tuple[float, int]:
    widths: list[int] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, quotechar=quote):
            if any(row):
                widths.append(len(row))
            if len(widths) == _SAMPLE_ROWS:
                break
    except csv.Error:
        return (0.0, 0)
    if len(widths) > 2 and len(widths) < _SAMPLE_ROWS:
        widths.pop()  # the sample may end within a row
    if not widths or widths[0] < 2:
        return (0.0, 0)
    width, count = Counter(widths).most_common(1)[0]
    return (count / len(widths) if width > 1 else 0.0, width)


def _sample(path: Path, encoding: str) -> str:
    with path.open("rb") as file:
        return codecs.getincrementaldecoder(encoding)("replace").decode(file.read(_SAMPLE_BYTES))
