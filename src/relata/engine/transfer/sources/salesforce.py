"""Salesforce's data export (Setup, Data export): a CSV file for each object, named by its API name, with the columns of
the API; files in `Attachments`, `ContentVersion` and `Documents`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from relata.engine.transfer.mapping import Column, Skip
from relata.engine.transfer.migration.born import moment
from relata.engine.transfer.migration.declared import Cells, Closing, Files, Pointer, Source, Table, to
from relata.engine.transfer.migration.export import Export

_YES = ("1", "true", "yes")
_DELETED = (Skip("IsDeleted", "It lies in the bin there.", _YES),)
_PEOPLE = "people"
_MADE: dict[str, Any] = {
    "made": "CreatedDate", "changed": "LastModifiedDate", "made_by": "CreatedById", "skip": _DELETED,
}  # fmt: skip
_OWNER = to("owner", "OwnerId", _PEOPLE)
_ABOUT = ("Opportunity", "Account", "Contact", "Lead", "Case", "Campaign", "Product2")


def _address(field: str, prefix: str) -> tuple[Column, ...]:
    parts = (("street", "Street"), ("city", "City"), ("region", "State"), ("postcode", "PostalCode"),
             ("country", "Country"))  # fmt: skip
    return tuple(Column(f"{field}.{part}", f"{prefix}{column}") for part, column in parts)


_SOURCES = {
    "web": "website", "online form": "website", "website": "website", "phone inquiry": "inbound_call",
    "partner referral": "partner", "partner": "partner", "referral": "referral", "employee referral": "referral",
    "external referral": "referral", "cold call": "cold_call", "trade show": "event", "seminar - internal": "event",
    "seminar - partner": "event", "purchased list": "import", "advertisement": "campaign", "social media": "social",
    "word of mouth": "referral", "other": "other",
}  # fmt: skip
_INDUSTRIES = {
    "agriculture": "agriculture", "banking": "finance", "biotechnology": "health", "communications":
    "telecommunications", "construction": "construction", "consulting": "consulting", "education": "education",
    "energy": "energy", "entertainment": "media", "finance": "finance", "government": "government",
    "healthcare": "health", "hospitality": "hospitality", "insurance": "finance", "manufacturing": "manufacturing",
    "media": "media", "not for profit": "non_profit", "retail": "retail", "technology": "software",
    "telecommunications": "telecommunications", "transportation": "logistics", "shipping": "logistics",
    "utilities": "energy", "other": "other",
}  # fmt: skip
_TYPES = {
    "prospect": "prospect", "customer - direct": "customer", "customer - channel": "customer", "customer": "customer",
    "channel partner / reseller": "partner", "installation partner": "partner", "technology partner": "partner",
    "partner": "partner", "competitor": "competitor", "supplier": "supplier", "vendor": "supplier", "other": "other",
}  # fmt: skip


def number(text: str) -> str:
    """An id of 15 letters, whose case counts, in its form of 18."""
    if len(text) != 15 or not text.isalnum():
        return text
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    blocks = (text[at : at + 5] for at in (0, 5, 10))
    return text + "".join(letters[sum(letter.isupper() << bit for bit, letter in enumerate(one))] for one in blocks)


def label_of(column: str) -> str:
    """`Annual_Income__c` as people say it."""
    text = re.sub(r"__[cr]$", "", column).replace("_", " ")
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    return text[:1].upper() + text[1:] if text else column


def own_column(label: str) -> str:
    """`Annual income` as Salesforce calls a field of one's own."""
    return re.sub(r"[^A-Za-z0-9]+", "_", label).strip("_")[:37] + "__c"


def _strangers(export: Export) -> Iterator[Cells]:
    """People whom records name and the export does not hold, since its maker left them out."""
    known = {number(cells.get("Id", "")) for cells in export.cells("User")}
    seen: dict[str, None] = {}
    for name in export.files:
        for cells in export.cells(name):
            for column in ("OwnerId", "CreatedById"):
                text = number(cells.get(column, "").strip())
                if text.startswith("005") and text not in known:
                    seen[text] = None
    for text in seen:
        yield {"Id": text, "Name": f"Salesforce user {text[-6:]}"}


