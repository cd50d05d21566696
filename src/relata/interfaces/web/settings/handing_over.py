"""When somebody leaves: what they have, who gets it, how far that is, and what the new ones have to know."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.wording import in_words, worded
from relata.engine.transfer.handing_over import handing
from relata.engine.transfer.handing_over.credentials import APPLICATIONS, KEYS, credentials_of
from relata.engine.transfer.handing_over.holdings import Ending, Holding, ending_of, holdings_of
from relata.engine.transfer.handing_over.own_things import FLOW_RUNS, own_things
from relata.engine.ui.briefing import Briefing, briefings, is_briefed
from relata.engine.workspace import overview
from relata.engine.workspace.overview import PersonOverview
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.confirming import confirmation
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.settings.frame import Form, Page, Refused, errors_of, frame, last, settled, status_of, text

_PEOPLE, _PLACE = "/settings/people", "/settings/hand-overs"
#: Of a part that shall not follow the choice for everything.
_STAYS = "stays"


class HoldingLine(msgspec.Struct, frozen=True, kw_only=True):
    """One row: what, how much, and to whom. briefing: address of what has to be known, "" for none."""

    label: str
    icon: str
    count: int
    beyond: int
    choice: FormField | None
    list: str = ""
    briefing: str = ""
    hint: str = ""


class HandOverPage(Page, frozen=True, kw_only=True):
    """The question."""

    id: str
    name: str
    everything: FormField
    lines: tuple[HoldingLine, ...]
    ending: Ending
    is_in: bool


class PartLine(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a handover. bulk: address of its bulk change, "" for things of their own."""

    label: str
    to: str
    status: str
    meaning: str
    total: int
    done: int
    refused: int
    bulk: str = ""
    briefing: str = ""


class HandedPage(Page, frozen=True, kw_only=True):
    """A handover and how far it is."""

    id: str
    parts: tuple[PartLine, ...]
    is_running: bool
    shut_out: bool
    undone_at: datetime | None
    person: str


