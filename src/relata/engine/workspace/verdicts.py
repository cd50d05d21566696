"""What the rules say of a write, the same on every path: own values at once, linked records with one statement.

A rule sees every value, also what the writer may not read; what it says is its own message, and a field that is hidden
from the writer is not named.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from relata.engine.formula import EvaluationContext, evaluate
from relata.engine.metadata.object import Object
from relata.engine.query.pages import context_of
from relata.engine.rules.clauses import Clause, Clauses, RuleClause, clauses_of
from relata.engine.rules.own_values import OwnValues
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.far_verdicts import results
from relata.engine.workspace.unit import Unit
from relata.engine.workspace.warnings import WARNING, standing
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace


#: Codes of problems that a rule's own message tells of; every rule speaks for itself.
RULES = ("rule", WARNING)


def clauses_for(unit: Unit, one: Object) -> Clauses:
    """The object's rules, made ready once for each version of the definitions."""
    found: Clauses = unit.context.statements.get(("clauses", one.name), lambda: clauses_of(unit.context.registry, one))
    return found


def own_problems(unit: Unit, draft: Draft) -> list[Problem]:
    """What the rules over the record's own values refuse. A change that changes nothing is never refused."""
    one = draft.object
    clauses = clauses_for(unit, one)
    if not clauses.own and not clauses.entries:
        return []
    if draft.before is not None and not draft.differences():
        return []
    problems = [problem for entry in clauses.entries for problem in entry.problems(draft)]
    asked = [clause for clause in clauses.own if clause.applies(draft)]
    if asked:
        problems += _broken(one, draft.id, whole(unit, draft), asked, context_of(unit.actor))
    return standing(unit, draft.id, [concealed(unit, one, problem) for problem in _once(problems)])


def _once(problems: list[Problem]) -> list[Problem]:
    """A field that is missing for two reasons is told of once; every rule speaks for itself."""
    seen: set[str | None] = set()
    kept = []
    for problem in problems:
        if problem.code in RULES or problem.field not in seen:
            kept.append(problem)
        if problem.code not in RULES:
            seen.add(problem.field)
    return kept


def _broken(
    one: Object, record: UUID, values: dict[str, Any], asked: Iterable[Clause], context: EvaluationContext
) -> list[Problem]:
    return [
        clause.problem()
        for clause in asked
        if (
            evaluate(
                clause.condition.checked,
                OwnValues(one, values, record_id=record, formulas=clause.condition.formulas, context=context),
                context,
            )
            is True
        )
        is clause.refused
    ]


async def far_problems(work: Workspace, drafts: Sequence[Draft]) -> dict[UUID, list[Problem]]:
    """What the rules that read linked records refuse, by the draft's id: one statement for all drafts, none where no
    such rule applies."""
    if not drafts:
        return {}
    unit, one = work.unit, drafts[0].object
    far = clauses_for(unit, one).far
    if not far:
        return {}
    asked = {draft.id: [at for at, clause in enumerate(far) if clause.applies(draft)] for draft in drafts}
    called = [draft for draft in drafts if asked[draft.id]]
    if not called:
        return {}
    await work.settle()  # roll-ups count what this unit has written
    found = await results(
        unit, one, [clause.condition for clause in far], [(draft.id, whole(unit, draft)) for draft in called]
    )
    return {
        draft.id: problems
        for draft in called
        if (
            problems := standing(
                unit,
                draft.id,
                [
                    concealed(unit, one, far[at].problem())
                    for at in asked[draft.id]
                    if found[draft.id][at] is far[at].refused
                ],
            )
        )
    }


def counting(work: Workspace, one: Object) -> bool:
    """Whether a rule looks at lists of records, so that many writes can't be judged together."""
    return any(clause.condition.counts for clause in clauses_for(work.unit, one).far)


async def require_far(work: Workspace, draft: Draft) -> None:
    """Raise Invalid where a rule that reads linked records refuses the draft."""
    found = await far_problems(work, [draft])
    if found:
        raise Invalid.of(found[draft.id])


async def require_whole(work: Workspace, draft: Draft) -> None:
    """Raise Invalid where any rule refuses the draft, whatever it says of its parts: after a merge."""
    if problems := own_problems(work.unit, draft):
        raise Invalid.of(problems)
    await require_far(work, draft)


async def require_restorable(work: Workspace, draft: Draft) -> None:
    """Raise Invalid where a rule that holds always refuses a record that comes out of the bin."""
    unit, one = work.unit, draft.object
    clauses = clauses_for(unit, one)
    own = [clause for clause in clauses.own if _holds_always(clause)]
    problems = _broken(one, draft.id, whole(unit, draft), own, context_of(unit.actor)) if own else []
    far = [clause for clause in clauses.far if _holds_always(clause)]
    if far:
        await work.settle()
        found = await results(unit, one, [clause.condition for clause in clauses.far], [(draft.id, whole(unit, draft))])
        problems += [
            clause.problem()
            for at, clause in enumerate(clauses.far)
            if clause in far and found[draft.id][at] is clause.refused
        ]
    if problems:
        raise Invalid.of([concealed(unit, one, problem) for problem in problems])


def _holds_always(clause: Clause) -> bool:
    """A warning is none of them: what lay in the bin was confirmed when it was written."""
    return isinstance(clause, RuleClause) and clause.rule.on == "always" and clause.rule.severity == "error"


def whole(unit: Unit, draft: Draft) -> dict[str, Any]:
    """All values as they would be after the write."""
    if draft.before is not None:
        return {**draft.before.values, **draft.values}
    now, who = unit.actor.clock().now, unit.actor.user
    made = {"created_at": now, "changed_at": now, "created_by": who, "changed_by": who, "version": 1}
    return {**made, **draft.values}


def concealed(unit: Unit, one: Object, problem: Problem) -> Problem:
    """The problem as this writer may read it: a field that is hidden from them has no name."""
    field = one.field(problem.field) if problem.field else None
    if field is None or unit.actor.readable(one, field) or unit.actor.rights.writable(one, field):
        return problem
    if problem.code in RULES:
        return Problem(problem.code, problem.message, None, problem.hint, confirm=problem.confirm)
    message = _("A value that you may not see does not fit, or is missing.")
    return Problem(problem.code, message, None, _("Ask somebody who may see it."))
