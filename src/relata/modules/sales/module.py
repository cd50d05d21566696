"""Sales: leads, opportunities, pipelines and stages."""

from __future__ import annotations

from pathlib import Path

from relata.engine.metadata.module import Module
from relata.modules.sales.access import PERMISSIONS, ROLES
from relata.modules.sales.actions import ACTIONS, CONSEQUENCES, GUARDS, seed
from relata.modules.sales.contracts import MODULE_NAME
from relata.modules.sales.dashboards import DASHBOARDS
from relata.modules.sales.demo import demo
from relata.modules.sales.extensions import EXTENSIONS
from relata.modules.sales.home import HOME
from relata.modules.sales.jobs import SCHEDULES
from relata.modules.sales.layouts import LAYOUTS
from relata.modules.sales.metrics import METRICS
from relata.modules.sales.objects import OBJECTS
from relata.modules.sales.panels import PANELS
from relata.modules.sales.reactions import REACTIONS
from relata.modules.sales.reports import REPORTS

MODULE = Module(
    MODULE_NAME,
    "Sales",
    "Leads and deals, from a first interest to a signature.",
    depends=("people", "parties", "activities", "catalog"),
    position=20,
    objects=OBJECTS,
    flows=str(Path(__file__).parent / "flows"),
    extensions=EXTENSIONS,
    layouts=LAYOUTS,
    panels=PANELS,
    home=HOME,
    dashboards=DASHBOARDS,
    metrics=METRICS,
    reports=REPORTS,
    roles=ROLES,
    permissions=PERMISSIONS,
    actions=ACTIONS,
    guards=GUARDS,
    consequences=CONSEQUENCES,
    reactions=REACTIONS,
    schedules=SCHEDULES,
    seed=seed,
    demo=demo,
)
