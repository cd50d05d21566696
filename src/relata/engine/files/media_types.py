"""What a file is, judged by its first bytes; what its sender says is not believed."""

from __future__ import annotations

from relata.engine.files.names import extension_of

#: Bytes that `sniff` wants to see.
HEAD = 4096
#: Shown in place; everything else is offered for saving. SVG is a document with scripts, not a picture.
SAFE_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})

_SIGNS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (8, b"WAVE", "audio/wav"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
)
_ZIPPED = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
_OLD_OFFICE = {"doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint"}
_TEXTS = {"csv": "text/csv", "ics": "text/calendar", "vcf": "text/vcard", "eml": "message/rfc822"}


def sniff(head: bytes, name: str) -> str:
    """The media type. The name only tells apart what looks the same: kinds of zip, of old Office files and of text."""
    extension = extension_of(name)
    for offset, sign, media_type in _SIGNS:
        if head[offset : offset + len(sign)] == sign:
            return media_type
    if head.startswith(b"PK\x03\x04"):
        return _ZIPPED.get(extension, "application/zip")
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _OLD_OFFICE.get(extension, "application/octet-stream")
    if _is_text(head):
        return _TEXTS.get(extension, "text/plain")
    return "application/octet-stream"


def _is_text(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4  # a character that was cut in two at the end
    return True
