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
LOST_REASONS = (
    Option("price", colour="orange"),
    Option("competitor", colour="red"),
    Option("features", "Missing features", "violet"),
    Option("timing", colour="amber"),
    Option("no_budget", "No budget", "pink"),
    Option("no_decision", "No decision", "grey"),
    Option("relationship", colour="cyan"),
    Option("not_reachable", colour="grey"),
    Option("other"),
)
WON_REASONS = (
    Option("price", colour="orange"),
    Option("fit", "Best fit", "violet"),
    Option("relationship", colour="cyan"),
    Option("service", colour="teal"),
    Option("speed", colour="amber"),
    Option("reference", "References", "blue"),
    Option("only_offer", "Only offer", "grey"),
    Option("other"),
)
HEALTH = (Option("good", colour="green"), Option("watch", colour="amber"), Option("at_risk", "At risk", "red"))
#: Named as in `rules.health.WEIGHTS`.
HEALTH_REASONS = (
    Option("overdue", "Closing date past", "red"),
    Option("stalled", "Longer in its stage than others", "orange"),
    Option("no_answer", "No activity lately", "orange"),
    Option("late_promise", "A promise is late or broken", "orange"),
    Option("pushed", "Close date pushed again and again", "amber"),
    Option("no_next_step", "No next step", "amber"),
    Option("single_threaded", "Only one person known", "amber"),
)
#: Where a deal can stand. A stage has a category, and the deal's status is the category of its stage.
STATUSES = (Option("open", colour="blue"), Option("won", colour="green"), Option("lost", colour="red"))
#: What a person has to say in a decision.
BUYING_ROLES = (
    Option("decision_maker", colour="green"),
    Option("economic_buyer", "Holds the budget", "lime"),
    Option("champion", "Champion", "violet"),
    Option("influencer", colour="blue"),
    Option("evaluator", colour="cyan"),
    Option("user", "User", "teal"),
    Option("legal", "Legal or purchasing", "amber"),
    Option("blocker", colour="red"),
)
ATTITUDES = (
    Option("supports", "For us", "green"),
    Option("neutral", colour="grey"),
    Option("opposes", "Against us", "red"),
)
#: Named as in `rules.account_health.WEIGHTS`.
ACCOUNT_REASONS = (
    Option("no_contact", "Nobody has talked with them lately", "red"),
    Option("deals_at_risk", "Deals at risk", "orange"),
    Option("no_reply", "They do not answer our mail", "orange"),
    Option("promises_late", "Promises late or broken", "orange"),
    Option("high_risk", "A high risk in the plan", "orange"),
    Option("urgent_cases", "An urgent case is open", "orange"),
    Option("bad_mood", "They are not happy with us", "orange"),
    Option("many_cases", "Many open cases", "amber"),
    Option("lost_last", "The latest deal was lost", "amber"),
    Option("nothing_open", "A customer without an open deal", "amber"),
    Option("few_people", "Only one person known there", "amber"),
)
