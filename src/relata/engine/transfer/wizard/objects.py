"""An import and a saved mapping as ordinary objects: who began an import sees it, comes back to it and takes it back;
a mapping is there for everyone."""

from __future__ import annotations

from relata.engine.metadata.fields import Boolean, Choice, DateTime, Integer, Json, Link, LongText, Option, Text
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.layout import Layout, Section
from relata.engine.metadata.module import Module
from relata.engine.metadata.object import Object
from relata.engine.transfer.wizard.schedule_object import GUARD, LAYOUT, SCHEDULE

IMPORT_RUN, IMPORT_MAPPING, IMPORT_SET = "import_run", "import_mapping", "import_set"

MAPPING = Object(
    IMPORT_MAPPING,
    label="Import mapping",
    plural_label="Import mappings",
    help="How the columns of a kind of file become the fields of an object; used again for the next such file.",
    icon="table-properties",
    nav=False,
    everyone=Grant(read="all", create="own", change="own", delete="own"),
    fields=(
        Text("name", required=True, max_length=120, help="What the mapping is called."),
        Text("records_of", max_length=80, read_only=True, label="Records of", help="The name of the object."),
        Text("header", max_length=64, read_only=True, hidden=True, help="Which header it fits: a digest of the names."),
        Json("document", read_only=True, hidden=True, sensitivity="secret", help="The mapping; kept from everyone."),
    ),
)

RUN = Object(
    IMPORT_RUN,
    label="Import",
    plural_label="Imports",
    help="One file that is or was imported: what it brings, how far it is, and what was left out.",
    icon="upload",
    nav=False,
    everyone=Grant(read="own"),
    fields=(
        Text("name", required=True, max_length=255, read_only=True, help="The file's name."),
        Text("records_of", max_length=80, read_only=True, label="Records of", help="The name of the object."),
        Choice(
            "status",
            required=True,
            read_only=True,
            help="How far the import is.",
            options=(
                Option("draft", "Columns to be matched"),
                Option("checking", "Being checked", "blue"),
                Option("checked", "Ready to begin", "teal"),
                Option("running", colour="blue"),
                Option("paused", colour="orange"),
                Option("done", colour="green"),
                Option("cancelled"),
                Option("failed", colour="red"),
            ),
        ),
        Integer("total", read_only=True, label="Rows", help="How many rows the file has."),
        Integer("settled", read_only=True, help="How many rows are settled."),
        Integer("created", read_only=True, label="New", help="How many records were made."),
        Integer("updated", read_only=True, label="Changed", help="How many rows changed a record."),
        Integer("unchanged", read_only=True, label="Same", help="How many rows changed nothing."),
        Integer("skipped", read_only=True, help="How many rows were left out on purpose."),
        Integer("refused", read_only=True, label="Not imported", help="How many rows were refused, and why."),
        LongText("error", read_only=True, help="Why it ended early."),
        DateTime("finished_at", label="Finished", read_only=True, ends=True, help="When it ended."),
        Link(
            "undone_by", "bulk_change", reverse="undone_imports", read_only=True, help="The run that took it back.",
        ),
        Link(
            "together", IMPORT_SET, reverse="imports", read_only=True, on_delete="clear",
            help="The files that were brought at once and belong together.",
        ),
        Link(
            "schedule", "import_schedule", reverse="runs", read_only=True, on_delete="clear",
            help="The scheduled import that brought it.",
        ),
        Integer("place", read_only=True, hidden=True, help="Which of these files comes when, from 0."),
        Boolean("is_quiet", read_only=True, label="Quiet", help="Whether nobody is told and no automation runs."),
        Json("plan", read_only=True, hidden=True, sensitivity="secret", help="The mapping; kept from everyone."),
        Text("header", max_length=64, read_only=True, hidden=True, help="Which header the file has: a digest."),
    ),
)  # fmt: skip

SET = Object(
    IMPORT_SET,
    label="Import of several files",
    plural_label="Imports of several files",
    help="Files that were brought at once and link to each other: previewed, imported and taken back as one.",
    icon="upload",
    nav=False,
    everyone=Grant(read="own"),
    fields=(
        Text("name", required=True, max_length=255, read_only=True, help="The names of the files."),
        Choice(
            "status",
            required=True,
            read_only=True,
            help="How far they are.",
            options=(
                Option("draft", "Columns to be matched"),
                Option("checking", "Being checked", "blue"),
                Option("checked", "Ready to begin", "teal"),
                Option("running", colour="blue"),
                Option("done", colour="green"),
                Option("undoing", "Being taken back", "orange"),
                Option("undone", "Taken back"),
                Option("failed", colour="red"),
            ),
        ),
        LongText("error", read_only=True, help="Why it ended early."),
        Json("plan", read_only=True, hidden=True, help="Which columns of which file link to which other file."),
    ),
)

MODULE = Module(
    "imports",
    "Imports",
    "Bringing records in from files: with a preview, a report and a way back.",
    essential=True,
    objects=(SET, RUN, MAPPING, SCHEDULE),
    guards=(GUARD,),
    layouts=(
        Layout(
            IMPORT_RUN,
            columns=("records_of", "status", "total", "created", "updated", "refused", "created_at"),
            order="-created_at",
            highlights=("status", "total", "created", "updated", "unchanged", "refused"),
            sections=(Section("Import", ("name", "records_of", "is_quiet", "undone_by", "error", "finished_at")),),
        ),
        LAYOUT,
        Layout(
            IMPORT_SET,
            columns=("status", "created_at"),
            sections=(Section("Import", ("name", "status", "error")),),
        ),
        Layout(
            IMPORT_MAPPING,
            columns=("records_of", "owner", "created_at"),
            sections=(Section("Mapping", ("name", "records_of", "owner")),),
        ),
    ),
)
