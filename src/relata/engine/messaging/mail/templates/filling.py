"""Merge fields: `{{ … }}` around an expression of the expression language, filled in for one record or for many.

Nothing from a template is ever executed. A value that is missing is named, not left out: whoever writes the template
says with `coalesce(value, "…")` what shall stand there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

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
    Values,
    check,
    evaluate,
    parse,
    references,
)  # fmt: skip
from relata.engine.formula.types import Kind
from relata.engine.messaging.mail.templates.names import PERSON, RECORD, WORKSPACE, Names
from relata.engine.messaging.mail.templates.saying import said
from relata.engine.metadata.fields import AnyTarget, Field, Link
from relata.engine.query.request import Query
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem

MERGE = re.compile(r"\{\{(.*?)\}\}", re.S)
#: An editor of Markdown writes these before letters that mean something to it.
_ESCAPED = re.compile(r"\\([\\`*_\[\]~<>#+=|.!(){}\"'-])")
_BATCH = 400


@dataclass(frozen=True, slots=True)
class Merge:
    """One merge field. source: as it is written. field: what it leads to, where it is a name alone."""

    source: str
    checked: Checked
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """A text as it is written: words and merge fields in turn."""

    parts: tuple[str | Merge, ...]

    @property
    def merges(self) -> tuple[Merge, ...]:
        """The merge fields."""
        return tuple(part for part in self.parts if isinstance(part, Merge))


@dataclass(frozen=True, slots=True)
class Filled:
    """What became of some texts. missing: merge fields without a value, as they are written; in the texts they stand
    as they were."""

    texts: tuple[str, ...]
    missing: tuple[str, ...] = ()


def plain(text: str) -> str:
    """For texts that are not Markdown."""
    return text


def read(text: str, names: Names, field: str = "") -> Words:
    """The text with its merge fields checked. Invalid names what is wrong. field: where the text stands."""
    parts: list[str | Merge] = []
    for index, piece in enumerate(MERGE.split(text)):
        if index % 2 == 0:
            parts.extend([piece] if piece else [])
            continue
        try:
            parts.append(_merge(_ESCAPED.sub(r"\1", piece).strip(), names))
        except Invalid as error:
            found = error.problems or (Problem(error.code, error.message, field, error.hint),)
            raise Invalid.of([
                replace(one, field=field or one.field, message=f"{{{{{piece}}}}}: {one.message}") for one in found
            ]) from None  # fmt: skip
    return Words(tuple(parts))


def _merge(source: str, names: Names) -> Merge:
    node = parse(source)
    checked = check(node, names)
    if not isinstance(node, Path):
        return Merge(source, checked)
    field = _field(names, node)
    if isinstance(field, Link) or (checked.type.kind is Kind.ID and node.names[-1] != "id"):  # a record: by its title
        target = field.to if isinstance(field, Link) else names.objects.get(node.names[0], "")
        title = names.title_path(target)
        if title is not None:
            titled = Path((*node.names, title))
            return Merge(source, check(titled, names), _field(names, titled))
    return Merge(source, checked, field)


def _field(names: Names, path: Path) -> Field | None:
    here, field = names.objects.get(path.names[0]), None
    for name in path.names[1:]:
        one = names.registry.objects.get(here or "")
        field = one.field(name) if one else None
        here = field.to if isinstance(field, Link) else None
    return field


async def fill(
    work: Workspace, texts: Sequence[Words], names: Names, records: Sequence[UUID | None], *,
    locale: str = "", quote: Callable[[str], str] = plain,
) -> list[Filled]:  # fmt: skip
    """The texts for each record, read through the door as the actor; one statement for 400 records. quote: makes a
    value harmless in the language of the text."""
    merges = [merge for words in texts for merge in words.merges]
    paths = {ref.path for merge in merges for ref in references(merge.checked)}
    mine = await _rows(work, "user", [work.actor.user] if work.actor.user else [], _below(paths, PERSON))
    theirs = await _rows(work, names.object, [key for key in records if key], _below(paths, RECORD))
    context = EvaluationContext(work.clock, work.actor.user, work.actor.main_team, work.actor.teams)
    found = []
    for key in records:
        known: dict[tuple[str, ...], object] = {(WORKSPACE, "name"): work.settings.name}
        known |= _rooted(PERSON, work.actor.user, mine) | _rooted(RECORD, key, theirs)
        found.append(_filled(texts, _Row(known), context, locale or work.actor.locale, work.actor.zone, quote))
    return found


def _filled(
    texts: Sequence[Words], row: _Row, context: EvaluationContext, locale: str, zone: str, quote: Callable[[str], str]
) -> Filled:
    made, missing = [], dict[str, None]()
    for words in texts:
        parts = []
        for part in words.parts:
            if isinstance(part, str):
                parts.append(part)
                continue
            value = evaluate(part.checked, row, context)
            text = said(value, locale, zone, part.field).strip()
            if not text:
                missing[part.source] = None
            parts.append(quote(text) if text else f"{{{{ {part.source} }}}}")
        made.append("".join(parts))
    return Filled(tuple(made), tuple(missing))


def _below(paths: Iterable[tuple[str, ...]], root: str) -> list[str]:
    return sorted({".".join(path[1:]) for path in paths if path[0] == root and len(path) > 1})


async def _rows(
    work: Workspace, object_name: str, keys: Sequence[UUID], fields: list[str]
) -> dict[UUID, Mapping[str, object]]:
    found: dict[UUID, Mapping[str, object]] = {}
    if not fields:
        return found
    wanted = list(dict.fromkeys(keys))
    for start in range(0, len(wanted), _BATCH):
        where = one_of("id", wanted[start : start + _BATCH])
        page = await work.query(Query(object_name, where, fields=("id", *fields), limit=_BATCH, few=True))
        at = page.shape.id_at or 0
        for row in page.rows:
            found[row[at]] = {
                cell.key: None if cell.masked else _value(cell.field, cell.value(row)) for cell in page.shape.cells
            }
    return found


def one_of(name: str, values: Iterable[object]) -> Node:
    """A field has one of these values."""
    return Binary("in", Path((name,)), Items(tuple(Literal(str(value)) for value in values)))


def _value(field: Field | None, value: object) -> object:
    """A field's value as the language sees it: of several e-mails the first, of a name the whole."""
    if isinstance(value, AnyTarget):
        return value.id
    return value if field is None or value is None or len(field.columns()) == 1 else _whole(field, value)


def _whole(field: Field, value: object) -> object:
    return value if field.type_name == "money" else field.to_columns(value)[0]


def _rooted(root: str, key: UUID | None, rows: Mapping[UUID, Mapping[str, object]]) -> dict[tuple[str, ...], object]:
    if key is None:
        return {}
    return {(root,): key} | {(root, *name.split(".")): value for name, value in rows.get(key, {}).items()}


@dataclass(frozen=True, slots=True)
class _Row:
    """Values by path, as the language asks for them."""

    known: Mapping[tuple[str, ...], object]

    def value(self, ref: Ref) -> object:
        return self.known.get(ref.path)

    def children(self, many: Many) -> Iterable[Values]:
        return ()
