"""Pipedrive's exports (Tools and apps, Export data): a CSV file for each kind, named such as `deals-1234567-1`, whose
columns begin with the kind: `Deal - Title`. Links are names, and ids where the export was asked for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relata.engine.transfer.mapping import Column
from relata.engine.transfer.migration.declared import Cells, Pointer, Source, Table, to
from relata.engine.transfer.migration.export import Export

MOMENTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")
_PEOPLE = "people"
_KINDS = ("Deal", "Person", "Organization", "Activity", "Note", "Product", "Lead")


def label_of(column: str) -> str:
    """`Deal - Hat size` without the kind."""
    kind, dash, rest = column.partition(" - ")
    return rest if dash and kind in _KINDS else column


def _people(export: Export) -> Iterator[Cells]:
    """Whoever owns something or is to do something, by name."""
    seen: dict[str, None] = {}
    for name in export.files:
        for cells in export.cells(name):
            for kind in _KINDS:
                for column in ("Owner", "Creator", "Assigned to user", "User"):
                    if text := cells.get(f"{kind} - {column}", "").strip():
                        seen[text] = None
    for text in seen:
        yield {"Id": text, "Name": text}


def _pipelines(export: Export) -> Iterator[Cells]:
    names = (cells.get("Deal - Pipeline", "").strip() or "Pipedrive" for cells in export.cells("deals"))
    for name in dict.fromkeys(names):
        yield {"Id": name, "Name": name}


def _in_stage(cells: Cells) -> str:
    """A deal's stage; those that are decided stand in a stage of their own here."""
    pipeline, status = cells.get("Deal - Pipeline", "").strip() or "Pipedrive", cells.get("Deal - Status", "")
    name = {"won": "Won", "lost": "Lost"}.get(status.strip().casefold(), cells.get("Deal - Stage", "").strip())
    return f"{pipeline}/{name or 'Open'}"


def _stages(export: Export) -> Iterator[Cells]:
    found: dict[str, Cells] = {}
    for cells in export.cells("deals"):
        key = _in_stage(cells)
        pipeline, _slash, name = key.rpartition("/")
        category = {"Won": "won", "Lost": "lost"}.get(name, "open")
        stage = found.setdefault(key, {"Id": key, "Pipeline": pipeline, "Name": name, "Category": category})
        stage["Chance"] = {"won": "100", "lost": "0"}.get(category, cells.get("Deal - Probability", "") or "10")
    order = {"open": 0, "won": 1, "lost": 2}
    for position, stage in enumerate(sorted(found.values(), key=lambda one: order[one["Category"]]), start=1):
        yield {**stage, "Position": str(position)}


def _deal(cells: Cells) -> Cells:
    closed = cells.get("Deal - Won time", "") or cells.get("Deal - Lost time", "")
    expected = cells.get("Deal - Expected close date", "")
    return {**cells, "In stage": _in_stage(cells), "Decided": closed, "Expected": expected or closed}


def _name(kind: str) -> tuple[str, ...]:
    return (f"{{{kind} - Name}}", f"{kind} {{{kind} - ID}}")


def _made(kind: str) -> dict[str, Any]:
    return {"made": f"{kind} - {kind} created", "changed": f"{kind} - Update time"}


def _owner(kind: str) -> Pointer:
    return to("owner", f"{kind} - Owner", _PEOPLE)


_ABOUT = (
    ("Deal ID", ("deals",)), ("Deal", ("deals by name",)), ("Organization ID", ("organizations",)),
    ("Organization", ("organizations by name",)), ("Contact person ID", ("persons",)),
    ("Contact person", ("contacts by name",)),
)  # fmt: skip


def _about(kind: str) -> Pointer:
    return Pointer("about", tuple((f"{kind} - {column}", tables) for column, tables in _ABOUT))


