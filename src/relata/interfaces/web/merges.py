"""Several records become one: which ones, side by side, what stays of each, what moves."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.ui.merging import SIDE_BY_SIDE, Candidate, Comparison, compare, merge, possible_duplicates
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied, Invalid
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import Crumb, FormField, Shell
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect

_CHOICE = "value."


class Made(msgspec.Struct, frozen=True):
    """A merge that stands. count: records that became this one. undo: where it is taken back."""

    at: datetime
    count: int
    who: str
    undo: str


class MergeView(msgspec.Struct, frozen=True, kw_only=True):
    """The screen. comparison: None while the other records are still to be chosen. keepers: for each record the address
    at which it would be the one that stays."""

    shell: Shell
    title: str
    path: str
    crumbs: tuple[Crumb, ...]
    others: tuple[str, ...]
    picker: FormField
    duplicates: tuple[Candidate, ...] = ()
    comparison: Comparison | None = None
    keepers: tuple[str, ...] = ()
    chosen: dict[str, str] = {}
    error: str = ""
    made: tuple[Made, ...] = ()


class DuplicatesView(msgspec.Struct, frozen=True, kw_only=True):
    """What may be the same thing, as the record's page shows it."""

    duplicates: tuple[Candidate, ...]
    merge: str
    may_merge: bool


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of duplicates and merging."""

    @get("/{plural:str}/{key:str}/duplicates")
    async def duplicates(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            record = await work.get(one.name, record_id(key))
            found = await possible_duplicates(work, record)
            asked = urlencode([("with", each.id) for each in found[: SIDE_BY_SIDE - 1]])
            view = DuplicatesView(
                duplicates=tuple(found), merge=f"/{one.path}/{record.id}/merge?{asked}",
                may_merge=await work.may(record, "change"),
            )  # fmt: skip
            return web.page(work, "web/duplicates.html", view)

        return await web.within(request, show)

    @get("/{plural:str}/{key:str}/merge")
    async def screen(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        others = _ids(request.query_params.getall("with", []))

        async def show(work: Workspace) -> Response[bytes]:
            return web.page(work, "web/merge.html", await _view(web, request, work, plural, record_id(key), others))

        return await web.within(request, show)

    @post("/{plural:str}/{key:str}/merge")
    async def act(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        others = _ids(form.get("with", []))
        choices = {
            name.removeprefix(_CHOICE): values[-1]
            for name, values in form.items()
            if name.startswith(_CHOICE) and values[-1]
        }

        async def change(work: Workspace) -> str:
            one = work.registry.by_path(plural)
            record = await merge(work, one, [record_id(key), *others], choices)
            return f"/{one.path}/{record.id}"

        try:
            return redirect(await web.within(request, change, read_only=False), request)
        except (Invalid, Conflict, Denied) as refused:
            message = f"{refused.message} {refused.hint or ''}".strip()

        async def again(work: Workspace) -> Response[bytes]:
            view = await _view(web, request, work, plural, record_id(key), others, message, choices)
            return web.page(work, "web/merge.html", view, status=422)

        return await web.within(request, again)

    return [duplicates, screen, act]


def _ids(given: list[str]) -> list[UUID]:
    return [found for found in map(parse_id, given) if found is not None][:SIDE_BY_SIDE]


async def _view(
    web: Web, request: Visit, work: Workspace, plural: str, key: UUID, others: list[UUID], error: str = "",
    chosen: dict[str, str] | None = None,
) -> MergeView:  # fmt: skip
    one = work.registry.by_path(plural)
    record = await work.get(one.name, key)
    ids = [key, *(other for other in dict.fromkeys(others) if other != key)][:SIDE_BY_SIDE]
    comparison = await compare(work, one, ids) if len(ids) > 1 else None
    keepers = tuple(
        f"/{one.path}/{kept}/merge?" + urlencode([("with", str(other)) for other in ids if other != kept])
        for kept in ids
    )
    duplicates = await possible_duplicates(work, record) if comparison is None else []
    title = record.title if work.actor.readable(one, one.all_fields[one.title_field]) else one.title
    return MergeView(
        shell=web.shell(request, work, one.path),
        title=_("Merge %(what)s") % {"what": one.nouns},
        path=f"/{one.path}/{key}",
        crumbs=(Crumb(one.title_plural, f"/{one.path}"), Crumb(title, f"/{one.path}/{key}")),
        others=tuple(str(other) for other in ids[1:]),
        picker=FormField(
            name="with",
            label=_("Others that are the same"),
            kind="links",
            value=(),
            source=f"/choose/{one.name}",
            help=_("Choose up to four. Nothing changes before you have seen them side by side."),
        ),
        duplicates=tuple(duplicates),
        comparison=comparison,
        keepers=keepers,
        chosen=chosen or {},
        error=error,
        made=await _made(work, record) if comparison is None else (),
    )


async def _made(work: Workspace, record: Record) -> tuple[Made, ...]:
    found = await work.merges_into(record)
    names = await titles_of(work.unit, {"user": {one.by for one in found if one.by}})
    return tuple(
        Made(one.at, len(one.others), names.get(("user", one.by), "") if one.by else "", f"/unmerge/{one.id}")
        for one in found
    )
