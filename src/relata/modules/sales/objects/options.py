"""Choices that several objects of this module offer."""

from __future__ import annotations

from relata.engine.metadata.fields import Option

SOURCES = (
    Option("website", colour="blue"),
    Option("referral", colour="green"),
    Option("partner", colour="violet"),
    Option("event", "Fair or event", "pink"),
    Option("campaign", colour="amber"),
    Option("cold_call", colour="cyan"),
    Option("social", "Social media", "indigo"),
    Option("inbound_call", colour="teal"),
    Option("existing_customer", colour="lime"),
    Option("import", "Imported list", "grey"),
    Option("other"),
)
FORECAST_CATEGORIES = (
    Option("omitted", colour="grey"),
    Option("pipeline", colour="blue"),
    Option("best_case", colour="cyan"),
    Option("commit", colour="violet"),
    Option("closed", colour="green"),
)
#: Where a deal can stand. A stage has a category, and the deal's status is the category of its stage.
STATUSES = (Option("open", colour="blue"), Option("won", colour="green"), Option("lost", colour="red"))
