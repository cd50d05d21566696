"""Zoho CRM's backup (Setup, Data administration, Export): a CSV file for each module, with the labels of its
columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from relata.engine.transfer.mapping import Column
from relata.engine.transfer.migration.declared import Cells, Closing, Files, Pointer, Source, Table, to
from relata.engine.transfer.migration.export import Export

#: "15 Apr, 2021 00:03:00", as Zoho writes moments for readers, beside ISO 8601.
MOMENTS = ("%d %b, %Y %H:%M:%S", "%d %b, %Y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%d/%m/%Y %H:%M")
_PEOPLE = "people"
_MADE: dict[str, Any] = {"made": "Created Time", "changed": "Modified Time"}


def _day(field: str, column: str) -> Column:
    return Column(field, column, date_format=MOMENTS)


def _thousands(cells: Cells) -> Cells:
    """`$342.09K` as a figure."""
    found = dict(cells)
    for name, text in cells.items():
        if match := re.fullmatch(r"\s*([^\d\s-]{0,3})\s*(-?[\d.,]+)\s*([KM])\s*", text):
            figure = float(match[2].replace(",", "")) * (1000 if match[3] == "K" else 1_000_000)
            found[name] = f"{match[1]}{figure:.2f}"
    return found


_SOURCES = {
    "advertisement": "campaign", "cold call": "cold_call", "employee referral": "referral",
    "external referral": "referral", "online store": "website", "onlinestore": "website", "partner": "partner",
    "public relations": "campaign", "sales mail alias": "campaign", "seminar partner": "event",
    "seminar-internal": "event", "trade show": "event", "web download": "website", "web research": "website",
    "chat": "website", "x (twitter)": "social", "facebook": "social",
}  # fmt: skip
_LEAD_STATES = {
    "attempted to contact": "working", "contact in future": "working", "contacted": "working", "junk lead":
    "unqualified", "lost lead": "unqualified", "not contacted": "new", "pre qualified": "qualified",
    "pre-qualified": "qualified", "not qualified": "unqualified", "-none-": "new",
}  # fmt: skip


def _pipeline(export: Export) -> Iterator[Cells]:
    if export.has("Potentials"):
        yield {"Id": "pipeline", "Name": "Zoho CRM"}


def _stages(export: Export) -> Iterator[Cells]:
    """The stages of the potentials in the order in which Zoho ships them, then the others."""
    shipped = ("Prospect", "Qualification", "Needs Analysis", "Value Proposition", "Identify Decision Makers",
               "Initial Offer", "Proposal/Price Quote", "Negotiation/Review")  # fmt: skip
    found: dict[str, Cells] = {}
    for cells in (*export.cells("Potentials"), *export.cells("Deals")):
        name = cells.get("Stage", "").strip()
        if name and name not in found:
            outcome = cells.get("Forecast Type", "").casefold()
            is_won, is_lost = outcome == "won" or "won" in name.casefold(), "lost" in name.casefold()
            category = "won" if is_won else "lost" if is_lost or outcome == "lost" else "open"
            found[name] = {"Id": name, "Name": name, "Pipeline": "pipeline", "Category": category}
    order = {"open": 0, "won": 1, "lost": 2}
    places = {name: at for at, name in enumerate(shipped)}
    stages = sorted(
        found.values(), key=lambda one: (order[one["Category"]], places.get(one["Name"], len(shipped)), one["Name"])
    )
    open_stages = sum(one["Category"] == "open" for one in stages)
    for position, stage in enumerate(stages, start=1):
        chance = {"won": 100, "lost": 0}.get(stage["Category"], round(100 * position / (open_stages + 1)))
        yield {**stage, "Position": str(position), "Chance": str(chance)}


def _deals(export: Export) -> Iterator[Cells]:
    """The potentials, with the contact and account of those whose lead became one: they share its address."""
    by_email = {cells.get("Email", "").strip().casefold(): cells for cells in export.cells("Contacts")}
    leads = {cells.get("LEADID", ""): cells for cells in export.cells("Leads")}
    for name in ("Potentials", "Deals"):
        for cells in export.cells(name):
            lead = leads.get(cells.get("LEADID", ""), {})
            person = by_email.get(lead.get("Email", "").strip().casefold(), {}) if lead.get("Email") else {}
            yield {
                **cells,
                "Contact of lead": person.get("CONTACTID", ""), "Account of lead": person.get("Account Id", ""),
                "Deal": cells.get("POTENTIALID") or cells.get("LEADID", ""),
            }  # fmt: skip


def _leads(export: Export) -> Iterator[Cells]:
    """The leads with what they became. One that was converted was open until then, whatever it was called."""
    deals = {cells.get("LEADID", "") for cells in (*export.cells("Potentials"), *export.cells("Deals"))}
    people = {cells.get("Email", "").strip().casefold(): cells for cells in export.cells("Contacts")}
    for cells in export.cells("Leads"):
        person = people.get(cells.get("Email", "").strip().casefold(), {}) if cells.get("Email") else {}
        is_converted = cells.get("CONVERTED", "").casefold() == "yes" or cells.get("LEADID", "") in deals
        found = {**cells, "State": "Pre Qualified" if is_converted else cells.get("Lead Status", "")}
        if is_converted:
            found |= {"Converted": "yes", "Became deal": cells.get("LEADID", ""),
                      "Became contact": person.get("CONTACTID", ""),
                      "Became account": person.get("Account Id", "")}  # fmt: skip
        yield found


_ABOUT_ACTIVITY = (
    ("POTENTIALID", ("Potentials",)), ("ACCOUNTID", ("Accounts",)), ("CONTACTID", ("Contacts",)),
    ("LEADID", ("Leads",)), ("What Id", ("Potentials", "Accounts")), ("Who Id Id", ("Contacts", "Leads")),
)  # fmt: skip
_INVOLVED = ("Tasks Involved", "Events Involved", "Calls Involved", "Activities Involved")

_TABLES = (
    Table(
        name="Users",
        of="user",
        key=("USER_ID",),
        adopt=("email",),
        aliases=((_PEOPLE, "USER_ID"), (_PEOPLE, "Last Name"), (_PEOPLE, "Full Name")),
        columns=(
            Column("name", template=("{First Name} {Last Name}", "{Last Name}", "{Email}")),
            Column("email", "Email"),
            Column("status", constant="inactive"),
        ),
    ),
    Table(
        name="Pipelines",
        of="pipeline",
        rows=_pipeline,
        heads=("Id", "Name"),
        key=("Id",),
        adopt=("name",),
        columns=(Column("name", "Name"), Column("is_active", constant=True)),
    ),
    Table(
        name="Stages",
        of="stage",
        rows=_stages,
        key=("Id",),
        heads=("Id", "Name", "Pipeline", "Chance", "Category", "Position"),
        columns=(
            Column("name", "Name"),
            Column("probability", "Chance"),
            Column("category", "Category"),
            Column("position", "Position"),
        ),
        pointers=(to("pipeline", "Pipeline", "Pipelines"),),
    ),
    Table(
        name="Campaigns",
        of="campaign",
        key=("CAMPAIGNID",),
        labels=("Campaign", "Campaigns"),
        icon="megaphone",
        title="Campaign Name",
        aliases=(("Campaigns by name", "Campaign Name"),),
        shape=_thousands,
        pointers=(to("owner", "Campaign Owner Id", _PEOPLE),),
        **_MADE,
    ),
    Table(
        name="Vendors",
        of="vendor",
        key=("VENDORID",),
        labels=("Vendor", "Vendors"),
        icon="truck",
        title="Vendor Name",
        pointers=(to("owner", "Vendor Owner", _PEOPLE),),
        **_MADE,
    ),
    Table(
        name="Accounts",
        of="account",
        key=("ACCOUNTID",),
        **_MADE,
        columns=(
            Column("name", template=("{Account Name}", "Account {ACCOUNTID}")),
            Column("reference", template="zoho:{ACCOUNTID}"),
            Column("website", "Website"),
            Column("phone", "Phone"),
            Column(
                "industry",
                "Industry",
                values={
                    "financial services": "finance",
                    "it services": "software",
                    "government/military": "government",
                    "consulting": "consulting",
                    "technology": "software",
                    "communications": "telecommunications",
                    "manufacturing": "manufacturing",
                    "education": "education",
                },
            ),
            Column(
                "type",
                "Account Type",
                values={
                    "customer": "customer",
                    "prospect": "prospect",
                    "partner": "partner",
                    "vendor": "supplier",
                    "competitor": "competitor",
                    "other": "other",
                },
            ),
            Column("employees", "Employees"),
            Column("annual_revenue", "Annual Revenue"),
            Column("description", "Description"),
        ),
        pointers=(
            Pointer("owner", (("Account Owner Id", (_PEOPLE,)), ("Account Owner", (_PEOPLE,)))),
            to("parent", "Parent Account Id", "Accounts"),
        ),
        left=_INVOLVED,
    ),
    Table(
        name="Contacts",
        of="contact",
        key=("CONTACTID",),
        **_MADE,
        columns=(
            Column("name.salutation", "Salutation"),
            Column("name.first", "First Name"),
            Column("name.last", "Last Name"),
            Column("reference", template="zoho:{CONTACTID}"),
            Column("email", "Email"),
            Column("phone", "Phone", label="work"),
            Column("phone", "Mobile", label="mobile"),
            Column("job_title", "Title"),
            Column("department", "Department"),
            Column("description", "Description"),
            Column("do_not_email", "Email Opt Out"),
            _day("birthday", "Date of Birth"),
        ),
        pointers=(
            Pointer("owner", (("Contact Owner Id", (_PEOPLE,)), ("Contact Owner", (_PEOPLE,)))),
            to("account", "Account Id", "Accounts"),
        ),
    ),
    Table(
        name="Products",
        of="product",
        key=("PRODUCTID",),
        **_MADE,
        columns=(
            Column("name", "Product Name"),
            Column("code", "Product Code"),
            Column("family", "Product Category"),
            Column("unit_price", "Unit Price"),
            Column("unit_cost", "Cost"),
            Column("is_active", "Product Active"),
            Column("description", "Description"),
        ),
        pointers=(to("owner", "Product Owner", _PEOPLE),),
    ),
    Table(
        name="Price_Books",
        of="price_book",
        key=("BOOKID",),
        **_MADE,
        columns=(
            Column("name", "Price Book Name"),
            Column("is_active", "Active"),
            Column("description", "Description"),
        ),
        pointers=(Pointer("owner", (("Price Book Owner Id", (_PEOPLE,)), ("Price Book Owner", (_PEOPLE,)))),),
    ),
    Table(
        name="Leads",
        of="lead",
        key=("LEADID",),
        files="leads",
        rows=_leads,
        **_MADE,
        heads=("State", "Converted", "Became deal", "Became contact", "Became account"),
        columns=(
            Column("name.first", "First Name"),
            Column("name.last", "Last Name"),
            Column("reference", template="zoho:{LEADID}"),
            Column("company", "Company"),
            Column("email", "Email"),
            Column("phone", "Phone", label="work"),
            Column("phone", "Mobile", label="mobile"),
            Column("website", "Website"),
            Column("industry", "Industry"),
            Column("job_title", "Title"),
            Column("source", "Lead Source", values=_SOURCES),
            Column("status", "State", values=_LEAD_STATES),
            Column("description", "Description"),
        ),
        pointers=(Pointer("owner", (("Lead Owner Id", (_PEOPLE,)), ("Lead Owner", (_PEOPLE,)))),),
        closing=Closing(
            ("Converted", ("yes",)),
            {"status": "converted"},
            (
                to("converted_opportunity", "Became deal", "Potentials"),
                to("converted_contact", "Became contact", "Contacts"),
                to("converted_account", "Became account", "Accounts"),
            ),
        ),
        left=("month_Created Time1", "CONVERTED"),
    ),
    Table(
        name="Potentials",
        of="opportunity",
        key=("Deal",),
        files="potentials|deals",
        rows=_deals,
        heads=("Deal", "Contact of lead", "Account of lead"),
        **_MADE,
        columns=(
            Column("name", "Potential Name"),
            Column("reference", template="zoho:{Deal}"),
            Column("amount", "Amount"),
            Column("probability", "Probability"),
            _day("close_date", "Closing Date"),
            Column("next_step", "Next Step"),
            Column("description", "Description"),
            Column("source", "Lead Source", values=_SOURCES),
            Column("stage_changed_at", "Created Time", date_format=MOMENTS),
            Column("type", "Type", values={"new business": "new_business", "existing business": "existing_business"}),
        ),
        pointers=(
            Pointer("owner", (("Potential Owner Id", (_PEOPLE,)), ("Potential Owner", (_PEOPLE,)))),
            to("account", "Account of lead", "Accounts"),
            to("contact", "Contact of lead", "Contacts"),
            to("stage", "Stage", "Stages"),
            to("campaign", "Campaign Id", "Campaigns"),
        ),
        left=("Forecast Type", "Age in Days", "Age Tier", "Amount Tier", "LEADID", *_INVOLVED),
    ),
    Table(
        name="Campaign_Lead_Status",
        of="campaign_member",
        labels=("Campaign member", "Campaign members"),
        icon="users",
        key=("Campaign Name", "Lead First Name", "Lead Last Name"),
        changed="Last Modified Time",
        columns=(Column("name", template="{Lead Last Name}"),),
        pointers=(to("campaign", "Campaign Name", "Campaigns by name"),),
        left=("Lead First Name",),
    ),
    Table(
        name="Quotes",
        of="quote",
        key=("QUOTEID",),
        labels=("Quote", "Quotes"),
        icon="file-text",
        title="Subject",
        pointers=(to("owner", "Quote Owner", _PEOPLE),),
        **_MADE,
    ),
    Table(
        name="Calls",
        of="call",
        key=("TASKID",),
        **_MADE,
        columns=(
            Column("subject", template=("{Subject}", "Call")),
            Column("at", "Call Start Time", date_format=MOMENTS),
            Column("duration", "Call Duration (in seconds)"),
            Column(
                "direction", "Call Type", values={"outbound": "outbound", "inbound": "inbound", "missed": "inbound"}
            ),
            Column("summary", "Description"),
        ),
        pointers=(
            Pointer("owner", (("Call Owner Id", (_PEOPLE,)), ("Call Owner", (_PEOPLE,)))),
            Pointer("about", _ABOUT_ACTIVITY),
            to("contact", "CONTACTID", "Contacts"),
        ),
        left=("Call Duration (in minutes)", "SEMODULE"),
    ),
    Table(
        name="Events",
        of="meeting",
        key=("EVENTID",),
        **_MADE,
        columns=(
            Column("subject", template=("{Subject}", "Meeting")),
            Column("starts_at", "Start DateTime", date_format=MOMENTS),
            Column("ends_at", "End DateTime", date_format=MOMENTS),
            Column("location", "Location"),
            Column("agenda", "Description"),
        ),
        pointers=(
            Pointer("owner", (("Event Owner Id", (_PEOPLE,)), ("Event Owner", (_PEOPLE,)))),
            Pointer("about", _ABOUT_ACTIVITY),
            to("contacts", "CONTACTID", "Contacts"),
        ),
        left=("SEMODULE",),
    ),
    Table(
        name="Tasks",
        of="task",
        key=(),
        **_MADE,
        columns=(
            Column("subject", template=("{Subject}", "Task")),
            _day("due_on", "Due Date"),
            Column(
                "status",
                "Status",
                values={
                    "not started": "open",
                    "deferred": "cancelled",
                    "in progress": "in_progress",
                    "completed": "done",
                    "waiting for input": "in_progress",
                },
            ),
            Column(
                "priority",
                "Priority",
                values={"highest": "urgent", "high": "high", "normal": "normal", "low": "low", "lowest": "low"},
            ),
            Column("description", "Description"),
            Column("completed_at", "Modified Time", date_format=MOMENTS),
        ),
        pointers=(
            Pointer("owner", (("Task Owner Id", (_PEOPLE,)), ("Task Owner", (_PEOPLE,)))),
            Pointer("about", _ABOUT_ACTIVITY),
        ),
    ),
    Table(
        name="Notes",
        of="note",
        key=("NOTEID",),
        **_MADE,
        columns=(Column("subject", "Note Title"), Column("body", template=("{Note Content}", "{Note Title}"))),
        pointers=(
            to("owner", "Note Owner Id", _PEOPLE),
            to("about", "Parent Id", "Accounts", "Contacts", "Leads", "Potentials"),
        ),
    ),
)

ZOHO = Source(
    name="zoho",
    label="Zoho CRM",
    tables=_TABLES,
    people="Users",
    moments=MOMENTS,
    unknown=Table(name="", of="", key=(), **_MADE),
    left=frozenset(
        ("Tag", "Layout", "Locked", "Modified By Id", "Modified By", "Created By Id", "Created By",
         "Last Activity Time")
    ),
    files=(
        Files(
            table="Attachments", key="Attachment Id", parent="Parent Id",
            parents=("Accounts", "Contacts", "Leads", "Potentials"), name="File Name",
            place=lambda cells: (f"Attachments/{cells.get('Attachment Id', '')}",
                                 f"Attachments/{cells.get('File Name', '')}"),
        ),
    ),
)  # fmt: skip
