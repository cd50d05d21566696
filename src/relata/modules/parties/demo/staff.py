"""Who works at Larkfield."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from relata.engine.workspace.workspace import Workspace

#: Team, the team above it, who leads it.
TEAMS = (
    ("Sales", "", "Clara Weiss"),
    ("Sales Central", "Sales", "Jonas Albrecht"),
    ("Sales West", "Sales", "Hugo Lambert"),
    ("Customer care", "", "Nora Lindqvist"),
)
#: Name, title, team, superior, roles.
PEOPLE = (
    ("Clara Weiss", "Head of sales", "Sales", "", ("sales_manager",)),
    ("Jonas Albrecht", "Team lead Central Europe", "Sales Central", "Clara Weiss", ("sales_manager",)),
    ("Mira Novak", "Account executive", "Sales Central", "Jonas Albrecht", ("sales_rep",)),
    ("Felix Sommer", "Account executive", "Sales Central", "Jonas Albrecht", ("sales_rep",)),
    ("Lena Vogt", "Sales development", "Sales Central", "Jonas Albrecht", ("sales_rep",)),
    ("Hugo Lambert", "Team lead West", "Sales West", "Clara Weiss", ("sales_manager",)),
    ("Sophie Carter", "Account executive", "Sales West", "Hugo Lambert", ("sales_rep",)),
    ("Daan Visser", "Account executive", "Sales West", "Hugo Lambert", ("sales_rep",)),
    ("Ines Moreau", "Sales development", "Sales West", "Hugo Lambert", ("sales_rep",)),
    ("Nora Lindqvist", "Head of customer care", "Customer care", "Clara Weiss", ("member",)),
    ("Tom Becker", "Service technician", "Customer care", "Nora Lindqvist", ("member",)),
    ("Amira Haddad", "Customer success", "Customer care", "Nora Lindqvist", ("member",)),
)
#: Who sells where.
SELLERS = {
    "Sales Central": ("Mira Novak", "Felix Sommer"),
    "Sales West": ("Sophie Carter", "Daan Visser"),
}
CENTRAL = frozenset({"DE", "AT", "CH", "SE"})


@dataclass(frozen=True, slots=True)
class Staff:
    """Ids by name."""

    people: dict[str, UUID]
    teams: dict[str, UUID]

    def seller(self, country: str, turn: int) -> tuple[UUID, UUID]:
        """Owner and team for the customer of that country; turn: the sellers take turns."""
        team = "Sales Central" if country in CENTRAL else "Sales West"
        names = SELLERS[team]
        return self.people[names[turn % len(names)]], self.teams[team]


async def make(work: Workspace) -> Staff:
    """Teams first, then people, then who leads what."""
    teams: dict[str, UUID] = {}
    for name, above, _leader in TEAMS:
        teams[name] = (await work.create("team", {"name": name, "parent": teams.get(above)})).id
    people: dict[str, UUID] = {}
    for name, title, team, superior, roles in PEOPLE:
        values = {
            "name": name,
            "title": title,
            "email": f"{name.split()[0].lower()}@larkfield.example",
            "team": teams[team],
            "manager": people.get(superior),
            "roles": roles,
        }
        people[name] = (await work.create("user", values)).id
    for name, _above, leader in TEAMS:
        await work.change(("team", teams[name]), {"manager": people[leader]})
    return Staff(people, teams)
