"""Merging then taking it back is the identity, in any order of several; what was changed since stays."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from relata.engine.metadata.fields import AnyTarget
from relata.engine.workspace.loading import load
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid
from relata.testing.house import House

#: Four people, each with something of their own, one the superior of another.
_ROWS = (
    {"name": {"first": "Ada"}, "email": ["ada@a.example"], "tags": ["x"], "job_title": "Buyer"},
    {"name": {"first": "Bea"}, "email": ["bea@b.example", "ada@a.example"], "phone": "+4930901820", "reference": "B-1"},
    {"name": {"first": "Cleo"}, "birthday": "1980-02-03", "tags": ["x", "y"], "do_not_email": True},
    {"name": {"first": "Dora"}, "job_title": "Head", "reference": "D-1", "description": "Knows Bea."},
)
_CHANGING = {"version", "changed_at", "changed_by", "changed_via", "deleted_at"}


async def _four(work: Workspace) -> list[UUID]:
    made = [(await work.create("contact", row)).id for row in _ROWS]
    await work.change(("contact", made[0]), {"reports_to": made[1]})
    await work.change(("contact", made[3]), {"reports_to": made[2]})
    for contact in made:
        await work.create("task", {"subject": "Call", "about": AnyTarget("contact", contact)})
    return made


async def _all(work: Workspace) -> dict[str, dict[UUID, Any]]:
    """Every value of every record, living or not."""
    found: dict[str, dict[UUID, Any]] = {}
    for name in ("contact", "task"):
        rows = await work.unit.connection.fetch(f'select id from "{work.context.schema}"."{name}"')
        records = await load(work.unit, work.registry.get(name), [row[0] for row in rows])
        found[name] = {
            record.id: (record.is_deleted, {key: value for key, value in record.values.items() if key not in _CHANGING})
            for record in records
        }
    return found


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(order=st.permutations(range(4)), back=st.permutations(range(3)), star=st.booleans())
@example(order=[3, 1, 2, 0], back=[1, 0, 2], star=False)  # a later merge had turned a link that an earlier one made
async def test_any_order_of_merges_and_of_taking_them_back_is_the_identity(
    house: House, order: list[int], back: list[int], star: bool
) -> None:
    async with house.system() as work:
        await work.unit.connection.execute(f'update "{work.context.schema}".contact set reference = null')
        made = await _four(work)
        before = await _all(work)
        merges = []
        for at in range(3):
            target, other = (order[0], order[at + 1]) if star else (order[at + 1], order[at])
            merges.append((made[target], made[other]))
            await work.merge(("contact", made[target]), [made[other]])
        for at in back:
            standing = await work.unit.connection.fetch(
                f'select id, target, others from "{work.context.schema}"._merge where undone_at is null'
            )
            key = next((row[0] for row in standing if (row[1], row[2][0]) == merges[at]), None)
            assert key is not None
            await work.unmerge(key)
        assert await _all(work) == before


async def test_what_was_changed_since_stays_where_it_belongs(house: House) -> None:
    async with house.system() as work:
        ada, bea, *_rest = await _four(work)
        await work.merge(("contact", ada), [bea])
        await work.change(("contact", ada), {"job_title": "Owner", "email": ["ada@new.example", "bea@b.example"]})
        moved = await work.create("task", {"subject": "Later", "about": AnyTarget("contact", ada)})
        merge = (await work.merges_into(await work.get("contact", ada)))[0]
        await work.unmerge(merge.id)
        one, other = await work.get("contact", ada), await work.get("contact", bea)
        assert (one["job_title"], one["reference"], one["phone"]) == ("Owner", None, None)
        assert [entry.value for entry in one["email"]] == ["ada@new.example"]
        assert [entry.value for entry in other["email"]] == ["bea@b.example", "ada@a.example"]
        assert (await work.get("task", moved.id))["about"] == AnyTarget("contact", ada)
        with pytest.raises(Conflict):
            await work.unmerge(merge.id)


async def test_an_old_id_answers_with_the_new_until_the_merge_is_taken_back(house: House) -> None:
    async with house.system() as work:
        ada, bea, cleo, _dora = await _four(work)
        await work.merge(("contact", bea), [ada])
        await work.merge(("contact", cleo), [bea])
        assert (await work.get("contact", ada)).id == cleo
        assert (await work.show("contact", bea))["id"] == cleo
        await work.unmerge((await work.merges_into(await work.get("contact", cleo)))[0].id)
        assert (await work.get("contact", ada)).id == bea


async def test_the_stricter_consent_wins_and_rules_decide(house: House) -> None:
    async with house.system() as work:
        ada, bea, cleo, dora = await _four(work)
        values = {"do_not_email": False}
        kept = await work.merge(("contact", ada), [bea, cleo, dora], values, rules={"job_title": "longest"})
        assert kept["do_not_email"] is True
        assert kept["job_title"] == "Buyer"
        assert kept["tags"] == ("x", "y")
        with pytest.raises(Invalid):
            await work.merge(("contact", ada), [(await work.create("contact", _ROWS[2])).id], rules={"photo": "sum"})
