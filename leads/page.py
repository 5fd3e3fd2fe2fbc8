"""What the page of a lead shows beside its fields: the path through its statuses, and the newsletter state."""

from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.html import format_html
from django.utils.translation import gettext as _

from crm.templatetags.look import icon
from leads.models import Lead, Newsletter, Status
from leads.path import path_of


def newsletter_states() -> dict[str, Any]:
    """The newsletter state of each lead of a list, as `newsletter_state`."""
    state = Newsletter.objects.filter(lead=OuterRef("pk")).values("state")
    return {"newsletter_state": Subquery(state)}


def next_actions(rows: Any) -> list[tuple[int, Any]]:
    """How many of some leads have a next action, and how many of these are overdue."""
    planned = rows.with_next_action()
    return [
        (planned.count(), _("planned next actions")),
        (planned.overdue().count(), _("overdue next actions")),
    ]


def page_of(lead: Lead) -> dict[str, Any]:
    return {"path": path_of(lead)}


def facts_of(lead: Lead) -> dict[str, Any]:
    state = lead.newsletter_state or Newsletter.State.NONE
    drawn = format_html('<span class="mail" data-newsletter="{}">{}</span>', state, icon("mail"))
    return {"newsletter": format_html("{}{}", drawn, Newsletter.State(state).label)}


def statuses_of(lead: Lead) -> dict[str, Any]:
    """What the menu of statuses offers."""
    return {"statuses": Status.objects.active().of_pipeline(lead.status.pipeline_id).in_order()}
