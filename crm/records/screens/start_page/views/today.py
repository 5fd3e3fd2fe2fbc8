"""Today, the start page: the user's own work and what is new about it. What takes long to count is loaded right afterwards."""

from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.platform.record_types import get_viewable_types
from crm.platform.web.start_page.arrangement import (
    get_arranged_deferred_parts,
    get_arranged_parts,
    get_first_arranged_parts,
)
from crm.platform.web.start_page.start_page_parts import DeferredPart, StartPagePart

# The URL parameter of the page with all of its parts: for browsers without JavaScript.
COMPLETE = "complete"


@require_safe
def today(request):
    if not get_viewable_types(request.user):
        return redirect("profile")
    parts = (
        get_arranged_parts(request.user)
        if COMPLETE in request.GET
        else get_first_arranged_parts(request.user)
    )
    token = get_token(request)
    drawn = [None if isinstance(part, DeferredPart) else part.draw(part.lines, token) for part in parts]
    context = {
        "day": timezone.localdate(),
        "start": next((part.start for part in parts if isinstance(part, StartPagePart) and part.start), None),
        "parts": list(zip(parts, drawn, strict=True)),
        "waits": None in drawn,
    }
    return render(request, "start/today.html", context)


@require_safe
def deferred_parts(request):
    """The parts for which the page has only a title yet, each in its place."""
    token = get_token(request)
    found = [(part.name, part.build()) for part in get_arranged_deferred_parts(request.user)]
    parts = [(name, part, part.draw(part.lines, token) if part else "") for name, part in found]
    return render(request, "start/_deferred.html", {"parts": parts})
