"""What can be done with chosen rows: the bar above a list, and how it says which rows are meant."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

from relata.engine.formula import all_of, parse, to_text
from relata.engine.messaging.mail.outgoing.objects import MAILING
from relata.engine.messaging.mail.outgoing.people import email_field
from relata.engine.metadata.module import Action
from relata.engine.metadata.object import Object
from relata.engine.transfer.bulk.fixes import FIXES, offered
from relata.engine.transfer.bulk.order import Kind, Order, memberships
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.web.filters import search_condition


class BulkButton(msgspec.Struct, frozen=True, kw_only=True):
    """what: change, assign, delete, restore, add:OBJECT, action:NAME, fix:NAME or flow. ask: below the bar's path, what
    asks for the rest."""

    what: str
    label: str
    icon: str
    meaning: str = ""
    ask: str = "ask"


class BulkBar(msgspec.Struct, frozen=True, kw_only=True):
    """buttons stand in the bar, more in its menu. total: address that answers how many the filter finds."""

    path: str
    csrf: str
    where: str
    words: str
    deleted: bool
    total: str
    buttons: tuple[BulkButton, ...]
    more: tuple[BulkButton, ...]
    can_export: bool

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing that this person could do."""
        return not (self.buttons or self.more or self.can_export)


def bulk_bar(
    work: Workspace, one: Object, csrf: str, *, where: str = "", words: str = "", deleted: bool = False, total: str = ""
) -> BulkBar:
    """What this person may do with records of this object, here or in its bin."""
    rights = work.actor.rights
    may_change, may_delete = bool(rights.level(one, "change")), bool(rights.level(one, "delete"))
    buttons: list[BulkButton] = []
    more: list[BulkButton] = []
    if deleted:
        if may_change and rights.permits("see_deleted"):
            buttons.append(BulkButton(what="restore", label=_("Restore"), icon="archive-restore"))
    else:
        if may_change:
            buttons.append(BulkButton(what="change", label=_("Change"), icon="pencil"))
            buttons.append(BulkButton(what="assign", label=_("Assign"), icon="user-plus"))
        mailing = work.registry.objects.get(MAILING)
        if mailing is not None and email_field(one) is not None and work.actor.rights.level(mailing, "create"):
            buttons.append(BulkButton(what="mail", label=_("E-mail"), icon="mail"))
        for each in memberships(work, one):
            label = _("Add to %(list)s") % {"list": work.registry.get(each.list).noun}
            more.append(BulkButton(what=f"add:{each.object}", label=label, icon="list-plus"))
        more.extend(
            BulkButton(what=f"action:{act.name}", label=act.title, icon=act.icon) for act in actions_of(work, one)
        )
        if may_change:
            more.extend(
                BulkButton(what=f"fix:{name}", label=_(FIXES[name].label), icon="sparkles")
                for name in offered(work, one)
            )
        if may_change and "flow" in work.registry.objects:
            more.append(BulkButton(what="flow", label=_("Start a flow"), icon="workflow", ask="flow/ask"))
        if may_delete:
            buttons.append(BulkButton(what="delete", label=_("Delete"), icon="trash-2", meaning="bad"))
    return BulkBar(
        path=f"/{one.path}/bulk", csrf=csrf, where=where, words=words, deleted=deleted, total=total,
        buttons=tuple(buttons), more=tuple(more), can_export=rights.permits("export_records") and not deleted,
    )  # fmt: skip


def actions_of(work: Workspace, one: Object) -> list[Action]:
    """The declared actions that this person may run."""
    found = work.registry.actions.get(one.name, {}).values()
    return [each for each in found if work.actor.rights.permits(each.needs)]


def chosen_order(work: Workspace, one: Object, form: Mapping[str, list[str]], kind: Kind) -> Order:
    """Which records the bar's form means: those ticked, or all that the list's filter finds."""

    def last(name: str) -> str:
        return (form.get(name) or [""])[-1]

    deleted = last("deleted") == "true"
    if last("everything") == "true":
        parts = [parse(last("where"))] if last("where") else []
        found = search_condition(work, one, last("q"))
        parts = [*parts, found] if found is not None else parts
        return Order(one.name, kind, None, to_text(all_of(parts)) if parts else "", deleted)
    ids: list[UUID] = [key for text in form.get("selected", []) if (key := parse_id(text)) is not None]
    if not ids:
        raise Invalid(_("Choose some records first."), code="required", field="selected")
    return Order(one.name, kind, tuple(dict.fromkeys(ids)), deleted=deleted)
