"""What a lead's page shows in addition to its fields: the path through its statuses, the newsletter state, and the cards of
other apps."""

from datetime import timedelta
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from crm.platform.web.id_parsing import parse_number
from crm.work.tasks.listing.day_bounds import get_next_monday
from leads.contact_due.remaining_time import Countdown
from leads.models import Lead, Newsletter, Status
from leads.page.contact_times import build_contact_facts
from leads.page.newsletter_fact import build_newsletter_fact
from leads.page.page_card import get_page_cards
from leads.page.status_path import get_asking_statuses, get_closings, get_status_path


def count_next_actions(rows: Any) -> list[tuple[int, Any]]:
    """How many of these leads have a next action, and how many of those are overdue."""
    planned = rows.with_next_action()
    return [
        (planned.count(), _("planned next actions")),
        (planned.with_overdue_next_action().count(), _("overdue next actions")),
    ]


def get_next_action_initial(lead: Lead) -> dict[str, Any]:
    """The initial values of the next action form: the plan, or the status's suggestion."""
    return {"text": lead.next_action or lead.status.prompt, "day": lead.next_action_on}


def get_quick_days(lead: Lead) -> dict[str, Any]:
    """The dates for a next action that take one click."""
    today = timezone.localdate()
    tomorrow, monday = today + timedelta(days=1), get_next_monday(today)
    return {"days": [(_("Today"), today), (_("Tomorrow"), tomorrow), (_("Next week"), monday)]}


def parse_requested_status(data: QueryDict) -> dict[str, Any]:
    """The status in a URL, such as one that requires a reason."""
    number = parse_number(data.get("status", ""))
    return {"status": number} if number else {}


def get_page_context(lead: Lead, user: User) -> dict[str, Any]:
    is_due = lead.contact_due_at is not None and lead.deleted_at is None
    countdown = Countdown().render(lead) if is_due else ""
    return {
        "path": get_status_path(lead),
        "closings": get_closings(lead),
        "countdown": countdown,
        "cards": get_page_cards(lead, user),
    }


def get_page_facts(lead: Lead) -> dict[str, Any]:
    return {"newsletter": build_newsletter_fact(lead, lead.newsletter_state), **build_contact_facts(lead)}


def get_email_warnings(lead: Lead) -> list[str]:
    """A personal email is allowed all the same."""
    found = []
    if lead.newsletter_state == Newsletter.State.UNSUBSCRIBED:
        found.append(_("This lead has unsubscribed from newsletters. A personal email is still allowed."))
    if lead.status.kind == Status.Kind.DISQUALIFIED:
        found.append(_("This lead is disqualified."))
    return found


def get_status_options(record: Any) -> dict[str, Any]:
    """The options of the status menu: where the lead or deal is and where it may go; the `asking` ones ask for fields
    first."""
    allowed = Status.objects.active().reachable_from(record.status)
    own = Status.objects.filter(pk=record.status_id)
    statuses = list((allowed | own).in_order())
    return {"statuses": statuses, "asking": get_asking_statuses(record, statuses)}
