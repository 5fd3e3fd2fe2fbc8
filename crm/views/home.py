"""The first page after signing in: the leads, or the profile of someone who sees none."""

from django.shortcuts import redirect
from django.views.decorators.http import require_safe


@require_safe
def home(request):
    return redirect("leads:list" if request.user.has_perm("leads.view_lead") else "profile")
