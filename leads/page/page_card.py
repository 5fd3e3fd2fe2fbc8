"""Cards on a lead's page that apps above add, such as how the lead came in.

An app adds one with one function in CARDS: it gets the lead and the user, who may view the lead, and returns a Card, or None if
there is nothing to show.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from leads.models import Lead


@dataclass(frozen=True)
class PageCard:
    """`template` draws it; there it is called `card`."""

    template: str
    shown: Any


Maker = Callable[[Lead, Any], PageCard | None]
CARDS: list[Maker] = []


def get_page_cards(lead: Lead, user: User) -> list[PageCard]:
    return [card for make in CARDS if (card := make(lead, user)) is not None]
