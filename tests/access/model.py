"""Who may see and change what, written plainly from the rules: no SQL, no codes, no predicate."""

from __future__ import annotations

from uuid import UUID

from tests.access.company import Company, Fact
from tests.access.plans import LEVELS, PARENT, RIGHTS


def level(company: Company, person: UUID, object_name: str, right: str) -> str:
    """The most generous of the person's roles."""
    at = RIGHTS.index(right)
    return max((company.plan.roles[role][object_name][at] for role in company.people[person][0]), key=LEVELS.index)


def own_teams(company: Company, person: UUID) -> set[UUID]:
    """Where they belong, and what they lead."""
    main = company.people[person][1]
    led = {team for team, (_, manager) in company.teams.items() if manager == person}
    return led | ({main} if main else set())


def teams_below(company: Company, person: UUID) -> set[UUID]:
    """Their teams and all that stand under one of them."""
    found = own_teams(company, person)
    while more := {team for team, (parent, _) in company.teams.items() if parent in found} - found:
        found |= more
    return found


def holds(company: Company, person: UUID, fact: Fact, right: str) -> bool:
    """Whether the role's level covers the record by who owns it and which team holds it."""
    how_far = level(company, person, fact.object, right)
    if how_far in ("none", "all"):
        return how_far == "all"
    if fact.owner == person:
        return True
    teams = {"own": set[UUID](), "team": own_teams(company, person), "below": teams_below(company, person)}[how_far]
    return fact.team in teams


def is_granted(company: Company, person: UUID, fact: Fact, right: str) -> bool:
    """By a share, as a member of the record's team, or by the sharing rule; to the person or one of their teams."""
    mine = {person} | own_teams(company, person)
    enough = ("read", "change") if right == "read" else ("change",)
    for share in company.shares:
        if share.record == fact.id and share.principal in mine and not share.is_over and share.level in enough:
            return True
    if company.plan.rule is None or fact.object != "account" or not fact.retail:
        return False
    number, granted = company.plan.rule
    return company.principal(number) in mine and granted in enough


def sees(company: Company, person: UUID, fact: Fact) -> bool:
    """By level, by grant, or because they see the parent. Whether it lies in the bin is another question."""
    if level(company, person, fact.object, "read") == "none":
        return False
    if holds(company, person, fact, "read") or is_granted(company, person, fact, "read"):
        return True
    link = PARENT.get(fact.object)
    parent = company.records.get(getattr(fact, link)) if link else None
    return parent is not None and sees(company, person, parent)


def may_change(company: Company, person: UUID, fact: Fact) -> bool:
    """Whether the right to change covers it; access through a parent is for reading."""
    if level(company, person, fact.object, "change") == "none":
        return False
    return holds(company, person, fact, "change") or is_granted(company, person, fact, "change")


def may_delete(company: Company, person: UUID, fact: Fact) -> bool:
    """Grants never let anybody delete."""
    return holds(company, person, fact, "delete")


def visible(company: Company, person: UUID, object_name: str) -> set[UUID]:
    """The living records that the person sees."""
    return {fact.id for fact in company.of(object_name) if not fact.deleted and sees(company, person, fact)}
