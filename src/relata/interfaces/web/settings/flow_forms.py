"""Forms of a flow's trigger and steps, made from what the structs declare, and read back into them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from relata.engine.automation.approvals.process import label_of, of_object
from relata.engine.automation.flows.checking import UNITS
from relata.engine.automation.flows.definition import Body
from relata.engine.automation.flows.names import Names, names_by_step
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
    Stop,
    Update,
    Wait,
)  # fmt: skip
from relata.engine.automation.flows.triggers import (
    AnyTrigger,
    ButtonTrigger,
    CallTrigger,
    DateTrigger,
    EventTrigger,
    RecordTrigger,
    ScheduleTrigger,
    SegmentTrigger,
    WebhookTrigger,
)  # fmt: skip
from relata.engine.automation.flows.wording import unit_words
from relata.engine.metadata.fields import Date, DateTime
from relata.engine.metadata.object import Object
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import later
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.settings.frame import Form, last, spoken, text

STEP_KINDS: Mapping[str, tuple[type[AnyStep], str, str, str]] = {
    "update": (Update, later("Change a record"), "pencil", later("Give fields other values.")),
    "create": (Create, later("Create a record"), "plus", later("Such as a task.")),
    "notify": (Notify, later("Tell a person"), "bell", later("On the screen, or as they like it.")),
    "mail": (Mail, later("Send a mail"), "mail", later("With values of the record in it.")),
    "assign": (Assign, later("Assign"), "user", later("Give a record to a person.")),
    "wait": (Wait, later("Wait"), "clock", later("For a time, until a date, or until something holds.")),
    "branch": (Branch, later("Branch"), "git-branch", later("Some steps if a condition holds, others if not.")),
    "parallel": (
        Parallel,
        later("At the same time"),
        "split",
        later("Several lanes; the flow goes on when all have ended."),
    ),
    "loop": (Loop, later("Loop"), "repeat", later("The same steps for each record that fits.")),
    "approve": (Approve, later("Ask for approval"), "badge-check", later("The flow goes on by the outcome.")),
    "ask": (Ask, later("Send a form"), "clipboard-list", later("A person fills it in; the flow waits.")),
    "find": (Find, later("Find a record"), "search", later("The first one that fits.")),
    "act": (Act, later("Run an action"), "play", later("What buttons on records do.")),
    "delete": (Delete, later("Delete a record"), "trash-2", later("It goes to the bin.")),
    "http": (Http, later("Ask another server"), "globe", later("An HTTP request, with values of its answer.")),
    "call": (Call, later("Start another flow"), "workflow", later("And wait for its end, if you like.")),
    "set": (Set, later("Keep a value"), "bookmark", later("Under a name, for later steps.")),
    "stop": (Stop, later("Stop"), "square", later("The run ends here, and all is well.")),
    "fail": (Fail, later("Fail"), "circle-alert", later("The run ends here, with a message.")),
}
TRIGGER_KINDS: Mapping[str, tuple[type[AnyTrigger], str]] = {
    "record": (RecordTrigger, later("Something happens to a record")),
    "segment": (SegmentTrigger, later("A record enters or leaves a segment")),
    "event": (EventTrigger, later("An event is announced")),
    "date": (DateTrigger, later("Before or after a date of a record")),
    "schedule": (ScheduleTrigger, later("At certain times")),
    "button": (ButtonTrigger, later("Somebody presses a button")),
    "call": (CallTrigger, later("Another flow starts it")),
    "webhook": (WebhookTrigger, later("A signed request from outside")),
}
_HAPPENS = (
    ("created", later("Created")), ("changed", later("Changed")), ("deleted", later("Deleted")),
    ("restored", later("Restored")),
)  # fmt: skip
_SEGMENT = (("enters", later("It begins to fulfil it")), ("leaves", later("It no longer fulfils it")))
_FAILING = (
    ("fail", later("The run fails")), ("go_on", later("Go on with the next step")),
    ("rescue", later("Do other steps, then go on")),
)  # fmt: skip
_UNCERTAIN = (
    ("go_on", later("Go on, and show it as uncertain")), ("fail", later("Treat it as failed")),
    ("repeat", later("Send it again; it may arrive twice")),
)  # fmt: skip
_VALUE_HELP = later("Words with {{ merge fields }}, or = and an expression.")
_SCHEDULE_HELP = later("Minute, hour, day, month, weekday: 0 9 * * 1 is every Monday at nine.")
_TOKEN_HELP = later("Where a header needs a secret, write {{secret.NAME}}.")


class Pairs(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of a name and a value. options: the names to choose from; none where they are free."""

    name: str
    label: str
    rows: tuple[tuple[str, str], ...]
    options: tuple[Option, ...] = ()
    help: str = ""
    value_label: str = ""


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """The inputs of a trigger or step."""

    fields: tuple[FormField, ...] = ()
    pairs: tuple[Pairs, ...] = ()


