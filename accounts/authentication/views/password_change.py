"""Change your password: other sessions end, this one stays."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts.authentication.guess_throttling import forget_failures
from accounts.authentication.sessions import end_other_sessions
from accounts.sign_in import mark_password_confirmation
from accounts.single_sign_on.sign_in_policy import may_sign_in_without_provider
from accounts.users.account_changes import Kind, record_account_change
from accounts.users.forms import ChangePasswordForm


@transaction.non_atomic_requests
@sensitive_post_parameters()
def password_change(request):
    """A wrong password is always counted, so this view opens its own transaction."""
    if not may_sign_in_without_provider(request.user):
        messages.info(request, _("You sign in only with single sign-on, so your password isn’t used."))
        return redirect("profile")
    mark_password_confirmation(request, render_slowed_page)
    form = ChangePasswordForm(request, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            form.save()
            end_other_sessions(request)
            forget_failures(request.user.email)
            record_account_change(request.user, Kind.PASSWORD, by=request.user)
        messages.success(
            request, _("Your password has been changed. You’re signed out on all other devices.")
        )
        return redirect("profile")
    return render_password_page(request, form, status=422 if form.is_bound else 200)


def render_password_page(request, form: ChangePasswordForm, *, status: int, slowed: bool = False):
    return render(request, "accounts/password_change.html", {"form": form, "slowed": slowed}, status=status)


def render_slowed_page(request):
    """The page after too many wrong current passwords."""
    return render_password_page(request, ChangePasswordForm(request), status=429, slowed=True)
