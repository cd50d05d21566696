"""Every open screen of this process, and what each person among them may be told.

One subscription per workspace, however many screens; one statement per changed object; whether somebody sees a row is
decided over the row's own access (see `access.sight`), so that a thousand people cost a thousand comparisons and not a
thousand statements. People are looked up when their first screen opens and again when the feed says that their rights
may have changed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import msgspec

from relata.engine.access.actor import Actor
from relata.engine.access.sight import codes_for, reads
from relata.engine.identity.living import living_sessions
from relata.engine.live.hub import Hub
from relata.engine.live.news import Listener, News, everything
from relata.engine.live.rows import TouchedRow, rows_of
from relata.engine.live.subscription import Changed, Subscription, Touched
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted
from relata.engine.workspace.context import WorkspaceContext
from relata.engine.workspace.door import Door
from relata.foundation.errors import Denied, LimitReached, RelataError
from relata.foundation.i18n import gettext as _

log = logging.getLogger(__name__)

#: Screens are told at most so often; the first change of a quiet time is told at once.
TELL_SECONDS = 0.25
#: How long a stream may outlive its session.
SESSION_SECONDS = 30.0
#: Streams of one person on one process; a browser needs one for all its tabs.
MOST_STREAMS = 12
#: Changes of these may change what somebody sees.
_OF_RIGHTS = ("team", "")


@dataclass
class _Company:
    """One workspace's screens and the people before them."""

    key: str
    schema: str
    listeners: set[Listener] = field(default_factory=set)
    actors: dict[UUID, Actor] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)
    version: int = -1
    task: asyncio.Task[None] | None = None


class Audience:
    """Runs once per process, on a hub."""

    def __init__(self, door: Door, hub: Hub) -> None:
        self._door = door
        self._hub = hub
        self._companies: dict[str, _Company] = {}

    @contextlib.asynccontextmanager
    async def listen(
        self, key: str, user: UUID, session: UUID, *, after: int | None = None, age_seconds: float = 0.0
    ) -> AsyncIterator[Listener]:
        """A stream of one person. after: the number that their screen knows; without one it hears what happened in the
        last `age_seconds`, since when the page was made. Raises LimitReached for too many."""
        context = await self._door.context(key)
        company = self._companies.setdefault(context.schema, _Company(key, context.schema))
        if sum(one.user == user for one in company.listeners) >= MOST_STREAMS:
            raise LimitReached(_("You have too many open windows."), code="streams", hint=_("Close some of them."))
        known = after if after is not None else await self._hub.recent(context.schema, age_seconds)
        listener = Listener(context.schema, user, session, since=known)
        company.listeners.add(listener)
        if company.task is None:
            company.task = asyncio.create_task(self._tell_company(company))
        try:
            await self._catch_up(company, listener, known)
            yield listener
        finally:
            company.listeners.discard(listener)
            if not company.listeners:
                self._companies.pop(company.schema, None)
                company.task.cancel()

    async def run(self, stop: asyncio.Event) -> None:
        """The hub, and the end of streams whose session ended, until `stop`."""
        hub = asyncio.create_task(self._hub.run(stop))
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), SESSION_SECONDS)
            try:
                await self.end_dead_streams()
            except RelataError as error:
                log.warning("the sessions of open screens could not be checked: %s", error.code)
        await hub
        for company in list(self._companies.values()):
            for listener in company.listeners:
                listener.close()

    async def end_dead_streams(self) -> None:
        """Close the streams of sessions that ended and of people who left."""
        listeners = [one for company in self._companies.values() for one in company.listeners]
        if not listeners:
            return
        async with self._door.database.read() as connection:
            alive = await living_sessions(connection, {one.session for one in listeners})
        for listener in listeners:
            if listener.session not in alive:
                listener.close()

    def present(self, payload: str) -> None:
        """Tell people on a record who else is there; see `presence`. Called with what was notified."""
        schema, record, *people = payload.split(" ")
        company = self._companies.get(schema)
        if company is not None:
            news = News("presence", msgspec.json.encode({"record": record}))
            for listener in company.listeners:
                if str(listener.user) in people:
                    listener.put(news)

    async def _catch_up(self, company: _Company, listener: Listener, known: int) -> None:
        """What this screen does not know yet, for it alone."""
        async with self._hub.subscribe(company.schema, after=known) as subscription:
            if subscription.is_waiting:
                await self._tell(company, await anext(subscription), [listener])
        listener.position = max(listener.position, known)

    async def _tell_company(self, company: _Company) -> None:
        async with self._hub.subscribe(company.schema) as subscription:
            while True:
                try:
                    changed = await _all_waiting(subscription)
                except StopAsyncIteration:
                    break
                try:
                    await self._tell(company, changed, list(company.listeners))
                except RelataError as error:
                    log.warning("%s could not be told what changed: %s", company.schema, error.code)
                    company.actors.clear()
                    for listener in company.listeners:
                        listener.put(everything(changed.feed_to))
                await asyncio.sleep(TELL_SECONDS)
        for listener in company.listeners:
            listener.close()

    async def _tell(self, company: _Company, changed: Changed, listeners: Sequence[Listener]) -> None:
        context = await self._door.context(company.key)
        self._forget_rights(company, context, changed)
        if changed.everything:
            for listener in listeners:
                listener.put(everything(changed.feed_to))
            return
        async with self._door.database.read() as connection:
            rows = await rows_of(connection, context, changed.records)
            people = {listener.user for listener in listeners}
            await self._look_up(connection, company, context, people)
            await _name(connection, company, {row.touched.by for row in rows})
        told = _Told(company, rows, changed.feed_to)
        for listener in listeners:
            actor = company.actors.get(listener.user)
            if actor is None:
                listener.close()
            elif (news := told.to(actor)) is not None:
                listener.put(news)

    def _forget_rights(self, company: _Company, context: WorkspaceContext, changed: Changed) -> None:
        version = context.registry.version
        if changed.everything or company.version != version or any(_is_of_rights(one) for one in changed.records):
            company.actors.clear()
            company.version = version
            self._door.actors.clear()
        for one in changed.records:
            if one.object == "user":
                company.names.pop(one.record, None)
                if company.actors.pop(one.record, None) is not None:
                    self._door.actors.clear()

    async def _look_up(
        self, connection: Connection, company: _Company, context: WorkspaceContext, people: set[UUID]
    ) -> None:
        for person in people - company.actors.keys():
            with contextlib.suppress(Denied):
                company.actors[person] = await self._door.actors.load(connection, context, person, "live")


