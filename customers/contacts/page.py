"""What a contact's page shows in addition to its fields: the lists of other kinds, and cards."""

from collections.abc import Callable
from typing import Any

from accounts.models import User
from customers.embedded_lists import CONTACT_LISTS, build_page_lists
from customers.models import Contact
from leads.page.page_card import PageCard

Maker = Callable[[Contact, Any], PageCard | None]
# The apps above add theirs, as for leads (leads/page/page_card.py).
CARDS: list[Maker] = []


def get_page_context(contact: Contact, user: User) -> dict[str, Any]:
    cards = [card for make in CARDS if (card := make(contact, user)) is not None]
    return {"lists": build_page_lists(CONTACT_LISTS, contact, user), "cards": cards}
