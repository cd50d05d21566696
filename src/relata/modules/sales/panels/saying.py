"""Values of records as the lines of a card say them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.money import Money


def seen(work: Workspace, record: Record, name: str) -> Any:
    """The value, as far as this person may read it."""
    return record[name] if work.actor.readable(record.object, record.object.all_fields[name]) else None


def option(work: Workspace, object_name: str, field: str, value: str) -> str:
    """A stored choice as people read it."""
    found = work.registry.get(object_name).choice(field).option(value)
    return str(found.title) if found is not None else value


def in_company_currency(work: Workspace, total: Any) -> Money:
    """A sum of amounts in the company's currency, as an aggregate gives it; nothing for none."""
    return Money(Decimal(str(total or 0)), work.settings.currency).rounded()
