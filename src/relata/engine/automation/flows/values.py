"""Values of a flow: expressions and merge fields over what it knows. Nothing from a definition is ever executed."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal

from relata.engine.automation.flows.names import BEFORE, Names
from relata.engine.formula import (
    Binary,
    Checked,
    EvaluationContext,
    Items,
    Literal,
    Many,
    Node,
    Path,
    Ref,
    Type,
    Values,
    check,
    evaluate,
    parse,
    references,
)  # fmt: skip
from relata.engine.formula.tree import All, Between, Call, Negative, Not
from relata.engine.formula.tree import Any as AnyOf
from relata.engine.history.feed import changes_at
from relata.engine.history.opening import opened
from relata.engine.metadata.fields import AnyTarget, Field
from relata.engine.query.request import Query
from relata.engine.workspace.reads import note
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem
from relata.foundation.money import Money

_MERGE = re.compile(r"\{\{(.*?)\}\}", re.S)
#: What needs no change.
_PLAIN = (str, bool, int, float, Decimal, date, timedelta, UUID, Money, AnyTarget)
_MARK = "\u2402{}\u2403"


@dataclass(frozen=True, slots=True)
class Text:
    """A value as it is written. parts: words and checked expressions in turn. is_expression: it is one expression and
    gives a value of its type; else it gives text."""

    parts: tuple[str | Checked, ...]
    is_expression: bool

    @property
    def literal(self) -> str | None:
        """The words, where nothing is merged."""
        if self.is_expression or any(not isinstance(part, str) for part in self.parts):
            return None
        return "".join(part for part in self.parts if isinstance(part, str))

    @property
    def checked(self) -> list[Checked]:
        """The expressions."""
        return [part for part in self.parts if isinstance(part, Checked)]


def read(text: str, names: Names, *, expect: Type | None = None) -> Text:
    """A value, type-checked; Invalid with the place. expect: for an expression."""
    found = names.kept.get((text, expect))
    if found is None:
        found = names.kept[text, expect] = _read(text, names, expect)
    return cast(Text, found)


def _read(text: str, names: Names, expect: Type | None) -> Text:
    stripped = text.strip()
    if stripped.startswith("="):
        return Text((check(parse(stripped[1:]), names, expect=expect),), True)
    parts: list[str | Checked] = []
    for index, piece in enumerate(_MERGE.split(text)):
        if index % 2:
            parts.append(check(parse(piece), names))
        elif piece:
            parts.append(piece)
    return Text(tuple(parts), False)


def expression(text: str, names: Names, *, expect: Type | None = None) -> Checked:
    """An expression, with or without its `=`."""
    return read(f"={text.strip().removeprefix('=')}", names, expect=expect).checked[0]


@dataclass
class Known:
    """What a run knows while it runs: records by name as object and id, other values, the number of the
    change that started it. Reads what an
    expression needs through the door, as whom the flow runs as, once until something is written."""

    work: Workspace
    names: Names
    records: dict[str, tuple[str, UUID] | None]
    values: dict[tuple[str, ...], object]
    feed: int | None = None
    before: Mapping[str, object] | None = None
    read: dict[tuple[str, ...], object] = field(default_factory=dict)
    loaded: dict[tuple[str, UUID], Record] = field(default_factory=dict)

    def context(self) -> EvaluationContext:
        """Who asks, and when."""
        actor = self.work.actor
        return EvaluationContext(self.work.clock, actor.user, actor.main_team, actor.teams)

    def forget(self) -> None:
        """Something was written."""
        self.read.clear()
        self.loaded.clear()

    async def record(self, found: tuple[str, UUID]) -> Record:
        """A record for a step, read once until something is written. NotFound as `Workspace.get`."""
        if found not in self.loaded:
            self.loaded[found] = await self.work.get(*found)
        return self.loaded[found]

    async def evaluate(self, checked: Checked) -> Any:
        """The result of an expression."""
        await self._load(ref.path for ref in references(checked))
        return evaluate(checked, _Found(self), self.context())

    async def text(self, value: Text) -> Any:
        """What a value gives: of an expression its result, else words."""
        if value.is_expression:
            return await self.evaluate(value.checked[0])
        return "".join([
            part if isinstance(part, str) else spoken(await self.evaluate(part), self.work) for part in value.parts
        ])  # fmt: skip

    async def condition(self, text: str, object_name: str) -> Node | None:
        """A condition over another object's fields, whose merge fields became literals; nothing that stands in a value
        can change what is asked."""
        if not text.strip():
            return None
        marks: dict[str, object] = {}

        async def literal(piece: str) -> str:
            mark = _MARK.format(len(marks))
            marks[mark] = await self.evaluate(check(parse(piece), self.names))
            return f'"{mark}"'

        pieces = _MERGE.split(text)
        made = [await literal(piece) if index % 2 else piece for index, piece in enumerate(pieces)]
        return _with_literals(parse("".join(made)), marks)

    async def _load(self, paths: Iterable[tuple[str, ...]]) -> None:
        wanted: dict[str, list[tuple[str, ...]]] = {}
        for path in paths:
            if path[0] == BEFORE and self.before is None:
                self.before = await self._old_values()
            if path in self.read or path[0] not in self.names.records or len(path) == 1:
                continue
            wanted.setdefault(path[0], []).append(path)
        for root, missing in wanted.items():
            found = self.records.get(root)
            row: Mapping[str, object] = {}
            own = self.loaded.get(found) if found is not None else None
            if own is not None and all(_is_own(own, path) for path in missing):
                row = self._of_record(own, [path[1] for path in missing])
            elif found is not None:
                row = await self._row(found[0], found[1], [".".join(path[1:]) for path in missing])
            for path in missing:
                self.read[path] = row.get(".".join(path[1:]))

    async def _old_values(self) -> Mapping[str, object]:
        """The values before the change that started the run, from the log."""
        work = self.work
        if self.feed is None:
            return {}
        connection, schema = work.unit.connection, work.context.schema
        changes = await opened(
            connection, schema, work.context.sealer, await changes_at(connection, schema, [self.feed])
        )
        if not changes:
            return {}
        one, found = work.registry.get(changes[0].object), dict[str, object]()
        for name, value in changes[0].before.items():
            known = one.field(name)
            if known is not None and value is not None:
                with contextlib.suppress(Invalid):  # a value that the field takes no more
                    found[name] = as_value(known, known.parse(value, work.context.parsing))
        return found

    def _of_record(self, own: Record, names: list[str]) -> Mapping[str, object]:
        """Fields of a record that was loaded; the names were checked to be readable."""
        personal = tuple(name for name in names if name in own.object.personal_fields)
        note(self.work.unit, own.object.name, personal, [own.id])
        return {name: as_value(own.object.field(name), own[name]) for name in names}

    async def _row(self, object_name: str, key: UUID, fields: list[str]) -> Mapping[str, object]:
        where = Binary("=", Path(("id",)), Literal(str(key)))
        query = Query(object_name, where, fields=("id", *fields), limit=1, few=True)
        page = await self.work.query(query)
        if not page.rows and self.work.actor.rights.permits("see_deleted"):
            page = await self.work.query(replace(query, deleted=True))
        if not page.rows:
            return {}
        cells, row = page.shape.cells, page.rows[0]
        return {cell.key: as_value(cell.field, cell.value(row)) for cell in cells}

    def value(self, ref: Ref) -> object:
        """What was loaded."""
        path = ref.path
        if len(path) == 1:
            found = self.records.get(path[0])
            return found[1] if found else None
        if path[0] == BEFORE:
            return (self.before or {}).get(path[1])
        if path in self.values:
            return self.values[path]
        return self.read.get(path)


def _is_own(record: Record, path: tuple[str, ...]) -> bool:
    """Whether the record itself holds what a path leads to."""
    field = record.object.field(path[1]) if len(path) == 2 else None
    return field is not None and field.stored


def as_value(field: Field | None, value: object) -> object:
    """A field's value as the language sees it: of several e-mails the first, of a name the whole."""
    if field is None or value is None or isinstance(value, _PLAIN):
        return value.id if isinstance(value, AnyTarget) else value
    return field.to_columns(value)[0]


