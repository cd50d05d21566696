"""A scheduled import as a record: from where, how often, with which mapping; its runs are imports that link to it."""

from __future__ import annotations

from typing import Any

from relata.engine.metadata.fields import Boolean, Choice, DateTime, Link, LongText, Option, Text
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.layout import Layout, Section
from relata.engine.metadata.module import Guard
from relata.engine.metadata.object import Object
from relata.foundation.errors import Denied, Invalid, Problem
from relata.foundation.i18n import gettext as _

IMPORT_SCHEDULE = "import_schedule"

SCHEDULE = Object(
    IMPORT_SCHEDULE,
    label="Scheduled import",
    plural_label="Scheduled imports",
    help="Files that are imported again and again: from an address, a mailbox or a folder. Nothing comes in twice.",
    example="The agency's list of new addresses, every Monday.",
    icon="calendar-clock",
    nav=False,
    everyone=Grant(read="own", create="own", change="own", delete="own"),
    personal=True,
    fields=(
        Text("name", required=True, max_length=120, help="What it is called."),
        Choice(
            "source",
            required=True,
            default="address",
            help="Where the files are.",
            options=(
                Option("address", "An address"),
                Option("mailbox", "Mails to a mailbox"),
                Option("folder", "A folder on the server"),
            ),
        ),
        Text(
            "address", max_length=2000, visible='source = "address"', required_when='source = "address"',
            help="The file's address, beginning with https://.",
        ),
        Text(
            "folder", max_length=500, visible='source = "folder"', required_when='source = "folder"',
            help="A folder that the operator allows (RELATA_IMPORT_FOLDERS), or one below it.",
        ),
        Link(
            "mailbox", "mailbox", reverse="scheduled_imports", on_delete="cascade", visible='source = "mailbox"',
            required_when='source = "mailbox"', help="The mailbox to which the files are sent.",
        ),
        Text(
            "sender", max_length=254, visible='source = "mailbox"', required_when='source = "mailbox"',
            help="From whose address alone; its server must refuse mail with a forged sender.",
        ),
        Text(
            "pattern", max_length=80, default="*.csv", visible='source != "address"',
            help="Which files, such as contacts-*.csv.",
        ),
        Link(
            "mapping", "import_mapping", required=True, reverse="schedules", on_delete="restrict",
            help="How the columns become fields: keep a mapping under a name in an import, and choose it here.",
        ),
        Choice(
            "every",
            required=True,
            default="day",
            help="How often it is looked for new files.",
            options=(Option("hour", "Hour"), Option("day", "Day"), Option("week", "Week")),
        ),
        Boolean("is_quiet", label="Quiet", default=True, help="Whether nobody is told and no automation runs."),
        Boolean("is_active", label="Active", default=True, help="Whether it runs."),
        DateTime("next_at", label="Next", read_only=True, indexed=True, help="When it runs next."),
        DateTime("last_at", label="Last", read_only=True, help="When it ran last."),
        LongText("last_result", label="Result", read_only=True, max_length=2000, help="What came of it."),
    ),
)  # fmt: skip


#: Whoever changes one of these wants to see what comes of it soon.
_WHEN = ("source", "address", "mailbox", "sender", "folder", "pattern", "every", "is_active")


async def check_schedule(work: Any, draft: Any) -> None:
    """Who may not import may not have it done either; folders of the server are for administrators."""
    if work.trusted:
        return
    if not work.actor.rights.permits("import_records"):
        raise Denied(_("You may not import records."), code="denied_import")
    if draft["source"] == "folder" and not work.actor.rights.permits("manage_objects"):
        raise Denied(_("Only administrators may import from folders of the server."), code="denied_folder")
    if draft["owner"] != work.actor.user:
        raise Invalid.of([Problem("not_yours", _("A scheduled import runs as its owner, which is you."), "owner")])
    if draft["source"] == "mailbox" and draft.changed("mailbox") and draft["mailbox"]:
        await work.get("mailbox", draft["mailbox"])
    if draft["source"] == "address" and draft["address"] and not str(draft["address"]).startswith("https://"):
        raise Invalid.of([Problem("address", _("The address must begin with https://."), "address")])
    if draft.is_new or any(map(draft.changed, _WHEN)):
        draft.set("next_at", work.clock.now if draft["is_active"] is not False else None)


GUARD = Guard(IMPORT_SCHEDULE, check_schedule)
LAYOUT = Layout(
    IMPORT_SCHEDULE,
    columns=("source", "every", "is_active", "last_at", "last_result", "next_at"),
    sections=(
        Section(
            "Import",
            (
                "name",
                "source",
                "address",
                "mailbox",
                "sender",
                "folder",
                "pattern",
                "mapping",
                "every",
                "is_quiet",
                "is_active",
                "owner",
            ),
        ),
        Section("Runs", ("last_at", "last_result", "next_at")),
    ),
)
