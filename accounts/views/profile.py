"""The profile: your name, how the product looks, your password, your sessions."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.forms import ProfileForm
from accounts.models import Role, User
from accounts.sessions import end_other_sessions
from crm.web.security_log import note


def profile(request):
    # A copy: invalid input must not appear in the page's header.
    me = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=me)
    if form.is_bound and form.is_valid():
        form.save()
        with translation.override(me.language or translation.get_language_from_request(request)):
            messages.success(request, _("Saved."))
        return redirect("profile")
    context = {
        "form": form,
        "memberships": me.memberships.select_related("department"),
        "roles": Role.objects.held_by(me).by_name(),
    }
    return render(request, "accounts/profile.html", context, status=422 if form.is_bound else 200)


@require_POST
def sign_out_elsewhere(request):
    end_other_sessions(request)
    note("signed_out_elsewhere")
    messages.success(request, _("You’re signed out on all other devices."))
    return redirect("profile")
