"""The people who work here and their teams: ordinary objects, so that they have lists, links, history and API."""

from __future__ import annotations

from relata.engine.identity.guards import GUARDS
from relata.engine.metadata.fields import Boolean, Choice, File, Json, Link, Links, Option, Phones, Tags, Text, User
from relata.engine.metadata.layout import Layout, Section
from relata.engine.metadata.module import Grant, Module, Role
from relata.engine.metadata.object import Object

TEAM = Object(
    "team",
    label="Team",
    help="A group of people; teams form a hierarchy, and access follows it.",
    icon="users",
    reference=True,
    nav=False,
    fields=(
        Text("name", required=True, max_length=120, searchable=True, help="What the team is called."),
        Link("parent", "team", reverse="subteams", help="The team above this one."),
        User("manager", reverse="managed_teams", help="Who leads the team."),
    ),
)

USER = Object(
    "user",
    label="Person",
    plural_label="People",
    help="Someone who works here.",
    icon="user",
    reference=True,
    nav=False,
    fields=(
        Text(
            "name",
            required=True,
            max_length=120,
            searchable=True,
            sensitivity="personal",
            help="How colleagues see this person.",
        ),
        Text(
            "email",
            unique=True,
            max_length=254,
            searchable=True,
            sensitivity="personal",
            help="The address that signs in.",
        ),
        Text("title", max_length=120, help="What the person does here."),
        Phones("phone", sensitivity="personal", help="Where colleagues reach this person."),
        User("manager", reverse="reports", help="Who this person reports to."),
        Tags("roles", help="The roles that decide what this person may do."),
        Choice(
            "status",
            default="active",
            help="Whether this person may sign in.",
            options=(Option("active", colour="green"), Option("invited", colour="blue"), Option("inactive")),
        ),
        Text("time_zone", max_length=60, help="IANA name, such as Europe/Berlin."),
        Text("language", max_length=10, help="IETF tag, such as en or de."),
        Boolean("is_external", default=False, help="True for portal users and integrations."),
        File("photo", sensitivity="personal", help="A picture of the person."),
        Json("preferences", hidden=True, help="How this person likes dates, numbers and screens."),
        Json(
            "directory",
            hidden=True,
            read_only=True,
            sensitivity="personal",
            help="What the company's directory said of this person, in its own words.",
        ),
        Text(
            "directory_name",
            max_length=500,
            hidden=True,
            read_only=True,
            indexed=True,
            sensitivity="personal",
            help="What the company's directory calls this person, in small letters.",
        ),
    ),
)

GROUP = Object(
    "people_group",
    label="Group",
    plural="people_groups",
    help="People whom the company's directory put together. What the group may do, its members may.",
    icon="users-round",
    nav=False,
    fields=(
        Text("name", required=True, max_length=200, searchable=True, help="What the directory calls it."),
        Links("members", "user", reverse="people_groups", read_only=True, help="Who is in it; the directory decides."),
        Tags("roles", read_only=True, help="The roles that its members get."),
        Text("external_id", max_length=200, read_only=True, indexed=True, help="What the directory knows it by."),
    ),
)

MODULE = Module(
    "people",
    "People and teams",
    "Who works here, in which team, with which rights.",
    essential=True,
    objects=(TEAM, USER, GROUP),
    guards=GUARDS,
    layouts=(
        Layout("team", columns=("parent", "manager"), order="name", highlights=("parent", "manager")),
        Layout(
            "user",
            columns=("title", "email", "team", "manager", "status"),
            order="name",
            highlights=("title", "team", "manager", "email"),
            sections=(
                Section("Person", ("name", "title", "email", "phone", "manager", "team")),
                Section("Access", ("status", "roles", "time_zone", "language")),
            ),
            related=("reports", "managed_teams"),
        ),
    ),
    roles=(
        Role("admin", "Administrator", "Everything.", {"*": Grant("all", "all", "all", "all")}, ("*",)),
        Role(
            "member",
            "Member",
            "Sees and edits everything; configures nothing.",
            {"*": Grant("all", "all", "all", "own"), "user": Grant("all"), "team": Grant("all")},
            ("import_records", "export_records", "see_deleted"),
        ),
        Role(
            "reader",
            "Reader",
            "Sees everything, changes nothing.",
            {"*": Grant("all")},
        ),
    ),
)
