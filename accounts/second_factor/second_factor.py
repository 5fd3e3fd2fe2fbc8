"""Two-step verification of a user: what they have, what their roles require, and turning it on and off.

Every change locks the user's row, so of two at once the second sees the first. Turning it on signs the user out
everywhere else: a session that was opened with the password alone at the same moment ends too.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import (
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.authentication.sessions import end_other_sessions, end_user_sessions
from accounts.models import AuthenticatorApp, HeldRole, Passkey, RecoveryCode, Role, User
from accounts.models.second_factor import MOST_PASSKEYS
from accounts.second_factor.codes import find_code_step, make_recovery_codes
from accounts.second_factor.secret_encryption import encrypt_secret
from accounts.single_sign_on.sign_in_policy import emergency_administrators_queryset
from accounts.users.account_changes import Kind, record_account_change


class SecondFactorRequired(Exception):
    """A role of the user requires a second step, or they are an emergency administrator: the last one can't be removed."""


class AlreadyAdded(Exception):
    """The user already has an authenticator app."""


class TooManyPasskeys(Exception):
    """The user has reached the limit and has to remove one first."""


def build_due_subquery() -> Subquery:
    """For a query of users: from when they can't work without a second step, or None if they have one or need none.

    The days of each role count from when it was required, or from when the user got the role, if that was later.
    """
    user = OuterRef(OuterRef("pk"))
    required = (
        HeldRole.objects.filter(user=OuterRef("pk"), group__role__second_factor_from__isnull=False)
        .exclude(Exists(AuthenticatorApp.objects.filter(user=user)))
        .exclude(Exists(Passkey.objects.filter(user=user)))
    )
    days = ExpressionWrapper(F("group__role__second_factor_days") * timedelta(days=1), DurationField())
    due = Greatest("group__role__second_factor_from", F("since") + days, output_field=DateTimeField())
    return Subquery(required.annotate(due=due).order_by("due").values("due")[:1])


def is_second_factor_overdue(user) -> bool:
    """Whether this user of a request has to add a second step before anything else."""
    due: datetime | None = getattr(user, "second_factor_due", None)
    return due is not None and due <= timezone.now()


def has_second_factor(user: User) -> bool:
    return AuthenticatorApp.objects.of_user(user).exists() or Passkey.objects.of_user(user).exists()


def roles_requiring_queryset(user: User) -> QuerySet[Role]:
    return Role.objects.requiring_second_factor().held_by(user).by_name()


def add_app(request, secret: str, code: str) -> list[str] | None:
    """Add the authenticator app that shows this code. Returns the recovery codes if it is the first factor, else [];
    None for a wrong code. Raises AlreadyAdded."""
    step = find_code_step(secret, code)
    if step is None:
        return None
    user = _lock_user(request.user)
    if AuthenticatorApp.objects.of_user(user).exists():
        raise AlreadyAdded
    codes = prepare_first_factor(request)
    # The code that proved it isn't accepted again for signing in.
    AuthenticatorApp.objects.create(user=user, secret=encrypt_secret(secret), last_step=step)
    record_account_change(user, Kind.APP_ADDED, by=user)
    return codes


def add_passkey(request, passkey: Passkey) -> list[str]:
    """Returns the recovery codes if it is the first factor, else []. Raises TooManyPasskeys."""
    user = _lock_user(request.user)
    if Passkey.objects.of_user(user).count() >= MOST_PASSKEYS:
        raise TooManyPasskeys
    codes = prepare_first_factor(request)
    passkey.save()
    record_account_change(user, Kind.PASSKEY_ADDED, after=[passkey.name], by=user)
    return codes


def prepare_first_factor(request) -> list[str]:
    """Before a factor is added: for the first one, end all other sessions and return new recovery codes, else []."""
    if has_second_factor(request.user):
        return []
    end_other_sessions(request)
    return make_recovery_codes(request.user)


@transaction.atomic
def remove_app(user: User) -> None:
    """Raises Required."""
    app = AuthenticatorApp.objects.of_user(_lock_user(user))
    if app.exists():
        _check_not_required(user, last=not Passkey.objects.of_user(user).exists())
        app.delete()
        record_account_change(user, Kind.APP_REMOVED, by=user)
        _forget_codes_without_factor(user)


@transaction.atomic
def remove_passkey(user: User, passkey: Passkey) -> None:
    """Raises Required."""
    others = Passkey.objects.of_user(_lock_user(user)).exclude(pk=passkey.pk)
    _check_not_required(
        user, last=not others.exists() and not AuthenticatorApp.objects.of_user(user).exists()
    )
    passkey.delete()
    record_account_change(user, Kind.PASSKEY_REMOVED, [passkey.name], by=user)
    _forget_codes_without_factor(user)


@transaction.atomic
def turn_off_second_factor(user: User) -> None:
    """Raises Required."""
    _check_not_required(_lock_user(user), last=True)
    if _delete_all(user):
        record_account_change(user, Kind.FACTORS_OFF, by=user)


@transaction.atomic
def reset_second_factor(user: User, *, by: User | None) -> bool:
    """An administrator's way out for a user who has lost everything: the password alone signs in again, and all
    sessions end. Returns whether there was anything."""
    found = _delete_all(_lock_user(user))
    if found:
        end_user_sessions(user)
        record_account_change(user, Kind.FACTORS_RESET, by=by)
    return found


@transaction.atomic
def renew_recovery_codes(user: User) -> list[str]:
    """New recovery codes, if the user has a factor; all earlier ones stop working."""
    if not has_second_factor(_lock_user(user)):
        return []
    codes = make_recovery_codes(user)
    record_account_change(user, Kind.CODES_MADE, by=user)
    return codes


def _lock_user(user: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _check_not_required(user: User, *, last: bool) -> None:
    if last and (
        roles_requiring_queryset(user).exists()
        or emergency_administrators_queryset().filter(pk=user.pk).exists()
    ):
        raise SecondFactorRequired


def _delete_all(user: User) -> bool:
    apps, passkeys = (
        AuthenticatorApp.objects.of_user(user).delete()[0],
        Passkey.objects.of_user(user).delete()[0],
    )
    RecoveryCode.objects.of_user(user).delete()
    return bool(apps or passkeys)


def _forget_codes_without_factor(user: User) -> None:
    if not has_second_factor(user):
        RecoveryCode.objects.of_user(user).delete()
