"""What a deal's page shows in addition to its fields: the path through its stages, its contacts, and the
probability that counts."""

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.models import User
from crm.templatetags.look import percent
from customers.embedded_lists import DEAL_LISTS, build_page_lists
from customers.models import Deal
from leads.page.status_path import get_closings, get_status_path


def get_page_context(deal: Deal, user: User) -> dict[str, Any]:
    lists = build_page_lists(DEAL_LISTS, deal, user)
    return {
        "path": get_status_path(deal),
        "closings": get_closings(deal),
        "lists": lists,
    }


def get_page_facts(deal: Deal) -> dict[str, Any]:
    """The probability of the stage counts for a deal without its own."""
    if deal.probability is not None or deal.likelihood is None:
        return {}
    words = _("from its stage")
    return {
        "probability": format_html('{} <span class="soft small">{}</span>', percent(deal.likelihood), words)
    }
