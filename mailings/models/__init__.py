"""Mailings: letters sent, and what was delivered."""

from mailings.models.delivery import Delivery, Mailing

__all__ = ["Delivery", "Mailing"]
