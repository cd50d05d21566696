"""Settings of approvals: the processes, the form of one, and what it would do with a record."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.automation.approvals.administration import Approvals, read, require_manage
from relata.engine.automation.approvals.objects import REQUEST
from relata.engine.automation.approvals.process import Process, Step, decode, process_named, processes
from relata.engine.automation.approvals.sentences import names_in, sentence
from relata.engine.automation.approvals.trying import Trial, attempt
from relata.engine.metadata.object import Object
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, Problem, RelataError
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.settings import approval_forms as forms
from relata.interfaces.web.settings.frame import (
    Form,
    Page,
    Refused,
    errors_of,
    frame,
    identifier,
    last,
    office,
    options,
    settled,
    status_of,
    text,
)

_PLACE = "/settings/approvals"
_KNOWN = ("label", "help", "where", "locked_fields", "object")


class ProcessLine(msgspec.Struct, frozen=True, kw_only=True):
    """A process in the list. waiting, stuck: requests."""

    name: str
    label: str
    icon: str
    sentence: str
    is_active: bool
    waiting: int
    stuck: int


class ProcessesPage(Page, frozen=True, kw_only=True):
    """The list. objects: what a new process may be about."""

    processes: tuple[ProcessLine, ...]
    objects: FormField


class ProcessPage(Page, frozen=True, kw_only=True):
    """The form. name: "" for a new one. sentence: of the stored process. trial: what it is tried with."""

    name: str
    action: str
    object: str
    plural: str
    label: FormField
    help: FormField
    where: FormField
    locks: FormField
    locked_fields: FormField
    switches: tuple[FormField, ...]
    steps: tuple[forms.StepForm, ...]
    sets: tuple[forms.SetForm, ...]
    set_fields: tuple[Option, ...]
    events: tuple[Option, ...]
    blank_set: forms.SetForm
    sentence: str
    trial: tuple[FormField, ...]


class StepPart(msgspec.Struct, frozen=True, kw_only=True):
    """A new step's inputs by themselves."""

    step: forms.StepForm


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Approvers that fit what was typed."""

    items: tuple[Option, ...]


class TriedPerson(msgspec.Struct, frozen=True):
    """why: why this person would not decide; "" where they would."""

    name: str
    why: str = ""


class TriedLine(msgspec.Struct, frozen=True, kw_only=True):
    """One step tried."""

    number: int
    name: str
    is_needed: bool
    is_stuck: bool
    needs: str
    due: object
    people: tuple[TriedPerson, ...]


class TrialView(msgspec.Struct, frozen=True, kw_only=True):
    """What would happen with a record."""

    fits: bool = False
    steps: tuple[TriedLine, ...] = ()
    error: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""
    return [*_listing(web), *_editing(web), *_parts(web)]


def _listing(web: Web) -> list[HTTPRouteHandler]:
    @get(_PLACE)
    async def listed(request: Visit) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            require_manage(work)
            objects = options((one.name, one.title_plural) for one in _able(work))
            field = FormField(
                name="object", label=_("Approval of"), kind="choice", options=objects, required=True, value="",
                placeholder=_("Choose an object"),
            )  # fmt: skip
            view = ProcessesPage(**frame(web, request, work, _PLACE), processes=await _lines(work), objects=field)
            return web.page(work, "web/settings/approvals.html", view)

        return await web.within(request, build)

    @post(_PLACE + "/{name:str}/delete")
    async def delete(request: Visit, name: FromPath[str]) -> Response[bytes]:
        async def remove() -> str:
            await Approvals.beside(await office(web, request)).delete(name)
            return f"{_PLACE}?done=deleted"

        async def again(error: Refused) -> Response[bytes]:
            async def build(work: Workspace) -> Response[bytes]:
                return web.page(
                    work, "web/settings/approval.html", await _page(web, request, work, name, None, error), status=409
                )

            return await web.within(request, build)

        return await settled(remove, again)

    return [listed, delete]


def _editing(web: Web) -> list[HTTPRouteHandler]:
    async def show(
        request: Visit, name: str, form: Form | None = None, error: Refused | None = None
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            require_manage(work)
            view = await _page(web, request, work, name, form, error)
            return web.page(work, "web/settings/approval.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(_PLACE + "/new")
    async def new(request: Visit) -> Response[bytes]:
        return await show(request, "")

    @post(_PLACE + "/new")
    async def create(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def make() -> str:
            found = Approvals.beside(await office(web, request))
            name = identifier(last(form, "label")) or "approval"
            if name in await found.all():
                message = _("There is a process with this name already.")
                raise Conflict(message, code="not_unique", problems=[Problem("not_unique", message, "label")])
            await found.put(name, forms.read_form(form, last(form, "object")))
            return f"{_PLACE}/{name}?done=created"

        return await settled(make, lambda error: show(request, "", form, error))

    @get(_PLACE + "/{name:str}")
    async def edit(request: Visit, name: FromPath[str]) -> Response[bytes]:
        return await show(request, name)

    @post(_PLACE + "/{name:str}")
    async def save(request: Visit, name: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def change() -> str:
            found = Approvals.beside(await office(web, request))
            known = (await found.all()).get(name)
            await found.put(name, forms.read_form(form, known.object if known else last(form, "object")))
            return f"{_PLACE}/{name}?done=saved"

        return await settled(change, lambda error: show(request, name, form, error))

    return [new, create, edit, save]


def _parts(web: Web) -> list[HTTPRouteHandler]:
    @get(_PLACE + "/step")
    async def step(request: Visit) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            require_manage(work)
            one = work.registry.get(request.query_params.get("object", ""))
            view = StepPart(step=forms.StepForm(key=forms.fresh_key(), source=forms.source_of(one)))
            return web.page(work, "web/settings/approval_step.html", view)

        return await web.within(request, build)

    @get(_PLACE + "/approvers")
    async def approvers(request: Visit) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            require_manage(work)
            one = work.registry.get(request.query_params.get("object", ""))
            words = request.query_params.get("q", "")
            found = [*forms.approver_options(work.registry, one, words), *await _people(work, words)]
            return web.page(work, "web/settings/approvers.html", Found(items=tuple(found[:60])))

        return await web.within(request, build)

    @post(_PLACE + "/{name:str}/try", status_code=200)
    async def trial(request: Visit, name: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def build(work: Workspace) -> Response[bytes]:
            key = parse_id(last(form, "record"))
            process = process_named(work.context, name)
            try:
                if key is None:
                    raise Invalid(_("Choose a record."), code="required", field="record")
                view = await _tried(work, await attempt(work, process, key, parse_id(last(form, "submitter"))))
            except RelataError as error:
                view = TrialView(error=error.message)
            return web.page(work, "web/settings/approval_trial.html", view)

        return await web.within(request, build)

    return [step, approvers, trial]


def _able(work: Workspace) -> list[Object]:
    """What can be approved."""
    return [
        one for one in work.registry.objects.values()
        if not one.personal and one.module not in ("approvals", "collaboration") and (one.nav or one.custom)
    ]  # fmt: skip


async def _lines(work: Workspace) -> tuple[ProcessLine, ...]:
    known = processes(work.context)
    names = await names_in(work, known.values())
    everything = work.as_system()
    found = []
    for name, process in known.items():
        one = work.registry.get(process.object)
        waiting = await everything.count(REQUEST, process=name, state="pending")
        found.append(
            ProcessLine(
                name=name, label=process.label, icon=one.icon, is_active=process.is_active, waiting=waiting,
                sentence=sentence(work.registry, one, process, names),
                stuck=await everything.count(REQUEST, process=name, state="pending", is_stuck=True) if waiting else 0,
            )
        )  # fmt: skip
    return tuple(found)


async def _people(work: Workspace, words: str) -> list[Option]:
    typed, everything = words.strip().casefold(), work.as_system()
    people = await everything.find("user", 'status = "active"', order="name", limit=500)
    teams = await everything.find("team", None, order="name", limit=500)
    return [
        *(Option(value=f"team:{one.id}", label=_("Anyone of the team %(team)s") % {"team": one.title}) for one in teams
          if typed in one.title.casefold()),
        *(Option(value=f"person:{one.id}", label=one.title) for one in people if typed in one.title.casefold()),
    ]  # fmt: skip


async def _page(
    web: Web, request: Visit, work: Workspace, name: str, form: Form | None, error: Refused | None
) -> ProcessPage:
    stored = process_named(work.context, name) if name else None
    object_name = stored.object if stored else last(form or {}, "object") or request.query_params.get("object", "")
    one = work.registry.get(object_name)
    process = _typed(form, one) if form is not None else stored or _blank(one)
    names = await names_in(work, [process])
    errors = errors_of(error)
    at_steps = _step_errors(error)
    title = stored.label if stored else _("New approval of %(objects)s") % {"objects": one.nouns}
    at_fields = (*_KNOWN, *(problem.field or "" for problem in error.problems)) if error else _KNOWN
    fields = tuple(
        Option(value=field.name, label=field.title)
        for field in one.fields
        if field.stored and not field.system and field.sensitivity != "secret"
    )
    locks = options((("record", _("The whole record")), ("fields", _("Some fields")), ("nothing", _("Nothing"))))
    return ProcessPage(
        **frame(web, request, work, _PLACE, title, error=error, known=at_fields if at_steps or errors else _KNOWN),
        name=name,
        action=f"{_PLACE}/{name or 'new'}",
        object=one.name,
        plural=one.title_plural,
        label=text("label", _("Name"), process.label, errors, required=True, autofocus=not name, max_length=120),
        help=text("help", _("What it is for"), process.help, errors, max_length=300),
        where=text("where", _("Needed where"), process.when, {"where": errors.get("when", "")},
                   help=_("Such as amount > 20000; empty for every record that is submitted.")),
        locks=text("locks", _("Locked while it waits"), process.locks, errors, kind="choice", options=locks,
                   required=True),
        locked_fields=text("locked_fields", _("These fields"), process.locked_fields, errors, kind="choices",
                           options=fields, help=_("For “Some fields”.")),
        switches=(
            text("is_active", _("Records can be submitted"), process.is_active, kind="boolean"),
            text("by_mail", _("Can be decided by a link in the mail"), process.by_mail, kind="boolean"),
            text("own", _("Whoever submits may decide, too"), process.own, kind="boolean"),
        ),
        steps=forms.step_forms(work.registry, one, process, names, at_steps),
        sets=forms.set_forms(process),
        set_fields=fields,
        events=forms.event_options(),
        blank_set=forms.SetForm(key="NEW"),
        sentence=sentence(work.registry, one, stored, await names_in(work, [stored])) if stored else "",
        trial=(
            FormField(name="record", label=one.title, kind="link", value=None, source=f"/choose/{one.name}"),
            FormField(name="submitter", label=_("Submitted by"), kind="link", value=None, source="/choose/user",
                      help=_("Empty: the record's owner.")),
        ),
    )  # fmt: skip


def _typed(form: Form, one: Object) -> Process:
    """What was sent, as far as it can be read."""
    raw = forms.read_form(form, one.name)
    try:
        return read(raw)
    except Invalid:
        return decode({"object": one.name, "label": raw["label"], "steps": []})


def _blank(one: Object) -> Process:
    return Process(one.name, "", (Step(()),))


def _step_errors(error: Refused | None) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for problem in error.problems if error else ():
        parts = (problem.field or "").split(".")
        if parts[0] == "steps" and len(parts) > 1 and parts[1].isdigit():
            found.setdefault(int(parts[1]), []).append(f"{problem.message} {problem.hint or ''}".strip())
    return found


async def _tried(work: Workspace, trial: Trial) -> TrialView:
    people = {person for step in trial.steps for one in step.chosen for person in one.people}
    people |= {person for step in trial.steps for one in step.chosen for person, _why in one.skipped}
    titles = await titles_of(work.as_system().unit, {"user": people})
    return TrialView(
        fits=trial.fits,
        steps=tuple(
            TriedLine(
                number=step.number, name=step.step.name, is_needed=step.is_needed, is_stuck=step.is_stuck,
                needs=step.step.needs, due=step.due,
                people=tuple(
                    TriedPerson(titles.get(("user", who), ""), why)
                    for one in step.chosen
                    for who, why in (*((person, "") for person in one.people), *one.skipped)
                ),
            )
            for step in trial.steps
        ),
    )  # fmt: skip
