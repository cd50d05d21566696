"""Texts in both back ends, and what "without regard to case" means.

Case: every character is mapped on its own, one to one, as Unicode's simple case mapping says. So the final sigma is
not treated specially, the dotted capital I becomes i, and the sharp s stays what it is. In SQL that is the collation
`relata.cased`, made by a migration from what the server has: `pg_c_utf8` since PostgreSQL 17, before that the same
mapping as "C.utf8" or "C.UTF-8" of the operating system. Accents count: é is not e. Texts are compared as they are
stored, without normalisation, and ordered by code point.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from relata.engine.formula.numbers import EXACT, LITERAL_DECIMALS, LITERAL_DIGITS
from relata.engine.formula.operation import OperationRule

#: What trim takes away at both ends.
BLANKS = " \t\n\r\f\v\u00a0"
_BLANKS_SQL = "E' \\t\\n\\r\\f\\x0b\\u00a0'"

#: With Unicode's simple case mapping (decision 12).
COLLATION = "relata.cased"
#: The second collation keeps the first from clashing with others.
LOWER_SQL = f'lower({{0}} COLLATE {COLLATION}) COLLATE "default"'
UPPER_SQL = f'upper({{0}} COLLATE {COLLATION}) COLLATE "default"'
#: UTF-8 keeps the order of the code points.
BY_CODE_POINT = '({0} COLLATE "C")'

_NUMBER = re.compile(rf" *([+-]?[0-9]{{1,{LITERAL_DIGITS}}}([.][0-9]{{1,{LITERAL_DECIMALS}}})?) *", re.ASCII)
# The doubled braces are the template's way to write one.
_NUMBER_SQL = f"^ *([+-]?[0-9]{{{{1,{LITERAL_DIGITS}}}}}([.][0-9]{{{{1,{LITERAL_DECIMALS}}}}})?) *$"


def small(text: str) -> str:
    """Small letters, character by character."""
    return text.lower() if text.isascii() else "".join(map(_small, text))


def capital(text: str) -> str:
    """Capital letters, character by character."""
    return text.upper() if text.isascii() else "".join(map(_capital, text))


@lru_cache(maxsize=4096)
def _small(sign: str) -> str:
    lowered = sign.lower()
    return lowered if len(lowered) == 1 else lowered[0]


@lru_cache(maxsize=4096)
def _capital(sign: str) -> str:
    """Where Unicode's full mapping makes several characters, the simple one is the titlecase or the sign itself."""
    raised = sign.upper()
    if len(raised) == 1:
        return raised
    titled = sign.title()
    return titled if len(titled) == 1 else sign


def _number(text: str) -> Decimal | None:
    match = _NUMBER.fullmatch(text)
    return EXACT.plus(Decimal(match.group(1))) if match else None


def plain(number: Decimal) -> str:
    """Without exponent and trailing zeros: 1200, 0.5."""
    if not number:
        return "0"
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _least(*texts: str | None) -> str | None:
    return min((text for text in texts if text is not None), default=None)


def _greatest(*texts: str | None) -> str | None:
    return max((text for text in texts if text is not None), default=None)


TEXT_OPERATIONS = {
    "lower": OperationRule(small, LOWER_SQL),
    "upper": OperationRule(capital, UPPER_SQL),
    "trim": OperationRule(lambda text: text.strip(BLANKS), f"btrim({{0}}, {_BLANKS_SQL})"),
    "domain": OperationRule(lambda text: text.rpartition("@")[2], "split_part({0}, '@', -1)"),
    "length": OperationRule(lambda text: Decimal(len(text)), "length({0})::numeric"),
    "join": OperationRule(lambda *texts: "".join(texts), "({all})", joiner=" || "),
    "text_or_nothing": OperationRule(lambda text: text or "", "coalesce({0}, '')", sees_null=True),
    "number_of_text": OperationRule(_number, f"substring({{0}} from '{_NUMBER_SQL}')::numeric"),
    "text_of_number": OperationRule(plain, "trim_scale({0})::text"),
    "text_of_boolean": OperationRule(lambda value: "true" if value else "false", "({0})::text"),
    "text_of_id": OperationRule(str, "({0})::text"),
    "min_text": OperationRule(_least, 'least({all}) COLLATE "default"', sees_null=True, each=BY_CODE_POINT),
    "max_text": OperationRule(_greatest, 'greatest({all}) COLLATE "default"', sees_null=True, each=BY_CODE_POINT),
    "list_length": OperationRule(lambda items: Decimal(len(items)), "cardinality({0})::numeric"),
}
