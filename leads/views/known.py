"""A hint while a new lead is typed: existing leads with the same email, phone or company."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Department
from crm.fields.phones import normal_phone
from crm.records.listing import drawn
from crm.web.screens import answer
from leads.kind import LEAD
from leads.models import Lead


@permission_required(["leads.view_lead", "leads.add_lead"], raise_exception=True)
@require_safe
def known(request):
    department = Department.objects.filter(pk__in=request.user.department_ids[:1]).first()
    phone = normal_phone(request.GET.get("phone", ""), str(department.country) if department else "")
    alike = (
        Lead.objects.present()
        .visible_to(request.user)
        .alike(
            email=request.GET.get("email", ""),
            phone=phone,
            company=request.GET.get("company", ""),
        )
    )
    found = drawn(LEAD, list(alike.order_by("-pk").values_list("pk", flat=True)[:3]), ["phone"])
    lines = [(what_is_alike(lead, request.GET.get("email", ""), phone), lead) for lead in found]
    return answer(request, "leads/known.html", {"found": lines}, fragments={"known": "leads/_known.html"})


def what_is_alike(lead: Any, email: str, phone: str) -> str:
    """What an existing lead has in common with the one being typed."""
    if email and email.strip().casefold() == lead.email.casefold():
        return _("A lead with this email already exists:")
    if phone and phone == lead.phone_normal:
        return _("A lead with this phone number already exists:")
    return _("A lead of this company already exists:")