def objects_of(work: Workspace) -> tuple[Option, ...]:
    """The objects that this person may see, by label."""
    known = [one for one in work.registry.objects.values() if work.actor.rights.level(one, "read")]
    shown = sorted(known, key=lambda one: (not one.nav, one.title_plural))
    return tuple(Option(value=one.name, label=one.title) for one in shown)


def names_at(work: Workspace, body: Body, step: AnyStep) -> Names:
    """What a step can name."""
    return names_by_step(work.registry, work.actor, body)[step.id]


def known_words(work: Workspace, names: Names) -> tuple[str, ...]:
    """Examples of what can be merged, for the help beside a form."""
    found = [f"person.{field}" for field in ("name", "email")]
    for name, object_name in names.records.items():
        one = work.registry.objects.get(object_name)
        if one is not None and name != "person":
            shown = [field.name for field in one.fields if work.actor.readable(one, field) and not field.hidden]
            found += [f"{name}.{field}" for field in ("id", *shown[:14], "owner")]
    found += [f"{name}.{part}" for name, part in names.values]
    return tuple(found)


def step_form(work: Workspace, body: Body, step: AnyStep, errors: Mapping[str, str]) -> Built:
    """The inputs of a step."""
    names = names_at(work, body, step)
    fields: list[FormField] = []
    pairs: list[Pairs] = []
    records = tuple(Option(value=name, label=_record_label(work, name, one)) for name, one in names.records.items())
    for name in (one.name for one in msgspec.structs.fields(type(step))):
        value = getattr(step, name)
        built = _input(work, step, names, name, value, errors, records)
        if isinstance(built, Pairs):
            pairs.append(built)
        elif built is not None:
            fields.append(built)
    order = ("label", "record", "object", "action", "to", "template", "subject", "title", "text", "url", "method")
    fields.sort(key=lambda one: order.index(one.name) if one.name in order else 90 + (one.name in ("failing", "tries")))
    return Built(fields=tuple(fields), pairs=tuple(pairs))


def _record_label(work: Workspace, name: str, object_name: str) -> str:
    one = work.registry.objects.get(object_name)
    title = one.title if one else object_name
    if name == "record":
        return _("The %(what)s that started it") % {"what": title}
    return _("Who caused it") if name == "person" else f"{name} ({title})"


