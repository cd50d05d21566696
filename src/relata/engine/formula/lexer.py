"""Text to words: names, numbers, texts and signs, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from relata.engine.formula.numbers import LITERAL_DECIMALS, LITERAL_DIGITS
from relata.engine.formula.problems import refuse
from relata.foundation.i18n import gettext as _

#: Words that are never names; a field that is called so is written in backticks.
RESERVED = frozenset({"and", "or", "not", "in", "true", "false", "null"})

_WORDS = re.compile(
    r"""(?P<space>[ \t\r\n\u00a0]+)
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |`(?P<quoted>[A-Za-z_][A-Za-z0-9_]*)`
    |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<sign><=|>=|!=|==|<>|&&|\|\||[=<>+\-*/(),.])""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_FOREIGN = {"==": "=", "<>": "!=", "&&": "and", "||": "or, and + joins texts"}
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")


class Sort(Enum):
    NAME = "name"
    WORD = "word"
    NUMBER = "number"
    TEXT = "text"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """value: the name, the reserved word in small letters, the Decimal, the unescaped text or the sign."""

    sort: Sort
    value: str | Decimal
    position: int
    end: int


def tokens(text: str) -> list[Token]:
    """All words; the last is END."""
    found: list[Token] = []
    place = 0
    while place < len(text):
        match = _WORDS.match(text, place)
        if match is None:
            raise _stray(text, place)
        if match.lastgroup != "space":
            found.append(_token(match, place))
        place = match.end()
    found.append(Token(Sort.END, "", place, place))
    return found


def _token(match: re.Match[str], place: int) -> Token:
    group, word, end = match.lastgroup, match.group(), match.end()
    if group == "name":
        small = word.lower()
        return Token(Sort.WORD, small, place, end) if small in RESERVED else Token(Sort.NAME, word, place, end)
    if group == "quoted":
        return Token(Sort.NAME, match.group("quoted"), place, end)
    if group == "number":
        return Token(Sort.NUMBER, _number(word, place), place, end)
    if group == "text":
        return Token(Sort.TEXT, _unescaped(word[1:-1], place), place, end)
    if word in _FOREIGN:
        raise refuse(
            _('"%(word)s" is not part of this language') % {"word": word},
            place,
            _("Write %(foreign)s.") % {"foreign": _FOREIGN[word]},
        )
    return Token(Sort.SIGN, word, place, end)


def _number(word: str, place: int) -> Decimal:
    whole, __, decimals = word.partition(".")
    if len(whole) > LITERAL_DIGITS or len(decimals) > LITERAL_DECIMALS:
        raise refuse(
            _("A number has at most %(literal_digits)s digits before the point and %(literal_decimals)s after it")
            % {"literal_digits": LITERAL_DIGITS, "literal_decimals": LITERAL_DECIMALS},
            place,
        )
    return Decimal(word)


def _unescaped(body: str, place: int) -> str:
    def one(match: re.Match[str]) -> str:
        code = match.group(1)
        if code[0] == "u" and len(code) == 5:
            return chr(int(code[1:], 16))
        if code not in _ESCAPES:
            raise refuse(
                _('"\\%(code)s" is not an escape') % {"code": code},
                place + 1 + match.start(),
                _("Write \\\\ for a backslash."),
            )
        return _ESCAPES[code]

    text = _ESCAPE.sub(one, body) if "\\" in body else body
    return storable(text, place)


def storable(text: str, place: int | None) -> str:
    """The text, or Invalid if no database can hold it: a NUL, or half a character."""
    if _NOT_STORABLE.search(text):
        raise refuse(_("This text holds a character that can't be stored"), place)
    return text


def _stray(text: str, place: int) -> Exception:
    sign = text[place]
    if sign in "\"'":
        return refuse(_("This text has no closing quote"), place, _("Close it with %(sign)s.") % {"sign": sign})
    if sign == "`":
        return refuse(_("This name has no closing backtick"), place, _("Backticks hold one field name."))
    return refuse(_('"%(sign)s" is not expected here') % {"sign": sign}, place, _("Put texts in quotes."))
