"""What the product does without: each of these would open a class of attacks, so whoever adds one meets this test.

What is fetched from an address that somebody typed goes through one guarded client (design, rule 7), `engine/fetching`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import relata

ROOT = Path(relata.__file__).parent
#: Module -> where it may be imported, as beginnings of paths below relata/; see docs/security.md.
KEPT_TO = {
    "httpx": ("engine/fetching/", "engine/files/s3.py", "app/bench/", "app/torture/"),
    "requests": (),
    "aiohttp": (),
    "urllib.request": ("app/bench/",),
    "http.client": ("app/bench/", "interfaces/cli/"),
    "pickle": ("app/bench/",),
    "marshal": (),
    "shelve": (),
    "yaml": (),
    # The answers of the store that the administrator named; requests of address books, without declarations; what a
    # SAML provider says, without entities.
    "xml": ("engine/files/s3.py", "interfaces/rest/carddav/xml.py"),
    "lxml": ("engine/identity/sign_on/saml.py",),
    # Archives: each of these reads with a limit, and has a test with a bomb; `app/archive.py` reads our own backups.
    "zipfile": ("engine/transfer/",),
    "tarfile": ("app/archive.py",),
    "bz2": (),
    "lzma": (),
}
#: Calls that make code of text.
CODE = {"eval", "exec", "compile", "__import__"}


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Every file of the product, without its tests."""
    for path in sorted(ROOT.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if "/tests/" not in name and not name.startswith("testing/"):
            yield name, ast.parse(path.read_text())


def imported(tree: ast.Module) -> set[str]:
    """The modules that a file imports."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return found


def test_outgoing_clients_and_dangerous_readers_stay_where_they_are_allowed() -> None:
    wrong, looked = [], 0
    for name, tree in sources():
        looked += 1
        for module in imported(tree):
            for kept, places in KEPT_TO.items():
                if (module == kept or module.startswith(f"{kept}.")) and not name.startswith(places or ("-",)):
                    wrong.append(f"{name} imports {module}")
    assert not wrong, wrong
    assert looked > 300


def test_no_text_becomes_code() -> None:
    wrong = []
    for name, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                if isinstance(node.func, ast.Name) and node.func.id in CODE:
                    wrong.append(f"{name}:{node.lineno} {node.func.id}")
                if any(one.arg == "shell" and getattr(one.value, "value", None) is True for one in node.keywords):
                    wrong.append(f"{name}:{node.lineno} shell")
    assert not wrong, wrong


def test_no_template_switches_escaping_off() -> None:
    wrong = []
    for path in ROOT.rglob("*.html"):
        text = path.read_text()
        wrong += [
            f"{path.name}: {word}" for word in ("|safe", "| safe", "autoescape false", "hx-on", "js:") if word in text
        ]
        wrong += [
            f"{path.name}: {word}" for word in (" onclick=", " onload=", "javascript:", " style=") if word in text
        ]
    assert not wrong, wrong
