"""client_id in CRM Connect: the company of a lead. A lead that gets one is converted into it."""

from typing import Any

from accounts.models import User
from crm.api.call_parameters import parse_url_number
from crm.api.problems import ApiProblem, build_invalid_problem
from crm.records.kinds.reasons import get_reason_sentence
from leads.kind import LEAD
from leads.models import Lead, Status
from leads.statuses.company_conversion_hook import UNKNOWN, convert_lead_into_company

NAME = "client_id"
NOT_THERE = "There is no client with this id."
RIGHTS = ("leads.change_lead", "customers.add_company", "customers.add_contact")


def find_named_company(sent: dict[str, Any], lead: Lead | None = None) -> int:
    """The company that a call asks for; 0 for none, and for the one that the lead has already."""
    text = str(sent.get(NAME) or "").strip()
    number = parse_url_number(text) if text else 0
    # A number that is too large for an id is read as 0.
    if number is None or (not number and text.strip("0")):
        raise build_invalid_problem(**{NAME: NOT_THERE})
    return 0 if lead is not None and number == lead.client_id else number


def drop_won_status(changes: dict[str, Any], client: int) -> dict[str, Any]:
    """The changes without a won status if there is a client: the conversion wins the lead."""
    status = changes.get("status")
    if not client or status is None or status.kind != Status.Kind.WON:
        return changes
    return {
        name: value for name, value in changes.items() if name not in ("status", "lost_reason", "lost_remark")
    }


def convert_into_company(lead: Lead, client: int, user: User) -> None:
    """Raises Problem 422 with the reason if the lead can't become this company, and 403 without the permission to convert."""
    if not client:
        return
    if not user.has_perms(RIGHTS):
        raise ApiProblem(403, "forbidden", "You may not convert leads.")
    current = Lead.objects.select_related("department", "status").get(pk=lead.pk)
    if reason := convert_lead_into_company(current, client, user):
        raise build_invalid_problem(
            **{NAME: NOT_THERE if reason == UNKNOWN else get_reason_sentence(reason, LEAD)}
        )
