"""The suite that every module inherits."""

from relata.modules.activities.module import MODULE
from relata.testing.contract import ModuleContract


class TestActivities(ModuleContract):
    module = MODULE
