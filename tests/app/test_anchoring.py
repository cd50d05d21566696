"""Anchors that go to a web address."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path

import pytest

from relata.app.anchoring import _send
from relata.app.assembly import House
from relata.app.settings import Settings
from relata.engine.fetching.addresses import networks_of
from relata.engine.fetching.client import Guard
from relata.foundation.errors import Invalid


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A house that reaches this machine by any name."""

    async def here(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    made = House.of(Settings(home=tmp_path), "postgresql:///nowhere")
    made.guard = Guard(networks_of(["127.0.0.0/8"]), http=True, resolve=here)
    return made


@pytest.mark.parametrize(("status", "complaint"), [("204 No Content", ""), ("500 Oh", "the anchors were not taken")])
async def test_anchors_are_posted(house: House, caplog: pytest.LogCaptureFixture, status: str, complaint: str) -> None:
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        seen.append(head + await reader.readexactly(len(b"one\ntwo\n")))
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        with caplog.at_level(logging.ERROR):
            await _send(house, f"http://anchors.example:{server.sockets[0].getsockname()[1]}/keep", ["one", "two"])
    assert seen[0].startswith(b"POST /keep HTTP/1.1\r\n")
    assert seen[0].endswith(b"one\ntwo\n")
    assert complaint in caplog.text
    assert bool(complaint) is bool(caplog.records)


async def test_an_address_inside_the_house_is_told_and_not_reached(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    house = House.of(Settings(home=tmp_path), "postgresql:///nowhere")
    await _send(house, "https://169.254.169.254/latest", ["one"])
    assert "not public" in caplog.text


def test_a_place_is_a_path_a_mail_or_a_web_address() -> None:
    found = Settings.from_environment({"RELATA_ANCHORS": "/mnt/a, mailto:ada@example.org,https://anchors.example/keep"})
    assert found.anchors == ("/mnt/a", "mailto:ada@example.org", "https://anchors.example/keep")
    for wrong in ("http://anchors.example/", "relative/path", "mailto:nobody"):
        with pytest.raises(Invalid):
            Settings.from_environment({"RELATA_ANCHORS": wrong})
