"""What merge fields can name: the record that a mail is about, who writes it, and the workspace."""

from __future__ import annotations

from dataclasses import dataclass

from relata.engine.formula import TEXT, Many, Ref, Unknown, id_of
from relata.engine.metadata.registry import Registry
from relata.engine.query.reader import Reader
from relata.engine.query.scope import FieldScope

#: The names that flows use, too, so that words can be copied from one to the other.
RECORD, PERSON, WORKSPACE = "record", "person", "workspace"


@dataclass(frozen=True)
class Names:
    """A scope of the expression language, for one reader: what they may not read is not there. object: of the record;
    "" where there is none."""

    registry: Registry
    reader: Reader
    object: str = ""

    @property
    def objects(self) -> dict[str, str]:
        """The names that stand for records, with their objects."""
        return {PERSON: "user"} | ({RECORD: self.object} if self.object in self.registry.objects else {})

    def resolve(self, path: tuple[str, ...]) -> Ref:
        """The value at the end of a path; raises Unknown."""
        known = self.objects
        if path == (WORKSPACE, "name"):
            return Ref(path, TEXT)
        if path[0] not in known:
            raise Unknown(0, (*known, WORKSPACE))
        if len(path) == 1:
            return Ref(path, id_of(known[path[0]]))
        try:
            found = FieldScope(self.registry, self.registry.get(known[path[0]]), self.reader).resolve(path[1:])
        except Unknown as error:
            raise Unknown(error.index + 1, error.known) from None
        return Ref(path, found.type, found.choices)

    def many(self, name: str) -> Many:
        """Related lists have no place in a sentence."""
        raise Unknown(0, tuple(self.objects))

    def title_path(self, object_name: str) -> str | None:
        """The field that names a record."""
        found = self.registry.objects.get(object_name)
        return found.title_field if found else None
