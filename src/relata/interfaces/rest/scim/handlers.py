"""The endpoints: find, read, make, replace, change and remove people and groups, and what the server says of itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from scim2_models import (
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    Context,
    ETag,
    Filter,
    ListResponse,
    NotFoundException,
    NotImplementedException,
    Patch,
    PatchOp,
    Resource,
    ResourceType,
    ResponseParameters,
    Schema,
    SearchRequest,
    ServiceProviderConfig,
    Sort,
)

from relata.engine.workspace import directory
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.ids import parse_id
from relata.interfaces.rest.call import Call
from relata.interfaces.rest.scim.shapes import Group, User, entry_of, group_of, members_of, user_of, words

#: Nobody gets more than this in one answer.
MOST = 500
#: A class of the protocol; it can't be a type of its own here, since it is chosen by the address.
Model = Any
#: Status, body (None for none) and location.
Found = tuple[int, Any, str]
Attempt = Callable[[Workspace], Awaitable[Found]]


class Directory:
    """The protocol for one installation. root: before every address, such as `https://crm.example.com/scim/v2`."""

    def __init__(self, root: str) -> None:
        self.root = root

    async def answer(self, call: Call, method: str, parts: list[str], query: Mapping[str, str], body: Any) -> Found:
        """What is answered to one request. Raises SCIMException, pydantic's ValidationError, and our kinds of error."""
        kind, rest = parts[0] if parts else "", parts[1:]
        if kind in ("ServiceProviderConfig", "ResourceTypes", "Schemas"):
            return self._described(kind, rest, method, query)
        if kind in ("", ".search"):
            raise NotImplementedException(detail="People and groups are searched one after the other.")
        if kind in ("Users", "Groups") and rest in ([], [".search"]):
            return await self._collection(call, kind, method, rest, query, body)
        if kind in ("Users", "Groups") and len(rest) == 1:
            return await self._single(call, kind, method, rest[0], query, body)
        raise NotFoundException(detail="There is nothing at this address.")

    # Many

    async def _collection(
        self, call: Call, kind: str, method: str, rest: list[str], query: Mapping[str, str], body: Any
    ) -> Found:
        model: Model = _MODELS[kind]
        if method == "GET" and not rest:
            request = SearchRequest[model].model_validate(_asked(query))
            return await call.read(lambda work: self._listed(work, kind, request))
        if method == "POST" and rest:
            request = SearchRequest[model].model_validate(body, scim_ctx=Context.SEARCH_REQUEST)
            return await call.read(lambda work: self._listed(work, kind, request))
        if method == "POST":
            sent = model.model_validate(body, scim_ctx=Context.RESOURCE_CREATION_REQUEST)
            return await call.write(lambda work: self._made(work, sent, query))
        raise MethodUnknown

    async def _listed(self, work: Workspace, kind: str, request: SearchRequest[Any]) -> Found:
        found: list[Resource[Any]] = list(await self._all(work, kind))
        if request.filter is not None:
            found = [one for one in found if request.filter.match(one)]
        if request.sort_by is not None:
            found = request.sort(found)
        start = max(request.start_index or 1, 1)
        count = min(max(MOST if request.count is None else request.count, 0), MOST)
        page = found[start - 1 : start - 1 + count]
        model: Model = _MODELS[kind]
        listed = ListResponse[model](
            total_results=len(found), start_index=start, items_per_page=len(page), resources=page
        )
        return 200, listed.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE, response_parameters=request), ""

    async def _all(self, work: Workspace, kind: str) -> Iterable[Resource[Any]]:
        groups = await directory.groups(work)
        if kind == "Groups":
            return [group_of(one, self.root) for one in groups]
        of: dict[UUID, list[Record]] = {}
        for one in groups:
            for member in one["members"] or ():
                of.setdefault(member, []).append(one)
        return [user_of(one, of.get(one.id, ()), self.root) for one in await directory.people(work)]

    async def _made(self, work: Workspace, sent: User | Group, query: Mapping[str, str]) -> Found:
        if isinstance(sent, User):
            record = await directory.add_person(work, entry_of(sent))
        else:
            record = await directory.add_group(work, sent.display_name or "", sent.external_id or "", members_of(sent))
        found = await self._shown(work, type(sent), record.id)
        return 201, words(found, _chosen(type(sent), query), Context.RESOURCE_CREATION_RESPONSE), _location(found)

    # One

    async def _single(
        self, call: Call, kind: str, method: str, name: str, query: Mapping[str, str], body: Any
    ) -> Found:
        model: Model = _MODELS[kind]
        key = parse_id(name)
        if key is None:
            raise NotFoundException(detail=f"There is no {model.__name__} with this id.")
        if method == "GET":
            return await call.read(lambda work: self._read(work, model, key, query))
        if method == "DELETE":
            return await call.write(lambda work: self._removed(work, model, key))
        if method == "PUT":
            sent = model.model_validate(body, scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST)

            def replace(before: Any) -> Any:
                sent.replace(before)
                return sent

            return await call.write(lambda work: self._changed(work, model, key, replace, query))
        if method == "PATCH":
            patch = PatchOp[model].model_validate(body, scim_ctx=Context.RESOURCE_PATCH_REQUEST)

            def apply(before: Any) -> Any:
                patch.patch(before)
                return before

            return await call.write(lambda work: self._changed(work, model, key, apply, query))
        raise MethodUnknown

    async def _read(self, work: Workspace, model: Model, key: UUID, query: Mapping[str, str]) -> Found:
        found = await self._shown(work, model, key)
        return 200, words(found, _chosen(model, query)), _location(found)

    async def _removed(self, work: Workspace, model: Model, key: UUID) -> Found:
        await self._shown(work, model, key)
        await (directory.remove_person(work, key) if model is User else directory.remove_group(work, key))
        return 204, None, ""

    async def _changed(
        self, work: Workspace, model: Model, key: UUID, change: Callable[[Any], Any], query: Mapping[str, str]
    ) -> Found:
        after = change(await self._shown(work, model, key))
        if isinstance(after, User):
            await directory.change_person(work, key, entry_of(after))
        else:
            name, known_as = after.display_name or "", after.external_id or ""
            await directory.change_group(work, key, name, known_as, members_of(after))
        found = await self._shown(work, model, key)
        context = Context.RESOURCE_REPLACEMENT_RESPONSE
        return 200, words(found, _chosen(model, query), context), _location(found)

    async def _shown(self, work: Workspace, model: Model, key: UUID) -> Any:
        try:
            if model is User:
                record = await directory.person(work, key)
                return user_of(record, await directory.groups_of(work, key), self.root)
            return group_of(await directory.group(work, key), self.root)
        except NotFound:
            raise NotFoundException(detail=f"There is no {model.__name__} with this id.") from None

    # What the server says of itself

    def _described(self, kind: str, rest: list[str], method: str, query: Mapping[str, str]) -> Found:
        if method != "GET":
            raise MethodUnknown
        if kind == "ServiceProviderConfig":
            if rest:
                raise NotFoundException(detail="There is nothing at this address.")
            return 200, self._config().model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE), ""
        schemas = [model.to_schema() for model in _MODELS.values()]
        found: list[Any] = self._types() if kind == "ResourceTypes" else schemas
        if not rest:
            shape: Any = ResourceType if kind == "ResourceTypes" else Schema
            listed = ListResponse[shape](
                total_results=len(found), start_index=1, items_per_page=len(found), resources=found
            )
            return 200, listed.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE), ""
        for one in found:
            if [str(one.id)] == rest:
                return 200, one.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE), ""
        raise NotFoundException(detail="There is no such description.")

    def _types(self) -> list[ResourceType]:
        return [
            ResourceType.model_validate(
                {"id": model.__name__, "name": model.__name__, "endpoint": f"/{kind}", "schema": model.__schema__}
            )
            for kind, model in _MODELS.items()
        ]

    def _config(self) -> ServiceProviderConfig:
        scheme = AuthenticationScheme(
            type=AuthenticationScheme.Type.oauthbearertoken,
            name="API key",
            description="An API key as a bearer token.",
            primary=True,
        )
        return ServiceProviderConfig(
            patch=Patch(supported=True), bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
            filter=Filter(supported=True, max_results=MOST), change_password=ChangePassword(supported=False),
            sort=Sort(supported=True), etag=ETag(supported=False), authentication_schemes=[scheme],
        )  # fmt: skip


class MethodUnknown(Exception):
    """The address does not know the method."""


_MODELS: dict[str, Any] = {"Users": User, "Groups": Group}
_NAMES = {
    "filter": "filter", "sortBy": "sort_by", "sortOrder": "sort_order", "startIndex": "start_index", "count": "count",
    "attributes": "attributes", "excludedAttributes": "excluded_attributes",
}  # fmt: skip


def _asked(query: Mapping[str, str]) -> dict[str, str]:
    return {_NAMES[name]: value for name, value in query.items() if name in _NAMES}


def _chosen(model: Model, query: Mapping[str, str]) -> ResponseParameters[Any]:
    """Which attributes were asked for."""
    asked = {name: value for name, value in _asked(query).items() if name in ("attributes", "excluded_attributes")}
    found: ResponseParameters[Any] = ResponseParameters[model].model_validate(asked)
    return found


def _location(found: Resource[Any]) -> str:
    return str(found.meta.location) if found.meta else ""
