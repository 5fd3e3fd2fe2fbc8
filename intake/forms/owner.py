"""Who gets the lead of a form: the one place that decides, for every lead that comes in through a form."""

from typing import Any

from accounts.models import User
from intake.models import WebForm


def owner_of(form: WebForm, values: dict[str, Any]) -> User | None:
    """The owner of a new lead with these values; None leaves it unassigned, as does an owner who is no longer active."""
    owner = form.owner
    return owner if owner is not None and owner.is_active and owner.department_ids else None
