"""The suite that every module inherits."""

from relata.modules._example.module import MODULE
from relata.testing.contract import ModuleContract


class TestExample(ModuleContract):
    module = MODULE
