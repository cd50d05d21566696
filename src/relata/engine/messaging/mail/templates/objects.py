"""Templates and snippets: ordinary objects, so that they have owners, history, search and API."""

from __future__ import annotations

from relata.engine.metadata.fields import Boolean, RichText, Text
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.layout import Layout, Section
from relata.engine.metadata.object import Object

TEMPLATE, SNIPPET = "email_template", "snippet"
#: Who writes mails may read all of them, and keep their own.
_MINE = Grant(read="all", create="own", change="own", delete="own")

TEMPLATE_OBJECT = Object(
    TEMPLATE,
    label="Mail template",
    help="A mail to begin with: its merge fields take values of the record that it is written about.",
    icon="file-text",
    colour="violet",
    nav=False,
    everyone=_MINE,
    fields=(
        Text("name", required=True, max_length=120, searchable=True, help="What the template is called."),
        Text(
            "object",
            label="Written about",
            required=True,
            default="contact",
            max_length=60,
            indexed=True,
            help="The name of the object whose fields it takes, such as contact or opportunity.",
        ),
        Text(
            "subject",
            required=True,
            max_length=255,
            searchable=True,
            help="The subject; {{ record.name }} takes a value of the record.",
        ),
        RichText(
            "body",
            label="Text",
            required=True,
            searchable=True,
            help='The text; {{ coalesce(record.job_title, "you") }} says what stands for a missing value.',
        ),
        Text("language", max_length=10, help="The language it is written in; an IETF tag such as en or de."),
        Boolean("is_archived", label="Archived", default=False, help="No longer offered; kept for what uses it."),
    ),
)

SNIPPET_OBJECT = Object(
    SNIPPET,
    label="Snippet",
    help="Words that one writes often, put into a mail where they are needed.",
    icon="quote",
    colour="violet",
    nav=False,
    everyone=_MINE,
    fields=(
        Text("name", required=True, max_length=120, searchable=True, help="What one finds it by."),
        RichText("body", label="Text", required=True, searchable=True, help="The words; merge fields work here, too."),
        Text(
            "object",
            label="Written about",
            max_length=60,
            help="The name of the object whose fields it takes; empty for words that suit everywhere.",
        ),
    ),
)

LAYOUTS = (
    Layout(
        TEMPLATE,
        columns=("object", "subject", "language", "owner"),
        order="name",
        highlights=("object", "language", "owner"),
        sections=(Section("Template", ("name", "object", "language", "subject", "body", "is_archived")),),
        quick=("name", "object", "subject", "body"),
    ),
    Layout(
        SNIPPET,
        columns=("object", "owner"),
        order="name",
        highlights=("object", "owner"),
        sections=(Section("Snippet", ("name", "body", "object")),),
        quick=("name", "body"),
    ),
)
