"""Rules that warn: a person confirms them and goes on; where nobody can be asked, the record is written in spite of
them. Either way its line in the log names them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from relata.engine.access.actor import Actor
from relata.engine.workspace.unit import Unit
from relata.foundation.errors import Problem

#: The code of a problem that may be confirmed.
WARNING = "warning"
#: Confirms whatever comes.
ALL = "*"
#: Ways on which somebody is there to confirm, or has said before what is to be done about warnings.
_ASKED = frozenset({"form", "api", "cli", "bulk", "import", "automation"})


def standing(unit: Unit, record: UUID, problems: list[Problem]) -> list[Problem]:
    """What holds the write up: all but the warnings that were confirmed, or that nobody can be asked about. Refusals
    come first."""
    if not any(one.confirm for one in problems):
        return problems
    asks = unit.actor.via in _ASKED and not unit.actor.rights.system
    kept = [one for one in problems if not one.confirm or (asks and not _is_confirmed(unit, one))]
    if not any(not one.confirm for one in kept):
        passed = {one.confirm for one in problems if one.confirm} - {one.confirm for one in kept}
        unit.overlooked.setdefault(record, set()).update(passed)
    return sorted(kept, key=lambda one: bool(one.confirm))


def _is_confirmed(unit: Unit, problem: Problem) -> bool:
    return problem.confirm in unit.confirmed or ALL in unit.confirmed


def confirm(unit: Unit, names: Iterable[str]) -> None:
    """From now on whoever writes means it in spite of these warnings."""
    unit.confirmed = frozenset(names)


def only_warnings(problems: Iterable[Problem]) -> tuple[str, ...]:
    """What is to be sent along to go on in spite of them; nothing where something else is wrong, too."""
    found = tuple(problems)
    return tuple(dict.fromkeys(one.confirm for one in found)) if found and all(one.confirm for one in found) else ()


def passed(unit: Unit, record: UUID) -> dict[str, object]:
    """For the source of the record's line in the log: the warnings in spite of which it is written."""
    found = unit.overlooked.pop(record, None) if unit.overlooked else None
    return {"in_spite_of": sorted(found)} if found else {}


def writing(unit: Unit, record: UUID) -> Actor:
    """The actor as the record's line in the log names it."""
    found = passed(unit, record)
    return unit.actor.through(unit.actor.via, **{**unit.actor.source, **found}) if found else unit.actor
