"""Who hears of approvals, what links in mails do, what is late, who stands in, and what differs from last time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
from tests.engine.automation.approvals.conftest import FINANCE, MANAGER, Company

from relata.engine.automation.approvals import deciding, mail_links
from relata.engine.automation.approvals.comparing import compared
from relata.engine.automation.approvals.escalating import look_after
from relata.engine.automation.approvals.mail_links import Places, approval_mail, decide_by_link, link_token
from relata.engine.automation.approvals.telling import News, tell_of_approvals
from relata.engine.collaboration.preferences import Preferences
from relata.engine.history.feed import Change
from relata.engine.identity import accounts, memberships, tokens
from relata.engine.storage.planner import quoted
from relata.engine.workspace.administration import Administration
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Expired, Invalid

_LOG = (
    "select id, id, object, record, action, at, actor, via, coalesce(source, '{}'), coalesce(before, '{}'),"
    " coalesce(after, '{}') from {schema}._change order by id"
)
Tell = Callable[[], Awaitable[int]]


class Post:
    """Mails as they would go out."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.mails: list[tuple[str, str, str | None]] = []

    async def __call__(self) -> int:
        async def mail(work: Workspace, wish: Preferences, notification: Record, news: News) -> None:
            token = await link_token(work, news)
            made = approval_mail(wish.email, news, Places("r", token or "", "s", "x"), key=notification.id)
            self.mails.append((made.to, made.subject, token))

        async with self.company.house.system() as work:
            rows = await work.unit.connection.fetch(_LOG.replace("{schema}", quoted(work.context.schema)))
            return await tell_of_approvals(work, mail, [Change(*row) for row in rows])


@pytest.fixture
def post(company: Company) -> Post:
    return Post(company)


async def account_of(company: Company, person: UUID, email: str) -> None:
    async with company.house.system() as work:
        account = await accounts.create(work.unit.connection, email, "a long enough passphrase")
        await memberships.join(work.unit.connection, account, work.context.id, person)


async def test_approver_and_submitter_are_told_once_each(company: Company, post: Post) -> None:
    await company.process()
    request = await company.submit(await company.account(), comment="Please")
    assert await post() == 1
    assert await post() == 0
    assert post.mails == [("mia@example.com", "Sam asks for your approval of Acme (Big account)", None)]
    await company.decide(company.mia, request, approve=False, reason="Too dear")
    assert await post() == 1
    assert post.mails[1][:2] == ("sam@example.com", "Mia rejected Acme (Big account)")


async def test_administrators_hear_that_nobody_can_decide(company: Company, post: Post) -> None:
    await company.process(steps=[{"approvers": [{"kind": "field", "name": "owner"}]}])
    await company.submit(await company.account())
    await post()
    assert {mail[0] for mail in post.mails} == {"sam@example.com", "ada@example.com"}


async def test_a_link_shows_first_and_decides_once(company: Company, post: Post) -> None:
    await account_of(company, company.mia, "mia@example.com")
    await company.process()
    request = await company.submit(await company.account())
    await post()
    token = post.mails[0][2] or ""
    for _visit in range(3):  # a scanner, and another one
        async with company.house.as_person(company.mia) as work:
            found = await tokens.peek(work.unit.connection, "approval", token)
            assert (await mail_links.shown(work, found))[0].id == request
    assert (await company.request(request))["state"] == "pending"
    with pytest.raises(Invalid):  # without a reason: the link is still good
        async with company.house.as_person(company.mia) as work:
            await decide_by_link(work, token, approve=False, reason="")
    async with company.house.as_person(company.mia) as work:
        assert (await decide_by_link(work, token, approve=True, reason=""))["state"] == "approved"
    with pytest.raises(Expired):
        async with company.house.as_person(company.mia) as work:
            await decide_by_link(work, token, approve=False, reason="No")


