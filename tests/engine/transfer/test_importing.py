"""Importing files: what becomes of each row, and what is told about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.engine.transfer.conftest import Import

from relata.engine.matching.following import match_records
from relata.engine.matching.reviewing import count
from relata.engine.metadata.module import Grant, Role
from relata.engine.transfer import importing
from relata.engine.transfer.importing import Options, run_import
from relata.engine.transfer.mapping import decode
from relata.engine.transfer.state import notes as stored_notes
from relata.foundation.errors import Conflict, Denied, Invalid
from relata.testing.house import House

ACCOUNTS = """
object = "account"
match = ["name"]
[[columns]]
column = "company"
field = "name"
[[columns]]
column = "sector"
field = "industry"
repairs = { technolgy = "software" }
values = { medical = "health" }
[[columns]]
column = "revenue"
field = "annual_revenue"
factor = 1000000
currency = "USD"
[[columns]]
column = "country"
field = "billing_address.country"
[[columns]]
column = "parent"
field = "parent"
matches = "name"
on_missing = "blank"
"""
FILE = """company,sector,revenue,country,parent
Bluth,technolgy,1242.32,USA,Acme
Acme,Technolgy,1100.04,USA,
Condax,medical,4.54,Kenya,Nowhere
,retail,1,USA,
Odd,alchemy,2,USA,
"""


async def history_rows(house: House) -> int:
    async with house.system() as work:
        row = await work.unit.connection.fetch_one(f"select count(*) from {work.context.schema}._change")
    assert row is not None
    return int(row[0])


async def test_every_row_is_accounted_for(house: House, bring: Import) -> None:
    report = await bring(FILE, ACCOUNTS)
    assert {name: report.counts[name] for name in ("rows", "created", "refused", "repaired", "warnings")} == {
        "rows": 5, "created": 3, "refused": 2, "repaired": 2, "warnings": 1,
    }  # fmt: skip
    told = {(note.row, note.column, note.code, note.severity, note.did) for note in report.notes}
    assert told == {
        (2, "sector", "repaired", "repaired", "created"), (3, "sector", "repaired", "repaired", "created"),
        (4, "parent", "left_blank", "warning", ""), (5, "company", "match_blank", "refused", "refused"),
        (6, "sector", "unknown_choice", "refused", "refused"),
    }  # fmt: skip


async def test_values_are_what_the_mapping_makes_of_them(house: House, bring: Import) -> None:
    await bring(FILE, ACCOUNTS)
    async with house.system() as work:
        acme = (await work.find("account", name="Acme"))[0]
        bluth = (await work.find("account", name="Bluth"))[0]
    assert (acme["industry"], str(acme["annual_revenue"].amount), acme["annual_revenue"].currency) == (
        "software",
        "1100040000",
        "USD",
    )
    assert acme["billing_address"].country == "USA"
    assert bluth["parent"] == acme.id


async def test_importing_again_writes_nothing(house: House, bring: Import) -> None:
    await bring(FILE, ACCOUNTS)
    before = await history_rows(house)
    report = await bring(FILE, ACCOUNTS)
    assert (report.counts["unchanged"], report.counts["created"], report.counts["updated"]) == (3, 0, 0)
    assert await history_rows(house) == before


async def test_a_dry_run_tells_the_same_and_keeps_nothing(house: House, bring: Import) -> None:
    before = await history_rows(house)
    dry = await bring(FILE, ACCOUNTS, is_dry_run=True)
    assert await history_rows(house) == before
    real = await bring(FILE, ACCOUNTS)
    assert (dry.counts, dry.tally) == (real.counts, real.tally)


async def test_each_value_knows_the_import_and_the_row(house: House, bring: Import) -> None:
    report = await bring(FILE, ACCOUNTS)
    async with house.system() as work:
        acme = (await work.find("account", name="Acme"))[0]
        found = (await work.provenance(acme))["industry"]
    assert (found.via, found.source) == ("import", {"import": str(report.id), "row": 3})


async def test_rows_about_one_record_become_one_record(house: House, bring: Import) -> None:
    report = await bring(
        "company,sector\nAcme,retail\nBluth,retail\nAcme,finance\nAcme,finance\n",
        """
object = "account"
match = ["name"]
columns = [{ column = "company", field = "name" }, { column = "sector", field = "industry" }]
""",
    )
    async with house.system() as work:
        acme = await work.find("account", name="Acme")
    assert [record["industry"] for record in acme] == ["finance"]
    assert (report.counts["created"], report.counts["updated"], report.counts["unchanged"]) == (2, 1, 1)


async def test_what_is_missing_is_made_where_the_mapping_says_so(house: House, bring: Import) -> None:
    mapping = """
