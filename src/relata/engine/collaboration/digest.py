"""The daily mail: what is unread, was not mailed yet, and of a kind that its owner wants to read in one go."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from relata.engine.collaboration.preferences import Preferences, choose_for, preferences_of
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace

_MOST = 100
#: Has several notifications mailed as one, in the transaction of the work.
MailMany = Callable[[Workspace, Preferences, Sequence[Record]], Awaitable[None]]


async def send_digests(work: Workspace, mail: MailMany) -> int:
    """Mail what is due to everybody whose hour has come; how many mails. work: the system's."""
    waiting = await work.find(
        "notification", "read_at is null and is_mailed = false and due_at is null", order="created_at", limit=5000
    )
    by_owner: dict[object, list[Record]] = {}
    for one in waiting:
        by_owner.setdefault(one["owner"], []).append(one)
    sent = 0
    for person, wish in (await preferences_of(work, {one["owner"] for one in waiting if one["owner"]})).items():
        day = wish.wants_digest(work.clock.now)
        items = [one for one in by_owner.get(person, []) if wish.way(one["kind"]) == "digest"][:_MOST]
        if day is None or not items or not wish.email:
            continue
        await mail(work, wish, items)
        await choose_for(work, wish, {"digested_on": day})
        sent += 1
    return sent
