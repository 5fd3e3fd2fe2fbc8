"""What a request's page shows in addition to its fields: who it is from, and what can be made of it."""

from typing import Any

from accounts.models import User
from crm.fields.types.field_type import get_field_type
from customers.models import Deal, Request
from customers.requests.deal_requirements import is_sufficient_for_deal
from customers.requests.sender_matches import LinkForm, build_link_places
from leads.models import Lead


def get_page_context(row: Request, user: User, sent: LinkForm | None = None) -> dict[str, Any]:
    """`sent` is the form of a link with errors."""
    may_change = row.deleted_at is None and row.may_change
    state: Any = Request._meta.get_field("state")
    return {
        "state": get_field_type(state).render_cell(state, row),
        "places": build_link_places(row, user, may_change=may_change, sent=sent),
        "may_make_deal": may_change and row.deal_id is None and user.has_perm(Deal.get_right("add")),
        "lead_first": not (is_sufficient_for_deal(row) or row.lead_id),
        "may_create_lead": may_change and row.lead_id is None and user.has_perm(Lead.get_right("add")),
    }
