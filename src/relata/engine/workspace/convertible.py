"""Whether a field may become another, and what is told of values that do not fit."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from relata.engine.metadata.fields import AutoNumber, Field
from relata.engine.metadata.object import Object
from relata.engine.workspace.context import WorkspaceContext
from relata.engine.workspace.uses import own_uses
from relata.foundation.errors import Conflict, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import ngettext

#: Values that did not fit are counted all, and listed up to this many.
LISTED = 100


@dataclass(frozen=True, slots=True)
class Misfit:
    """A value that the new type does not take."""

    record: UUID
    value: str
    reason: str


@dataclass(slots=True)
class Conversion:
    """What became of the values. misfits: the first of the failed ones."""

    converted: int = 0
    failed: int = 0
    misfits: list[Misfit] = field(default_factory=list)

    def fail(self, record: UUID, value: str, reason: str) -> None:
        """Count a value that did not fit."""
        self.failed += 1
        if len(self.misfits) < LISTED:
            self.misfits.append(Misfit(record, value[:200], reason))


class NotConvertible(Conflict):
    """Some values do not fit the new type; nothing was changed."""

    code = "not_convertible"

    def __init__(self, title: str, report: Conversion) -> None:
        problems = [
            Problem("not_convertible", f"{one.value!r}: {one.reason}", str(one.record)) for one in report.misfits
        ]
        super().__init__(
            ngettext(
                "One value does not fit the new type of %(title)s.",
                "%(count)s values do not fit the new type of %(title)s.",
                report.failed,
            )
            % {"title": title, "count": report.failed},
            hint=_("Mend them, or convert by force: they become empty."),
            problems=problems,
        )
        self.report = report


def check_convertible(context: WorkspaceContext, one: Object, old: Field, new: Field) -> None:
    """Conflict unless the field is a custom one whose values can become others."""
    if not old.custom:
        raise Conflict(
            _("%(title)s belongs to the product.") % {"title": old.title},
            code="built_in",
            hint=_("Change its label, help or options."),
        )
    is_other = type(old) is not type(new) or old.sensitivity != new.sensitivity
    if is_other and "secret" in (old.sensitivity, new.sensitivity):
        raise Conflict(
            _("%(title)s can't become %(sensitivity)s.")
            % {"title": old.title, "sensitivity": "secret" if new.sensitivity == "secret" else "of this kind"},
            code="not_convertible",
            hint=_("Make a new field: what was readable lies in the history, and what is secret is never read."),
        )
    uses = own_uses(one, old)
    if uses and type(old) is not type(new):
        raise Conflict(
            _("%(title)s is needed as it is: %(uses)s.") % {"title": old.title, "uses": "; ".join(uses)},
            code="in_use",
            problems=[Problem("in_use", use) for use in uses],
        )
    if old.type_name == new.type_name and not old.stored and old.type_name != "links":
        return
    if not old.stored or not new.stored or (isinstance(new, AutoNumber) and not isinstance(old, AutoNumber)):
        raise Conflict(
            _("%(title)s can't become of this type.") % {"title": old.title},
            code="not_convertible",
            hint=_("Make a new field, and delete this one when it is not needed."),
        )
