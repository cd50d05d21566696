"""What somebody wrote, apart from what they quote and from how they sign: by the marks that mail programs leave."""

from __future__ import annotations

import re
from typing import NamedTuple

from relata.engine.messaging.mail.parsing.html_text import MARK


class Folded(NamedTuple):
    """text: what was written. sign_off: the signature below it. quoted: what it answers."""

    text: str
    quoted: str
    sign_off: str


_I = re.IGNORECASE
_ORIGINAL = re.compile(
    r"^[>\s*]*[-_–=]{2,}\s*(original message|original appointment|forwarded message|reply message|"
    r"urspr(ü|ue)ngliche (nachricht|mail|e-mail)|weitergeleitete nachricht|message d'origine|message transféré|"
    r"mensaje original|mensaje reenviado|messaggio originale|mensagem original|oorspronkelijk bericht|"
    r"oprindelig meddelelse|ursprungligt meddelande|alkuperäinen viesti|исходное сообщение|"
    r"пересылаемое сообщение|wiadomość oryginalna|původní zpráva)\s*[-_–=]{2,}",
    _I,
)
#: "On … wrote:" in the languages that people write to companies in.
_WROTE = re.compile(
    r"^[>\s*-]*("
    r"(on|le|el|il|em|op|am|den|p[åa]|w dniu|dne|dnia|у|в)\s.{0,250}?(wrote|writes|sent|a\s+écrit|"
    r"escribi[óo]|ha\s+scritto|escreveu|schreef|schrieb|skrev|napisał\(?a?\)?|napsal\(?a?\)?|пишет|написала?|написал\(а\))\s*:?"
    r"|.{0,250}?(написала?|пишет|schrieb|wrote|a écrit|escribió|ha scritto)\s*:"
    r"|.{0,120}?<[^<>\s]+@[^<>\s]+>\s+(kirjoitti|skrev|yazdı)\s*:?"
    r")\s*$",
    _I | re.DOTALL,
)
#: "26.06.2014, 14:41, "Alexander" <a@example.com>:"
_DATED = re.compile(r"^[>\s*]*(?=.*\d{1,2}[:.h]\d{2})(?=.*\d{4}).{0,200}<?[^<>\s]+@[^<>\s]+?>?\s*:\s*$", _I)
_HEADER = re.compile(
    r"^[>\s]*\*?(from|sent|to|cc|subject|date|von|gesendet|datum|an|betreff|de|envoyé|envoyée|à|objet|enviado|"
    r"enviado el|para|asunto|da|inviato|a|oggetto|van|verzonden|aan|onderwerp|fra|från|skickat|till|ämne|sendt|til|"
    r"emne|от|отправлено|кому|тема|дата|od|do|temat|wysłano|差出人|送信日時|宛先|件名)\s?\*?\s?[:：]",
    _I,
)
_SUBJECT_OR_DATE = re.compile(
    r"^[>\s]*\*?(subject|betreff|objet|asunto|oggetto|onderwerp|ämne|emne|тема|temat|件名|sent|gesendet|date|datum|дата|"
    r"отправлено|envoyée?|enviado( el)?|inviato|verzonden|skickat|sendt|"
    r"送信日時)\s?\*?\s?[:：]",
    _I,
)
_RULE = re.compile(r"^\s*[_\-]{8,}\s*$")
_FROM_PHONE = re.compile(
    r"^\s*(sent|get outlook|gesendet|von meinem|envoyé|enviado|inviato|verzonden|отправлено|skickat|sendt)\b.{0,80}"
    r"(iphone|ipad|android|phone|mobile|galaxy|outlook|blackberry|handy|smartphone|mail|yahoo|gerät|appareil|sparrow)",
    _I,
)
_CLOSER = re.compile(
    r"^\s*(thanks|thank you|many thanks|best|best regards|kind regards|warm regards|regards|cheers|sincerely|"
    r"yours( sincerely| truly)?|mit freundlichen gr(ü|ue)(ß|ss)en|viele gr(ü|ue)(ß|ss)e|beste gr(ü|ue)(ß|ss)e|"
    r"liebe gr(ü|ue)(ß|ss)e|gru(ß|ss)|mfg|cordialement|bien à vous|salutations|saludos|un saludo|atentamente|"
    r"cordiali saluti|met vriendelijke groet(en)?|с уважением)\s*[,.!]?\s*$",
    _I,
)
_CONTACT = re.compile(r"(\+?\d[\d\s().\-/]{6,}\d|[^\s@]+@[^\s@]+\.\w+|https?://|www\.)", _I)
#: Lines of a signature at most, and letters in one of them.
_MOST_LINES, _MOST_LETTERS = 14, 90


def fold(text: str, sender: str = "") -> Folded:
    """Cut a plain text. sender: the name or address of who wrote it, by which signatures are told."""
    lines = text.replace("\r\n", "\n").split("\n")
    at = _begin_of_quote(lines)
    written, quoted = lines[:at], lines[at:]
    rest = _below(quoted) if at < len(lines) else []
    if rest and not any(line.strip() for line in written):
        written, quoted = rest, [line for line in quoted if line not in rest]
    elif rest and _is_answered_between(quoted):
        written, quoted = lines, []
    written, quoted = _without_trailing_quote(written, quoted)
    body, sign_off = _signature(written, sender)
    return Folded(_joined(body), _joined(quoted), _joined(sign_off))


