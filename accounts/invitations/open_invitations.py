"""Sending open invitations again, revoking them, and taking that back."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from accounts.authentication.password_links import send_links
from accounts.models import User
from accounts.users.deactivation import Heirs, deactivate, reactivate
from accounts.users.last_administrator import LastAdministrator
from accounts.users.owned_objects import get_owned_kinds, open_records_queryset
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
def revoke_invitations(users: Iterable[User], *, by: User) -> RevokedInvitations:
    """Deactivate those who never signed in; their links end at once. Who owns records already stays, because someone has to take
    them over."""
    revoked, kept = [], []
    for user in users:
        sentence = _get_owned_sentence(user)
        if not sentence:
            try:
                deactivate(user, Heirs(), by=by)
            except LastAdministrator as reason:
                sentence = str(reason)
        if sentence:
            kept.append(sentence)
        else:
            revoked.append(user)
    return RevokedInvitations(revoked, kept)


def _get_owned_sentence(user: User) -> str:
    """Why someone with records isn't deactivated here, or ''."""
    counts = [(kind, open_records_queryset(kind, user).count()) for kind in get_owned_kinds()]
    owned = [kind.words.open(number) for kind, number in counts if number]
    if not owned:
        return ""
    return _("%(name)s already owns %(records)s. Deactivate this user instead, and choose who gets them.") % {
        "name": user.name,
        "records": get_text_list(owned, _("and")),
    }


@transaction.atomic
def restore_invitations(users: Iterable[User], *, by: User) -> list[User]:
    """Undo a revocation. The old links stay dead, so new ones are sent."""
    restored = list(users)
    for user in restored:
        reactivate(user)
        write_security_line("user_reactivated", by=by, of=user.pk, of_email=user.email)
    return resend_invitations(restored, by=by)
