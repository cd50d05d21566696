"""What starts a flow, as data."""

from __future__ import annotations

from typing import Literal

import msgspec

#: Actions in the log that a flow can start on.
HAPPENINGS = ("created", "changed", "deleted", "restored")
#: The action of an announced event.
ANNOUNCED = "announced"


class Trigger(msgspec.Struct, frozen=True, tag_field="on", omit_defaults=True, kw_only=True):
    """What all triggers have. object: of which records; "" for none. where: a condition over the record, asked once
    when the run begins, as whom the flow runs as."""

    object: str = ""
    where: str = ""


class RecordTrigger(Trigger, frozen=True, tag="record", omit_defaults=True, kw_only=True):
    """Something happened to a record. fields: one of these must have changed; empty for any. before, after: what the
    first of `fields` must have been and become, as the API writes it; None for anything. many: of a bulk change or an
    import, each record starts a run, or the first that fits does, once."""

    happens: tuple[str, ...] = ("created",)
    fields: tuple[str, ...] = ()
    before: str | None = None
    after: str | None = None
    many: Literal["each", "once"] = "each"


class DateTrigger(Trigger, frozen=True, tag="date", omit_defaults=True, kw_only=True):
    """So long before (a negative amount) or after a date of the record. unit: minutes, hours, days, working_days, weeks
    or months. at: the time of day for fields without one, in `zone` (empty: the workspace's)."""

    field: str
    amount: int = 0
    unit: str = "days"
    at: str = "09:00"
    zone: str = ""


class ScheduleTrigger(Trigger, frozen=True, tag="schedule", omit_defaults=True, kw_only=True):
    """At times of the clock. cron: five fields, in `zone` (empty: the workspace's)."""

    cron: str
    zone: str = ""


class ButtonTrigger(Trigger, frozen=True, tag="button", omit_defaults=True, kw_only=True):
    """A person starts it on a record or on several. label: what the button says. inputs: what they are asked first, by
    name: its type, as for a request from outside."""

    label: str = ""
    inputs: dict[str, str] = {}


class CallTrigger(Trigger, frozen=True, tag="call", omit_defaults=True, kw_only=True):
    """Another flow starts it."""


class WebhookTrigger(Trigger, frozen=True, tag="webhook", omit_defaults=True, kw_only=True):
    """A signed request from outside. inputs: what is taken from its JSON, by name: its type (text, number, boolean,
    date, datetime), or `path:type` where it stands further in."""

    inputs: dict[str, str] = {}


class SegmentTrigger(Trigger, frozen=True, tag="segment", omit_defaults=True, kw_only=True):
    """A record begins to fulfil `where`, or does so no more. happens: enters, leaves. Changes of the record are noticed
    at once; what time or other records do, within a quarter of an hour."""

    happens: tuple[str, ...] = ("enters",)


class EventTrigger(Trigger, frozen=True, tag="event", omit_defaults=True, kw_only=True):
    """A module announced something about a record. event: its name, such as OpportunityWon."""

    event: str


#: Triggers that bring values along.
BRINGING = (WebhookTrigger, ButtonTrigger)

AnyTrigger = (
    RecordTrigger
    | DateTrigger
    | ScheduleTrigger
    | ButtonTrigger
    | CallTrigger
    | WebhookTrigger
    | SegmentTrigger
    | EventTrigger
)
