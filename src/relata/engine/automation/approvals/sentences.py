"""A process in plain language, for the list of them and beside its form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from relata.engine.automation.approvals.process import Approver, Process, Step
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import ngettext

Names = Mapping[tuple[str, UUID], str]


async def sentence_of(work: Workspace, process: Process) -> str:
    """What the process does."""
    one = work.registry.get(process.object)
    return sentence(work.registry, one, process, await names_in(work, [process]))


async def names_in(work: Workspace, processes: Iterable[Process]) -> Names:
    """The names of the people and teams that processes mention: one statement."""
    wanted: dict[str, list[UUID]] = {"user": [], "team": []}
    for process in processes:
        for step in process.steps:
            for approver in (*step.approvers, *([step.escalate_to] if step.escalate_to else [])):
                if approver.who is not None and approver.kind in ("person", "team"):
                    wanted["user" if approver.kind == "person" else "team"].append(approver.who)
    return await titles_of(work.as_system().unit, wanted)


def sentence(registry: Registry, one: Object, process: Process, names: Names) -> str:
    """The same with names that are known already."""
    words = {"objects": one.title_plural, "when": process.when}
    start = _("%(objects)s where %(when)s need approval:") if process.when else _("%(objects)s need approval:")
    parts = [start % words, _(", then ").join(_step(registry, one, step, names) for step in process.steps) + "."]
    if process.locks == "record":
        parts.append(_("Meanwhile nobody changes the record."))
    elif process.locks == "fields":
        fields = ", ".join(_field(one, name) for name in process.locked_fields)
        parts.append(_("Meanwhile nobody changes %(fields)s.") % {"fields": fields})
    for values, text in (
        (process.on_submit, _("When submitted, %(sets)s.")), (process.on_approve, _("When approved, %(sets)s.")),
        (process.on_reject, _("When rejected, %(sets)s.")), (process.on_recall, _("When recalled, %(sets)s.")),
    ):  # fmt: skip
        if values:
            sets = ", ".join(
                _("%(field)s becomes %(value)s") % {"field": _field(one, name), "value": value or _("empty")}
                for name, value in values.items()
            )
            parts.append(text % {"sets": sets})
    return " ".join(parts)


def approver_words(registry: Registry, one: Object, approver: Approver, names: Names) -> str:
    """Who an approver is."""
    if approver.kind == "person":
        return names.get(("user", approver.who), _("somebody who is gone")) if approver.who else _("nobody")
    if approver.kind == "team":
        team = names.get(("team", approver.who), _("which is gone")) if approver.who else ""
        return _("anyone of the team %(team)s") % {"team": team}
    if approver.kind == "manager":
        if approver.level == 1:
            return _("the submitter's manager")
        return _("the submitter's manager %(level)s steps up") % {"level": approver.level}
    if approver.kind == "role":
        role = registry.roles.get(approver.name)
        return _("anyone with the role %(role)s") % {"role": role.title if role else approver.name}
    return _("whom the field %(field)s names") % {"field": _field(one, approver.name)}


def deadline_words(step: Step) -> str:
    """By when, and what then; "" for as long as it takes."""
    if step.deadline <= 0:
        return ""
    count = {
        "hours": ngettext("%(num)s hour", "%(num)s hours", step.deadline),
        "working_hours": ngettext("%(num)s working hour", "%(num)s working hours", step.deadline),
        "days": ngettext("%(num)s day", "%(num)s days", step.deadline),
        "working_days": ngettext("%(num)s working day", "%(num)s working days", step.deadline),
    }[step.unit] % {"num": step.deadline}
    return {
        "remind": _("within %(time)s"),
        "escalate": _("within %(time)s, else it goes further up"),
        "approve": _("within %(time)s, else it counts as approved"),
        "reject": _("within %(time)s, else it counts as rejected"),
    }[step.late] % {"time": count}


def _step(registry: Registry, one: Object, step: Step, names: Names) -> str:
    joint = _(" and ") if step.needs == "all" else _(" or ")
    said = joint.join(approver_words(registry, one, approver, names) for approver in step.approvers) or _("nobody yet")
    if step.when:
        said = _("%(who)s (where %(when)s)") % {"who": said, "when": step.when}
    due = deadline_words(step)
    return f"{said} {due}" if due else said


def _field(one: Object, name: str) -> str:
    field = one.field(name)
    return field.title if field else name
