"""The cards beside a record's page that modules fill."""

from __future__ import annotations

from datetime import date

import msgspec

from relata.engine.metadata.module import Panel
from relata.engine.ui.facts import OWN
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied
from relata.foundation.money import Money


class PanelItem(msgspec.Struct, frozen=True, kw_only=True):
    """One line. meaning: good, warning, bad or "" for its mark. note: a quiet line below, with a day after it where
    there is one. value or amount: at its end. is_person:
    whether initials stand before it; key: what their colour is made from. href: where it leads. act: the name of an
    action of the record that mends it; act_with: what its form begins with, as a query."""

    text: str
    note: str = ""
    day: date | None = None
    value: str = ""
    amount: Money | None = None
    meaning: str = ""
    href: str = ""
    is_person: bool = False
    key: str = ""
    act: str = ""
    act_with: str = ""


class FilledPanel(msgspec.Struct, frozen=True, kw_only=True):
    """A panel with its lines."""

    name: str
    title: str
    icon: str
    items: tuple[PanelItem, ...]


def panels_of(work: Workspace, object_name: str, tab: int = OWN) -> list[Panel]:
    """The panels of an object, in the order of the modules: those of one tab of its layout, or those beside the page,
    where those stand, too, whose tab is not there."""
    known = [one for module in work.registry.modules.values() for one in module.panels if one.object == object_name]
    tabs = [one.title for one in work.layout(object_name).tabs]
    if tab != OWN:
        return [one for one in known if tab < len(tabs) and one.tab == tabs[tab]]
    return [one for one in known if one.tab not in tabs]


async def filled_panels(work: Workspace, record: Record, tab: int = OWN) -> list[FilledPanel]:
    """Those that have something to say about the record."""
    filled = []
    for panel in panels_of(work, record.object.name, tab):
        try:
            items = tuple(await panel.gather(work, record))
        except Denied:  # it reads what this person may not
            continue
        if items:
            filled.append(FilledPanel(name=panel.name, title=panel.title, icon=panel.icon, items=items))
    return filled
