"""What is asked for: which records, and what shall be done to each. Checked before the first of them is touched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

import msgspec

from relata.engine.metadata.fields import AnyLink, File, Link
from relata.engine.metadata.module import Action
from relata.engine.metadata.object import Object
from relata.engine.transfer.bulk.fixes import FIXES
from relata.engine.workspace.reading import read_values
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _

Kind = Literal["change", "paste", "delete", "restore", "action", "add", "fix", "undo"]
#: Chosen one by one; more than these are chosen by a filter.
MOST_IDS = 1000
#: Needs nothing but the object, so it is found for every list that has members.
_RIGHT = {
    "change": "change", "paste": "change", "delete": "delete", "restore": "change", "action": "read", "fix": "change",
}  # fmt: skip


class Order(msgspec.Struct, frozen=True, omit_defaults=True):
    """ids: the records, or None for all that `where` finds (living, or in the bin). values: raw values as a form sends
    them: of the fields to change, or of the action's command. cells: other values for each record, by id (paste).
    action, fix: its name. into, target: the object of memberships and the id of the list. undoes: another bulk change;
    imported: an import that is undone. warnings: whether records that a rule warns of are refused, or pass."""

    object: str
    kind: Kind
    ids: tuple[UUID, ...] | None = None
    where: str = ""
    deleted: bool = False
    values: dict[str, Any] = {}
    cells: dict[str, dict[str, Any]] = {}
    action: str = ""
    fix: str = ""
    into: str = ""
    target: UUID | None = None
    undoes: UUID | None = None
    imported: UUID | None = None
    warnings: Literal["refuse", "pass"] = "refuse"

    @property
    def trace(self) -> tuple[str, str]:
        """What the log says of the changes that are to be undone: a key and its value; empty where nothing is."""
        if self.undoes is not None:
            return "bulk", str(self.undoes)
        return ("import", str(self.imported)) if self.imported is not None else ("", "")


class Membership(msgspec.Struct, frozen=True):
    """An object that puts records on lists: `holder` links to the list, `member` to the record."""

    object: str
    holder: str
    member: str
    list: str


def check(work: Workspace, order: Order) -> Object:
    """The object, if the actor may do this to any of its records. Raises Denied, Invalid."""
    one = work.readable_object(order.object)
    if order.ids is not None and not 0 < len(order.ids) <= MOST_IDS:
        raise Invalid(
            _("Choose 1 to %(most_ids)s records, or all that the filter finds.") % {"most_ids": MOST_IDS},
            code="too_many",
            field="ids",
        )
    right = _RIGHT.get(order.kind)
    if right and not work.actor.rights.level(one, right):
        raise Denied(
            _("You may not %(right)s %(nouns)s.") % {"right": right, "nouns": one.nouns}, code=f"denied_{right}"
        )
    if order.kind == "change":
        check_values(work, one, order.values)
    elif order.kind == "restore" and not work.actor.rights.permits("see_deleted"):
        raise Denied(_("You may not restore records."), code="denied_restore")
    elif order.kind == "action":
        command_of(work.action(one.name, order.action), UUID(int=0), order.values)
    elif order.kind == "fix" and order.fix not in FIXES:
        raise NotFound(_("There is no such way to tidy up."), code="unknown_fix")
    elif order.kind == "add":
        membership_of(work, one, order.into)
    return one


def check_values(work: Workspace, one: Object, values: Mapping[str, Any]) -> None:
    """Invalid where a value fits no record: unknown, hidden or protected fields, and what is no value of its field."""
    if not values:
        raise Invalid.of([Problem("nothing", _("Choose a field to change."), None, _("Pick at least one."))])
    for name in values:
        field = one.field(name)
        if field is not None and (isinstance(field, File) or field.sensitivity == "secret"):
            message = f"{field.title} can't be changed in bulk."
            raise Invalid.of([Problem("not_in_bulk", message, name, _("Change it on each record."))])
    read = read_values(work.unit, one, values, trusted=False)
    missing = [field for field in one.required_fields if field.name in read and read[field.name] is None]
    if missing:
        raise Invalid.of(
            [
                Problem("required", _("%(title)s is required.") % {"title": one.title}, one.name, _("Fill it in."))
                for one in missing
            ]
        )


def command_of(action: Action, record: UUID, values: Mapping[str, Any]) -> msgspec.Struct:
    """The action's command for one record; Invalid names the input that is missing or does not fit."""
    names = {field.name for field in msgspec.structs.fields(action.command)} - {action.object}
    given = {name: value for name, value in values.items() if name in names and value not in (None, "")}
    try:
        return msgspec.convert({**given, action.object: str(record)}, action.command, strict=False)
    except msgspec.ValidationError as error:
        field = next((name for name in sorted(names) if f"`{name}`" in str(error) or f".{name}" in str(error)), None)
        problem = Problem("invalid_value", _("This value is missing or does not fit."), field, _("Check it."))
        raise Invalid.of([problem]) from error


def memberships(work: Workspace, one: Object) -> list[Membership]:
    """The lists that records of this object can be put on: objects that pair a list with a member, each pair once, and
    that people fill."""
    found = []
    for each in work.registry.objects.values():
        for group in each.unique_together:
            fields = [each.field(name) for name in group]
            holder = next((f for f in fields if isinstance(f, Link) and f.required), None)
            member = next((f for f in fields if isinstance(f, AnyLink) and f.required and not f.read_only), None)
            if len(group) == 2 and holder and member and (not member.to_any or one.name in member.to_any):
                found.append(Membership(each.name, holder.name, member.name, holder.to))
    return [each for each in found if work.actor.rights.level(work.registry.get(each.object), "create")]


def membership_of(work: Workspace, one: Object, name: str) -> Membership:
    """The one that is asked for; NotFound for another."""
    found = next((each for each in memberships(work, one) if each.object == name), None)
    if found is None:
        raise NotFound(
            _("%(title_plural)s can't be put on such a list.") % {"title_plural": one.title_plural}, code="unknown_list"
        )
    return found
