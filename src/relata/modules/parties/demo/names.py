"""Names, titles and telephone numbers by country. The numbers lie in ranges that are reserved for fiction."""

from __future__ import annotations

import unicodedata
from random import Random

from relata.engine.metadata.fields import Entry

_GERMAN_FIRST = "Anna Lukas Sabine Matthias Julia Stefan Petra Tobias Katrin Markus Helena Oliver".split()
_GERMAN_LAST = "Hoffmann Krüger Lehmann Winkler Pohl Seidel Franke Huber Moser Keller Baumann Graf".split()
FIRST = {
    "DE": _GERMAN_FIRST,
    "AT": _GERMAN_FIRST,
    "CH": [*_GERMAN_FIRST, "Claire", "Luc", "Reto", "Ursina"],
    "SE": "Astrid Erik Maja Oskar Elin Gustav Freja Nils".split(),
    "GB": "Emily James Priya Oliver Charlotte Aidan Grace Marcus Fatima Rhys".split(),
    "FR": "Camille Antoine Chloé Mathieu Élodie Youssef Margaux Thibault".split(),
    "NL": "Femke Bram Sanne Joris Lotte Pieter".split(),
    "US": "Jordan Maria Tyler Denise Kevin Aisha Robert Linda".split(),
    "IT": "Giulia Marco Chiara Alessandro".split(),
}
LAST = {
    "DE": _GERMAN_LAST,
    "AT": _GERMAN_LAST,
    "CH": [*_GERMAN_LAST, "Favre", "Rochat", "Zgraggen"],
    "SE": "Lindgren Åkesson Nyström Sjöberg Holm Ekström".split(),
    "GB": "Whitfield Patel Okafor Sinclair Marsh Turner Hughes Rahman".split(),
    "FR": "Lefèvre Garnier Benali Rousseau Marchand Delorme Petit".split(),
    "NL": "de Vries|van Dijk|Bakker|Smit|Hoekstra".split("|"),
    "US": "Reynolds Alvarez Chen Washington Kowalski Brooks".split(),
    "IT": "Conti Ferrara Rinaldi Greco".split(),
}
#: Job title and department.
TITLES = (
    ("Office manager", "Administration"),
    ("Facilities manager", "Facilities"),
    ("Head of procurement", "Procurement"),
    ("Chief financial officer", "Finance"),
    ("Managing director", "Management"),
    ("People and culture lead", "Human resources"),
    ("Workplace experience lead", "Facilities"),
    ("Executive assistant", "Management"),
    ("Purchasing agent", "Procurement"),
    ("Head of IT", "IT"),
)
_FICTION = {
    "DE": "+49 30 23125 {:03}",
    "GB": "+44 20 7946 0{:03}",
    "FR": "+33 1 99 00 {:02} 17",
    "US": "+1 212 555 01{:02}",
}


def phone(random: Random, country: str) -> tuple[Entry, ...] | None:
    """A number that rings nowhere; None where the country has set no range aside."""
    number = random.randrange(100, 1000)
    form = _FICTION.get(country)
    return (Entry(form.format(number if ":03" in form else number % 100), "Work"),) if form else None


def slug(text: str) -> str:
    """The text as a part of a domain: small Latin letters, digits and single hyphens."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    words = "".join(letter if letter.isalnum() else " " for letter in plain).split()
    return "-".join(words)
