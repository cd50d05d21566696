"""Mailboxes, their folders and what is decided about senders: ordinary objects. Who sees a mailbox sees its mail, so a
personal one is seen by its owner, a shared one by its team, and either by whom it was shared with."""

from __future__ import annotations

from relata.engine.metadata.fields import (
    Boolean,
    Choice,
    Date,
    DateTime,
    Formula,
    Integer,
    Link,
    LongText,
    Option,
    RichText,
    Text,
)
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.layout import Layout, Section
from relata.engine.metadata.object import Object

MAILBOX, MAIL_FOLDER, MAIL_RULE, FILING_RULE = "mailbox", "mail_folder", "mail_rule", "mail_filing_rule"
COPY_ADDRESS, PROVIDER = "mail_copy_address", "mail_provider"
#: The permission to set up mailboxes of teams, and rules for all mailboxes.
MANAGE = "manage_mailboxes"
#: What others may know of a mail, from nothing to all, those who see a record that it is about.
LEVELS = ("nothing", "happened", "subject", "everything")

_SECURITY = (Option("tls", "TLS"), Option("starttls", "STARTTLS"), Option("none", "No encryption", "red"))
_HELD = Grant(read="team", create="own", change="own", delete="own")


def levels() -> tuple[Option, ...]:
    """The options of a field that says what others may know."""
    return (
        Option("nothing", "Nothing", "grey"),
        Option("happened", "Only that it happened", "amber"),
        Option("subject", "The subject", "blue"),
        Option("everything", "Everything", "green"),
    )


MAILBOX_OBJECT = Object(
    MAILBOX,
    label="Mailbox",
    plural="mailboxes",
    plural_label="Mailboxes",
    help="An address whose mail comes in here and from which mail goes out. Who sees it sees its mail.",
    icon="inbox",
    colour="blue",
    nav=False,
    everyone=_HELD,
    personal=True,
    fields=(
        Text("name", required=True, max_length=120, help="What it is called here, such as Support."),
        Text("address", required=True, max_length=254, indexed=True, help="Its e-mail address."),
        Text("from_name", label="Name of the sender", max_length=120, help="What recipients see beside the address."),
        Boolean("is_shared", label="Shared", default=False, help="A team's mailbox; otherwise its owner's alone."),
        Text("imap_host", label="IMAP server", max_length=253, help="Where its mail is read."),
        Integer("imap_port", label="IMAP port", minimum=1, maximum=65535, default=993, help="993 with TLS, else 143."),
        Choice("imap_security", label="IMAP encryption", default="tls", options=_SECURITY, help="How it is reached."),
        Text("smtp_host", label="SMTP server", max_length=253, help="Through which its mail goes out."),
        Integer("smtp_port", label="SMTP port", minimum=1, maximum=65535, default=465, help="465 with TLS, else 587."),
        Choice("smtp_security", label="SMTP encryption", default="tls", options=_SECURITY, help="How it is reached."),
        Text("user_name", label="User", max_length=254, help="The name to sign in with; the address if left empty."),
        Choice(
            "sign_in",
            label="Sign-in",
            default="password",
            help="What the server is shown.",
            options=(Option("password"), Option("oauth", "OAuth 2 token")),
        ),
        Text("password", max_length=4000, sensitivity="secret", help="The password, or the OAuth 2 token."),
        Text(
            "refresh_token",
            max_length=4000,
            sensitivity="secret",
            visible='sign_in = "oauth"',
            help="The permission with which another token is fetched when one ends.",
        ),
        Text(
            "client_id",
            label="Client",
            max_length=300,
            visible='sign_in = "oauth"',
            help="As what the provider knows this installation.",
        ),
        Text(
            "client_secret",
            max_length=1000,
            sensitivity="secret",
            visible='sign_in = "oauth"',
            help="What the provider gave for the client.",
        ),
        Text(
            "token_address",
            max_length=500,
            visible='sign_in = "oauth"',
            help="Where tokens are fetched; empty for Google and Microsoft.",
        ),
        Link(
            "provider",
            PROVIDER,
            reverse="mailboxes",
            on_delete="restrict",
            read_only=True,
            help="Where its owner consented; its client and addresses count.",
        ),
        DateTime("token_until", hidden=True, read_only=True, help="When the token ends."),
        Choice(
            "state",
            default="new",
            read_only=True,
            indexed=True,
            help="Whether its mail comes in.",
            options=(
                Option("new", "Not yet read", "grey"),
                Option("syncing", "First reading", "blue"),
                Option("ready", "Up to date", "green"),
                Option("refused", "Sign-in refused", "red"),
                Option("failing", "Can't be reached", "orange"),
                Option("off", "Switched off", "grey"),
            ),
        ),
        Text("last_error", label="What went wrong", max_length=500, read_only=True, help="In one sentence."),
        Text("remedy", label="What to do", max_length=500, read_only=True, help="How it works again."),
        DateTime("failing_since", read_only=True, help="Since when its mail has not come in."),
        Choice(
            "share_level",
            label="What others see",
            default="happened",
            options=levels(),
            help="Of mail with a customer, those who see the customer but not the mailbox.",
        ),
        Date("history_from", help="Mail before this day stays on the server; all of it is read if left empty."),
        Boolean(
            "is_filing", label="Files by itself", default=True, help="Mail shows on the records of who wrote or got it."
        ),
        Choice(
            "new_people",
            label="New people",
            default="offer",
            options=(
                Option("offer", "Are offered on the conversation", "grey"),
                Option("written", "Become known when we write to them", "blue"),
                Option("all", "Become known when they write or we do", "green"),
            ),
            help="What becomes of people in its mail who are no record here. Machines, blocked senders and those of"
            " whom nobody may know never do.",
        ),
        Text("new_people_as", label="New people become", max_length=60, help="The object, such as contact or lead."),
        Boolean(
            "takes_copies",
            label="Takes copies",
            default=False,
            help="People here get an address of their own in it, and what they copy there is filed for them. Who sees"
            " the mailbox sees these mails.",
        ),
        RichText("signature", max_length=20_000, help="What stands under each mail; Markdown is understood."),
        Integer(
            "daily_limit", minimum=1, maximum=100_000, default=500, help="At most so many mails leave it in a day."
        ),
    ),
)