def _pipeline(export: Export) -> Iterator[Cells]:
    if export.has("Opportunity"):
        yield {"Id": "pipeline", "Name": "Salesforce"}


def _stages(export: Export) -> Iterator[Cells]:
    """The stages that deals are in, those that are open first, by their chance."""
    found: dict[str, Cells] = {}
    for cells in (*export.cells("Opportunity"), *export.cells("OpportunityHistory")):
        name = cells.get("StageName", "").strip()
        if not name:
            continue
        stage = found.setdefault(name, {"Id": name, "Name": name, "Pipeline": "pipeline", "Chance": "0"})
        chance = cells.get("Probability", "").strip()
        if chance and float(chance) > float(stage["Chance"]):
            stage["Chance"] = chance
        if cells.get("IsWon", "").casefold() in _YES:
            stage["Category"] = "won"
        elif cells.get("IsClosed", "").casefold() in _YES:
            stage["Category"] = "lost"
        stage.setdefault("Forecast", cells.get("ForecastCategory", ""))
    for stage in found.values():
        if "Category" not in stage:
            closed = {"closed won": "won", "closed lost": "lost"}
            stage["Category"] = closed.get(stage["Name"].casefold(), "open")
    order = {"open": 0, "won": 1, "lost": 2}
    stages = sorted(found.values(), key=lambda one: (order[one["Category"]], float(one["Chance"]), one["Name"]))
    for position, stage in enumerate(stages, start=1):
        yield {**stage, "Position": str(position)}


def _moves(export: Export) -> dict[str, list[tuple[str, str]]]:
    """When each deal came to which stage, from the stage history, in order; a stage that it stayed in comes once."""
    history: dict[str, list[tuple[str, str]]] = {}
    for cells in export.cells("OpportunityHistory"):
        deal = number(cells.get("OpportunityId", ""))
        history.setdefault(deal, []).append((cells.get("CreatedDate", ""), cells.get("StageName", "")))
    for deal, moves in history.items():
        moves.sort()
        history[deal] = [one for at, one in enumerate(moves) if at == 0 or moves[at - 1][1] != one[1]]
    return history


def _stays(export: Export) -> Iterator[Cells]:
    """Where deals were before they came to where they are."""
    for deal, steps in _moves(export).items():
        for at, (entered, stage) in enumerate(steps[:-1]):
            left, after = steps[at + 1]
            begun, ended = moment(entered), moment(left)
            yield {
                "Id": f"{deal}:{at}",
                "Deal": deal,
                "Stage": stage,
                "Entered": entered,
                "Left": left,
                "Seconds": str(int((ended - begun).total_seconds())) if begun and ended else "",
                "To": after,
                "From": steps[at - 1][1] if at else "",
            }


def _deals(export: Export) -> Iterator[Cells]:
    """Deals with the moment since which they are in their stage."""
    moves = _moves(export)
    for cells in export.cells("Opportunity"):
        steps = moves.get(number(cells.get("Id", "")))
        since = cells.get("LastStageChangeDate", "").strip() or (steps[-1][0] if steps else "")
        yield {**cells, "Since": since or cells.get("CreatedDate", "")}


def _leads(export: Export) -> Iterator[Cells]:
    """Converted ones begin as qualified: they close when what they became is there. A company that is the id of an
    account is called like it."""
    names = {number(cells.get("Id", "")): cells.get("Name", "") for cells in export.cells("Account")}
    for cells in export.cells("Lead"):
        is_converted = cells.get("IsConverted", "").casefold() in _YES
        company = names.get(number(cells.get("Company", "").strip()), cells.get("Company", ""))
        yield {**cells, "Company": company, "State": "converted" if is_converted else cells.get("Status", "")}


