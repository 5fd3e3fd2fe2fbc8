"""Deals and requests, for tests of all record types."""

from tests.customers.conftest import make_deal, make_request  # noqa: F401 - fixtures
