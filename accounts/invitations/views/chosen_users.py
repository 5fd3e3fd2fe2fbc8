"""The users that a form of the list of invitations is about: one by its own button, or those that are selected."""

from accounts.models import User
from accounts.models.user import UserQuerySet
from crm.platform.web.id_parsing import parse_ids


def get_chosen_users(request) -> UserQuerySet:
    """As far as this user may change them."""
    chosen = request.POST.getlist("one") or request.POST.getlist("user")
    return User.objects.changeable_by(request.user).invited().filter(pk__in=parse_ids(chosen)).by_name()
