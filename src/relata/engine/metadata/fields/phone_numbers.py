"""Phone numbers in E.164, with a short way for those that are written internationally and say all there is to say.

`phonenumbers` takes 40 µs for a number, which is nothing for a form and nearly half of the time of an import.
"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneMetadata

_INTERNATIONAL = re.compile(r"\+([1-9][\d \-()./]{5,25})", re.ASCII)
_MARKS = str.maketrans("", "", " -()./")


def e164(text: str, region: str) -> str:
    """The number as +4930901820; the text itself where no country's plan knows it. region: ISO 3166-1, for numbers
    without a country code."""
    return _short_way(text) or _long_way(text, region)


def _long_way(text: str, region: str) -> str:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return text
    if not phonenumbers.is_possible_number(number) or number.extension:
        return text
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _short_way(text: str) -> str | None:
    """What `_long_way` would say, where that is clear: a known country, a possible length, no prefix to take off."""
    found = _INTERNATIONAL.fullmatch(text)
    if found is None:
        return None
    digits = found[1].translate(_MARKS)
    plan = _plan(digits[:3])
    if plan is None:
        return None
    code, lengths, prefix = plan
    national = digits[len(code) :]
    if national[:1] == "0" or len(national) not in lengths or (prefix and prefix.match(national)):
        return None
    return f"+{digits}"


@lru_cache(maxsize=1000)
def _plan(start: str) -> tuple[str, frozenset[int], re.Pattern[str] | None] | None:
    """Country code, possible lengths and the prefix of national calls of the country whose numbers start like this."""
    for length in (1, 2, 3):
        code = start[:length]
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code))
        if regions:
            metadata = PhoneMetadata.metadata_for_region(regions[0])
            if metadata is None or metadata.general_desc is None:
                return None
            prefix = metadata.national_prefix_for_parsing
            return code, frozenset(metadata.general_desc.possible_length), re.compile(prefix) if prefix else None
    return None
