"""Saved reports: saving the builder's report under a name, opening, changing and deleting it."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm.records.listing.personal_filters import get_personal_reason
from reports.engine.question import DEFAULT_QUESTION, parse_question
from reports.models import Report
from reports.permissions import VIEW_PERMISSION
from reports.shareable_forms import ReportForm

BOTH = ["GET", "HEAD", "POST"]


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_safe
def saved_report(request, pk):
    """In the builder, where its owner can change and save it."""
    report = get_object_or_404(Report.objects.visible_to(request.user), pk=pk)
    return redirect(f"{reverse('reports:build')}?{report.query}&report={report.pk}")


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_http_methods(BOTH)
def save(request):
    return save_or_show_form(
        request, ReportForm(request.POST or None, user=request.user, query=get_normalized_query(request))
    )


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_http_methods(BOTH)
def edit(request, pk):
    report = get_object_or_404(Report.objects.changeable_by(request.user), pk=pk)
    query = get_normalized_query(request) if request.GET else report.query
    form = ReportForm(request.POST or None, instance=report, user=request.user, query=query)
    return save_or_show_form(request, form)


def save_or_show_form(request, form: ReportForm):
    if form.is_bound and form.is_valid():
        report = form.save()
        messages.success(request, _("Saved the report “%(name)s”.") % {"name": report.name})
        return redirect("reports:saved", report.pk)
    question = parse_question(QueryDict(form.query), request.user, **DEFAULT_QUESTION)
    context = {"form": form, "question": question, "report": form.instance}
    context["differs_by_user"] = get_personal_reason(question.listing) if form.may_share else ""
    return render(request, "reports/save.html", context, status=422 if form.is_bound else 200)


def get_normalized_query(request) -> str:
    """The question of the URL as it is read, without anything unknown."""
    return parse_question(request.GET, request.user, **DEFAULT_QUESTION).url_parameters.urlencode()


@permission_required(VIEW_PERMISSION, raise_exception=True)
@require_http_methods(BOTH)
def delete(request, pk):
    report = get_object_or_404(Report.objects.changeable_by(request.user), pk=pk)
    if request.method != "POST":
        return render(request, "reports/delete.html", {"report": report})
    report.delete()
    messages.success(request, _("Deleted the report “%(name)s”.") % {"name": report.name})
    return redirect("reports:reports")
