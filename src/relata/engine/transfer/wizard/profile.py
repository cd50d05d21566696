"""What the columns of a file hold, found by reading the whole of it once: samples, kinds, how dates and numbers are
written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

import msgspec

from relata.engine.transfer.csv_reader import CsvFile
from relata.engine.transfer.wizard.dates import DateForms
from relata.engine.transfer.wizard.figures import NumberForms

#: Rows that decide what kind of things a column holds; the rest only adds evidence.
FIRST = 1000
#: So many different values may be mapped one by one.
MOST_DISTINCT = 200
SAMPLES = 4
FIRST_ROWS, FIRST_CELL = 3, 500
SAMPLE_LENGTH = 80
#: Share of the first values that must agree about what they are; the others are mistakes to be reported.
_AGREE = 0.6

_EMAIL = re.compile(r"[^@\s;,]+@[^@\s;,]+\.[^@\s;,]{2,}(?:\s*;.*)?")
_PHONE = re.compile(r"(?=(?:.*\d){6})\+?[\d\s()./-]{6,24}(?:\s*(?:x|ext\.?)\s*\d+)?", re.IGNORECASE)
_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PERCENT = re.compile(r"-?\d+(?:[.,]\d+)?\s*%")
_INTEGER = re.compile(r"[-+]?\d{1,15}")

#: Words for yes and no in the languages of the people who send files.
YES = frozenset(
    "true yes y 1 on t ja oui si sí wahr vrai verdadero sim x ✓ ✔ да tak ano evet 是 はい kyllä igen".split()
)
NO = frozenset("false no n 0 off f nein non falsch faux falso não nao - ✗ ✘ нет nie ne hayır 否 いいえ ei nem".split())


class ColumnProfile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One column. looks: email, phone, url, id, date, datetime, number, integer, money, percent, boolean, text or
    long_text. filled: cells that hold something. distinct: all different values, the commonest first; empty for
    columns that have too many. date_forms: for strptime, one of which fits; several where the day can't be told from
    the month; empty where a date field reads the column by itself. marks: the decimal marks that fit likewise."""

    name: str
    looks: str = "text"
    filled: int = 0
    longest: int = 0
    samples: tuple[str, ...] = ()
    distinct: tuple[tuple[str, int], ...] = ()
    date_forms: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    currency: str = ""


class Profile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file. rows: without the header and blank rows. first: the first few, on which formulas are tried."""

    rows: int = 0
    columns: tuple[ColumnProfile, ...] = ()
    first: tuple[dict[str, str], ...] = ()

    def column(self, name: str) -> ColumnProfile:
        """The column of that name; an empty one for a name that the file has not."""
        return next((one for one in self.columns if one.name == name), ColumnProfile(name=name))


def profile_of(file: CsvFile) -> Profile:
    """Read the file. About a microsecond a cell: call it outside of the event loop."""
    return profile_of_rows(file.columns, (row.cells for row in file.rows()))


def profile_of_rows(names: Sequence[str], rows: Iterator[Mapping[str, str]]) -> Profile:
    """The same of rows that come from anywhere. names: their columns."""
    first = list(islice(rows, FIRST))
    count = sum(1 for cells in first if cells)
    columns = [_Column(name, [text for cells in first if (text := cells.get(name, "").strip())]) for name in names]
    for cells in rows:
        if not cells:
            continue
        count += 1
        for column in columns:
            text = cells.get(column.name, "").strip()
            if text:
                column.add(text)
    few = islice(filter(None, first), FIRST_ROWS)
    shown = [{name: text[:FIRST_CELL] for name, text in cells.items()} for cells in few]
    return Profile(rows=count, columns=tuple(column.profile() for column in columns), first=tuple(shown))


class _Column:
    """A column on the way through the file."""

    def __init__(self, name: str, first: list[str]) -> None:
        self.name = name
        self.looks = looks_of(first)
        self.filled = self.longest = 0
        self.distinct: Counter[str] | None = Counter()
        self.dates = DateForms() if self.looks in ("date", "datetime") else None
        self.numbers = NumberForms() if self.looks in ("number", "integer", "money", "percent") else None
        self.samples = tuple(text[:SAMPLE_LENGTH] for text in list(dict.fromkeys(first))[:SAMPLES])
        for text in first:
            self.add(text)

    def add(self, text: str) -> None:
        self.filled += 1
        if len(text) > self.longest:
            self.longest = len(text)
        if self.distinct is not None:
            self.distinct[text] += 1
            if len(self.distinct) > MOST_DISTINCT:
                self.distinct = None
        if self.dates is not None:
            self.dates.add(text)
        elif self.numbers is not None:
            self.numbers.add(text)

    def profile(self) -> ColumnProfile:
        is_short = self.longest <= SAMPLE_LENGTH
        return ColumnProfile(
            name=self.name, looks=self.looks, filled=self.filled, longest=self.longest, samples=self.samples,
            distinct=tuple(self.distinct.most_common()) if self.distinct is not None and is_short else (),
            date_forms=self.dates.forms() if self.dates else (),
            marks=self.numbers.marks() if self.numbers else (),
            currency=self.numbers.currency if self.numbers else "",
        )  # fmt: skip


def looks_of(texts: list[str]) -> str:
    """What most of these texts are."""
    if not texts:
        return "text"
    few = texts[:FIRST]
    folded = {text.casefold() for text in few}
    if folded <= YES | NO and len(folded) <= 4 and not folded <= {"-"}:
        return "boolean"
    for name, pattern in (("email", _EMAIL), ("url", _URL), ("id", _UUID), ("percent", _PERCENT)):
        if sum(1 for text in few if pattern.fullmatch(text)) >= _AGREE * len(few):
            return name
    if _share(few, DateForms.is_one) >= _AGREE:
        return "datetime" if _share(few, DateForms.has_time) > 0.5 else "date"
    if _share(few, NumberForms.is_one) >= _AGREE:
        if _share(few, NumberForms.has_currency) > 0.5:
            return "money"
        is_whole = all(_INTEGER.fullmatch(text) for text in few if NumberForms.is_one(text))
        is_phone = is_whole and _share(few, lambda text: len(text) >= 9 or text[:1] in ("+", "0")) >= _AGREE
        return "phone" if is_phone else "integer" if is_whole else "number"
    if _share(few, lambda text: bool(_PHONE.fullmatch(text))) >= _AGREE:
        return "phone"
    return "long_text" if any(len(text) > 255 or "\n" in text for text in few) else "text"


def _share(texts: list[str], is_one: Callable[[str], bool]) -> float:
    return sum(map(is_one, texts)) / len(texts)
