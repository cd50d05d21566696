"""What stands beside leads, deals, contacts, accounts and competitors."""

from relata.engine.metadata.module import Panel
from relata.modules.parties.contracts import ACCOUNT, CONTACT
from relata.modules.sales.contracts import COMPETITOR, LEAD, OPPORTUNITY
from relata.modules.sales.extensions import PLAN_TAB
from relata.modules.sales.panels import accounts, competitors, deals, knowing

PANELS = (
    Panel(LEAD, "score", "Score", "gauge", deals.score),
    Panel(CONTACT, "knowing", "Who knows them", "network", knowing.of_contact),
    Panel(CONTACT, "score", "Score", "gauge", deals.score),
    Panel(ACCOUNT, "health", "Health", "heart-pulse", accounts.health),
    Panel(ACCOUNT, "knowing", "Who knows whom", "network", knowing.of_account),
    Panel(ACCOUNT, "group", "The whole group", "building-2", accounts.group),
    Panel(ACCOUNT, "plan", "Where we stand", "target", accounts.plan, tab=PLAN_TAB),
    Panel(ACCOUNT, "white_space", "White space", "layout-grid", accounts.gaps, tab=PLAN_TAB),
    Panel(OPPORTUNITY, "health", "Health", "activity", deals.health),
    Panel(OPPORTUNITY, "playbook", "In this stage", "book-open", deals.playbook),
    Panel(OPPORTUNITY, "committee", "Buying committee", "users", deals.committee),
    Panel(OPPORTUNITY, "rivals", "Competitors", "shield", competitors.in_deal),
    Panel(OPPORTUNITY, "team", "Deal team", "handshake", deals.team),
    Panel(COMPETITOR, "record", "Against this competitor", "trophy", competitors.against),
)

__all__ = ["PANELS"]