@pytest.mark.parametrize("end", ["recalled", "delegated", "left", "other person"])
async def test_a_link_dies_with_what_it_was_for(company: Company, post: Post, end: str) -> None:
    await account_of(company, company.mia, "mia@example.com")
    await company.process()
    request = await company.submit(await company.account())
    await post()
    who = company.mia
    async with company.house.as_person(company.sam if end == "recalled" else company.mia) as work:
        if end == "recalled":
            await deciding.recall(work, request)
        elif end == "delegated":
            await deciding.delegate(work, request, company.fin)
        elif end == "left":
            await memberships.leave(work.unit.connection, work.context.id, company.mia)
        else:
            who = company.fin
    with pytest.raises(Expired):
        async with company.house.as_person(who) as work:
            await decide_by_link(work, post.mails[0][2] or "", approve=True, reason="")


async def test_a_process_without_mail_links_sends_none(company: Company, post: Post) -> None:
    await account_of(company, company.mia, "mia@example.com")
    await company.process(by_mail=False)
    await company.submit(await company.account())
    await post()
    assert post.mails[0][2] is None


async def _late(company: Company, request: UUID) -> None:
    async with company.house.system() as work:
        record = await work.get("approval_request", request)
        await work.change(record, {"due_at": work.clock.now - timedelta(hours=1)})
    async with company.house.system() as work:
        await look_after(work)
        await look_after(work)


async def test_what_is_late_is_passed_on_once(company: Company, post: Post) -> None:
    step = {**MANAGER, "deadline": 4, "late": "escalate", "escalate_to": {"kind": "person", "who": str(company.fin)}}
    await company.process(steps=[step])
    request = await company.submit(await company.account())
    assert (await company.request(request))["due_at"] is not None
    await _late(company, request)
    assert await company.waiting(company.mia) == []
    assert len(await company.waiting(company.fin)) == 1
    assert (await company.decide(company.fin, request))["state"] == "approved"


@pytest.mark.parametrize(("late", "state"), [("approve", "approved"), ("reject", "rejected"), ("remind", "pending")])
async def test_what_is_late_goes_as_the_step_says(company: Company, late: str, state: str) -> None:
    await company.process(steps=[{**MANAGER, "deadline": 1, "unit": "working_days", "late": late}])
    request = await company.submit(await company.account())
    await _late(company, request)
    assert (await company.request(request))["state"] == state


async def test_a_request_of_a_deleted_record_is_taken_back(company: Company) -> None:
    await company.process()
    key = await company.account()
    request = await company.submit(key)
    async with company.house.as_person(company.ada) as work:
        await work.delete(("account", key))  # Ada may override
    async with company.house.system() as work:
        await look_after(work)
    assert (await company.request(request))["state"] == "recalled"


async def test_a_deputy_decides_for_who_is_away(company: Company) -> None:
    await company.process()
    first = await company.submit(await company.account())
    async with company.house.system() as work:
        today = work.clock.today
        values = {"person": company.mia, "owner": company.mia, "first_day": today, "last_day": today + timedelta(3)}
        await work.create("absence", {**values, "deputy": company.fin})
    second = await company.submit(await company.account(name="Later"))
    assert [one["deputy_for"] for one in await company.waiting(company.fin)] == [company.mia]
    async with company.house.system() as work:
        await look_after(work)
    assert await company.waiting(company.mia) == []
    for request in (first, second):
        assert (await company.decide(company.fin, request))["state"] == "approved"


async def test_what_differs_from_the_last_approval_without_hidden_fields(company: Company) -> None:
    await company.process(steps=[FINANCE])
    key = await company.account(description="One")
    await company.decide(company.fin, await company.submit(key))
    await company.change(company.sam, key, description="Two", name="Acme Ltd")
    await company.change(company.sam, key, description="Three")
    request = await company.submit(key)
    office = Administration(company.house.door, company.house.key, company.ada)
    body = {"grants": {"account": {"read": "all", "fields": {"description": "none"}}}}
    await office.put("role", "blind", body)
    blind = await company.house.person("Bo", "blind")
    async with company.house.as_person(company.fin) as work:
        found = await compared(work, await work.get("account", key), request)
    assert [(one.field.name, one.before, one.after) for one in found.differences] == [
        ("name", "Acme", "Acme Ltd"), ("description", "One", "Three"),
    ]  # fmt: skip
    async with company.house.as_person(blind) as work:
        found = await compared(work, await work.get("account", key), request)
    assert [one.field.name for one in found.differences] == ["name"]
