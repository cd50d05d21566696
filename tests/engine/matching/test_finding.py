"""Records that may be the same thing: found at entry, behind the writes, and by a scan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import pytest

from relata.app.bench.matching.population import people
from relata.engine.jobs.queue import Queue
from relata.engine.matching import hands, scanning
from relata.engine.matching.alike import alike
from relata.engine.matching.following import match_records
from relata.engine.matching.merging_alone import merge_sure
from relata.engine.matching.pairing import dismiss
from relata.engine.matching.reviewing import draw_lines
from relata.engine.matching.state import state_of
from relata.engine.metadata.fields import Entry, PersonNameValue
from relata.engine.storage.database import Row
from relata.testing.house import House


async def _kept(house: House, rows: Sequence[Mapping[str, object]], name: str = "contact") -> list[UUID]:
    async with house.system() as work:
        made = [outcome.id for outcome in await work.create_many(name, rows) if outcome.id]
    async with house.system() as work:
        await match_records(work, work.registry.get(name), made)
    return made


async def test_finds_a_person_by_nickname_and_number_and_says_why(house: House) -> None:
    made = await _kept(
        house,
        [
            {"name": {"first": "Robert", "last": "Müller"}, "phone": "+49 30 901820"},
            {"name": {"first": "Carla", "last": "Weiß"}, "phone": "+49 30 555111"},
        ],
    )
    async with house.system() as work:
        one = work.registry.get("contact")
        values = {"name": PersonNameValue("", "Bob", "Mueller"), "phone": (Entry("+4930901820", ""),)}
        found = await alike(work, one, values)
    assert [each.record for each in found] == [made[0]]
    assert {reason.feature.kind: reason.level for reason in found[0].reasons} == {"phone": 0, "family": 1, "given": 2}
    assert found[0].share > 0.9


async def test_a_company_is_found_without_its_legal_form(house: House) -> None:
    made = await _kept(
        house, [{"name": "Acme Tools G.m.b.H. & Co. KG", "website": "https://www.acme.example"}], "account"
    )
    async with house.system() as work:
        one = work.registry.get("account")
        found = await alike(work, one, {"name": "ACME Tools Inc", "website": (Entry("http://acme.example/shop", ""),)})
    assert [each.record for each in found] == made


async def _open_pairs(house: House) -> list[Row]:
    async with house.system() as work:
        schema = work.context.schema
        return await work.unit.connection.fetch(f'select one, other, state from "{schema}"._match_pair')


async def test_what_was_said_to_differ_is_not_asked_again(house: House) -> None:
    row = {"name": {"first": "Ada", "last": "Byron"}, "email": "ada@byron.example"}
    made = await _kept(house, [row, row])
    pair = (min(made), max(made))
    assert await _open_pairs(house) == [(*pair, "open")]
    async with house.system() as work:
        one = work.registry.get("contact")
        await dismiss(work.unit.connection, work.context.schema, one, [pair], None)
        await match_records(work, one, made)
    assert await _open_pairs(house) == [(*pair, "dismissed")]


async def _scanned(house: House, hands_from: int, monkeypatch: pytest.MonkeyPatch) -> list[Row]:
    monkeypatch.setattr(hands, "MANY", hands_from)
    queue = Queue("postgresql://")
    scanning.register(queue, house.door)
    async with house.system() as work:
        await work.unit.connection.execute(
            f'truncate "{work.context.schema}"._match, "{work.context.schema}"._match_pair'
        )
        await scanning.start(work, queue, work.registry.get("contact"))
    await scanning.scan(house.door, house.key, "contact")
    async with house.system() as work:
        found = await state_of(work.unit.connection, work.context.schema, work.registry.get("contact"))
        assert (found.scan, found.is_learned) == ("done", True)
        return await work.unit.connection.fetch(
            f'select one, other, bits, levels from "{work.context.schema}"._match_pair order by 1, 2'
        )


async def test_other_processes_find_what_one_alone_finds(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house.system() as work:
        await work.create_many("contact", [row for _person, row in people(120)])
    alone = await _scanned(house, 1_000_000, monkeypatch)
    assert len(alone) > 5
    assert await _scanned(house, 10, monkeypatch) == alone


async def test_without_asking_is_merged_what_nothing_stands_against(house: House) -> None:
    made = await _kept(
        house,
        [
            {"name": {"first": first, "last": last}, "email": f"{last}@twice.example", "phone": number, **more}
            for first, last, number, more in (
                ("Robert", "Zwilling", "+49 30 7711001", {}), ("Robert", "Zwilling", "+49 30 7711001", {}),
                ("Ilse", "Doppel", "+49 30 7711002", {"birthday": "1980-02-03"}),
                ("Ilse", "Doppel", "+49 30 7711002", {"birthday": "1991-11-28"}),
            )
        ],
    )  # fmt: skip
    assert await merge_sure(house.door, house.key, "contact") == 0  # nobody has drawn the line
    async with house.system() as work:
        await draw_lines(work, work.registry.get("contact"), asks_from=0.0, merges_from=4.0, merges=True)
    assert await merge_sure(house.door, house.key, "contact") == 1
    async with house.system() as work:
        assert {record.id for record in await work.find("contact")} >= {made[0], made[2], made[3]}
        assert (await work.get("contact", made[1])).id == made[0]
        left = await work.unit.connection.fetch(
            f'select one, other, bits from "{work.context.schema}"._match_pair where one = %s', (min(made[2:]),)
        )
    assert [(one, other, round(bits, 2)) for one, other, bits in left] == [(*sorted(made[2:]), 3.99)]
