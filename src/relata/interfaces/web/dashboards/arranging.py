"""Cards: adding, changing, taking away, and where they lie. Each change is kept at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import uuid4

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.reporting.dashboards import shelf
from relata.engine.reporting.dashboards.body import Body, Card, Tab, read, write
from relata.engine.reporting.dashboards.placing import settled, with_card
from relata.engine.reporting.metrics.catalogue import metrics
from relata.engine.reporting.reports.shelf import lines
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.dashboards.asked import PLACE
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange, redirect

_SIZES = {"report": (6, 5), "metric": (3, 2), "text": (4, 3), "image": (4, 4), "link": (3, 2)}
_CARD = f"{PLACE}/{{key:str}}/cards/{{name:str}}"


class CardDialog(msgspec.Struct, frozen=True, kw_only=True):
    """The dialog for one card. remove: the address that takes it away, "" for a new one."""

    title: str
    action: str
    csrf: str
    submit: str
    fields: tuple[FormField, ...]
    error: str = ""
    remove: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of cards and their places."""

    @post(f"{PLACE}/{{key:str}}/layout", status_code=204)
    async def lay(request: Visit, key: FromPath[str]) -> None:
        form = await posted(request)

        async def keep(work: Workspace) -> None:
            board = await shelf.board(work, key)
            places = {one[0]: one[1:] for text in form.get("card", ()) if (one := _place(text))}

            def laid(tab: Tab) -> Tab:
                cards = [_at(card, places.get(card.id)) for card in tab.cards]
                return msgspec.structs.replace(tab, cards=settled(cards, _last(form, "moved")))

            body = msgspec.structs.replace(board.body, tabs=tuple(map(laid, board.body.tabs)))
            await shelf.save(work, key, body)

        await web.within(request, keep, read_only=False)

    @get(f"{PLACE}/{{key:str}}/new-card")
    async def ask_new(request: Visit, key: FromPath[str]) -> Response[bytes]:
        kind, tab = request.query_params.get("kind", "report"), request.query_params.get("tab", "0")

        async def show(work: Workspace) -> Response[bytes]:
            await shelf.board(work, key)
            card = Card(id="new", kind=kind if kind in _SIZES else "report")
            return await _dialog(
                web, request, work, f"{PLACE}/{key}/new-card?kind={card.kind}&tab={_number(tab)}", card
            )

        return await web.within(request, show)

    @post(f"{PLACE}/{{key:str}}/new-card")
    async def add(request: Visit, key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        kind, tab = request.query_params.get("kind", "report"), _number(request.query_params.get("tab", "0"))
        blank = Card(id=f"c{uuid4().hex[:10]}", kind=kind if kind in _SIZES else "report")
        width, height = _SIZES[blank.kind]
        blank = msgspec.structs.replace(blank, w=width, h=height)

        async def keep(work: Workspace) -> str:
            board = await shelf.board(work, key)
            card = _filled(blank, form)
            tabs = list(board.body.tabs)
            at = min(tab, len(tabs) - 1)
            tabs[at] = with_card(tabs[at], card)
            await shelf.save(work, key, _checked(board.body, tuple(tabs)))
            return _editing(key, at)

        return await _kept(request, keep, f"{PLACE}/{key}/new-card?kind={blank.kind}&tab={tab}", blank, form)

    @get(_CARD + "/edit")
    async def ask(request: Visit, key: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            _at_tab, card = _found(await shelf.board(work, key), name)
            return await _dialog(web, request, work, f"{PLACE}/{key}/cards/{name}/edit", card)

        return await web.within(request, show)

    @post(_CARD + "/edit")
    async def change(request: Visit, key: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        shown = Card(id="unknown")

        async def keep(work: Workspace) -> str:
            board = await shelf.board(work, key)
            at, card = _found(board, name)
            await shelf.save(work, key, _with(board.body, at, name, _filled(card, form)))
            return _editing(key, at)

        return await _kept(request, keep, f"{PLACE}/{key}/cards/{name}/edit", shown, form, key, name)

    @post(_CARD + "/remove")
    async def remove(request: Visit, key: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        async def keep(work: Workspace) -> str:
            board = await shelf.board(work, key)
            at, _card = _found(board, name)
            await shelf.save(work, key, _with(board.body, at, name, None))
            return _editing(key, at)

        return redirect(await web.within(request, keep, read_only=False), request)

    async def _kept(
        request: Visit,
        keep: Callable[[Workspace], Awaitable[str]],
        action: str,
        blank: Card,
        form: dict[str, list[str]],
        key: str = "",
        name: str = "",
    ) -> Response[bytes]:
        """On to the page; or the dialog again, with what was typed and what is wrong."""
        try:
            return redirect(await web.within(request, keep, read_only=False), request)
        except Invalid as error:
            problem = error

        async def again(work: Workspace) -> Response[bytes]:
            card = _found(await shelf.board(work, key), name)[1] if key else blank
            return await _dialog(web, request, work, action, card, problem, form)

        return await web.within(request, again)

    return [lay, ask_new, add, ask, change, remove]


def _editing(key: str, tab: int) -> str:
    return f"{PLACE}/{key}?edit=1" + (f"&tab={tab}" if tab else "")


def _checked(body: Body, tabs: tuple[Tab, ...]) -> Body:
    return read(write(msgspec.structs.replace(body, tabs=tabs)))


def _with(body: Body, at: int, name: str, card: Card | None) -> Body:
    """The body with another card in the place of that one, or with none."""
    tabs = list(body.tabs)
    cards = [card if one.id == name else one for one in tabs[at].cards]
    tabs[at] = msgspec.structs.replace(tabs[at], cards=settled(one for one in cards if one is not None))
    return _checked(body, tuple(tabs))


def _found(board: shelf.Board, name: str) -> tuple[int, Card]:
    for at, tab in enumerate(board.body.tabs):
        for card in tab.cards:
            if card.id == name:
                return at, card
    raise NotFound(_("There is no such card."), hint=_("Somebody may have taken it away. Reload the page."))


def _filled(card: Card, form: dict[str, list[str]]) -> Card:
    """What was typed, over the card; Invalid where something is missing."""
    values: dict[str, object] = {name: _last(form, name) for name in ("title", "text", "href") if name in form}
    if "follows" in form or "follows-sent" in form:
        values["follows"] = bool(_last(form, "follows"))
    for name in ("report", "metric"):
        if card.kind != name or name not in form:
            continue
        if not _last(form, name) and card.definition is None:
            raise Invalid.of([Problem("required", _("Choose what the card shows."), name)])
        values[name] = _last(form, name)
        if name == "report" and values[name]:
            values["definition"] = None
    needs = {"text": ("text", _("Write something.")), "image": ("href", _("Give the image's address.")),
             "link": ("href", _("Give an address."))}  # fmt: skip
    name, words = needs.get(card.kind, ("", ""))
    if name and not values.get(name):
        raise Invalid.of([Problem("required", words, name)])
    return msgspec.structs.replace(card, **values)


def _place(text: str) -> tuple[str, int, int, int, int] | None:
    """From `id:x,y,w,h`; None for what is none."""
    name, _colon, rest = text.partition(":")
    numbers = rest.split(",")
    if len(numbers) != 4 or not all(one.isascii() and one.isdecimal() and len(one) < 5 for one in numbers):
        return None
    x, y, w, h = map(int, numbers)
    return name, x, y, w, h


def _at(card: Card, place: tuple[int, ...] | None) -> Card:
    if place is None:
        return card
    x, y, w, h = place
    return msgspec.structs.replace(card, x=x, y=y, w=w, h=h)


async def _dialog(
    web: Web, request: Visit, work: Workspace, action: str, card: Card, error: Invalid | None = None,
    form: dict[str, list[str]] | None = None,
) -> Response[bytes]:  # fmt: skip
    known = {one.field for one in error.problems} if error else set()
    errors = {one.field: one.message for one in error.problems} if error else {}
    typed = {name: values[-1] for name, values in (form or {}).items() if values}
    fields = tuple(
        msgspec.structs.replace(
            field, error=errors.get(field.name, ""),
            value=field.value if field.kind == "boolean" else typed.get(field.name, field.value),
        )
        for field in await _fields(work, card)
    )  # fmt: skip
    names = {field.name for field in fields}
    rest = error.message if error and not known & names else ""
    is_new = card.id == "new" or "new-card" in action
    view = CardDialog(
        title=_titles()[card.kind], action=action, csrf=exchange(request).csrf_token(),
        submit=_("Add card") if is_new else _("Save"), fields=fields, error=rest,
        remove="" if is_new else action.removesuffix("/edit") + "/remove",
    )  # fmt: skip
    return web.page(work, "web/dashboards/card_dialog.html", view, status=422 if error else 200)


def _titles() -> dict[str, str]:
    return {
        "report": _("A report"), "metric": _("A metric"), "text": _("A text"), "image": _("An image"),
        "link": _("A link"),
    }  # fmt: skip


async def _fields(work: Workspace, card: Card) -> list[FormField]:
    """What of a card can be said, by its kind."""
    fields = []
    if card.kind == "report":
        own = (Option(value="", label=_("The card's own")),) if card.definition is not None else ()
        fields.append(FormField(
            name="report", label=_("Report"), kind="choice", value=card.report, required=not own,
            options=(*own, *await _reports(work)), help=_("Make it under Reports first."),
        ))  # fmt: skip
    if card.kind == "metric":
        found = await metrics(work)
        options = sorted((one.title, key) for key, one in found.items())
        fields.append(FormField(
            name="metric", label=_("Metric"), kind="choice", value=card.metric, required=True,
            options=tuple(Option(value=key, label=label) for label, key in options),
        ))  # fmt: skip
    title = FormField(name="title", label=_("Title"), value=card.title, max_length=160)
    if card.kind in ("report", "metric"):
        title = msgspec.structs.replace(title, help=_("Left empty, it is called as the report is."))
    fields.append(title)
    if card.kind == "text":
        hint = _("Headings, lists and links in Markdown.")
        fields.append(FormField(name="text", label=_("Text"), kind="long_text", value=card.text, rows=8, help=hint))
    if card.kind in ("image", "link"):
        hint = (
            _("Begins with https:// or, here, with /.")
            if card.kind == "link"
            else _("Of a file kept here: begins with /.")
        )
        fields.append(FormField(name="href", label=_("Address"), value=card.href, required=True, help=hint))
    if card.kind == "link":
        fields.append(FormField(name="text", label=_("What is there"), value=card.text, max_length=300))
    if card.kind in ("report", "metric"):
        fields.append(FormField(
            name="follows", label=_("Follows the dashboard's filters"), kind="boolean", value=card.follows,
        ))  # fmt: skip
    return fields


async def _reports(work: Workspace) -> tuple[Option, ...]:
    """Kept ones first, then those that come with modules."""
    kept, shipped = await lines(work)
    return tuple(Option(value=one.key, label=one.name) for one in (*kept, *shipped))


def _last(form: dict[str, list[str]], name: str) -> str:
    return (form.get(name) or [""])[-1].strip()


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
