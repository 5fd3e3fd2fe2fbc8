"""What a deal's page shows in addition to its fields: the path through its stages, its contacts, and the
probability that counts."""

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _

from crm.templatetags.look import percent
from customers.embedded_lists import DEAL_LISTS, lists_of
from customers.models import Deal
from leads.page.page import fields_to_fill_in
from leads.page.status_path import get_closings, path_of


def page_of(deal: Deal, user: Any) -> dict[str, Any]:
    path = path_of(deal)
    lists = lists_of(DEAL_LISTS, deal, user)
    return {
        "path": path,
        "closings": get_closings(deal),
        "fill_in": fields_to_fill_in(deal, path, user),
        "lists": lists,
    }


def facts_of(deal: Deal) -> dict[str, Any]:
    """The probability of the stage counts for a deal without its own."""
    if deal.probability is not None or deal.likelihood is None:
        return {}
    words = _("from its stage")
    return {
        "probability": format_html('{} <span class="soft small">{}</span>', percent(deal.likelihood), words)
    }
