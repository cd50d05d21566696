"""E-mails, conversations, and on which records a mail shows: ordinary objects.

An e-mail and its conversation are seen by who sees the mailbox. What others see is a record of its own, the filing:
who sees what it is about sees it, and it holds no more than the mailbox, the conversation and the rules let them know.
What is not shared is not there, on no path (docs/decisions/0036-mail.md).
"""

from __future__ import annotations

from relata.engine.messaging.mail.mailbox_objects import MAILBOX, levels
from relata.engine.metadata.fields import (
    AnyLink,
    Boolean,
    Choice,
    DateTime,
    Integer,
    Link,
    Links,
    LongText,
    Option,
    Text,
    User,
)
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.layout import Board, Layout, Section
from relata.engine.metadata.object import Happening, Object

EMAIL, EMAIL_THREAD, EMAIL_FILING = "email", "email_thread", "email_filing"
#: Characters of a mail's HTML that are kept in the record; longer ones become a file of the mail.
MAX_HTML = 500_000

THREAD_OBJECT = Object(
    EMAIL_THREAD,
    by_hand=False,
    label="Conversation",
    plural_label="Conversations",
    help="E-mails that answer each other.",
    example="A customer asks for an offer, you answer, they agree: one conversation.",
    icon="messages-square",
    colour="blue",
    title_field="subject",
    access_parent="mailbox",
    everyone=Grant(read="team", change="team"),
    personal=True,
    indexes=(("mailbox", "last_at"),),
    fields=(
        Text("subject", max_length=1000, searchable=True, help="What it is about, without Re and Fwd."),
        Link("mailbox", MAILBOX, reverse="threads", help="Where it is worked on: a shared mailbox before a personal."),
        Links("mailboxes", MAILBOX, reverse="all_threads", read_only=True, help="All in which it lies."),
        Choice(
            "state",
            default="open",
            indexed=True,
            help="Whether somebody still has to see to it.",
            options=(
                Option("open", colour="blue"),
                Option("snoozed", colour="amber"),
                Option("closed", colour="grey"),
            ),
        ),
        DateTime("snoozed_until", help="When it opens again."),
        User("assignee", reverse="assigned_threads", help="Who sees to it."),
        DateTime("last_at", label="Latest", indexed=True, read_only=True, help="When the latest mail was sent."),
        Integer("messages", label="E-mails", default=0, read_only=True, help="How many there are."),
        Choice(
            "last_direction", label="Latest was", read_only=True, help="Whether they or we wrote last.",
            options=(Option("in", "Received", "green"), Option("out", "Sent", "blue")),
        ),
        Choice("share_level", label="What others see", options=levels(), help="Instead of what its mailbox says."),
        Text("subject_key", max_length=1000, hidden=True, read_only=True, indexed=True, help="To find it by."),
    ),
)  # fmt: skip

EMAIL_OBJECT = Object(
    EMAIL,
    by_hand=False,
    label="E-mail",
    plural_label="E-mails",
    help="A message that came in or went out.",
    example="A customer's question of this morning, once a mailbox is connected.",
    icon="mail",
    colour="blue",
    title_field="subject",
    access_parent="mailbox",
    everyone=Grant(read="team", create="own", change="team", delete="own"),
    personal=True,
    indexes=(("thread", "sent_at"), ("mailbox", "sent_at")),
    fields=(
        Text("subject", max_length=1000, searchable=True, sensitivity="personal", help="What it is about."),
        Link("thread", EMAIL_THREAD, reverse="emails", help="The conversation that it belongs to."),
        Link("mailbox", MAILBOX, reverse="emails", help="The mailbox through which it came or goes."),
        Links("mailboxes", MAILBOX, reverse="all_emails", read_only=True, help="All in which it lies."),
        Choice(
            "direction", default="out", read_only=True, indexed=True, help="Whether they or we wrote it.",
            options=(Option("in", "Received", "green"), Option("out", "Sent", "blue")),
        ),
        Choice(
            "state",
            default="draft",
            read_only=True,
            indexed=True,
            help="What became of it.",
            options=(
                Option("received", colour="green"),
                Option("draft", colour="grey"),
                Option("scheduled", colour="violet"),
                Option("queued", colour="amber"),
                Option("sending", colour="amber"),
                Option("sent", colour="blue"),
                Option("uncertain", "May have been sent", "orange"),
                Option("failed", "Not sent", "red"),
                Option("bounced", "Came back", "red"),
            ),
        ),
        DateTime("sent_at", label="When", indexed=True, read_only=True, help="When it was sent."),
        DateTime("received_at", read_only=True, help="When the mailbox got it."),
        Text("from_address", label="From", max_length=254, indexed=True, sensitivity="personal", help="The sender."),
        Text("from_name", label="Name of the sender", max_length=250, sensitivity="personal", help="As they write it."),
        LongText("to_addresses", label="To", max_length=50_000, help="Names and addresses, with commas between."),
        LongText("cc_addresses", label="Copy", max_length=50_000, help="Names and addresses, with commas between."),
        LongText("bcc_addresses", label="Blind copy", max_length=50_000, help="Whom the others do not see."),
        LongText("reply_to", label="Answer to", max_length=5_000, help="Where answers are to go."),
        LongText("text", max_length=1_000_000, searchable=True, help="What was written, without what was quoted."),
        LongText("quoted", label="Quoted", max_length=1_000_000, hidden=True, help="What was quoted below."),
        LongText("sign_off", label="Signature", max_length=20_000, hidden=True, help="The signature below."),
        LongText("html", max_length=MAX_HTML, hidden=True, help="As it was formatted; never shown uncleaned."),
        Text("snippet", max_length=300, sensitivity="personal", help="How it begins."),
        Boolean("has_attachments", label="Has files", default=False, read_only=True, help="Whether files came along."),
        Boolean("is_auto_reply", label="Automatic", default=False, read_only=True, help="No person wrote it."),
        Boolean("is_bounce", label="Delivery report", default=False, read_only=True, help="About a mail that failed."),
        Boolean("is_seen", label="Read", default=False, help="Whether somebody has read it, here or elsewhere."),
        Text("message_id", max_length=998, indexed=True, hidden=True, read_only=True, help="Its Message-ID."),
        LongText("references", max_length=50_000, hidden=True, read_only=True, help="The Message-IDs that it answers."),
        Text("fingerprint", max_length=64, unique=True, hidden=True, read_only=True,
             help="Equal for copies of one mail, so that each is stored once."),
        Text("bounced_message_id", max_length=998, hidden=True, read_only=True, help="Which mail a report is about."),
        LongText("bounced_addresses", max_length=30_000, hidden=True, read_only=True, sensitivity="personal",
                 help="Who did not get it, one in a line, each with the code that the report gives."),
        LongText("bounced_reason", max_length=2_000, read_only=True, hidden=True, help="Why it was not delivered."),
    ),
)  # fmt: skip