def _relation(cells: Cells) -> Cells:
    role = cells.get("Roles", "").strip()
    return {**cells, "Role": role or ("Employee" if cells.get("IsDirect", "").casefold() in _YES else "Related")}


_LEAD_STATES = {
    "open - not contacted": "new", "open": "new", "new": "new", "working - contacted": "working", "working": "working",
    "contacted": "working", "nurturing": "working", "qualified": "qualified", "closed - converted": "qualified",
    "converted": "qualified", "closed - not converted": "unqualified", "unqualified": "unqualified",
}  # fmt: skip
_TASK_STATES = {
    "not started": "open", "open": "open", "in progress": "in_progress", "completed": "done",
    "waiting on someone else": "in_progress", "deferred": "cancelled",
}  # fmt: skip
_ROLES = {
    "decision maker": "decision_maker", "economic buyer": "economic_buyer", "executive sponsor": "champion",
    "economic decision maker": "economic_buyer", "evaluator": "evaluator", "influencer": "influencer",
    "business user": "user", "technical buyer": "evaluator", "other": "influencer",
}  # fmt: skip
_FORECASTS = {
    "omitted": "omitted", "pipeline": "pipeline", "bestcase": "best_case", "best case": "best_case",
    "mostlikely": "commit", "most likely": "commit", "forecast": "commit", "commit": "commit", "closed": "closed",
}  # fmt: skip

