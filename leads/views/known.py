"""A hint while a new lead is typed: leads that have the same e-mail, phone or company already."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from crm.fields.phones import normal_phone
from crm.records.listing import drawn
from crm.web.screens import answer
from leads.kind import LEAD
from leads.models import Lead


@permission_required(["leads.view_lead", "leads.add_lead"], raise_exception=True)
@require_safe
def known(request):
    country = ""
    alike = (
        Lead.objects.present()
        .visible_to(request.user)
        .alike(
            email=request.GET.get("email", ""),
            phone=normal_phone(request.GET.get("phone", ""), country),
            company=request.GET.get("company", ""),
        )
    )
    found = drawn(LEAD, list(alike.order_by("-pk").values_list("pk", flat=True)[:3]))
    return answer(request, "leads/known.html", {"found": found}, fragments={"known": "leads/_known.html"})