FOLDER_OBJECT = Object(
    MAIL_FOLDER,
    label="Mail folder",
    help="A folder on the mail server, with what became of each message in it.",
    icon="folder",
    nav=False,
    access_parent="mailbox",
    everyone=Grant(read="own", change="own"),
    personal=True,
    unique_together=(("mailbox", "name"),),
    fields=(
        Text("name", required=True, max_length=500, read_only=True, help="Its name on the server."),
        Link(
            "mailbox",
            MAILBOX,
            required=True,
            reverse="folders",
            on_delete="cascade",
            read_only=True,
            help="Whose folder it is.",
        ),
        Choice(
            "role",
            default="other",
            read_only=True,
            help="What it is for.",
            options=(
                Option("inbox"),
                Option("sent"),
                Option("archive"),
                Option("drafts"),
                Option("junk"),
                Option("trash"),
                Option("other"),
            ),
        ),
        Boolean("is_chosen", label="Read", default=False, help="Whether its mail comes in."),
        Integer("uidvalidity", read_only=True, hidden=True, help="The server's number for this life of the folder."),
        Integer("last_uid", read_only=True, hidden=True, help="The highest number of a message that was looked at."),
        Integer("on_server", default=0, read_only=True, help="Messages that lie there."),
        Integer("stored", default=0, read_only=True, help="Of these, how many are here."),
        Integer("put_aside", default=0, read_only=True, help="Of these, how many could not be read."),
        Integer("excluded", default=0, read_only=True, help="Of these, how many a rule or the first day leaves out."),
        Formula(
            "not_yet",
            label="Not yet",
            expression="on_server - stored - put_aside - excluded",
            help="Of these, how many are still to come.",
        ),
    ),
)

