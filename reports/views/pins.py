"""Pin to Today: a report as a card of the user's start page."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from reports import pins
from reports.display.panels import build_section_question
from reports.models import Report
from reports.views.standard_report import get_report

VIEW = "reports.view_report"


@permission_required(VIEW, raise_exception=True)
@require_POST
def pin(request, name):
    """With the period and the filters of the URL, as far as they can be read."""
    shipped = get_report(name, request.user)
    question = build_section_question(shipped.sections[0], request.GET, request.user)
    query = "" if question.problems else question.query_for_pin
    pin_or_unpin(request, str(shipped.title), shipped=name, query=query)
    return redirect(f"{reverse('reports:report', args=[name])}?{query}")


@permission_required(VIEW, raise_exception=True)
@require_POST
def pin_saved(request, pk):
    report = get_object_or_404(Report.objects.visible_to(request.user), pk=pk)
    pin_or_unpin(request, report.name, report=report)
    return redirect("reports:saved", pk)


def pin_or_unpin(request, title: str, *, query: str = "", **which) -> None:
    """`unpin` in the form removes the card."""
    if "unpin" in request.POST:
        pins.unpin_report(request.user, **which)
        messages.success(request, _("“%(report)s” is no longer on Today.") % {"report": title})
        return
    try:
        pins.pin_report(request.user, query=query, **which)
    except pins.TooManyPins:
        words = _("You can pin at most %(number)s reports. Unpin another one first.")
        messages.error(request, words % {"number": pins.MOST})
    else:
        messages.success(request, _("Pinned “%(report)s” to Today.") % {"report": title})
