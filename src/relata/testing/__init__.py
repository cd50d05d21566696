"""What tests stand on: the suite that every module inherits, factories, fixtures. Never imported by the product."""

import pytest

# Before anything imports it, so that a failed check of a module's suite shows what it compared.
pytest.register_assert_rewrite("relata.testing.contract")
