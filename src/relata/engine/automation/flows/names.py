"""What expressions of a flow can name: the record, what it was before, and what earlier steps made or found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from relata.engine.automation.flows.definition import Body, inner_blocks
from relata.engine.automation.flows.questions import questions
from relata.engine.automation.flows.steps import (
    AnyStep,
    Approve,
    Ask,
    Create,
    Find,
    Http,
    Loop,
    Parallel,
    Set,
    Wait,
)  # fmt: skip
from relata.engine.automation.flows.triggers import BRINGING, RecordTrigger
from relata.engine.formula import BOOLEAN, DATE, DATETIME, NUMBER, TEXT, Many, Ref, Type, Unknown, check, id_of, parse
from relata.engine.metadata.registry import Registry
from relata.engine.query.reader import Reader
from relata.engine.query.scope import FieldScope
from relata.foundation.errors import RelataError

#: Names that are no step's.
RECORD, BEFORE, PERSON, BODY, SECRET = "record", "before", "person", "body", "secret"
RESERVED = frozenset({RECORD, BEFORE, PERSON, BODY, SECRET})
TYPES = {"text": TEXT, "number": NUMBER, "boolean": BOOLEAN, "date": DATE, "datetime": DATETIME}


@dataclass(frozen=True)
class Names:
    """A scope of the expression language. records: names that stand for a record, with its object. values: other names
    with their parts and types. before: the object of which old values are known."""

    registry: Registry
    reader: Reader
    records: dict[str, str] = field(default_factory=dict)
    values: dict[tuple[str, str], Type] = field(default_factory=dict)
    before: str = ""
    #: Values of the flow that were read with these names; a copy begins without any.
    kept: dict[object, object] = field(default_factory=dict, init=False, compare=False)

    def resolve(self, path: tuple[str, ...]) -> Ref:
        """The value at the end of a path; Unknown for what this reader may not see."""
        root = path[0]
        if root in self.records:
            one = self.registry.objects.get(self.records[root])
            if one is None:
                raise Unknown(0, self._known())
            if len(path) == 1:
                return Ref(path, id_of(one.name))
            return self._inside(root, one.name, path)
        if root == BEFORE and self.before:
            found = self._inside(root, self.before, path) if len(path) == 2 else None
            if found is None:
                raise Unknown(0, self._known())
            return found
        if len(path) == 2 and path in self.values:
            return Ref(path, self.values[path])
        parts = tuple(part for name, part in self.values if name == root)
        raise Unknown(1 if parts and len(path) > 1 else 0, parts or self._known())

    def _inside(self, root: str, object_name: str, path: tuple[str, ...]) -> Ref:
        try:
            found = FieldScope(self.registry, self.registry.get(object_name), self.reader).resolve(path[1:])
        except Unknown as error:
            raise Unknown(error.index + 1, error.known) from None
        return replace(found, path=(root, *found.path))

    def many(self, name: str) -> Many:
        """Related lists are asked for by conditions over the record and by steps that find."""
        raise Unknown(0, self._known())

    def title_path(self, object_name: str) -> str | None:
        """The field that names a record."""
        found = self.registry.objects.get(object_name)
        return found.title_field if found else None

    def _known(self) -> tuple[str, ...]:
        return tuple(sorted({*self.records, *(name for name, _ in self.values), *((BEFORE,) if self.before else ())}))

    def object_of(self, name: str) -> str | None:
        """The object of the record that a name stands for."""
        return self.records.get(name)

    def with_step(self, step: AnyStep) -> Names:
        """What the steps after this one can name, too."""
        records, values = dict(self.records), dict(self.values)
        if isinstance(step, (Create, Find)):
            records[step.id] = step.object
        elif isinstance(step, Wait) and step.when:
            values[step.id, "met"] = BOOLEAN
        elif isinstance(step, Http):
            values |= {(step.id, "status"): NUMBER, (step.id, "ok"): BOOLEAN}
            for name, what in step.outputs.items():
                values[step.id, name] = TYPES.get(what.rpartition(":")[2], TEXT)
        elif isinstance(step, Approve):
            values |= {(step.id, "approved"): BOOLEAN, (step.id, "reason"): TEXT}
        elif isinstance(step, Ask):
            values[step.id, "answered"] = BOOLEAN
            values |= {(step.id, one.name): one.of for one in questions(step.fields)}
        elif isinstance(step, Set):
            values[step.id, "value"] = self._type_of(step.value)
        return replace(self, records=records, values=values)

    def with_item(self, step: Loop) -> Names:
        """What the steps of a loop can name, too."""
        return replace(self, records={**self.records, step.id: step.object})

    def _type_of(self, text: str) -> Type:
        if not text.lstrip().startswith("="):
            return TEXT
        try:
            return check(parse(text.lstrip()[1:]), self).type
        except RelataError:
            return TEXT


def first_names(registry: Registry, reader: Reader, body: Body) -> Names:
    """What the first step can name."""
    trigger = body.trigger
    names = Names(registry, reader, {PERSON: "user"})
    if trigger.object:
        names.records[RECORD] = trigger.object
    if isinstance(trigger, RecordTrigger) and "changed" in trigger.happens:
        names = replace(names, before=trigger.object)
    if isinstance(trigger, BRINGING):
        for name, kind in trigger.inputs.items():
            names.values[BODY, name] = TYPES.get(kind.rpartition(":")[2], TEXT)
    return names


def names_by_step(registry: Registry, reader: Reader, body: Body) -> dict[str, Names]:
    """For each step what it can name: what stands before it, in branches too, where it may turn out empty."""
    found: dict[str, Names] = {}
    _visit(body.steps, first_names(registry, reader, body), found)
    return found


def _visit(steps: tuple[AnyStep, ...], names: Names, found: dict[str, Names]) -> Names:
    """What can be named after these steps."""
    for step in steps:
        found[step.id] = names
        if isinstance(step, Parallel):
            names = _visit_lanes(step, names, found)
            continue
        for part, inner in inner_blocks(step):
            is_loop = isinstance(step, Loop) and part == "steps"
            after = _visit(inner, names.with_item(step) if is_loop else names, found)  # type: ignore[arg-type]
            outer = {name: one for name, one in after.records.items() if not is_loop or name != step.id}
            names = replace(after, records=outer)
        names = names.with_step(step)
    return names


def _visit_lanes(step: Parallel, names: Names, found: dict[str, Names]) -> Names:
    """Each lane begins with what was known before; after them all is known that any of them made."""
    records, values = dict(names.records), dict(names.values)
    for _part, inner in inner_blocks(step):
        after = _visit(inner, names, found)
        records |= after.records
        values |= after.values
    return replace(names, records=records, values=values).with_step(step)
