"""Whom users ask for a permission that they don't have."""

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from accounts.models import User

# So many are named.
NAMED = 3


def get_whom_to_ask_sentence(user: User) -> str:
    """Names the administrators whom the user can see."""
    administrators = User.objects.administrators().visible_to(user).by_name().values_list("name", flat=True)
    names = list(administrators[:NAMED])
    if not names:
        return _("Ask an administrator.")
    return _("Ask %(names)s.") % {"names": get_text_list(names, _("or"))}