PIPEDRIVE = Source(
    name="pipedrive",
    label="Pipedrive",
    people="Users",
    moments=MOMENTS,
    label_of=label_of,
    unknown=Table(name="", of="", key=("ID",)),
    tables=(
        Table(
            name="Users", of="user", rows=_people, heads=("Id", "Name"), aliases=((_PEOPLE, "Id"),),
            columns=(Column("name", "Name"), Column("status", constant="inactive")),
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
            name="organizations", of="account", key=("Organization - ID",), files=r"organi[sz]ations?.*",
            aliases=(("organizations by name", "Organization - Name"),), **_made("Organization"),
            columns=(
                Column("name", template=_name("Organization")),
                Column("reference", template="pipedrive:{Organization - ID}"),
                Column("billing_address.street", "Organization - Address"),
                Column("website", "Organization - Website"), Column("employees", "Organization - Number of employees"),
                Column("annual_revenue", "Organization - Annual revenue"),
            ),
            pointers=(_owner("Organization"),),
            left=("Organization - People", "Organization - Open deals", "Organization - Won deals",
                  "Organization - Lost deals", "Organization - Closed deals", "Organization - Total activities",
                  "Organization - Done activities", "Organization - Activities to do"),
        ),
        Table(
            name="persons", of="contact", key=("Person - ID",), files=r"(people|persons|contacts).*",
            aliases=(("contacts by name", "Person - Name"),), **_made("Person"),
            columns=(
                Column("name", "Person - Name"), Column("reference", template="pipedrive:{Person - ID}"),
                Column("email", "Person - Email"), Column("email", "Person - Email - Work", label="work"),
                Column("email", "Person - Email - Home", label="home"), Column("phone", "Person - Phone"),
                Column("phone", "Person - Phone - Work", label="work"),
                Column("phone", "Person - Phone - Mobile", label="mobile"),
                Column("phone", "Person - Phone - Home", label="home"), Column("job_title", "Person - Job title"),
                Column("birthday", "Person - Birthday", date_format=MOMENTS),
            ),
            pointers=(
                _owner("Person"),
                Pointer("account", (("Person - Organization ID", ("organizations",)),
                                    ("Person - Organization", ("organizations by name",)))),
            ),
            left=("Person - First name", "Person - Last name", "Person - Open deals", "Person - Won deals",
                  "Person - Lost deals", "Person - Closed deals", "Person - Total activities",
                  "Person - Done activities", "Person - Activities to do"),
        ),
        Table(
            name="products", of="product", key=("Product - ID",), files=r"products?.*", **_made("Product"),
            columns=(
                Column("name", "Product - Name"), Column("code", "Product - Product code"),
                Column("unit_price", "Product - Unit price"), Column("unit_price", "Product - Price"),
                Column("description", "Product - Description"), Column("is_active", "Product - Active"),
            ),
        ),
        Table(
            name="deals", of="opportunity", key=("Deal - ID",), files=r"deals?.*", shape=_deal,
            heads=("In stage", "Decided", "Expected"), aliases=(("deals by name", "Deal - Title"),), **_made("Deal"),
            columns=(
                Column("name", "Deal - Title"), Column("reference", template="pipedrive:{Deal - ID}"),
                Column("amount", "Deal - Value"), Column("amount.currency", "Deal - Currency of Value"),
                Column("probability", "Deal - Probability"),
                Column("close_date", "Expected", date_format=MOMENTS),
                Column("closed_on", "Decided", date_format=MOMENTS), Column("lost_note", "Deal - Lost reason"),
                Column("stage_changed_at", "Deal - Last stage change", date_format=MOMENTS),
            ),
            pointers=(
                _owner("Deal"), to("stage", "In stage", "Stages"),
                Pointer("account", (("Deal - Organization ID", ("organizations",)),
                                    ("Deal - Organization", ("organizations by name",)))),
                Pointer("contact", (("Deal - Contact person ID", ("persons",)),
                                    ("Deal - Contact person", ("contacts by name",)))),
            ),
            left=("Deal - Stage", "Deal - Pipeline", "Deal - Status", "Deal - Won time", "Deal - Lost time",
                  "Deal - Weighted value", "Deal - Total activities", "Deal - Done activities",
                  "Deal - Activities to do", "Deal - Email messages count", "Deal - Expected close date",
                  "Deal - Deal closed on"),
        ),
        Table(
            name="activities", of="task", key=("Activity - ID",), files=r"activit.*",
            made="Activity - Add time", changed="Activity - Update time",
            columns=(
                Column("subject", template=("{Activity - Subject}", "Activity")),
                Column("due_on", "Activity - Due date", date_format=MOMENTS),
                Column("status", "Activity - Done", values={"done": "done", "yes": "done", "true": "done", "1": "done",
                                                           "to do": "open", "no": "open", "false": "open",
                                                           "0": "open"}),
                Column("description", "Activity - Note"),
            ),
            pointers=(
                Pointer("owner", (("Activity - Assigned to user", (_PEOPLE,)), ("Activity - Owner", (_PEOPLE,)))),
                _about("Activity"),
            ),
        ),
        Table(
            name="notes", of="note", key=("Note - ID",), files=r"notes?.*", made="Note - Add time",
            changed="Note - Update time",
            columns=(Column("body", "Note - Content"),),
            pointers=(to("owner", "Note - User", _PEOPLE), _about("Note")),
        ),
    ),
)  # fmt: skip
