"""Deals and requests, whose custom fields have points in time."""

from tests.customers.conftest import make_deal, make_request

__all__ = ["make_deal", "make_request"]
