"""The log of erasures: when, by whom, how many records, and what was cleared."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from crm.platform.web.id_parsing import get_newest_page
from crm.platform.web.responses import render_response
from privacy.models import Erasure

PAGE = 50


@permission_required("privacy.view_person_data", raise_exception=True)
@require_safe
def erasures(request):
    found, older = get_newest_page(Erasure.objects.select_related("by"), request.GET, PAGE)
    return render_response(request, "privacy/erasures.html", {"erasures": found, "next": older})
