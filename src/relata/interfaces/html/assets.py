"""Where the built front end is: reads Vite's manifest and gives the tags for an entry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from markupsafe import Markup

from relata.foundation.errors import Unavailable

STATIC = Path(__file__).parent / "static"
MISSING = "The front end has not been built. Run `npm run build`, or `make run`, which builds it."


class Assets:
    """folder: holds Vite's output with `.vite/manifest.json`. base: the path it is served under, ending in a slash.

    The manifest is read again whenever it changed, so that a build under a running server does not leave it without
    its style.
    """

    def __init__(self, folder: Path = STATIC, base: str = "/static/") -> None:
        self.folder = folder
        self.base = base
        self._stamp = 0
        self._manifest: dict[str, Any] = {}
        self._tags: dict[str, Markup] = {}

    @property
    def built(self) -> bool:
        return self._path.exists()

    @property
    def _path(self) -> Path:
        return self.folder / ".vite" / "manifest.json"

    def manifest(self) -> dict[str, Any]:
        """Raises Unavailable when nothing was built."""
        try:
            stamp = self._path.stat().st_mtime_ns
        except FileNotFoundError:
            raise Unavailable(MISSING, code="front_end_not_built") from None
        if stamp != self._stamp:
            self._manifest = json.loads(self._path.read_text(encoding="utf-8"))
            self._tags.clear()
            self._stamp = stamp
        return self._manifest

    def url(self, source: str) -> str:
        """The address of one built file, by the path of its source below this package."""
        return self.base + str(self._chunk(source)["file"])

    def __call__(self, source: str) -> Markup:
        """Style sheets, module script and preloads of an entry, ready for the head of a page."""
        manifest = self.manifest()
        if source not in self._tags:
            chunk = self._chunk(source)
            lines = [
                f'<link rel="preload" href="{self.base}{path}" as="font" type="font/woff2" crossorigin>'
                for path in chunk.get("assets", ())
                if "-latin-wght-" in path
            ]
            lines += [
                f'<link rel="icon" href="{self.base}{built["file"]}" type="image/svg+xml">'
                for key, built in manifest.items()
                if key.endswith("/favicon.svg")
            ]
            lines += [f'<link rel="stylesheet" href="{self.base}{path}">' for path in chunk.get("css", ())]
            lines += [
                f'<link rel="modulepreload" href="{self.base}{manifest[key]["file"]}">'
                for key in chunk.get("imports", ())
            ]
            lines.append(f'<script type="module" src="{self.base}{chunk["file"]}"></script>')
            self._tags[source] = Markup("\n".join(lines))
        return self._tags[source]

    def _chunk(self, source: str) -> dict[str, Any]:
        manifest = self.manifest()
        endings = (f"interfaces/html/{source}", f"/{source}")
        key = next((k for ending in endings for k in manifest if k == source or k.endswith(ending)), None)
        if key is None:
            raise Unavailable(f"{source} is not part of the built front end. {MISSING}", code="front_end_not_built")
        chunk: dict[str, Any] = manifest[key]
        return chunk
