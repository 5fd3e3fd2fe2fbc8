"""Adding, changing, deactivating and reactivating users as an identity provider asks, with the rules of the screens."""

from typing import Any

from django.core.exceptions import ValidationError

from accounts.authentication.password_links import send_link
from accounts.models import Provisioned, User
from accounts.models.user import fold_email
from accounts.scim.problems import build_problem, build_taken_problem, build_wrong_value_problem
from accounts.scim.requested_changes import RequestedChanges
from accounts.scim.scim_querysets import (
    build_email_condition,
    build_name_condition,
    users_with_deleted_queryset,
)
from accounts.users.account_changes import get_compared_state, record_differences
from accounts.users.deactivation import Heirs, deactivate, reactivate
from accounts.users.edit_conflicts import lock_account_changes
from accounts.users.last_administrator import LastAdministrator
from crm.models import Token
from crm.platform.web.security_log import write_security_line


def add_user(wanted: RequestedChanges, token: Token) -> User:
    """A new user without a password. A user that the identity provider has deleted comes back as if new, with the role
    and the department of new users.

    Raises ScimProblem: 409 for a name or email that is taken.
    """
    lock_account_changes()
    if not wanted.user_name:
        raise build_wrong_value_problem("userName is required.")
    names = build_name_condition(wanted.user_name) | build_email_condition(get_initial_email(wanted))
    before = users_with_deleted_queryset(token.user).filter(names).first()
    if before is not None and not (_get_provisioned_row(before).deleted and not before.is_active):
        raise build_taken_problem("An active or inactive user already has this userName or email.")
    user = before or User(hue=User.objects.get_next_hue(), is_active=False)
    state = get_compared_state(user) if user.pk else None
    if not user.pk:
        user.set_unusable_password()
    _write_user(user, wanted, token)
    _add_initial_groups(user, token)
    if state is None:
        write_security_line("user_added", of=user.pk, of_email=user.email, token=token.name)
    else:
        record_differences(user, state, by=None, program=token.name)
    if wanted.active is not False:
        _activate(user, token, new=state is None)
    return user


def change_user(user: User, wanted: RequestedChanges, token: Token) -> None:
    """Raises ScimProblem: 409 for a name or email that is taken, and if the user can't be deactivated."""
    lock_account_changes()
    state = get_compared_state(user)
    _write_user(user, wanted, token)
    record_differences(user, state, by=None, program=token.name)
    if wanted.active is True and not user.is_active:
        _activate(user, token)
    elif wanted.active is False and user.is_active:
        _deactivate(user, token)


def delete_user(user: User, token: Token) -> None:
    """Deactivate the user, who doesn't exist for the identity provider from then on."""
    lock_account_changes()
    if user.is_active:
        _deactivate(user, token)
    row = _get_provisioned_row(user)
    row.deleted = True
    row.save()


def _get_provisioned_row(user: User) -> Provisioned:
    """What the identity provider calls the user; a new row for one that it hasn't named yet."""
    return Provisioned.objects.filter(pk=user.pk).first() or Provisioned(user=user, user_name=user.email)


def get_initial_email(wanted: RequestedChanges) -> str:
    """The email of a new user; '' if the call has none."""
    return fold_email(wanted.email or _get_email_from_name(wanted.user_name))


def _get_email_from_name(user_name: str | None) -> str:
    return user_name if user_name and "@" in user_name else ""


def _get_new_email(user: User, row: Provisioned, wanted: RequestedChanges) -> str:
    """A userName that is an email replaces the email that it was until now, and one that is removed."""
    if wanted.email:
        return fold_email(wanted.email)
    follows = wanted.email == "" or fold_email(row.user_name) == user.email
    return fold_email((follows and _get_email_from_name(wanted.user_name or row.user_name)) or user.email)


def _write_user(user: User, wanted: RequestedChanges, token: Token) -> None:
    row = _get_provisioned_row(user) if user.pk else Provisioned()
    user.email = _get_new_email(user, row, wanted) if user.pk else get_initial_email(wanted)
    row.user_name = _get_required_name(wanted.user_name, row.user_name)
    row.external_id = wanted.external_id if wanted.external_id is not None else row.external_id
    row.given_name = wanted.given if wanted.given is not None else row.given_name
    row.family_name = wanted.family if wanted.family is not None else row.family_name
    row.deleted = False
    user.name = (
        wanted.get_name(row.given_name, row.family_name) or user.name or row.user_name.partition("@")[0]
    )
    _validate_user(user, row, token)
    user.save(update_fields=["email", "name"] if user.pk else None)
    row.user = user
    row.save()


def _get_required_name(new: str | None, now: str) -> str:
    """Raises ScimProblem if the required userName is removed."""
    if new == "":
        raise build_wrong_value_problem("userName is required.")
    return now if new is None else new


def _validate_user(user: User, row: Provisioned, token: Token) -> None:
    """Raises ScimProblem for a wrong or taken email, name or userName."""
    try:
        user.clean_fields(exclude={field.name for field in User._meta.fields} - {"email", "name"})
    except ValidationError as error:
        raise build_wrong_value_problem(_get_error_sentence(error)) from error
    others = users_with_deleted_queryset(token.user).exclude(pk=user.pk)
    if others.filter(build_name_condition(row.user_name) | build_email_condition(user.email)).exists():
        raise build_taken_problem("An active or inactive user already has this userName or email.")


def _get_error_sentence(error: ValidationError) -> str:
    names = {"email": "emails", "name": "displayName"}
    sentences = [f"{names.get(name, name)}: {' '.join(texts)}" for name, texts in error.message_dict.items()]
    return " ".join(sentences)


def _add_initial_groups(user: User, token: Token) -> None:
    """The role and the department of new users; a retired one, or a role of administrators, isn't given."""
    start: Any = token.provisioning
    role = start.role if start.role and not start.role.retired and not start.role.is_administrator else None
    department = start.department if start.department and not start.department.retired else None
    user.groups.set([role] if role else [])
    user.set_departments([department] if department else [])


def _activate(user: User, token: Token, new: bool = False) -> None:
    reactivate(user)
    user.is_active = True
    if not new:
        write_security_line("user_reactivated", of=user.pk, of_email=user.email, token=token.name)
    if new and token.provisioning.invites:
        send_link(user)


def _deactivate(user: User, token: Token) -> None:
    """All access ends, and the recipient of the token's settings gets the open records."""
    if user.pk == token.user.pk:
        raise build_problem(409, f"This token works on behalf of {user.name}, who has to stay active.")
    try:
        deactivate(user, get_heirs(token, user), by=token.user, program=token.name)
    except LastAdministrator as reason:
        raise build_problem(409, str(reason)) from reason


def get_heirs(token: Token, leaving: User) -> Heirs:
    recipient = token.provisioning.recipient_id
    able = User.objects.assignable_by(token.user).with_rights().exclude(pk=leaving.pk)
    return Heirs(tuple(able.filter(pk=recipient)))
