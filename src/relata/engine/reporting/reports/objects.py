"""Reports as records: they have access, sharing, history, API, export and the bin like any other."""

from __future__ import annotations

from typing import Any

from relata.engine.metadata.fields import Json, LongText, Text
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.module import Guard
from relata.engine.metadata.object import Object
from relata.engine.reporting import definition
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

REPORT = Object(
    "report",
    label="Report",
    help="A question to the records that is asked again and again, with its answer as table and picture.",
    icon="chart-column",
    everyone=Grant(read="own", create="own", change="own", delete="own"),
    personal=True,
    fields=(
        Text("name", required=True, max_length=120, searchable=True, help="What the report is called."),
        LongText("description", max_length=1000, help="What one learns from it."),
        Text(
            "object", label="About", max_length=63, read_only=True, indexed=True,
            help="The object whose records it is about, by name.",
        ),
        Json("body", required=True, help="What it asks: filter, groups, figures and picture."),
        Text("copied_from", max_length=120, read_only=True, help="The shipped report that it began as."),
    ),
)  # fmt: skip


async def check_report(work: Any, draft: Any) -> None:
    """What is kept is a report about an object that there is. What its owner may not see of it is told where it is
    shown: those with whom it is shared may see more."""
    if draft.changed("body"):
        found = definition.read(draft["body"])
        if found.object not in work.registry.objects:
            raise Invalid(_("Choose what the report is about."), code="gone", field="body")
        draft.set("body", definition.write(found))
        draft.set("object", found.object)


OBJECTS = (REPORT,)
GUARDS = (Guard("report", check_report),)
