"""Reads a folder of vCards as the import does, and says what was found on them: `make try-cards DATA=folder`.

Exit code 1 when a card can't be read: it has neither a name nor an address then.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections import Counter
from pathlib import Path

from relata.engine.transfer.wizard.formats.vcards import COLUMNS, convert

_TELLING = ("Full name", "Last name", "First name", "E-mail", "Phone", "Mobile")
csv.field_size_limit(50_000_000)


def cards(path: Path) -> list[dict[str, str]]:
    """The cards of one file, by column."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "cards.csv"
        convert(path, target)
        with target.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


def main() -> int:
    """The figures."""
    filled, total, wrong = Counter[str](), 0, 0
    paths = sorted(Path(sys.argv[1]).rglob("*.vcf"))
    for path in paths:
        found = cards(path)
        total += len(found)
        for card in found:
            filled.update(name for name, value in card.items() if value)
            if not any(card[name] for name in _TELLING):
                wrong += 1
                print(f"{path.name}: a card of which nothing was read: {card['Note'][:80]}")
        if not found:
            wrong += 1
            print(f"{path.name}: no card")
    print(", ".join(f"{name} {filled[name]}" for name in COLUMNS if filled[name]))
    print(f"{len(paths)} files, {total} cards, {wrong} can't be read")
    return 1 if wrong or not total else 0


if __name__ == "__main__":
    sys.exit(main())
