"""Forgotten password: request a link by email; the response is the same for unknown addresses."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.authentication.password_links import send_forgotten_link
from accounts.users.forms import EmailForm


@login_not_required
@never_cache
def password_forgotten(request):
    if request.user.is_authenticated:
        return redirect("profile")
    form = EmailForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        send_forgotten_link(form.cleaned_data["email"])
        return redirect("password_reset_sent")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/password_forgotten.html", {"form": form}, status=status)


@login_not_required
@require_safe
def link_sent(request):
    told = {"signed_in": False, "hours": settings.PASSWORD_RESET_TIMEOUT // 3600}
    return render(request, "accounts/password_link_sent.html", told)
