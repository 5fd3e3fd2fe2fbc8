"""What the tests of deactivation share: how one signs in without a password, who owns a lead, the form's answers."""

from accounts.models import User
from leads.models import Lead

EVERYWHERE = "accounts.sign_in.EmailBackend"


def owner_of(lead) -> User | None:
    return Lead.objects.get(pk=lead.pk).owner


def to(kind, **values):
    """What the form sends: to("one", owner=ben), to("spread", department=sales), to("nobody")."""
    return {"to": kind, **{name: thing.pk for name, thing in values.items()}}
