"""Two people at one record: which of the values that somebody wants to save were saved by another meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from relata.engine.metadata.object import Object
from relata.engine.ui.change_words import in_words, linked_by, value_of, who_did
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid

#: Versions that one looks back; older than that, every field counts as changed by somebody.
LOOK_BACK = 100


class Clash(msgspec.Struct, frozen=True, kw_only=True):
    """One field that two people changed. theirs: what is saved now, in words; mine: what was about to be saved."""

    name: str
    label: str
    who: str
    when: datetime
    theirs: str
    mine: str


async def clashes(
    work: Workspace, record: Record, raw: Mapping[str, Any], seen: int | None
) -> tuple[dict[str, Any], tuple[Clash, ...]]:
    """What of `raw` is to be written by somebody who saw version `seen`, and what they must decide first. A value that
    they did not touch gives way to the newer one; one that both set alike is no clash."""
    if seen is None or seen >= record.version:
        return dict(raw), ()
    one = record.object
    entries = [
        entry
        for entry in await work.history(record, limit=min(record.version - seen, LOOK_BACK))
        if entry.action in ("changed", "restored", "deleted")
    ][: record.version - seen]
    changed: dict[str, Any] = {}
    before: dict[str, Any] = {}
    for entry in entries:
        for name in entry.after:
            changed.setdefault(name, entry)
            before[name] = entry.before.get(name)
    keep, contested = dict(raw), []
    for name in [name for name in raw if name in changed]:
        mine, theirs = _parsed(work, one, name, raw[name]), record[name]
        base = value_of(work, one.field(name), before[name])
        if mine == theirs or (not mine and not theirs):
            continue
        if mine == base or (not mine and not base):
            del keep[name]
        else:
            contested.append(name)
    titles = await titles_of(work.unit, linked_by(work, one, [changed[name] for name in contested]))
    found = tuple(
        Clash(
            name=name, label=one.all_fields[name].title, who=who_did(changed[name], titles), when=changed[name].at,
            theirs=in_words(work, one, name, changed[name].after.get(name), titles),
            mine=in_words(work, one, name, raw[name], titles),
        )
        for name in contested
    )  # fmt: skip
    return keep, found


def _parsed(work: Workspace, one: Object, name: str, raw: Any) -> Any:
    if raw in (None, "", [], {}):
        return None
    try:
        return one.all_fields[name].parse(raw, work.context.parsing)
    except Invalid:
        return raw
