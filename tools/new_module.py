"""`make new-module NAME=site_visits`: copies the example module under a new name and puts its imports in order."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from relata.app.scaffold import new_module
from relata.foundation.errors import RelataError

MODULES = Path(__file__).parents[1] / "src" / "relata" / "modules"


def main(arguments: list[str]) -> int:
    """0, or 2 for a name that does not work."""
    try:
        files = new_module(arguments[0] if arguments else "", MODULES)
    except RelataError as error:
        print(error.message, error.hint or "", file=sys.stderr)
        return 2
    folder = files[0].parent
    # A new name changes the order of imports and the length of lines.
    for command in (["check", "--quiet", "--select", "I", "--fix"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *command, str(folder)], check=True)
    print(f"{folder} has {len(files)} files. Begin with README.md and objects.py; `make test` checks the rest.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
