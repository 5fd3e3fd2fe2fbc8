"""The names behind a number of a mailing: who gets it, got it, or is left out for a reason."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from crm.platform.web.id_parsing import parse_number
from crm.platform.web.responses import render_response
from mailings.audience.recipient_lines import RecipientFilter, build_recipients_page
from mailings.models import Mailing
from mailings.views.mailing import build_funnel_context, build_way_back_context, get_mailing_or_404


@permission_required("mailings.view_mailing", raise_exception=True)
@require_safe
def mailing_recipients(request, pk):
    found = get_mailing_or_404(Mailing.objects.visible_to(request.user), pk)
    which = RecipientFilter.from_query(request.GET)
    context = build_funnel_context(found) | build_way_back_context(request) | {"which": which}
    after = parse_number(request.GET.get("after", "")) or 0
    if context["funnel"]:
        context["page"] = build_recipients_page(found, which, after, request.user)
    return render_response(request, "mailings/recipients.html", context)
