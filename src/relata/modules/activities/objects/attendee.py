"""Who is invited to a meeting, and what they answered; and the rooms."""

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
)
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.object import Object
from relata.modules.activities import contracts
from relata.modules.parties.contracts import CONTACT

ATTENDEE = Object(
    contracts.ATTENDEE,
    label="Guest",
    plural="guests",
    help="Somebody who is invited to a meeting: a colleague, a contact or an address outside.",
    icon="calendar-check",
    colour="violet",
    title_field="name",
    access_parent="meeting",
    nav=False,
    everyone=Grant(read="own", create="own", change="own", delete="own"),
    fields=(
        Text("name", max_length=160, sensitivity="personal", help="Who it is; their address if left empty."),
        Text("email", label="E-mail", max_length=254, sensitivity="personal", help="Where the invitation goes."),
        Link(
            "meeting",
            contracts.MEETING,
            required=True,
            reverse="guests",
            on_delete="cascade",
            help="What they come to.",
        ),
        AnyLink("person", to_any=("user", CONTACT), reverse="invitations", help="The colleague or contact that it is."),
        Choice(
            "answer",
            default="waiting",
            help="Whether they come.",
            options=(
                Option("waiting", "No answer yet", "grey"),
                Option("accepted", colour="green"),
                Option("tentative", "Perhaps", "amber"),
                Option("declined", colour="red"),
            ),
        ),
        Boolean("is_optional", label="Optional", default=False, help="The meeting can do without them."),
        LongText("comment", max_length=2000, read_only=True, help="What they wrote with their answer."),
        DateTime("answered_at", label="Answered", read_only=True, help="When they answered."),
        DateTime("proposed_at", label="Proposed", read_only=True, help="The other time that they would prefer."),
        DateTime("proposed_until", read_only=True, hidden=True, help="When what they propose would end."),
        DateTime("proposed_for", label="Instead of", read_only=True, help="Which of a series they would move."),
        Json(
            "single_answers",
            label="Answers for single ones",
            read_only=True,
            help="What they answered for one of a series only, by the moment at which the series has it.",
        ),
        LongText(
            "unverified",
            label="Not taken",
            max_length=500,
            read_only=True,
            help="An answer for this guest that came from another address, and was not taken.",
        ),
        DateTime("invited_at", label="Invited", read_only=True, help="When the latest invitation went out."),
        Choice(
            "to_send",
            read_only=True,
            hidden=True,
            indexed=True,
            help="The mail that is about to go out.",
            options=(
                Option("request", "Invitation"),
                Option("cancel", "Cancellation"),
                Option("refuse", "Refusal"),
                Option("reply", "Answer"),
                Option("counter", "Proposal"),
            ),
        ),
        Integer("sequence", read_only=True, hidden=True, help="Of the invitation that they answered last."),
    ),
)

ROOM = Object(
    contracts.ROOM,
    label="Room",
    help="A room, a car or a machine that a meeting needs, and that others can't have at the same time.",
    example='Meeting room "North", eight seats.',
    icon="map-pin",
    colour="brown",
    reference=True,
    nav=False,
    fields=(
        Text("name", required=True, max_length=120, searchable=True, help="What people call it."),
        Integer("seats", minimum=1, maximum=100_000, help="How many people fit."),
        Text("place", max_length=200, help="Where it is."),
        Boolean("is_shared", label="May be shared", default=False, help="Two meetings may have it at the same time."),
    ),
)
