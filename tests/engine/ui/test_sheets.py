"""Lists as files are the same, whether PostgreSQL writes them or Python."""

from __future__ import annotations

import pytest

from relata.engine.ui import sheets
from relata.engine.ui.listing import ListState
from relata.engine.ui.sheets import Sheet, csv_of, lines_of
from relata.engine.workspace.workspace import Workspace
from relata.testing.house import House

CONTACT = (
    "account", "account.industry", "account.annual_revenue", "job_title", "email", "phone", "birthday", "tags",
    "lifecycle_stage", "mailing_address", "do_not_email", "owner", "created_at", "name.first", "open_task_count",
)  # fmt: skip
ACCOUNT = ("type", "employees", "annual_revenue", "website", "parent", "contact_count", "changed_at", "do_not_contact")


async def both(house: House, who: object, sheet: Sheet, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    async def python(work: Workspace, sheet: Sheet, form: str) -> None:
        return None

    found = []
    for writing in (csv_of, lines_of):
        fast = "".join([piece async for piece in writing(house.door, house.key, who, sheet)])  # type: ignore[arg-type]
        with monkeypatch.context() as slow:
            slow.setattr(sheets, "_asked", python)
            plain = "".join([piece async for piece in writing(house.door, house.key, who, sheet)])  # type: ignore[arg-type]
        found.append((fast, plain))
    return found


async def test_both_write_the_same(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, bo = await house.person("Ada", time_zone="Asia/Kolkata"), await house.person("Bo", "member")
    async with house.system() as work:
        north = await work.create("account", {
            "name": '=Nord, "GmbH"', "industry": "retail", "employees": 3,
            "annual_revenue": {"amount": "10.5", "currency": "EUR"},
            "website": ["https://a.example", "https://b.example"], "owner": ada, "do_not_contact": True,
        })  # fmt: skip
        await work.create("account", {"name": "Süd", "parent": str(north.id), "owner": bo})
        await work.create("contact", {
            "name": {"first": "Eva", "last": "Öst\nerreich", "salutation": "Dr."}, "account": str(north.id),
            "birthday": "1971-03-09", "email": [{"value": "e@example.com", "label": "work"}, "x@example.com"],
            "phone": "+4930901820", "tags": ["a,b", "c"],
            "mailing_address": {"street": "Weg 1", "city": "Hof", "country": "DE"}, "job_title": "+1", "owner": bo,
        })  # fmt: skip
        await work.create("contact", {"name": {"last": "Plain"}, "job_title": "", "owner": bo})
        deleted = await work.create("account", {"name": "Gone", "owner": bo})
        await work.create("contact", {"name": {"last": "Left"}, "account": str(deleted.id), "owner": bo})
        await work.delete(deleted)
        names = {name: set(work.registry.get(name).all_fields) for name in ("contact", "account")}
    for who in (ada, bo):
        for one, columns in (("contact", CONTACT), ("account", ACCOUNT)):
            known = tuple(path for path in columns if path.split(".")[0] in names[one])
            sheet = Sheet(one, ListState(order="created_at"), None, known)
            async with house.as_person(who) as work:
                assert await sheets._asked(work, sheet, "csv") is not None
            for fast, plain in await both(house, who, sheet, monkeypatch):
                assert fast == plain
                assert fast.count("\n") >= (2 if who == ada else 1)
