"""The names behind a number of a mailing: who gets it, got it, or is left out for a reason."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from crm.platform.web.id_parsing import number_of
from crm.platform.web.responses import answer
from mailings.audience.recipient_lines import Which, page_of
from mailings.models import Mailing
from mailings.views.mailing import mailing_or_404, with_funnel


@permission_required("mailings.view_mailing", raise_exception=True)
@require_safe
def mailing_recipients(request, pk):
    found = mailing_or_404(Mailing.objects.visible_to(request.user), pk)
    which = Which.of(request.GET)
    context = with_funnel(found) | {"which": which}
    after = number_of(request.GET.get("after", "")) or 0
    if context["funnel"]:
        context["page"] = page_of(found, which, after, request.user)
    return answer(request, "mailings/recipients.html", context)
