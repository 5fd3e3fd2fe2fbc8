"""Sign-ins for the security log, whichever way they succeeded or failed."""

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from accounts.sign_in import email_tried
from crm.platform.web.security_log import note


@receiver(user_logged_in)
def signed_in(request, user, **_rest) -> None:
    second = getattr(request, "used_factor", "")
    provider = getattr(request, "signed_on_with", "")
    details = {"second_step": second} if second else {"provider": provider} if provider else {}
    note("signed_in", by=user, **details)


@receiver(user_logged_out)
def signed_out(request, user, **_rest) -> None:
    if user:
        note("signed_out", by=user)


@receiver(user_login_failed)
def turned_away(credentials, request=None, **_rest) -> None:
    """For users who are already signed in, it was the current password on the change form."""
    known, half = getattr(request, "user", None), getattr(request, "second_step_of", None)
    if half is not None:
        note("code_wrong", by=half)
    elif known is not None and known.is_authenticated:
        note("password_wrong", by=known)
    else:
        note("sign_in_failed", tried=email_tried(request, credentials))
