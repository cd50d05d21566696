"""Duplicates: how many there are of what, the queue that is gone through by keyboard, and taking a merge back."""

from __future__ import annotations

from collections.abc import Mapping
from math import log2
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.matching import reviewing, scanning
from relata.engine.matching.alike import alike
from relata.engine.matching.state import State
from relata.engine.metadata.object import Object
from relata.engine.ui.duplicates import Pair, Said, in_words, pair_at
from relata.engine.ui.merging import merge
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied, Invalid, NotFound
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField, Option, Shell
from relata.interfaces.web.forms import posted, typed_values
from relata.interfaces.web.ground import Visit, Web, record_id, redirect

_CHOICE = "value."
_ASKS = ("50", "75", "90", "99")
_MERGES = ("", "99.9", "99.99", "99.999")


class Likeness(msgspec.Struct, frozen=True):
    """A record that may be what is being typed. reasons: those that speak for it."""

    href: str
    title: str
    reasons: tuple[Said, ...]


class AlikeView(msgspec.Struct, frozen=True):
    """What may be there already."""

    found: tuple[Likeness, ...]


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """An object on the overview. waiting: pairs; is_more: of which not all were counted. asks, merges: the lines."""

    path: str
    label: str
    icon: str
    waiting: int
    is_more: bool
    state: State
    percent: int
    asks: FormField
    merges: FormField


class OverviewView(msgspec.Struct, frozen=True, kw_only=True):
    """The overview. may_scan: the person looks after it."""

    shell: Shell
    kinds: tuple[Kind, ...]
    may_scan: bool
    error: str = ""


