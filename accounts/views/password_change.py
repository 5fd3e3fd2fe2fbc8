"""Changing one's password: other sessions end, this one stays."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts.forms import ChangePasswordForm
from accounts.sessions import end_other_sessions


@sensitive_post_parameters()
def password_change(request):
    form = ChangePasswordForm(request.user, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        form.save()
        end_other_sessions(request)
        messages.success(request, _("Your new password holds. You are signed out everywhere else."))
        return redirect("profile")
    return render(
        request, "accounts/password_change.html", {"form": form}, status=422 if form.is_bound else 200
    )
