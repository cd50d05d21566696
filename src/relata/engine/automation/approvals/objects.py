"""A request for approval and what each approver makes of it: ordinary objects. Who sees the record sees both; who has
to decide sees their own part."""

from __future__ import annotations

from relata.engine.metadata.fields import (
    AnyLink,
    Boolean,
    Choice,
    DateTime,
    Integer,
    Json,
    Link,
    LongText,
    Option,
    Text,
    User,
)
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.layout import Layout, Section
from relata.engine.metadata.object import Happening, Lifecycle, Object

REQUEST, DECISION = "approval_request", "approval_decision"
#: Nobody writes these but the actions; who has them sees them, and so does who sees the record.
_SEEN = Grant(read="own")

REQUEST_OBJECT = Object(
    REQUEST,
    by_hand=False,
    label="Approval",
    plural_label="Approvals",
    help="A record that waits, or waited, for the agreement of others.",
    icon="badge-check",
    nav=False,
    access_parent="about",
    everyone=_SEEN,
    personal=True,
    lifecycle=Lifecycle("state", "pending", {"pending": ("approved", "rejected", "recalled")}),
    happening=Happening(state="state"),
    fields=(
        Text("name", required=True, max_length=120, read_only=True, help="What kind of approval it is."),
        AnyLink(
            "about",
            required=True,
            read_only=True,
            reverse="approval_requests",
            help="The record to be approved.",
        ),
        Choice(
            "state",
            read_only=True,
            indexed=True,
            help="Whether it still waits.",
            options=(
                Option("pending", "Waiting", "blue"),
                Option("approved", colour="green"),
                Option("rejected", colour="red"),
                Option("recalled", colour="grey"),
            ),
        ),
        LongText("comment", read_only=True, help="What the submitter wrote to those who decide."),
        Integer("step", read_only=True, help="Which step it is at, from 1."),
        Integer("steps", read_only=True, help="How many steps there are."),
        Text("step_name", max_length=120, read_only=True, label="Step's name", help="What the step is called."),
        DateTime("due_at", label="Due", read_only=True, help="By when this step should be decided."),
        DateTime("escalated_at", label="Escalated", read_only=True, help="When this step was found late."),
        Boolean("is_stuck", default=False, read_only=True, label="Nobody can decide", help="Somebody must be named."),
        DateTime("decided_at", label="Decided", read_only=True, help="When it ended."),
        LongText("reason", read_only=True, help="Why it ended as it did."),
        Text("process", max_length=60, read_only=True, hidden=True, help="The process by name."),
        Integer("log_at", read_only=True, hidden=True, label="Place in the log", help="How the record was at its end."),
        Json("plan", read_only=True, hidden=True, sensitivity="secret", help="The process as it was; kept from all."),
    ),
)

DECISION_OBJECT = Object(
    DECISION,
    by_hand=False,
    label="Decision",
    plural_label="Decisions",
    help="What one approver has to decide, or has decided.",
    icon="badge-check",
    nav=False,
    access_parent="about",
    everyone=_SEEN,
    personal=True,
    lifecycle=Lifecycle("state", "waiting", {"waiting": ("approved", "rejected", "closed")}),
    happening=Happening(moment="decided_at", state="state"),
    indexes=(("owner", "state"),),
    fields=(
        Text("name", required=True, max_length=250, read_only=True, help="What is to be decided."),
        Link(
            "request", REQUEST, required=True, read_only=True, reverse="decisions", help="The approval that it is of."
        ),
        AnyLink("about", required=True, read_only=True, reverse="approval_decisions", help="The record."),
        Choice(
            "state",
            read_only=True,
            help="What this approver made of it.",
            options=(
                Option("waiting", colour="blue"),
                Option("approved", colour="green"),
                Option("rejected", colour="red"),
                Option("closed", "Not needed any more"),
            ),
        ),
        Integer("step", read_only=True, help="Of which step it is, from 1."),
        LongText("reason", read_only=True, help="Why."),
        DateTime("due_at", label="Due", read_only=True, help="By when it should be decided."),
        DateTime("decided_at", label="Decided", read_only=True, help="When it was decided."),
        User("delegated_by", read_only=True, reverse="delegated_decisions", help="Who gave it to this approver."),
        User("deputy_for", read_only=True, reverse="deputised_decisions", help="Whose place this approver takes."),
        Boolean("is_late", default=False, read_only=True, label="Late", help="Not decided in time."),
        Json("groups", read_only=True, hidden=True, help="Of which of the step's approvers this person is one."),
    ),
)

LAYOUTS = (
    Layout(
        REQUEST,
        columns=("about", "state", "step", "owner", "due_at", "created_at"),
        order="-created_at",
        highlights=("state", "about", "step_name", "due_at"),
        sections=(
            Section("Approval", ("about", "state", "comment", "reason", "owner", "step", "steps", "step_name", "due_at",
                                 "escalated_at", "is_stuck", "decided_at")),
        ),
        related=("decisions",),
    ),
    Layout(
        DECISION,
        columns=("about", "state", "owner", "due_at", "reason"),
        order="-created_at",
        highlights=("state", "about", "owner", "due_at"),
        sections=(
            Section("Decision", ("about", "request", "state", "reason", "owner", "delegated_by", "deputy_for", "step",
                                 "due_at", "decided_at", "is_late")),
        ),
        no_related=True,
    ),
)  # fmt: skip
