"""The start page of privacy, in Settings: finding a person by email, phone or name, and the last erasures."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from crm.platform.web.responses import render_response
from privacy.models import Erasure
from privacy.person_search import search_persons

LONGEST = 254


@permission_required("privacy.view_person_data", raise_exception=True)
@require_safe
def privacy_overview(request):
    text = " ".join(request.GET.get("q", "").replace("\0", "").split())[:LONGEST]
    context = {
        "q": text,
        "found": search_persons(text) if text else [],
        "erasures": Erasure.objects.select_related("by")[:5],
    }
    return render_response(request, "privacy/start.html", context)
