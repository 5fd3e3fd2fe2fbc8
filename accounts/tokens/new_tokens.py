"""Saving a new token, which is always in the log of its user's account."""

from typing import Any

from django.db import transaction

from accounts.users.account_changes import Kind, record_account_change
from crm.models import Token


def save_new_token(token: Token, *, by: Any) -> None:
    """`by` is the user who made it, None for a command. Its secret is set already."""
    with transaction.atomic():
        token.save()
        record_account_change(token.user, Kind.TOKEN_ADDED, after=[token.name], by=by)
