"""Links by what a file knows of the other record: its name, number or address. Asked once for each text of a chunk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from relata.engine.metadata.fields import Field, Link, Links, WebAddresses
from relata.engine.metadata.object import Object
from relata.engine.transfer import domains
from relata.engine.transfer.drawing import Drawn
from relata.engine.transfer.mapping import Column
from relata.engine.workspace.matching import key_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

#: Found links that are kept from chunk to chunk; more would be a table in memory.
MAX_KNOWN = 200_000
SEVERAL = "several"
Answer = UUID | str | None
Known = dict[tuple[str, str], Answer]


async def resolve(
    work: Workspace, one: Object, rows: Iterable[Drawn], known: Mapping[tuple[str, str], Answer]
) -> Known:
    """What these rows' links point at, beyond what is known: an id, SEVERAL, or None for nothing. Where the mapping
    says so, what is missing is made."""
    asked: dict[str, tuple[Column, set[str]]] = {}
    for drawn in rows:
        for entry, text in drawn.wanted:
            if not drawn.did and (entry.question, text) not in known:
                asked.setdefault(entry.question, (entry, set()))[1].add(text)
    found: Known = {}
    for key, (entry, texts) in asked.items():
        answers = await _ask(work, one, entry, sorted(texts))
        found.update({(key, text): answer for text, answer in answers.items()})
    return found


def target_of(one: Object, entry: Column) -> str:
    """The object that the column's link leads to."""
    link = one.field(entry.name)
    assert isinstance(link, (Link, Links))
    return link.to


async def _ask(work: Workspace, one: Object, entry: Column, texts: list[str]) -> dict[str, Answer]:
    target = work.registry.get(target_of(one, entry))
    if entry.matches.endswith(domains.SUFFIX):
        return await _ask_by_domain(work, target, entry, texts)
    field = target.field(entry.matches)
    keys = {text: key for text in texts if (key := _key(work, target, field, entry.matches, text)) is not None}
    exact = await work.match(target.name, (entry.matches,), keys.values(), where=entry.where)
    answers = {text: _one(exact.get(keys[text], [])) if text in keys else None for text in texts}
    open_texts = [text for text in keys if answers[text] is None]
    if entry.ignore_case and open_texts and field is not None and field.columns()[0].kind == "text":
        folded = await work.match(
            target.name, (entry.matches,), [keys[text] for text in open_texts], where=entry.where, ignore_case=True
        )
        answers.update({text: _one(folded.get(keys[text], [])) for text in open_texts})
    return answers


async def _ask_by_domain(work: Workspace, target: Object, entry: Column, texts: list[str]) -> dict[str, Answer]:
    name = entry.matches.removesuffix(domains.SUFFIX)
    field = target.field(name)
    if not isinstance(field, WebAddresses):
        raise _unknown(target, entry.matches)
    asked = {text: domains.domain_of(text) for text in texts}
    keys = {(address,): domain for domain in asked.values() if domain for address in domains.addresses_of(domain)}
    found: dict[str, set[UUID]] = {}
    for key, ids in (await work.match(target.name, (name,), keys, where=entry.where)).items():
        found.setdefault(keys[key], set()).update(ids)
    return {text: _one(sorted(found.get(domain, ()))) for text, domain in asked.items()}


def _key(work: Workspace, target: Object, field: Field | None, name: str, text: str) -> tuple[Any, ...] | None:
    """The text as the field would hold it; None for what it can't hold."""
    if field is None:
        raise _unknown(target, name)
    try:
        return key_of(target, (name,), {name: field.parse(text, work.context.parsing)})
    except Invalid:
        return None


def _unknown(target: Object, name: str) -> Invalid:
    return Invalid(
        _("%(object)s has no field %(field)s to match by.") % {"object": target.title, "field": repr(name[:60])},
        code="unknown_field",
        field="matches",
    )


def _one(ids: list[UUID]) -> Answer:
    return ids[0] if len(ids) == 1 else SEVERAL if ids else None


async def make_missing(
    work: Workspace, one: Object, rows: list[Drawn], known: Mapping[tuple[str, str], Answer]
) -> Known:
    """Records for texts that match nothing, where the mapping wants them made; those that were refused stay missing."""
    missing: dict[str, tuple[Column, dict[str, int]]] = {}
    for drawn in rows:
        for entry, text in drawn.wanted:
            if not drawn.did and entry.on_missing == "create" and known.get((entry.question, text)) is None:
                missing.setdefault(entry.question, (entry, {}))[1].setdefault(text, drawn.row.number)
    made: Known = {}
    for key, (entry, texts) in missing.items():
        first = {_folded(entry, text): text for text in reversed(texts)}
        target = work.registry.get(target_of(one, entry))
        values = [{**_named(target, entry, text), **entry.create_with} for text in first.values()]
        sources = [{"row": texts[text]} for text in first.values()]
        outcomes = await work.create_many(target.name, values, sources=sources)
        ids = dict(zip(first, (outcome.id for outcome in outcomes), strict=True))
        made.update({(key, text): ids[_folded(entry, text)] for text in texts})
    return made


def _named(target: Object, entry: Column, text: str) -> dict[str, Any]:
    """What a record that is made for a text has of it. One that is known by its site is called by it, too."""
    if not entry.matches.endswith(domains.SUFFIX):
        return {entry.matches: text}
    domain = domains.domain_of(text) or text
    return {target.title_field: domain, entry.matches.removesuffix(domains.SUFFIX): f"https://{domain}"}


def _folded(entry: Column, text: str) -> str:
    if entry.matches.endswith(domains.SUFFIX):
        return domains.domain_of(text) or text
    return text.casefold() if entry.ignore_case else text


def settle(
    drawn: Drawn, one: Object, known: Mapping[tuple[str, str], Answer], made: Mapping[tuple[str, str], Answer]
) -> bool:
    """Put the found ids into the row; note what was not found. True if a link within the file's own object must wait,
    since its target may come later in the file."""
    waits = False
    for entry, text in drawn.wanted:
        key = (entry.question, text)
        answer = known.get(key)
        if answer is None and key in made:
            answer = made[key]
            drawn.note("repaired", "made", entry)
        if isinstance(answer, UUID):
            _link(drawn, one, entry, answer)
        elif answer == SEVERAL:
            drawn.note("refused", "ambiguous_match", entry)
        elif target_of(one, entry) == one.name and not drawn.is_last_pass:
            waits = True
        else:
            drawn.note("warning" if entry.on_missing == "blank" else "refused", _code(entry), entry)
    return waits and not drawn.did


def _code(entry: Column) -> str:
    return "left_blank" if entry.on_missing == "blank" else "no_match"


def _link(drawn: Drawn, one: Object, entry: Column, found: UUID) -> None:
    if isinstance(one.field(entry.name), Links):
        drawn.raw[entry.name] = [*(drawn.raw.get(entry.name) or ()), found]
    else:
        drawn.raw[entry.name] = found