object = "contact"
columns = [
    { column = "who", field = "name" },
    { column = "firm", field = "account", matches = "name", on_missing = "create", create_with = { type = "partner" } },
]
"""
    report = await bring("who,firm\nAda Lovelace,Engines\nAlan Turing,engines\n", mapping)
    async with house.system() as work:
        accounts = await work.find("account")
        assert await work.count("contact", account=accounts[0].id) == 2
    assert [(one["name"], one["type"]) for one in accounts] == [("Engines", "partner")]
    assert report.counts["created"] == 2


@pytest.mark.parametrize("known_at_once", [1, 20_000])
async def test_a_chain_of_parents_in_any_order_is_linked(
    house: House, bring: Import, monkeypatch: pytest.MonkeyPatch, known_at_once: int
) -> None:
    monkeypatch.setattr(importing, "WAITING_ROWS", known_at_once)
    mapping = """
object = "account"
match = ["name"]
columns = [{ column = "n", field = "name" }, { column = "p", field = "parent", matches = "name" }]
"""
    report = await bring("n,p\nA,B\nB,C\nC,\nD,Z\n", mapping, chunk_rows=1)
    async with house.system() as work:
        by_name = {one["name"]: one for one in await work.find("account")}
    assert by_name["A"]["parent"] == by_name["B"].id
    assert by_name["B"]["parent"] == by_name["C"].id
    assert [(note.row, note.code) for note in report.notes] == [(5, "no_match")]


async def test_create_leaves_alone_what_is_there_and_update_makes_nothing(house: House, bring: Import) -> None:
    columns = 'columns = [{ column = "n", field = "name" }, { column = "e", field = "employees" }]\nmatch = ["name"]\n'
    await bring("n,e\nA,1\n", f'object = "account"\n{columns}')
    created = await bring("n,e\nA,2\nB,2\n", f'object = "account"\nmode = "create"\n{columns}')
    updated = await bring("n,e\nA,3\nX,3\n", f'object = "account"\nmode = "update"\n{columns}')
    async with house.system() as work:
        found = {one["name"]: one["employees"] for one in await work.find("account")}
    assert found == {"A": 3, "B": 2}
    assert (created.counts["skipped"], created.counts["created"]) == (1, 1)
    assert (updated.counts["updated"], updated.notes[0].code) == (1, "not_there")


async def test_blank_cells_leave_or_clear(house: House, bring: Import) -> None:
    columns = 'columns = [{ column = "n", field = "name" }, { column = "e", field = "employees" }]\nmatch = ["name"]\n'
    await bring("n,e\nA,1\n", f'object = "account"\n{columns}')
    left = await bring("n,e\nA,\n", f'object = "account"\n{columns}')
    cleared = await bring("n,e\nA,\n", f'object = "account"\nblank_cells = "clear"\n{columns}')
    assert (left.counts["unchanged"], cleared.counts["updated"]) == (1, 1)


async def test_skip_rules_give_their_reason(bring: Import) -> None:
    report = await bring(
        "n,s\nA,Draft\nB,ok\n",
        """
object = "account"
columns = [{ column = "n", field = "name" }]
skip = [{ column = "s", equals = ["draft"], reason = "Drafts stay outside." }]
""",
    )
    assert [(note.row, note.message) for note in report.notes] == [(2, "Drafts stay outside.")]
    assert (report.counts["created"], report.counts["skipped"]) == (1, 1)


async def test_numbers_in_foreign_dress(house: House, bring: Import) -> None:
    await bring(
        "n;r;e\nA B;$22,700.00;1.234\n",
        """
