"""What a browser loads before the first page works: script and style, compressed."""

from __future__ import annotations

import gzip
import json

from relata.app.bench.figures import Figure, at_most
from relata.interfaces.html.assets import STATIC


def measure() -> list[Figure]:
    """The entry's script and style with what they import at once; nothing when the front end was not built."""
    manifest = STATIC / ".vite" / "manifest.json"
    if not manifest.exists():
        return []
    chunks = json.loads(manifest.read_text())
    wanted, files = [key for key, chunk in chunks.items() if chunk.get("isEntry")], set[str]()
    for key in wanted:
        wanted.extend(name for name in chunks[key].get("imports", ()) if name not in wanted)
        files |= {chunks[key]["file"], *chunks[key].get("css", ())}
    files = {name for name in files if name.endswith((".js", ".css"))}
    size = sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in files) / 1000
    return [at_most("First load, script and style, gzip", size, "kB", 100, note=f"{len(files)} files")]
