"""Words that are written in several ways, as one; and words that say what kind of company it is, not which."""

from __future__ import annotations

import re

#: Legal forms, as they stand once points are taken out. Those of several words are joined first.
LEGAL_FORMS = frozenset(
    """ab ag aktiebolag aktiengesellschaft aps as asa asbl bhd bv bvba cc cia co company corp corporation cv cyf doo
    dooel ead eg ehf eireli ek enterprises eood eurl ev gbr gesmbh gie gmbh gmbhcokg gp hf inc incorporated ivs jsc jv
    kabushiki kaisha kb kd kda kft kg kgaa kk kommanditgesellschaft ks lda limitada limited lllp llc llp lp ltd ltda
    mbh nv oao oe oeg ohg ok ooo oocz ood ou oy oyj pao pc pjsc plc pllc pte pty pt pvt private rt sa sab saca sae
    saldecv sapi sarl sas sasu sc sca sccl scop scrl sdn se sencrl sgps sia sicav sl slne slu snc soc societe sociedad
    societa sp spa spk spolka spzoo sprl srl srls sro stg stiftung tbk tmi uab ug ulc unlimited vof vzw yk zao zoo zrt
    ao""".split()
)
_JOINED = re.compile(
    r"\b(?:g\s*m\s*b\s*h|l\s*l\s*c|l\s*t\s*d|s\s*a\s*r\s*l|s\s*r\s*l|s\s*p\s*a|b\s*v|n\s*v|p\s*l\s*c|s\s*a\s*s"
    r"|s\s*r\s*o|d\s*o\s*o|z\s*o\s*o|s\s*l|s\s*a)\b"
)
#: Before transliteration: forms that are written without a space beside the name.
_DENSE_FORMS = re.compile(
    "株式会社|有限会社|合同会社|有限公司|股份|责任|责任有限|（株）|\\(株\\)|주식회사|유한회사|（주）|\\(주\\)"
)
_STOP = frozenset("the and of for und et y e der die das de la le les el los del di da do van von i".split())

_SAME = {
    # streets
    "st": "street", "str": "street", "strasse": "street", "rd": "road", "ave": "avenue", "av": "avenue",
    "aven": "avenue", "blvd": "boulevard", "blv": "boulevard", "bld": "boulevard", "bvd": "boulevard", "dr": "drive",
    "ln": "lane", "hwy": "highway", "pkwy": "parkway", "pky": "parkway", "pl": "place", "plz": "plaza", "sq": "square",
    "ct": "court", "crt": "court", "cres": "crescent", "cr": "crescent", "crst": "crescent", "tce": "terrace",
    "ter": "terrace", "cir": "circle", "cct": "circuit", "cl": "close", "gr": "grove", "pde": "parade",
    "expy": "expressway", "fwy": "freeway", "rte": "route", "mt": "mount", "ft": "fort", "apt": "apartment",
    "ste": "suite", "fl": "floor", "bldg": "building", "n": "north", "s": "south", "w": "west",
    "ne": "northeast", "nw": "northwest", "se": "southeast", "sw": "southwest", "no": "north", "so": "south",
    "bet": "between", "btwn": "between", "pz": "plaza", "platz": "place", "c": "calle", "avda": "avenida",
    # numbers
    "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7",
    "eighth": "8", "ninth": "9", "tenth": "10", "1st": "1", "2nd": "2", "3rd": "3",
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    # companies
    "intl": "international", "int": "international", "natl": "national", "mfg": "manufacturing", "mgmt": "management",
    "svc": "services", "svcs": "services", "service": "services", "tech": "technology", "technologies": "technology",
    "bros": "brothers", "assoc": "associates", "assn": "association", "univ": "university", "dept": "department",
    "grp": "group", "hldgs": "holdings", "holding": "holdings", "inst": "institute", "ctr": "center",
    "centre": "center", "comm": "communications", "eng": "engineering", "ind": "industries", "industry": "industries",
    "sys": "systems", "system": "systems", "labs": "laboratories", "lab": "laboratories", "pharma": "pharmaceuticals",
    "elec": "electric", "fin": "financial", "ins": "insurance", "sch": "school", "hosp": "hospital",
    "gov": "government", "govt": "government", "mkt": "market", "dist": "distribution", "deli": "delicatessen",
    "delis": "delicatessen", "rest": "restaurant", "ristorante": "restaurant", "cafe": "cafe", "caffe": "cafe",
    "solution": "solutions", "saint": "street", "barbecue": "bbq",
}  # fmt: skip
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_STREET_TAIL = re.compile(r"(.{3,})(?:strasse|str)")


def spaced_forms(text: str) -> str:
    """The raw name with a space in the place of legal forms that stand without one."""
    return text if text.isascii() else _DENSE_FORMS.sub(" ", text)


def standard(words: list[str]) -> list[str]:
    """Folded words, each written in the one way in which all are compared."""
    found = []
    for word in words:
        ordinal = _ORDINAL.fullmatch(word)
        tail = _STREET_TAIL.fullmatch(word)
        if ordinal:
            found.append(ordinal[1])
        elif tail:
            found += [tail[1], "street"]
        else:
            found.append(_SAME.get(word, word))
    return found


def distinctive(folded: str) -> list[str]:
    """The words of a company's or thing's name without its legal form and without little words; all of them where
    nothing else would be left."""
    words = _JOINED.sub(lambda found: re.sub(r"\s", "", found[0]), folded).split()
    kept = [word for word in words if word not in LEGAL_FORMS and word not in _STOP]
    return standard(kept or words)
