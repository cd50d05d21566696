"""Whose value stays when records become one, by a rule for each field; and the consents of which the stricter always
stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from relata.engine.history import entries
from relata.engine.metadata.fields import Boolean, Emails, Field, Links
from relata.engine.metadata.object import Object
from relata.engine.workspace.record import Record
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

#: For each record, where its values came from.
Provenances = Mapping[UUID, Mapping[str, entries.Provenance]]
RULES = ("first", "newest", "oldest", "fullest", "trusted", "longest", "largest", "smallest", "sum", "union")
_LISTS = ("emails", "phones", "web_addresses", "tags", "multi_choice")
_NUMBERS = ("integer", "decimal", "percent", "rating", "duration")
#: What a value came through, the most trusted first: what a person typed, what a program sent, what a file brought.
_TRUSTED = ("form", "web", "portal", "api", "rest", "import", "automation")
_EMPTY: tuple[Any, ...] = (None, (), "")


def rules_for(field: Field) -> tuple[str, ...]:
    """The rules that make sense for a field, the usual one first."""
    if isinstance(field, Links) or field.type_name in _LISTS:
        return ("union", "first", "newest", "fullest", "trusted")
    always = ("first", "newest", "oldest", "fullest", "trusted")
    if field.type_name in _NUMBERS:
        return (*always, "largest", "smallest", "sum")
    if field.type_name in ("date", "datetime"):
        return (*always, "largest", "smallest")
    return (*always, "longest") if field.type_name in ("text", "long_text", "rich_text") else always


def survives(field: Field) -> bool:
    """Whether a merge may take the field's value from another record: a secret is bound to its own."""
    if field.system or field.type_name == "auto_number" or field.sensitivity == "secret":
        return False
    return field.stored or isinstance(field, Links)


async def provenance_of(work: Workspace, records: Sequence[Record]) -> Provenances:
    """Where the values of these records came from."""
    connection, schema = work.unit.connection, work.context.schema
    return {record.id: await entries.provenance(connection, schema, record.id) for record in records}


def survivors(one: Object, records: Sequence[Record], rules: Mapping[str, str], known: Provenances) -> dict[str, Any]:
    """The values that the first record takes, by field; only those that differ from its own. Invalid for a rule that
    does not fit."""
    found: dict[str, Any] = {}
    for name, rule in rules.items():
        field = one.field(name)
        if field is None or not survives(field) or rule not in rules_for(field):
            raise Invalid(
                _("There is no such rule for %(field)s.") % {"field": name[:60]}, code="merge_rule", field=name
            )
    for field in one.fields:
        if not survives(field):
            continue
        held = [record for record in records if record[field.name] not in _EMPTY]
        if not held:
            continue
        value = _survivor(field, held, rules.get(field.name) or rules_for(field)[0], known)
        if value != (records[0][field.name] or (() if isinstance(value, tuple) else None)):
            found[field.name] = value
    return found


def _survivor(field: Field, held: Sequence[Record], rule: str, known: Provenances) -> Any:
    name = field.name
    values = [record[name] for record in held]
    if rule == "union":
        return tuple(dict.fromkeys(item for value in values for item in value))
    if rule == "sum":
        return sum(values[1:], values[0])
    if rule in ("largest", "smallest"):
        return max(values) if rule == "largest" else min(values)
    if rule == "longest":
        return max(values, key=len)
    if rule == "fullest":
        return max(held, key=_fullness)[name]
    if rule == "trusted":
        return min(held, key=lambda record: _trust(known, record, name))[name]
    if rule in ("newest", "oldest"):
        pick = max if rule == "newest" else min
        return pick(held, key=lambda record: _moment(known, record, name))[name]
    return values[0]


def _fullness(record: Record) -> int:
    return sum(record[field.name] not in _EMPTY for field in record.object.fields if survives(field))


def _trust(known: Provenances, record: Record, name: str) -> int:
    source = known.get(record.id, {}).get(name)
    via = source.via if source else str(record["created_via"] or "")
    return _TRUSTED.index(via) if via in _TRUSTED else len(_TRUSTED)


def _moment(known: Provenances, record: Record, name: str) -> datetime:
    source = known.get(record.id, {}).get(name)
    moment: datetime = source.at if source else record["created_at"]
    return moment


def strict_values(one: Object, records: Sequence[Record]) -> dict[str, Any]:
    """Consents that any of the records withdrew: that one stays, for the first record too."""
    stops = {field.stop for field in one.fields if isinstance(field, Emails) and field.stop}
    return {
        field.name: True
        for field in one.fields
        if isinstance(field, Boolean)
        and (field.name in stops or field.name.startswith("do_not_"))
        and any(record[field.name] for record in records)
    }
