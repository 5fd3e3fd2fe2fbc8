"""Adding users with an invitation: the verb of the form for one user and of the page for many."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.authentication.password_links import send_links
from accounts.models import Department, HeldRole, Membership, Role, User
from accounts.models.user import fold_email
from accounts.single_sign_on.sign_in_policy import is_single_sign_on_required
from crm.platform.web.security_log import write_security_line


@dataclass(frozen=True)
class Invitee:
    """Someone who becomes a user. The first department is where their new leads go."""

    name: str
    email: str
    roles: tuple[Role, ...]
    departments: tuple[Department, ...]


@transaction.atomic
def invite_users(invitees: Sequence[Invitee], *, by: User) -> list[User]:
    """Add them, and let the worker email the invitations. With only single sign-on there is no password to set, so no email.

    Raises IntegrityError for an address that someone has, so check them after lock_account_changes().
    """
    hue = User.objects.get_next_hue()
    users = [
        User(name=one.name, email=fold_email(one.email), hue=(hue + place * 130) % 360)
        for place, one in enumerate(invitees)
    ]
    for user in users:
        user.set_unusable_password()
    User.objects.bulk_create(users)
    pairs = list(zip(users, invitees, strict=True))
    HeldRole.objects.bulk_create(HeldRole(user=user, group=role) for user, one in pairs for role in one.roles)
    Membership.objects.bulk_create(
        Membership(user=user, department=department, position=place)
        for user, one in pairs
        for place, department in enumerate(one.departments)
    )
    for user in users:
        write_security_line("user_added", of=user.pk, of_email=user.email)
    if not is_single_sign_on_required():
        send_links(users, by=by)
    return users
