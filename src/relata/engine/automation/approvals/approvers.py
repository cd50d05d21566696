"""From a step to the people who decide it: those who work here, see the record, and did not submit it themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from relata.engine.automation.approvals.process import Approver, Process, Step
from relata.engine.automation.working_time.reading import away_on
from relata.engine.formula import Binary, Literal, Path, all_of
from relata.engine.metadata.fields import Link
from relata.engine.query.request import Query
from relata.engine.workspace.acting import as_person
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _

#: Of a team or role; more would only be told in vain.
MOST = 50


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of a step's approvers as people. skipped: who would have decided but can't, each with why. deputies: in whose
    place somebody decides, by deputy."""

    approver: Approver
    people: tuple[UUID, ...]
    skipped: tuple[tuple[UUID, str], ...] = ()
    deputies: Mapping[UUID, UUID] = field(default_factory=dict)


async def choose(work: Workspace, process: Process, step: Step, record: Record, submitter: UUID | None) -> list[Chosen]:
    """The people of each of the step's approvers. work: the system's."""
    return [await chosen(work, process, one, record, submitter) for one in step.approvers]


async def chosen(
    work: Workspace, process: Process, approver: Approver, record: Record, submitter: UUID | None
) -> Chosen:
    """The people of one approver, in a fixed order."""
    people: list[UUID] = []
    skipped: list[tuple[UUID, str]] = []
    deputies: dict[UUID, UUID] = {}
    meant = list(dict.fromkeys(await named(work, approver, record, submitter)))[:MOST]
    away = await away_on(work, meant, work.clock.now)
    for person in meant:
        deputy = away[person].deputy if person in away else None
        if deputy is not None and not await why_not(work, process, deputy, record, submitter):
            skipped.append((person, _("is away")))
            if deputy not in (*people, *meant):
                people.append(deputy)
                deputies[deputy] = person
            continue
        why = await why_not(work, process, person, record, submitter)
        if why:
            skipped.append((person, why))
        else:
            people.append(person)
    return Chosen(approver, tuple(people), tuple(skipped), deputies)


async def named(work: Workspace, approver: Approver, record: Record, submitter: UUID | None) -> Sequence[UUID]:
    """Whom the approver means, able to decide or not."""
    if approver.kind == "person":
        return [approver.who] if approver.who else []
    if approver.kind == "manager":
        found = await _manager(work, submitter, approver.level)
        return [found] if found else []
    if approver.kind == "team":
        return await _members(work, approver.who)
    if approver.kind == "role":
        return await _people(work, Binary("contains", Path(("roles",)), Literal(approver.name)))
    link, value = record.object.field(approver.name), record[approver.name]
    if value is None or not isinstance(link, Link):
        return []
    return [value] if link.to == "user" else await _members(work, value) if link.to == "team" else []


async def why_not(work: Workspace, process: Process, person: UUID, record: Record, submitter: UUID | None) -> str:
    """Why this person can't decide about the record; "" when they can."""
    if person == submitter and not process.own:
        return _("has submitted it")
    seeing = await as_person(work, person)
    if seeing is None:
        return _("is not active")
    if not await sees(seeing, record.object.name, record.id):
        return _("does not see the record")
    return ""


async def sees(work: Workspace, object_name: str, key: UUID) -> bool:
    """Whether the actor sees the living record."""
    one = work.registry.objects.get(object_name)
    return one is not None and bool(work.actor.rights.level(one, "read")) and bool(await work.get_many(one.name, [key]))


async def still(work: Workspace, process: Process, groups: Sequence[int], step: Step, record: Record,
                person: UUID, submitter: UUID | None) -> bool:  # fmt: skip
    """Whether a person is still one of those whom the step means; who was named by hand always is."""
    if not groups:
        return True
    for at in groups:
        if at < len(step.approvers) and person in await named(work, step.approvers[at], record, submitter):
            return True
    return False


async def _manager(work: Workspace, person: UUID | None, level: int) -> UUID | None:
    found, seen = person, set[UUID]()
    for _each in range(max(1, min(level, 20))):
        if found is None or found in seen:
            return None
        seen.add(found)
        people = await work.get_many("user", [found])
        found = people[0]["manager"] if people else None
    return found


async def _members(work: Workspace, team: UUID | None) -> list[UUID]:
    if team is None:
        return []
    teams = await work.get_many("team", [team])
    if not teams:
        return []
    people = await _people(work, Binary("=", Path(("team",)), Literal(str(team))))
    return [*people, *([teams[0]["manager"]] if teams[0]["manager"] else [])]


async def _people(work: Workspace, where: Binary) -> list[UUID]:
    active = Binary("=", Path(("status",)), Literal("active"))
    query = Query("user", all_of((where, active)), fields=("id",), limit=MOST)
    return [row[0] for row in (await work.query(query)).rows]
