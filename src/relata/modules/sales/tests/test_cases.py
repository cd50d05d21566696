"""What an administrator calls cases counts for the health of accounts, without a module that knows of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from relata.engine.workspace.administration import Administration
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.modules.parties.contracts import ACCOUNT, CONTACT
from relata.modules.sales.actions.account_health import assess_accounts
from relata.modules.sales.reactions import follow_case
from relata.modules.sales.tests.test_health import told
from relata.testing.house import House

_CASE = {"account": "customer", "open": "not settled", "urgent": "weight > 8", "mood": "feeling"}
_COMPLAINT: dict[str, Any] = {
    "name": "complaint", "plural": "complaints", "label": "Complaint", "case": _CASE,
    "fields": [
        {"type": "link", "name": "customer", "to": ACCOUNT, "reverse": "complaints"},
        {"type": "boolean", "name": "settled"},
        {"type": "integer", "name": "weight"},
        {"type": "decimal", "name": "feeling"},
    ],
}  # fmt: skip


async def _reasons(work: Workspace, account: UUID) -> set[str]:
    return set((await work.get(ACCOUNT, account))["health_reasons"] or ())


async def test_an_own_object_of_cases_tells_how_the_relationship_is(open_house: House) -> None:
    ada = await open_house.person("Ada", "admin")
    office = Administration(open_house.door, open_house.key, ada)
    with pytest.raises(Invalid, match="link"):
        await office.add_object(_COMPLAINT | {"case": _CASE | {"account": "settled"}})
    with pytest.raises(Invalid):
        await office.add_object(_COMPLAINT | {"case": _CASE | {"open": "no such thing"}})
    await office.add_object(_COMPLAINT)
    async with open_house.system() as work:
        events = {one.event for one in work.registry.reactions if one.name.startswith("follow_case")}
        account = (await work.create(ACCOUNT, {"name": "Hafen Hotel", "type": "customer"})).id
        for name in ("Nadia Berger", "Paul Brandt"):
            await work.create(CONTACT, {"name": name, "account": account})
        await assess_accounts(work, [account])
        before = await _reasons(work, account)
        values = {"name": "Cold coffee", "customer": account, "settled": False, "weight": 9, "feeling": "-0.5"}
        made = await work.create("complaint", values)
        await follow_case(work, told("complaint", made.id, {"customer": str(account)}))
        loud = await _reasons(work, account)
        await work.change(made, {"settled": True, "feeling": "0.5"})
        await follow_case(work, told("complaint", made.id, {"settled": True}))
        after = await _reasons(work, account)
    assert events == {f"complaint.{done}" for done in ("created", "changed", "deleted", "restored")}
    assert loud - before == {"urgent_cases", "bad_mood"}
    assert after == before