class BriefingPage(Page, frozen=True, kw_only=True):
    """What has to be known of somebody's records."""

    items: tuple[Briefing, ...]
    next: str


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    async def ask(request: Visit, key: str, form: Form | None = None, error: Refused | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            everybody = await overview.people(work)
            person = _one(everybody, record_id(key))
            errors, form_ = errors_of(error), form or {}
            colleagues = _colleagues(everybody, person)
            lines = [_line(work, one, person, colleagues, form_) for one in await holdings_of(work, person.id)]
            for own, count in await own_things(work, person.id):
                label = _label(work, own.name)
                choice = _choice(own.name, label, colleagues, form_)
                lines.append(HoldingLine(label=label, icon=own.icon, count=count, beyond=0, choice=choice))
            for name, count in (await credentials_of(work, person.id)).items():
                label = _label(work, name)
                lines.append(
                    HoldingLine(
                        label=label, icon="key-round" if name == KEYS else "blocks", count=count, beyond=0,
                        choice=_choice(name, label, colleagues, form_),
                        hint=_("They go without their secrets. Until who gets them makes new ones, they open nothing."),
                    )
                )  # fmt: skip
            title = _("Hand over from %(name)s") % {"name": person.name}
            view = HandOverPage(
                **frame(web, request, work, _PEOPLE, title, error=error, known=("to",)), id=key, name=person.name,
                everything=text(
                    "to", _("Everything goes to"), last(form_, "to"), errors, kind="choice", options=colleagues,
                    placeholder=_("Choose a colleague"),
                ),
                lines=tuple(lines), ending=await ending_of(work, person.id), is_in=person.status != "inactive",
            )  # fmt: skip
            return web.page(work, "web/settings/hand_over.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(f"{_PEOPLE}/{{key:str}}/hand-over")
    async def page(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await ask(request, key)

    @post(f"{_PEOPLE}/{{key:str}}/hand-over")
    async def hand_over(request: Visit, key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        if asked := await confirmation(web, request, form):
            return asked

        async def act(work: Workspace) -> str:
            user = record_id(key)
            wanted = [one.key for one in await holdings_of(work, user)]
            wanted += [own.name for own, _count in await own_things(work, user)]
            wanted += await credentials_of(work, user)
            targets = {name: _target(form, name) for name in wanted}
            made = await handing.hand_over(work, web.queue, user, targets, shuts_out=bool(last(form, "shuts_out")))
            return f"{_PLACE}/{made.id}"

        return await settled(
            lambda: web.within(request, act, read_only=False), lambda error: ask(request, key, form, error)
        )

    async def show(request: Visit, key: str, template: str) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            view = await _handed(web, request, work, record_id(key))
            return web.page(work, template, view)

        return await web.within(request, build)

    @get(f"{_PLACE}/{{key:str}}")
    async def handed(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await show(request, key, "web/settings/handed_over.html")

    @get(f"{_PLACE}/{{key:str}}/progress")
    async def progress(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await show(request, key, "web/settings/handed_over_parts.html")

    @post(f"{_PLACE}/{{key:str}}/take-back")
    async def take_back(request: Visit, key: FromPath[str]) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        await web.within(request, lambda work: handing.take_back(work, web.queue, record_id(key)), read_only=False)
        return redirect(f"{_PLACE}/{key}?done=taken_back")

    @get(f"{_PEOPLE}/{{key:str}}/briefing/{{part:str}}")
    async def briefing(request: Visit, key: FromPath[str], part: FromPath[str]) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            name, _dot, field = part.partition(".")
            one = work.readable_object(name)
            found = await briefings(work, one, field, record_id(key), request.query_params.get("after", ""))
            path = f"{_PEOPLE}/{key}/briefing/{part}"
            title = _("Briefing: %(what)s") % {"what": one.title_plural}
            view = BriefingPage(
                **frame(web, request, work, _PEOPLE, title), items=found.items,
                next=f"{path}?after={found.next}" if found.next else "",
            )  # fmt: skip
            return web.page(work, "web/settings/briefing.html", view)

        return await web.within(request, build)

    return [page, hand_over, handed, progress, take_back, briefing]


async def _handed(web: Web, request: Visit, work: Workspace, key: UUID) -> HandedPage:
    record = await handing.mine(work, key)
    names = {one.id: one.name for one in await overview.people(work)}
    targets = {part["key"]: UUID(part["to"]) for part in record["parts"] or ()}
    lines = []
    for name, bulk, own in await handing.parts_of(work, record):
        to = targets[name]
        told = {"label": _label(work, name), "to": names.get(to, "")}
        if bulk is None:
            lines.append(PartLine(**told, status=_("Done"), meaning="good", total=own, done=own, refused=0))
            continue
        done = sum(bulk[each] or 0 for each in ("changed", "unchanged", "refused"))
        meaning = {"done": "good", "failed": "bad", "running": "information"}.get(bulk["status"], "warning")
        one = work.registry.objects.get(name.partition(".")[0])
        lines.append(
            PartLine(
                **told, status=worded(in_words(bulk["status"])), meaning=meaning, total=bulk["total"] or 0, done=done,
                refused=bulk["refused"] or 0, bulk=f"/bulk/{bulk.id}",
                briefing=f"{_PEOPLE}/{to}/briefing/{name}" if one and is_briefed(work, one) else "",
            )
        )  # fmt: skip
    return HandedPage(
        **frame(web, request, work, _PEOPLE, record["name"]), id=str(key), parts=tuple(lines),
        is_running=any(line.meaning == "information" for line in lines), shut_out=bool(record["shuts_out"]),
        undone_at=record["undone_at"], person=names.get(record["person"], ""),
    )  # fmt: skip


def _one(everybody: list[PersonOverview], wanted: UUID) -> PersonOverview:
    found = next((one for one in everybody if one.id == wanted), None)
    if found is None:
        raise NotFound(_("There is no such person."), code="unknown_person")
    return found


def _colleagues(everybody: list[PersonOverview], person: PersonOverview) -> tuple[Option, ...]:
    return tuple(
        Option(value=str(one.id), label=one.name) for one in everybody if one.status == "active" and one.id != person.id
    )


def _line(
    work: Workspace, one: Holding, person: PersonOverview, colleagues: tuple[Option, ...], form: Form
) -> HoldingLine:
    label = _label(work, one.key)
    briefed = one.count and is_briefed(work, one.object)
    return HoldingLine(
        label=label, icon=one.object.icon, count=one.count, beyond=one.beyond,
        choice=_choice(one.key, label, colleagues, form) if one.can_move else None,
        briefing=f"{_PEOPLE}/{person.id}/briefing/{one.key}" if briefed else "",
    )  # fmt: skip


def _choice(key: str, label: str, colleagues: tuple[Option, ...], form: Form) -> FormField:
    offered = (Option(value=_STAYS, label=_("Stays")), *colleagues)
    return text(
        f"to.{key}", _("%(what)s go to") % {"what": label}, last(form, f"to.{key}"), {}, kind="choice",
        options=offered, placeholder=_("As everything"),
    )  # fmt: skip


def _label(work: Workspace, key: str) -> str:
    """Such as "Accounts" for what they own, "People: Manager" for another field."""
    if key == FLOW_RUNS:
        return _("Flows that run as them")
    if key in (KEYS, APPLICATIONS):
        return _("API keys") if key == KEYS else _("Registered applications")
    name, _dot, field = key.partition(".")
    one = work.registry.objects.get(name)
    if one is None:
        return name
    if not field:
        return one.title_plural
    known = one.field(field)
    return one.title_plural if field == "owner" or known is None else f"{one.title_plural}: {known.title}"


def _target(form: Form, key: str) -> UUID | None:
    """To whom it goes; None where it stays. Invalid for what is no id."""
    chosen = last(form, f"to.{key}") or last(form, "to")
    if chosen in ("", _STAYS):
        return None
    found = parse_id(chosen)
    if found is None:
        raise Invalid.of([Problem("unknown_choice", _("Choose a colleague who works here."), "to")])
    return found
