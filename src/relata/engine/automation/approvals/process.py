"""What a process of approval is: a definition of the workspace. Each request keeps the one under which it began."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal
from uuid import UUID

import msgspec

from relata.engine.metadata.wording import in_words
from relata.engine.workspace.context import WorkspaceContext
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _

#: The kind of definition.
APPROVAL = "approval"
MANAGE = "manage_approvals"


class Approver(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Who decides. kind person, team: `who` is its id; any member of the team can decide. manager: of whoever
    submitted, `level` steps up. role: whoever has the role `name`. field: whom the record's field `name` names."""

    kind: Literal["person", "manager", "team", "role", "field"]
    who: UUID | None = None
    name: str = ""
    level: int = 1


class Step(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One step. needs: whether one of the approvers is enough. when: an expression over the record; the step is left
    out where it is false. deadline: how many of `unit` it may take, 0 for as long as it takes. late: what happens
    then; `escalate_to` decides in place of those who did not."""

    approvers: tuple[Approver, ...]
    name: str = ""
    needs: Literal["any", "all"] = "any"
    when: str = ""
    deadline: int = 0
    unit: Literal["hours", "working_hours", "days", "working_days"] = "hours"
    late: Literal["remind", "escalate", "approve", "reject"] = "remind"
    escalate_to: Approver | None = None


class Process(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A process over one object. when: which records it is for, as they are when submitted. locks: what nobody changes
    while it waits. on_…: values that the record gets, raw as a form would send them. by_mail: whether links in mails
    decide. own: whether whoever submits may decide, too. is_active: whether records can be submitted."""

    object: str
    label: str
    steps: tuple[Step, ...]
    help: str = ""
    when: str = ""
    locks: Literal["record", "fields", "nothing"] = "record"
    locked_fields: tuple[str, ...] = ()
    on_submit: dict[str, Any] = {}
    on_approve: dict[str, Any] = {}
    on_reject: dict[str, Any] = {}
    on_recall: dict[str, Any] = {}
    by_mail: bool = True
    own: bool = False
    is_active: bool = True

    @property
    def held_fields(self) -> tuple[str, ...] | None:
        """What is locked, as a hold says it: None for everything."""
        return None if self.locks == "record" else self.locked_fields if self.locks == "fields" else ()

    def step_name(self, position: int) -> str:
        """What a step is called; "" for one without a name."""
        return self.steps[position].name if 0 <= position < len(self.steps) else ""


def processes(context: WorkspaceContext) -> dict[str, Process]:
    """The workspace's own, by name; what no longer fits is left out."""
    return dict(_read(context))


def of_object(context: WorkspaceContext, object_name: str) -> dict[str, Process]:
    """Those over one object that records can be submitted to."""
    if object_name not in context.holdable:
        return {}
    return {name: one for name, one in processes(context).items() if one.object == object_name and one.is_active}


def process_named(context: WorkspaceContext, name: str) -> Process:
    """NotFound for none."""
    found = processes(context).get(name)
    if found is None:
        raise NotFound(
            _("There is no such approval process."), code="unknown_process", hint=_("Look at the list of them.")
        )
    return found


def decode(raw: Any) -> Process:
    """A process from what was stored with a request."""
    return msgspec.convert(raw, Process, strict=False)


def encode(process: Process) -> dict[str, Any]:
    """As it is stored."""
    body: dict[str, Any] = msgspec.to_builtins(process)
    return body


def plan_fields(process: Process) -> tuple[str, ...]:
    """The fields that are locked one by one."""
    return process.locked_fields if process.locks == "fields" else ()


def label_of(name: str, process: Process) -> str:
    """What people read."""
    return process.label or in_words(name)


def _read(context: WorkspaceContext) -> Iterator[tuple[str, Process]]:
    for one in context.of_kind(APPROVAL):
        if one.body.get("object") in context.registry.objects:
            try:
                yield one.name, decode(one.body)
            except msgspec.ValidationError:
                continue
