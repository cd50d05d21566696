"""What stands in a report's prompts, and the way from a report to the lists behind its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import quote

from relata.engine.reporting.definition import Prompt
from relata.engine.workspace.workspace import Workspace


def asked(prompt: Prompt, answers: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """What stands in the prompt's input."""
    given = answers.get(prompt.name)
    return tuple(prompt.values if given is None else given)


def behind_address(work: Workspace, object_name: str, where: str, day: date) -> str:
    """Where the records behind a number of a past day are listed, as they were."""
    if object_name not in work.registry.objects:
        return ""
    return f"/report/behind?object={object_name}&as_on={day.isoformat()}&where={quote(where)}"


def list_address(work: Workspace, object_name: str, where: str) -> str:
    """Where the records behind a number are listed; "" where the object has no list for this person."""
    one = work.registry.objects.get(object_name)
    if one is None:
        return ""
    return f"/{one.path}?view=all{f'&where={quote(where)}' if where else ''}"