@dataclass(frozen=True, slots=True)
class _Found:
    """The names of a run as the language asks for values."""

    known: Known

    def value(self, ref: Ref) -> object:
        return self.known.value(ref)

    def children(self, many: Many) -> Iterable[Values]:
        return ()


def _with_literals(node: Node, marks: Mapping[str, object]) -> Node:
    """The tree with what stands for the marks."""
    match node:
        case Literal() if isinstance(node.value, str) and node.value in marks:
            return Literal(_literal(marks[node.value]), node.position)
        case Items() | All() | AnyOf():
            return replace(node, items=tuple(_with_literals(item, marks) for item in node.items))
        case Not() | Negative():
            return replace(node, item=_with_literals(node.item, marks))
        case Binary():
            return replace(node, left=_with_literals(node.left, marks), right=_with_literals(node.right, marks))
        case Between():
            value, low, high = (_with_literals(part, marks) for part in (node.value, node.low, node.high))
            return replace(node, value=value, low=low, high=high)
        case Call():
            return replace(node, args=tuple(_with_literals(arg, marks) for arg in node.args))
    return node


def _literal(value: object) -> str | Decimal | bool | None:
    if value is None or isinstance(value, (bool, Decimal)):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, Money):
        return value.amount
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)


def template_check(text: str, names: Names) -> None:
    """Check the merge fields of a condition; Invalid for a broken one."""
    for index, piece in enumerate(_MERGE.split(text)):
        if index % 2:
            check(parse(piece), names)


