"""Approvals by API: a process is made and tried, a record submitted, decided and refused meanwhile."""

from __future__ import annotations

from uuid import UUID

from tests.interfaces.rest.conftest import Connect

from relata.testing.house import House

PROCESS = {"object": "account", "label": "Big account", "steps": [{"approvers": [{"kind": "manager"}]}]}


async def test_from_the_process_to_the_decision(house: House, connect: Connect, ada: UUID) -> None:
    mia = await house.person("Mia", "member")
    sam = await house.person("Sam", "member", manager=mia)
    office, boss, seller = await connect(ada), await connect(mia), await connect(sam)

    assert (await seller.put("admin/approvals/big", json=PROCESS)).status_code == 403
    wrong = await office.put("admin/approvals/big", json={**PROCESS, "when": "nonsense ="})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "when")
    made = await office.put("admin/approvals/big", json=PROCESS)
    assert made.json()["sentence"].startswith("Accounts need approval: the submitter's manager.")

    account = (await seller.post("accounts", json={"name": "Acme"})).json()["id"]
    tried = await office.post("admin/approvals/big/try", json={"record": account, "submitter": str(sam)})
    assert tried.json()["steps"][0]["people"] == [str(mia)]
    assert (await seller.get(f"accounts/{account}/approvals")).json()["processes"][0]["name"] == "big"

    asked = await seller.post(f"accounts/{account}/approvals", json={"comment": "Please"})
    assert (asked.status_code, asked.json()["state"]) == (201, "pending")
    refused = await seller.patch(f"accounts/{account}", json={"name": "Other"})
    assert refused.status_code == 422
    assert "waits for a decision by Mia" in refused.json()["errors"][0]["message"]
    assert (await seller.post(f"accounts/{account}/approvals", json={})).status_code == 409

    request = asked.json()["id"]
    assert (await seller.post(f"approval_requests/{request}/actions/approve", json={})).status_code == 403
    assert (await boss.post(f"approval_requests/{request}/actions/approve", json={})).status_code == 200
    assert (await boss.post(f"approval_requests/{request}/actions/reject", json={"reason": "x"})).status_code == 409
    assert (await seller.get(f"accounts/{account}/approvals")).json()["data"][0]["state"] == "approved"
    assert (await seller.patch(f"accounts/{account}", json={"name": "Other"})).status_code == 200


async def test_nobody_writes_a_request_by_hand(house: House, connect: Connect, ada: UUID) -> None:
    office = await connect(ada)
    account = (await office.post("accounts", json={"name": "Acme"})).json()["id"]
    about = {"object": "account", "id": account}
    made = await office.post("approval_requests", json={"name": "Mine", "about": about, "state": "approved"})
    assert made.status_code in (403, 422)