def _input(
    work: Workspace, step: AnyStep, names: Names, name: str, value: Any, errors: Mapping[str, str],
    records: tuple[Option, ...],
) -> FormField | Pairs | None:  # fmt: skip
    match name:
        case "id" | "rescue" | "then" | "otherwise" | "steps" | "first" | "second" | "third" | "fourth":
            return None
        case "label":
            return text(
                name, _("What people read"), value, errors, max_length=120, help=_("Empty: made from the step.")
            )
        case "record":
            return text(name, _("Record"), value, errors, kind="choice", options=records)
        case "object":
            return text(name, _("Object"), value, errors, kind="choice", options=objects_of(work), required=True)
        case "values" if isinstance(step, Act):
            return Pairs(
                name=name, label=_("What the action asks"), rows=_rows(value), options=_asked(work, names, step)
            )
        case "values":
            one = _object_of(work, names, step)
            return Pairs(
                name=name, label=_("Values"), rows=_rows(value), options=_settable(work, one), help=_(_VALUE_HELP)
            )
        case "action":
            return text(name, _("Action"), value, errors, kind="choice", options=_actions(work, names, step))
        case "failing":
            return text(name, _("If it fails"), value, errors, kind="choice", options=spoken(_FAILING))
        case "tries":
            return text(name, _("Attempts"), str(value), errors, kind="integer", minimum="1", maximum="10")
        case "unit":
            options = tuple(Option(value=one, label=unit_words(one, 2)) for one in UNITS)
            return text(name, _("Unit"), value, errors, kind="choice", options=options)
        case "uncertain":
            return text(
                name, _("If nobody knows whether it went out"), value, errors, kind="choice", options=spoken(_UNCERTAIN)
            )
        case "method":
            options = tuple(Option(value=one, label=one) for one in ("POST", "GET", "PUT", "PATCH", "DELETE"))
            return text(name, _("Method"), value, errors, kind="choice", options=options)
        case "headers":
            return Pairs(name=name, label=_("Headers"), rows=_rows(value), help=_(_TOKEN_HELP))
        case "body":
            return Pairs(name=name, label=_("JSON to send"), rows=_rows(value), help=_(_VALUE_HELP))
        case "outputs":
            return Pairs(
                name=name, label=_("What to take from the answer"), rows=_rows(value),
                help=_("A name, and where it stands: data.id:text. Types: text, number, boolean, date, datetime."),
            )  # fmt: skip
        case "fields":
            return Pairs(
                name=name, label=_("What it asks"), rows=_rows(value),
                help=_("A name, and label:type, with ! behind what is needed: Why?:text! or Size:choice(small|large)."),
            )  # fmt: skip
        case "process":
            return text(
                name,
                _("Approval"),
                value,
                errors,
                kind="choice",
                options=_processes(work, names, step),
                placeholder=_("The first that fits"),
            )
        case "waits":
            return text(name, _("Wait for its end"), value, errors, kind="boolean")
    return _plain(name, value, errors)


_LABELS: Mapping[str, tuple[str, str]] = {
    "to": (later("Whom"), later("An expression, such as record.owner; of a mail: {{record.email}}.")),
    "text": (later("Text"), _VALUE_HELP),
    "subject": (later("Subject"), _VALUE_HELP),
    "template": (
        later("Mail template"),
        later("The name of one for the record that started it; empty for the subject and text here."),
    ),
    "title": (later("Title"), _VALUE_HELP),
    "comment": (later("Comment"), _VALUE_HELP),
    "where": (
        later("Which"),
        later("A condition over its own fields; values of the flow in braces: account = {{record.id}}."),
    ),
    "order": (later("Order"), later("Such as -created_at.")),
    "condition": (later("Condition"), later("Such as record.amount > 1000.")),
    "limit": (later("At most"), ""),
    "amount": (later("How long"), ""),
    "until": (later("Until"), later("An expression for a moment, such as datetime(record.close_date).")),
    "when": (later("Until it holds"), later('A condition over the record, such as status = "done".')),
    "url": (later("Address"), _VALUE_HELP),
    "seconds": (later("Seconds at most"), ""),
    "flow": (later("Flow"), later("Its name; it is started by other flows.")),
    "value": (later("Value"), _VALUE_HELP),
    "message": (later("Message"), _VALUE_HELP),
    "key": (later("One lane for each"), later("An expression, such as record.account.")),
}


def _plain(name: str, value: Any, errors: Mapping[str, str]) -> FormField:
    label, help_ = _LABELS.get(name, (name, ""))
    is_long = name in ("text",)
    kind = "integer" if isinstance(value, int) else "long_text" if is_long else "text"
    return text(
        name,
        _(label),
        str(value),
        errors,
        kind=kind,
        help=_(help_) if help_ else "",
        wide=is_long,
        rows=6 if is_long else 3,
    )