_TABLES = (
    Table(
        name="User",
        of="user",
        adopt=("email",),
        aliases=((_PEOPLE, "Id"),),
        columns=(
            Column("name", "Name"),
            Column("name", template=("{FirstName} {LastName}", "{LastName}")),
            Column("email", "Email"),
            Column("title", "Title"),
            Column("status", constant="inactive"),
        ),
        left=("Username", "Alias", "CommunityNickname", "ProfileId", "UserRoleId", "TimeZoneSidKey", "LocaleSidKey"),
    ),
    Table(
        name="Users whom the export does not hold",
        of="user",
        rows=_strangers,
        heads=("Id", "Name"),
        aliases=((_PEOPLE, "Id"),),
        columns=(Column("name", "Name"), Column("status", constant="inactive")),
    ),
    Table(
        name="Pipelines",
        of="pipeline",
        rows=_pipeline,
        heads=("Id", "Name"),
        adopt=("name",),
        columns=(Column("name", "Name"), Column("is_active", constant=True)),
    ),
    Table(
        name="Stages",
        of="stage",
        rows=_stages,
        heads=("Id", "Name", "Pipeline", "Chance", "Category", "Forecast", "Position"),
        columns=(
            Column("name", "Name"),
            Column("probability", "Chance"),
            Column("category", "Category"),
            Column("position", "Position"),
            Column("forecast_category", "Forecast", values=_FORECASTS),
        ),
        pointers=(to("pipeline", "Pipeline", "Pipelines"),),
    ),
    Table(
        name="Campaign",
        of="campaign",
        labels=("Campaign", "Campaigns"),
        icon="megaphone",
        title="Name",
        **_MADE,
        pointers=(_OWNER, to("parent", "ParentId", "Campaign")),
    ),
    Table(
        name="Account",
        of="account",
        **_MADE,
        columns=(
            Column("name", template=("{Name}", "Account {Id}")),
            Column("reference", "Id"),
            Column("type", "Type", values=_TYPES),
            Column("industry", "Industry", values=_INDUSTRIES),
            Column("website", "Website"),
            Column("phone", "Phone"),
            *_address("billing_address", "Billing"),
            *_address("shipping_address", "Shipping"),
            Column("annual_revenue", "AnnualRevenue"),
            Column("employees", "NumberOfEmployees"),
            Column("founded", "YearStarted"),
            Column("description", "Description"),
        ),
        pointers=(_OWNER, to("parent", "ParentId", "Account")),
    ),
    Table(
        name="Contact",
        of="contact",
        **_MADE,
        columns=(
            Column("name.salutation", "Salutation"),
            Column("name.first", "FirstName"),
            Column("name.last", "LastName"),
            Column("reference", "Id"),
            Column("email", "Email"),
            Column("job_title", "Title"),
            Column("department", "Department"),
            Column("phone", "Phone", label="work"),
            Column("phone", "MobilePhone", label="mobile"),
            Column("phone", "HomePhone", label="home"),
            Column("phone", "OtherPhone", label="other"),
            *_address("mailing_address", "Mailing"),
            Column("birthday", "Birthdate"),
            Column("description", "Description"),
            Column("do_not_email", "HasOptedOutOfEmail"),
            Column("do_not_call", "DoNotCall"),
        ),
        pointers=(_OWNER, to("account", "AccountId", "Account"), to("reports_to", "ReportsToId", "Contact")),
        left=("Name",),
    ),
    Table(
        name="AccountContactRelation",
        of="affiliation",
        shape=_relation,
        heads=("Role",),
        made="CreatedDate",
        changed="LastModifiedDate",
        made_by="CreatedById",
        columns=(Column("role", "Role"), Column("starts_on", "StartDate"), Column("ends_on", "EndDate")),
        skip=(*_DELETED, Skip("IsDirect", "It is the contact's own account, which the contact names.", _YES)),
        pointers=(to("account", "AccountId", "Account"), to("contact", "ContactId", "Contact")),
        left=("IsActive", "Roles"),
    ),
    Table(
        name="Product2",
        of="product",
        **_MADE,
        columns=(
            Column("name", "Name"),
            Column("code", "ProductCode"),
            Column("family", "Family"),
            Column("description", "Description"),
            Column("is_active", "IsActive"),
        ),
    ),
    Table(
        name="Pricebook2",
        of="price_book",
        **_MADE,
        columns=(Column("name", "Name"), Column("description", "Description"), Column("is_active", "IsActive")),
    ),
    Table(
        name="PricebookEntry",
        of="price_book_entry",
        **_MADE,
        columns=(Column("unit_price", "UnitPrice"), Column("unit_price.currency", "CurrencyIsoCode")),
        pointers=(to("price_book", "Pricebook2Id", "Pricebook2"), to("product", "Product2Id", "Product2")),
        left=("Name", "ProductCode", "UseStandardPrice"),
    ),
    Table(
        name="Opportunity",
        of="opportunity",
        rows=_deals,
        files="opportunity",
        heads=("Since",),
        **_MADE,
        columns=(
            Column("name", "Name"),
            Column("reference", "Id"),
            Column("amount", "Amount"),
            Column("amount.currency", "CurrencyIsoCode"),
            Column("probability", "Probability"),
            Column("close_date", "CloseDate"),
            Column("next_step", "NextStep"),
            Column("source", "LeadSource", values=_SOURCES),
            Column("forecast_category", "ForecastCategory", values=_FORECASTS),
            Column("description", "Description"),
            Column("stage_changed_at", template="{Since}"),
            Column(
                "type",
                "Type",
                values={
                    "new customer": "new_business",
                    "new business": "new_business",
                    "existing customer - upgrade": "existing_business",
                    "existing business": "existing_business",
                    "existing customer - replacement": "existing_business",
                    "existing customer - downgrade": "existing_business",
                    "renewal": "renewal",
                },
            ),
        ),
        pointers=(
            _OWNER,
            to("account", "AccountId", "Account"),
            to("contact", "ContactId", "Contact"),
            to("stage", "StageName", "Stages"),
            to("campaign", "CampaignId", "Campaign"),
            to("price_book", "Pricebook2Id", "Pricebook2"),
        ),
        left=(
            "IsClosed",
            "IsWon",
            "ForecastCategoryName",
            "Fiscal",
            "FiscalQuarter",
            "FiscalYear",
            "ExpectedRevenue",
            "HasOpportunityLineItem",
            "HasOpenActivity",
            "HasOverdueTask",
            "LastStageChangeDate",
            "LastAmountChangedHistoryId",
            "LastCloseDateChangedHistoryId",
        ),
    ),
    Table(
        name="Stage history",
        of="stage_stay",
        rows=_stays,
        heads=("Id", "Deal", "Stage", "Entered", "Left", "Seconds", "To", "From"),
        columns=(
            Column("name", "Stage"),
            Column("entered_at", "Entered"),
            Column("left_at", "Left"),
            Column("duration", "Seconds"),
        ),
        pointers=(
            to("opportunity", "Deal", "Opportunity"),
            to("stage", "Stage", "Stages"),
            to("went_to", "To", "Stages"),
            to("came_from", "From", "Stages"),
        ),
    ),
    Table(
        name="OpportunityContactRole",
        of="opportunity_contact",
        **_MADE,
        columns=(Column("role", "Role", values=_ROLES, default="influencer"), Column("is_primary", "IsPrimary")),
        pointers=(to("opportunity", "OpportunityId", "Opportunity"), to("contact", "ContactId", "Contact")),
    ),
    Table(
        name="OpportunityLineItem",
        of="opportunity_line",
        **_MADE,
        columns=(
            Column("name", "Name"),
            Column("quantity", "Quantity"),
            Column("unit_price", "UnitPrice"),
            Column("unit_price.currency", "CurrencyIsoCode"),
            Column("discount", "Discount"),
            Column("position", "SortOrder"),
        ),
        pointers=(to("opportunity", "OpportunityId", "Opportunity"), to("product", "Product2Id", "Product2")),
        left=("TotalPrice", "Subtotal", "ListPrice", "PricebookEntryId", "ProductCode"),
    ),
    Table(
        name="Lead",
        of="lead",
        files="lead",
        rows=_leads,
        heads=("State",),
        **_MADE,
        columns=(
            Column("name.salutation", "Salutation"),
            Column("name.first", "FirstName"),
            Column("name.last", "LastName"),
            Column("reference", "Id"),
            Column("company", "Company"),
            Column("job_title", "Title"),
            Column("email", "Email"),
            Column("phone", "Phone", label="work"),
            Column("phone", "MobilePhone", label="mobile"),
            Column("website", "Website"),
            *_address("address", ""),
            Column("status", "State", values=_LEAD_STATES),
            Column("source", "LeadSource", values=_SOURCES),
            Column("rating", "Rating", values={"hot": "hot", "warm": "warm", "cold": "cold"}),
            Column("industry", "Industry"),
            Column("employees", "NumberOfEmployees"),
            Column("description", "Description"),
        ),
        pointers=(_OWNER,),
        closing=Closing(
            ("IsConverted", _YES),
            {"status": "converted"},
            (
                to("converted_account", "ConvertedAccountId", "Account"),
                to("converted_contact", "ConvertedContactId", "Contact"),
                to("converted_opportunity", "ConvertedOpportunityId", "Opportunity"),
            ),
        ),
        left=("Name", "Address", "ConvertedDate", "IsUnreadByOwner"),
    ),
    Table(
        name="CampaignMember",
        of="campaign_member",
        labels=("Campaign member", "Campaign members"),
        icon="users",
        **_MADE,
        columns=(Column("name", template=("{Name}", "{Status}", "{Id}")),),
        pointers=(
            to("campaign", "CampaignId", "Campaign"),
            to("lead", "LeadId", "Lead"),
            to("contact", "ContactId", "Contact"),
        ),
        left=("LeadOrContactId", "LeadOrContactOwnerId", "Type"),
    ),
    Table(
        name="Task",
        of="task",
        **_MADE,
        columns=(
            Column("subject", template=("{Subject}", "Task")),
            Column("status", "Status", values=_TASK_STATES),
            Column("priority", "Priority", values={"high": "high", "normal": "normal", "low": "low"}),
            Column("due_on", "ActivityDate"),
            Column("description", "Description"),
            Column("completed_at", "CompletedDateTime"),
        ),
        pointers=(_OWNER, Pointer("about", (("WhatId", _ABOUT), ("WhoId", _ABOUT), ("AccountId", _ABOUT)))),
        left=("IsClosed", "IsHighPriority", "WhoCount", "WhatCount", "TaskSubtype", "IsArchived"),
    ),
    Table(
        name="Event",
        of="meeting",
        **_MADE,
        columns=(
            Column("subject", template=("{Subject}", "Meeting")),
            Column("starts_at", "StartDateTime"),
            Column("ends_at", "EndDateTime"),
            Column("location", "Location"),
            Column("agenda", "Description"),
            Column("is_all_day", "IsAllDayEvent"),
        ),
        pointers=(
            _OWNER,
            Pointer("about", (("WhatId", _ABOUT), ("WhoId", _ABOUT), ("AccountId", _ABOUT))),
            to("contacts", "WhoId", "Contact"),
        ),
        left=(
            "ActivityDateTime",
            "ActivityDate",
            "DurationInMinutes",
            "WhoCount",
            "WhatCount",
            "ShowAs",
            "IsArchived",
            "EventSubtype",
            "IsGroupEvent",
            "GroupEventType",
        ),
    ),
    Table(
        name="Note",
        of="note",
        **_MADE,
        columns=(Column("subject", "Title"), Column("body", template=("{Body}", "{Title}"))),
        pointers=(_OWNER, to("about", "ParentId", *_ABOUT)),
        left=("IsPrivate",),
    ),
)

