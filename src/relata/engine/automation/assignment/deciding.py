"""Asking the rules about records: for real, in a test, or in a rehearsal. Nothing is written but turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from relata.engine.automation.assignment import turns
from relata.engine.automation.assignment.choosing import Pool, Verdict, join
from relata.engine.automation.assignment.people import Staff, candidates_of, members_of
from relata.engine.automation.assignment.rules_of import Named
from relata.engine.automation.assignment.tables import fits
from relata.engine.automation.assignment.values import Item, Seen, compiled, load
from relata.engine.automation.working_time import Calendar
from relata.engine.formula import BOOLEAN, Checked, check, parse
from relata.engine.metadata.object import Object
from relata.engine.query.reader import AnyReader
from relata.engine.query.scope import FieldScope
from relata.engine.rules.assignment import POOLS, AssignmentRule, Target
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid


@dataclass(slots=True)
class Asked:
    """What one rule said. word: no (condition false), nobody (it found nobody), broken (it no longer fits), chosen.
    row: the row of the table that fitted, from 1. needed: the skills that were asked for."""

    name: str
    label: str
    word: str
    way: str = ""
    row: int = 0
    needed: tuple[str, ...] = ()
    verdicts: list[Verdict] = field(default_factory=list)
    used_fallback: bool = False


@dataclass(slots=True)
class Decision:
    """Where a record goes; None: nowhere, it stays with whom it is. rule: which one decided."""

    item: Item
    to: Target | None = None
    rule: Named | None = None
    asked: list[Asked] = field(default_factory=list)


class Deciding:
    """The rules at work on one object, in one transaction. is_real: turns are held and kept; else they only go on for
    as long as this lives. is_rehearsal: everybody begins with nothing, and is there every day."""

    def __init__(
        self, work: Workspace, one: Object, rules: Sequence[Named], *, is_real: bool, is_rehearsal: bool = False
    ) -> None:
        self.work, self.object, self.is_real, self.is_rehearsal = work, one, is_real, is_rehearsal
        self.rules = tuple(rules)
        self.staff = Staff(work, work.clock.now, ignores_absences=is_rehearsal)
        self.calendars: dict[UUID, Calendar] = {}
        self._broken: set[str] = set()
        self._pools: dict[str, tuple[Pool, turns.Known]] = {}

    async def decide(self, items: Sequence[Item]) -> list[Decision]:
        """Where each of these goes, in their order."""
        texts = [checked for named in self.rules for checked in self._checked(named)]
        linked = await load(self.work, self.object, items, texts)
        return [await self._one(item, Seen(self.work, self.object, item, linked)) for item in items]

    def _checked(self, named: Named) -> list[Checked]:
        """The rule's expressions. One that fits no more, since a field changed meanwhile, stops its rule and nothing
        else."""
        rule, found = named.rule, list[Checked]()
        wanted = [(rule.where, True), *((text, False) for text in rule.expressions)]
        try:
            for text, is_condition in wanted:
                if text:
                    found.append(compiled(self.work, self.object, text, is_condition=is_condition))
            if rule.open and rule.counts_load:
                check(parse(rule.open), FieldScope(self.work.registry, self.object, AnyReader()), expect=BOOLEAN)
        except Invalid:
            self._broken.add(named.name)
            return []
        return found

    async def keep(self) -> None:
        """Write down whose turn it was."""
        for name, (pool, known) in self._pools.items():
            if self.is_real and pool.changed:
                await turns.keep(self.work.unit, name, known, pool.candidates)

    async def _one(self, item: Item, seen: Seen) -> Decision:
        decision = Decision(item)
        for named in self.rules:
            rule = named.rule
            asked = Asked(named.name, named.label, "no", rule.way)
            decision.asked.append(asked)
            if named.name in self._broken:
                asked.word = "broken"
                continue
            if rule.where and seen.result(compiled(self.work, self.object, rule.where, is_condition=True)) is not True:
                continue
            found = await self._by(named, seen, asked)
            if found is None and rule.fallback is not None:
                found = await self.find(rule.fallback, asked)
                asked.used_fallback = found is not None
            asked.word = "nobody" if found is None else "chosen"
            if found is not None:
                decision.to, decision.rule = found, named
                break
        return decision

    async def _by(self, named: Named, seen: Seen, asked: Asked) -> Target | None:
        rule = named.rule
        if rule.way in POOLS:
            return await self._of_pool(named, seen, asked)
        if rule.way == "table":
            return await self._by_table(rule, seen, asked)
        if rule.way == "expression":
            person = seen.result(compiled(self.work, self.object, rule.expression))
            return await self.find(Target("person", person), asked) if isinstance(person, UUID) else None
        return await self.find(rule.to, asked) if rule.to else None

    async def _by_table(self, rule: AssignmentRule, seen: Seen, asked: Asked) -> Target | None:
        values = [seen.result(compiled(self.work, self.object, text)) for text in rule.columns]
        for number, row in enumerate(rule.rows, 1):
            if all(fits(value, cell) for value, cell in zip(values, row.when, strict=False)):
                asked.row = number
                return await self.find(row.to, asked)
        return None

    async def _of_pool(self, named: Named, seen: Seen, asked: Asked) -> Target | None:
        pool = await self._pool(named)
        needed = _skills(seen.result(compiled(self.work, self.object, named.rule.skills)) if named.rule.skills else ())
        asked.needed = tuple(sorted(needed))
        chosen, asked.verdicts = pool.choose(needed)
        return Target("person", chosen.person) if chosen else await self._deputy(pool, asked)

    async def _deputy(self, pool: Pool, asked: Asked) -> Target | None:
        """Where all are away, the deputy of the first one that has one."""
        for one in pool.candidates:
            if one.is_active and one.deputy is not None:
                found, steps = await self.staff.available(one.deputy)
                asked.verdicts += self._steps(steps)
                if found is not None:
                    return Target("person", found)
        return None

    async def _pool(self, named: Named) -> Pool:
        if named.name not in self._pools:
            members = await members_of(self.work, named.rule)
            # First the turns: whoever holds them alone counts what the others have committed.
            reading = turns.hold if self.is_real else turns.seen
            known = await reading(self.work.unit, named.name, members) if members and not self.is_rehearsal else {}
            candidates = await candidates_of(self.staff, self.object, named.rule, members)
            join(candidates, known)
            if self.is_rehearsal:
                for one in candidates:
                    one.load = None if one.load is None else 0
            pool = Pool(candidates, named.rule.way == "least_loaded", named.rule.capacity)
            self._pools[named.name] = (pool, known)
        return self._pools[named.name][0]

    async def find(self, target: Target, asked: Asked) -> Target | None:
        """The target, or the deputy of a person who is away; None where they are not to be had."""
        if target.kind != "person":
            return target if await self.staff.exists(target) else None
        found, steps = await self.staff.available(target.id)
        asked.verdicts += self._steps(steps)
        return Target("person", found) if found else None

    def _steps(self, steps: Sequence[tuple[UUID, str, str]]) -> list[Verdict]:
        return [Verdict(person, self.staff.name(person), word, detail) for person, word, detail in steps]


def _skills(value: Any) -> frozenset[str]:
    parts = value if isinstance(value, (list, tuple)) else str(value).split(";") if value else ()
    return frozenset(text.casefold() for part in parts if (text := str(part).strip()))


def why(decision: Decision) -> dict[str, Any]:
    """The explanation as it is kept: what each rule said, with at most fifty people each."""
    return {
        "rules": [
            {
                "name": one.name, "label": one.label, "word": one.word, "way": one.way, "row": one.row,
                "needed": list(one.needed), "fallback": one.used_fallback,
                "people": [
                    {"id": str(v.person), "name": v.name, "word": v.word, "detail": v.detail, "load": v.load,
                     "share": None if v.share is None else round(v.share, 2)}
                    for v in one.verdicts[:50]
                ],
            }
            for one in decision.asked
        ]
    }  # fmt: skip
