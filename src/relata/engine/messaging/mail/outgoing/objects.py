"""Mails that people write, and mailings to many: ordinary objects. What is being written is its owner's alone; once it
has left, it is an e-mail of its mailbox as well, and seen by who sees that."""

from __future__ import annotations

from relata.engine.metadata.fields import (
    AnyLink,
    Boolean,
    Choice,
    DateTime,
    Integer,
    Link,
    LongText,
    Option,
    RichText,
    Text,
)
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.layout import Layout, Section
from relata.engine.metadata.object import Lifecycle, Object

WRITTEN, MAILING, STOP = "written_email", "mailing", "mail_stop"
_MINE = Grant(read="own", create="own", change="own", delete="own")

STATES = (
    Option("draft", colour="grey"),
    Option("held", "About to go", "amber"),
    Option("scheduled", colour="violet"),
    Option("queued", "On its way", "amber"),
    Option("sending", colour="amber"),
    Option("sent", colour="green"),
    Option("uncertain", "May have been sent", "orange"),
    Option("failed", "Not sent", "red"),
    Option("bounced", "Came back", "red"),
)
#: From here it can still be called back.
WAITING = ("held", "scheduled", "queued")

WRITTEN_OBJECT = Object(
    WRITTEN,
    label="Outgoing e-mail",
    plural_label="Outgoing e-mails",
    help="A mail on its way from the first word until it has left.",
    example="An offer that leaves tomorrow at eight.",
    icon="send",
    colour="blue",
    title_field="subject",
    everyone=_MINE,
    personal=True,
    lifecycle=Lifecycle(
        "state",
        initial="draft",
        moves={
            "draft": ("held", "scheduled", "queued"),
            "held": ("draft", "sending", "queued", "failed"),
            "scheduled": ("draft", "sending", "queued", "failed"),
            "queued": ("draft", "sending", "failed"),
            "sending": ("sent", "uncertain", "failed", "queued"),
            "uncertain": ("sent", "draft", "bounced"),
            "failed": ("draft",),
            "sent": ("bounced",),
        },
        starts=("queued", "failed"),
    ),
    indexes=(("mailbox", "handed_at"),),
    fields=(
        Text("subject", max_length=255, searchable=True, sensitivity="personal", help="What it is about."),
        Link("mailbox", "mailbox", reverse="written", help="From which address it goes."),
        LongText("to_addresses", label="To", max_length=20_000, sensitivity="personal", help="Who gets it."),
        LongText("cc_addresses", label="Copy", max_length=20_000, sensitivity="personal", help="Who gets a copy."),
        LongText("bcc_addresses", label="Blind copy", max_length=20_000, sensitivity="personal",
                 help="Who gets a copy that the others do not know of."),
        RichText("body", label="Text", max_length=200_000, help="What is written; Markdown is understood."),
        AnyLink("about", reverse="written_emails", help="The record from which it was written."),
        Choice(
            "state", default="draft", indexed=True, read_only=True, options=STATES, help="How far it has come.",
        ),
        DateTime("send_at", label="Goes out", indexed=True, read_only=True, help="Not before this moment."),
        DateTime("sent_at", label="Sent", read_only=True, indexed=True, help="When the server took it."),
        Text("problem", max_length=500, read_only=True, help="Why it was not sent, or what is not known of it."),
        Text("remedy", max_length=500, read_only=True, help="What to do about it."),
        Link("answers", "email", reverse="answers", on_delete="clear", help="The e-mail that it answers or forwards."),
        Choice(
            "manner", label="Kind", default="new", help="What it is to the e-mail before it.",
            options=(Option("new"), Option("reply"), Option("reply_all"), Option("forward")),
        ),
        Boolean("leaves_files", label="Without its files", default=False,
                help="The files of the mail that it forwards stay behind."),
        Link("email", "email", reverse="written_as", on_delete="clear", read_only=True, help="What went out."),
        Link("mailing", MAILING, reverse="mails", on_delete="cascade", read_only=True, help="Sent to many with it."),
        DateTime("bounced_at", label="Came back", read_only=True,
                 help="When a server said that somebody did not get it."),
        LongText("bounced_addresses", label="Did not get it", max_length=20_000, read_only=True, sensitivity="personal",
                 help="Recipients whose server sent it back."),
        DateTime("opened_at", label="Opened", read_only=True, help="When it was first opened, as far as one can know."),
        DateTime("clicked_at", label="Clicked", read_only=True, help="When a link in it was first followed."),
        DateTime("replied_at", label="Answered", read_only=True, help="When the first answer came."),
        Boolean("tracks_opens", label="Notes that it is opened", default=False, read_only=True,
                help="With a picture that is asked for."),
        Boolean("tracks_clicks", label="Notes that links are followed", default=False, read_only=True,
                help="Links lead through here."),
        Text("message_id", max_length=200, indexed=True, hidden=True, read_only=True, help="Its Message-ID."),
        Integer("attempt", default=0, hidden=True, read_only=True, help="How often it was taken up."),
        DateTime("handed_at", hidden=True, read_only=True, help="When the server was given it; from then on it may be"
                 " out."),
    ),
)  # fmt: skip

