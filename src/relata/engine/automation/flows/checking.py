"""A flow is checked as whom it will run as before it is published: what it names must be there, and must fit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from relata.engine.automation.approvals.process import of_object
from relata.engine.automation.flows import values
from relata.engine.automation.flows.definition import Body, inner_blocks
from relata.engine.automation.flows.names import RECORD, RESERVED, TYPES, Names, first_names, names_by_step
from relata.engine.automation.flows.questions import question
from relata.engine.automation.flows.steps import (
    Act,
    AnyStep,
    Approve,
    Ask,
    Assign,
    Branch,
    Call,
    Create,
    Delete,
    Fail,
    Find,
    Http,
    Loop,
    Mail,
    Notify,
    Parallel,
    Set,
    Update,
    Wait,
)  # fmt: skip
from relata.engine.automation.flows.triggers import (
    BRINGING,
    DateTrigger,
    EventTrigger,
    RecordTrigger,
    ScheduleTrigger,
    SegmentTrigger,
)  # fmt: skip
from relata.engine.formula import BOOLEAN, DATETIME, Checked, Kind, Type, check, id_of, parse
from relata.engine.jobs.cron import is_schedule
from relata.engine.metadata.fields import Date, DateTime, Field
from relata.engine.metadata.object import Object
from relata.engine.query.scope import FieldScope, declared_type
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem, RelataError
from relata.foundation.i18n import gettext as _

#: Under this name stand the problems of the trigger and of the flow as a whole.
TRIGGER = "trigger"
_ID = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
_CLOCK = re.compile(r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
UNITS = ("minutes", "hours", "days", "working_days", "weeks", "months")
#: Those of steps that wait.
WAITING_UNITS = (*UNITS, "working_hours")
MOST_STEPS, MOST_ITEMS, MOST_TRIES, MOST_CASES = 200, 1000, 10, 20


def problems_in(work: Workspace, body: Body) -> list[Problem]:
    """Everything that keeps the flow from being published by whoever is at work; `field` holds the step's id."""
    found = [*_trigger(work, body), *_ids(body)]
    if found and any(one.code == "step_id" for one in found):
        return found
    if not body.steps:
        found.append(values.refuse(_("The flow does nothing yet."), TRIGGER, _("Add a step.")))
    names = names_by_step(work.registry, work.actor, body)
    found.extend(_cases(work, body))
    for step in body.by_id.values():
        try:
            found.extend(_step(work, body, step, names[step.id]))
        except Invalid as error:
            found.extend(values.problems_of(error, step.id))
        except RelataError as error:
            found.append(values.refuse(error.message, step.id, error.hint))
    return found


def _cases(work: Workspace, body: Body) -> Iterator[Problem]:
    one = work.registry.objects.get(body.trigger.object)
    for case in body.tests[MOST_CASES:]:
        yield values.refuse(_("A flow has at most 20 tests."), TRIGGER, case.name)
    for case in body.tests:
        try:
            if one is not None and case.expect.strip():
                check(parse(case.expect), FieldScope(work.registry, one, work.actor), expect=BOOLEAN)
        except Invalid as error:
            yield from values.problems_of(error, TRIGGER)


def _ids(body: Body) -> Iterator[Problem]:
    seen: set[str] = set()
    for count, (_depth, _block, step) in enumerate(body.walk(), 1):
        if count > MOST_STEPS:
            yield values.refuse(_("A flow has at most 200 steps."), TRIGGER, code="step_id")
            return
        if not _ID.match(step.id) or step.id in RESERVED or step.id in seen:
            hint = _("Small letters, digits and underscores; each name once.")
            yield values.refuse(_("This step's name can't be used."), step.id[:40], hint, "step_id")
        seen.add(step.id)
        if not 1 <= step.tries <= MOST_TRIES or step.failing not in ("fail", "go_on", "rescue"):
            yield values.refuse(_("A step is tried 1 to 10 times."), step.id)


