"""What must be agreed to: who decides, in which order, what is locked meanwhile and what follows."""

from __future__ import annotations

from typing import Any

import pytest
from tests.engine.automation.approvals.conftest import FINANCE, MANAGER, Company

from relata.engine.automation.approvals import deciding, submitting
from relata.engine.automation.approvals.administration import Approvals
from relata.engine.workspace.administration import Administration
from relata.foundation.errors import Conflict, Denied, Invalid, NotFound


async def test_the_manager_decides_and_values_follow(company: Company) -> None:
    await company.process(on_submit={"description": "Asked."}, on_approve={"description": "Agreed."})
    key = await company.account()
    request = await company.submit(key)
    assert await company.value(key, "description") == "Asked."
    assert len(await company.waiting(company.mia)) == 1
    assert (await company.decide(company.mia, request))["state"] == "approved"
    assert await company.value(key, "description") == "Agreed."
    assert await company.waiting(company.mia) == []
    await company.change(company.sam, key, name="Free again")


async def test_steps_follow_each_other_and_any_of_a_role_is_enough(company: Company) -> None:
    await company.process(steps=[MANAGER, FINANCE])
    request = await company.submit(await company.account())
    assert await company.waiting(company.fin) == []
    assert (await company.decide(company.mia, request))["state"] == "pending"
    assert (await company.decide(company.fay, request))["state"] == "approved"
    assert await company.waiting(company.fin) == []


async def test_all_of_several_must_agree(company: Company) -> None:
    both = {"approvers": [{"kind": "person", "who": str(company.fin)}, {"kind": "manager"}], "needs": "all"}
    await company.process(steps=[both])
    request = await company.submit(await company.account())
    assert (await company.decide(company.fin, request))["state"] == "pending"
    with pytest.raises(Conflict, match="decided already"):
        await company.decide(company.fin, request)
    assert (await company.decide(company.mia, request))["state"] == "approved"


async def test_one_no_ends_it_and_needs_a_reason(company: Company) -> None:
    await company.process(steps=[MANAGER, FINANCE], on_reject={"description": "Refused."})
    key = await company.account()
    request = await company.submit(key)
    async with company.house.as_person(company.mia) as work:
        with pytest.raises(Invalid, match="Say why"):
            await deciding.decide(work, request, approve=False, reason=" ")
    assert (await company.decide(company.mia, request, approve=False))["state"] == "rejected"
    assert await company.value(key, "description") == "Refused."
    with pytest.raises(Conflict, match="rejected already, by Mia"):
        await company.decide(company.mia, request)


async def test_what_is_locked_is_refused_with_a_sentence(company: Company) -> None:
    await company.process()
    key = await company.account()
    await company.submit(key)
    with pytest.raises(Invalid, match="Name is locked: “Big account” waits for a decision by Mia"):
        await company.change(company.sam, key, name="Other")
    async with company.house.as_person(company.sam) as work:
        with pytest.raises(Conflict, match="waits for a decision by Mia"):
            await work.delete(("account", key))


async def test_chosen_fields_are_locked_and_others_are_not(company: Company) -> None:
    await company.process(locks="fields", locked_fields=["name"])
    key = await company.account()
    await company.submit(key)
    await company.change(company.sam, key, description="Still open")
    with pytest.raises(Invalid, match="Name is locked"):
        await company.change(company.sam, key, description="Both", name="Other")
    async with company.house.as_person(company.sam) as work:
        outcomes = await work.change_many("account", [(key, {"name": "Bulk"}), (await _other(company), {"name": "B"})])
    assert [one.did for one in outcomes] == ["refused", "changed"]
    assert outcomes[0].problems[0].code == "held"


async def _other(company: Company) -> Any:
    return await company.account(name="Free")


async def test_no_merge_takes_what_is_held(company: Company) -> None:
    await company.process()
    held, free = await company.account(), await company.account(name="Acme too")
    await company.submit(held)
    for target, other in ((free, held), (held, free)):
        async with company.house.as_person(company.ada) as work:
            with pytest.raises((Conflict, Invalid)):
                await work.merge(("account", target), [other], {"name": "One"})


async def test_a_restored_record_can_be_submitted(company: Company) -> None:
    await company.process()
    key = await company.account()
    async with company.house.as_person(company.ada) as work:
        await work.delete(("account", key))
        with pytest.raises(NotFound):
            await submitting.submit(work, "account", key)
        await work.restore(("account", key))
    await company.submit(key)


async def test_who_may_override_changes_one_and_it_is_logged(company: Company) -> None:
    await company.process()
    key = await company.account()
    request = await company.submit(key)
    await company.change(company.ada, key, name="By Ada")
    async with company.house.as_person(company.ada) as work:
        entry = (await work.history(await work.get("account", key)))[0]
        assert entry.source["overrides"] == str(request)
        outcomes = await work.change_many("account", [(key, {"name": "Bulk"})], sources=[{"bulk": "x"}])
    assert outcomes[0].did == "refused"


async def test_nobody_approves_their_own_unless_the_process_says_so(company: Company) -> None:
    await company.process(steps=[{"approvers": [{"kind": "person", "who": str(company.sam)}]}])
    request = await company.submit(await company.account())
    assert (await company.request(request))["is_stuck"]
    await company.process(steps=[{"approvers": [{"kind": "person", "who": str(company.sam)}]}], own=True)
    request = await company.submit(await company.account())
    assert (await company.decide(company.sam, request))["state"] == "approved"


async def test_only_who_it_waits_for_decides(company: Company) -> None:
    await company.process()
    request = await company.submit(await company.account())
    with pytest.raises(Denied, match="does not wait for you"):
        await company.decide(company.ada, request)