MAILING_OBJECT = Object(
    MAILING,
    label="Mailing",
    help="One mail to many people, each of whom gets their own.",
    example="An invitation to the spring fair, for every customer in Austria.",
    icon="megaphone",
    colour="violet",
    title_field="subject",
    nav=False,
    everyone=_MINE,
    personal=True,
    fields=(
        Text("subject", required=True, max_length=255, searchable=True, help="The subject, with merge fields."),
        RichText("body", label="Text", required=True, help="The text, with merge fields."),
        Link("mailbox", "mailbox", required=True, reverse="mailings", help="From which address it goes."),
        Text("object", label="Sent to", required=True, max_length=60, help="The object whose records get it."),
    ),
)  # fmt: skip

STOP_OBJECT = Object(
    STOP,
    label="Stopped address",
    plural="mail_stops",
    plural_label="Stopped addresses",
    help="An address that gets no mailings: its person does not want them, or it does not exist.",
    icon="circle-x",
    colour="red",
    title_field="address",
    nav=False,
    everyone=Grant(read="own", create="own"),
    fields=(
        Text("address", required=True, unique=True, max_length=254, searchable=True, sensitivity="personal",
             help="The e-mail address."),
        Choice(
            "reason", required=True, default="asked", help="Why it gets none.",
            options=(
                Option("asked", "Asked us to stop"), Option("unsubscribed", "Unsubscribed from a mail"),
                Option("bounced", "Does not exist"),
            ),
        ),
    ),
)  # fmt: skip

LAYOUTS = (
    Layout(
        WRITTEN,
        columns=("to_addresses", "state", "send_at", "sent_at", "opened_at", "replied_at", "mailbox"),
        order="-created_at",
        highlights=("state", "to_addresses", "send_at", "sent_at", "mailbox"),
        sections=(
            Section("Mail", ("subject", "to_addresses", "cc_addresses", "bcc_addresses", "body")),
            Section("Sending", ("state", "problem", "remedy", "send_at", "sent_at", "mailbox", "email")),
            Section(
                "What followed",
                (
                    "opened_at",
                    "clicked_at",
                    "replied_at",
                    "bounced_at",
                    "bounced_addresses",
                    "tracks_opens",
                    "tracks_clicks",
                ),
            ),
            Section("Belongs to", ("about", "answers", "manner", "mailing")),
        ),
    ),
    Layout(
        MAILING,
        columns=("object", "mailbox", "created_at"),
        order="-created_at",
        highlights=("object", "mailbox", "created_at"),
        sections=(Section("Mailing", ("subject", "body", "mailbox", "object")),),
        related=("mails",),
    ),
    Layout(
        STOP,
        columns=("reason", "created_at"),
        order="-created_at",
        highlights=("reason", "created_at"),
        sections=(Section("Address", ("address", "reason")),),
        quick=("address", "reason"),
    ),
)
