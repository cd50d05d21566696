"""What tests stand on: the suite that every module inherits, factories, fixtures. Never imported by the product."""
