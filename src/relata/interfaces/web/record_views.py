"""What the record's screens read: one view for each, and how it is gathered."""

from __future__ import annotations

from urllib.parse import quote, urlencode
from uuid import UUID

import msgspec

from relata.engine.automation.approvals.objects import REQUEST
from relata.engine.collaboration.following import is_following
from relata.engine.messaging.mail.outgoing.people import is_written_about
from relata.engine.ui import approving, desk
from relata.engine.ui.facts import OWN
from relata.engine.ui.happenings import NextStep, next_step
from relata.engine.ui.listing import ListRow
from relata.engine.ui.missing import Missing, missing
from relata.engine.ui.panels import panels_of
from relata.engine.ui.record_page import RecordPage, record_page
from relata.engine.ui.related import RelatedList, related, related_lists
from relata.engine.ui.way import Way, way_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Column, Crumb, Shell
from relata.interfaces.web.assignments import Placement, placement_of
from relata.interfaces.web.composing import Composer, composer_of
from relata.interfaces.web.erasing import may_erase
from relata.interfaces.web.files import FileView, views_of
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.histories import HistoryView, history_view
from relata.interfaces.web.packing import may_pack


class Tab(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the page with an address of its own."""

    name: str
    label: str
    href: str
    current: bool
    count: int | None = None


class RelatedView(msgspec.Struct, frozen=True, kw_only=True):
    """A related list as tables read it. all: the whole list, when there is more. add: the form of a new child. quick:
    where a title alone is posted to make one, "" where more is needed."""

    name: str
    label: str
    singular: str
    columns: tuple[Column, ...]
    rows: tuple[ListRow, ...]
    all: str
    add: str
    quick: str
    icon: str
    csrf: str
    error: str = ""
    typed: str = ""


class RecordView(msgspec.Struct, frozen=True, kw_only=True):
    """The page. tab: which of its parts is open; the others are not read. part: the number of the layout's tab that is
    open. link: the address to give to others. timeline: where what happened is asked for, once the page stands."""

    shell: Shell
    record: RecordPage
    path: str
    link: str
    crumbs: tuple[Crumb, ...]
    csrf: str
    shape: str
    tab: str
    tabs: tuple[Tab, ...]
    may_follow: bool
    following: bool
    upload: str
    erase: str
    step: NextStep | None = None
    composer: Composer | None = None
    timeline: str = ""
    related: tuple[RelatedView, ...] = ()
    files: tuple[FileView, ...] = ()
    history: HistoryView | None = None
    matches: bool = False
    starred: bool = False
    part: int | None = None
    panels: bool = False
    part_panels: bool = False
    way: Way | None = None
    placement: Placement | None = None
    approval: approving.Waiting | None = None
    submits: tuple[tuple[str, str], ...] = ()
    writes: str = ""
    missing: Missing | None = None
    data: str = ""


async def record_view(
    web: Web, request: Visit, work: Workspace, plural: str, key: UUID, *, peek: bool = False
) -> RecordView:
    """The page with the tab that the address names, or what the side panel shows of it."""
    one = work.registry.by_path(plural)
    page = await record_page(work, one, key)
    path, shell = f"/{one.path}/{key}", web.shell(request, work, one.path)
    tabs = _tabs(work, page, path, "" if peek else request.query_params.get("tab", ""))
    tab = next((found.name for found in tabs if found.current), "overview")
    part = next((number for number, _title in page.tabs if tab == f"part{number}"), None)
    view = RecordView(
        part=part,
        shell=shell,
        record=page,
        path=path,
        link=f"{web.address.rstrip('/')}{path}",
        crumbs=(Crumb(one.title_plural, f"/{one.path}"),),
        csrf=shell.csrf,
        shape=_shape(page),
        tab=tab,
        tabs=tabs,
        may_follow=not page.deleted and not peek,
        following=not page.deleted and not peek and await is_following(work, page.record),
        upload=f"/files{path}" if page.may_change else "",
        starred=any(hit.id == key for hit in desk.remembered(work).favourites),
        erase=f"{path}/erase" if may_erase(work, one) else "",
        matches=bool(one.match) and not page.deleted,
        way=await way_of(work, page.record, may_change=page.may_change) if not peek else None,
        panels=not page.deleted and not peek and bool(panels_of(work, one.name)),
        part_panels=part is not None and not page.deleted and bool(panels_of(work, one.name, part)),
        placement=await placement_of(work, page.record, path),
        writes=writing_about(work, page),
        data=f"{path}/data.zip" if may_pack(work, one) and not page.deleted else "",
        missing=missing(work, one, page.record, page.sections) if page.may_change and not peek else None,
    )
    if not peek and (one.name in work.context.holdable or one.name == REQUEST):
        waiting = await approving.waiting_for(work, page.record)
        submits = () if waiting else await approving.offers(work, page.record)
        held = page if waiting is None or one.name == REQUEST else approving.without_editing(page, waiting)
        view = msgspec.structs.replace(view, approval=waiting, submits=submits, record=held)
    if tab == "overview":
        view = msgspec.structs.replace(view, step=await next_step(work, one, page.record))
    if peek:
        return view
    if tab == "overview":
        return msgspec.structs.replace(
            view,
            composer=await composer_of(work, page.record, shell.csrf) if not page.deleted else None,
            timeline=f"{path}/timeline{f'?{urlencode(asked)}' if (asked := dict(request.query_params)) else ''}",
        )
    if tab == "related" or part is not None:
        found = await related(work, one, page.record, OWN if part is None else part)
        return msgspec.structs.replace(view, related=tuple(related_view(each, key, path, shell.csrf) for each in found))
    if tab == "history":
        return msgspec.structs.replace(view, history=await history_view(work, page.record, shell.csrf, part="tab"))
    if tab == "files":
        return msgspec.structs.replace(view, files=await views_of(work, page.record))
    return view


def writing_about(work: Workspace, page: RecordPage) -> str:
    """Where a mail about the record is begun; "" where it leads to nobody with an address."""
    if page.deleted or page.object.personal or not is_written_about(work.registry, page.object):
        return ""
    return f"/write?about={page.object.name}:{page.record.id}"


def _shape(page: RecordPage) -> str:
    names = {type(field).__name__ for field in page.object.fields if field.name == page.object.title_field}
    return "person" if "PersonName" in names or page.object.name == "user" else "company"


def _tabs(work: Workspace, page: RecordPage, path: str, asked: str) -> tuple[Tab, ...]:
    names = {"overview": _("Overview")}
    names |= {f"part{number}": title for number, title in page.tabs}
    if related_lists(work, page.object, OWN):
        names["related"] = _("Related")
    names |= {"files": _("Files"), "details": _("Details"), "history": _("History")}
    chosen = asked if asked in names else "overview"
    return tuple(
        Tab(name=name, label=label, href=path if name == "overview" else f"{path}?tab={name}", current=name == chosen)
        for name, label in names.items()
    )


def related_view(
    found: RelatedList, key: UUID, path: str, csrf: str, *, error: str = "", typed: str = ""
) -> RelatedView:
    """A related list as its template reads it."""
    child = found.listing.object
    columns = (found.listing.title_column, *found.listing.columns)
    where = quote(f'{found.link} = "{key}"')
    return RelatedView(
        name=found.name, label=found.label, singular=child.noun, rows=found.listing.rows,
        columns=tuple(Column(name=column.path, label=column.label, align=column.align) for column in columns),
        all=f"/{child.path}?where={where}" if found.more else "", icon=child.icon, csrf=csrf, error=error, typed=typed,
        add=f"/{child.path}/new?{found.link}={found.given}" if found.can_add else "",
        quick=f"{path}/related/{found.name}" if found.quick else "",
    )  # fmt: skip
