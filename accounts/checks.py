"""Conditions for the people in a database before Leadwell starts: no demo account in production."""

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import connections

from accounts.demo import ACCOUNTS
from accounts.models import User


@register(Tags.database)
def check_no_demo_accounts(app_configs=None, databases=None, **kwargs) -> list[Error]:
    if not databases or settings.DEMO or not _has_user_table():
        return []
    emails = [email for _role, email, _name, _departments, _hue in ACCOUNTS]
    active = User.objects.active().filter(email__in=emails).order_by("email").values_list("email", flat=True)
    if not active:
        return []
    return [
        Error(
            f"This is the demo database: {', '.join(active)} can sign in with a password that isn't secret. "
            "Start production on an empty database, or deactivate these accounts in the demo first.",
            id="accounts.E001",
        )
    ]


def _has_user_table() -> bool:
    """Before the first migration there are no users."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT to_regclass('accounts_user') IS NOT NULL")
        return cursor.fetchone()[0]