RULE_OBJECT = Object(
    MAIL_RULE,
    label="Mail rule",
    help="What becomes of mail with an address or a domain.",
    icon="filter",
    nav=False,
    title_field="pattern",
    everyone=_HELD,
    fields=(
        Text("pattern", label="Address or domain", required=True, max_length=254, indexed=True,
             help="Such as news@example.com, or example.com for everyone there."),
        Link("mailbox", MAILBOX, reverse="rules", on_delete="cascade", help="In which mailbox; in all if left empty."),
        Choice(
            "does",
            label="What becomes of it",
            required=True,
            default="block",
            help="Blocked mail is not stored; other rules say what others may know of it.",
            options=(Option("block", "It stays out", "red"), *levels()),
        ),
        Text("reason", max_length=200, help="Why it is so."),
    ),
)  # fmt: skip

FILING_RULE_OBJECT = Object(
    FILING_RULE,
    label="Filing rule",
    help="On which records a mail shows, beside those that carry its addresses.",
    icon="folder",
    nav=False,
    fields=(
        Text("name", required=True, max_length=120, help="In a few words, such as: the account of a contact."),
        Text("of", label="From", required=True, max_length=60, help="The object whose record has the address."),
        Text("along", required=True, max_length=120, help="Its link or related list, such as account."),
        LongText("where", max_length=2000, help="Only records for which this is true; an expression."),
        Boolean("is_active", label="Active", default=True, help="Whether it applies."),
    ),
)

COPY_OBJECT = Object(
    COPY_ADDRESS,
    label="Address for copies",
    plural="mail_copy_addresses",
    plural_label="Addresses for copies",
    help="Somebody's own address: mail that they copy there blindly shows on the records of whom it was to.",
    icon="copy",
    title_field="address",
    nav=False,
    everyone=Grant(read="own", delete="own"),
    personal=True,
    fields=(
        Text("address", required=True, unique=True, max_length=254, read_only=True, help="Where copies go."),
        Link(
            "mailbox",
            MAILBOX,
            required=True,
            reverse="copy_addresses",
            on_delete="cascade",
            read_only=True,
            help="The mailbox that takes them.",
        ),
    ),
)

LAYOUTS = (
    Layout(
        MAILBOX,
        columns=("address", "state", "is_shared", "share_level", "owner"),
        order="name",
        highlights=("address", "state", "is_shared", "share_level", "owner"),
        sections=(
            Section(
                "Mailbox", ("name", "address", "from_name", "is_shared", "share_level", "is_filing", "history_from")
            ),
            Section("State", ("state", "last_error", "remedy", "failing_since")),
            Section("Sending", ("signature", "daily_limit")),
            Section("Copies", ("takes_copies",)),
        ),
        related=("folders", "rules"),
        quick=("name", "address"),
    ),
    Layout(
        MAIL_FOLDER,
        columns=("mailbox", "is_chosen", "on_server", "stored", "put_aside", "excluded", "not_yet"),
        order="name",
        highlights=("mailbox", "is_chosen", "on_server", "stored", "not_yet"),
        sections=(Section("Folder", ("name", "role", "is_chosen", "on_server", "stored", "put_aside", "excluded")),),
    ),
    Layout(
        MAIL_RULE,
        columns=("does", "mailbox", "reason", "owner"),
        order="pattern",
        highlights=("does", "mailbox"),
        sections=(Section("Rule", ("pattern", "does", "mailbox", "reason")),),
        quick=("pattern", "does", "mailbox"),
    ),
    Layout(
        FILING_RULE,
        columns=("of", "along", "where", "is_active"),
        order="name",
        highlights=("of", "along", "is_active"),
        sections=(Section("Rule", ("name", "of", "along", "where", "is_active")),),
        quick=("name", "of", "along", "where"),
    ),
    Layout(
        COPY_ADDRESS,
        columns=("mailbox", "created_at"),
        order="-created_at",
        highlights=("mailbox", "created_at"),
        sections=(Section("Address", ("address", "mailbox")),),
    ),
)
