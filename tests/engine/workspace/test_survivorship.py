"""Whose value stays when records become one: each rule, by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from relata.engine.history.entries import Provenance
from relata.engine.workspace.record import Record
from relata.engine.workspace.survivorship import survivors
from relata.modules.parties.objects.account import ACCOUNT

_OLD, _NEW = datetime(2024, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)


def _record(number: int, **values: Any) -> Record:
    return Record(ACCOUNT, UUID(int=number), {"created_at": _OLD, **values})


#: The first is old, of an automation; the second is the newest, from a file; the third was sent, and it says most.
_RECORDS = (
    _record(1, name="Ada Ltd", employees=20, tags=("a", "b"), industry="retail"),
    _record(2, name="Ada Limited", employees=5, tags=("b", "c")),
    _record(3, name="ADA", employees=30, tags=("d",), industry="energy", phone="1", description="x", tax_number="9"),
)
_KNOWN = {
    record.id: dict.fromkeys(("name", "employees", "tags"), Provenance(at, None, via, {}))
    for record, at, via in zip(
        _RECORDS, (_OLD, _NEW, datetime(2025, 1, 1, tzinfo=UTC)), ("automation", "import", "api"), strict=True
    )
}


@pytest.mark.parametrize(
    ("field", "rule", "stays"),
    [
        ("name", "first", "Ada Ltd"), ("name", "newest", "Ada Limited"), ("name", "oldest", "Ada Ltd"),
        ("name", "fullest", "ADA"), ("name", "trusted", "ADA"), ("name", "longest", "Ada Limited"),
        ("employees", "largest", 30), ("employees", "smallest", 5), ("employees", "sum", 55),
        ("tags", "union", ("a", "b", "c", "d")), ("tags", "newest", ("b", "c")),
    ],
)  # fmt: skip
def test_a_rule_says_whose_value_stays(field: str, rule: str, stays: Any) -> None:
    own = _RECORDS[0][field]
    assert survivors(ACCOUNT, _RECORDS, {field: rule}, _KNOWN).get(field, own) == stays