object = "account"
columns = [
    { column = "n", field = "name" }, { column = "r", field = "annual_revenue", currency = "USD" },
    { column = "e", field = "employees", decimal_mark = "," },
]
""",
    )
    async with house.system() as work:
        found = (await work.find("account"))[0]
    assert (str(found["annual_revenue"].amount), found["annual_revenue"].currency, found["employees"]) == (
        "22700.00",
        "USD",
        1234,
    )


async def test_an_interrupted_import_goes_on_where_it_was(house: House, bring: Import, tmp_path: Path) -> None:
    path, mapping = tmp_path / "file.csv", decode(b'object = "account"\ncolumns = [{ column = "n", field = "name" }]')
    path.write_text("n\n" + "".join(f"A{index}\n" for index in range(10)))
    seen = []

    def stop(report: object) -> None:
        seen.append(report)
        if len(seen) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await run_import(house.door, house.key, None, path, mapping, Options(progress=stop, chunk_rows=3))
    done = await run_import(house.door, house.key, None, path, mapping, Options(resume=seen[0].id, chunk_rows=3))  # type: ignore[attr-defined]
    async with house.system() as work:
        assert await work.count("account") == 10
    assert (done.counts["rows"], done.counts["created"]) == (10, 10)
    path.write_text("n\nother\n")
    with pytest.raises(Conflict):
        await run_import(house.door, house.key, None, path, mapping, Options(resume=done.id))


async def test_remarks_are_kept_without_values(house: House, bring: Import) -> None:
    report = await bring(FILE, ACCOUNTS)
    async with house.system() as work:
        kept = await stored_notes(work, report.id)
        rows = await work.unit.connection.fetch(f"select * from {work.context.schema}._import_note")
    assert [(note.row, note.code) for note in kept] == sorted((note.row, note.code) for note in report.notes)
    assert "alchemy" not in repr(rows)


async def test_nobody_imports_without_the_permission(house: House, bring: Import) -> None:
    rita = await house.person("Rita", "reader")
    with pytest.raises(Denied):
        await bring(FILE, ACCOUNTS, who=rita)


@pytest.mark.parametrize(
    "mapping",
    [
        'object = "account"\ncolumns = [{ column = "nope", field = "name" }]',
        'object = "account"\ncolumns = [{ column = "company", field = "nope" }]',
        'object = "account"\nmatch = ["number"]\ncolumns = [{ column = "company", field = "name" }]',
        'object = "account"\ncolumns = [{ column = "company", field = "name", colour = 1 }]',
        "object = [",
    ],
)
async def test_a_mapping_that_does_not_fit_is_refused_at_once(bring: Import, mapping: str) -> None:
    with pytest.raises(Invalid):
        await bring(FILE, mapping)


async def test_dates_in_a_form_of_their_own(house: House, bring: Import) -> None:
    mapping = """
object = "contact"
columns = [
    { column = "n", field = "name" },
    { column = "b", field = "birthday", date_format = ["%d %b %Y", "%d.%m.%y"], blank_note = "Nobody asked." },
]
"""
    report = await bring("n,b\nA B,9 Dec 1906\nC D,01.02.90\nE F,1906-12-09\nG H,\n", mapping)
    async with house.system() as work:
        found = {str(one["name"].last): str(one["birthday"]) for one in await work.find("contact")}
    assert found == {"B": "1906-12-09", "D": "1990-02-01", "H": "None"}
    assert [(note.row, note.code, note.severity) for note in report.notes] == [
        (4, "invalid_date", "refused"),
        (5, "blank", "warning"),
    ]


async def test_a_hidden_field_is_not_there_for_an_import(
    house: House, bring: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = await house.door.context(house.key)
    grant = Grant("all", "all", "all", fields={"tax_number": "none"})
    role = Role("half_blind", grants={"*": grant, "account": grant}, permissions=("import_records",))
    monkeypatch.setitem(context.registry.roles, "half_blind", role)
    ada = await house.person("Ada", "half_blind")
    for field in ("tax_number", "no_such_field"):
        mapping = f'object = "account"\nmatch = ["{field}"]\ncolumns = [{{ column = "n", field = "{field}" }}]\n'
        with pytest.raises(Invalid) as refused:
            await bring("n\n1\n", mapping, who=ada)
        assert refused.value.problems[0].message == f"Account has no field {field!r}."
        assert "tax_number" not in (refused.value.problems[0].hint or "")


async def test_a_person_imports_with_their_own_rights(
    house: House, bring: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = await house.door.context(house.key)
    grants = {"*": Grant("all"), "account": Grant("own", "own", "own")}
    role = Role("own_only", grants=grants, permissions=("import_records",))
    monkeypatch.setitem(context.registry.roles, "own_only", role)
    ada = await house.person("Ada", "own_only")
    async with house.system() as work:
        await work.create("account", {"name": "Theirs", "reference": "r1"})
    mapping = """
