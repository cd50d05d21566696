"""How accounts, contacts and their ties look on screens."""

from __future__ import annotations

from relata.engine.metadata.layout import Board, Layout, Section
from relata.modules.parties import contracts

LAYOUTS = (
    Layout(
        contracts.ACCOUNT,
        columns=("type", "industry", "phone", "website", "billing_address", "owner"),
        order="name",
        highlights=("type", "industry", "phone", "website", "owner"),
        sections=(
            Section("About", ("name", "number", "type", "industry", "parent", "tags", "description")),
            Section("Reach", ("website", "email", "phone", "social", "do_not_contact")),
            Section("Addresses", ("billing_address", "shipping_address")),
            Section("Company", ("legal_name", "tax_number", "employees", "annual_revenue", "founded", "reference")),
            Section("Totals", ("contact_count", "subsidiary_count", "subsidiary_employees")),
        ),
        quick=("name", "type", "website", "phone", "industry", "parent"),
        board=Board(by="type", card=("industry", "phone", "owner")),
    ),
    Layout(
        contracts.CONTACT,
        columns=("account", "job_title", "email", "phone", "lifecycle_stage", "owner"),
        order="name",
        highlights=("account", "job_title", "email", "phone", "owner"),
        sections=(
            Section("Person", ("name", "job_title", "department", "account", "reports_to", "tags", "description")),
            Section("Reach", ("email", "phone", "social", "mailing_address")),
            Section(
                "Preferences",
                (
                    "preferred_channel",
                    "language",
                    "do_not_email",
                    "do_not_track",
                    "do_not_call",
                    "do_not_text",
                    "do_not_post",
                ),
            ),
            Section("More", ("lifecycle_stage", "birthday", "household", "photo", "report_count", "reference")),
        ),
        quick=("name", "account", "job_title", "email", "phone"),
        board=Board(by="lifecycle_stage", card=("account", "job_title", "owner")),
    ),
    Layout(
        contracts.AFFILIATION,
        columns=("contact", "account", "starts_on", "ends_on", "is_current"),
        order="-starts_on,role",
        highlights=("contact", "account", "is_current"),
        sections=(Section("Affiliation", ("contact", "account", "role", "starts_on", "ends_on", "is_current")),),
        quick=("contact", "account", "role", "starts_on"),
    ),
    Layout(
        contracts.RELATIONSHIP,
        columns=("person", "other", "direction", "note"),
        order="kind",
        highlights=("person", "other", "direction"),
        sections=(Section("Relationship", ("person", "kind", "other", "direction", "note")),),
        quick=("person", "kind", "other", "direction"),
    ),
    Layout(
        contracts.ADDRESS,
        columns=("type", "address", "account", "contact", "is_primary"),
        order="name",
        highlights=("type", "address", "account"),
        sections=(Section("Address", ("name", "type", "address", "is_primary", "account", "contact", "note")),),
        quick=("name", "type", "address", "account", "contact"),
    ),
    Layout(
        contracts.HOUSEHOLD,
        columns=("address", "member_count", "owner"),
        order="name",
        highlights=("address", "member_count"),
        sections=(Section("Household", ("name", "address", "member_count", "description")),),
        related=("members",),
    ),
    Layout(
        contracts.STATIC_LIST,
        columns=("holds", "member_count", "is_archived", "owner", "created_at"),
        order="name",
        highlights=("holds", "member_count", "owner"),
        sections=(Section("List", ("name", "holds", "member_count", "is_archived", "description")),),
        related=("members",),
        quick=("name", "holds", "description"),
    ),
    Layout(
        contracts.LIST_MEMBER,
        columns=("member", "static_list", "note", "created_at"),
        order="-created_at",
        highlights=("member", "static_list"),
        sections=(Section("Member", ("number", "static_list", "member", "note")),),
        quick=("static_list", "member", "note"),
    ),
    Layout(
        contracts.SEGMENT,
        columns=("holds", "description", "owner", "changed_at"),
        order="name",
        highlights=("holds", "owner"),
        sections=(Section("Segment", ("name", "holds", "expression", "description")),),
        quick=("name", "holds", "expression"),
    ),
)
