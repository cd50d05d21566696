"""Phone numbers as people read them: grouped as their country does."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers


@lru_cache(maxsize=4096)
def phone(number: str) -> str:
    """`+47 55 01 20 30` for `+4755012030`; what is no international number stays as it is. Parsing takes 0.1 ms, so it
    is done once per number."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
