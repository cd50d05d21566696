"""What modules ship can be published as it is."""

from __future__ import annotations

from relata.engine.automation.flows.checking import problems_in
from relata.engine.automation.flows.templates import templates
from relata.engine.automation.flows.wording import sentence
from relata.testing.house import House


async def test_every_template_can_be_published_at_once(house: House) -> None:
    ada = await house.person("Ada")
    async with house.as_person(ada) as work:
        shipped = templates(work.registry)
        assert len(shipped) >= 9
        found = {one.key: [f"{each.field}: {each.message}" for each in problems_in(work, one.body)] for one in shipped}
        assert all(sentence(work.registry, one.body).endswith(".") for one in shipped)
    assert found == {key: [] for key in found}
