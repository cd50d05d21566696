"""The configuration as a package: taken along as a file, compared with what is here, applied as a whole, taken back."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.registry import Registry
from relata.engine.query.request import Query, parse_order
from relata.engine.transfer.configuration import package as packages
from relata.engine.transfer.configuration.applying import apply_package, preview, roll_back
from relata.engine.transfer.configuration.comparing import Difference
from relata.engine.transfer.configuration.gathering import check_right, gather, packed_definitions
from relata.engine.transfer.configuration.objects import APPLIED
from relata.engine.transfer.configuration.package import Package
from relata.engine.transfer.rehearsal.making import REHEARSE, key_of_rehearsal, last_rehearsal
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, NotFound
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Column
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.settings.frame import Page, Refused, frame, last, status_of

_PLACE = "/settings/packages"
_SHOWN = 20
_MOST_BYTES = 20_000_000


class ChangeLine(msgspec.Struct, frozen=True, kw_only=True):
    """A package that was applied."""

    id: str
    name: str
    when: datetime
    who: str
    added: int
    changed: int
    removed: int
    is_applied: bool


class DifferenceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that differs. parts: what of it, where it is here already."""

    what: str
    meaning: str
    kind: str
    name: str
    parts: str


#: A package, its name, what differs, and whether what it does not have goes.
Compared = tuple[Package, str, Sequence[Difference], bool]


