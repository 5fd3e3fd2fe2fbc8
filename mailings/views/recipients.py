"""The names behind a number of a mailing: who gets it, got it, or is left out for a reason."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from crm.web.ids import number_of
from crm.web.screens import answer
from mailings.models import Delivery, Mailing
from mailings.recipient_lines import page_of
from mailings.views.mailing import mailing_or_404, with_funnel

State, Reason = Delivery.State, Delivery.Reason


@permission_required("mailings.view_mailing", raise_exception=True)
@require_safe
def mailing_recipients(request, pk):
    found = mailing_or_404(Mailing.objects.visible_to(request.user), pk)
    state, reason = request.GET.get("state", ""), request.GET.get("reason", "")
    reason = reason if reason in Reason.values else ""
    state = State.LEFT_OUT if reason else state if state in State.values else ""
    context = with_funnel(found)
    after = number_of(request.GET.get("after", "")) or 0
    if context["funnel"]:
        context["page"] = page_of(found, state, reason, after, request.user)
    context |= {"state": state, "reason": reason}
    return answer(request, "mailings/recipients.html", context)
