"""People as they are in an address book: common and rare names, and every tenth of them a second time, mistyped."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

_GIVEN = """James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph
Jessica Thomas Karen Christopher Sarah Charles Lisa Daniel Nancy Matthew Sandra Anthony Ashley Mark Emily Steven Donna
Andrew Michelle Paul Carol Joshua Amanda Kenneth Melissa Kevin Deborah Brian Stephanie Timothy Rebecca Ronald Laura
Jason Helen Edward Anna Jeffrey Ruth Ryan Katherine Jacob Olga Nicholas Greta Eric Sofia Jonathan Ingrid Stephen Amira
Larry Yuki Justin Mei Scott Fatima Brandon Priya Benjamin Lucia Samuel Elena Gregory Marta Alexander Chiara Patrick Noor
Frank Hana Raymond Zeynep Jack Aisha Dennis Ines Jerry Paula Tyler Klara Aaron Frida""".split()
_PARTS = (
    "ber ger man son stein feld hof bach lin sen mar tol kov ric dor val mon tes ran gal pet nor wal hol gran".split()
)
_STREETS = "Oak Maple Station Church Park Mill High Garden Lake Hill Schiller Goethe Market River Forest Rose".split()
_CITIES = "Berlin Wien Oslo Lyon Porto Gent Turin Graz Leeds Bristol Bonn Kiel Ulm Nancy Lille Cork".split()
_NICK = {"Robert": "Bob", "William": "Bill", "Elizabeth": "Liz", "Katherine": "Kate", "Michael": "Mike", "James": "Jim"}
_KEYS = "abcdefghijklmnopqrstuvwxyz"


def people(count: int, *, seed: int = 5) -> Iterator[tuple[int, dict[str, Any]]]:
    """So many rows of contacts, each with the number of the person that it is."""
    chance = Random(seed)
    originals = count * 10 // 11
    for person in range(count):
        if person < originals:
            yield person, _row(Random(f"{seed}.{person}"))
        else:
            same = chance.randrange(originals)
            yield same, _mistaken(_row(Random(f"{seed}.{same}")), chance)


def _row(chance: Random) -> dict[str, Any]:
    # the square makes some names common and most rare
    first = _GIVEN[int(len(_GIVEN) * chance.random() ** 2)]
    parts = [_PARTS[int(len(_PARTS) * chance.random() ** 1.5)] for _part in range(chance.choice((2, 2, 3)))]
    last = "".join(parts).title()
    row: dict[str, Any] = {"name": {"first": first, "last": last}}
    if chance.random() < 0.85:
        row["email"] = (
            f"{first}.{last}{chance.randrange(1000)}@{chance.choice(_PARTS)}{chance.choice(_PARTS)}.example".lower()
        )
    if chance.random() < 0.7:
        row["phone"] = f"+4930{chance.randrange(1000000, 99999999)}"
    if chance.random() < 0.6:
        row["mailing_address"] = {
            "street": f"{chance.choice(_STREETS)} Street {chance.randrange(1, 200)}", "city": chance.choice(_CITIES),
            "postcode": f"{chance.randrange(10000, 99999)}",
        }  # fmt: skip
    if chance.random() < 0.3:
        row["birthday"] = f"{chance.randrange(1940, 2004)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"
    return row


def _mistaken(row: dict[str, Any], chance: Random) -> dict[str, Any]:
    name = dict(row["name"])
    name["first"] = _NICK.get(name["first"], name["first"]) if chance.random() < 0.5 else _typo(name["first"], chance)
    if chance.random() < 0.5:
        name["last"] = _typo(name["last"], chance)
    found = {**row, "name": name}
    others = [key for key in row if key != "name"]
    if len(others) > 1:
        found.pop(chance.choice(others))
    return found


def _typo(word: str, chance: Random) -> str:
    at = chance.randrange(1, len(word))
    return chance.choice((word[:at] + word[at + 1 :], word[:at] + chance.choice(_KEYS) + word[at:], word))
