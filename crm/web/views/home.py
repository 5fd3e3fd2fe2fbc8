"""The home page after signing in, also at /admin: the first list that the user may open, or else their profile."""

from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from crm.records.kinds import seen_by


@require_safe
def home(request):
    kinds = seen_by(request.user)
    return redirect(kinds[0].list_url if kinds else "profile")