class PackagesPage(Page, frozen=True, kw_only=True):
    """differences: of the package that was sent, None without one. package: it again, to be applied as it was seen."""

    changes: tuple[ChangeLine, ...]
    differences: tuple[DifferenceLine, ...] | None = None
    columns: tuple[Column, ...] = ()
    package: str = ""
    name: str = ""
    is_exact: bool = False
    kept: tuple[str, ...] = ()
    rehearsed_at: datetime | None = None
    is_rehearsal: bool = False


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    async def show(
        request: Visit, error: Refused | None = None, found: Compared | None = None, kept: Sequence[Difference] = ()
    ) -> Response[bytes]:
        key, _who = await _where(web, request)
        made_at = await last_rehearsal(web.door, key)

        async def build(work: Workspace) -> Response[bytes]:
            check_right(work)
            view = PackagesPage(
                **frame(web, request, work, _PLACE, error=error), changes=await _changes(work),
                kept=tuple(f"{one.kind} {one.name}" for one in kept), rehearsed_at=made_at,
                is_rehearsal=bool(work.context.settings.rehearsal_of),
            )  # fmt: skip
            if found is not None:
                package, name, differences, is_exact = found
                view = msgspec.structs.replace(
                    view, package=msgspec.json.encode(package).decode(), name=name, is_exact=is_exact,
                    differences=tuple(_line(work.registry, one) for one in differences),
                    columns=(
                        Column(name="what", label=_("What")), Column(name="kind", label=_("Kind")),
                        Column(name="name", label=_("Name")), Column(name="parts", label=_("Parts")),
                    ),
                )  # fmt: skip
            return web.page(work, "web/settings/packages.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(_PLACE)
    async def overview(request: Visit) -> Response[bytes]:
        return await show(request)

    @get(f"{_PLACE}/export.zip")
    async def export(request: Visit) -> Response[bytes]:
        package = await web.within(request, gather)
        with tempfile.TemporaryDirectory(prefix="relata-") as folder:
            path = Path(folder) / "configuration.zip"
            packages.write(package, path)
            headers = {"content-disposition": 'attachment; filename="configuration.zip"'}
            return Response(path.read_bytes(), media_type="application/zip", headers=headers)

    @post(f"{_PLACE}/compare", status_code=200)
    async def compare(request: Visit) -> Response[bytes]:
        await web.within(request, _allowed)
        form = await request.form()
        sent, is_exact = form.get("file"), form.get("exact") == "true"
        try:
            if not isinstance(sent, UploadFile) or not sent.filename:
                raise Invalid(_("Choose a file."), code="required", field="file")
            package = await _received(sent)
            key, who = await _where(web, request)
            differences = await preview(web.door, key, who, package, exact=is_exact)
        except (Invalid, Conflict) as error:
            return await show(request, error)
        return await show(request, found=(package, sent.filename[:120], differences, is_exact))

    @post(f"{_PLACE}/apply")
    async def bring(request: Visit) -> Response[bytes]:
        await web.within(request, _allowed)
        form = await posted(request)
        key, who = await _where(web, request)
        try:
            package = msgspec.json.decode(last(form, "package"), type=Package)
            await apply_package(
                web.door, key, who, package, name=last(form, "name"), exact=last(form, "exact") == "true"
            )
        except msgspec.DecodeError as error:
            raise Invalid(_("Begin again with the file."), code="package", field="file") from error
        except (Invalid, Conflict) as error:
            return await show(request, error)
        return redirect(f"{_PLACE}?done=saved", request)

    @post(f"{_PLACE}/{{change:str}}/rollback")
    async def back(request: Visit, change: FromPath[str]) -> Response[bytes]:
        key, who = await _where(web, request)
        try:
            kept = await roll_back(web.door, key, who, record_id(change))
        except (Invalid, Conflict) as error:
            return await show(request, error)
        return await show(request, kept=kept) if kept else redirect(f"{_PLACE}?done=taken_back", request)

    @post(f"{_PLACE}/rehearsal")
    async def rehearse(request: Visit) -> Response[bytes]:
        await posted(request)

        async def enqueue(work: Workspace) -> None:
            check_right(work)
            args = {"workspace": work.context.key, "person": work.actor.user}
            await web.queue.enqueue(work.unit.connection, REHEARSE, args, key=f"{REHEARSE}:{work.context.key}")

        await web.within(request, enqueue, read_only=False)
        return redirect(f"{_PLACE}?done=rehearsing", request)

    @post(f"{_PLACE}/rehearsal/compare", status_code=200)
    async def compare_rehearsal(request: Visit) -> Response[bytes]:
        await web.within(request, _allowed)
        await posted(request)
        key, who = await _where(web, request)
        if await last_rehearsal(web.door, key) is None:
            raise NotFound(_("There is no rehearsal of this workspace."), code="no_rehearsal")
        try:  # the same person there: their id came along
            package = await web.door.run(key_of_rehearsal(key), who, gather, read_only=True)
            differences = await preview(web.door, key, who, package)
        except (Invalid, Conflict) as error:
            return await show(request, error)
        return await show(request, found=(package, _("Rehearsal"), differences, False))

    return [overview, export, compare, bring, back, rehearse, compare_rehearsal]


async def _allowed(work: Workspace) -> None:
    check_right(work)


async def _where(web: Web, request: Visit) -> tuple[str, UUID | None]:
    credentials = web.person(request)
    assert credentials.workspace is not None
    return await web.door.key_of(credentials.workspace), credentials.user


async def _received(sent: UploadFile) -> Package:
    content = await sent.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise Invalid(_("This is too large for a configuration."), code="too_large", field="file")
    with tempfile.NamedTemporaryFile(prefix="relata-", suffix=".zip") as place:
        place.write(content)
        place.flush()
        return packages.read(Path(place.name))


async def _changes(work: Workspace) -> tuple[ChangeLine, ...]:
    everything = work.as_system()
    page = await everything.query(Query(APPLIED, order=parse_order("-created_at"), fields=("id",), limit=_SHOWN))
    found = await everything.get_many(APPLIED, [row[0] for row in page.rows])
    names = await titles_of(work.unit, {"user": [one["created_by"] for one in found if one["created_by"]]})
    return tuple(
        ChangeLine(
            id=str(one.id), name=one.title, when=one["created_at"], who=names.get(("user", one["created_by"]), ""),
            added=one["added"] or 0, changed=one["changed"] or 0, removed=one["removed"] or 0,
            is_applied=one["status"] == "applied",
        )
        for one in sorted(found, key=lambda one: one["created_at"], reverse=True)
    )  # fmt: skip


def _line(registry: Registry, one: Difference) -> DifferenceLine:
    words = {
        "added": (_("New"), "good"), "changed": (_("Otherwise"), "warning"), "removed": (_("Goes"), "bad"),
    }  # fmt: skip
    kinds = {
        "module": _("Module"), "object": _("Object"), "field": _("Field"), "tweak": _("Change of a field or object"),
        "validation_rule": _("Rule"), "entry": _("What a value needs"), "unique": _("Unique together"),
        "layout": _("Layout"), "role": _("Role"), "sharing_rule": _("Sharing rule"), "team": _("Team"),
        "view": _("View"), "metric": _("Metric"), "report": _("Report"), "dashboard": _("Dashboard"),
        "queue": _("Queue"), "working_calendar": _("Working calendar"), "holiday": _("Holiday"),
        "flow": _("Flow"),
        **{kind: part.title for kind, part in packed_definitions(registry).items()},
    }  # fmt: skip
    what, meaning = words[one.what]
    shown = one.after or one.before or {}
    name = str(shown.get("name", "")) if one.part == "records" else one.name
    parts = ", ".join(one.fields[:8]) if one.what == "changed" else ""
    return DifferenceLine(what=what, meaning=meaning, kind=kinds.get(one.kind, one.kind), name=name, parts=parts)
