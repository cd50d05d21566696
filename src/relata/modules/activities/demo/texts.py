"""What people at Larkfield write down. The first note is found again, so that the demo is made once."""

from __future__ import annotations

#: Subject, and what was noted.
CALLS = (
    ("First conversation about the coffee corner", "About 60 cups a day on two floors. Unhappy with the capsules."),
    ("Follow-up on the offer", "Likes the rental model. Wants to know whether descaling is included; it is."),
    ("Service interval of the Larkfield Duo", "Every 6 months or 8,000 cups. Sent the plan by e-mail."),
    ("Water hardness at the new site", "18 °dH, so the filter set is needed. Will add it to the offer."),
    ("Who decides about facilities", "Procurement signs above 10,000. Facilities chooses the model."),
    ("Tasting at their office", "Would like it on a Thursday, 20 people, oat milk as well."),
    ("Trial machine goes back or stays", "It stays. Asked for a quote for two more."),
    ("Delivery date", "Needs it before the move at the end of the month."),
    ("Beans subscription", "Uses 14 kg a month. Interested in the organic blend."),
    ("Budget for next year", "Decision is made in the second week of December."),
    ("Complaint about milk foam", "Steam wand was clogged. Amira sends the cleaning set, no charge."),
    ("Introduction by Office Pantry Partners", "Two sites, opening a third one in spring."),
)  # fmt: skip
#: Subject and kind.
TASKS = (
    ("Send offer for two machines", "email"),
    ("Call back about water filter", "call"),
    ("Prepare tasting", "prepare"),
    ("Ask for the floor plan", "email"),
    ("Check delivery date with the warehouse", "to_do"),
    ("Follow up on the trial", "follow_up"),
    ("Send service contract for signature", "email"),
    ("Congratulate on the new office", "email"),
    ("Update contact details", "to_do"),
    ("Ask who succeeds the office manager", "call"),
    ("Arrange visit of the technician", "call"),
    ("Send bean samples", "to_do"),
    ("Prepare yearly review", "prepare"),
    ("Remind of the unpaid invoice", "follow_up"),
)
#: Subject, agenda, outcome.
MEETINGS = (
    ("Tasting on site", "Show the Duo and the Uno; three blends.", "The Duo won. Quote for 36 months."),
    ("Needs analysis", "Cups a day, floors, water, who cleans.", "Two Duo and one Uno; filters included."),
    ("Contract talk", "Term, service level, price per cup.", "Agreed on 36 months. Legal reviews the annex."),
    ("Yearly review", "Cups, outages, satisfaction, plans.", "Happy. Moves to the organic blend from January."),
    ("Site visit with the technician", "Power, water, waste.", "Needs a second socket; the house technician does it."),
    ("Showroom visit", "See the machines, meet the team.", "Brings a colleague from procurement next time."),
)  # fmt: skip
NOTES = (
    "How they decide\n\nFacilities proposes, procurement signs, finance has a veto above 25,000.",
    "Parking\n\nRing at gate 2, the technician needs a visitor's pass a day ahead.",
    "## Competition\n\nA vending supplier has the ground floor until the end of next year.",
    "Prefers e-mail in the morning, never on Fridays.",
    "**Moving** to a new building in spring; the number of floors goes from two to five.",
    "Invoices must carry the cost centre, otherwise they come back.",
    "Wants figures on energy use for the sustainability report.\n\n* stand-by 3 W\n* 0.04 kWh a cup",
    "Met at the facility fair. Very interested in machines without capsules.",
    "The works council has a say in anything that is rented for longer than two years.",
    "Rents from us in three places, buys in one. Ask why.",
)
