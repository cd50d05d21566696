"""The short way for plain addresses says what the validator says."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from relata.engine.metadata.fields import Emails, ParseContext
from relata.foundation.errors import Invalid

FIELD = Emails("email")
PARTS = st.text(alphabet="abzAZ09._+-'", min_size=1, max_size=70)
DOMAINS = st.text(alphabet="abxnzAZ09.-", min_size=1, max_size=70)
ENDINGS = st.sampled_from(("com", "test", "local", "de", "invalid", "arpa", "example", "c", "x9", "museum", "onion"))


@settings(deadline=None)
@given(PARTS, DOMAINS, ENDINGS)
def test_plain_addresses_are_what_the_validator_makes_of_them(local: str, domain: str, ending: str) -> None:
    text = f"{local}@{domain}.{ending}"
    try:
        expected = validate_email(text, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        expected = None
    try:
        found = FIELD.parse(text, ParseContext())[0].value  # type: ignore[index]
    except Invalid:
        found = None
    assert found == expected
