"""Deals for the screens of automations."""

from tests.customers.conftest import make_deal

__all__ = ["make_deal"]
