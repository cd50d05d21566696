"""A record's page: who is this, how are things, what is next. Everything else is read when its tab is opened."""

from __future__ import annotations

from uuid import UUID

import msgspec

from relata.engine.automation.flows.pressing import buttons
from relata.engine.metadata.object import Object
from relata.engine.reporting.reader_rates import worths_of
from relata.engine.ui.conditions import holds
from relata.engine.ui.dependents import hidden_fields
from relata.engine.ui.facts import Fact, Facts, first_only, is_editable, sections_of, visible_values
from relata.engine.ui.listing import text_of
from relata.engine.ui.making import may_make
from relata.engine.ui.values import shown, targets_of
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _

#: Key facts in the header; more of them answer nothing at a glance.
KEY_FACTS = 6


class ActionOffer(msgspec.Struct, frozen=True, kw_only=True):
    """An action that is possible now. quiet: it stands in the menu."""

    name: str
    label: str
    icon: str
    help: str
    needs_input: bool
    quiet: bool = False


class RecordPage(msgspec.Struct, frozen=True, kw_only=True):
    """What every tab of the page shows. record: what the page is about, with every stored value. tabs: number and title
    of the layout's tabs whose condition holds. flows: those that can be started on it, by id and label."""

    object: Object
    record: Record
    id: str
    title: str
    version: int
    deleted: bool
    highlights: tuple[Fact, ...]
    sections: tuple[Facts, ...]
    tabs: tuple[tuple[int, str], ...]
    actions: tuple[ActionOffer, ...]
    may_change: bool
    may_delete: bool
    may_create: bool
    flows: tuple[tuple[str, str], ...] = ()


async def record_page(work: Workspace, one: Object, record_id: UUID) -> RecordPage:
    """The page of one record, living or in the bin. NotFound where it is not visible."""
    record = await work.get(one.name, record_id, deleted=None)
    values, types = await visible_values(work, one, record)
    titles = await titles_of(work.unit, targets_of((one.field(name), value) for name, value in values.items()))
    may_change = not record.is_deleted and await work.may(record, "change")
    worths = await worths_of(work, one, values)

    def fact(name: str) -> Fact:
        field = one.all_fields[name]
        value = shown(work.registry, field, values[name], titles, types.get(name, ""))
        editable = may_change and is_editable(work, one, field)
        return Fact(
            name=name, label=field.title, kind=value.kind, value=value.value, help=field.advice, editable=editable,
            worth=worths.get(name),
        )  # fmt: skip

    layout = work.layout(one.name)
    hidden = await hidden_fields(work, one, {**record.values, "id": record_id})
    return RecordPage(
        object=one,
        record=record,
        id=str(record_id),
        title=text_of(one.all_fields[one.title_field], values.get(one.title_field)) or _("Untitled"),
        version=record.version,
        deleted=record.is_deleted,
        highlights=tuple(first_only(fact(name)) for name in layout.highlights if name in values)[:KEY_FACTS],
        sections=tuple(sections_of(work, one, record, layout, values, fact, hidden)),
        tabs=tuple(
            (number, tab.heading)
            for number, tab in enumerate(layout.tabs)
            if not tab.visible or holds(work, one, record, tab.visible)
        ),
        actions=tuple(offers_of(work, one, record)) if not record.is_deleted else (),
        may_change=may_change,
        may_delete=not record.is_deleted and await work.may(record, "delete"),
        may_create=may_make(work, one),
        flows=tuple((str(found.flow), found.button) for found in await buttons(work, one.name)) if may_change else (),
    )


def offers_of(work: Workspace, one: Object, record: Record) -> list[ActionOffer]:
    """The actions that this person may do with the record as it is now."""
    offers = []
    for found in work.registry.actions.get(one.name, {}).values():
        if work.actor.rights.permits(found.needs) and (not found.offered or holds(work, one, record, found.offered)):
            inputs = [name for name in found.command.__struct_fields__ if name != one.name]
            offers.append(
                ActionOffer(
                    name=found.name,
                    label=found.title,
                    icon=found.icon,
                    help=found.advice,
                    needs_input=bool(inputs),
                    quiet=found.quiet,
                )
            )
    return offers