def _trigger(work: Workspace, body: Body) -> Iterator[Problem]:
    trigger = body.trigger
    one = work.registry.objects.get(trigger.object) if trigger.object else None
    if trigger.object and one is None:
        yield values.refuse(_("This object does not exist any more."), TRIGGER)
        return
    if one is not None and not work.actor.rights.level(one, "read"):
        yield values.refuse(_("You may not see %(objects)s.") % {"objects": one.nouns}, TRIGGER)
        return
    if one is None and isinstance(trigger, (RecordTrigger, DateTrigger, SegmentTrigger, EventTrigger)):
        yield values.refuse(_("Choose the object that starts the flow."), TRIGGER)
        return
    try:
        if one is not None and trigger.where:
            check(parse(trigger.where), FieldScope(work.registry, one, work.actor), expect=BOOLEAN)
        if body.key:
            values.expression(body.key, first_names(work.registry, work.actor, body))
    except Invalid as error:
        yield from values.problems_of(error, TRIGGER)
    if isinstance(trigger, RecordTrigger) and one is not None:
        yield from _fields(work, trigger, one)
    if isinstance(trigger, DateTrigger) and one is not None:
        yield from _date(work, trigger, one)
    if isinstance(trigger, SegmentTrigger):
        if not trigger.where.strip():
            yield values.refuse(_("Say which records belong to the segment."), TRIGGER)
        if not set(trigger.happens) & {"enters", "leaves"}:
            yield values.refuse(_("Choose what must have happened."), TRIGGER)
    if isinstance(trigger, EventTrigger) and not trigger.event.isidentifier():
        yield values.refuse(_("Name the event."), TRIGGER, _("Such as OpportunityWon."))
    if isinstance(trigger, ScheduleTrigger) and not is_schedule(trigger.cron):
        hint = _("Five fields: minute, hour, day, month, weekday; such as 0 9 * * 1.")
        yield values.refuse(_("This is no schedule."), TRIGGER, hint)
    if isinstance(trigger, BRINGING):
        if any(kind.rpartition(":")[2] not in TYPES for kind in trigger.inputs.values()):
            yield values.refuse(_("An input is text, number, boolean, date or datetime."), TRIGGER)
        if any(not _ID.match(name) for name in trigger.inputs):
            hint = _("Small letters, digits and underscores; each name once.")
            yield values.refuse(_("This input's name can't be used."), TRIGGER, hint)
    zone = getattr(trigger, "zone", "")
    if zone and not is_zone(zone):
        yield values.refuse(_("There is no such time zone."), TRIGGER, _("Such as Europe/Berlin."))


def _fields(work: Workspace, trigger: RecordTrigger, one: Object) -> Iterator[Problem]:
    for name in trigger.fields:
        field = one.field(name)
        if field is None or not field.stored or not work.actor.readable(one, field):
            yield values.refuse(
                _("%(object)s has no such field: %(name)s.") % {"object": one.title, "name": name}, TRIGGER
            )
    if (trigger.before is not None or trigger.after is not None) and len(trigger.fields) != 1:
        yield values.refuse(_("From and to need exactly one field."), TRIGGER)


def _date(work: Workspace, trigger: DateTrigger, one: Object) -> Iterator[Problem]:
    field = one.field(trigger.field)
    if not isinstance(field, (Date, DateTime)) or not work.actor.readable(one, field):
        yield values.refuse(_("Choose a date of the record."), TRIGGER)
    if trigger.unit not in UNITS or not -5000 <= trigger.amount <= 5000:
        yield values.refuse(_("This distance from the date does not fit."), TRIGGER)
    if not _CLOCK.match(trigger.at):
        yield values.refuse(_("Write the time as 09:00."), TRIGGER)


def is_zone(zone: str) -> bool:
    """Whether there is such a time zone."""
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        return False
    return True


def _step(work: Workspace, body: Body, step: AnyStep, names: Names) -> Iterator[Problem]:
    match step:
        case Create():
            yield from _values(work, step, names, step.object, step.values)
            one = work.registry.get(step.object)
            if not work.actor.rights.level(one, "create"):
                yield values.refuse(_("You may not create %(objects)s.") % {"objects": one.nouns}, step.id)
            for field in one.required_fields:
                if field.name not in step.values and field.default is None and field.name != "owner":
                    yield values.refuse(_("%(field)s is required.") % {"field": field.title}, step.id)
        case Update():
            one = _record(work, names, step.record)
            yield from _values(work, step, names, one.name, step.values)
            if not step.values:
                yield values.refuse(_("Nothing is changed yet."), step.id)
        case Delete() | Act():
            one = _record(work, names, step.record)
            if isinstance(step, Act):
                work.action(one.name, step.action)
                for text in step.values.values():
                    values.read(text, names)
        case Find() | Loop():
            _condition(work, names, step.object, step.where)
            if isinstance(step, Loop) and not 1 <= step.limit <= MOST_ITEMS:
                yield values.refuse(_("A loop takes 1 to 1,000 records."), step.id)
        case Assign():
            _record(work, names, step.record)
            values.expression(step.to, names, expect=id_of("user"))
        case Notify():
            values.expression(step.to, names, expect=id_of("user"))
            _needed(step.text)
            values.read(step.text, names)
        case Mail():
            own = () if step.template else (step.subject, step.text)
            for text in (step.to, *own):
                _needed(text)
                values.read(text, names)
            if step.template and RECORD not in names.records:
                message = _("A template takes the values of a record, and no record starts this flow.")
                raise Invalid(message, code="no_record", field="template", hint=_("Write the text here."))
        case Parallel():
            if sum(1 for part, inner in inner_blocks(step) if inner and part != "rescue") < 2:
                yield values.refuse(_("Give at least two lanes a step."), step.id)
        case Approve():
            one = _record(work, names, step.record)
            values.read(step.comment, names)
            known = of_object(work.context, one.name)
            if not known or (step.process and step.process not in known):
                hint = _("Make one under Settings, Approvals.")
                yield values.refuse(
                    _("%(objects)s have no such approval.") % {"objects": one.title_plural}, step.id, hint
                )
            yield from _span(step)
        case Ask():
            values.expression(step.to, names, expect=id_of("user"))
            _needed(step.title)
            values.read(step.title, names)
            values.read(step.text, names)
            for name, text in step.fields.items():
                if not _ID.match(name) or name == "answered" or question(name, text) is None:
                    hint = _("Such as reason with: Why?:text! or size with: Size:choice(small|large).")
                    yield values.refuse(_("A question is written as label:type."), step.id, hint)
            if not step.fields:
                yield values.refuse(_("It asks nothing yet."), step.id)
            if not step.amount:
                yield values.refuse(_("Say how long to wait."), step.id)
            yield from _span(step)
        case Wait():
            yield from _wait(work, step, names)
        case Branch():
            values.expression(step.condition, names, expect=BOOLEAN)
        case Call():
            _needed(step.flow)
            if RECORD in names.records or step.record != RECORD:
                _record(work, names, step.record)
        case Http():
            yield from _http(step, names)
        case Set():
            values.read(step.value, names)
        case Fail():
            values.read(step.message, names)


