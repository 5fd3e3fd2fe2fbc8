"""The results of a mailing: how many received it, and what they did, each number with its records."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from mailings.models import Mailing
from mailings.responses.mailing_results import get_results, get_skipped_counts
from mailings.sending.sending_progress import get_progress
from mailings.views.mailing import build_way_back_context


@permission_required("mailings.view_mailing", raise_exception=True)
@require_safe
def mailing_results(request, pk):
    mailing = get_object_or_404(Mailing.objects.visible_to(request.user), pk=pk)
    context = {
        "mailing": mailing,
        "numbers": get_results(mailing),
        "skipped": (skipped := get_skipped_counts(mailing)),
        "skipped_total": sum(line.count for line in skipped),
        "progress": get_progress(mailing),
        **build_way_back_context(request),
    }
    return render(request, "mailings/results.html", context)
