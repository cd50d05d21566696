"""Deciding by a link in a mail. Opening it shows a page and nothing more, since scanners open links, too; its form
decides, once. The token says who decides about what; it dies with the decision, the password and the membership."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from uuid import UUID

from relata.engine.automation.approvals import deciding
from relata.engine.automation.approvals.objects import DECISION, REQUEST
from relata.engine.automation.approvals.stepping import plan_of
from relata.engine.automation.approvals.telling import News
from relata.engine.identity import memberships, tokens
from relata.engine.identity.tokens import OneTimeToken
from relata.engine.messaging.message import Message
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Expired
from relata.foundation.i18n import gettext as _

#: Where a link leads; the token follows.
PLACE = "/approve"


@dataclass(frozen=True, slots=True)
class Places:
    """Addresses that a mail names. record: of what is to be approved."""

    record: str
    decide: str
    settings: str
    stop: str


async def link_token(work: Workspace, news: News) -> str | None:
    """A token with which the person decides; None where nothing is to be decided, or not by mail. work: the
    system's."""
    if news.item is None or not plan_of(news.request).by_mail:
        return None
    connection, workspace = work.unit.connection, work.context.id
    account = await memberships.account_of(connection, workspace, news.person)
    if account is None:
        return None
    return await tokens.issue(
        connection, "approval", account=account, workspace=workspace, user=news.person, about=news.item.id
    )


async def shown(work: Workspace, token: OneTimeToken) -> tuple[Record, Record]:
    """The request and the part of it that the link is about, as its person. Expired where nothing waits any more."""
    if token.about is None or token.user != work.actor.user:
        raise _over()
    everything = work.as_system()
    items = await everything.get_many(DECISION, [token.about])
    if not items or items[0]["state"] != "waiting" or items[0]["owner"] != token.user:
        raise _over()
    return await everything.get(REQUEST, items[0]["request"]), items[0]


async def decide_by_link(work: Workspace, text: str, *, approve: bool, reason: str) -> Record:
    """Use the link up and decide, both or neither. Expired for one that is no longer good; else like `decide`."""
    token = await tokens.redeem(work.unit.connection, "approval", text)
    request, _item = await shown(work, token)
    return await deciding.decide(work, request.id, approve=approve, reason=reason)


def approval_mail(to: str, news: News, places: Places, *, key: UUID, lines: Sequence[tuple[str, str]] = ()) -> Message:
    """lines: label and value of what the reader may know."""
    comment = news.request["comment"] or ""
    said = [news.text, *(f"{label}: {value}" for label, value in lines)]
    if comment and news.item is not None:
        said.append(_("Comment: %(text)s") % {"text": comment[:1000]})
    if news.request["reason"] and news.item is None:
        said.append(_("Reason: %(text)s") % {"text": news.request["reason"][:1000]})
    links = [(_("Open it in Relata"), places.record)]
    if places.decide:
        links.insert(0, (_("Decide now, without signing in"), places.decide))
    foot = [
        (_("Choose what is mailed to you"), places.settings), (_("No more mails about notifications"), places.stop),
    ]  # fmt: skip
    plain = "\n\n".join([*said, *(f"{label}:\n{href}" for label, href in links)])
    plain += "\n\n--\n" + "\n".join(f"{label}: {href}" for label, href in foot) + "\n"
    body = "".join(f"<p>{escape(text)}</p>" for text in said) + "".join(map(_anchor, links))
    tail = " · ".join(f'<a href="{escape(href)}">{escape(label)}</a>' for label, href in foot)
    html = f'<!doctype html><html><body style="font-family:sans-serif;font-size:14px">{body}<hr>'
    html += f'<p style="color:#666;font-size:12px">{tail}</p></body></html>'
    subject = " ".join("".join(letter if letter.isprintable() else " " for letter in news.text).split())
    return Message(to, subject[:150], plain, html, key=key.hex)


def _anchor(link: tuple[str, str]) -> str:
    return f'<p><a href="{escape(link[1])}">{escape(link[0])}</a></p>'


def _over() -> Expired:
    return Expired(
        _("Nothing is left to decide here: it was decided, recalled, or given to somebody else."),
        code="approval_link", hint=_("Sign in; what waits for you is under Approvals."),
    )  # fmt: skip
