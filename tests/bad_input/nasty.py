"""Texts that have broken somebody's software: quotes, markup, formulas, directions, invisible letters, very wide ones."""

from __future__ import annotations

TEXTS = (
    "'", '"', "''", "\\", "\\\\", "`", "%", "%%", "%s", "%(name)s", "%n%n", "_", "?", ":name", "$1", "{}", "{0}", "{{7*7}}", "${7*7}",
    "#{7*7}", "<%= 7*7 %>", "'; drop table account; --", "' or 1=1 --", "1;select pg_sleep(1)", "/* */", "--", "\\'; --",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "</textarea><b>", "<!--", "]]>", "&lt;b&gt;",
    "&amp;", "&#0;", "javascript:alert(1)", "data:text/html,<b>", "=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "+1", "-1", "=HYPERLINK(\"x\")",
    "../../etc/passwd", "C:\\con\\con", "file:///etc/passwd", "$(id)", "`id`", "| id", "& id", "null", "NULL", "nil", "None", "undefined",
    "true", "false", "NaN", "Infinity", "-0", "0x1F", "1e400", "1/0", "00012", "1,000.00", "١٢٣", "½", "Ⅳ", "ｆｕｌｌ", "ﬁ", "ß", "İı",
    "Ω≈ç√∫˜µ≤≥÷", "田中さん", "あぁいうえ", "사회과학원", "Ελληνικά", "ёлка", "עִבְרִית", "اَلْعَرَبِيَّة", "हिन्दी", "ไทย", "𐐜𐐇𐐝", "𝕋𝕙𝕖", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪",
    "Z̮̞̠͙͔ͅḀ̗̞͈̻L͘G̸̡O", "\u202eright to left", "a\u200bb", "a\u00adb", "\ufeffbom", "e\u0301", "\u00e9", "a\u2028b", "a\u2029b", "\u0085x", "a\tb",
    "a\u0001b", "a\u001bb", "a\u007fb", "\ufffe", "\uffff", "\U0010ffff", "__proto__", "constructor", "me()", "id = 1", "x" * 80,
)  # fmt: skip
#: Several lines, for texts that may have them.
LINES = ("one\ntwo", "one\n\n\ntwo", "| a | b |\n|---|---|", "- [ ] x\n\n> y")