class QueueView(msgspec.Struct, frozen=True, kw_only=True):
    """One pair. pair: None at the end. undo: the address that takes back what was done last."""

    shell: Shell
    label: str
    path: str
    waiting: int
    is_more: bool
    pair: Pair | None
    is_start: bool
    said: str
    undo: str
    undo_fields: dict[str, str]
    keepers: tuple[str, ...]
    chosen: dict[str, str]
    all_others: str
    error: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of duplicates."""

    async def overview_page(request: Visit, error: str = "") -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            view = OverviewView(
                shell=web.shell(request, work, "duplicates"),
                kinds=tuple([await _kind(work, one) for one in reviewing.matched_objects(work)]),
                may_scan=work.actor.rights.permits("manage_objects"), error=error,
            )  # fmt: skip
            return web.page(work, "web/duplicates_overview.html", view, status=422 if error else 200)

        return await web.within(request, show)

    async def queue_page(
        request: Visit, path: str, asked: Mapping[str, str], error: str = "", chosen: dict[str, str] | None = None
    ) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            view = await _queue_view(web, request, work, path, asked, error, chosen or {})
            return web.page(work, "web/duplicates_queue.html", view, status=422 if error else 200)

        return await web.within(request, show)

    @get("/duplicates")
    async def overview(request: Visit) -> Response[bytes]:
        return await overview_page(request)

    @get("/duplicates/{path:str}")
    async def queue(request: Visit, path: FromPath[str]) -> Response[bytes]:
        return await queue_page(request, path, dict(request.query_params))

    @post("/duplicates/{path:str}")
    async def decide(request: Visit, path: FromPath[str]) -> Response[bytes]:
        form = {name: values[-1] for name, values in (await posted(request)).items() if values}

        async def act(work: Workspace) -> str:
            return await _decide(work, path, form)

        try:
            return redirect(await web.within(request, act, read_only=False), request)
        except (Invalid, Conflict, Denied) as refused:
            chosen = {name.removeprefix(_CHOICE): key for name, key in form.items() if name.startswith(_CHOICE)}
            said = f"{refused.message} {refused.hint or ''}".strip()
            return await queue_page(request, path, {"at": form.get("cursor", "")}, said, chosen)

    @post("/duplicates/{path:str}/scan")
    async def scan(request: Visit, path: FromPath[str]) -> Response[bytes]:
        async def begin(work: Workspace) -> None:
            await scanning.start(work, web.queue, reviewing.matched_object(work, path))

        try:
            await web.within(request, begin, read_only=False)
        except (Invalid, Conflict) as refused:
            return await overview_page(request, f"{refused.message} {refused.hint or ''}".strip())
        return redirect("/duplicates", request)

    @post("/duplicates/{path:str}/lines")
    async def lines(request: Visit, path: FromPath[str]) -> Response[bytes]:
        form = {name: values[-1] for name, values in (await posted(request)).items() if values}

        async def draw(work: Workspace) -> None:
            asks, merges = form.get("asks", ""), form.get("merges", "")
            if asks not in _ASKS or merges not in _MERGES:
                raise Invalid(_("Choose one of the lines."), code="lines")
            await reviewing.draw_lines(
                work, reviewing.matched_object(work, path), asks_from=_bits(asks), merges=bool(merges),
                merges_from=_bits(merges or _MERGES[-1]),
            )  # fmt: skip

        try:
            await web.within(request, draw, read_only=False)
        except Invalid as refused:
            return await overview_page(request, f"{refused.message} {refused.hint or ''}".strip())
        return redirect("/duplicates", request)

    @post("/{plural:str}/new/alike")
    async def entry(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def look(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            found = await alike(work, one, await typed_values(work, one, None, {}, form), limit=3)
            shown = tuple(
                Likeness(
                    f"/{one.path}/{each.record}", each.title or _("Untitled"),
                    tuple(said for said in in_words(one, each.reasons) if said.verdict != "different"),
                )
                for each in found
            )  # fmt: skip
            return web.page(work, "web/alike.html", AlikeView(shown))

        return await web.within(request, look)

    @post("/unmerge/{key:str}")
    async def unmerge(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def undo(work: Workspace) -> str:
            found = await work.unmerge(record_id(key))
            return f"/{found[0].object.path}/{found[0].id}"

        target = await web.within(request, undo, read_only=False)
        is_of_queue = request.query_params.get("to") == "queue"
        return redirect(f"/duplicates{target[: target.rindex('/')]}" if is_of_queue else target, request)

    return [overview, queue, decide, scan, lines, entry, unmerge]


def _bits(percent: str) -> float:
    share = float(percent) / 100
    return round(log2(share / (1 - share)), 2)


async def _kind(work: Workspace, one: Object) -> Kind:
    state, waiting = await reviewing.state(work, one), await reviewing.count(work, one)
    asks = min(_ASKS, key=lambda each: abs(_bits(each) - state.asks_from))
    merges = min(_MERGES[1:], key=lambda each: abs(_bits(each) - state.merges_from)) if state.merges else ""
    words = {"": _("Never")}
    return Kind(
        path=one.path, label=one.title_plural, icon=one.icon, waiting=waiting, is_more=waiting >= reviewing.COUNTED,
        state=state, percent=_percent(state),
        asks=FormField(
            name="asks", label=_("Ask from"), kind="choice", value=asks, required=True,
            options=tuple(Option(value=each, label=_("%(share)s %% likely") % {"share": each}) for each in _ASKS),
            help=_("Less likely pairs are not shown."),
        ),
        merges=FormField(
            name="merges", label=_("Merge without asking from"), kind="choice", value=merges,
            options=tuple(
                Option(value=each, label=words.get(each) or _("%(share)s %% likely") % {"share": each})
                for each in _MERGES
            ),
            help=_("Never where a birthday, a tax number or the like differs. Every merge can be taken back."),
        ),
    )  # fmt: skip


def _percent(state: State) -> int:
    """Of the whole scan: keeping is three fifths, comparing the last third."""
    if state.scan != "running" or not state.total:
        return 0
    share = min(state.done / state.total, 1.0)
    before, part = {"keep": (0.0, 0.6), "compare": (0.65, 0.35)}.get(state.stage, (0.6, 0.0))
    return int(100 * (before + part * share))


async def _queue_view(
    web: Web, request: Visit, work: Workspace, path: str, asked: Mapping[str, str], error: str, chosen: dict[str, str]
) -> QueueView:
    one = reviewing.matched_object(work, path)
    keep = asked.get("keep", "")
    pair = await pair_at(
        work, one, after=asked.get("after", ""), before=asked.get("before", ""), at=asked.get("at", ""), keep=keep
    )
    waiting = await reviewing.count(work, one)
    done, told = asked.get("merged", ""), asked.get("apart", "")
    said = _("Merged.") if done else _("Told apart. Nobody is asked about them again.") if told else ""
    ids = [found.id for found in pair.comparison.records] if pair else []
    here = f"/duplicates/{one.path}?"
    return QueueView(
        shell=web.shell(request, work, "duplicates"), label=one.title_plural, path=one.path, waiting=waiting,
        is_more=waiting >= reviewing.COUNTED, pair=pair, is_start=not asked.get("after"), said=said,
        undo=f"/unmerge/{done}?to=queue" if parse_id(done) else f"/duplicates/{one.path}" if told else "",
        undo_fields={"act": "reopen", "pair": told} if told else {},
        keepers=tuple(here + urlencode({"at": pair.cursor, "keep": key}) for key in ids) if pair else (),
        chosen=chosen,
        all_others=f"/{one.path}/{ids[0]}/merge?" + urlencode([("with", key) for key in (*ids[1:], *pair.others)])
        if pair and pair.others else "",
        error=error,
    )  # fmt: skip


async def _decide(work: Workspace, path: str, form: Mapping[str, str]) -> str:
    """What was pressed; the address that follows."""
    one = reviewing.matched_object(work, path)
    ids = [found for found in map(parse_id, form.get("pair", "").split(",")) if found is not None]
    if len(ids) != 2:
        raise NotFound(_("There is no such pair."), code="unknown_pair")
    act, following = form.get("act", ""), {"after": form["cursor"]} if form.get("cursor") else {}
    if act == "merge":
        choices = {name.removeprefix(_CHOICE): key for name, key in form.items() if name.startswith(_CHOICE) and key}
        record = await merge(work, one, ids, choices)
        following["merged"] = str((await work.merges_into(record))[0].id)
    elif act == "apart":
        await reviewing.dismiss(work, one, ids)
        following["apart"] = ",".join(map(str, ids))
    elif act == "reopen":
        await reviewing.reopen(work, one, ids)
        following = {}
    else:
        raise Invalid(_("Choose what to do with them."), code="unknown_act")
    return f"/duplicates/{one.path}?{urlencode(following)}"
