"""From method and path to handler: a handful of templates serves every object, those made at run time included."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from relata.interfaces.http.answers import Answer
from relata.interfaces.http.refusal import Refusal
from relata.interfaces.rest.answers import Stream
from relata.interfaces.rest.call import Call

Handler = Callable[[Call], Awaitable[Answer | Stream]]


@dataclass(frozen=True, slots=True)
class Route:
    """template: parts in braces take any text, under that name. reads_body: False where the handler reads it, piece by
    piece."""

    method: str
    template: str
    handle: Handler
    reads_body: bool = True


@dataclass(slots=True)
class _Node:
    words: dict[str, _Node] = field(default_factory=dict)
    variable: _Node | None = None
    name: str = ""
    routes: dict[str, Route] = field(default_factory=dict)


class Routes:
    """All routes of the API."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.all = tuple(routes)
        self._root = _Node()
        for route in self.all:
            self._add(route)

    def _add(self, route: Route) -> None:
        node = self._root
        for part in route.template.strip("/").split("/"):
            if part.startswith("{"):
                node.variable = node.variable or _Node(name=part[1:-1])
                node = node.variable
            else:
                node = node.words.setdefault(part, _Node())
        node.routes[route.method] = route

    def find(self, path: str) -> tuple[dict[str, Route], dict[str, str]]:
        """The routes at a path, by method, and what stood in its variable parts. Refusal (404) for no such address."""
        node, names = self._root, {}
        for part in path.strip("/").split("/"):
            following = node.words.get(part)
            if following is None and node.variable is not None and part:
                following = node.variable
                names[following.name] = part
            if following is None:
                break
            node = following
        else:
            if node.routes:
                return node.routes, names
        raise Refusal(404, "no_such_address", "There is nothing at this address.", hint="See /api/v1/openapi.json.")


def allowed(routes: dict[str, Route]) -> str:
    """The methods of an address, as the Allow header lists them."""
    methods = {*routes, "OPTIONS"} | ({"HEAD"} if "GET" in routes else set())
    return ", ".join(sorted(methods))


def pick(routes: dict[str, Route], method: str) -> Route:
    """The route for a method; HEAD is GET without its body. Refusal (405) for another method."""
    found = routes.get("GET" if method == "HEAD" else method)
    if found is None:
        raise Refusal(
            405, "method_not_allowed", "This address does not know the method.", hint=f"It knows {allowed(routes)}.",
            headers=[("allow", allowed(routes))],
        )  # fmt: skip
    return found
