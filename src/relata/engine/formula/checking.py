"""What the parts of the checker share: the names in reach, the slots of the literals, conversions between types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from relata.engine.formula.problems import did_you_mean, refuse
from relata.engine.formula.scope import Many, Ref, Scope, Unknown
from relata.engine.formula.tree import Path
from relata.engine.formula.typed import Const, Field, Null, Operation, Pair, Typed
from relata.engine.formula.types import DATE, DATETIME, NUMBER, TEXT, Kind, Type, described, sentence
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id

T = TypeVar("T")


@dataclass(slots=True)
class Checking:
    """One run of the checker; `literals` is shared by the scopes inside exists and count."""

    scope: Scope
    literals: list[object] = field(default_factory=list)

    def inside(self, many: Many) -> Checking:
        return Checking(many.scope, self.literals)

    def const(self, value: object, type_: Type) -> Const:
        self.literals.append(value)
        return Const(len(self.literals) - 1, type_)

    def literal(self, node: Typed) -> object:
        """The value of a literal, or None when the node is something else."""
        return self.literals[node.slot] if isinstance(node, Const) else None

    def changed(self, node: Const, value: object, type_: Type) -> Const:
        """The literal with another value in the same slot."""
        self.literals[node.slot] = value
        return Const(node.slot, type_)

    # -- names

    def field(self, path: Path) -> Field:
        return Field(self.ref(path.names, path))

    def ref(self, names: tuple[str, ...], at: Path | None = None) -> Ref:
        try:
            return self.scope.resolve(names)
        except Unknown as unknown:
            raise self._unknown_name(names, unknown, at) from None

    def many(self, path: Path) -> Many:
        try:
            return self.scope.many(".".join(path.names))
        except Unknown as unknown:
            raise self._unknown_name(path.names, unknown, path) from None

    def _unknown_name(self, names: tuple[str, ...], unknown: Unknown, at: Path | None) -> Exception:
        index = min(unknown.index, len(names) - 1)
        place = at.position if at is not None else None
        if at is not None and index < len(at.positions):
            place = at.positions[index]
        inside = f' in "{".".join(names[:index])}"' if index else ""
        return refuse(
            _('There is no "%(names)s"%(inside)s') % {"names": names[index], "inside": inside},
            place,
            did_you_mean(names[index], unknown.known),
        )

    def title_of(self, link: Typed) -> Field | None:
        """The field that names what a link leads to, if there is one that the reader may see."""
        if not isinstance(link, Field) or link.type.kind is not Kind.ID or link.type.object is None:
            return None
        title = self.scope.title_path(link.type.object)
        try:
            return None if title is None else Field(self.scope.resolve((*link.ref.path, *title.split("."))))
        except Unknown:  # a title that this reader may not see, and so may not hear of
            return None

    # -- conversions

    def convert(self, node: Typed, target: Type) -> Typed | None:
        """The node as the target type, or None if it can't be."""
        kind = node.type.kind
        if isinstance(node, Null):
            return Null(target)
        if kind is target.kind:
            return node if _same(node.type, target) else None
        if kind is Kind.DATE and target.kind is Kind.DATETIME:
            return Operation("midnight", (node,), DATETIME)
        value = self.literal(node)
        if isinstance(node, Const) and isinstance(value, str) and kind is Kind.TEXT:
            return self._read(node, value, target)
        return None

    def _read(self, node: Const, text: str, target: Type) -> Typed | None:
        """A text literal as a date, a datetime or an id."""
        if target.kind is Kind.ID:
            found = parse_id(text)
            return None if found is None else self.changed(node, found, target)
        if target.kind is Kind.DATE:
            day = iso_date(text)
            return None if day is None else self.changed(node, day, DATE)
        if target.kind is Kind.DATETIME:
            return self.moment(node, text)
        return None

    def moment(self, node: Const, text: str) -> Typed | None:
        """An ISO datetime; without an offset it is the person's local time, without a time the day's first moment."""
        day = iso_date(text)
        if day is not None:
            return Operation("midnight", (self.changed(node, day, DATE),), DATETIME)
        value = _iso_datetime(text)
        if value is None:
            return None
        const = self.changed(node, value, DATETIME)
        return const if value.tzinfo is not None else Operation("local_moment", (const,), DATETIME)

    def unify(self, nodes: Sequence[Typed]) -> tuple[Typed, ...] | None:
        """All of them as one type, or None if they have none in common."""
        target = self._common([node for node in nodes if not isinstance(node, Null)])
        if target is None:
            return None
        converted = [self.convert(node, target) for node in nodes]
        return tuple(each(converted)) if all(node is not None for node in converted) else None

    def _common(self, nodes: list[Typed]) -> Type | None:
        firm = [node for node in nodes if not isinstance(self.literal(node), str)] or nodes
        kinds = {node.type.kind for node in firm}
        if kinds == {Kind.DATE, Kind.DATETIME}:
            return DATETIME
        if len(kinds) > 1:
            return None
        if not firm:
            return Type(Kind.NULL)
        return next((node.type for node in firm if node.type.object is not None), firm[0].type)


def each(nodes: Iterable[T | None]) -> Iterable[T]:
    """Those that are there."""
    return (node for node in nodes if node is not None)


def _same(one: Type, other: Type) -> bool:
    if one.kind is Kind.ID:
        return one.object is None or other.object is None or one.object == other.object
    if one.item is not None and other.item is not None:
        return one.item.kind is other.item.kind and _same(one.item, other.item)
    return True


def iso_date(text: str) -> date | None:
    """A day as YYYY-MM-DD."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _iso_datetime(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if len(text) > 10 else None
    except ValueError:
        return None


# -- money is taken apart


def amount(node: Typed) -> Typed:
    """The number in an amount of money."""
    if isinstance(node, Field):
        return Field(node.ref, "amount")
    return node.amount if isinstance(node, Pair) else Null(NUMBER)


def currency(node: Typed) -> Typed:
    """The currency in an amount of money; what it says where the amount is null doesn't matter."""
    if isinstance(node, Field):
        return Field(node.ref, "currency")
    return node.currency if isinstance(node, Pair) else Null(TEXT)


def mismatch(what: str, left: Type, right: Type, position: int | None, hint: str | None = None) -> Exception:
    """The error for two types that don't go together. what: the sentence, with %(one)s and %(other)s."""
    return refuse(
        what % {"one": sentence(described(left)), "other": described(right)},
        position,
        hint,
    )
