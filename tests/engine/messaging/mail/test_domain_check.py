"""What a domain's records say of its mail, against records of all kinds."""

from __future__ import annotations

import pytest

from relata.engine.messaging.mail.outgoing.domain_check import check_domain, dmarc, spf


@pytest.mark.parametrize(
    ("records", "meaning"),
    [
        ([], "bad"),
        (["v=spf1 include:_spf.example.com ~all"], "good"),
        (["v=spf1 include:a ~all", "v=spf1 include:b -all"], "bad"),
        (["v=spf1 +all"], "bad"),
        (["v=spf1 " + " ".join(f"include:n{at}" for at in range(11)) + " ~all"], "bad"),
        (["v=spf1 mx"], "warning"),
        (["google-site-verification=x", "v=spf10 all"], "bad"),
    ],
)
def test_spf(records: list[str], meaning: str) -> None:
    assert spf(records).meaning == meaning


@pytest.mark.parametrize(
    ("records", "meaning"),
    [
        ([], "bad"), (["v=DMARC1; p=none; rua=mailto:x@example.com"], "warning"), (["v=DMARC1; p=reject"], "good"),
        (["v=DMARC1;p=quarantine;pct=50"], "good"), (["v=DMARC1; rua=mailto:x"], "bad"), (["v=DMARC1"] * 2, "bad"),
    ],
)  # fmt: skip
def test_dmarc(records: list[str], meaning: str) -> None:
    assert dmarc(records).meaning == meaning


async def test_keys_are_looked_for_under_the_usual_names_and_one_that_was_taken_back_is_none() -> None:
    known = {
        "example.com": ["v=spf1 -all"], "s1._domainkey.example.com": ["v=DKIM1; k=rsa; p="],
        "google._domainkey.example.com": ["v=DKIM1; k=rsa; p=MIIB"],
    }  # fmt: skip

    async def texts(name: str) -> list[str]:
        return known.get(name, [])

    found = {one.name: one for one in await check_domain("example.com", texts)}
    assert (found["DKIM"].meaning, "google" in found["DKIM"].text) == ("good", True)
    del known["google._domainkey.example.com"]
    assert (await check_domain("example.com", texts))[1].meaning == "warning"