def _span(step: Approve | Ask) -> Iterator[Problem]:
    if step.unit not in WAITING_UNITS or not 0 <= step.amount <= 100_000:
        yield values.refuse(_("This time to wait does not fit."), step.id)


def _needed(text: str) -> None:
    if not text.strip():
        raise Invalid(_("Something is missing here."), code="required", hint=_("Fill it in."))


def _record(work: Workspace, names: Names, name: str) -> Object:
    object_name = names.object_of(name)
    if object_name is None:
        raise Invalid(_("There is no record called %(name)s here.") % {"name": name}, code="unknown_record")
    return work.registry.get(object_name)


def _values(work: Workspace, step: AnyStep, names: Names, object_name: str, given: dict[str, str]) -> Iterator[Problem]:
    one = work.registry.get(object_name)
    for name, text in given.items():
        field = one.field(name)
        if field is None or field.system or field.read_only or not work.actor.rights.writable(one, field):
            yield values.refuse(
                _("%(object)s has no field that you may set: %(name)s.") % {"object": one.title, "name": name}, step.id
            )
            continue
        try:
            read = values.read(text, names)
            if read.is_expression:
                _fits(field, read.checked[0])
            elif read.literal:
                field.parse(read.literal, work.context.parsing)
        except Invalid as error:
            yield from values.problems_of(error, step.id)


def _fits(field: Field, checked: Checked) -> None:
    """Invalid for an expression whose type can never be the field's. What converts by its text is left to the write."""
    wanted, got = declared_type(field), checked.root.type
    loose = {Kind.TEXT, Kind.JSON, Kind.NULL, Kind.LIST, Kind.GEO}
    if wanted.kind in loose or got.kind in loose:
        return
    pairs = {
        (Kind.DATE, Kind.DATETIME),
        (Kind.DATETIME, Kind.DATE),
        (Kind.MONEY, Kind.NUMBER),
        (Kind.NUMBER, Kind.MONEY),
    }
    if wanted.kind is not got.kind and (wanted.kind, got.kind) not in pairs:
        message = _("%(field)s takes %(wanted)s, and this gives %(got)s.")
        raise Invalid(message % {"field": field.title, "wanted": str(wanted), "got": str(got)}, code="type")
    if wanted.object and got.object and wanted.object != got.object:
        raise Invalid(_("%(field)s can't link to this.") % {"field": field.title}, code="type")


def _condition(work: Workspace, names: Names, object_name: str, text: str) -> None:
    one = work.readable_object(object_name)
    values.template_check(text, names)
    if text.strip():
        check(parse(values.merged_as_text(text)), FieldScope(work.registry, one, work.actor), expect=BOOLEAN)


def _wait(work: Workspace, step: Wait, names: Names) -> Iterator[Problem]:
    if step.unit not in WAITING_UNITS or not 0 <= step.amount <= 100_000:
        yield values.refuse(_("This time to wait does not fit."), step.id)
    if step.until:
        moment: Type = DATETIME
        values.expression(step.until, names, expect=moment)
    if step.when:
        one = _record(work, names, step.record)
        check(parse(step.when), FieldScope(work.registry, one, work.actor), expect=BOOLEAN)
    if not step.amount and not step.until:
        yield values.refuse(_("Say how long to wait."), step.id)


def _http(step: Http, names: Names) -> Iterator[Problem]:
    _needed(step.url)
    for text in (step.url, *step.body.values()):
        values.read(text, names)
    if step.method not in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        yield values.refuse(_("There is no such method."), step.id)
    if any(what.rpartition(":")[2] not in TYPES for what in step.outputs.values()):
        yield values.refuse(_("An output is written as path:type, such as data.id:text."), step.id)
    if not 1 <= step.seconds <= 60:
        yield values.refuse(_("A request takes 1 to 60 seconds."), step.id)
