"""Forms and what was sent through them: ordinary objects."""

from __future__ import annotations

from relata.engine.automation.capture.consequences import CONSEQUENCES
from relata.engine.automation.capture.guards import GUARDS
from relata.engine.automation.capture.names import FORM, SUBMISSION
from relata.engine.metadata.fields import (
    AnyLink,
    Boolean,
    Choice,
    DateTime,
    Json,
    Link,
    LongText,
    Option,
    RollUp,
    Text,
)
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.layout import Layout, Section
from relata.engine.metadata.module import Module, Role
from relata.engine.metadata.object import Happening, Object

_SENT = 'state != "waiting"'

FORM_OBJECT = Object(
    FORM,
    label="Capture form",
    help="A page on which people who are not signed in leave what becomes a lead or a contact.",
    icon="form",
    nav=False,
    fields=(
        Text("name", required=True, max_length=120, searchable=True, help="What it is called here."),
        Text("key", read_only=True, unique=True, max_length=40, help="The last part of its address."),
        Choice(
            "state",
            required=True,
            default="draft",
            indexed=True,
            help="Whether the page can be opened.",
            options=(Option("draft"), Option("published", colour="green"), Option("closed", colour="orange")),
        ),
        Text("target", required=True, max_length=60, help="The object whose records it makes, such as lead."),
        Json("items", label="Fields", help="What it asks for, in order: field, label, help, use, value, param."),
        Text("title", max_length=160, help="The heading of the page; the name if empty."),
        LongText("intro", max_length=2000, help="What stands below the heading."),
        Text("button", max_length=60, help="What the button says; Send if empty."),
        Text("thanks_title", max_length=160, help="The heading of the page that says thank you."),
        LongText("thanks", max_length=2000, help="What that page says."),
        Text("thanks_address", max_length=300, help="A page that it links to."),
        Text("mail_subject", max_length=160, help="The subject of the mail that thanks; empty sends none."),
        LongText("mail_text", max_length=5000, help="What that mail says."),
        LongText("consent", max_length=2000, label="Consent", help="What people agree to; kept with each submission."),
        Boolean("consent_required", default=False, help="Nothing can be sent without agreeing."),
        Boolean(
            "double_opt_in", default=False, help="Nothing is made before the address was confirmed by a link in a mail."
        ),
        Choice(
            "duplicates",
            required=True,
            default="update",
            help="What happens where somebody with this address is known.",
            options=(
                Option("update", "Complete the known record"),
                Option("attach", "Note it at the known record"),
                Option("new", "Make a new record"),
            ),
        ),
        RollUp("submission_count", over="submissions", where=_SENT, label="Submissions", help="How often it was sent."),
        RollUp(
            "waiting_count",
            over="submissions",
            where='state = "waiting"',
            label="To be confirmed",
            help="How many wait for a confirmation.",
        ),
    ),
)

SUBMISSION_OBJECT = Object(
    SUBMISSION,
    label="Form submission",
    help="What somebody sent through a capture form, where they came from, and what they agreed to.",
    icon="inbox",
    nav=False,
    title_field="title",
    access_parent="about",
    happening=Happening(),
    fields=(
        Text("title", max_length=160, read_only=True, help="Which form it was."),
        Link("form", FORM, required=True, read_only=True, reverse="submissions", on_delete="cascade", help="The form."),
        AnyLink("about", read_only=True, reverse="form_submissions", help="The record that came of it."),
        Choice(
            "state",
            read_only=True,
            indexed=True,
            default="waiting",
            help="What became of it.",
            options=(
                Option("waiting", "To be confirmed", "orange"),
                Option("made", "New record", "green"),
                Option("updated", "Known record completed", "blue"),
                Option("attached", "Noted at a known record"),
            ),
        ),
        Json("answers", read_only=True, sensitivity="personal", help="What was sent."),
        LongText("consent", read_only=True, label="Agreed to", help="The wording that they agreed to."),
        DateTime("consent_at", read_only=True, label="Agreed", help="When they agreed."),
        DateTime("confirmed_at", read_only=True, label="Confirmed", help="When the address was confirmed."),
        Text("page", max_length=500, read_only=True, help="The page from which it came."),
        Text("referrer", max_length=500, read_only=True, help="The site that sent them."),
        Text("utm_source", max_length=120, read_only=True, indexed=True, help="The source that the link named."),
        Text("utm_medium", max_length=120, read_only=True, help="The medium that the link named."),
        Text("utm_campaign", max_length=120, read_only=True, indexed=True, help="The campaign that the link named."),
        Text("utm_term", max_length=120, read_only=True, help="The term that the link named."),
        Text("utm_content", max_length=120, read_only=True, help="The content that the link named."),
    ),
)

MODULE = Module(
    "capture",
    "Capture forms",
    "Pages on which strangers leave what becomes a lead or a contact.",
    essential=True,
    depends=("people", "assignment"),
    objects=(FORM_OBJECT, SUBMISSION_OBJECT),
    guards=GUARDS,
    consequences=CONSEQUENCES,
    roles=(Role("member", grants={FORM: Grant(read="all"), SUBMISSION: Grant(read="own")}),),
    layouts=(
        Layout(
            FORM,
            columns=("state", "target", "submission_count", "waiting_count", "changed_at"),
            order="name",
            highlights=("state", "target", "submission_count"),
            sections=(
                Section("Form", ("name", "state", "target", "key", "double_opt_in", "duplicates")),
                Section("Texts", ("title", "intro", "button", "thanks_title", "thanks", "consent")),
                Section("Figures", ("submission_count", "waiting_count")),
            ),
            related=("submissions",),
        ),
        Layout(
            SUBMISSION,
            columns=("about", "form", "state", "utm_source", "utm_campaign", "created_at"),
            order="-created_at",
            highlights=("form", "state", "about"),
            sections=(
                Section("Submission", ("title", "form", "state", "about", "confirmed_at")),
                Section("Consent", ("consent", "consent_at")),
                Section(
                    "Origin",
                    (
                        "page",
                        "referrer",
                        "utm_source",
                        "utm_medium",
                        "utm_campaign",
                        "utm_term",
                        "utm_content",
                    ),
                ),
            ),
        ),
    ),
)
