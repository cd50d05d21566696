"""What must hold when a deal comes to a stage, on every path: the moves that are allowed, what must be filled in."""

from __future__ import annotations

from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Relation
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.modules.sales import errors, rules
from relata.modules.sales.contracts import OPPORTUNITY, PIPELINE, STAGE

_REASONS = {"lost_reason": "lost_reasons", "won_reason": "won_reasons"}


async def check_entry(work: Workspace, draft: Draft, stage: Record) -> None:
    """A deal that is new in the stage may come here, and has what it needs here."""
    if not draft.is_new:
        await _check_move(work, draft, stage)
    absent = rules.missing(stage["required_fields"] or (), draft.values_now())
    relations = work.registry.relations[OPPORTUNITY]
    found = [name for name in absent if name not in relations or not await _has_any(work, relations[name], draft)]
    rules.check_complete(stage["name"], [(name, label_of(work, name)) for name in found])


async def _check_move(work: Workspace, draft: Draft, stage: Record) -> None:
    before = await work.cached_get(STAGE, draft.old("stage"))
    if before["pipeline"] != stage["pipeline"] or rules.is_allowed(before["next_stages"] or (), stage.id):
        return
    names = [found["name"] for found in await work.get_many(STAGE, list(before["next_stages"]))]
    raise errors.MoveNotAllowed(before["name"], stage["name"], names)


async def _has_any(work: Workspace, relation: Relation, draft: Draft) -> bool:
    everything = work.as_system()  # what is there counts, also what this person does not see
    return not draft.is_new and bool(await everything.ids(relation.child, {relation.field: draft.id}, limit=1))


async def check_reasons(work: Workspace, draft: Draft) -> None:
    """A reason that was given is one of the pipeline's."""
    for field, offered in _REASONS.items():
        if draft.changed(field) and draft[field] is not None and draft["pipeline"] is not None:
            pipeline = await work.cached_get(PIPELINE, draft["pipeline"])
            rules.check_reason(field, draft[field], pipeline[offered] or ())


def label_of(work: Workspace, name: str) -> str:
    """What the deal's field or list is called on screens."""
    field = work.registry.get(OPPORTUNITY).field(name)
    relation = work.registry.relations[OPPORTUNITY].get(name)
    return field.title if field is not None else relation.label if relation is not None else name


def check_names(work: Workspace, field: str, names: tuple[str, ...]) -> None:
    """Raise NoSuchField for a name that is neither a field of deals nor one of their lists."""
    one: Object = work.registry.get(OPPORTUNITY)
    for name in names:
        if one.field(name) is None and name not in work.registry.relations[OPPORTUNITY]:
            raise errors.NoSuchField(field, name)
