"""Flows to begin with: files that modules ship, offered where everything that they name is there."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

import msgspec

from relata.engine.automation.flows.definition import Body
from relata.engine.automation.flows.steps import Create, Find, Loop
from relata.engine.metadata.registry import Registry
from relata.engine.metadata.wording import worded
from relata.foundation.errors import Bug


@dataclass(frozen=True, slots=True)
class Template:
    """key: the file's name. label, help: in English, as the file says them."""

    key: str
    label: str
    help: str
    body: Body

    @property
    def title(self) -> str:
        """The label in the reader's language."""
        return worded(self.label)

    @property
    def purpose(self) -> str:
        """The help in the reader's language."""
        return worded(self.help)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in a file."""

    label: str
    help: str
    flow: Body


def templates(registry: Registry) -> tuple[Template, ...]:
    """The templates of the modules that are on."""
    folders = [module.flows for module in registry.modules.values() if module.flows]
    found = [one for folder in folders for one in in_folder(folder)]
    return tuple(one for one in found if _objects(one.body) <= registry.objects.keys())


@functools.cache
def in_folder(folder: str) -> tuple[Template, ...]:
    """The templates of one folder, by the names of their files. Bug for a file that is none."""
    return tuple(_read(path) for path in sorted(Path(folder).glob("*.toml")))


def _read(path: Path) -> Template:
    try:
        found = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Bug(f"{path.name} is no flow: {error}") from None
    return Template(path.stem, found.label, found.help, found.flow)


def _objects(body: Body) -> set[str]:
    steps = {step.object for step in body.by_id.values() if isinstance(step, (Create, Find, Loop))}
    return (steps | {body.trigger.object}) - {""}
