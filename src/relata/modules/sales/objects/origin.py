"""Where somebody came from at first: on leads, and on contacts of teams that work without leads."""

from __future__ import annotations

from relata.engine.metadata.fields import AnyField, DateTime, Text

_NAMED = "as the link said that brought them here first."

#: Named as `engine.automation.capture` fills them.
ORIGIN: tuple[AnyField, ...] = (
    Text("utm_source", max_length=120, indexed=True, label="UTM source", help=f"The site or letter, {_NAMED}"),
    Text("utm_medium", max_length=120, label="UTM medium", help=f"The way, such as cpc or email, {_NAMED}"),
    Text("utm_campaign", max_length=120, indexed=True, label="UTM campaign", help=f"The campaign, {_NAMED}"),
    Text("utm_term", max_length=120, label="UTM term", help=f"The words that were searched for, {_NAMED}"),
    Text("utm_content", max_length=120, label="UTM content", help=f"Which of several links, {_NAMED}"),
    Text("landing_page", max_length=500, help="The page on which they first left their address."),
    Text("referrer", max_length=500, help="The site that sent them there."),
    DateTime("first_touch_at", label="First touch", help="When they first left their address."),
)
ORIGIN_NAMES = tuple(field.name for field in ORIGIN)
