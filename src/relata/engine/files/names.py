"""What a file may be called: a name that someone sent, made harmless for every system that stores or shows it."""

from __future__ import annotations

import re
import unicodedata

MAX_NAME = 150
MAX_EXTENSION = 20
#: Control and format characters; the latter include those that turn the reading direction and so fake an extension.
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
#: Devices of Windows, whatever the extension.
_DEVICE = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def clean_name(raw: str) -> str:
    """The last part of a path, without control characters, signs that a system forbids and leading dots; at most 150
    characters with its extension kept. Never empty."""
    last = re.split(r"[/\\]", raw)[-1]
    seen = "".join(
        letter for letter in unicodedata.normalize("NFC", last) if unicodedata.category(letter) not in _UNSEEN
    )
    name = " ".join(_FORBIDDEN.sub("_", seen).split()).lstrip(". ").rstrip(". ")
    if _DEVICE.match(name):
        name = f"_{name}"
    if len(name) > MAX_NAME:
        stem, dot, extension = name.rpartition(".")
        tail = dot + extension if stem and len(extension) <= MAX_EXTENSION else ""
        name = name[: MAX_NAME - len(tail)].rstrip(". ") + tail
    return name or "file"


def extension_of(name: str) -> str:
    """Lower-case, without the dot; "" when there is none."""
    stem, _, extension = name.rpartition(".")
    return extension.lower() if stem and len(extension) <= MAX_EXTENSION else ""
