"""Reports and dashboards go out as files and come back: as what they were, or as something of one's own elsewhere."""

from __future__ import annotations

import msgspec
import pytest

from relata.engine.reporting.dashboards import shelf as dashboards
from relata.engine.reporting.dashboards.body import Body, Card, Tab
from relata.engine.reporting.definition import Definition, Grouping
from relata.engine.reporting.files import all_files, load, read_file, report_file
from relata.engine.reporting.reports import shelf as reports
from relata.foundation.errors import Invalid, NotFound
from relata.testing.house import House

BY_OWNER = Definition(object="opportunity", rows=(Grouping(path="owner"),))


async def test_files_change_what_they_were_written_from_and_else_make_ones_own(house: House) -> None:
    rep = await house.person("Rep", "sales_rep")
    async with house.system() as work:
        tasks = await reports.make(work, "Tasks", Definition(object="task", rows=(Grouping(path="owner"),)))
        deals = await reports.make(work, "Deals!", msgspec.structs.replace(BY_OWNER, beside=(str(tasks.id),)))
        body = Body(tabs=(Tab(cards=(Card(id="c1", report=str(deals.id)),)),))
        board = await dashboards.make(work, "Board", body=body)
        files = await all_files(work)
        assert sorted(files) == ["board.dashboard.json", "deals.report.json", "tasks.report.json"]
        kept = [read_file(content) for content in files.values()]
        assert {one.did for one in await load(work, kept)} == {"same"}
        other = files["deals.report.json"].replace(b'"owner"', b'"source"').replace(str(tasks.id).encode(), b"")
        [done] = await load(work, [read_file(other.replace(b'"beside": [\n      ""\n    ]', b'"beside": []'))])
        assert (done.did, done.key) == ("changed", str(deals.id))
        assert (await reports.report(work, str(deals.id))).definition.rows[0].path == "source"
    async with house.as_person(rep) as work:
        with pytest.raises(NotFound):  # a file is read as the report is
            await report_file(work, str(deals.id))
        made = {one.object + one.name: one for one in await load(work, kept)}
        assert {one.did for one in made.values()} == {"made"}
        own = (await dashboards.board(work, made["dashboardBoard"].key)).body.tabs[0].cards[0].report
        assert own == made["reportDeals!"].key != str(deals.id)
        assert (await reports.report(work, own)).definition.beside == (made["reportTasks"].key,)
        assert str(board.id) != made["dashboardBoard"].key


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"format": "x", "name": "a", "body": {}}', b"\xff", b"1" * 300_000]
)
def test_what_is_no_such_file_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid):
        read_file(content)


async def test_a_file_with_a_field_that_is_not_there_leaves_nothing(house: House) -> None:
    gone = read_file(
        b'{"format": "relata.report/1", "name": "A", "body": {"object": "task", "rows": [{"path": "nope"}]}}'
    )
    async with house.system() as work:
        with pytest.raises(Invalid):
            await load(work, [gone])
        assert not await work.find("report", name="A")
