"""Fields of a record with their values, as its page, its panel and inline edit show them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from relata.engine.formula import Binary, Literal, Path
from relata.engine.metadata.fields import Field
from relata.engine.metadata.layout import Layout, Section
from relata.engine.metadata.object import Object
from relata.engine.query.request import Query
from relata.engine.query.scope import FieldScope
from relata.engine.reporting.reader_rates import worths_of
from relata.engine.ui.conditions import holds
from relata.engine.ui.values import shown, targets_of
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _
from relata.foundation.money import Money

#: What every record has; shown in a section of its own unless the layout places it.
_ABOUT_RECORD = ("owner", "team", "created_at", "created_by", "changed_at", "changed_by")


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One field with its value. editable: whether this person may change it here. note: a quiet line below
    the value. worth: an amount in the reader's currency, where it is in another."""

    name: str
    label: str
    kind: str
    value: Any
    help: str = ""
    editable: bool = False
    note: str = ""
    worth: Money | None = None


#: The page itself, before all tabs of its layout.
OWN = -1


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """A section of the page. tab: the number of the layout's tab that it stands in."""

    title: str
    facts: tuple[Fact, ...]
    columns: int = 1
    tab: int = OWN


def first_only(fact: Fact) -> Fact:
    """A key fact shows the main one of several e-mails, phones or addresses."""
    if fact.kind not in ("emails", "phones", "urls") or not fact.value:
        return fact
    return msgspec.structs.replace(fact, kind=fact.kind[:-1], value=fact.value[0].value)


async def one_fact(work: Workspace, one: Object, record: Record, name: str) -> Fact:
    """One field of the page, for inline edit. NotFound for a field that is not there or hidden."""
    values, types = await visible_values(work, one, record)
    if name not in values:
        raise NotFound(_("There is no field %(name)s.") % {"name": name[:60]}, code="unknown_field")
    field = one.all_fields[name]
    titles = await titles_of(work.unit, targets_of([(field, values[name])]))
    value = shown(work.registry, field, values[name], titles, types.get(name, ""))
    editable = is_editable(work, one, field) and await work.may(record, "change")
    worth = (await worths_of(work, one, {**record.values, name: values[name]})).get(name)
    return Fact(
        name=name, label=field.title, kind=value.kind, value=value.value, help=field.advice, editable=editable,
        worth=worth,
    )  # fmt: skip


async def visible_values(work: Workspace, one: Object, record: Record) -> tuple[dict[str, Any], dict[str, str]]:
    """Python values of everything that may be read, and what formulas give."""
    scope = FieldScope(work.registry, one, work.actor)
    condition = Binary("=", Path(("id",)), Literal(str(record.id)))
    rows = (await work.query(Query(one.name, condition, limit=1, deleted=record.is_deleted))).values()
    if not rows:
        raise NotFound(_("This %(noun)s does not exist.") % {"noun": one.noun}, hint=_("It may have been deleted."))
    values = {name: value for name, value in rows[0].items() if name != "id"}
    types = {name: str(scope.find((name,)).type.kind) for name in values if one.all_fields[name].type_name == "formula"}
    return values, types


def is_editable(work: Workspace, one: Object, field: Field) -> bool:
    """Whether this person may write the field in a form. Files are dropped onto the record; JSON is for programs."""
    writable = (field.stored or field.type_name == "links") and field.type_name not in ("file", "json")
    return (
        writable
        and not field.system
        and not field.read_only
        and field.type_name != "auto_number"
        and work.actor.rights.writable(one, field)
    )


def sections_of(
    work: Workspace, one: Object, record: Record, layout: Layout, values: dict[str, Any],
    fact: Callable[[str], Fact], hidden: frozenset[str] = frozenset(),
) -> list[Facts]:  # fmt: skip
    """The layout's sections whose condition holds, without the fields that other values hide; what no section names
    comes last, so that a new field is never lost."""
    named = layout.named_fields
    found = [
        (tab, section)
        for tab, section in _declared(layout)
        if not section.visible or holds(work, one, record, section.visible)
    ]
    rest = tuple(field.name for field in one.fields if field.name not in named and not field.hidden)
    if rest and layout.rest:
        found.append((OWN, Section(_("More") if named else _("Details"), rest)))
    found.append((OWN, Section(_("Record"), tuple(name for name in _ABOUT_RECORD if name not in named))))
    sections = []
    for tab, section in found:
        shown = (name for name in section.fields if name in values and name not in hidden)
        names = [name for name in shown if not one.all_fields[name].hidden]
        facts = tuple(fact(name) for name in names)
        if facts:
            sections.append(Facts(title=section.heading, facts=facts, columns=section.columns, tab=tab))
    return sections


def _declared(layout: Layout) -> list[tuple[int, Section]]:
    """The layout's own sections, then those of its tabs, which show on the condition of the tab, too; each with the
    number of its tab."""
    found = [(OWN, section) for section in layout.sections]
    for number, tab in enumerate(layout.tabs):
        for section in tab.sections:
            both = " and ".join(f"({condition})" for condition in (tab.visible, section.visible) if condition)
            found.append((number, msgspec.structs.replace(section, visible=both)))
    return found
