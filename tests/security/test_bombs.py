"""Requests that are small and want much: refused, or answered at once.

Sizes, depth, encodings and compressed bodies: tests/interfaces/http/test_bodies.py. The budget of expressions:
tests/engine/formula/test_anything.py.
"""

from __future__ import annotations

import time
import zipfile
from pathlib import Path

import pytest
from tests.security.conftest import Town, told

from relata.engine.transfer.configuration.package import read
from relata.foundation.errors import Invalid

JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
AT_ONCE_SECONDS = 5.0

EXPLOSIVE = {
    "many keys": (JSON, b'{"name":"x",' + b",".join(b'"k%d":1' % at for at in range(200_000)) + b"}"),
    "one key many times": (JSON, b'{"name":"x"' + b',"name":"x"' * 200_000 + b"}"),
    "a number without end": (JSON, b'{"pieces":' + b"9" * 1_000_000 + b"}"),
    "a great exponent": (JSON, b'{"length":1e999999999}'),
    "a deep list": (JSON, b'{"extra":' + b"[" * 60 + b"]" * 60 + b"}"),
    "many items": (JSON, b'{"name":"x","words":[' + b",".join(b'"w%d"' % at for at in range(100_000)) + b"]}"),
    "entities": ({"content-type": "application/xml"}, b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'),
}


@pytest.mark.parametrize("name", EXPLOSIVE)
async def test_a_body_that_wants_much_is_refused_at_once(town: Town, name: str) -> None:
    program = await town.program(await town.browser("admin"))
    headers, body = EXPLOSIVE[name]
    for method, path in (
        ("POST", "/api/v1/specimens"),
        ("POST", "/api/v1/batch"),
        ("POST", "/api/v1/specimens/aggregate"),
    ):
        began = time.perf_counter()
        answer = await program.send(method, path, content=body, headers=headers)
        seconds = time.perf_counter() - began
        assert answer.status_code < 500, told(answer)
        assert seconds < AT_ONCE_SECONDS, (path, seconds)
        assert len(answer.content) < 200_000, (path, len(answer.content))


async def test_forms_with_too_many_parts_are_refused(town: Town) -> None:
    ada = await town.browser("admin")
    part = b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n'
    for headers, body in (
        (FORM, b"&".join(b"k%d=1" % at for at in range(100_000))),
        ({"content-type": "multipart/form-data; boundary=b"}, part * 20_000 + b"--b--\r\n"),
    ):
        began = time.perf_counter()
        answer = await ada.send("POST", "/specimens/new", content=body, headers=headers)
        assert 400 <= answer.status_code < 500, told(answer)
        assert time.perf_counter() - began < AT_ONCE_SECONDS


async def test_an_expression_that_wants_much_is_refused_at_once(town: Town) -> None:
    program = await town.program(await town.browser("admin"))
    for where in (
        "(" * 500 + "name" + ")" * 500,
        "not " * 2000 + "is_good",
        " or ".join(f'name = "{at}"' for at in range(1500)),
        'name contains "' + "%_" * 3000 + '"',
        "parent." * 200 + 'name = "x"',
        "pieces = " + "9" * 5000,
        " and ".join(['exists(parts, name contains "a")'] * 200),
    ):
        began = time.perf_counter()
        answer = await program.get("/api/v1/specimens", params={"where": where})
        assert answer.status_code < 500, told(answer)
        assert time.perf_counter() - began < AT_ONCE_SECONDS, where[:60]


def test_a_package_that_unpacks_to_much_is_refused_at_once(tmp_path: Path) -> None:
    """Also where it lies about its sizes. Workbooks and exports of others: tests/engine/transfer."""
    bomb, many = tmp_path / "bomb.zip", tmp_path / "many.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("relata.json", b" " * 50_000_000)
    lying = tmp_path / "lying.zip"
    lying.write_bytes(bomb.read_bytes().replace((50_000_000).to_bytes(4, "little"), (50).to_bytes(4, "little")))
    with zipfile.ZipFile(many, "w") as archive:
        for at in range(10_001):
            archive.writestr(f"records/x/{at}.json", b"{}")
    started = time.process_time()
    for path in (bomb, lying, many):
        with pytest.raises(Invalid):
            read(path)
    assert time.process_time() - started < AT_ONCE_SECONDS
