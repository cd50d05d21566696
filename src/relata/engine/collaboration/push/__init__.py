"""Notifications on people's devices (Web Push): which devices, what is sealed for them, and its way there."""
