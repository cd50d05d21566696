"""What became of a mail at each of its recipients, where it has several: an ordinary object, seen by who sees the
mail."""

from __future__ import annotations

from relata.engine.messaging.mail.outgoing.objects import WRITTEN
from relata.engine.metadata.fields import Boolean, Choice, DateTime, Link, Option, Text
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.layout import Layout, Section
from relata.engine.metadata.object import Object

RECIPIENT = "mail_recipient"

RECIPIENT_OBJECT = Object(
    RECIPIENT,
    label="Recipient",
    plural="mail_recipients",
    plural_label="Recipients",
    help="One of several people who get a mail, and what became of it there.",
    example="An offer to three people of a company: two have opened it, one server refused it.",
    icon="user",
    colour="blue",
    title_field="address",
    access_parent="mail",
    nav=False,
    by_hand=False,
    everyone=Grant(read="own"),
    personal=True,
    fields=(
        Text("address", required=True, max_length=254, indexed=True, sensitivity="personal", help="Where it goes."),
        Text("name", max_length=120, sensitivity="personal", help="Who it is, as the writer says."),
        Link("mail", WRITTEN, required=True, reverse="recipients", on_delete="cascade", help="What they get."),
        Choice(
            "role", default="to", help="In which line they stand.",
            options=(Option("to", "To", "blue"), Option("cc", "Copy", "grey"), Option("bcc", "Blind copy", "grey")),
        ),
        Choice(
            "state", default="waiting", read_only=True, indexed=True, help="Whether they got it.",
            options=(
                Option("waiting", "Not yet", "amber"), Option("sent", colour="green"),
                Option("uncertain", "May have been sent", "orange"), Option("refused", "Not sent", "red"),
                Option("bounced", "Came back", "red"),
            ),
        ),
        Text("problem", max_length=500, read_only=True, help="Why they did not get it."),
        DateTime("sent_at", label="Sent", read_only=True, help="When the server took it for them."),
        DateTime("opened_at", label="Opened", read_only=True, help="When it was first opened, as far as one can know."),
        DateTime("clicked_at", label="Clicked", read_only=True, help="When they first followed a link in it."),
        DateTime("replied_at", label="Answered", read_only=True, help="When their first answer came."),
        DateTime("bounced_at", label="Came back", read_only=True, help="When a server said that they did not get it."),
        Boolean("tracks_opens", label="Notes that it is opened", default=False, read_only=True,
                help="With a picture of their own that is asked for."),
        Boolean("tracks_clicks", label="Notes that links are followed", default=False, read_only=True,
                help="Their links lead through here."),
        DateTime("handed_at", hidden=True, read_only=True, help="When the server was given their copy."),
    ),
)  # fmt: skip

LAYOUT = Layout(
    RECIPIENT,
    columns=("mail", "state", "opened_at", "clicked_at", "replied_at"),
    order="-created_at",
    highlights=("mail", "state", "sent_at"),
    sections=(
        Section("Recipient", ("address", "name", "role", "mail")),
        Section(
            "What followed", ("state", "problem", "sent_at", "opened_at", "clicked_at", "replied_at", "bounced_at"),
        ),
    ),
)  # fmt: skip
