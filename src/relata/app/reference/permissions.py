"""Roles and rights."""

from __future__ import annotations

from relata.app.reference.markdown import code, table
from relata.engine.access.rights import PERMISSIONS, RIGHTS
from relata.engine.metadata.module import Role
from relata.engine.metadata.registry import Registry

_HEAD = """# Roles and permissions

A role grants each right on an object at a level: `none`, `own` (one's own records), `team` (those of one's teams),
`below` (and of all teams under them), `all`. Fields are `none` (absent), `masked` (only that there is a value), `read`
or `write`. Of several roles the most generous wins. Sharing rules and single shares widen; nothing narrows.

## Permissions

"""


def page(registry: Registry) -> str:
    """What can be permitted, and the roles that come with the product."""
    known = [(code(name), "", help) for name, help in PERMISSIONS.items()]
    known += [
        (code(n), module.label, help) for module in registry.modules.values() for n, help in module.permissions.items()
    ]
    text = _HEAD + table(("Permission", "Module", "What it allows"), known) + "\n## Roles\n"
    return text + "".join(_role(role) for role in registry.roles.values())


def _role(role: Role) -> str:
    rows = [
        ("everything else" if name == "*" else code(name), *(getattr(grant, right) for right in RIGHTS))
        for name, grant in sorted(role.grants.items())
    ]
    permissions = "Permissions: " + (
        "all." if "*" in role.permissions else ", ".join(map(code, role.permissions)) or "none."
    )
    grants = f"\n{table(('Object', *RIGHTS), rows)}" if rows else ""
    return f"\n### {role.label or role.name}\n\n`{role.name}`. {role.help} {permissions}\n{grants}"
