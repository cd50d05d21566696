"""Names are made harmless, and what a file is is seen in its bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relata.engine.files.media_types import SAFE_IMAGES, sniff
from relata.engine.files.names import MAX_NAME, clean_name, extension_of


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Offer.pdf", "Offer.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\anna\\Angebot.docx", "Angebot.docx"),
        (".htaccess", "htaccess"),
        ("..", "file"),
        ("", "file"),
        ("a\x00b\r\nc.txt", "abc.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ('a<b>"c|?.txt', "a_b__c__.txt"),
        ("CON.txt", "_CON.txt"),
        ("Übersicht Ä.xlsx", "Übersicht Ä.xlsx"),
        ("日本語.pdf", "日本語.pdf"),
        ("x" * 400 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_a_name_is_made_harmless(raw: str, name: str) -> None:
    assert clean_name(raw) == name


@given(st.text(max_size=300))
def test_no_name_leads_anywhere(raw: str) -> None:
    name = clean_name(raw)
    assert 0 < len(name) <= MAX_NAME
    assert not set(name) & set('/\\<>:"|?*\x00\r\n')
    assert not name.startswith(".")
    assert clean_name(name) == name


@pytest.mark.parametrize(
    ("head", "name", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n....", "a.txt", "image/png"),
        (b"\xff\xd8\xff\xe0", "photo", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "a.webp", "image/webp"),
        (b"%PDF-1.7", "a.png", "application/pdf"),
        (b"<html><script>alert(1)</script>", "a.html", "text/plain"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", "a.svg", "text/plain"),
        (b"name;city\nAnna;Bonn", "a.csv", "text/csv"),
        (b"PK\x03\x04....", "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (b"PK\x03\x04....", "a.png", "application/zip"),
        ("Zürich".encode()[:2], "a", "text/plain"),
        (b"\x00\x01\x02", "a.txt", "application/octet-stream"),
        (b"", "a", "text/plain"),
    ],
)
def test_the_bytes_tell_what_a_file_is(head: bytes, name: str, media_type: str) -> None:
    assert sniff(head, name) == media_type


@given(st.binary(max_size=200), st.text(max_size=20))
def test_only_pictures_are_ever_called_pictures(head: bytes, name: str) -> None:
    signs = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")
    assert sniff(head, f"{name}.png") not in SAFE_IMAGES or head.startswith(signs) or head[8:12] == b"WEBP"


def test_an_extension_is_short_and_follows_a_name() -> None:
    assert [extension_of(name) for name in ("a.PDF", "a", ".pdf", "a." + "x" * 30)] == ["pdf", "", "", ""]
