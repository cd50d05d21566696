"""Where one starts: what waits for me today, as the modules declare it, beside what I keep at hand and opened last."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.collaboration import centre
from relata.engine.metadata.wording import worded
from relata.engine.search.recent import recent
from relata.engine.ui import desk, home, samples
from relata.engine.ui.desk import Desk
from relata.engine.ui.home import FilledCard
from relata.engine.ui.listing import ListRow
from relata.engine.ui.values import record_href
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Shell
from relata.interfaces.web.actions import run_action
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange, record_id, redirect
from relata.interfaces.web.starting import Start, start_of

RECENT, NEWS = 8, 5
#: Rows of each part of "My day".
DAY_ROWS = 100
#: Cards that no module declares, beside the others.
SIDE_CARDS = ("notifications", "favourites", "recent")


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """Something to go to. note: beside it, such as what kind of thing it is."""

    label: str
    href: str
    icon: str
    note: str = ""


class PartView(msgspec.Struct, frozen=True, kw_only=True):
    """Rows under a heading. all: the whole list."""

    label: str
    meaning: str
    all: str
    more: bool
    rows: tuple[ListRow, ...]


class CardView(msgspec.Struct, frozen=True, kw_only=True):
    """A card that a module declares. path: of its object. message, undo: what was just done, "" for nothing.
    query: what its addresses end with."""

    name: str
    label: str
    icon: str
    href: str
    path: str
    empty: str
    done: str
    done_label: str
    parts: tuple[PartView, ...]
    scope: str
    message: str = ""
    undo: str = ""
    snooze: str = ""
    snooze_label: str = ""
    query: str = ""
    focus: str = ""


class SideCard(msgspec.Struct, frozen=True, kw_only=True):
    """Links under a heading."""

    name: str
    label: str
    icon: str
    href: str
    empty: str
    items: tuple[Link, ...]


class HomeView(msgspec.Struct, frozen=True, kw_only=True):
    """The home page. scopes: value, label, whether it is the chosen one."""

    shell: Shell
    greeting: str
    day: str
    cards: tuple[CardView, ...]
    side: tuple[SideCard, ...]
    scopes: tuple[tuple[str, str, bool], ...]
    start: bool
    wider: str


class StartView(msgspec.Struct, frozen=True, kw_only=True):
    """The first steps by themselves."""

    start: Start
    csrf: str


class SampleView(msgspec.Struct, frozen=True, kw_only=True):
    """What removing the sample data takes, or took. left: records that are still needed by others."""

    samples: tuple[samples.Sample, ...] = ()
    bulks: tuple[str, ...] = ()
    is_done: bool = False
    left: int = 0
    csrf: str


class DayView(msgspec.Struct, frozen=True, kw_only=True):
    """My day."""

    shell: Shell
    day: date
    cards: tuple[CardView, ...]


class OneCard(msgspec.Struct, frozen=True):
    """A card by itself."""

    card: CardView


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of the home page."""

    @get("/")
    async def page(request: Visit) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            if "start" in request.query_params:  # whoever has just signed in
                return redirect(work.actor.preferences.start_page or "/")
            return web.page(work, "web/home.html", await _view(web, request, work))

        return await web.within(request, show)

    @get("/home/cards/{name:str}")
    async def card(request: Visit, name: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            return web.page(work, "web/home_card.html", OneCard(await _one(work, name, _is_long(request))))

        return await web.within(request, show)

    @post("/home/cards/{name:str}/done/{key:str}", status_code=200)
    async def done(request: Visit, name: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def act(work: Workspace) -> Response[bytes]:
            declared = home.card_of(work, name)
            if not declared.done:
                raise Invalid(_("Nothing can be done from this card."), code="no_action")
            await run_action(work, declared.object, declared.done, record_id(key))
            one = await _one(work, name, _is_long(request))
            undo = f"/home/cards/{name}/undo/{record_id(key)}{one.query}" if declared.undo else ""
            told = msgspec.structs.replace(one, message=_("Done."), undo=undo)
            return web.page(work, "web/home_card.html", OneCard(told))

        return await web.within(request, act, read_only=False)

    @post("/home/cards/{name:str}/undo/{key:str}", status_code=200)
    async def undo(request: Visit, name: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def act(work: Workspace) -> Response[bytes]:
            declared = home.card_of(work, name)
            if not declared.undo:
                raise Invalid(_("This can't be taken back here."), code="no_action")
            await run_action(work, declared.object, declared.undo, record_id(key))
            # the message that asked is gone by now, so the card comes along by itself
            headers = {"hx-retarget": "body", "hx-reswap": "none"}
            one = await _one(work, name, _is_long(request))
            return web.page(work, "web/home_card_back.html", OneCard(one), headers=headers)

        return await web.within(request, act, read_only=False)

    @post("/home/cards/{name:str}/snooze/{key:str}", status_code=200)
    async def snooze(request: Visit, name: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def act(work: Workspace) -> Response[bytes]:
            declared = home.card_of(work, name)
            if not declared.snooze:
                raise Invalid(_("Nothing can be put off from this card."), code="no_action")
            await run_action(work, declared.object, declared.snooze, record_id(key))
            told = msgspec.structs.replace(await _one(work, name, _is_long(request)), message=_("Put off."))
            return web.page(work, "web/home_card.html", OneCard(told))

        return await web.within(request, act, read_only=False)

    @get("/my-day")
    async def my_day(request: Visit) -> Response[bytes]:
        """What is overdue, due today and next, in full, for the keyboard."""

        async def show(work: Workspace) -> Response[bytes]:
            declared = home.cards_of(work)
            names = [card.name for card in declared if card.snooze or work.registry.get(card.object).recurs]
            cards = tuple([await _one(work, name, is_long=True) for name in names])
            view = DayView(shell=web.shell(request, work, "my-day"), day=work.clock.today, cards=cards)
            return web.page(work, "web/my_day.html", view)

        return await web.within(request, show)

    @post("/home/scope", status_code=200)
    async def scope(request: Visit) -> Response[bytes]:
        wanted = ((await posted(request)).get("scope") or [""])[-1]

        async def keep(work: Workspace) -> Response[bytes]:
            if wanted not in home.scopes_of(work):
                problem = Problem("unknown_choice", _("There is no such choice."), "scope")
                raise Invalid.of([problem])
            await desk.arrange(work, scope=wanted)
            return redirect("/", request)

        return await web.within(request, keep, read_only=False)

    @get("/home/start")
    async def start(request: Visit) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            view = StartView(start=await start_of(web, work), csrf=exchange(request).csrf_token())
            return web.page(work, "web/home_start.html", view)

        return await web.within(request, show)

    @get("/home/sample")
    async def sample(request: Visit) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            view = SampleView(samples=tuple(await samples.samples(work)), csrf=exchange(request).csrf_token())
            return web.page(work, "web/home_sample.html", view)

        return await web.within(request, show)

    @post("/home/sample/remove", status_code=200)
    async def remove(request: Visit) -> Response[bytes]:
        async def take(work: Workspace) -> Response[bytes]:
            bulks = await samples.remove(work, web.queue)
            view = SampleView(
                bulks=tuple(map(str, bulks)), is_done=True, left=sum(one.count for one in await samples.samples(work)),
                csrf=exchange(request).csrf_token(),
            )  # fmt: skip
            headers = {"hx-trigger": "home-changed"}
            return web.page(work, "web/home_sample.html", view, headers=headers)

        return await web.within(request, take, read_only=False)

    @post("/home/sample/restore", status_code=200)
    async def bring_back(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def restore(work: Workspace) -> Response[bytes]:
            await samples.bring_back(work, web.queue, [record_id(key) for key in form.get("bulk", [])])
            return redirect("/", request)

        return await web.within(request, restore, read_only=False)

    @post("/home/start/close", status_code=200)
    async def close(request: Visit) -> Response[bytes]:
        async def keep(work: Workspace) -> Response[bytes]:
            await desk.arrange(work, knows_start=True)
            return redirect("/", request)

        return await web.within(request, keep, read_only=False)

    return [page, card, done, undo, snooze, my_day, scope, start, sample, remove, bring_back, close]


async def _view(web: Web, request: Visit, work: Workspace) -> HomeView:
    mine = await desk.desk(work)
    declared = {one.name: one for one in home.cards_of(work)}
    shown = [name for name in desk.arranged(declared, mine.home.order) if name not in mine.home.hidden]
    scopes = home.scopes_of(work)
    scope = mine.scope if mine.scope in scopes else "mine"
    filled = await home.fill(work, [declared[name] for name in shown], scope)
    cards = tuple(_card(work, one, scope) for one in filled if one.parts or not one.card.if_any)
    labels = {"mine": _("Mine"), "team": _("My team's"), "everyone": _("Everybody's")}
    is_empty = not any(one.parts for one in cards)
    return HomeView(
        shell=web.shell(request, work, "home"),
        greeting=work.actor.name.split(" ")[0],
        day=work.clock.today.isoformat(),
        cards=cards,
        side=await _side(web, work, mine),
        scopes=tuple((one, labels[one], one == scope) for one in scopes) if len(scopes) > 1 else (),
        start=not mine.knows_start,
        wider=next((one for one in reversed(scopes) if one != scope), "") if is_empty and scope == "mine" else "",
    )


def _is_long(request: Visit) -> bool:
    """Whether the card is asked for in full, as "My day" has it."""
    return "day" in request.query_params


async def _one(work: Workspace, name: str, is_long: bool = False) -> CardView:
    """is_long: with everything, and always one's own."""
    card = home.card_of(work, name)
    mine = await desk.desk(work)
    scope = mine.scope if mine.scope in home.scopes_of(work) and not is_long else "mine"
    asked = msgspec.structs.replace(card, limit=DAY_ROWS) if is_long else card
    found = _card(work, (await home.fill(work, [asked], scope))[0], scope)
    return msgspec.structs.replace(found, query="?day") if is_long else found


def _card(work: Workspace, filled: FilledCard, scope: str) -> CardView:
    declared, one = filled.card, work.registry.get(filled.card.object)
    action = work.registry.actions[one.name].get(filled.done)
    later = work.registry.actions[one.name].get(filled.snooze)
    parts = tuple(
        PartView(
            label=worded(found.part.label), meaning=found.part.meaning, rows=found.listing.rows,
            all=f"/{one.path}?where={quote(found.where)}", more=bool(found.listing.next),
        )
        for found in filled.parts
    )  # fmt: skip
    return CardView(
        name=declared.name, label=worded(declared.label), icon=declared.icon, path=one.path,
        href=declared.href or f"/{one.path}",
        empty=worded(declared.empty), done=filled.done, done_label=action.title if action else "", parts=parts,
        scope=scope, snooze=filled.snooze, snooze_label=later.title if later else "",
        focus=f"/focus?card={declared.name}" if declared.focus and parts else "",
    )  # fmt: skip


def side_labels() -> dict[str, tuple[str, str]]:
    """Label and icon of the cards that no module declares."""
    return {
        "notifications": (_("Notifications"), "bell"),
        "favourites": (_("Favourites"), "star"),
        "recent": (_("Recently opened"), "history"),
    }


async def _side(web: Web, work: Workspace, mine: Desk) -> tuple[SideCard, ...]:
    found = []
    for name in desk.arranged(SIDE_CARDS, mine.home.order):
        if name not in mine.home.hidden:
            found.append(await _side_card(web, work, mine, name))
    return tuple(one for one in found if one is not None)


async def _side_card(web: Web, work: Workspace, mine: Desk, name: str) -> SideCard | None:
    if name == "notifications":
        if "notification" not in work.registry.objects:
            return None
        items, _next = await centre.items(work)
        news = tuple(
            Link(label=one.text if one.can_see else _("About something that you can't see any more."),
                 href="/notifications", icon="bell")
            for one in items[:NEWS]
        )  # fmt: skip
        return SideCard(
            name=name, label=_("Notifications"), icon="bell", href="/notifications", items=news,
            empty=_("Nothing new. When somebody mentions you or gives you something, it is here."),
        )  # fmt: skip
    if name == "favourites":
        hits, label, glyph = mine.favourites, _("Favourites"), "star"
        empty = _("Open a record and press the star: it stays here and in the side bar.")
    else:
        hits = tuple(
            await recent(
                work.unit.connection, work.context.tables, work.actor, limit=RECENT, opened=web.openings.opened
            )
        )
        label, glyph, empty = _("Recently opened"), "history", _("Records that you open are here.")
    links = tuple(
        Link(
            label=hit.title or _("Untitled"), href=record_href(work.registry, hit.object, hit.id),
            icon=work.registry.get(hit.object).icon, note=work.registry.get(hit.object).title,
        )
        for hit in hits
    )  # fmt: skip
    return SideCard(name=name, label=label, icon=glyph, href="", items=links, empty=empty)
