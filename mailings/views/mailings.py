"""The list of mailings, newest first."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from crm.platform.web.id_parsing import get_newest_page
from crm.platform.web.responses import render_response
from mailings.models import Mailing
from mailings.responses.mailing_results import get_results_in_list

PAGE = 50
State = Mailing.State


@permission_required("mailings.view_mailing", raise_exception=True)
@require_safe
def mailings(request):
    rows = Mailing.objects.visible_to(request.user).with_names().with_numbers()
    chosen = request.GET.get("state", "")
    if chosen in State.values:
        rows = rows.in_state(chosen)
    found, older = get_newest_page(rows, request.GET, PAGE)
    labels, numbers = get_results_in_list(found)
    context = {"mailings": found, "older": older, "chosen": chosen, "states": State.choices}
    context |= {"result_labels": labels, "lines": list(zip(found, numbers, strict=True))}
    return render_response(request, "mailings/list.html", context)
