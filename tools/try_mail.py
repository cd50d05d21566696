"""Reads a folder of e-mails as the product does, and says where the text is cut: `make try-mail DATA=folder`.

DATA holds messages (`*.eml`) and replies whose expected cut is known, laid out as the fixtures of talon are:
`standard_replies/*.eml` with `*_reply_text` beside them ("Hello" where there is none), `html_replies/*.html`, and
`signature/emails/stripped/*_body` with `*_sender` and `*_signature`. Exit code 1 when a message can't be read or fewer than
95 of 100 replies are cut at the expected place.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from relata.engine.messaging.mail.parsing.html_text import to_text
from relata.engine.messaging.mail.parsing.message import Unreadable, read
from relata.engine.messaging.mail.parsing.replies import fold

WANTED = 0.95
#: What the replies of talon say, for those without a file that does.
_USUAL, _USUAL_HTML = "Hello", "Hi. I am fine. Thanks, Alex"
_HTML = {"OLK_SRC_BODY_SECTION.html": "Reply", "reply-separated-by-hr.html": "Hi there Bob"}


def replies(data: Path) -> Iterator[tuple[Path, str, str]]:
    """Each reply: its file, what was found, what is expected."""
    for path in sorted(data.rglob("standard_replies/*.eml")):
        expected = path.with_name(f"{path.stem}_reply_text")
        mail = read(path.read_bytes())
        wanted = expected.read_text("utf-8") if expected.exists() else _USUAL
        yield path, f"{mail.text}\n{mail.sign_off}", wanted
    for path in sorted([*data.rglob("html_replies/*.html"), *(one for name in _HTML for one in data.rglob(name))]):
        found = fold(to_text(path.read_text("utf-8", errors="replace")))
        yield path, f"{found.text}\n{found.sign_off}", _HTML.get(path.name, _USUAL_HTML)
    for path in sorted(data.rglob("stripped/*_body")):
        name = path.name.removesuffix("_body")
        sender = path.with_name(f"{name}_sender").read_text("utf-8").strip()
        found = fold(path.read_text("utf-8"), sender)
        yield path, found.sign_off, path.with_name(f"{name}_signature").read_text("utf-8")


def main(folder: str) -> int:
    """The exit code."""
    data = Path(folder)
    if not folder or not data.is_dir():
        print(f"There is no folder {folder!r}. Name it: make try-mail DATA=path/to/emails")
        return 2
    unreadable, began, messages = [], time.perf_counter(), sorted(data.rglob("*.eml"))
    for path in messages:
        try:
            read(path.read_bytes())
        except Unreadable as why:
            unreadable.append(f"{path.name}: {why}")
    seconds = time.perf_counter() - began
    print(f"{len(messages)} messages, {len(messages) / seconds:.0f} a second; {len(unreadable)} can't be read")
    print("\n".join(f"  {line}" for line in unreadable))
    judged = [(path, "".join(found.split()) == "".join(wanted.split())) for path, found, wanted in replies(data)]
    right = sum(is_right for _, is_right in judged)
    print(f"{right} of {len(judged)} replies are cut at the expected place ({right / max(len(judged), 1):.1%})")
    print("\n".join(f"  not: {path.relative_to(data)}" for path, is_right in judged if not is_right))
    return 1 if unreadable or right < WANTED * len(judged) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
