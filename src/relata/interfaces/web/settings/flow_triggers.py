"""The form of what starts a flow and how it runs, and what it sends."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from relata.engine.automation.flows.checking import UNITS
from relata.engine.automation.flows.definition import Body
from relata.engine.automation.flows.triggers import (
    ButtonTrigger,
    DateTrigger,
    EventTrigger,
    RecordTrigger,
    ScheduleTrigger,
    SegmentTrigger,
    WebhookTrigger,
)  # fmt: skip
from relata.engine.automation.flows.wording import unit_words
from relata.engine.metadata.fields import Date, DateTime
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import later
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.settings.flow_inputs import LABELS, Built, Pairs, filled, read_struct, rows_of
from relata.interfaces.web.settings.frame import Form, last, spoken, text

_HAPPENS = (
    ("created", later("Created")), ("changed", later("Changed")), ("deleted", later("Deleted")),
    ("restored", later("Restored")),
)  # fmt: skip
_SEGMENT = (("enters", later("It begins to fulfil it")), ("leaves", later("It no longer fulfils it")))
_SCHEDULE_HELP = later("Minute, hour, day, month, weekday: 0 9 * * 1 is every Monday at nine.")


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
            text("many", _("When many are changed at once"), trigger.many, errors, kind="choice", required=True,
                 options=spoken((("each", later("A run for each record")), ("once", later("One run for all"))))),
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
                name="inputs", label=_("What is asked first"), rows=rows_of(trigger.inputs),
                help=_("A name and its type: text, number, boolean, date or datetime. Steps read it as body.name."),
            )
        )  # fmt: skip
    if isinstance(trigger, WebhookTrigger):
        pairs.append(
            Pairs(
                name="inputs", label=_("What is taken from its JSON"), rows=rows_of(trigger.inputs),
                help=_("A name and its type: text, number, boolean, date or datetime; further in: data.email:text."),
            )
        )  # fmt: skip
    if trigger.object:
        help_ = _('A condition over the record; empty: always. Such as amount > 1000 and stage = "won".')
        fields.append(text("where", _("Only when"), trigger.where, errors, kind="long_text", wide=True, help=help_))
    fields += [
        text("limit", _("Runs at once"), str(body.limit), errors, kind="integer", help=_("0: as many as there are.")),
        text("key", *_key(body), errors, help=_(LABELS["key"][1])),
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
    return _(LABELS["key"][0]), body.key


def _roles(work: Workspace) -> tuple[Option, ...]:
    return tuple(Option(value=one.name, label=one.title) for one in work.registry.roles.values())


def read_trigger(form: Form, body: Body) -> Body:
    """The trigger and how the flow runs, as the form says."""
    trigger = read_struct(type(body.trigger), form, body.trigger)
    if isinstance(trigger, RecordTrigger):
        trigger = msgspec.structs.replace(
            trigger, happens=tuple(form.get("happens", ())), fields=tuple(filled(form.get("fields", ())))
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
