"""The suite that every module inherits."""

from relata.modules.sales.module import MODULE
from relata.testing.contract import ModuleContract


class TestSales(ModuleContract):
    module = MODULE
