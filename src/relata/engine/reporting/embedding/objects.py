"""Which dashboards and reports are shown elsewhere, as whom, and on which sites."""

from __future__ import annotations

import re
from typing import Any

from relata.engine.metadata.fields import Link, Text
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.module import Guard
from relata.engine.metadata.object import Object
from relata.engine.workspace.viewing import viewed_as
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _

_SITE = re.compile(r"https://[a-z0-9.-]{1,200}(:[0-9]{1,5})?|http://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?")
MAX_SITES = 20

DASHBOARD_EMBED = Object(
    "dashboard_embed",
    label="Embedded dashboard",
    help="A dashboard or a report that other sites show in a frame, as a role sees it. Its link ends when this is"
    " deleted.",
    icon="code",
    title_field="role",
    nav=False,
    everyone=Grant(read="own", create="own", change="own", delete="own"),
    personal=True,
    fields=(
        Link("dashboard", "dashboard", reverse="embeds", on_delete="cascade", help="The dashboard."),
        Text("shipped", max_length=120, help="Or one that a module ships, by its key."),
        Text("report", max_length=120, help="Or a report, by its id or by the key of one that a module ships."),
        Text("role", required=True, max_length=80, help="As which role it is shown: never more than its owner sees."),
        Text("sites", max_length=1000, help="Where it may stand: addresses such as https://intranet.example.com."),
        Text("filters", max_length=1000, help="Its filters, as its address holds them."),
    ),
)


def sites_of(text: str | None) -> tuple[str, ...]:
    """Origins, one each; Invalid for what is none."""
    found = tuple(dict.fromkeys((text or "").lower().replace(",", " ").split()))
    wrong = [one for one in found if _SITE.fullmatch(one.rstrip("/")) is None]
    if wrong or len(found) > MAX_SITES:
        hint = _("Such as https://intranet.example.com, without a path.")
        raise Invalid.of([Problem("invalid", _("This is no site."), "sites", hint)])
    return tuple(one.rstrip("/") for one in found)


async def check_embed(work: Any, draft: Any) -> None:
    """Only who may look as a role may show others what it sees."""
    viewed_as(work, draft["role"] or "")
    if draft.changed("sites"):
        draft.set("sites", " ".join(sites_of(draft["sites"])) or None)


OBJECTS = (DASHBOARD_EMBED,)
GUARDS = (Guard("dashboard_embed", check_embed),)
