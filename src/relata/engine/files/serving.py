"""How a file leaves: as something to save, inert in every browser; only pictures that can't carry script are shown."""

from __future__ import annotations

import re
from urllib.parse import quote

from relata.engine.files.attachments import Attachment
from relata.engine.files.media_types import SAFE_IMAGES
from relata.foundation.errors import Unavailable
from relata.foundation.i18n import gettext as _


def headers_of(file: Attachment, *, inline: bool = True) -> dict[str, str]:
    """Every header of the answer (RFC 6266 for the name). inline: whether it may be shown in place if its type is safe.
    Unavailable for a file that is held: whoever hands out bytes
    asks here first."""
    if file.held:
        raise Unavailable(
            _("This file waits to be checked for viruses."), code="file_held", hint=_("Try again in a few minutes.")
        )
    shown = "inline" if inline and file.media_type in SAFE_IMAGES else "attachment"
    plain = re.sub(r"[^ !#-\[\]-~]", "_", file.name)
    return {
        "Content-Type": file.media_type + ("; charset=utf-8" if file.media_type.startswith("text/") else ""),
        "Content-Length": str(file.size),
        "Content-Disposition": f"{shown}; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-cache",
        "ETag": f'"{file.sha256}"',
    }