def merged_as_text(text: str) -> str:
    """A condition in which each merge field is an empty value, to be checked by itself."""
    return _MERGE.sub("null", text)


def spoken(value: object, work: Workspace) -> str:
    """A value inside words, as whom the flow runs as would write it."""
    locale = work.actor.locale.replace("-", "_")
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return str(format_datetime(value.astimezone(ZoneInfo(work.actor.zone)), "short", locale=locale))
        case date():
            return str(format_date(value, "medium", locale=locale))
        case Money():
            return str(format_currency(value.amount, value.currency, locale=locale))
        case Decimal() | int() | float():
            return str(format_decimal(value, locale=locale))
        case timedelta():
            return str(value)
        case list() | tuple():
            return ", ".join(spoken(item, work) for item in value)
    return str(value)


def packed(value: object) -> list[object]:
    """A value as JSON that `unpacked` reads back."""
    match value:
        case None | bool() | str():
            return ["plain", value]
        case Decimal() | int() | float():
            return ["number", str(value)]
        case datetime():
            return ["datetime", value.astimezone(UTC).isoformat()]
        case date():
            return ["date", value.isoformat()]
        case timedelta():
            return ["duration", value.total_seconds()]
        case Money():
            return ["money", str(value.amount), value.currency]
        case UUID():
            return ["id", str(value)]
        case list() | tuple():
            return ["list", *(packed(item) for item in value)]
    return ["plain", str(value)]


def unpacked(stored: Any) -> object:
    """The inverse of `packed`."""
    kind, *rest = stored
    match kind:
        case "number":
            return Decimal(rest[0])
        case "datetime":
            return datetime.fromisoformat(rest[0])
        case "date":
            return date.fromisoformat(rest[0])
        case "duration":
            return timedelta(seconds=rest[0])
        case "money":
            return Money(Decimal(rest[0]), rest[1])
        case "id":
            return UUID(rest[0])
        case "list":
            return [unpacked(item) for item in rest]
    return rest[0]


def refuse(message: str, step: str, hint: str | None = None, code: str = "flow") -> Problem:
    """A problem at a step."""
    return Problem(code, message, step, hint)


def problems_of(error: Invalid, step: str) -> list[Problem]:
    """The problems of an expression, at their step."""
    found = [replace(one, field=step) for one in error.problems]
    return found or [refuse(error.message, step, error.hint, error.code)]
