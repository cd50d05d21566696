"""Values brought into order, each by a pure function of the value: a bulk change like any other, with preview and undo.
What is not clearly wrong stays as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from relata.engine.metadata.fields import Address, Emails, Field, PersonName, Phones, Text
from relata.engine.metadata.fields.base import Entry
from relata.engine.metadata.fields.composite import AddressValue, PersonNameValue
from relata.engine.metadata.fields.phone_numbers import e164
from relata.engine.metadata.object import Object
from relata.engine.transfer.bulk.country_codes import code_of
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import later

#: Domains that nobody means, and those that they mean: the commonest slips at large providers.
_DOMAINS = {
    "gmial.com": "gmail.com", "gmai.com": "gmail.com", "gmal.com": "gmail.com", "gmail.co": "gmail.com",
    "gmail.con": "gmail.com", "gamil.com": "gmail.com", "gnail.com": "gmail.com", "gmaill.com": "gmail.com",
    "googlemail.con": "googlemail.com", "hotmial.com": "hotmail.com", "hotmai.com": "hotmail.com",
    "hotmail.con": "hotmail.com", "hotmal.com": "hotmail.com", "outlok.com": "outlook.com",
    "outlook.con": "outlook.com", "outloook.com": "outlook.com", "yaho.com": "yahoo.com", "yahooo.com": "yahoo.com",
    "yahoo.con": "yahoo.com", "yhoo.com": "yahoo.com", "iclould.com": "icloud.com", "icloud.con": "icloud.com",
    "web.dee": "web.de", "gmx.dee": "gmx.de", "gxm.de": "gmx.de", "gmx.ed": "gmx.de", "t-onlien.de": "t-online.de",
    "aol.con": "aol.com", "protonmail.con": "protonmail.com",
}  # fmt: skip
#: Parts of names that stay small in the middle, in the languages of this part of the world.
_SMALL = frozenset("von van der den de del di da du la le el und zu zur zum af av ten ter dos das e y".split())


#: Cities with fewer letters may be called so, such as NYC.
_SHORT = 4
#: Codes of postal areas that have a form of their own: their letters and digits, and how these are written (UPU S42).
_POSTCODES = {
    "GB": (re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})"), r"\1 \2"),
    "CA": (re.compile(r"([A-Z]\d[A-Z])(\d[A-Z]\d)"), r"\1 \2"),
    "NL": (re.compile(r"(\d{4})([A-Z]{2})"), r"\1 \2"),
    "IE": (re.compile(r"([A-Z]\d[\dW])([A-Z\d]{4})"), r"\1 \2"),
    "PL": (re.compile(r"(\d{2})(\d{3})"), r"\1-\2"),
    "PT": (re.compile(r"(\d{4})(\d{3})"), r"\1-\2"),
    "BR": (re.compile(r"(\d{5})(\d{3})"), r"\1-\2"),
    "JP": (re.compile(r"(\d{3})(\d{4})"), r"\1-\2"),
    **{country: (re.compile(r"(\d{3})(\d{2})"), r"\1 \2") for country in ("SE", "CZ", "SK", "GR")},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fix:
    """fits: the fields that it looks at. mend: (value, region) -> the value as it should be; region is the country,
    ISO 3166-1, that numbers without a country code are of."""

    label: str
    help: str
    fits: Callable[[Object, Field], bool]
    mend: Callable[[Any, str], Any]


def changes(work: Workspace, one: Object, name: str, record: Record) -> dict[str, Any]:
    """What a fix would write to a record: ready values by field, empty where nothing is to be mended."""
    region = next(iter(_countries(one, record)), work.settings.region)
    found = {}
    for field in fields_of(work, one, name):
        value = record[field.name]
        if value and (mended := FIXES[name].mend(value, region)) != value:
            found[field.name] = field.to_json(mended)
    return found


def fields_of(work: Workspace, one: Object, name: str) -> list[Field]:
    """The fields of an object that a fix looks at and that the actor may change."""
    fix, rights = FIXES[name], work.actor.rights
    return [
        field
        for field in one.fields
        if field.stored and not field.read_only and fix.fits(one, field) and rights.writable(one, field)
        and work.actor.readable(one, field)
    ]  # fmt: skip


def offered(work: Workspace, one: Object) -> list[str]:
    """The names of the fixes that this object has fields for."""
    return [name for name in FIXES if fields_of(work, one, name)]


def _countries(one: Object, record: Record) -> Iterator[str]:
    for field in one.fields:
        if isinstance(field, Address) and record[field.name] and (code := code_of(record[field.name].country)):
            yield code


def _phones(value: tuple[Entry, ...], region: str) -> tuple[Entry, ...]:
    return _entries(value, lambda text: text if text.startswith("+") else e164(text, region))


def _mails(value: tuple[Entry, ...], region: str) -> tuple[Entry, ...]:
    def mended(text: str) -> str:
        local, _at, domain = text.rpartition("@")
        return f"{local}@{_DOMAINS.get(domain, domain)}"

    return _entries(value, mended)


def _entries(value: tuple[Entry, ...], mend: Callable[[str], str]) -> tuple[Entry, ...]:
    found: dict[str, Entry] = {}
    for entry in value:
        text = mend(entry.value)
        found.setdefault(text, Entry(text, entry.label))
    return tuple(found.values())


def _country(value: AddressValue, region: str) -> AddressValue:
    code = code_of(value.country)
    return AddressValue(value.street, value.postcode, value.city, value.region, code) if code else value


def _address(value: AddressValue, region: str) -> AddressValue:
    """Spaces in order, the city in small letters, and the postal code as its country writes it. Streets keep theirs:
    NW and PO BOX are right as they are."""
    country = code_of(value.country) or region
    street = "\n".join(" ".join(line.split()).strip(" ,") for line in value.street.splitlines())
    city = value.city.strip(" ,")
    city = _cased(city) if len(city) >= _SHORT else city
    return AddressValue(street, _postcode(value.postcode, country), city, " ".join(value.region.split()), value.country)


def _postcode(text: str, country: str) -> str:
    """What has the letters and digits of the country's codes, in its form; anything else without doubled spaces."""
    form = _POSTCODES.get(country)
    found = form[0].fullmatch("".join(sign for sign in text.upper() if sign.isalnum())) if form else None
    return found.expand(form[1]) if found and form else " ".join(text.split())


