"""Who somebody is, out of what stands below their mails or in a vCard: a pure function of a text."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

#: More lines or letters than a signature has.
MOST_LINES, MOST_LETTERS = 60, 10_000
_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_WEB = re.compile(r"(?:https?://|www\.)[^\s|,;<>]+", re.IGNORECASE)
_PHONE = re.compile(r"(?:\+|\(0|00|0)[\d\s()./-]{6,22}\d|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}")
_LABEL = re.compile(r"(?:^|[\s|·•,])(?P<label>[A-Za-zäöüéè.]{1,12})\s*[:.]?\s*$")
_FAX = ("f", "fax", "telefax", "télécopie")
_MOBILE = ("m", "mob", "mobile", "mobil", "cell", "handy", "c", "móvil", "portable")
#: What stands before an address or a number.
_LABELS = (*_FAX, *_MOBILE, "tel", "phone", "mail", "email", "e-mail", "web", "fon", "telefon", "direct")
_COMPANY = re.compile(
    r"\b(gmbh|mbh|ag|se|kg|ohg|ug|e\.?v\.?|inc|llc|ltd|limited|plc|corp|corporation|company|co|s\.?a\.?|s\.?l\.?|sarl|sas"
    r"|srl|s\.?p\.?a\.?|b\.?v\.?|n\.?v\.?|a/s|oy|ab|group|holding|partners|labs|technologies|university|institute)\b\.?",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"\b(manager|director|head|lead|chief|ceo|cto|cfo|coo|cmo|founder|owner|president|vp|vice|partner|consultant|engineer"
    r"|developer|designer|analyst|architect|assistant|associate|officer|executive|specialist|representative|sales|buyer"
    r"|marketing|account|leiter(?:in)?|leitung|geschäftsführ\w*|vorstand|vertrieb\w*|einkauf\w*|einkäufer(?:in)?"
    r"|referent(?:in)?|berater(?:in)?|entwickler(?:in)?|assistenz|inhaber(?:in)?|prokurist(?:in)?|directeur|directrice"
    r"|responsable|gérant\w*|chargée?|ingénieure?|acheteu\w+|directora?|gerente|jef[ea]|responsável|ingenier[oa])\b",
    re.IGNORECASE,
)
_ROLE_WORDS = re.compile(r"\s+(?:at|bei|chez|en|@)\s+", re.IGNORECASE)
_CLOSING = re.compile(
    r"^(-- ?|—+|_+|best|kind|warm|with (?:best|kind)|regards|sincerely|thanks|thank you|cheers|yours"
    r"|mit (?:freundlichen|besten)|freundliche|viele|beste|liebe|herzliche|mfg|vg|lg|cordialement|bien à"
    r"|salutations|saludos|atentamente|un saludo"
    r"|sent from|von meinem|gesendet|envoyé)\b.*$|^-- ?$",
    re.IGNORECASE,
)
_HONORIFIC = re.compile(r"^(mr|mrs|ms|miss|dr|prof|herr|frau|dipl|mme|m|ing)\b\.?[\s.-]*", re.IGNORECASE)
_STREET = re.compile(
    r"\b\d{4,6}\b|\b(str|straße|strasse|street|road|avenue|rue|platz|allee|weg|lane|blvd|calle)\b", re.IGNORECASE
)


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """What was recognised; "" and () for what was not. phones: the number and `work` or `mobile`."""

    first: str = ""
    last: str = ""
    job_title: str = ""
    company: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[tuple[str, str], ...] = ()
    websites: tuple[str, ...] = ()


def read_signature(text: str) -> Signature:
    """A signature or a vCard. Nothing is guessed that the text does not say."""
    text = text.replace("\r\n", "\n").replace("\x00", "")[:MOST_LETTERS]
    if "BEGIN:VCARD" in text.upper():
        return _card(text)
    lines = [line.strip(" \t|*>") for line in text.split("\n")][:MOST_LINES]
    emails = tuple(dict.fromkeys(found.lower().strip(".'") for line in lines for found in _EMAIL.findall(line)))
    webs = tuple(dict.fromkeys(found.rstrip("./)") for line in lines for found in _WEB.findall(_EMAIL.sub(" ", line))))
    phones = tuple(dict.fromkeys(found for line in lines for found in _numbers(line)))
    words = [part for line in lines for part in _words(line)]
    name = _name(words, emails)
    rest = words[words.index(name) + 1 :] if name else words
    job, company = _job_and_company([part for part in rest if part != name], emails)
    first, last = _split(name)
    return Signature(
        first=first, last=last, job_title=job, company=company, emails=emails, phones=phones, websites=webs
    )


def _numbers(line: str) -> Iterable[tuple[str, str]]:
    plain = _WEB.sub(" ", _EMAIL.sub(" ", line))
    for found in _PHONE.finditer(plain):
        label = _LABEL.search(plain[: found.start()])
        said = label["label"].lower().strip(".") if label else ""
        if said not in _FAX:
            yield re.sub(r"\s+", " ", found.group().strip()), "mobile" if said in _MOBILE else "work"


def _words(line: str) -> Iterable[str]:
    """The parts of a line that are words: no address, number, closing or street."""
    if not line or _CLOSING.match(line):
        return
    plain = _PHONE.sub("|", _WEB.sub("|", _EMAIL.sub("|", line)))
    for part in re.split(r"\s*[|·•]\s*|\s+[–—-]\s+|\t+|,\s+", plain):
        part = part.strip(" ,;:-–—")
        is_label = part.lower().strip(":.") in _LABELS or re.fullmatch(r"[A-Za-zäöü-]{1,8}[:.]", part)
        if len(part) > 2 and not is_label and not _STREET.search(part):
            yield part


def _name(words: list[str], emails: tuple[str, ...]) -> str:
    """The part that the address spells, else the first that looks like a name."""
    local = set(re.split(r"[._+-]", emails[0].partition("@")[0])) if emails else set()
    candidates = [part for part in words[:8] if _looks_like_name(part)]
    for part in candidates:
        tokens = {token.lower() for token in _bare(part).split()}
        if {token for token in tokens if len(token) > 2} & local or "".join(tokens) in local:
            return part
    return candidates[0] if candidates else ""


def _bare(part: str) -> str:
    while (shorter := _HONORIFIC.sub("", part, count=1)) != part:
        part = shorter
    return part


def _looks_like_name(part: str) -> bool:
    tokens = _bare(part).split()
    small = ("von", "van", "de", "der", "den", "del", "da", "di", "la", "le", "zu", "al", "bin", "ter")
    return (
        2 <= len(tokens) <= 5
        and not any(letter.isdigit() for letter in part)
        and all(token[0].isupper() or token in small for token in tokens)
        and not _COMPANY.search(part)
        and not _TITLE.search(part)
    )


def _split(name: str) -> tuple[str, str]:
    tokens = _bare(name).split()
    at = next((at for at, token in enumerate(tokens[1:], 1) if token[0].islower()), max(1, len(tokens) - 1))
    last = " ".join(tokens[at:])
    return " ".join(tokens[:at]), last.title() if last.isupper() and len(last) > 3 else last


def _job_and_company(rest: list[str], emails: tuple[str, ...]) -> tuple[str, str]:
    domain = emails[0].partition("@")[2].split(".")[0] if emails else ""
    job = company = ""
    for part in rest[:8]:
        role, *at = _ROLE_WORDS.split(part, maxsplit=1)
        is_company = bool(_COMPANY.search(part)) or (len(domain) > 3 and domain in re.sub(r"[\W_]", "", part.lower()))
        if not job and _TITLE.search(role) and not _COMPANY.search(role):
            job, company = role, company or (at[0] if at else "")
        elif not company and is_company:
            company = part
    if not company and job:
        after = rest[rest.index(job) + 1 :] if job in rest else []
        company = next((part for part in after[:1] if not _TITLE.search(part)), "")
    return job[:160], company[:160]


def _card(text: str) -> Signature:
    found: dict[str, list[tuple[str, str]]] = {}
    for line in re.sub(r"\n[ \t]", "", text).split("\n"):
        head, colon, value = line.strip().partition(":")
        name, *params = head.split(";")
        if colon and value.strip():
            kind = name.rpartition(".")[2].upper()
            found.setdefault(kind, []).append((";".join(params).lower(), _plain(value)))

    def first(kind: str) -> str:
        return found.get(kind, [("", "")])[0][1]

    family, given = [*(part.strip() for part in first("N").split(";")), "", ""][:2]
    if not (family or given):
        given, family = _split(first("FN"))
    return Signature(
        first=given, last=family, job_title=first("TITLE")[:160], company=first("ORG").split(";")[0].strip()[:160],
        emails=tuple(dict.fromkeys(value.strip().lower() for _params, value in found.get("EMAIL", ()))),
        phones=tuple(
            (value.removeprefix("tel:"), "mobile" if "cell" in params else "work")
            for params, value in found.get("TEL", ())
            if "fax" not in params
        ),
        websites=tuple(value for _params, value in found.get("URL", ())),
    )  # fmt: skip


def _plain(value: str) -> str:
    return value.replace("\\,", ",").replace("\\;", ";").replace("\\n", " ").strip()
