"""What the screens of a company that is at work offer beyond lists: timelines, related lists, calendars, past days,
groups, and the inbox."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from relata.engine.metadata.object import Object
from relata.engine.reporting.reports.shipped import shipped_reports
from relata.engine.reporting.running import run
from relata.engine.ui.board import BoardState
from relata.engine.ui.calendar import CalendarState, calendar
from relata.engine.ui.listing import ListState, listing
from relata.engine.ui.past_board import past_board, past_column_figures
from relata.engine.ui.past_list import list_figures, past_list
from relata.engine.ui.related import related
from relata.engine.ui.timeline import Asked, timeline
from relata.engine.workspace.workspace import Workspace

#: What is asked, how, and whether the screen announces that it takes a while.
Question = tuple[str, Callable[[Workspace], Awaitable[object]], bool]
_MAIL = ("email_thread", "email", "email_filing")
_SPANS = ("day", "week", "month", "agenda")


def of_record(name: str, key: UUID) -> Iterator[Question]:
    """A record's timeline, whole and narrowed, and all of its related lists."""

    async def told(work: Workspace, asked: Asked) -> None:
        record = await work.get(name, key)
        page = await timeline(work, record.object, record, asked)
        if page.next:
            await timeline(work, record.object, record, asked, after=page.next)

    async def lists(work: Workspace) -> None:
        record = await work.get(name, key)
        await related(work, record.object, record)

    for words, asked in (
        ("timeline", Asked()), ("timeline of calls", Asked(kind="call")), ("changes", Asked(kind="changes")),
        ("timeline with words", Asked(words="offer")),
    ):  # fmt: skip

        async def ask(work: Workspace, asked: Asked = asked) -> None:
            await told(work, asked)

        yield f"{words} of {name}", ask, False
    yield f"related lists of {name}", lists, False


def calendars(objects: Any) -> Iterator[Question]:
    """Each span of the calendars that people live in."""
    for name in ("meeting", "task", "opportunity"):
        one: Object = objects[name]
        for span in _SPANS:

            async def laid_out(work: Workspace, one: Object = one, span: str = span) -> None:
                await calendar(work, one, CalendarState(day=work.clock.today, span=span))

            yield f"calendar of {name}, {span}", laid_out, False


def inbox(objects: Any) -> Iterator[Question]:
    """Conversations and mails as they open, by state and by whom they are seen to."""
    for name in _MAIL:
        one: Object = objects[name]

        async def opened(work: Workspace, one: Object = one) -> None:
            await listing(work, one, ListState())

        yield f"list of {name}", opened, False
    for where in ('state = "open"', "assignee = me()"):

        async def narrowed(work: Workspace, where: str = where) -> None:
            await listing(work, work.registry.get("email_thread"), ListState(where=where))

        yield f"inbox, {where}", narrowed, False


def past(objects: Any) -> Iterator[Question]:
    """Lists and boards of a month ago; their totals come by a request of their own, which says that it takes time."""
    deals: Object = objects["opportunity"]

    async def rows(work: Workspace) -> None:
        await past_list(work, deals, ListState(order="-amount"), (), work.clock.today - timedelta(days=30))

    async def board(work: Workspace) -> None:
        await past_board(work, deals, BoardState(), work.clock.today - timedelta(days=30))

    async def totals(work: Workspace) -> None:
        day = work.clock.today - timedelta(days=30)
        await past_column_figures(work, deals, BoardState(), day)
        await list_figures(work, deals, ListState(), day)

    yield "list of a past day", rows, False
    yield "board of a past day", board, False
    yield "totals of a past day", totals, True


async def reports(work: Workspace) -> list[Question]:
    """Shipped reports, funnels among them: they are about everything, and cards of dashboards come one by one."""
    found: list[Question] = []
    for one in shipped_reports(work):

        async def asked(work: Workspace, key: str = one.key) -> None:
            wanted = next(each for each in shipped_reports(work) if each.key == key)
            await run(work, wanted.definition)

        found.append((f"report {one.key}", asked, True))
    return found
