"""What must be there before an export can come in: objects, fields and options, through the door of the settings."""

from __future__ import annotations

from relata.engine.transfer.migration.planning import Plan
from relata.engine.workspace.administration import Administration


async def make(administration: Administration, plan: Plan) -> int:
    """Make what the plan needs; what is there already is left as it is. Links come last, since they need both sides.
    How many things were made. Denied without the right to change objects."""
    count = 0
    for planned in plan.tables:
        if planned.made_object is not None:
            await administration.add_object(planned.made_object)
            count += 1
    for is_link in (False, True):
        for planned in plan.tables:
            for field in planned.made_fields:
                if (field["type"] == "link") is is_link:
                    await administration.add_field(planned.object, field)
                    count += 1
    for planned in plan.tables:
        for name, options in planned.made_options.items():
            await administration.tweak(f"{planned.object}.{name}", {"options": options})
            count += 1
    return count
