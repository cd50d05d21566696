"""Approvals on screen: made, submitted, decided by mail and from the inbox, and refused meanwhile."""

from __future__ import annotations

import re

import pytest
from tests.interfaces.web.settings.conftest import Browser, SignIn

from relata.engine.automation.approvals import submitting
from relata.engine.automation.approvals.objects import DECISION, REQUEST
from relata.engine.identity import memberships, tokens
from relata.testing.house import House

_FORM: dict[str, str | list[str]] = {
    "object": "account", "label": "Big account", "where": 'name starts "Big"', "locks": "record", "is_active": "true",
    "by_mail": "true", "step": ["b", "a"], "a.name": "Second", "a.approvers": ["role:admin"], "b.name": "First",
    "b.approvers": ["role:admin"], "b.deadline": "2", "b.unit": "working_days", "set": ["s"], "s.on": "on_approve",
    "s.field": "description", "s.value": "Agreed",
}  # fmt: skip


async def submitted(house: House, ada: Browser, sam: Browser) -> tuple[str, str]:
    """An account of Sam's that waits for Ada; its id and the request's."""
    form = {**_FORM, "step": ["b"]}
    assert (await ada.post("/settings/approvals/new", form)).status_code == 303
    assert sam.user is not None
    async with house.as_person(sam.user) as work:
        account = await work.create("account", {"name": "Big Acme"})
    answer = await sam.post(f"/approvals/submit/accounts/{account.id}", {"comment": "Please <b>"})
    assert answer.status_code == 303
    async with house.system() as work:
        request = await work.first(REQUEST, about=account.id)
    assert request is not None
    return str(account.id), str(request.id)


async def test_a_process_is_made_and_its_steps_keep_the_order_of_the_form(ada: Browser) -> None:
    assert "Nothing needs approval yet" in (await ada.get("/settings/approvals")).text
    wrong = await ada.post("/settings/approvals/new", {**_FORM, "where": "nonsense =", "b.approvers": []})
    assert wrong.status_code == 422
    assert "Say who decides." in wrong.text
    assert "nonsense =" in wrong.text
    assert (await ada.post("/settings/approvals/new", _FORM)).headers["location"].endswith("/big_account?done=created")
    page = (await ada.get("/settings/approvals/big_account")).text
    assert page.index('value="First"') < page.index('value="Second"')
    assert "within 2 working days" in page
    assert (await ada.get("/settings/approvals/step?object=account")).status_code == 200
    found = (await ada.get("/settings/approvals/approvers?object=account&q=manager")).text
    assert 'data-value="manager:2"' in found
    assert (await ada.post("/settings/approvals/big_account/delete")).headers["location"].endswith("done=deleted")


async def test_others_neither_see_nor_change_processes(ada: Browser, sign_in: SignIn) -> None:
    sam = await sign_in("member")
    await ada.post("/settings/approvals/new", _FORM)
    for path in ("", "/big_account", "/step?object=account", "/approvers?object=account"):
        assert (await sam.get(f"/settings/approvals{path}")).status_code == 403
    assert (await sam.post("/settings/approvals/big_account", _FORM)).status_code == 403
    assert (await sam.post("/settings/approvals/big_account/delete")).status_code == 403


async def test_from_submitting_to_the_inbox(ada: Browser, sign_in: SignIn, open_house: House) -> None:
    sam = await sign_in("member")
    account, request = await submitted(open_house, ada, sam)
    banner = (await ada.get(f"/accounts/{account}")).text
    assert "Big account waits for your approval" in banner
    assert "Please &lt;b&gt;" in banner
    assert f"/approvals/{request}/approve" not in (await sam.get(f"/accounts/{account}")).text
    refused = await sam.post(f"/accounts/{account}/edit", {"name": "Other"})
    assert refused.status_code in (409, 422)
    assert "waits for a decision by" in refused.text
    assert "Big Acme" in (await ada.get("/approvals")).text
    assert "Big Acme" in (await sam.get("/approvals?show=sent")).text
    assert (await sam.post(f"/approvals/{request}/approve")).status_code == 422
    assert (await ada.post(f"/approvals/{request}/reject", {"reason": ""})).status_code == 422
    assert (await ada.post(f"/approvals/{request}/approve")).headers["location"] == f"/accounts/{account}"
    assert "Big Acme" in (await ada.get("/approvals?show=decided")).text
    assert "Decision: Approved" in (await sam.get(f"/accounts/{account}/timeline")).text


