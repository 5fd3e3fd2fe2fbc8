"""Sending open invitations again, revoking them, and taking that back."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.authentication.password_links import send_links
from accounts.models import User
from accounts.models.user import UserQuerySet
from accounts.users.deactivation import deactivate_without_heirs, reactivate
from accounts.users.last_administrator import LastAdministrator
from accounts.users.owned_objects import get_owner_ids
from crm.platform.web.security_log import write_security_line


@dataclass(frozen=True)
class RevokedInvitations:
    """Whose invitation was revoked, and in a sentence each why the others stay."""

    revoked: list[User]
    kept: list[str]


def resend_invitations(users: Iterable[User], *, by: User) -> list[User]:
    """With new links, valid from now on."""
    chosen = list(users)
    if chosen:
        send_links(chosen, by=by)
    return chosen


@transaction.atomic
def revoke_invitations(users: UserQuerySet, *, by: User) -> RevokedInvitations:
    """Deactivate those who never signed in; their links end at once. Who owns something already stays, because someone has to take
    it over, and so does the last administrator."""
    owners, revoked, kept = get_owner_ids(users), [], []
    for user in users:
        if user.pk in owners:
            text = _(
                "%(name)s already owns records, tasks or shared views. Deactivate this user on their page, and choose who gets "
                "them."
            )
            kept.append(text % {"name": user.name})
            continue
        try:
            deactivate_without_heirs(user, by=by)
        except LastAdministrator as reason:
            kept.append(str(reason))
        else:
            revoked.append(user)
    return RevokedInvitations(revoked, kept)


@transaction.atomic
def restore_invitations(users: Iterable[User], *, by: User) -> list[User]:
    """Undo a revocation. The old links stay dead, so new ones are sent."""
    restored = list(users)
    for user in restored:
        reactivate(user)
        write_security_line("user_reactivated", by=by, of=user.pk, of_email=user.email)
    return resend_invitations(restored, by=by)
