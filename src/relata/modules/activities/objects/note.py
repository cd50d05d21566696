"""What is worth remembering."""

from __future__ import annotations

from relata.engine.metadata.fields import AnyLink, Boolean, Links, RichText, Tags, Text
from relata.engine.metadata.object import Happening, Object
from relata.modules.activities import contracts

NOTE = Object(
    contracts.NOTE,
    label="Note",
    help="Something worth remembering about a record.",
    example="Ring at gate 2; the technician needs a pass a day ahead.",
    icon="sticky-note",
    colour="amber",
    title_field="subject",
    indexes=(("about", "created_at"),),
    happening=Happening(),
    fields=(
        Text("subject", max_length=200, searchable=True, help="A title; the first line of the text if left empty."),
        RichText("body", label="Text", required=True, searchable=True, help="The note itself; Markdown is understood."),
        AnyLink("about", help="The record that the note is about: an account, a contact, a deal or anything else."),
        Links("mentions", "user", reverse="mentioned_in_notes", help="Who is asked to read it."),
        Boolean("is_pinned", label="Pinned", default=False, help="Shown above the other notes."),
        Tags("tags", indexed=True, help="Words of your own, to find notes by."),
    ),
)
