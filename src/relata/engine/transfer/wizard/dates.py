"""How a column writes its dates. Whether the day or the month comes first is decided by the whole column: one 25 is
enough; where nothing decides, a person is asked."""

from __future__ import annotations

import re
from collections import Counter

_TIME = r"(?:[T ]+(\d{1,2}:\d{2})(:\d{2})?(?:\.\d+)?\s*([AaPp][Mm])?)?"
_FIGURES = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})\.?" + _TIME)
_WORDS = re.compile(r"(\d{1,2})([ .-]+)([A-Za-z]{3,9})(,?[ .-]+)(\d{4})" + _TIME)
_WORD_FIRST = re.compile(r"([A-Za-z]{3,9}) (\d{1,2})(,? )(\d{4})" + _TIME)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?")
_MONTHS = frozenset("jan feb mar apr may jun jul aug sep oct nov dec".split())


class DateForms:
    """Evidence about one column, text by text."""

    def __init__(self) -> None:
        self._forms: Counter[tuple[str, ...]] = Counter()
        self._first_over = self._second_over = 0

    @staticmethod
    def is_one(text: str) -> bool:
        """Whether it can be a date at all."""
        return bool(_ISO.fullmatch(text)) or _read(text) is not None

    @staticmethod
    def has_time(text: str) -> bool:
        """Whether it says more than the day."""
        return ":" in text

    def add(self, text: str) -> None:
        """Another text of the column."""
        if _ISO.fullmatch(text):
            self._forms["iso",] += 1
            return
        found = _read(text)
        if found is None:
            return
        forms, first, second = found
        self._forms[forms] += 1
        self._first_over += first > 12
        self._second_over += second > 12

    def forms(self) -> tuple[str, ...]:
        """For strptime: those that the column is written in, by what decides it; two that differ in their order only
        where nothing does. Empty where every text is ISO 8601."""
        days_first, months_first = [], []
        for one, _count in self._forms.most_common(6):
            if one == ("iso",):
                continue
            days_first.append(one[0])
            months_first.append(one[-1])
        if not days_first:
            return ()
        if days_first == months_first or self._first_over > self._second_over:
            return tuple(dict.fromkeys(days_first))
        if self._second_over:
            return tuple(dict.fromkeys(months_first))
        return (days_first[0], months_first[0])

    @property
    def is_open(self) -> bool:
        """Whether a person must say which comes first."""
        return not self._first_over and not self._second_over and any(len(set(one)) > 1 for one in self._forms)


def _read(text: str) -> tuple[tuple[str, ...], int, int] | None:
    """The forms that the text may be in, day first and month first, with its first two figures."""
    if found := _FIGURES.fullmatch(text):
        one, mark, two, three = found[1], found[2], found[3], found[4]
        time = _time(found[5], found[6], found[7])
        if len(one) == 4:
            return ((f"%Y{mark}%m{mark}%d{time}",), 0, 0) if int(two) <= 12 and len(three) <= 2 else None
        year = {4: "%Y", 2: "%y"}.get(len(three))
        if year is None or len(one) > 2 or not 1 <= int(one) <= 31 or not 1 <= int(two) <= 31:
            return None
        if int(one) > 12 and int(two) > 12:
            return None
        forms = (f"%d{mark}%m{mark}{year}{time}", f"%m{mark}%d{mark}{year}{time}")
        return (forms[:1] if mark == "." else forms, int(one), int(two))
    if (found := _WORDS.fullmatch(text)) and found[3][:3].lower() in _MONTHS:
        month = "%b" if len(found[3]) == 3 else "%B"
        return ((f"%d{found[2]}{month}{found[4]}%Y{_time(found[6], found[7], found[8])}",), 0, 0)
    if (found := _WORD_FIRST.fullmatch(text)) and found[1][:3].lower() in _MONTHS:
        month = "%b" if len(found[1]) == 3 else "%B"
        return ((f"{month} %d{found[3]}%Y{_time(found[5], found[6], found[7])}",), 0, 0)
    return None


def _time(clock: str | None, seconds: str | None, half: str | None) -> str:
    if not clock:
        return ""
    return (" %I:%M" if half else " %H:%M") + (":%S" if seconds else "") + (" %p" if half else "")
