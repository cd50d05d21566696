"""What an action such as converting takes along into the records that it makes: its own pairs of fields, and others."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.automation.making.mapping import (
    Making,
    MappingAdministration,
    Pair,
    can_be_source,
    can_be_target,
    makings,
)
from relata.engine.metadata.object import Object
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.html.view_values import Option
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.settings.frame import Form, Page, Refused, frame, last, office, settled, status_of

_PLACE = "/settings/mappings"


class PairRow(msgspec.Struct, frozen=True, kw_only=True):
    """One pair in the editor. target: `object.field`."""

    source: str = ""
    target: str = ""
    error: str = ""


class MakingView(msgspec.Struct, frozen=True, kw_only=True):
    """An action with its pairs. own: what it does by itself, in words."""

    action: str
    label: str
    icon: str
    own: tuple[tuple[str, str], ...]
    rows: tuple[PairRow, ...]
    blank: PairRow
    sources: tuple[Option, ...]
    targets: tuple[Option, ...]
    use: str
    objects: str
    is_used: bool


class MappingsPage(Page, frozen=True, kw_only=True):
    """All of them."""

    makings: tuple[MakingView, ...]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    async def show(
        request: Visit, about: str = "", form: Form | None = None, error: Refused | None = None
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            require(work, "manage_objects")
            wrong = {problem.field or "": problem.message for problem in error.problems} if error else {}
            known = [f"{at}" for at in range(300)]
            view = MappingsPage(
                **frame(web, request, work, _PLACE, error=error, known=known),
                makings=tuple(
                    _making(one, form if _name(one) == about else None, wrong) for one in makings(work.context)
                ),
            )
            return web.page(work, "web/settings/mappings.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(_PLACE)
    async def page(request: Visit) -> Response[bytes]:
        return await show(request)

    @post(f"{_PLACE}/{{name:str}}/{{action:str}}")
    async def save(request: Visit, name: FromPath[str], action: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def store() -> str:
            credentials = web.person(request)
            assert credentials.workspace is not None
            key = await web.door.key_of(credentials.workspace)
            pairs = [Pair(row.source, *_split(row.target)) for row in _rows(form)]
            await MappingAdministration(web.door, key, credentials.user).put(name, action, pairs)
            return f"{_PLACE}?done=saved"

        return await settled(store, lambda error: show(request, f"{name}.{action}", form, error))

    @post(f"{_PLACE}/{{name:str}}")
    async def use(request: Visit, name: FromPath[str]) -> Response[bytes]:
        is_used = last(await posted(request), "used") == "true"

        async def store() -> str:
            await (await office(web, request)).tweak(name, {"nav": is_used})
            return f"{_PLACE}?done=saved"

        return await settled(store, lambda error: show(request, error=error))

    return [page, save, use]


def _name(one: Making) -> str:
    return f"{one.source.name}.{one.action.name}"


def _split(target: str) -> tuple[str, str]:
    first, _dot, second = target.partition(".")
    return first, second


def _rows(form: Form, wrong: dict[str, str] | None = None) -> list[PairRow]:
    given = [pair for pair in zip(form.get("source", []), form.get("target", []), strict=False) if any(pair)]
    return [
        PairRow(source=source, target=target, error=(wrong or {}).get(str(at), ""))
        for at, (source, target) in enumerate(given)
    ]


def _making(one: Making, form: Form | None, wrong: dict[str, str]) -> MakingView:
    rows = (
        _rows(form, wrong)
        if form is not None
        else [PairRow(source=pair.source, target=f"{pair.to}.{pair.target}") for pair in one.pairs]
    )
    return MakingView(
        action=f"{_PLACE}/{one.source.name}/{one.action.name}", label=f"{one.source.title}: {one.action.title}",
        icon=one.action.icon, own=tuple(_own(one)), rows=tuple(rows), blank=PairRow(),
        sources=_fields(one.source), use=f"{_PLACE}/{one.source.name}", objects=one.source.title_plural,
        is_used=one.source.nav,
        targets=tuple(
            Option(value=f"{to.name}.{field.name}", label=field.title, group=to.title)
            for to in one.targets
            for field in to.fields
            if can_be_target(field) and field.name not in one.action.makes[to.name].values()
        ),
    )  # fmt: skip


def _own(one: Making) -> list[tuple[str, str]]:
    """What the action does by itself: the record's field, and where it goes."""
    found = []
    for to in one.targets:
        for source, target in one.action.makes[to.name].items():
            fields = one.source.field(source), to.field(target)
            if fields[0] is not None and fields[1] is not None:
                found.append((fields[0].title, f"{to.title}: {fields[1].title}"))
    return found


def _fields(one: Object) -> tuple[Option, ...]:
    return tuple(Option(value=field.name, label=field.title) for field in one.fields if can_be_source(field))
