"""Today, the start page: the user's own work and what is new about it."""

from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.web.arranging import arranged_for
from crm.web.record_types import get_viewable_types


@require_safe
def today(request):
    kinds = get_viewable_types(request.user)
    if not kinds:
        return redirect("profile")
    token = get_token(request)
    parts = [(part, part.draw(part.lines, token)) for part in arranged_for(request.user)]
    context = {"day": timezone.localdate(), "kinds": kinds, "parts": parts}
    return render(request, "start/today.html", context)
