"""What a list of an object may show: its own fields, and those of what it links to, one step away."""

from __future__ import annotations

import msgspec

from relata.engine.formula import Unknown
from relata.engine.metadata.fields import Field, Link
from relata.engine.metadata.object import Object
from relata.engine.query.scope import FieldScope, Found
from relata.engine.query.select import sortable
from relata.engine.ui.listing import label_of
from relata.engine.ui.values import kind_of
from relata.engine.workspace.workspace import Workspace

_GROUPED = ("choice", "link", "user", "boolean", "date", "datetime")
#: Links that every record has lead nowhere new, and would double the choice.
_TOO_FAR = ("created_by", "changed_by")


class ColumnChoice(msgspec.Struct, frozen=True, kw_only=True):
    """A column that somebody may choose. group: the link that leads to it, "" for the object's own."""

    path: str
    label: str
    kind: str
    group: str = ""
    sortable: bool = False

    @property
    def groups(self) -> bool:
        """Whether records can be grouped by it."""
        return self.kind in _GROUPED


def column_choices(work: Workspace, one: Object) -> list[ColumnChoice]:
    """All of them for this person, the object's own first."""
    scope = FieldScope(work.registry, one, work.actor)
    found = [
        _choice(scope, (name,), "") for name, field in one.all_fields.items()
        if name != one.title_field and _offered(field)
    ]  # fmt: skip
    for name, field in one.all_fields.items():
        if not isinstance(field, Link) or not work.actor.readable(one, field) or name in _TOO_FAR:
            continue
        target = work.registry.get(field.to)
        if not work.actor.rights.level(target, "read"):
            continue
        found.extend(
            _choice(scope, (name, other), field.title) for other, far in target.all_fields.items()
            if other != target.title_field and _offered(far) and not far.system
        )  # fmt: skip
    return [choice for choice in found if choice is not None]


def _offered(field: Field) -> bool:
    return not field.hidden and field.name not in ("version", "deleted_at")


def _choice(scope: FieldScope, path: tuple[str, ...], group: str) -> ColumnChoice | None:
    found = find(scope, path)
    if found is None or found.field is None:
        return None
    kind = "text" if found.part else kind_of(found.field, str(found.type.kind))
    label = label_of(found) if not group else found.field.title
    return ColumnChoice(path=".".join(path), label=label, kind=kind, group=group, sortable=sortable(found))


def find(scope: FieldScope, path: tuple[str, ...]) -> Found | None:
    """Where a path leads for this reader; None where it leads nowhere."""
    try:
        return scope.find(path)
    except Unknown:
        return None
