"""Tidying up in bulk: what is clearly wrong is mended, what is not stays, and it can be taken back."""

from __future__ import annotations

from relata.engine.jobs.queue import Queue
from relata.engine.metadata.fields.composite import AddressValue
from relata.engine.transfer.bulk import running
from relata.engine.transfer.bulk.fixes import FIXES, _cased
from relata.engine.transfer.bulk.order import Order
from relata.testing.house import House

OWN = ("version", "changed_at", "changed_by", "changed_via")


async def test_phones_domains_countries_and_names_are_mended_and_taken_back(house: House) -> None:
    queue = Queue(house.door.database.url)
    running.register(queue, house.door)
    ada = await house.person("Ada")
    async with house.system() as work:
        address, name = {"city": "Wien", "country": "Österreich"}, {"first": "ANNA", "last": "VON DER HEIDE"}
        account = await work.create("account", {"name": "Nord", "billing_address": address})
        made = await work.create("contact", {"name": name, "email": "a@gmial.com"})
        right = await work.create("contact", {"name": {"first": "Ian", "last": "McKay"}, "email": "i@gmail.com"})
        table = f"{work.context.schema}.contact"
        await work.unit.connection.execute(  # as an older import left it
            f'update {table} set phone = \'030 901820\', phone__all = \'[{{"value": "030 901820", "label": ""}}]\''
            " where id = %s",
            (made.id,),
        )
        before = {key: value for key, value in (await work.get("contact", made.id)).values.items() if key not in OWN}
    bulks = []
    async with house.as_person(ada) as work:
        for fix in ("phones", "mail_domains", "names"):
            bulks.append(await running.start(work, queue, Order("contact", "fix", fix=fix)))
        await running.start(work, queue, Order("account", "fix", fix="countries"))
        found = await work.get("contact", made.id)
        assert found["phone"][0].value == "+4930901820"
        assert found["email"][0].value == "a@gmail.com"
        assert found["name"].full == "Anna von der Heide"
        assert (await work.get("contact", right.id)).version == right.version
        assert (await work.get("account", account.id))["billing_address"].country == "AT"
        assert [(one["changed"], one["unchanged"]) for one in bulks] == [(1, 1)] * 3
        for one in reversed(bulks):
            await running.undo(work, queue, one.id)
        after = {key: value for key, value in (await work.get("contact", made.id)).values.items() if key not in OWN}
    assert after == before


def test_addresses_get_their_spaces_and_codes_and_what_may_be_right_stays() -> None:
    mend = FIXES["addresses"].mend
    found = mend(AddressValue(" 10  Downing St,\nPO BOX 5 ", "sw1a2aa", "LONDON", "", "GB"), "DE")
    assert found == AddressValue("10 Downing St\nPO BOX 5", "SW1A 2AA", "London", "", "GB")
    codes = (("1234ab", "NL"), ("00950", "PL"), ("k1a0b1", "CA"), ("12345", "DE"), ("95-0", "PL"))
    written = [mend(AddressValue(postcode=code, country=country), "DE").postcode for code, country in codes]
    assert written == ["1234 AB", "00-950", "K1A 0B1", "12345", "95-0"]
    assert mend(AddressValue(city="NYC", country="US"), "US").city == "NYC"


def test_names_that_somebody_wrote_with_care_stay() -> None:
    assert [_cased(text) for text in ("McKay", "de Groot", "O'NEILL", "jean-luc", "IBM", "Li")] == [
        "McKay", "de Groot", "O'Neill", "Jean-Luc", "Ibm", "Li",
    ]  # fmt: skip
