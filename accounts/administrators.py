"""There is always someone with all permissions: the last active administrator can't be removed."""

from django.utils.translation import gettext as _

from accounts.crossing import one_at_a_time
from accounts.models import User


class LastAdministrator(Exception):
    """There is no other active administrator; the text says so."""


def check_not_the_last(user: User) -> None:
    """Call this, inside the transaction, before a user stops being an active administrator.

    The lock makes two simultaneous calls wait for each other. Raises LastAdministrator.
    """
    one_at_a_time()
    administrators = User.objects.administrators()
    if administrators.filter(pk=user.pk).exists() and not administrators.exclude(pk=user.pk).exists():
        raise LastAdministrator(
            _("%(name)s is the last administrator. Make another user an administrator first.")
            % {"name": user.name}
        )