def _joined(lines: list[str]) -> str:
    return "\n".join(line for line in lines if line != MARK).strip("\n").rstrip()


def _begin_of_quote(lines: list[str]) -> int:
    """The first line of what is quoted; how many lines there are where nothing is."""
    for at, line in enumerate(lines):
        if line == MARK or _ORIGINAL.match(line) or _is_attribution(lines, at) or _is_header_block(lines, at):
            return _with_rule_above(lines, at)
        if line.lstrip().startswith(">") and _is_quote_run(lines, at):
            return at
    return len(lines)


def _is_attribution(lines: list[str], at: int) -> bool:
    """Whether a sentence begins here that names who wrote what follows; mail programs break it into up to three
    lines."""
    line = lines[at]
    if not line.strip():
        return False
    # a name or a greeting above the attribution is not part of it: that begins with a day
    for many in (1, 2, 3) if re.search(r"\d|@", line) else (1,):
        joined = " ".join(one.lstrip("> ") for one in lines[at : at + many])
        if len(joined) > 300 or (many > 1 and not lines[at + many - 1 : at + many]):
            break
        # a sentence that merely ends so, such as "see what she wrote:", names no time and no address
        if _WROTE.match(joined) and (re.search(r"\d", joined) or "@" in joined):
            return True
        if many == 1 and _DATED.match(joined):
            return True
        if many > 1 and any(not one.strip() for one in lines[at : at + many]):
            break
    return False


def _is_header_block(lines: list[str], at: int) -> bool:
    """Whether the head of another mail begins here: at least three of its fields, one of them subject or date."""
    if not _HEADER.match(lines[at]):
        return False
    block = [line for line in lines[at : at + 9] if line.strip("> *")][:7]
    found = [line for line in block if _HEADER.match(line)]
    return len(found) >= 3 and any(_SUBJECT_OR_DATE.match(line) for line in found)


def _is_quote_run(lines: list[str], at: int) -> bool:
    """Whether these `>` are a quotation and not one line that happens to begin so."""
    return sum(line.lstrip().startswith(">") for line in lines[at : at + 3]) >= 1


def _with_rule_above(lines: list[str], at: int) -> int:
    before = at
    while before and (not lines[before - 1].strip() or _RULE.match(lines[before - 1]) or lines[before - 1] == MARK):
        before -= 1
    return before if any(_RULE.match(line) or line == MARK for line in lines[before:at]) else at


def _below(quoted: list[str]) -> list[str]:
    """What stands below a quotation that is marked line by line."""
    marked = [at for at, line in enumerate(quoted) if line.lstrip().startswith(">")]
    if not marked or any(_ORIGINAL.match(line) for line in quoted):
        return []
    if not quoted[0].lstrip().startswith(">") and _is_header_block(quoted, 0):
        return []
    rest = [line for line in quoted[marked[-1] + 1 :] if line != MARK]
    return rest if any(line.strip() for line in rest) else []


def _is_answered_between(quoted: list[str]) -> bool:
    """Whether answers stand among the quoted lines, so that neither can be read without the other."""
    seen, changes = False, 0
    for line in quoted:
        if not line.strip():
            continue
        is_marked = line.lstrip().startswith(">")
        changes += seen and not is_marked
        seen = is_marked
    return changes > 1


def _without_trailing_quote(written: list[str], quoted: list[str]) -> tuple[list[str], list[str]]:
    end = len(written)
    while end and (not written[end - 1].strip() or written[end - 1].lstrip().startswith(">")):
        end -= 1
    if any(line.lstrip().startswith(">") for line in written[end:]):
        return written[:end], [*written[end:], *quoted]
    return written, quoted


def _signature(lines: list[str], sender: str) -> tuple[list[str], list[str]]:
    """Where the signature begins: at `-- `, at a rule with short lines below, at a phone's greeting, or at a last
    paragraph that names the sender."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    first = max(0, end - 40)
    for at in range(first, end):
        if lines[at].rstrip() == "--" and at:
            return lines[:at], lines[at:]
    for at in range(first, end):
        below = [line for line in lines[at + 1 : end] if line.strip()]
        if at and re.match(r"^\s*[-_*=]{3,}\s*$", lines[at]) and 0 < len(below) <= _MOST_LINES and _are_short(below):
            return lines[:at], lines[at:]
    for at in range(max(first, end - 4), end):
        if at and _FROM_PHONE.match(lines[at]):
            return lines[:at], lines[at:]
    at = _last_paragraph(lines, end)
    if at and _is_signed(lines[at:end], sender):
        return lines[:at], lines[at:]
    return lines, []


def _last_paragraph(lines: list[str], end: int) -> int:
    at = end
    while at and lines[at - 1].strip():
        at -= 1
    return at


def _is_signed(paragraph: list[str], sender: str) -> bool:
    if not paragraph or len(paragraph) > _MOST_LINES or not _are_short(paragraph):
        return False
    words = [word for word in re.split(r"[\s,.<>\"]+", sender.lower()) if len(word) > 2]
    named = [line for line in paragraph if words and any(word in line.lower() for word in words)]
    if _CLOSER.match(paragraph[0]) and len(paragraph) > 1 and (named or len(paragraph[1].split()) <= 3):
        return True
    return bool(named) and (named[0] == paragraph[0] or any(_CONTACT.search(line) for line in paragraph))


def _are_short(lines: list[str]) -> bool:
    return all(len(line) <= _MOST_LETTERS for line in lines)
