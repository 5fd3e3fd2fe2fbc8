"""Sign-ins for the security log, whichever way they succeeded or failed."""

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from accounts.sign_in import get_attempted_email
from accounts.sign_in_state import get_sign_in_state
from crm.platform.web.security_log import write_security_line


@receiver(user_logged_in)
def log_sign_in(request, user, **_rest) -> None:
    state = get_sign_in_state(request)
    details = {"provider": state.signed_on_with} if state.signed_on_with else {}
    if state.used_factor:
        details = {"second_step": state.used_factor}
    write_security_line("signed_in", by=user, **details)


@receiver(user_logged_out)
def log_sign_out(request, user, **_rest) -> None:
    if user:
        write_security_line("signed_out", by=user)


@receiver(user_login_failed)
def log_failed_sign_in(credentials, request=None, **_rest) -> None:
    """For users who are already signed in, it was the current password on the change form."""
    known, half = getattr(request, "user", None), get_sign_in_state(request).second_step_of
    if half is not None:
        write_security_line("code_wrong", by=half)
    elif known is not None and known.is_authenticated:
        write_security_line("password_wrong", by=known)
    else:
        write_security_line("sign_in_failed", tried=get_attempted_email(request, credentials))
