"""Text to tree, by operator precedence: or, and, not, comparisons, + and -, * and /, unary -."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from relata.engine.formula.budget import MAX_DEPTH, MAX_TEXT, too_deep, within_budget
from relata.engine.formula.lexer import Sort, Token, tokens
from relata.engine.formula.problems import refuse
from relata.engine.formula.tree import (
    Between,
    Binary,
    Call,
    Items,
    Literal,
    Negative,
    Node,
    Path,
    all_of,
    any_of,
    negate,
)
from relata.foundation.i18n import gettext as _

OR, AND, COMPARE, ADD, MULTIPLY, SIGN = range(1, 7)

_POWERS: Final = {
    "or": OR,
    "and": AND,
    "not": COMPARE,
    "in": COMPARE,
    "contains": COMPARE,
    "starts": COMPARE,
    "ends": COMPARE,
    "between": COMPARE,
    "is": COMPARE,
    "+": ADD,
    "-": ADD,
    "*": MULTIPLY,
    "/": MULTIPLY,
    **dict.fromkeys(("=", "!=", "<", "<=", ">", ">="), COMPARE),
}
_AFTER_NOT: Final = ("in", "contains", "starts", "ends", "between")
_CONSTANTS: Final = {"true": True, "false": False, "null": None}


@lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    """The tree of a text. Invalid, with code `expression` and the character, when it can't be read."""
    if len(text) > MAX_TEXT:
        raise refuse(
            _("An expression has at most %(max_text)s characters") % {"max_text": MAX_TEXT},
            None,
            None,
            "expression_too_large",
        )
    if not text.strip():
        raise refuse(_("The expression is empty"), 0, _('Write a condition such as stage = "won".'))
    return within_budget(_Parser(tokens(text)).whole())


class _Parser:
    def __init__(self, words: list[Token]) -> None:
        self._words = words
        self._place = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self.expression(OR)
        if self._next.sort is not Sort.END:
            raise self._unexpected()
        return node

    def expression(self, floor: int) -> Node:
        """An operand and every operator after it that binds at least as tightly as `floor`."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise too_deep(self._next.position)
        left = self._operand()
        while (power := self._power()) >= floor:
            left = self._joined(left, power)
        self._depth -= 1
        return left

    # -- operators

    @property
    def _next(self) -> Token:
        return self._words[self._place]

    def _take(self) -> Token:
        token = self._next
        self._place += 1
        return token

    def _power(self) -> int:
        token = self._next
        if token.sort in (Sort.SIGN, Sort.WORD):
            return _POWERS.get(str(token.value), 0)
        return _POWERS.get(str(token.value).lower(), 0) if token.sort is Sort.NAME else 0

    def _joined(self, left: Node, power: int) -> Node:
        token = self._take()
        op = str(token.value).lower()
        if power in (OR, AND):
            right = self.expression(power + 1)
            return any_of((left, right)) if power == OR else all_of((left, right))
        if power > COMPARE:
            return Binary(op, left, self.expression(power + 1), token.position)
        node = self._compared(op, left, token)
        if self._power() == COMPARE:
            raise refuse(_("Comparisons can't be chained"), self._next.position, _("Join them with and."))
        return node

    def _compared(self, op: str, left: Node, token: Token) -> Node:
        if op == "not":
            return self._negated(left)
        if op == "is":
            return self._is_null(left, token)
        if op == "between":
            low = self.expression(ADD)
            self._word("and", "between needs two ends, such as: between 1 and 10")
            return Between(left, low, self.expression(ADD), token.position)
        if op in ("in", "contains") and self._sees("("):
            return Binary(op, left, self._items(op), token.position)
        return Binary(op, left, self.expression(ADD), token.position)

    def _negated(self, left: Node) -> Node:
        token = self._take()
        op = str(token.value).lower()
        if token.sort not in (Sort.NAME, Sort.WORD) or op not in _AFTER_NOT:
            raise self._unexpected(token, "After a value, not is followed by in, contains, starts, ends or between.")
        return negate(self._compared(op, left, token))

    def _is_null(self, left: Node, token: Token) -> Node:
        negated = self._accepts("not")
        self._word("null", "Write is null or is not null; to compare with anything else write =.")
        empty = Call("empty", (left,), token.position)
        return negate(empty) if negated else empty

    # -- operands

    def _operand(self) -> Node:
        token = self._take()
        match token.sort:
            case Sort.NUMBER | Sort.TEXT:
                return Literal(token.value, token.position)
            case Sort.NAME:
                return self._call(token) if self._sees("(") else self._path(token)
            case Sort.WORD if token.value in _CONSTANTS:
                return Literal(_CONSTANTS[str(token.value)], token.position)
            case Sort.WORD if token.value == "not":
                return negate(self.expression(COMPARE))
            case Sort.SIGN if token.value == "-":
                return self._negative(token)
            case Sort.SIGN if token.value == "(":
                node = self.expression(OR)
                self._sign(")", "Close the parenthesis.")
                return node
        raise self._unexpected(token)

    def _negative(self, sign: Token) -> Node:
        if self._next.sort is Sort.NUMBER:
            number = self._take().value
            assert not isinstance(number, str)
            return Literal(number.copy_negate() if number else number, sign.position)
        return Negative(self.expression(SIGN), sign.position)

    def _path(self, first: Token) -> Path:
        names, positions = [str(first.value)], [first.position]
        while self._accepts("."):
            token = self._take()
            if token.sort not in (Sort.NAME, Sort.WORD):
                raise self._unexpected(token, "A dot is followed by a field's name.")
            names.append(str(token.value))
            positions.append(token.position)
        return Path(tuple(names), first.position, tuple(positions))

    def _call(self, name: Token) -> Call:
        self._take()
        args: list[Node] = []
        if not self._sees(")"):
            args.append(self.expression(OR))
            while self._accepts(","):
                args.append(self.expression(OR))
        self._sign(")", f"Close the parenthesis of {name.value}(.")
        return Call(str(name.value).lower(), tuple(args), name.position)

    def _items(self, op: str) -> Node:
        """A list in parentheses; for contains, parentheses around one value only group."""
        start = self._take()
        if self._accepts(")"):
            return Items((), start.position)
        items = [self.expression(OR)]
        while self._accepts(","):
            items.append(self.expression(OR))
        self._sign(")", "Close the list.")
        if op == "contains" and len(items) == 1:
            return items[0]
        return Items(tuple(items), start.position)

    # -- single words

    def _sees(self, sign: str) -> bool:
        return self._next.sort in (Sort.SIGN, Sort.WORD) and self._next.value == sign

    def _accepts(self, sign: str) -> bool:
        if not self._sees(sign):
            return False
        self._place += 1
        return True

    def _sign(self, sign: str, hint: str) -> None:
        if not self._accepts(sign):
            raise self._unexpected(self._next, hint)

    def _word(self, word: str, hint: str) -> None:
        if not self._accepts(word):
            raise self._unexpected(self._next, hint)

    def _unexpected(self, token: Token | None = None, hint: str | None = None) -> Exception:
        token = token or self._next
        if token.sort is Sort.END:
            return refuse(
                _("The expression ends too early"), token.position, hint or _("Something is missing at the end.")
            )
        return refuse(_('"%(value)s" is not expected here') % {"value": token.value}, token.position, hint)