object = "account"
match = ["reference"]
columns = [{ column = "r", field = "reference" }, { column = "n", field = "name" }]
"""
    report = await bring("r,n\nr1,Mine now\nr2,Mine\n", mapping, who=ada)
    async with house.system() as work:
        names = {one["reference"]: (one["name"], one["owner"]) for one in await work.find("account")}
    assert names == {"r1": ("Theirs", None), "r2": ("Mine", ada)}
    assert [(note.row, note.code) for note in report.notes] == [(2, "not_unique")]


WORKED_OUT = """
object = "account"
match = ["reference"]
[[columns]]
column = "Company Name"
field = "name"
formula = 'concat(trim(value), if(city = "Paris", " (FR)"))'
[[columns]]
column = "no"
field = "reference"
[[columns]]
column = "staff"
field = "employees"
formula = "number(value) * 2"
"""


async def test_a_formula_makes_the_value_of_each_row_and_says_where_it_makes_none(house: House, bring: Import) -> None:
    report = await bring("no,Company Name,city,staff\na,Bluth,Paris,21\nb,Acme,Rome,many\n", WORKED_OUT)
    async with house.system() as work:
        found = await work.find("account", order="reference")
    assert [(one["name"], one["employees"]) for one in found] == [("Bluth (FR)", 42), ("Acme", None)]
    assert [(note.row, note.code, note.column) for note in report.notes] == [(3, "no_result", "staff")]


async def test_a_formula_over_what_the_file_does_not_have_is_refused_before_the_first_row(bring: Import) -> None:
    with pytest.raises(Invalid) as refused:
        await bring("no,Company Name,staff\na,Bluth,21\n", WORKED_OUT)
    assert refused.value.problems[0].field == "name"
    assert "city" in refused.value.problems[0].message


@pytest.mark.parametrize(
    ("likes", "created", "code"),
    [("create", 2, None), ("ask", 2, "like_asked"), ("skip", 1, "like_there"), ("update", 1, "like_updated")],
)
async def test_a_row_like_a_record_that_is_there_goes_where_the_mapping_says(
    house: House, bring: Import, likes: str, created: int, code: str | None
) -> None:
    async with house.system() as work:
        there = await work.create(
            "contact", {"name": "Robert Bluth", "email": "rob@bluth.example.com", "phone": "+4930901820"}
        )
        await match_records(work, work.registry.get("contact"), [there.id])
    mapping = f'object = "contact"\nalike = "{likes}"\ncolumns = [{{ column = "n", field = "name" }},' + (
        '{ column = "e", field = "email" }, { column = "p", field = "phone" }, { column = "j", field = "job_title" }]'
    )
    report = await bring(
        "n,e,p,j\nBob Bluth,rob@bluth.example.com,+4930901820,Buyer\nEve Orr,eve@orr.example.com,,Cook\n", mapping
    )
    async with house.system() as work:
        job, waiting = (
            (await work.get("contact", there.id))["job_title"],
            await count(work, work.registry.get("contact")),
        )
    assert report.counts["created"] == created
    assert [note.code for note in report.notes] == ([code] if code else [])
    assert (job, waiting) == ("Buyer" if likes == "update" else None, 1 if likes == "ask" else 0)


@pytest.mark.parametrize(
    ("likes", "chunk_rows", "created", "code"),
    [("ask", 9, 3, "like_row_asked"), ("skip", 9, 2, "like_row"), ("update", 9, 2, "like_row_updated"),
     ("skip", 1, 2, "like_there")],
)  # fmt: skip
async def test_two_rows_of_one_file_that_are_one_person_go_where_the_mapping_says(
    house: House, bring: Import, likes: str, chunk_rows: int, created: int, code: str
) -> None:
    mapping = f'object = "contact"\nalike = "{likes}"\ncolumns = [{{ column = "n", field = "name" }},' + (
        '{ column = "e", field = "email" }, { column = "p", field = "phone" }, { column = "j", field = "job_title" }]'
    )
    text = (
        "n,e,p,j\nRobert Bluth,rob@bluth.example.com,+4930901820,\nEve Orr,eve@orr.example.com,,Cook\n"
        "Bob Bluth,rob@bluth.example.com,+4930901820,Buyer\n"
    )
    report = await bring(text, mapping, chunk_rows=chunk_rows)
    async with house.system() as work:
        jobs = [found["job_title"] for found in await work.find("contact", order="name")]
        waiting = await count(work, work.registry.get("contact"))
    assert report.counts["created"] == created
    assert [(note.row, note.code) for note in report.notes] == [(4, code)]
    assert ("Buyer" in jobs) is (likes != "skip")
    assert waiting == (1 if likes == "ask" else 0)


async def test_a_domain_leads_to_the_company_with_that_web_site(house: House, bring: Import) -> None:
    async with house.system() as work:
        there = await work.create("account", {"name": "Bluth", "website": "https://www.bluth.example/"})
    mapping = 'object = "contact"\ncolumns = [{ column = "n", field = "name" }, { column = "c", field = "account",' + (
        ' matches = "website.domain", on_missing = "create" }]'
    )
    text = "n,c\nAda A,ada@Bluth.example\nBo B,http://bluth.example/en\nCy C,bluth.example\nDi D,orr.example\n"
    report = await bring(text, mapping)
    async with house.system() as work:
        found = await work.find("contact", order="name")
        made = await work.get("account", found[3]["account"])
    assert report.counts["created"] == 4
    assert [one["account"] == there.id for one in found] == [True, True, True, False]
    assert (made.title, made["website"][0].value) == ("orr.example", "https://orr.example")
