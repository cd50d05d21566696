"""Bytes to text in whatever a sender calls their character set, or does not."""

from __future__ import annotations

import codecs

#: What senders write for what Python calls otherwise; Western ones are read as what Windows means by them.
_MEANT = {
    "unicode-1-1-utf-7": "utf-7", "x-unknown": "utf-8", "unknown-8bit": "utf-8", "default_charset": "utf-8",
    "iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8",
    "iso-8859-8-i": "iso-8859-8", "iso-8859-8-e": "iso-8859-8", "ks_c_5601-1987": "cp949", "gb2312": "gb18030",
    "gbk": "gb18030", "x-gbk": "gb18030", "shift_jis": "cp932", "x-sjis": "cp932", "windows-874": "cp874",
    "x-mac-roman": "mac-roman", "macintosh": "mac-roman", "ansi_x3.4-1968": "utf-8", "": "utf-8",
}  # fmt: skip


def decoded(raw: bytes, charset: str) -> str:
    """The text; what does not fit its character set is tried as UTF-8 and as Western, and never lost in whole."""
    name = charset.strip("\"' ").lower().split("*")[0]
    for candidate in (_MEANT.get(name, name), "utf-8", "cp1252"):
        try:
            if codecs.lookup(candidate)._is_text_encoding:
                return _clean(raw.decode(candidate))
        except (LookupError, UnicodeError, ValueError):
            continue
    return _clean(raw.decode("latin-1"))


def _clean(text: str) -> str:
    """Without NUL, which no database stores, and without halves of characters."""
    text = text.replace("\x00", "").removeprefix("\ufeff")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
