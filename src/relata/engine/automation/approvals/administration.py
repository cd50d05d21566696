"""Making, changing and ending processes of approval: tried against the whole workspace before they are stored."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from relata.engine.automation.approvals.objects import REQUEST
from relata.engine.automation.approvals.process import APPROVAL, MANAGE, Approver, Process, encode, processes
from relata.engine.formula import BOOLEAN, check, parse
from relata.engine.metadata.fields import Field, Link
from relata.engine.metadata.object import Object
from relata.engine.metadata.overlay import Definition
from relata.engine.metadata.registry import Registry
from relata.engine.query.reader import AnyReader
from relata.engine.query.scope import FieldScope
from relata.engine.workspace.administering import Administering
from relata.engine.workspace.context import WorkspaceContext
from relata.engine.workspace.permissions import all_permissions
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied, Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import ngettext

_NAME = re.compile(r"^[a-z][a-z0-9_]{0,59}$")
MOST_STEPS, MOST_APPROVERS = 20, 20


def require_manage(work: Workspace) -> None:
    """Denied unless the actor may make processes."""
    if not work.actor.rights.permits(MANAGE):
        what = all_permissions(work).get(MANAGE, MANAGE).rstrip(".").lower()
        raise Denied(
            _("Your roles do not allow this: %(what)s.") % {"what": what},
            code=f"denied_{MANAGE}",
            hint=_("Ask an administrator."),
        )


class Approvals(Administering):
    """The processes of one workspace, for one person."""

    @classmethod
    def beside(cls, office: Administering) -> Approvals:
        """The same person at the same workspace."""
        return cls(office._door, office._key, office._who, office._via)

    async def all(self) -> dict[str, Process]:
        """All of them, on and off."""
        return processes(await self._context())

    async def put(self, name: str, raw: Mapping[str, Any]) -> Process:
        """Make or replace a process. What waits goes on as it began. Raises Invalid with every problem."""
        context = await self._context()
        if not _NAME.match(name):
            hint = "Use small letters, digits and underscores."
            raise Invalid.of([Problem("identifier", _("This name can't be used."), "name", hint)])
        process = read(raw)
        check_process(context.registry, process)
        known = next((one.body for one in context.of_kind(APPROVAL) if one.name == name), None)
        if known is not None and known.get("object") != process.object:
            raise Conflict(_("A process stays with its object."), code="other_object", field="object")

        async def store(work: Workspace) -> None:
            await _check_values(work, process)
            await check_people(work, process)
            await self._write(work, Definition(APPROVAL, name, encode(process)), known)

        await self._run(store)
        return process

    async def delete(self, name: str) -> None:
        """Remove a process. Conflict while anything waits in it."""
        context = await self._context()
        known = next((one.body for one in context.of_kind(APPROVAL) if one.name == name), None)
        if known is None:
            raise NotFound(_("There is no such approval process."), code="unknown_process")

        async def none_waits(work: Workspace) -> None:
            count = await work.as_system().count(REQUEST, process=name, state="pending")
            if count:
                raise Conflict(
                    ngettext("%(num)s request waits in this process.", "%(num)s requests wait in this process.", count)
                    % {"num": count}, code="in_use",
                    hint=_("Switch it off; remove it when they are decided."),
                )  # fmt: skip

        await self._run(none_waits)
        await self._remove(APPROVAL, name, known)

    async def _context(self) -> WorkspaceContext:
        async with self._door.open(self._key, self._who, via=self._via, read_only=True) as work:
            require_manage(work)
            return work.context


def read(raw: Mapping[str, Any]) -> Process:
    """A process from what was sent; Invalid where it does not fit."""
    try:
        return msgspec.convert(raw, Process, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(_("This does not fit: %(error)s.") % {"error": error}, code="definition") from error


def check_process(registry: Registry, process: Process) -> None:
    """Invalid with every problem; the field says where, such as `steps.0.when`."""
    one = registry.objects.get(process.object)
    if one is None or one.module in ("approvals", "collaboration") or one.personal:
        raise Invalid.of([Problem("unknown_object", _("There is no such object."), "object", _("Choose one."))])
    problems = list(_problems(registry, one, process))
    if problems:
        raise Invalid.of(problems)


def _problems(registry: Registry, one: Object, process: Process) -> Iterator[Problem]:
    if not process.label.strip() or len(process.label) > 120:
        yield Problem("required", _("Give it a name of at most 120 letters."), "label")
    if not 0 < len(process.steps) <= MOST_STEPS:
        yield Problem("steps", _("A process has 1 to %(most)s steps.") % {"most": MOST_STEPS}, "steps")
    yield from _condition(registry, one, process.when, "when")
    for name in process.locked_fields:
        if one.field(name) is None:
            yield Problem("unknown_field", _("There is no field %(name)s.") % {"name": name[:60]}, "locked_fields")
    if process.locks == "fields" and not process.locked_fields:
        yield Problem("required", _("Choose the fields that are locked."), "locked_fields")
    for at, step in enumerate(process.steps):
        yield from _condition(registry, one, step.when, f"steps.{at}.when")
        if not 0 < len(step.approvers) <= MOST_APPROVERS:
            yield Problem("approvers", _("Say who decides."), f"steps.{at}.approvers")
        for number, approver in enumerate(step.approvers):
            yield from _approver(registry, one, approver, f"steps.{at}.approvers.{number}")
        if not 0 <= step.deadline <= 10_000:
            yield Problem("deadline", _("A deadline is 0 to 10,000."), f"steps.{at}.deadline")
        if step.late == "escalate" and step.escalate_to is None:
            yield Problem("required", _("Say to whom it goes when it is late."), f"steps.{at}.escalate_to")
        if step.escalate_to is not None:
            yield from _approver(registry, one, step.escalate_to, f"steps.{at}.escalate_to")


def _condition(registry: Registry, one: Object, text: str, place: str) -> Iterator[Problem]:
    try:
        if text:
            check(parse(text), FieldScope(registry, one, AnyReader()), expect=BOOLEAN)
    except Invalid as error:
        yield Problem("condition", error.message, place, error.hint)


def _approver(registry: Registry, one: Object, approver: Approver, place: str) -> Iterator[Problem]:
    if approver.kind in ("person", "team") and approver.who is None:
        yield Problem("required", _("Choose a person or team."), place)
    if approver.kind == "role" and approver.name not in registry.roles:
        yield Problem("unknown_role", _("There is no such role."), place, _("Choose one."))
    if approver.kind == "field" and not names_people(one.field(approver.name)):
        yield Problem("unknown_field", _("This field names no person or team."), place, _("Choose one that does."))
    if approver.kind == "manager" and not 1 <= approver.level <= 10:
        yield Problem("level", _("The manager is 1 to 10 steps up."), place)


def names_people(field: Field | None) -> bool:
    """Whether a field can say who decides."""
    return isinstance(field, Link) and field.to in ("user", "team")


async def _check_values(work: Workspace, process: Process) -> None:
    """What is set must be fields that can be set, with values that fit."""
    one, problems = work.registry.get(process.object), []
    for place in ("on_submit", "on_approve", "on_reject", "on_recall"):
        for name, given in getattr(process, place).items():
            field = one.field(name)
            if field is None or field.system or not field.stored or field.sensitivity == "secret":
                message = _("This field can't be set: %(name)s.") % {"name": name[:60]}
                problems.append(Problem("unknown_field", message, f"{place}.{name}"))
                continue
            try:
                if given not in (None, ""):
                    field.parse(given, work.context.parsing)
            except Invalid as error:
                problems.append(Problem("invalid_value", error.message, f"{place}.{name}", error.hint))
    if problems:
        raise Invalid.of(problems)


async def check_people(work: Workspace, process: Process) -> None:
    """Invalid where a person or team that it names is not there."""
    everything = work.as_system()
    problems = []
    for at, step in enumerate(process.steps):
        named = [*step.approvers, *([step.escalate_to] if step.escalate_to else [])]
        for approver in named:
            target = {"person": "user", "team": "team"}.get(approver.kind)
            if target and approver.who and not await everything.get_many(target, [approver.who]):
                problems.append(Problem("invalid_link", _("There is no such person or team."), f"steps.{at}.approvers"))
    if problems:
        raise Invalid.of(problems)
