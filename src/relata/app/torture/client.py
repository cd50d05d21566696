"""One of the fifty: works on records of its own over HTTP, repeats what was not answered, and remembers what was."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from relata.app.torture.journal import GONE, Journal, Told
from relata.foundation.ids import new_id

_PATIENCE_SECONDS = 15.0
_MOST_PAUSE_SECONDS = 0.2
#: Refusals that a fault explains: somebody was quicker, or the database, its room or a process was away.
_EXPECTED = frozenset({409, 412, 429, 503, 504, 507})


class Lost(Exception):
    """No answer came, or one that says that the server can't tell what happened."""


class Client:
    """Everything that it makes carries its number, so no two of them ever write one record. shared: an account that all
    of them hang their records on, so that its roll-ups are fought for."""

    def __init__(self, number: int, address: str, key: str, journal: Journal, shared: UUID, seed: int) -> None:
        self._number = number
        self._journal = journal
        self._shared = str(shared)
        self._mine: list[Told] = []
        self._random = random.Random(f"{seed}:{number}")
        self._marks = 0
        self._until = asyncio.Event()
        self._http = httpx.AsyncClient(
            base_url=f"{address}/api/v1", headers={"authorization": f"Bearer {key}"}, timeout=_PATIENCE_SECONDS
        )

    async def run(self, until: asyncio.Event) -> None:
        """Until told to stop; what is under way then comes to its end, or counts as lost."""
        self._until = until
        works = (self._create, self._change, self._change, self._change, self._get, self._get, self._list,
                 self._remove, self._together, self._deal)  # fmt: skip
        async with self._http:
            while not until.is_set():
                await self._random.choice(works)()
                await asyncio.sleep(self._random.uniform(0, _MOST_PAUSE_SECONDS))

    async def _create(self) -> None:
        mark = self._mark()
        person = {"name": {"first": "Torture", "last": mark}, "job_title": mark, "account": self._shared}
        await self._make("contacts", mark, person)

    async def _deal(self) -> None:
        mark = self._mark()
        amount = {"amount": str(self._random.randint(1, 9999)), "currency": "EUR"}
        deal = {"name": mark, "next_step": mark, "account": self._shared, "amount": amount}
        await self._make("opportunities", mark, deal)

    async def _make(self, path: str, mark: str, body: Mapping[str, Any]) -> None:
        answer = await self._surely("POST", f"/{path}", body)
        if answer is None:
            self._journal.unsure.add(mark)
        else:
            made = answer.json()
            self._keep(path, made["id"], mark, made["version"])

    async def _together(self) -> None:
        """An account and two people in one transaction: all or nothing, whoever dies."""
        mark = self._mark()
        person = {"name": {"last": mark}, "job_title": mark, "account": {"$ref": "company"}}
        operations = [
            {"method": "create", "object": "accounts", "ref": "company", "values": {"name": mark}},
            {"method": "create", "object": "contacts", "values": person},
            {"method": "create", "object": "contacts", "values": person},
        ]
        self._journal.together.add(mark)
        answer = await self._surely("POST", "/batch", {"operations": operations})
        if answer is None:
            self._journal.unsure.add(mark)
            return
        for one in answer.json()["data"][1:]:
            self._keep("contacts", one["id"], mark, None)

    async def _change(self) -> None:
        one = self._some()
        if one is not None and await self._knows(one) and not one.state.startswith(GONE):
            mark = self._mark()
            await self._guarded(one, "PATCH", {one.field: mark}, mark)

    async def _remove(self) -> None:
        """Into the bin, or out of it again."""
        one = self._some()
        if one is None or not await self._knows(one):
            return
        if one.state.startswith(GONE):
            await self._guarded(one, "POST", None, one.state.removeprefix(GONE), "/restore")
        else:
            await self._guarded(one, "DELETE", None, GONE + one.state)

    async def _get(self) -> None:
        one = self._some()
        if one is not None:
            one.version = None
            await self._knows(one)

    async def _list(self) -> None:
        """What was acknowledged is in the list that asks for it."""
        one = self._some()
        if one is None or one.maybe or one.state.startswith(GONE):
            return
        where = quote(f'{one.field} = "{one.state}"')
        try:
            answer = await self._ask("GET", f"/{one.path}?limit=50&order=-created_at&where={where}")
        except Lost:
            return
        if answer.is_success and str(one.id) not in [row["id"] for row in answer.json()["data"]]:
            self._journal.wrong.append(f"{one.path}/{one.id}, acknowledged as {one.state}, is not in the list of it")

    async def _knows(self, one: Told) -> bool:
        """Asks for the version of a record where it is not known, and compares what is seen with what was told."""
        if one.version is not None:
            return True
        try:
            answer = await self._ask("GET", f"/{one.path}/{one.id}?deleted=true")
        except Lost:
            return False
        if answer.status_code == 404:
            self._journal.wrong.append(f"{one.path}/{one.id}, which was acknowledged, is not found")
        if not answer.is_success:
            return False
        found = answer.json()
        seen = (GONE if found.get("deleted_at") else "") + str(found[one.field])
        if not one.fits(seen):
            self._journal.wrong.append(f"{one.path}/{one.id} was {one.state}, and is seen as {seen}")
        # What was lost may still take effect, until a write that names this version is acknowledged.
        one.maybe.add(one.state)
        one.state, one.version = seen, found["version"]
        return True

    async def _guarded(self, one: Told, method: str, body: Any, state: str, tail: str = "") -> None:
        try:
            answer = await self._ask(method, f"/{one.path}/{one.id}{tail}", body, {"if-match": f'"{one.version}"'})
        except Lost:
            one.lost(state)
            return
        if answer.is_success:
            self._journal.acknowledged += 1
            one.acknowledged(state, answer.json()["version"] if answer.content else None)
        else:
            one.version = None

    async def _surely(self, method: str, path: str, body: Any) -> httpx.Response | None:
        """Again and again with one Idempotency-Key until it is done; None where the run ended before."""
        headers = {"idempotency-key": str(new_id())}
        while True:
            try:
                answer = await self._ask(method, path, body, headers)
                if answer.is_success:
                    self._journal.acknowledged += 1
                    return answer
                if answer.status_code not in _EXPECTED:
                    return None
            except Lost:
                pass
            if self._until.is_set():
                return None
            await asyncio.sleep(_MOST_PAUSE_SECONDS)

    async def _ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        try:
            answer = await self._http.request(method, path, json=body, headers=headers)
        except httpx.TransportError as error:
            self._journal.lost += 1
            await asyncio.sleep(_MOST_PAUSE_SECONDS)
            raise Lost from error
        self._journal.answered += 1
        if answer.status_code in (429, 503, 504, 507):
            await asyncio.sleep(_MOST_PAUSE_SECONDS)
            if method != "GET":
                raise Lost
        elif not answer.is_success and answer.status_code not in _EXPECTED:
            place = path.split("?")[0].split("/")[1]
            self._journal.note_strange(f"{method} {place}: {answer.status_code} {answer.text[:200]}")
            if answer.status_code >= 500:
                raise Lost
        return answer

    def _keep(self, path: str, key: str, mark: str, version: int | None) -> None:
        told = Told(path, UUID(key), mark, version)
        self._mine.append(told)
        self._journal.records.append(told)

    def _some(self) -> Told | None:
        return self._random.choice(self._mine[-40:]) if self._mine else None

    def _mark(self) -> str:
        self._marks += 1
        return f"t{self._number}-{self._marks}"
