"""A template or any written words for a record: checked when it is saved, filled in when it is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from relata.engine.messaging.mail.templates.filling import Words, fill, read
from relata.engine.messaging.mail.templates.names import Names
from relata.engine.messaging.mail.templates.objects import SNIPPET, TEMPLATE
from relata.engine.messaging.mail.templates.wording import quoted
from relata.engine.metadata.module import Guard
from relata.engine.metadata.registry import Registry
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Letter:
    """Subject and text (Markdown) for one record. missing: merge fields that have no value there; they stand in the
    text as they were written."""

    subject: str
    body: str
    missing: tuple[str, ...] = ()

    def complete(self, field: str = "body") -> Letter:
        """Itself; Invalid where a value is missing."""
        if self.missing:
            raise Invalid.of([Problem("missing_value", missing_words(self.missing), field, missing_hint(self.missing))])
        return self


def missing_words(missing: Sequence[str]) -> str:
    """What to say of merge fields without a value."""
    return _("There is no value for %(names)s.") % {"names": ", ".join(f"{{{{ {one} }}}}" for one in missing[:5])}


def missing_hint(missing: Sequence[str]) -> str:
    """How to mend it."""
    return _('Fill it in on the record, or say what stands for it: {{ coalesce(%(name)s, "…") }}.') % {
        "name": missing[0]
    }


async def letters(
    work: Workspace, subject: str, body: str, object_name: str, records: Sequence[UUID | None], *, locale: str = ""
) -> list[Letter]:
    """The words for each record. Invalid for a merge field that is wrong or that this person may not read."""
    names = Names(work.registry, work.actor, object_name)
    over, under = read(subject, names, "subject"), read(body, names, "body")
    heads = await fill(work, [over], names, records, locale=locale)
    bodies = await fill(work, [under], names, records, locale=locale, quote=quoted)
    return [
        Letter(
            " ".join(head.texts[0].split())[:255], text.texts[0], tuple(dict.fromkeys((*head.missing, *text.missing)))
        )
        for head, text in zip(heads, bodies, strict=True)
    ]


async def letter(work: Workspace, template: Record, record: UUID | None) -> Letter:
    """A template for a record of its object."""
    return (
        await letters(
            work, template["subject"], template["body"], template["object"], [record],
            locale=template["language"] or "",
        )
    )[0]  # fmt: skip


async def templates_for(work: Workspace, *objects: str) -> list[Record]:
    """What is offered to write about records of these objects, by name."""
    found = await work.find(TEMPLATE, is_archived=False, order="name")
    return [one for one in found if one["object"] in objects]


async def snippets_for(work: Workspace, *objects: str) -> list[Record]:
    """Snippets for these objects, and those that suit everywhere."""
    return [one for one in await work.find(SNIPPET, order="name") if not one["object"] or one["object"] in objects]


def checked(registry: Registry, reader: Any, object_name: str, texts: dict[str, str]) -> list[Words]:
    """Texts by the field in which they stand; Invalid with all that is wrong in them."""
    names = Names(registry, reader, object_name)
    problems: list[Problem] = []
    found = []
    for field, text in texts.items():
        try:
            found.append(read(text, names, field))
        except Invalid as error:
            problems.extend(error.problems)
    if problems:
        raise Invalid.of(problems)
    return found


async def _check(work: Workspace, draft: Any) -> None:
    one = draft["object"] or ""
    if one and one not in work.registry.objects:
        message = _("There is no object called %(name)s.") % {"name": one[:60]}
        raise Invalid.of([Problem("unknown_object", message, "object", _("Choose one from the list."))])
    names = ("subject", "body") if draft.object.name == TEMPLATE else ("body",)
    checked(work.registry, work.actor, one, {name: draft[name] or "" for name in names})


GUARDS = (Guard(TEMPLATE, _check), Guard(SNIPPET, _check))