async def test_a_condition_keeps_out_what_needs_no_approval(company: Company) -> None:
    await company.process(when='name starts "Big"')
    with pytest.raises(Invalid, match="needs no approval"):
        await company.submit(await company.account(name="Small"))
    big = await company.account(name="Big one")
    request = await company.submit(big)
    await company.change(company.ada, big, name="Small now")
    assert (await company.decide(company.mia, request))["state"] == "approved"


async def test_a_step_that_is_not_needed_is_left_out(company: Company) -> None:
    await company.process(steps=[{**FINANCE, "when": 'name starts "Big"'}, MANAGER])
    request = await company.submit(await company.account(name="Small"))
    assert (await company.request(request))["step"] == 2


async def test_who_submits_recalls_and_others_do_not(company: Company) -> None:
    await company.process(on_recall={"description": "Back."})
    key = await company.account()
    request = await company.submit(key)
    with pytest.raises(Conflict, match="waits for a decision"):
        await company.submit(key)
    async with company.house.as_person(company.fin) as work:
        with pytest.raises(Denied):
            await deciding.recall(work, request)
    async with company.house.as_person(company.sam) as work:
        await deciding.recall(work, request)
    assert await company.value(key, "description") == "Back."
    with pytest.raises(Conflict, match="recalled by Sam"):
        await company.decide(company.mia, request)
    await company.submit(key)


async def test_what_is_delegated_waits_for_the_other(company: Company) -> None:
    await company.process()
    request = await company.submit(await company.account())
    async with company.house.as_person(company.mia) as work:
        with pytest.raises(Invalid, match="Sam can't decide this: Sam has submitted it"):
            await deciding.delegate(work, request, company.sam)
        await deciding.delegate(work, request, company.fin, "You know them")
    assert await company.waiting(company.mia) == []
    assert (await company.decide(company.fin, request))["state"] == "approved"


async def test_an_approver_who_left_is_replaced_by_an_administrator(company: Company) -> None:
    await company.process()
    key = await company.account()
    request = await company.submit(key)
    async with company.house.system() as work:
        await work.change(("user", company.mia), {"status": "inactive"})
    with pytest.raises(Denied):
        await company.decide(company.mia, request)
    async with company.house.as_person(company.fin) as work:
        with pytest.raises(Denied):
            await deciding.reassign(work, request, company.fin)
    async with company.house.as_person(company.ada) as work:
        await deciding.reassign(work, request, company.fay)
    assert (await company.decide(company.fay, request))["state"] == "approved"
    stuck = await company.submit(await company.account(name="Later"))
    assert (await company.request(stuck))["is_stuck"]
    async with company.house.as_person(company.ada) as work:
        await deciding.reassign(work, stuck, company.fin)
    assert (await company.decide(company.fin, stuck))["state"] == "approved"


async def test_who_no_longer_sees_the_record_does_not_decide(company: Company) -> None:
    await company.process()
    request = await company.submit(await company.account())
    async with company.house.as_person(company.ada) as work:
        await work.change(("user", company.mia), {"roles": []})
    company.house.door.actors.clear()
    with pytest.raises(Denied, match="do not see this record"):
        await company.decide(company.mia, request)


async def test_who_left_the_role_does_not_decide(company: Company) -> None:
    await company.process(steps=[FINANCE])
    request = await company.submit(await company.account())
    async with company.house.as_person(company.ada) as work:
        await work.change(("user", company.fin), {"roles": ["member"]})
    company.house.door.actors.clear()
    with pytest.raises(Denied, match="no longer one of those"):
        await company.decide(company.fin, request)


async def test_what_waits_goes_on_as_it_began(company: Company) -> None:
    await company.process(steps=[MANAGER, FINANCE])
    request = await company.submit(await company.account())
    await company.process(steps=[MANAGER], label="Shorter")
    assert (await company.decide(company.mia, request))["state"] == "pending"
    with pytest.raises(Conflict, match="1 requests wait"):
        await Approvals(company.house.door, company.house.key, company.ada).delete("big")
    assert (await company.decide(company.fin, request))["state"] == "approved"
    await Approvals(company.house.door, company.house.key, company.ada).delete("big")


async def test_strangers_to_the_record_see_nothing_of_it(company: Company) -> None:
    office = Administration(company.house.door, company.house.key, company.ada)
    await office.put("role", "own_only", {"grants": {"account": {"read": "own"}}})
    eve = await company.house.person("Eve", "own_only")
    await company.process()
    key = await company.account()
    request = await company.submit(key)
    async with company.house.as_person(eve) as work:
        with pytest.raises(NotFound):
            await work.get("approval_request", request)
        assert await work.find("approval_decision") == []
        with pytest.raises(NotFound):
            await submitting.submit(work, "account", key)


async def test_a_definition_that_does_not_fit_is_refused_whole(company: Company) -> None:
    with pytest.raises(Invalid) as refused:
        await company.process(
            when="no_such = 1", steps=[{"approvers": [{"kind": "field", "name": "name"}], "late": "escalate"}],
            on_approve={"id": "x"},
        )  # fmt: skip
    assert {one.field for one in refused.value.problems} == {"when", "steps.0.approvers.0", "steps.0.escalate_to"}
    async with company.house.as_person(company.sam):
        with pytest.raises(Denied):
            await Approvals(company.house.door, company.house.key, company.sam).put("x", {})


async def test_a_guarded_field_can_not_be_deleted_unseen(company: Company) -> None:
    office = Administration(company.house.door, company.house.key, company.ada)
    await office.add_field("account", {"type": "decimal", "name": "discount", "label": "Discount"})
    await company.process(when="discount > 20")
    with pytest.raises(Conflict, match="approval big"):
        await office.delete_field("account", "discount")
