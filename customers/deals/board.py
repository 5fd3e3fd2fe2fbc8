"""The board of deals: a column for each open stage of a pipeline, with its amount."""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.platform.web.rendering.html_building import escape_value, html, join_html
from crm.records.tables.boards.board import Board
from crm.templatetags.look import due_words, how_long, number, when_due
from customers.deals.verbs import Move
from leads.boards.board import InPipelines
from leads.boards.cards import LeadCards
from leads.models import Pipeline, Status
from leads.statuses.reference_tables import get_statuses

OF_DEALS = InPipelines(Pipeline.Purpose.DEALS)


def build_overdue_condition() -> Q:
    """Open deals whose expected close was before today."""
    still_open = [pk for pk, row in get_statuses(Pipeline.Purpose.DEALS).items() if row.kind in Status.OPEN]
    return Q(expected_close__lt=timezone.localdate(), status__in=still_open)


def describe_overdue_deals(count: int, more_than: int | None = None) -> str:
    words = number(count) if more_than is None else f"{number(more_than)}+"
    return ngettext("%(number)s overdue", "%(number)s overdue", count) % {"number": words}


class DealCards(LeadCards):
    """Company, expected close, amount, time in the stage, owner."""

    def is_late(self, record):
        day = record.expected_close
        return bool(day) and day < timezone.localdate(self.now)

    def render_below_name(self, record):
        return record.subtitle

    def render_lines(self, record):
        day = record.expected_close
        if not day:
            return html(
                "<span class=due><small>{}</small></span>",
                self.once("none", draw=lambda: _now("No expected close")),
            )
        when = self.once("when", day, draw=lambda: when_due(day))
        due = self.once("day", day, draw=lambda: escape_value(due_words(day)))
        label = self.once("label", draw=lambda: escape_value(_now("Expected close")))
        # All of it is HTML already.
        return join_html(
            [f'<span class=due data-when="{when}"><span>{label}</span><small>{due}</small></span>']
        )

    def render_age(self, record):
        """How long it is in its stage; what is late is its expected close."""
        passed = (self.now - record.status_since).days
        days = self.once("days", passed, draw=lambda: how_long(record.status_since))
        return html("<span class=age>{}</span>", days)

    def render_score(self, record):
        """Deals have none."""
        return ""


BOARD = Board(
    field="status",
    columns=OF_DEALS.get_open_columns,
    beyond=OF_DEALS.get_closed_columns,
    tabs=OF_DEALS.build_tabs,
    # The longest in its stage first.
    sort="-time_in_status",
    cards=DealCards,
    shown=["name", "company", "value", "status", "owner", "expected_close", "time_in_status", "version"],
    total="value",
    late=build_overdue_condition,
    late_words=describe_overdue_deals,
    late_query="overdue=yes",
    label=_("Deals by stage"),
    row=OF_DEALS.get_row,
    targets=OF_DEALS.get_targets,
    verb=Move,
    asks=OF_DEALS.get_form_address,
)
