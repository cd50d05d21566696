"""Flows, approvals and timers: declared by people, run over the workspace as any actor would."""