SALESFORCE = Source(
    name="salesforce",
    label="Salesforce",
    tables=_TABLES,
    people="User",
    number=number,
    label_of=label_of,
    own_column=own_column,
    own_id="Relata_Id__c",
    unknown=Table(
        name="", of="", key=("Id",), made="CreatedDate", changed="LastModifiedDate", made_by="CreatedById",
        pointers=(_OWNER,), skip=_DELETED,
    ),
    silent=frozenset(
        "OpportunityHistory OpportunityFieldHistory AccountHistory ContactHistory LeadHistory CaseHistory"
        " ContentDocument ContentDocumentLink Document Folder UserRole Profile Organization Group GroupMember"
        " RecordType BusinessHours Period FiscalYearSettings LeadStatus OpportunityStage TaskStatus"
        " TaskPriority CaseStatus ProcessDefinition EmailTemplate LoginHistory SetupAuditTrail PermissionSet"
        " PermissionSetAssignment UserLicense".split()
    ),
    left=frozenset(
        "SystemModstamp MasterRecordId PhotoUrl LastViewedDate LastReferencedDate LastModifiedById IsDeleted Jigsaw"
        " JigsawCompanyId JigsawContactId CleanStatus BillingAddress ShippingAddress MailingAddress OtherAddress"
        " BillingGeocodeAccuracy ShippingGeocodeAccuracy MailingGeocodeAccuracy OtherGeocodeAccuracy GeocodeAccuracy"
        " BillingLatitude BillingLongitude ShippingLatitude ShippingLongitude MailingLatitude MailingLongitude"
        " OtherLatitude OtherLongitude Latitude Longitude LastActivityDate LastCURequestDate LastCUUpdateDate"
        " MayEdit IsLocked UserRecordAccessId".split()
    ),
    files=(
        Files(
            table="Attachment", key="Id", parent="ParentId", parents=_ABOUT, name="Name",
            place=lambda cells: (f"Attachments/{cells.get('Id', '')}", f"Attachments/{cells.get('Id', '')[:15]}"),
        ),
        Files(
            table="ContentVersion", key="Id", parent="FirstPublishLocationId", parents=_ABOUT, name="PathOnClient",
            place=lambda cells: (f"ContentVersion/{cells.get('Id', '')}",),
        ),
    ),
)  # fmt: skip
