"""HubSpot's exports (CRM, Actions, Export, all properties, with associations): a CSV file for each object, named such
as `hubspot-crm-exports-all-contacts-2024-05-01`, with the labels of the properties."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relata.engine.transfer.mapping import Column
from relata.engine.transfer.migration.declared import Cells, Pointer, Source, Table, to
from relata.engine.transfer.migration.export import Export

MOMENTS = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%m/%d/%Y %H:%M", "%m/%d/%Y")
_PEOPLE = "people"
_MADE: dict[str, Any] = {"made": "Create Date", "changed": "Last Modified Date"}
_OWNERS = (
    "Contact owner",
    "Company owner",
    "Deal owner",
    "Ticket owner",
    "Activity assigned to",
    "Assigned to",
    "Owner",
)


def number(text: str) -> str:
    """The first of several ids."""
    return text.partition(";")[0].strip()


def _people(export: Export) -> Iterator[Cells]:
    """Whoever owns something; HubSpot exports name people by their names."""
    seen: dict[str, None] = {}
    for name in export.files:
        for cells in export.cells(name):
            for column in _OWNERS:
                if text := cells.get(column, "").strip():
                    seen[text] = None
    for text in seen:
        yield {"Id": text, "Name": text.partition("@")[0], "Email": text if "@" in text else ""}


def _pipelines(export: Export) -> Iterator[Cells]:
    names = dict.fromkeys(cells.get("Pipeline", "").strip() or "HubSpot" for cells in export.cells("Deals"))
    for name in names:
        yield {"Id": name, "Name": name}


def _stages(export: Export) -> Iterator[Cells]:
    """The stages of each pipeline, in the order of their chance."""
    found: dict[tuple[str, str], Cells] = {}
    for cells in export.cells("Deals"):
        pipeline, name = cells.get("Pipeline", "").strip() or "HubSpot", cells.get("Deal Stage", "").strip()
        if not name:
            continue
        folded = name.casefold()
        is_won = cells.get("Is Closed Won", "").casefold() == "true" or "closed won" in folded
        is_lost = cells.get("Is closed lost", "").casefold() == "true" or "closed lost" in folded
        category = "won" if is_won else "lost" if is_lost else "open"
        stage = found.setdefault((pipeline, name), {"Pipeline": pipeline, "Name": name, "Category": category})
        stage["Id"] = f"{pipeline}/{name}"
        chance = cells.get("Deal probability", "").strip() or "0"
        figure = float(chance) * (100 if float(chance) <= 1 else 1)
        stage["Chance"] = str(max(figure, float(stage.get("Chance", "0"))))
    order = {"open": 0, "won": 1, "lost": 2}
    stages = sorted(found.values(), key=lambda one: (order[one["Category"]], float(one["Chance"]), one["Name"]))
    for position, stage in enumerate(stages, start=1):
        yield {**stage, "Position": str(position)}


def _deal(cells: Cells) -> Cells:
    return {
        **cells,
        "In stage": f"{cells.get('Pipeline', '').strip() or 'HubSpot'}/{cells.get('Deal Stage', '').strip()}",
    }


def _day(field: str, column: str) -> Column:
    return Column(field, column, date_format=MOMENTS)


_STAGES = {
    "subscriber": "subscriber", "lead": "lead", "marketing qualified lead": "lead", "sales qualified lead": "prospect",
    "opportunity": "prospect", "customer": "customer", "evangelist": "advocate",
}  # fmt: skip
_ABOUT = (
    ("Associated Deal IDs", ("Deals",)), ("Associated Company IDs", ("Companies",)),
    ("Associated Contact IDs", ("Contacts",)), ("Associated Company", ("Companies by name",)),
)  # fmt: skip

HUBSPOT = Source(
    name="hubspot",
    label="HubSpot",
    people="Owners",
    moments=MOMENTS,
    number=number,
    unknown=Table(name="", of="", key=("Record ID",), **_MADE),
    left=frozenset(("Associated Deal", "Associated Contact", "Last Activity Date", "Record ID - Contact")),
    tables=(
        Table(
            name="Owners", of="user", rows=_people, heads=("Id", "Name", "Email"), adopt=("email",),
            aliases=((_PEOPLE, "Id"),),
            columns=(Column("name", "Name"), Column("email", "Email"), Column("status", constant="inactive")),
        ),
        Table(
            name="Pipelines", of="pipeline", rows=_pipelines, heads=("Id", "Name"), adopt=("name",),
            columns=(Column("name", "Name"), Column("is_active", constant=True)),
        ),
        Table(
            name="Stages", of="stage", rows=_stages,
            heads=("Id", "Name", "Pipeline", "Chance", "Category", "Position"),
            columns=(
                Column("name", "Name"), Column("probability", "Chance"), Column("category", "Category"),
                Column("position", "Position"),
            ),
            pointers=(to("pipeline", "Pipeline", "Pipelines"),),
        ),
        Table(
            name="Companies", of="account", key=("Record ID",), files=r".*companies.*",
            aliases=(("Companies by name", "Company name"),), **_MADE,
            columns=(
                Column("name", template=("{Company name}", "{Company Domain Name}", "Company {Record ID}")),
                Column("reference", template="hubspot:{Record ID}"), Column("website", "Company Domain Name"),
                Column("phone", "Phone Number"), Column("billing_address.street", "Street Address"),
                Column("billing_address.city", "City"), Column("billing_address.region", "State/Region"),
                Column("billing_address.postcode", "Postal Code"), Column("billing_address.country", "Country/Region"),
                Column("employees", "Number of Employees"), Column("annual_revenue", "Annual Revenue"),
                Column("founded", "Year Founded"), Column("description", "Description"),
            ),
            pointers=(to("owner", "Company owner", _PEOPLE), to("parent", "Parent Company IDs", "Companies")),
        ),
        Table(
            name="Contacts", of="contact", key=("Record ID",), files=r".*contacts.*", **_MADE,
            columns=(
                Column("name.first", "First Name"), Column("name.last", "Last Name"),
                Column("reference", template="hubspot:{Record ID}"), Column("email", "Email"),
                Column("phone", "Phone Number", label="work"), Column("phone", "Mobile Phone Number", label="mobile"),
                Column("job_title", "Job Title"), Column("mailing_address.street", "Street Address"),
                Column("mailing_address.city", "City"), Column("mailing_address.region", "State/Region"),
                Column("mailing_address.postcode", "Postal Code"), Column("mailing_address.country", "Country/Region"),
                Column("lifecycle_stage", "Lifecycle Stage", values=_STAGES), _day("birthday", "Date of birth"),
            ),
            pointers=(
                to("owner", "Contact owner", _PEOPLE),
                Pointer("account", (("Associated Company IDs", ("Companies",)),
                                    ("Associated Company", ("Companies by name",)))),
            ),
        ),
        Table(
            name="Products", of="product", key=("Record ID",), files=r".*products.*", **_MADE,
            columns=(
                Column("name", "Name"), Column("code", "SKU"), Column("unit_price", "Unit price"),
                Column("unit_cost", "Unit cost"), Column("description", "Product description"),
            ),
        ),
        Table(
            name="Deals", of="opportunity", key=("Record ID",), files=r".*deals.*", shape=_deal, heads=("In stage",),
            **_MADE,
            columns=(
                Column("name", "Deal Name"), Column("reference", template="hubspot:{Record ID}"),
                Column("amount", "Amount"), Column("amount.currency", "Currency"), _day("close_date", "Close Date"),
                Column("next_step", "Next step"), Column("description", "Deal Description"),
                Column("stage_changed_at", "Create Date", date_format=MOMENTS),
                Column("type", "Deal Type", values={
                    "new business": "new_business", "newbusiness": "new_business",
                    "existing business": "existing_business", "existingbusiness": "existing_business"}),
            ),
            pointers=(
                to("owner", "Deal owner", _PEOPLE), to("stage", "In stage", "Stages"),
                Pointer("account", (("Associated Company IDs", ("Companies",)),
                                    ("Associated Company", ("Companies by name",)))),
                to("contact", "Associated Contact IDs", "Contacts"),
            ),
            left=("Deal Stage", "Pipeline", "Is Closed Won", "Is closed lost", "Weighted amount"),
        ),
        Table(
            name="Tickets", of="ticket", key=("Record ID",), files=r".*tickets.*", labels=("Ticket", "Tickets"),
            icon="ticket", title="Ticket name", **_MADE,
            pointers=(
                to("owner", "Ticket owner", _PEOPLE), to("account", "Associated Company IDs", "Companies"),
                to("contact", "Associated Contact IDs", "Contacts"),
            ),
        ),
        Table(
            name="Tasks", of="task", key=("Record ID",), files=r".*tasks.*", **_MADE,
            columns=(
                Column("subject", template=("{Task Title}", "Task")), Column("description", "Task Notes"),
                _day("due_on", "Due date"),
                Column("status", "Task Status", values={
                    "not started": "open", "in progress": "in_progress", "waiting": "in_progress", "completed": "done",
                    "deferred": "cancelled"}),
                Column("priority", "Priority", values={"low": "low", "medium": "normal", "high": "high"}),
            ),
            pointers=(to("owner", "Assigned to", _PEOPLE), Pointer("about", _ABOUT)),
        ),
        Table(
            name="Calls", of="call", key=("Record ID",), files=r".*calls.*", **_MADE,
            columns=(
                Column("subject", template=("{Call Title}", "Call")),
                Column("at", "Activity date", date_format=MOMENTS),
                Column("duration", "Call duration"), Column("summary", "Call notes"),
                Column("direction", "Call direction", values={"inbound": "inbound", "outbound": "outbound"}),
            ),
            pointers=(
                to("owner", "Activity assigned to", _PEOPLE), Pointer("about", _ABOUT),
                to("contact", "Associated Contact IDs", "Contacts"),
            ),
        ),
        Table(
            name="Meetings", of="meeting", key=("Record ID",), files=r".*meetings.*", **_MADE,
            columns=(
                Column("subject", template=("{Meeting name}", "Meeting")),
                Column("starts_at", "Meeting start time", date_format=MOMENTS),
                Column("ends_at", "Meeting end time", date_format=MOMENTS), Column("location", "Meeting location"),
                Column("agenda", "Meeting description"),
            ),
            pointers=(to("owner", "Activity assigned to", _PEOPLE), Pointer("about", _ABOUT)),
        ),
        Table(
            name="Notes", of="note", key=("Record ID",), files=r".*notes.*", **_MADE,
            columns=(Column("body", "Note body"),),
            pointers=(to("owner", "Activity assigned to", _PEOPLE), Pointer("about", _ABOUT)),
        ),
    ),
)  # fmt: skip
