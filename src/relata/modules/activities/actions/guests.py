"""Who is on a meeting's lists is among its guests, and the series takes its exceptions along."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from relata.engine.metadata.fields import AnyTarget
from relata.engine.metadata.module import Consequence
from relata.engine.workspace.consequences import Written
from relata.engine.workspace.workspace import Workspace
from relata.modules.activities import contracts
from relata.modules.activities.actions.inviting import tell_guests
from relata.modules.activities.actions.repeating import make_next
from relata.modules.activities.contracts import ATTENDEE, MEETING
from relata.modules.activities.rules import series
from relata.modules.parties.contracts import CONTACT

_LISTS = (("contacts", CONTACT), ("colleagues", "user"))


async def keep_guests(work: Workspace, written: Sequence[Written]) -> None:
    """A guest for each contact and colleague; who was taken from the lists is no guest any more."""
    for one in written:
        for name, kind in _LISTS:
            before, after = set(one.old(name) or ()), set(one.new(name) or ())
            if one.after is not None and (before != after or one.before is None):
                await _uninvite(work, one.id, before - after)
                await _invite(work, one.id, kind, sorted(after - before))


async def move_exceptions(work: Workspace, written: Sequence[Written]) -> None:
    """When a series begins at another time, so do the moments that its exceptions stand for."""
    for one in written:
        if one.before is None or one.after is None or not one.new("rule") or not one.changed("starts_at"):
            continue
        for exception in await work.find(MEETING, series=one.id):
            if exception["original_at"] is not None:
                moved = series.shifted(
                    exception["original_at"], one.old("starts_at"), one.new("starts_at"), one.new("zone")
                )
                await work.change(exception, {"original_at": moved})


async def _invite(work: Workspace, meeting: UUID, kind: str, people: Sequence[UUID]) -> None:
    known = (
        {one["person"].id for one in await work.find(ATTENDEE, meeting=meeting) if one["person"]} if people else set()
    )
    for person in await work.get_many(kind, [one for one in people if one not in known]):
        await work.create(
            ATTENDEE,
            {
                "meeting": meeting, "person": AnyTarget(kind, person.id), "name": person.title[:160],
                "email": address_of(person["email"]),
            },
        )  # fmt: skip


async def _uninvite(work: Workspace, meeting: UUID, people: set[UUID]) -> None:
    for one in await work.find(ATTENDEE, meeting=meeting) if people else ():
        if one["person"] is not None and one["person"].id in people:
            await work.delete(one)


def address_of(value: object) -> str | None:
    """The main address, of a contact's several or a colleague's only one, in small letters."""
    first = value[0] if isinstance(value, (list, tuple)) and value else value
    text = getattr(first, "value", first)
    return text.lower() if isinstance(text, str) and text else None


CONSEQUENCES = (
    Consequence(contracts.MEETING, keep_guests),
    Consequence(contracts.MEETING, move_exceptions),
    Consequence(contracts.MEETING, tell_guests),
    Consequence(contracts.TASK, make_next),
)