def _rows(value: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return (*value.items(), ("", ""))


def _object_of(work: Workspace, names: Names, step: Any) -> Object | None:
    name = step.object if isinstance(step, Create) else names.object_of(step.record)
    return work.registry.objects.get(name or "")


def _settable(work: Workspace, one: Object | None) -> tuple[Option, ...]:
    if one is None:
        return ()
    fields = [
        field for field in one.all_fields.values()
        if not field.system and not field.read_only and work.actor.rights.writable(one, field)
        and (field.stored or field.type_name == "links")
    ]  # fmt: skip
    return tuple(Option(value=field.name, label=field.title) for field in fields)


def _actions(work: Workspace, names: Names, step: Any) -> tuple[Option, ...]:
    found = work.registry.actions.get(names.object_of(step.record) or "", {})
    return tuple(Option(value=one.name, label=one.title) for one in found.values())


def _processes(work: Workspace, names: Names, step: Any) -> tuple[Option, ...]:
    found = of_object(work.context, names.object_of(step.record) or "")
    return tuple(Option(value=name, label=label_of(name, one)) for name, one in found.items())


def _asked(work: Workspace, names: Names, step: Act) -> tuple[Option, ...]:
    object_name = names.object_of(step.record) or ""
    action = work.registry.actions.get(object_name, {}).get(step.action)
    if action is None:
        return ()
    asked = [one.name for one in msgspec.structs.fields(action.command) if one.name != object_name]
    return tuple(Option(value=name, label=name.replace("_", " ").capitalize()) for name in asked)


def read_struct(kind: type[Any], form: Form, kept: Any) -> Any:
    """What the form says as the struct; what it does not show stays as it was. Invalid for a number that is none."""
    values: dict[str, Any] = {}
    problems = []
    for field in msgspec.structs.fields(kind):
        before = getattr(kept, field.name)
        if isinstance(before, dict):
            if f"{field.name}.key" in form:
                values[field.name] = _pairs(form, field.name)
        elif isinstance(before, bool):
            values[field.name] = last(form, field.name) in ("true", "on", "1")
        elif isinstance(before, int):
            if field.name in form:
                try:
                    values[field.name] = int(last(form, field.name) or 0)
                except ValueError:
                    problems.append(Problem("invalid_value", _("Write a whole number."), field.name))
        elif (isinstance(before, str) or before is None) and field.name in form and field.name != "id":
            found = last(form, field.name)
            values[field.name] = (found or None) if field.name in ("before", "after") else found
    if problems:
        raise Invalid.of(problems)
    return msgspec.structs.replace(kept, **values)


def _pairs(form: Form, name: str) -> dict[str, str]:
    keys, found = form.get(f"{name}.key", []), form.get(f"{name}.value", [])
    return {key.strip(): value.strip() for key, value in zip(keys, found, strict=False) if key.strip()}


def trigger_form(work: Workspace, body: Body, errors: Mapping[str, str], views: tuple[Option, ...] = ()) -> Built:
    """The inputs of the trigger, and of how the flow runs. views: filters that a segment may take over."""
    trigger = body.trigger
    one = work.registry.objects.get(trigger.object)
    fields: list[FormField] = []
    pairs: list[Pairs] = []
    if isinstance(trigger, RecordTrigger) and one is not None:
        shown = [
            field for field in one.all_fields.values()
            if field.stored and not field.system and not field.hidden and work.actor.readable(one, field)
        ]  # fmt: skip
        named = tuple(Option(value=field.name, label=field.title) for field in shown)
        fields += [
            text("happens", _("When it is"), tuple(trigger.happens), errors, kind="choices", options=spoken(_HAPPENS)),
            text(
                "fields", _("Only when one of these changed"), tuple(trigger.fields), errors, kind="choices",
                options=named, help=_("None: any field."),
            ),
            text("before", _("From"), trigger.before or "", errors, help=_("Of the one field above. Empty: anything.")),
            text("after", _("To"), trigger.after or "", errors, help=_("Of the one field above. Empty: anything.")),
        ]  # fmt: skip
    if isinstance(trigger, SegmentTrigger):
        fields.append(
            text("happens", _("When"), tuple(trigger.happens), errors, kind="choices", options=spoken(_SEGMENT))
        )
        if views:
            fields.append(
                text("view", _("Take the filter of a view"), "", errors, kind="choice", options=views, placeholder="–")
            )
    if isinstance(trigger, DateTrigger):
        dates = [field for field in (one.all_fields.values() if one else ()) if isinstance(field, (Date, DateTime))]
        named = tuple(Option(value=field.name, label=field.title) for field in dates)
        units = tuple(Option(value=name, label=unit_words(name, 2)) for name in UNITS)
        fields += [
            text("field", _("Date"), trigger.field, errors, kind="choice", options=named, required=True),
            text(
                "amount", _("Distance"), str(trigger.amount), errors, kind="integer",
                help=_("Below zero is before the date: -90 days."),
            ),
            text("unit", _("Unit"), trigger.unit, errors, kind="choice", options=units),
            text("at", _("Time of day"), trigger.at, errors, help=_("For dates without a time, such as 09:00.")),
            text("zone", _("Time zone"), trigger.zone, errors, help=_("Empty: the workspace's.")),
        ]  # fmt: skip
    if isinstance(trigger, ScheduleTrigger):
        fields += [
            text("cron", _("Times"), trigger.cron, errors, required=True, help=_(_SCHEDULE_HELP)),
            text("zone", _("Time zone"), trigger.zone, errors, help=_("Empty: the workspace's.")),
        ]
    if isinstance(trigger, EventTrigger):
        fields.append(
            text("event", _("Event"), trigger.event, errors, required=True, max_length=60,
                 help=_("As the modules name it: OpportunityWon, LeadConverted, TaskCompleted, MeetingHeld."))
        )  # fmt: skip
    if isinstance(trigger, ButtonTrigger):
        fields.append(text("label", _("What the button says"), trigger.label, errors, max_length=60))
        pairs.append(
            Pairs(
                name="inputs", label=_("What is asked first"), rows=_rows(trigger.inputs),
                help=_("A name and its type: text, number, boolean, date or datetime. Steps read it as body.name."),
            )
        )  # fmt: skip
    if isinstance(trigger, WebhookTrigger):
        pairs.append(
            Pairs(
                name="inputs", label=_("What is taken from its JSON"), rows=_rows(trigger.inputs),
                help=_("A name and its type: text, number, boolean, date or datetime; further in: data.email:text."),
            )
        )  # fmt: skip
    if trigger.object:
        help_ = _('A condition over the record; empty: always. Such as amount > 1000 and stage = "won".')
        fields.append(text("where", _("Only when"), trigger.where, errors, kind="long_text", wide=True, help=help_))
    fields += [
        text("limit", _("Runs at once"), str(body.limit), errors, kind="integer", help=_("0: as many as there are.")),
        text("key", *_key(body), errors, help=_(_LABELS["key"][1])),
        text("hours", _("Longest run, in hours"), str(body.hours), errors, kind="integer"),
        text("warnings", _("Where a validation rule only warns"), body.warnings, errors, kind="choice",
             options=spoken((("refuse", later("The step fails")), ("pass", later("The run goes on")))), required=True),
        text(
            "role", _("With no more than the role"), body.role, errors, kind="choice", options=_roles(work),
            placeholder=_("All that its publisher may"),
        ),
    ]  # fmt: skip
    return Built(fields=tuple(fields), pairs=tuple(pairs))


def _key(body: Body) -> tuple[str, str]:
    return _(_LABELS["key"][0]), body.key


def _roles(work: Workspace) -> tuple[Option, ...]:
    return tuple(Option(value=one.name, label=one.title) for one in work.registry.roles.values())


def read_trigger(form: Form, body: Body) -> Body:
    """The trigger and how the flow runs, as the form says."""
    trigger = read_struct(type(body.trigger), form, body.trigger)
    if isinstance(trigger, RecordTrigger):
        trigger = msgspec.structs.replace(
            trigger, happens=tuple(form.get("happens", ())), fields=tuple(_filled(form.get("fields", ())))
        )
    if isinstance(trigger, SegmentTrigger):
        where = last(form, "view") or trigger.where
        trigger = msgspec.structs.replace(trigger, happens=tuple(form.get("happens", ())), where=where)
    values = {}
    for name in ("limit", "hours"):
        found = last(form, name) or "0"
        if not found.isdecimal() or int(found) > 100_000:
            raise Invalid.of([Problem("invalid_value", _("Write a whole number."), name)])
        values[name] = int(found)
    return msgspec.structs.replace(
        body, trigger=trigger, limit=values["limit"], hours=values["hours"] or 1, key=last(form, "key"),
        role=last(form, "role"), warnings="pass" if last(form, "warnings") == "pass" else "refuse",
    )  # fmt: skip


def _filled(values: Sequence[str]) -> list[str]:
    return [one for one in values if one]
