"""Merge fields say what a record holds, refuse what is missing, and never become code."""

from __future__ import annotations

import pytest

from relata.engine.messaging.mail.templates.rendering import letter, letters
from relata.engine.messaging.mail.templates.wording import html_of, quoted, text_of
from relata.engine.metadata.module import Grant, Role
from relata.engine.metadata.overlay import Definition
from relata.engine.workspace import configure
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.testing.house import House


async def _contact(work: Workspace, **values: object) -> Record:
    return await work.create("contact", {"name": {"first": "Anna", "last": "Muster"}, **values})


async def test_fields_links_and_choices_are_said_in_words(house: House) -> None:
    ada = await house.person("Ada Lovelace", language="de")
    async with house.as_person(ada) as work:
        account = await work.create("account", {"name": "Kaffeewerk"})
        contact = await _contact(work, account=account.id, birthday="1990-02-03", lifecycle_stage="former")
        (made,) = await letters(
            work, "For {{ record.name.first }}", "{{ record.account }}, {{ record.birthday }}, "
            "{{ record.lifecycle_stage }}, {{ person.name }}, {{ workspace.name }}", "contact", [contact.id],
            locale="de",
        )  # fmt: skip
    assert made.subject == "For Anna"
    assert text_of(made.body).strip() == "Kaffeewerk, 3. Februar 1990, Former customer, Ada Lovelace, Test company"


async def test_what_is_missing_is_refused_unless_something_stands_for_it(house: House) -> None:
    async with house.system() as work:
        contact = await _contact(work)
        (bare,) = await letters(work, "Hi", "As {{ record.job_title }}", "contact", [contact.id])
        (kind,) = await letters(work, "Hi", 'As {{ coalesce(record.job_title, "you") }}', "contact", [contact.id])
    with pytest.raises(Invalid) as refused:
        bare.complete()
    assert refused.value.code == "missing_value"
    assert "record.job_title" in refused.value.message
    assert kind.complete().body == "As you"


async def test_a_value_is_never_markup(house: House) -> None:
    async with house.system() as work:
        contact = await _contact(work, job_title="<b>*Boss*</b> [x](http://evil) {{ person.email }}")
        (made,) = await letters(work, "Hi", "You: {{ record.job_title }}", "contact", [contact.id])
    assert "<b>" not in html_of(made.body) and "<a" not in html_of(made.body) and "<em>" not in html_of(made.body)
    assert "<b>*Boss*</b> [x](http://evil) {{ person.email }}" in text_of(made.body)


@pytest.mark.parametrize(
    "text", ["{{ record.nonsense }}", "{{ __import__('os') }}", "{{ record.name | safe }}", "{{ }}"]
)
async def test_a_wrong_merge_field_is_refused_when_the_template_is_saved(house: House, text: str) -> None:
    async with house.system() as work:
        with pytest.raises(Invalid) as refused:
            await work.create("email_template", {"name": "T", "object": "contact", "subject": "S", "body": text})
    assert refused.value.problems[0].field == "body"


async def test_what_one_may_not_read_one_may_not_merge(house: House) -> None:
    role = Role("narrow", grants={"*": Grant("all", "all", "all", "all", {"birthday": "none"})})
    async with house.system() as work:
        contact = await _contact(work, birthday="1990-02-03")
        values = {"name": "T", "object": "contact", "subject": "S", "body": "{{ record.birthday }}"}
        made = await work.create("email_template", values)
        definition = Definition("role", "narrow", configure.body_of(role))
        await configure.store(work.unit.connection, work.context.schema, definition, None)
    house.door.forget(house.key)
    narrow = await house.person("Nora Narrow", "narrow")
    async with house.as_person(narrow) as work:
        template = await work.get("email_template", made.id)
        with pytest.raises(Invalid) as refused:
            await letter(work, template, contact.id)
    assert refused.value.code == "unknown_name" or "birthday" in refused.value.message


async def test_lists_and_links_stay_readable_as_plain_text() -> None:
    words = "# Hello\n\n1. one\n2. **two**\n   - deep\n\nSee [us](https://example.com).\n\n> quoted"
    assert text_of(words) == ("Hello\n\n1. one\n2. two\n  - deep\n\nSee us (https://example.com).\n\n> quoted\n")
    assert text_of(quoted("a_b*c")) == "a_b*c\n"
