"""The icons that an administrator may give to an object; every screen has a drawing for each."""

from __future__ import annotations

OBJECT_ICONS = tuple(
    """box boxes package briefcase building-2 factory store warehouse truck car wrench calendar
    clipboard-list file-text folder graduation-cap heart house key laptop lightbulb map-pin
    megaphone monitor phone plane puzzle receipt rocket server shield ship shopping-cart star tag
    target ticket tree-pine trophy user users utensils wallet zap""".split()
)
