"""Merge exact duplicates: the rule, the preview of what it merges, and the result."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import get_posted_data, wait_for_others
from crm.records.kinds.kind_registry import KINDS
from duplicates.exact import jobs
from duplicates.exact.forms import MergePlanForm
from duplicates.exact.merge_preview import SHOWN, build_preview_lines, get_skipped_records_and_rest
from duplicates.exact.merge_rules import REASONS, get_mergeable_tables
from duplicates.models import MergePlan


@require_http_methods(["GET", "HEAD", "POST"])
def exact_merge(request):
    if not get_mergeable_tables(request.user):
        raise PermissionDenied
    form = MergePlanForm(get_posted_data(request), user=request.user)
    if form.is_bound and form.is_valid():
        plan = form.create_plan()
        jobs.start_plan_job(jobs.FIND, plan)
        return redirect("duplicates:exact_plan", plan.pk)
    return render_response(
        request, "duplicates/exact.html", {"form": form}, status=422 if form.is_bound else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
def exact_plan(request, pk):
    """POST merges what the page shows."""
    plan = MergePlan.objects.of_user(request.user).select_related("operation").filter(pk=pk).first()
    if plan is None:
        raise Http404
    if plan.record_type not in get_mergeable_tables(request.user):
        raise PermissionDenied
    if request.method == "POST":
        wait_for_others()
        if plan.groups and not plan.operation and not jobs.get_running_job(plan):
            jobs.start_plan_job(jobs.MERGE, plan)
        return redirect("duplicates:exact_plan", plan.pk)
    return render_response(
        request,
        "duplicates/exact_plan.html",
        _build_context(plan),
        fragments={"plan": "duplicates/_exact_plan.html"},
    )


def _build_context(plan: MergePlan) -> dict:
    job = jobs.get_running_job(plan)
    context = {
        "plan": plan,
        "kind": KINDS[plan.record_type],
        "job": job,
        "skipped": _get_skipped_counts(plan),
    }
    if plan.operation or plan.left_out:
        context["left_out"], context["left_out_more"] = get_skipped_records_and_rest(plan)
    elif plan.groups and not job:
        context["lines"], context["more"] = build_preview_lines(plan), max(len(plan.groups) - SHOWN, 0)
    return context | {"ended": None if job else jobs.get_unfinished_ended_job(plan)}


def _get_skipped_counts(plan: MergePlan) -> list[tuple[int, object]]:
    return [(plan.skipped[reason], words) for reason, words in REASONS.items() if reason in plan.skipped]
