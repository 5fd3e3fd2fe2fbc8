"""The owner that a form gives its leads. Without one, the assignment rules for web forms decide (lead_creation.py)."""

from accounts.models import User
from intake.models import WebForm


def get_active_owner(form: WebForm) -> User | None:
    """None if the form has no owner, or one who is no longer active."""
    owner = form.owner
    return owner if owner is not None and owner.is_active and owner.department_ids else None
