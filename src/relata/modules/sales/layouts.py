"""How leads and deals look on screens."""

from __future__ import annotations

from relata.engine.metadata.layout import Board, Layout, Section
from relata.modules.sales import contracts
from relata.modules.sales.objects.origin import ORIGIN_NAMES

LAYOUTS = (
    Layout(
        contracts.OPPORTUNITY,
        columns=("account", "stage", "amount", "probability", "close_date", "health", "owner"),
        order="close_date",
        highlights=("account", "amount", "close_date", "days_in_stage", "health"),
        sections=(
            Section(
                "Deal",
                ("name", "account", "contact", "type", "source", "next_step", "competitors", "tags", "description"),
            ),
            Section(
                "Progress",
                (
                    "pipeline",
                    "stage",
                    "status",
                    "stage_changed_at",
                    "days_in_stage",
                    "probability",
                    "own_probability",
                    "forecast_category",
                ),
            ),
            Section("Time", ("opened_on", "close_date", "is_overdue", "push_count", "pushed_days", "closed_on")),
            Section("Won", ("won_reason",), 'status = "won"'),
            Section("Lost", ("lost_reason", "lost_note"), 'status = "lost"'),
            Section(
                "Money",
                (
                    "amount",
                    "company_amount",
                    "amount_from_lines",
                    "expected",
                    "product",
                    "price_book",
                    "line_count",
                    "lines_total",
                    "recurring_total",
                    "recurring_yearly",
                ),
            ),
            Section(
                "Health",
                (
                    "health",
                    "health_reasons",
                    "last_activity_at",
                    "contact_count",
                    "open_task_count",
                    "planned_meeting_count",
                ),
                'status = "open"',
            ),
            Section("More", ("reference",)),
        ),
        quick=("name", "account", "contact", "amount", "close_date", "stage"),
        board=Board(
            by="stage",
            card=("account", "amount", "close_date", "health", "next_step", "owner"),
            total="amount",
            weighted="expected",
            order="position",
            within="pipeline",
            sort="close_date",
            ends='category != "open"',
        ),
    ),
    Layout(
        contracts.LEAD,
        columns=("company", "status", "rating", "score", "source", "email", "owner"),
        order="-created_at",
        highlights=("company", "status", "rating", "email", "phone"),
        sections=(
            Section("Person", ("name", "job_title", "company", "email", "phone", "website", "address")),
            Section("Interest", ("status", "unqualified_reason", "need", "source", "estimated_value", "tags")),
            Section(
                "Judgement",
                ("rating", "score", "grade", "behaviour_score", "industry", "employees", "description", "reference"),
            ),
            Section("Origin", ORIGIN_NAMES),
            Section(
                "Converted",
                ("converted_account", "converted_contact", "converted_opportunity", "converted_at"),
                'status = "converted"',
            ),
        ),
        quick=("name", "company", "email", "phone", "source"),
        board=Board(
            by="status", card=("company", "rating", "source", "estimated_value", "owner"), total="estimated_value"
        ),
    ),
    Layout(
        contracts.PIPELINE,
        columns=("position", "is_default", "is_active", "stage_count"),
        order="position",
        highlights=("is_default", "is_active", "stage_count"),
        sections=(
            Section(
                "Pipeline", ("name", "position", "is_default", "is_active", "stage_count", "answer_days", "description")
            ),
            Section("Reasons", ("won_reasons", "lost_reasons")),
        ),
        related=("stages",),
        quick=("name", "position"),
    ),
    Layout(
        contracts.STAGE,
        columns=("pipeline", "position", "category", "probability", "forecast_category"),
        order="pipeline,position",
        highlights=("pipeline", "category", "probability"),
        sections=(
            Section(
                "Stage", ("name", "pipeline", "position", "category", "colour", "probability", "forecast_category")
            ),
            Section("While a deal is here", ("guidance", "stale_after_days", "median_days")),
            Section("Coming and going", ("required_fields", "next_stages")),
        ),
        related=("questions", "opportunities"),
        quick=("name", "pipeline", "position", "category", "probability"),
    ),
    Layout(
        contracts.DEAL_MEMBER,
        columns=("person", "opportunity", "access"),
        order="role",
        highlights=("person", "opportunity", "access"),
        sections=(Section("Deal team", ("opportunity", "person", "role", "access", "note")),),
        quick=("opportunity", "person", "role", "access"),
    ),
    Layout(
        contracts.REVENUE_SPLIT,
        columns=("person", "percent", "amount", "opportunity"),
        order="kind,-percent",
        highlights=("person", "percent", "amount"),
        sections=(Section("Split", ("opportunity", "person", "kind", "percent", "amount", "note")),),
        quick=("opportunity", "person", "kind", "percent"),
    ),
    Layout(
        contracts.PLAYBOOK_QUESTION,
        columns=("stage", "answered_by", "position"),
        order="stage,position",
        highlights=("stage", "answered_by"),
        sections=(Section("Question", ("question", "stage", "answered_by", "position")),),
        quick=("question", "stage", "answered_by"),
    ),
    Layout(
        contracts.DEAL_REVIEW,
        columns=("opportunity", "outcome", "reason", "rival", "created_at"),
        order="-created_at",
        highlights=("opportunity", "outcome", "reason"),
        sections=(Section("Review", ("opportunity", "decided", "outcome", "reason", "rival", "next_time")),),
        quick=("opportunity", "decided", "rival", "next_time"),
    ),
    Layout(
        contracts.PROMISE,
        columns=("status", "made_by", "due_on", "about", "person", "contact"),
        order="due_on",
        highlights=("status", "made_by", "due_on", "about"),
        sections=(
            Section(
                "Promise",
                ("subject", "status", "made_by", "due_on", "about", "person", "contact", "kept_on", "note", "source"),
            ),
        ),
        quick=("subject", "made_by", "due_on", "about", "person"),
    ),
    Layout(
        contracts.COMPETITOR,
        columns=("website", "is_active", "strengths", "weaknesses"),
        order="name",
        highlights=("website", "account", "is_active"),
        sections=(
            Section("Competitor", ("name", "website", "account", "is_active")),
            Section("How we stand", ("strengths", "weaknesses", "answer")),
        ),
        related=("deals_against", "reviews"),
        quick=("name", "website", "strengths", "weaknesses", "answer"),
    ),
    Layout(
        contracts.ACCOUNT_PLAN,
        columns=("status", "ends_on", "target", "goal_count", "reached_count", "risk_count"),
        order="-starts_on",
        highlights=("account", "status", "target", "ends_on", "review_on"),
        sections=(
            Section("Plan", ("name", "account", "status", "starts_on", "ends_on", "target", "review_on", "strategy")),
            Section("So far", ("goal_count", "reached_count", "risk_count")),
        ),
        related=("goals", "people", "risks"),
        quick=("name", "account", "starts_on", "ends_on", "target", "strategy"),
    ),
    Layout(
        contracts.PLAN_GOAL,
        columns=("status", "due_on", "person", "measure"),
        order="due_on",
        highlights=("account", "status", "due_on", "person"),
        sections=(Section("Goal", ("name", "account", "plan", "status", "due_on", "measure", "person")),),
        quick=("name", "account", "due_on", "measure", "person"),
    ),
    Layout(
        contracts.PLAN_PERSON,
        columns=("contact", "attitude", "person", "aim"),
        order="role",
        highlights=("contact", "account", "attitude", "person"),
        sections=(Section("Key person", ("account", "contact", "role", "attitude", "person", "aim", "plan")),),
        quick=("account", "contact", "role", "attitude", "person", "aim"),
    ),
    Layout(
        contracts.PLAN_RISK,
        columns=("status", "likelihood", "impact", "person"),
        order="status,-created_at",
        highlights=("account", "status", "likelihood", "impact"),
        sections=(Section("Risk", ("name", "account", "plan", "status", "likelihood", "impact", "person", "answer")),),
        quick=("name", "account", "likelihood", "impact", "answer"),
    ),
    Layout(
        contracts.STAGE_STAY,
        columns=("stage", "opportunity", "entered_at", "left_at", "duration", "went_to"),
        order="-entered_at",
        highlights=("stage", "entered_at", "duration"),
        sections=(
            Section(
                "Stay",
                ("opportunity", "name", "stage", "came_from", "went_to", "entered_at", "left_at", "duration"),
            ),
        ),
    ),
    Layout(
        contracts.OPPORTUNITY_CONTACT,
        columns=("contact", "contact.job_title", "opportunity", "attitude", "is_primary"),
        order="-is_primary,role",
        highlights=("contact", "opportunity", "attitude"),
        sections=(Section("Buying role", ("opportunity", "contact", "role", "attitude", "is_primary", "note")),),
        quick=("opportunity", "contact", "role", "attitude"),
    ),
    Layout(
        contracts.OPPORTUNITY_LINE,
        columns=("product", "quantity", "unit_price", "recurrence", "periods", "discount", "total"),
        order="position",
        highlights=("product", "quantity", "total"),
        sections=(
            Section(
                "Line",
                (
                    "opportunity",
                    "product",
                    "name",
                    "quantity",
                    "unit_price",
                    "recurrence",
                    "periods",
                    "discount",
                    "total",
                    "yearly",
                    "position",
                ),
            ),
        ),
        quick=("opportunity", "product", "quantity", "unit_price", "recurrence", "periods", "discount"),
    ),
)