FILING_OBJECT = Object(
    EMAIL_FILING,
    by_hand=False,
    label="Filed e-mail",
    plural_label="E-mails with records",
    help="That an e-mail is about a record, with what those who see the record may know of it.",
    icon="mail",
    colour="blue",
    title_field="subject",
    access_parent="about",
    nav=False,
    everyone=Grant(read="own", delete="own"),
    personal=True,
    unique_together=(("email", "about"),),
    indexes=(("about", "at"),),
    happening=Happening("at", state="direction", stands_for="email", who="colleague"),
    fields=(
        Link("email", EMAIL, required=True, reverse="filings", on_delete="cascade", read_only=True, help="The mail."),
        AnyLink("about", required=True, read_only=True, reverse="correspondence", reverse_label="E-mails",
                help="The record that it is about."),
        DateTime("at", label="When", required=True, indexed=True, read_only=True, help="When it was sent."),
        Choice(
            "direction", read_only=True, help="Whether they or we wrote it.",
            options=(Option("in", "Received", "green"), Option("out", "Sent", "blue")),
        ),
        User("colleague", read_only=True, reverse="mail_filed_for", help="Whose mailbox it lies in."),
        Choice("level", label="What others see", read_only=True, options=levels(), help="What is told here."),
        Text("subject", max_length=1000, searchable=True, read_only=True, sensitivity="personal",
             help="What it is about, where that may be known."),
        LongText("text", max_length=20_000, searchable=True, read_only=True,
                 help="What was written, where that may be known."),
        Text("why", max_length=200, read_only=True, hidden=True, help="The address or rule that filed it."),
    ),
)  # fmt: skip

LAYOUTS = (
    Layout(
        EMAIL_THREAD,
        columns=("last_at", "last_direction", "messages", "state", "assignee", "mailbox"),
        order="-last_at",
        highlights=("state", "assignee", "last_at", "messages", "mailbox"),
        sections=(
            Section("Conversation", ("subject", "mailbox", "state", "snoozed_until", "assignee", "share_level")),
        ),
        related=("emails",),
        board=Board(by="state", card=("last_at", "assignee", "mailbox")),
    ),
    Layout(
        EMAIL,
        columns=("from_address", "sent_at", "direction", "state", "mailbox"),
        order="-sent_at",
        highlights=("direction", "state", "sent_at", "from_address", "thread"),
        sections=(
            Section("E-mail", ("subject", "from_address", "to_addresses", "cc_addresses", "text")),
            Section("Details", ("thread", "mailbox", "sent_at", "received_at", "state", "has_attachments")),
        ),
        related=("filings",),
    ),
    Layout(
        EMAIL_FILING,
        columns=("about", "at", "direction", "level", "colleague"),
        order="-at",
        highlights=("about", "at", "direction", "colleague"),
        sections=(Section("Filed", ("email", "about", "at", "direction", "colleague", "subject", "text")),),
    ),
)
