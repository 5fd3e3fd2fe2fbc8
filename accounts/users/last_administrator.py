"""There is always someone with all permissions who can sign in: the last active administrator can't be removed, and with "only
single sign-on" the last emergency administrator can't either."""

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.single_sign_on.sign_in_policy import emergency_administrators_queryset
from accounts.users.edit_conflicts import lock_account_changes


class LastAdministrator(Exception):
    """There is no other active administrator, or no other emergency administrator; the text says so."""


def check_not_the_last(user: User) -> None:
    """Call this, inside the transaction, before a user stops being an active administrator.

    The lock makes two simultaneous calls wait for each other. Raises LastAdministrator.
    """
    lock_account_changes()
    administrators = User.objects.administrators()
    if administrators.filter(pk=user.pk).exists() and not administrators.exclude(pk=user.pk).exists():
        raise LastAdministrator(
            _("%(name)s is the last administrator. Make another user an administrator first.")
            % {"name": user.name}
        )
    # Also while no provider is offered: once one is again, no one else could sign in without it.
    if (
        emergency_administrators_queryset().filter(pk=user.pk).exists()
        and not emergency_administrators_queryset().exclude(pk=user.pk).exists()
    ):
        raise LastAdministrator(
            _(
                "%(name)s is the last emergency administrator. Choose another one in the settings of single sign-on first."
            )
            % {"name": user.name}
        )
