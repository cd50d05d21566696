"""What columns are called in the files that people bring: words that mean the same, in several languages."""

from __future__ import annotations

import re

#: Each set is one idea. Fields are found through their names and labels, so a set needs no field's name of its own.
_SAME = (
    "name; full name; contact name; lead name; account name; company name; deal name; potential name; opportunity name;"
    " product name; campaign name; product; titel; bezeichnung; nom complet; nombre completo",
    "first; first name; given name; firstname; forename; vorname; prénom; prenom; nombre; given; first name(s)",
    "last; last name; surname; family name; lastname; nachname; familienname; nom; apellido; apellidos; family",
    "salutation; title; anrede; civilité; tratamiento; prefix; mr/mrs",
    "email; e mail; mail; email address; e mail address; emails; primary email; work email; e mail adresse; correo;"
    " correo electrónico; courriel; email 1; e mail 1 value",
    "phone; telephone; tel; phone number; phones; telefon; telefonnummer; business phone; work phone; téléphone;"
    " teléfono; office phone; phone 1 value; rufnummer",
    "mobile; mobile phone; cell; cell phone; handy; mobil; portable; móvil; mobiltelefon",
    "website; web; url; homepage; web site; webseite; site web; sitio web; web page; websites",
    "domain; internet domain; email domain",
    "street; address; street address; address line 1; strasse; straße; adresse; rue; calle; dirección; mailing street;"
    " address 1",
    "postcode; zip; zip code; zipcode; postal code; plz; postleitzahl; code postal; código postal; pin code",
    "city; town; ort; stadt; ville; ciudad; locality",
    "region; state; province; county; bundesland; kanton; région; provincia; state/province; state or region",
    "country; land; pays; país; country code; office location",
    "account; company; organisation; organization; account name; company name; firma; unternehmen; kunde; customer;"
    " client; entreprise; société; empresa; employer; related to",
    "contact; contact name; ansprechpartner; kontakt; primary contact",
    "owner; record owner; account owner; contact owner; lead owner; deal owner; potential owner; opportunity owner;"
    " assigned to; sales agent; salesperson; sales rep; responsible; zuständig; besitzer; verantwortlich",
    "industry; sector; branche; branch; secteur; sector de actividad",
    "employees; number of employees; employee count; headcount; no. of employees; mitarbeiter; company size; staff",
    "annual revenue; revenue; turnover; umsatz; jahresumsatz; chiffre d'affaires",
    "amount; value; deal value; close value; deal amount; betrag; summe; montant; importe; deal size; sum",
    "close date; closing date; expected close date; closed on; expected close; abschlussdatum; close day",
    "stage; deal stage; sales stage; stage name; phase; pipeline stage; étape; etapa",
    "probability; chance; win probability; wahrscheinlichkeit",
    "description; notes; note; comments; comment; beschreibung; bemerkung; bemerkungen; notiz; details; remarks",
    "birthday; date of birth; birthdate; geburtstag; geburtsdatum; dob; date de naissance",
    "job title; title; position; role; job; funktion; berufsbezeichnung; function; cargo; poste; occupation",
    "department; abteilung; service; departamento",
    "source; lead source; origin; quelle; herkunft; original source; lead origin",
    "status; lead status; state; zustand; statut; estado",
    "tags; labels; categories; kategorien; stichwörter; keywords; étiquettes; category",
    "parent; parent account; subsidiary of; parent company; holding; mutterfirma; parent name",
    "due; due date; deadline; fällig; fälligkeitsdatum; due day",
    "subject; summary; betreff; asunto; topic",
    "price; unit price; list price; sales price; preis; prix; precio; retail price",
    "code; product code; sku; article number; artikelnummer; item number",
    "start; start date; begin; starts at; start time; beginn; from",
    "end; end date; ends at; end time; ende; until",
    "external id; record id; id; legacy id; source id; reference; referenz; old id",
    "year founded; year established; founded; gründungsjahr; established",
)  # fmt: skip


def plain(text: str) -> str:
    """A header as words: small letters, camel case taken apart, signs as spaces; what custom fields carry is left
    out."""
    text = re.sub(r"__c$", "", text.strip())
    text = re.sub(r"(?<=[a-zà-ÿ0-9])(?=[A-ZÀ-Þ])", " ", text)
    return " ".join(re.sub(r"[^\w/&()']+|_", " ", text).casefold().split())


_IDEAS: dict[str, set[int]] = {}
for _at, _words in enumerate(_SAME):
    for _word in _words.split(";"):
        _IDEAS.setdefault(plain(_word), set()).add(_at)


def ideas(text: str) -> set[int]:
    """Numbers of the ideas that this name may stand for."""
    return _IDEAS.get(plain(text), set())


def same(text: str) -> set[str]:
    """All words for the ideas that this name stands for."""
    found = ideas(text)
    return {word for word, numbers in _IDEAS.items() if numbers & found}
