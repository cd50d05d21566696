"""Activities: tasks, calls, meetings and notes about any record."""

from __future__ import annotations

from pathlib import Path

from relata.engine.metadata.module import Module
from relata.modules.activities.access import ROLES
from relata.modules.activities.actions import ACTIONS, CONSEQUENCES, GUARDS
from relata.modules.activities.contracts import MODULE_NAME
from relata.modules.activities.demo import demo
from relata.modules.activities.home import HOME
from relata.modules.activities.jobs import SCHEDULES
from relata.modules.activities.layouts import LAYOUTS
from relata.modules.activities.objects import OBJECTS
from relata.modules.activities.panels import PANELS
from relata.modules.activities.reports import REPORTS

MODULE = Module(
    MODULE_NAME,
    "Activities",
    "Tasks, calls, meetings and notes about accounts, contacts, deals and anything else.",
    depends=("people", "parties", "mail"),
    position=30,
    objects=OBJECTS,
    panels=PANELS,
    flows=str(Path(__file__).parent / "flows"),
    layouts=LAYOUTS,
    home=HOME,
    reports=REPORTS,
    roles=ROLES,
    actions=ACTIONS,
    guards=GUARDS,
    consequences=CONSEQUENCES,
    schedules=SCHEDULES,
    demo=demo,
)
