"""The first page after signing in, also where people look for one (/admin): the first list that the user may open, or the profile of someone who sees none."""

from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from crm.records.kinds import seen_by


@require_safe
def home(request):
    kinds = seen_by(request.user)
    return redirect(kinds[0].list_url if kinds else "profile")
