"""Bodies that come a drop at a time: each holds a connection, a task and memory, so a few thousand hold a server."""

from __future__ import annotations

import asyncio
import time

from relata.interfaces.http.asgi import Message, Receive
from relata.interfaces.http.refusal import Refusal

#: How long a sender may keep us waiting altogether, and the pace that earns more: a film by telephone is fine.
PATIENCE_SECONDS, BYTES_PER_SECOND = 30.0, 4096


def hurried(receive: Receive) -> Receive:
    """A `receive` that gives up on a body which comes too slowly: Refusal with 408. Only waiting counts, not what we do
    with the parts meanwhile; after the body nobody is hurried any more."""
    waited, seen, is_whole = 0.0, 0, False

    async def hurry() -> Message:
        nonlocal waited, seen, is_whole
        if is_whole:
            return await receive()
        began = time.monotonic()
        try:
            async with asyncio.timeout(max(0.0, PATIENCE_SECONDS + seen / BYTES_PER_SECOND - waited)):
                message = await receive()
        except TimeoutError as error:
            raise Refusal(
                408, "too_slow", "The request came too slowly.", hint="Try again over a better connection."
            ) from error
        waited += time.monotonic() - began
        seen += len(message.get("body", b""))
        is_whole = not message.get("more_body", False)
        return message

    return hurry
