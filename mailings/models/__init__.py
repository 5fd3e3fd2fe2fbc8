"""Mailings: newsletters sent, and their deliveries."""

from mailings.models.delivery import Delivery, Mailing

__all__ = ["Delivery", "Mailing"]