class _Told:
    """What each of many people is told of the same rows; equal answers are encoded once."""

    def __init__(self, company: _Company, rows: tuple[TouchedRow, ...], feed: int) -> None:
        self._rows = rows
        self._names = company.names
        self._feed = feed
        self._news: dict[tuple[str, tuple[int, ...]], News | None] = {}
        self._seen: dict[UUID | None, tuple[int, ...]] = {}

    def to(self, actor: Actor) -> News | None:
        """None where nothing of it may be known."""
        seen = self._seen.get(actor.user)
        if seen is None:
            seen = self._seen[actor.user] = self._sight(actor)
        key = actor.fingerprint, seen
        if key not in self._news:
            self._news[key] = self._made(actor, seen) if seen else None
        return self._news[key]

    def _sight(self, actor: Actor) -> tuple[int, ...]:
        """The positions of the rows that they see; what was taken from them by this change, so that their screens
        still show it, as -1 - position."""
        found = []
        for at, row in enumerate(self._rows):
            one, touched = row.object, row.touched
            if reads(actor, one, row.owner, row.team, row.readers, codes_for(actor, one)):
                found.append(at)
            elif (touched.owner_was or touched.team_was) and actor.reaches(
                one, "read", touched.owner_was, touched.team_was
            ):
                found.append(-1 - at)
        return tuple(found)

    def _made(self, actor: Actor, seen: tuple[int, ...]) -> News:
        records = [self._entry(actor, at) for at in seen]
        return News("changed", msgspec.json.encode({"feed": self._feed, "records": records}), self._feed)

    def _entry(self, actor: Actor, at: int) -> tuple[str, UUID, str, list[UUID], str]:
        """Object, record, what happened, which records it belongs to, who did it."""
        if at < 0:
            row = self._rows[-1 - at]
            return row.object.path, row.touched.record, "gone", [], ""
        row = self._rows[at]
        about = [target for field, target in row.about if actor.readable(row.object, field)]
        shows_who = actor.readable(row.object, row.object.all_fields["changed_by"])
        by = self._names.get(row.touched.by, "") if row.touched.by and shows_who else ""
        return row.object.path, row.touched.record, row.touched.action, about, by


def _is_of_rights(touched: Touched) -> bool:
    return touched.object in _OF_RIGHTS or touched.action == "configured"


async def _all_waiting(subscription: Subscription) -> Changed:
    """The next message, and those that are there already, as one."""
    changed = await anext(subscription)
    records = dict.fromkeys(changed.records)
    is_all, last = changed.everything, changed.feed_to
    while subscription.is_waiting:
        more = await anext(subscription)
        records.update(dict.fromkeys(more.records))
        is_all, last = is_all or more.everything, more.feed_to
    return Changed(changed.schema, changed.feed_from, last, () if is_all else tuple(records), is_all)


async def _name(connection: Connection, company: _Company, people: set[UUID | None]) -> None:
    missing = [person for person in people if person is not None and person not in company.names]
    if missing:
        rows = await connection.fetch(
            f'select id, name from {quoted(company.schema)}."user" where id = any(%s)', (missing,)
        )
        company.names.update(dict(rows))
