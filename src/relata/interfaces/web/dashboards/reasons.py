"""Why a card's number changed, as a dialog."""

from __future__ import annotations

from decimal import Decimal

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.reporting.dashboards.answers import definition_of
from relata.engine.reporting.dashboards.body import Card
from relata.engine.reporting.dashboards.periods import before_so_far, so_far
from relata.engine.reporting.definition import Definition
from relata.engine.reporting.metrics.catalogue import metric
from relata.engine.reporting.metrics.why import FEW, Share, Why, why
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, RelataError
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.reporting.compare import span_words
from relata.interfaces.html.reporting.words import key_words, number_words
from relata.interfaces.web.dashboards.asked import PLACE, Asked, asked, card_of
from relata.interfaces.web.ground import Visit, Web, formatter


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """What one group did. size: 0-100 beside the largest."""

    label: str
    before: str
    now: str
    change: str
    is_up: bool
    size: int


class Reasons(msgspec.Struct, frozen=True):
    label: str
    rows: tuple[Reason, ...]


class WhyView(msgspec.Struct, frozen=True, kw_only=True):
    """The dialog. caveat: why one should not lean on it; error: why there is nothing to say."""

    title: str
    told: str = ""
    caveat: str = ""
    error: str = ""
    before: str = ""
    now: str = ""
    dimensions: tuple[Reasons, ...] = ()


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handler of the dialog."""

    @get(f"{PLACE}/{{key:str}}/cards/{{name:str}}/why")
    async def reasons(request: Visit, key: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            eyes, found = await asked(work, request, key)
            card = card_of(found, name)
            try:
                view = await _view(eyes, found, card, formatter(work))
            except RelataError as error:
                view = WhyView(title=_("Why did it change?"), error=f"{error.message} {error.hint or ''}".strip())
            return web.page(work, "web/dashboards/why.html", view)

        return await web.within(request, show)

    return [reasons]


async def _definition(work: Workspace, card: Card) -> tuple[Definition, str]:
    if card.kind == "metric":
        one = await metric(work, card.metric)
        return one.definition, one.title
    definition, title, _key = await definition_of(work, card)
    return definition, card.title or title


async def _view(work: Workspace, found: Asked, card: Card, words: Formatter) -> WhyView:
    period = found.chosen.period
    if period is None:
        raise Invalid(_("Choose a period first."), code="no_period")
    definition, title = await _definition(work, card)
    now, before = so_far(period, work.clock), before_so_far(period, work.clock)
    told = await why(work, definition, found.chosen, now, before)
    return WhyView(
        title=_("Why did %(name)s change?") % {"name": title}, told=_sentence(told, words),
        before=span_words(before, words), now=span_words(now, words),
        caveat=_("Only %(n)s records in both periods: much of this is chance.") % {"n": told.records}
        if told.records < FEW else "",
        dimensions=tuple(
            Reasons(one.label, tuple(_reason(told, share, one.shares, words) for share in one.shares))
            for one in told.dimensions[:4]
        ),
    )  # fmt: skip


def _sentence(told: Why, words: Formatter) -> str:
    return _("From %(before)s to %(now)s: %(change)s.") % {
        "before": number_words(told.shown, told.before, words), "now": number_words(told.shown, told.now, words),
        "change": _signed(told, told.now - told.before, words),
    }  # fmt: skip


def _reason(told: Why, share: Share, among: tuple[Share, ...], words: Formatter) -> Reason:
    most = max((abs(one.change) for one in among), default=Decimal(0))
    return Reason(
        label=key_words(share.key, words) if share.key is not None else _("The rest"),
        before=number_words(told.shown, share.before, words), now=number_words(told.shown, share.now, words),
        change=_signed(told, share.change, words), is_up=share.change > 0,
        size=round(abs(share.change) / most * 100) if most else 0,
    )  # fmt: skip


def _signed(told: Why, value: Decimal, words: Formatter) -> str:
    return ("+" if value > 0 else "") + number_words(told.shown, value, words)
