"""Two records that may be one, side by side with the reasons, and the queue around them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from relata.engine.matching import reviewing
from relata.engine.matching.alike import Reason
from relata.engine.matching.comparing import LEVELS
from relata.engine.matching.reviewing import Waiting
from relata.engine.metadata.object import Object
from relata.engine.ui.merging import SIDE_BY_SIDE, Comparison, compare
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _

#: Reasons weaker than this are not worth a line.
_WORTH = 0.3


class Said(msgspec.Struct, frozen=True):
    """A reason in words. verdict: same, alike or different."""

    label: str
    text: str
    verdict: str


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """What is decided about. share: 0-100. others: ids of further records that are likely the same. after: the cursor
    of what follows; before: of what stands before, "" for none."""

    ids: tuple[str, str]
    share: int
    reasons: tuple[Said, ...]
    comparison: Comparison
    others: tuple[str, ...]
    cursor: str
    before: str


async def pair_at(
    work: Workspace, one: Object, *, after: str = "", before: str = "", at: str = "", keep: str = ""
) -> Pair | None:
    """The pair that follows, stands before, or has this cursor; None at the end of the queue. keep: the id of the one
    that is to stay, else the older one."""
    found = await reviewing.waiting(work, one, after=after, before=before)
    if at:
        near = await reviewing.waiting(work, one, after=_just_before(at), limit=50)
        found = [pair for pair in near if pair.cursor == at]
    if not found:
        return None
    pair = await reviewing.explained(work, one, found[0])
    ids = sorted(await _older_first(work, one, pair), key=lambda key: str(key) != keep)
    previous = await reviewing.waiting(work, one, before=pair.cursor)
    return Pair(
        ids=(str(ids[0]), str(ids[1])), share=int(pair.share * 100), reasons=in_words(one, pair.reasons),
        comparison=await compare(work, one, ids),
        others=tuple(str(key) for key in (await reviewing.beside(work, one, pair))[: SIDE_BY_SIDE - 2]),
        cursor=pair.cursor, before=previous[0].cursor if previous else "",
    )  # fmt: skip


def _just_before(cursor: str) -> str:
    """A place right before a pair: the same bits, and an id that none is below."""
    bits, _rest = cursor.split("_", 1) if "_" in cursor else ("", "")
    if not bits:
        raise NotFound(_("There is no such pair."), code="unknown_pair")
    return f"{bits}_{UUID(int=0)}_{UUID(int=0)}"


async def _older_first(work: Workspace, one: Object, pair: Waiting) -> list[UUID]:
    records = [await work.get(one.name, key) for key in (pair.one, pair.other)]
    return [record.id for record in sorted(records, key=lambda record: (record["created_at"], record.id))]


def in_words(one: Object, reasons: Sequence[Reason]) -> tuple[Said, ...]:
    """Reasons as a person reads them."""
    return tuple(_said(one, reason) for reason in reasons if abs(reason.bits) >= _WORTH)


def _said(one: Object, reason: Reason) -> Said:
    kind, last = reason.feature.kind, LEVELS[reason.feature.kind] - 1
    parts = {
        "given": _("first name"), "family": _("last name"), "street": _("street"), "place": _("town"),
        "postcode": _("postcode"),
    }  # fmt: skip
    label = one.all_fields[reason.feature.fields[0]].title
    if kind in parts:
        label = f"{label} ({parts[kind]})"
    if reason.level == 0:
        return Said(label, _("the same"), "same")
    if reason.level == last:
        return Said(label, _("different"), "different")
    if kind == "given" and reason.level == 2:
        return Said(label, _("a short form"), "alike")
    return Said(label, _("nearly the same") if reason.level == 1 else _("alike"), "alike")