async def test_a_stranger_to_the_record_can_not_open_its_request(
    ada: Browser, sign_in: SignIn, open_house: House
) -> None:
    sam, eve = await sign_in("member"), await sign_in("own_only")
    _account, request = await submitted(open_house, ada, sam)
    for what in ("approve", "reject", "recall", "delegate", "reassign"):
        assert (await eve.get(f"/approvals/{request}/{what}")).status_code in (403, 404)
        assert (await eve.post(f"/approvals/{request}/{what}", {"reason": "x"})).status_code in (403, 404, 422)


async def _link(house: House, ada: Browser) -> str:
    assert ada.user is not None
    async with house.system() as work:
        item = await work.first(DECISION, owner=ada.user, state="waiting")
        account = await memberships.account_of(work.unit.connection, work.context.id, ada.user)
        assert item is not None
        return await tokens.issue(
            work.unit.connection, "approval", account=account, workspace=work.context.id, user=ada.user, about=item.id
        )


async def test_what_scans_a_link_does_not_decide(ada: Browser, sign_in: SignIn, open_house: House) -> None:
    sam, stranger = await sign_in("member"), await sign_in()
    _account, request = await submitted(open_house, ada, sam)
    path = f"/approve/{await _link(open_house, ada)}"
    for _visit in range(2):
        page = await stranger.client.get(path, headers={"purpose": "prefetch", "sec-purpose": "prefetch"})
        assert (page.status_code, "Big Acme" in page.text) == (200, True)
        assert (await stranger.client.head(path)).status_code in (200, 405)
    assert re.search(r'<form[^>]*method="post"', page.text)
    assert (await stranger.client.post(path, data={})).status_code == 422  # a scanner that posts has no answer
    async with open_house.system() as work:
        assert (await work.first(REQUEST, state="pending")) is not None
    foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert (await stranger.client.post(path, data={"answer": "approve"}, headers=foreign)).status_code == 403
    assert (await stranger.client.post(path, data={"answer": "reject"})).status_code == 422
    done = await stranger.client.post(path, data={"answer": "approve"})
    assert (done.status_code, "You approved it." in done.text) == (200, True)
    assert (await stranger.client.post(path, data={"answer": "reject", "reason": "x"})).status_code == 410
    assert (await stranger.client.get(path)).status_code == 410
    async with open_house.system() as work:
        assert (await work.first(REQUEST, state="approved")) is not None
    assert request


@pytest.mark.parametrize("text", ["x", "a" * 43])
async def test_a_made_up_link_opens_nothing(ada: Browser, text: str) -> None:
    assert (await ada.client.get(f"/approve/{text}")).status_code in (404, 410)


async def test_a_key_of_nobody_submits_nothing(open_house: House, ada: Browser) -> None:
    await ada.post("/settings/approvals/new", _FORM)
    assert ada.user is not None
    async with open_house.as_person(ada.user) as work:
        account = await work.create("account", {"name": "Small"})
        assert await submitting.fitting(work, "account", account.id) == {}
    answer = await ada.post(f"/approvals/submit/accounts/{account.id}")
    assert (answer.status_code, "needs no approval" in answer.text) == (422, True)


async def test_the_page_of_a_request_offers_what_one_may_do(ada: Browser, sign_in: SignIn, open_house: House) -> None:
    sam = await sign_in("member")
    _account, request = await submitted(open_house, ada, sam)
    mine, others = (await sam.get(f"/approval_requests/{request}")).text, f"/approval_requests/{request}"
    assert "actions/recall" in mine
    assert "actions/approve" not in mine
    assert "waits for your approval" in (await ada.get(others)).text
    assert (await ada.get("/")).text.count(f"/approval_requests/{request}") >= 1