def _name(value: PersonNameValue | str, region: str) -> PersonNameValue | str:
    if isinstance(value, str):
        return " ".join(value.split())
    return PersonNameValue(value.salutation, _cased(value.first), _cased(value.last))


def _cased(text: str) -> str:
    """Names that are all large or all small letters, with a large one at the start of each part."""
    words = text.split()
    letters = "".join(words)
    if len(letters) < 3 or not (letters.isupper() or letters.islower()):
        return " ".join(words)
    return " ".join(
        word.lower() if word.lower() in _SMALL and (at or len(words) > 1) else _titled(word)
        for at, word in enumerate(words)
    )


def _titled(word: str) -> str:
    """Also behind hyphens and apostrophes: Jean-Luc, O'Neill."""
    made, begins = [], True
    for letter in word.lower():
        made.append(letter.upper() if begins else letter)
        begins = letter in "-'’."
    return "".join(made)


FIXES: dict[str, Fix] = {
    "phones": Fix(
        later("Phone numbers to international form"),
        later("030 901820 becomes +4930901820, by the record's country, else the workspace's."),
        lambda one, field: isinstance(field, Phones),
        _phones,
    ),
    "mail_domains": Fix(
        later("Misspelt mail domains"),
        later("gmial.com becomes gmail.com: slips that nobody means."),
        lambda one, field: isinstance(field, Emails),
        _mails,
    ),
    "countries": Fix(
        later("Countries to their codes"),
        later("Germany, Deutschland and GERMANY become DE."),
        lambda one, field: isinstance(field, Address),
        _country,
    ),
    "addresses": Fix(
        later("Addresses as they are written"),
        later("BERLIN becomes Berlin; sw1a1aa in Great Britain becomes SW1A 1AA; doubled spaces go."),
        lambda one, field: isinstance(field, Address),
        _address,
    ),
    "names": Fix(
        later("Names as they are written"),
        later("ANNA MÜLLER becomes Anna Müller; doubled spaces go."),
        lambda one, field: isinstance(field, PersonName) or (field.name == one.title_field and type(field) is Text),
        _name,
    ),
}
