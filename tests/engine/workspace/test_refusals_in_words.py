"""What is refused is said in the reader's language; codes and fields stay as they are."""

from __future__ import annotations

import pytest

from relata.foundation.errors import Invalid
from relata.foundation.i18n import speaking
from relata.testing.house import House


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "Name is required."), ("de", "Name ist erforderlich."), ("fr-CA", "Nom est obligatoire.")],
)
async def test_a_refusal_speaks_to_its_reader(house: House, language: str, sentence: str) -> None:
    with speaking(language), pytest.raises(Invalid) as refused:
        async with house.system() as work:
            await work.create("account", {"type": "customer"})
    assert (refused.value.code, refused.value.field) == ("required", "name")
    assert refused.value.message == sentence
