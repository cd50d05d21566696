"""An export as an ordinary object: whoever began it sees it, comes back to it and fetches its file, and nobody else."""

from __future__ import annotations

from relata.engine.metadata.fields import Choice, DateTime, Integer, Json, LongText, Option, Text
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.layout import Layout, Section
from relata.engine.metadata.module import Module
from relata.engine.metadata.object import Object

EXPORT_RUN = "export_run"

OBJECT = Object(
    EXPORT_RUN,
    by_hand=False,
    label="Export",
    plural_label="Exports",
    help="Records that leave as a file which the server writes: what was asked for, how far it is, and until when the"
    " file is kept.",
    icon="download",
    nav=False,
    personal=True,
    everyone=Grant(read="own"),
    fields=(
        Text("name", required=True, max_length=200, read_only=True, help="What leaves."),
        Text("records_of", max_length=80, read_only=True, label="Records of", help="The name of the object."),
        Choice(
            "form",
            required=True,
            read_only=True,
            label="Format",
            help="What kind of file it is.",
            options=(
                Option("csv", "CSV"),
                Option("xlsx", "XLSX"),
                Option("jsonl", "JSON lines"),
                Option("parquet", "Parquet"),
                Option("zip", "ZIP with files"),
            ),
        ),
        Choice(
            "status",
            required=True,
            read_only=True,
            help="How far it is.",
            options=(
                Option("running", colour="blue"),
                Option("done", colour="green"),
                Option("cancelled"),
                Option("failed", colour="red"),
                Option("gone", "File removed"),
            ),
        ),
        Integer("total", read_only=True, help="How many records there were when it began."),
        Integer("written", read_only=True, help="How many records have been read, those that belong to them included."),
        Integer("bytes", read_only=True, label="Bytes", help="How large the file is."),
        LongText("error", read_only=True, help="Why it ended early, or why the file is gone."),
        DateTime("finished_at", label="Finished", read_only=True, ends=True, help="When it ended."),
        DateTime("kept_until", label="Kept until", read_only=True, help="When the file is removed."),
        Text("file", max_length=40, read_only=True, hidden=True, help="Where its bytes lie: an id."),
        Text("digest", max_length=64, read_only=True, hidden=True, help="The SHA-256 of the file."),
        Text("basis", max_length=64, read_only=True, hidden=True, help="Of the rights that it was written with."),
        Json("plan", read_only=True, hidden=True, sensitivity="secret", help="What was asked for; kept from everyone."),
    ),
)

MODULE = Module(
    "exports",
    "Exports",
    "Records that leave as files: written by the server, kept for a day.",
    essential=True,
    objects=(OBJECT,),
    layouts=(
        Layout(
            EXPORT_RUN,
            columns=("form", "status", "total", "bytes", "kept_until", "created_at"),
            order="-created_at",
            highlights=("status", "form", "total", "bytes", "kept_until"),
            sections=(Section("Export", ("name", "records_of", "form", "error", "finished_at")),),
        ),
    ),
)
