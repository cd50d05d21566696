"""Calendars, holidays and absences: ordinary objects, so that they have lists, history, access and API."""

from __future__ import annotations

from relata.engine.automation.working_time.guards import DAYS, GUARDS
from relata.engine.metadata.fields import Boolean, Choice, Date, Link, Option, RichText, Text, User
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.layout import Layout, Section
from relata.engine.metadata.module import Extension, Module
from relata.engine.metadata.object import Object

_SPANS = "^[0-9:,; \u2013-]*$"
_WRITTEN = "From when until when, such as 09:00-12:00, 13:00-17:00; empty on a day off."
_READ = Grant(read="all")

CALENDAR = Object(
    "working_calendar",
    label="Working calendar",
    help="When people work: the hours of each weekday in one time zone, and the holidays.",
    icon="calendar-clock",
    reference=True,
    nav=False,
    everyone=_READ,
    fields=(
        Text("name", required=True, max_length=120, unique=True, searchable=True, help="What it is called."),
        Text("zone", label="Time zone", required=True, max_length=60, help="IANA name, such as Europe/Berlin."),
        Boolean(
            "is_default", label="For everybody", default=False, help="Counts for who has no calendar of their own."
        ),
        Text("monday", max_length=120, pattern=_SPANS, default="09:00-17:00", help=_WRITTEN),
        Text("tuesday", max_length=120, pattern=_SPANS, default="09:00-17:00", help=_WRITTEN),
        Text("wednesday", max_length=120, pattern=_SPANS, default="09:00-17:00", help=_WRITTEN),
        Text("thursday", max_length=120, pattern=_SPANS, default="09:00-17:00", help=_WRITTEN),
        Text("friday", max_length=120, pattern=_SPANS, default="09:00-17:00", help=_WRITTEN),
        Text("saturday", max_length=120, pattern=_SPANS, help=_WRITTEN),
        Text("sunday", max_length=120, pattern=_SPANS, help=_WRITTEN),
    ),
)

HOLIDAY = Object(
    "holiday",
    label="Holiday",
    help="A day with other hours than its weekday's, mostly none.",
    icon="calendar-days",
    reference=True,
    nav=False,
    everyone=_READ,
    unique_together=(("calendar", "day"),),
    fields=(
        Text("name", required=True, max_length=120, help="What is celebrated, or why it is closed."),
        Date("day", required=True, indexed=True, help="On which day."),
        Link(
            "calendar",
            "working_calendar",
            reverse="holidays",
            on_delete="cascade",
            help="In which calendar; empty for the working hours of the whole workspace.",
        ),
        Text("hours", max_length=120, pattern=_SPANS, help="Working hours on this day; empty where nobody works."),
    ),
)

ABSENCE = Object(
    "absence",
    label="Absence",
    help="Days on which a person is away, and who stands in.",
    icon="plane",
    title_field="name",
    nav=False,
    personal=True,  # why somebody is away may be an illness: that is theirs, and their deputy's days alone are shown
    everyone=Grant(read="own", create="own", change="own", delete="own"),
    fields=(
        Text("name", max_length=120, read_only=True, help="Who is away, and until when."),
        User("person", required=True, reverse="absences", on_delete="cascade", help="Who is away."),
        Date("first_day", required=True, indexed=True, help="The first day away."),
        Date("last_day", required=True, indexed=True, help="The last day away."),
        Choice(
            "reason",
            default="vacation",
            sensitivity="personal",
            help="Why; colleagues see it only as far as they may see absences.",
            options=(
                Option("vacation", colour="teal"),
                Option("illness", colour="orange"),
                Option("parental", "Parental leave", "violet"),
                Option("training", colour="blue"),
                Option("other"),
            ),
        ),
        User("deputy", reverse="stands_in", help="Who gets meanwhile what would go to this person."),
        RichText("note", label="Note", sensitivity="personal", help="What the deputy should know."),
    ),
)

#: Which calendar counts for a person or a team.
_CALENDAR = Link(
    "calendar",
    "working_calendar",
    label="Working calendar",
    reverse="used_by_{plural}",
    help="When they work; empty for the team's, or the workspace's.",
)

MODULE = Module(
    "working_time",
    "Working time",
    "When people work: calendars, holidays and absences.",
    essential=True,
    depends=("people",),
    objects=(CALENDAR, HOLIDAY, ABSENCE),
    extensions=(Extension("user", (_CALENDAR,)), Extension("team", (_CALENDAR,))),
    guards=GUARDS,
    layouts=(
        Layout(
            "working_calendar",
            columns=("zone", "monday", "is_default"),
            order="name",
            highlights=("zone", "is_default"),
            sections=(Section("Hours", ("name", "zone", "is_default", *DAYS)),),
            related=("holidays", "used_by_users", "used_by_teams"),
        ),
        Layout(
            "holiday",
            columns=("day", "calendar", "hours"),
            order="day",
            highlights=("day", "calendar"),
            sections=(Section("Holiday", ("name", "day", "calendar", "hours")),),
        ),
        Layout(
            "absence",
            columns=("person", "first_day", "last_day", "reason", "deputy"),
            order="-first_day",
            highlights=("person", "first_day", "last_day", "deputy"),
            sections=(Section("Absence", ("name", "person", "first_day", "last_day", "reason", "deputy", "note")),),
        ),
    ),
)
