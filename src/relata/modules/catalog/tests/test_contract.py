"""The suite that every module inherits."""

from relata.modules.catalog.module import MODULE
from relata.testing.contract import ModuleContract


class TestCatalog(ModuleContract):
    module = MODULE
