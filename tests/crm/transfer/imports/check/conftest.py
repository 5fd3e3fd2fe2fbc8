"""Deals that files name."""

from tests.customers.conftest import make_deal

__all__ = ["make_deal"]
