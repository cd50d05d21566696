"""What is sealed comes back as it was, for its record and its salt alone; master keys read what older ones wrapped."""

from __future__ import annotations

import os
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relata.engine.metadata import fields as f
from relata.engine.metadata.fields.base import ParseContext
from relata.engine.metadata.object import Object
from relata.engine.secrets.records import SEALED, Sealer
from relata.engine.secrets.ring import KeyRing, new_ring
from relata.engine.secrets.workspace_keys import WorkspaceKeys
from relata.engine.workspace.changes import LogWriter, encode
from relata.foundation.errors import Invalid, Unavailable

SEALER = Sealer(WorkspaceKeys("w", {"log": {1: os.urandom(32), 2: os.urandom(32)}}))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
#: One personal field of each kind that holds values, with something a person would type.
FIELDS: tuple[tuple[f.AnyField, Any], ...] = (
    (f.Text("text", sensitivity="personal"), "Zoë"),
    (f.LongText("long_text"), "two\nlines"),
    (f.RichText("rich_text"), "*hello*"),
    (f.Integer("integer", sensitivity="personal"), 42),
    (f.DecimalField("decimal", places=2, sensitivity="personal"), "1.50"),
    (f.MoneyField("money", sensitivity="personal"), {"amount": "10.00", "currency": "EUR"}),
    (f.Percent("percent", sensitivity="personal"), 12.5),
    (f.Boolean("boolean", sensitivity="personal"), True),
    (f.Date("date", sensitivity="personal"), "1980-02-29"),
    (f.DateTime("datetime", sensitivity="personal"), "2026-11-21T10:00:00Z"),
    (f.Duration("duration", sensitivity="personal"), "1h"),
    (f.Emails("emails", sensitivity="personal"), ["zoe@example.com"]),
    (f.Phones("phones", sensitivity="personal"), ["+49301234567"]),
    (f.WebAddresses("web", sensitivity="personal"), ["https://example.com"]),
    (f.Address("address", sensitivity="personal"), {"street": "Lane 4", "city": "Bath"}),
    (f.PersonName("name", sensitivity="personal"), {"first": "Zoë", "last": "Q"}),
    (f.Tags("tags", sensitivity="personal"), ["a", "b"]),
    (f.Json("json", sensitivity="personal"), {"a": [1, None]}),
    (f.Link("link", "account", sensitivity="personal"), str(UUID(int=7))),
)


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=5), st.uuids())
def test_what_is_sealed_comes_back_for_its_record_alone(values: dict[str, Any], record: UUID) -> None:
    salt = SEALER.salt()
    cipher = SEALER.cipher(salt)
    assert cipher is not None
    text = SEALER.seal(cipher, record, values)
    assert SEALER.open(salt, record, text) == values
    assert SEALER.open(SEALER.salt(), record, text) is None
    assert SEALER.open(salt, UUID(int=record.int ^ 1), text) is None


@given(st.sets(st.sampled_from(range(len(FIELDS))), min_size=1), st.uuids())
def test_every_type_of_field_is_sealed_and_read_as_it_was(chosen: set[int], record: UUID) -> None:
    one = Object("thing", label="Thing", help="x", fields=tuple(field for field, _ in FIELDS))
    values = {FIELDS[at][0].name: FIELDS[at][0].parse(FIELDS[at][1], ParseContext()) for at in chosen}
    plain = {name: one.all_fields[name].to_json(value) for name, value in values.items()}
    salt, (logged,) = LogWriter(one, SEALER).written(record, None, values)
    assert salt is not None
    assert {value for name, value in logged.items() if name != SEALED} == {None}
    opened = SEALER.open(salt, record, logged[SEALED])
    assert encode(opened) == encode(plain)


def test_a_new_master_key_still_reads_what_the_old_one_wrapped() -> None:
    old = new_ring()
    wrapped = old.wrap(b"key", "what")
    both = KeyRing.parse(old.with_new().text())
    assert both.unwrap(old.current, wrapped, "what") == b"key"
    with pytest.raises(Unavailable, match="missing"):
        new_ring().unwrap(old.current, wrapped, "what")
    with pytest.raises(Unavailable, match="not the right one"):
        both.unwrap(old.current, wrapped, "something else")


@pytest.mark.parametrize("text", ["", "a", "a:b", "a:" + "A" * 42, "a:" + "A" * 43 + ",a:" + "A" * 43])
def test_master_keys_that_are_none_are_refused_without_saying_them(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        KeyRing.parse(text)
    assert "AAAA" not in str(refused.value)
