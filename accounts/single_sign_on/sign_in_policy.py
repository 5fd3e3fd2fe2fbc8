"""Who may still sign in without a provider: everyone, or in "only single sign-on" mode the emergency administrators."""

from django.db.models import Exists, OuterRef, Q

from accounts.models import AuthenticatorApp, IdentityProvider, Passkey, SignOnPolicy, User
from accounts.models.user import UserQuerySet


def get_policy() -> SignOnPolicy | None:
    return SignOnPolicy.objects.first()


def is_single_sign_on_required() -> bool:
    """Whether passwords, passkeys and mailed links are turned off. Without an active provider they never are."""
    return SignOnPolicy.objects.filter(only=True).exists() and IdentityProvider.objects.active().exists()


def emergency_administrators_queryset() -> UserQuerySet:
    """The chosen emergency administrators, as long as they are active administrators. No mapping changes them."""
    chosen = SignOnPolicy.keepers.through.objects.filter(user=OuterRef("pk"), signonpolicy__only=True)
    return User.objects.administrators().filter(Exists(chosen))


def protected_administrators_queryset() -> UserQuerySet:
    """Active administrators with two-step verification."""
    theirs = {"user": OuterRef("pk")}
    protected = Q(Exists(AuthenticatorApp.objects.filter(**theirs))) | Q(
        Exists(Passkey.objects.filter(**theirs))
    )
    return User.objects.administrators().filter(protected).distinct().by_name()


def may_sign_in_without_provider(user: User) -> bool:
    """Whether this user may sign in without a provider."""
    return not is_single_sign_on_required() or emergency_administrators_queryset().filter(pk=user.pk).exists()


def require_provider(chosen: list[User]) -> None:
    row = get_policy() or SignOnPolicy()
    row.only = True
    row.save()
    row.keepers.set(chosen)


def allow_passwords() -> bool:
    """Returns whether it was on."""
    return bool(SignOnPolicy.objects.filter(only=True).update(only=False))
