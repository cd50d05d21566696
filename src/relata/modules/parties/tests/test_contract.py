"""The suite that every module inherits."""

from relata.modules.parties.module import MODULE
from relata.testing.contract import ModuleContract


class TestParties(ModuleContract):
    module = MODULE
