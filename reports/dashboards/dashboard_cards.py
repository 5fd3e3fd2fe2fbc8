"""The cards of a dashboard. Each is counted by itself, so one that fails leaves the others as they are."""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, transaction

from accounts.models import User
from crm.platform.web.transactions import CountedLater, is_connection_lost, is_locked
from reports.display.report_cards import build_card_answer, get_card_title, get_card_url, render_tile
from reports.models import DashboardPart

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class CardContents:
    """`tile` is '' while the worker counts, or if counting failed. `counted_at` is the moment to which its numbers are complete,
    None for now."""

    tile: str = ""
    counted_at: datetime | None = None
    is_being_counted: bool = False


@dataclass(frozen=True)
class DashboardCard:
    """`contents` is None while the page has only a place for them, and loads them."""

    part: DashboardPart
    contents: CardContents | None

    @property
    def title(self) -> str:
        return get_card_title(self.part)

    @property
    def url(self) -> str:
        return get_card_url(self.part)


def draw_contents(part: DashboardPart, user: User) -> CardContents:
    try:
        # A statement that fails or takes too long ends only this savepoint.
        with transaction.atomic():
            found = build_card_answer(part, user)
            return CardContents(render_tile(found), found.complete_until)
    except CountedLater as later:
        later.defer()
        return CardContents(is_being_counted=True)
    except DatabaseError as error:
        if is_connection_lost(error) or is_locked(error):
            raise
        LOG.exception("A part of a dashboard can't be counted.")
        return CardContents()
