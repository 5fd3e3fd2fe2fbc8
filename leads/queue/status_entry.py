"""What the status of an outcome requires: the form that asks for it, and what the lead gets."""

from typing import Any

from accounts.models import User
from leads.forms import MoveForm
from leads.models import Lead
from leads.queue.outcomes import QueueOutcome


def build_status_form(user: User, lead: Lead, chosen: QueueOutcome, sent: Any = None) -> MoveForm | None:
    """None for an outcome that doesn't move the lead."""
    if chosen.status is None:
        return None
    initial = {field.name: getattr(lead, field.attname) for field in Lead._meta.local_concrete_fields}
    return MoveForm(sent, record=lead, status=chosen.status, user=user, initial=initial)


def get_status_changes(asked: MoveForm, chosen: QueueOutcome) -> dict[str, Any]:
    return (
        asked.get_changes()
        if asked.is_valid()
        else {"status": chosen.status, "lost_reason": None, "lost_remark": ""}
    )
