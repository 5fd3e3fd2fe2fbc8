"""Counting failed sign-ins (django-axes), and clearing them once the owner is verified."""

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.db.models import Q

from accounts.models.user import fold_email
from accounts.sign_in import COUNTED_LENGTH, counted_as


class SlowDown(AxesDatabaseHandler):
    """Axes' own counting, but a success clears only the failures of this account from this address.

    Axes clears all failures of the address: a user could then guess another account's password endlessly, by signing in
    to their own in between.
    """

    def reset_user_attempts(self, request, credentials=None) -> int:
        mine = AccessAttempt.objects.filter(
            username=counted_as(request, credentials), ip_address=request.axes_ip_address
        )
        return mine.delete()[0]


def forget_failures(email: str) -> None:
    """The owner is verified: the account is no longer slowed down in any browser."""
    counted = fold_email(email)[:COUNTED_LENGTH]
    failures = AccessAttempt.objects.filter(Q(username=counted) | Q(username__startswith=f"{counted} "))
    failures.delete()
