"""Mailings: letters sent, what was delivered, who has unsubscribed, and the newsletter state that follows."""

from mailings.models.delivery import Delivery, Mailing
from mailings.models.newsletter import Newsletter, Unsubscribe

__all__ = ["Delivery", "Mailing", "Newsletter", "Unsubscribe"]
