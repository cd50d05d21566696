"""A new module from the example: its files under another name."""

from __future__ import annotations

import io
import re
import shutil
import tokenize
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from relata.engine.metadata.overlay import IDENTIFIER, RESERVED
from relata.foundation.errors import Conflict, Invalid

EXAMPLE = "_example"
_WORD = re.compile(r"\b\w*(?:gadget|Gadget|GADGET)\w*\b")


@dataclass(frozen=True, slots=True)
class Names:
    """module: the folder. singular, plural: the object, as identifiers."""

    module: str
    singular: str
    plural: str

    @classmethod
    def of(cls, name: str) -> Names:
        """`visits` has visits, `warranties` has warranties; what is no plural, as `loyalty`, has loyalty records."""
        if not IDENTIFIER.match(name) or name in RESERVED:
            raise Invalid(
                "A module's name consists of small letters, digits and single underscores.",
                code="identifier",
                field="name",
                hint="Write it in the plural of what it holds, such as site_visits.",
            )
        if name.endswith("ies"):
            return cls(name, f"{name[:-3]}y", name)
        if name.endswith("s") and not name.endswith("ss"):
            return cls(name, name[:-1], name)
        return cls(name, f"{name}_record", f"{name}_records")


def new_module(name: str, modules: Path) -> list[Path]:
    """Copy the example in the folder `modules` to a new folder `name`; the new files. Conflict if there is one."""
    names = Names.of(name)
    source, target = modules / EXAMPLE, modules / name
    if target.exists():
        raise Conflict(f"There is a module called {name} already.", code="not_unique", hint="Choose another name.")
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    return [_rewritten(path, names) for path in sorted(target.rglob("*")) if path.suffix in (".py", ".md")]


def _rewritten(path: Path, names: Names) -> Path:
    """The file under its new name, with its new text."""
    rename = renamed_python if path.suffix == ".py" else renamed_prose
    path.write_text(rename(path.read_text(encoding="utf-8"), names), encoding="utf-8")
    return path.rename(path.with_name(renamed_code(path.name, names)))


def renamed_python(text: str, names: Names) -> str:
    """The source of a Python file: identifiers in code, words in what people read (texts with a space, comments)."""
    changes = [
        (token.start, token.end, (renamed_prose if _is_prose(token) else renamed_code)(token.string, names))
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type in (tokenize.NAME, tokenize.STRING, tokenize.COMMENT)
    ]
    lines = text.splitlines(keepends=True)
    for (row, start), (last, end), new in reversed(changes):
        head, tail = lines[row - 1][:start], lines[last - 1][end:]
        lines[row - 1 : last] = (head + new + tail).splitlines(keepends=True)
    return "".join(lines)


def renamed_prose(text: str, names: Names) -> str:
    """Words for people: "site visit" where code has `site_visit`."""
    text = _module_renamed(text, names)
    return _WORD.sub(lambda found: _renamed(found.group(), names, _spaced), text)


def renamed_code(text: str, names: Names) -> str:
    """Identifiers and texts that are identifiers."""
    return _WORD.sub(lambda found: _renamed(found.group(), names, str), _module_renamed(text, names))


def _is_prose(token: tokenize.TokenInfo) -> bool:
    return token.type == tokenize.COMMENT or (token.type == tokenize.STRING and " " in token.string)


def _module_renamed(text: str, names: Names) -> str:
    title = _spaced(names.module).capitalize()
    text = text.replace("TestExample", f"Test{_camel(names.module)}").replace(EXAMPLE, names.module)
    text = text.replace('"example"', f'"{names.module}"').replace('"Example"', f'"{title}"')
    return text.replace("# Example\n", f"# {title}\n")


def _renamed(word: str, names: Names, alone: Callable[[str], str]) -> str:
    """alone: how the name looks when the word is nothing but the name; joined to others it is an identifier. With a
    capital and alone it is a label, which people read."""
    joined = word.lower() not in ("gadget", "gadgets")
    as_is = str if joined else _spaced if word.istitle() else alone
    word = word.replace("GADGETS", names.plural.upper()).replace("GADGET", names.singular.upper())
    for old, new in (("gadgets", names.plural), ("gadget", names.singular)):
        camel = _camel(new) if joined else as_is(new).capitalize()
        word = word.replace(old.capitalize(), camel).replace(old, as_is(new))
    return word


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _camel(name: str) -> str:
    return name.title().replace("_", "")
