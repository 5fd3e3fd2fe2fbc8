"""What the deactivation tests share: signing in without a password, the owner of a lead, the form's values."""

from accounts.models import User
from leads.models import Lead

EVERYWHERE = "accounts.sign_in.EmailBackend"


def owner_of(lead) -> User | None:
    return Lead.objects.get(pk=lead.pk).owner


def to(kind, **values):
    """The form's values: to("one", owner=ben), to("spread", department=sales), to("nobody")."""
    return {"to": kind, **{name: thing.pk for name, thing in values.items()}}
