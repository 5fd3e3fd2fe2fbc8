"""The goals of a month with what has been reached: setting, changing, deleting and copying them, and their file."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message
from reports.goals.forms import GoalForm, delete_goal
from reports.goals.goal_copies import copy_goals_to_month, has_goals_to_copy
from reports.goals.goal_lines import MonthOfGoals, get_goal_definitions
from reports.goals.goal_month import Month, can_have_goals, parse_month, parse_month_to_fill
from reports.goals.workbook import write_goals
from reports.models import Goal
from reports.views.report_workbook import respond_with_workbook

viewing = permission_required("leads.view_lead", raise_exception=True)
adding = permission_required("reports.add_goal", raise_exception=True)


@viewing
@require_safe
def goals(request):
    month, problems = parse_month(request.GET)
    found = MonthOfGoals(month, request.user)
    adds = request.user.has_perm("reports.add_goal") and can_have_goals(month.first)
    context = {
        "month": month,
        "found": found,
        "problems": [*problems, *found.problems],
        "definitions": get_goal_definitions(found.lines),
        "may_add": adds,
        "may_copy": adds and has_goals_to_copy(month, request.user),
        "changes": request.user.has_perm("reports.change_goal"),
        "deletes": request.user.has_perm("reports.delete_goal"),
    }
    return render_response(request, "reports/goals.html", context, status=422 if problems else 200)


@viewing
@require_safe
def goals_file(request):
    month, problems = parse_month(request.GET)
    if problems:
        return goals(request)
    title = _("Goals for %(month)s") % {"month": month.title}
    found = MonthOfGoals(month, request.user)
    return respond_with_workbook(
        request, title, lambda file: write_goals(file, title, found, request.user.name)
    )


@viewing
@adding
@one_at_a_time
def goal_new(request):
    month, _problems = parse_month(request.GET)
    initial = {"month": month.first, "whose": request.GET.get("whose", "")}
    form = GoalForm(get_posted_data(request), user=request.user, initial=initial)
    return save_or_show_form(request, form, month, _("Goal added."))


@viewing
@permission_required("reports.change_goal", raise_exception=True)
@one_at_a_time
def goal_edit(request, pk):
    goal = get_own_goal(request, pk)
    form = GoalForm(get_posted_data(request), user=request.user, instance=goal)
    return save_or_show_form(request, form, Month(goal.month), _("Goal changed."))


@viewing
@permission_required("reports.delete_goal", raise_exception=True)
@require_POST
@one_at_a_time
def goal_delete(request, pk):
    goal = get_own_goal(request, pk)
    show_change_message(request, delete_goal(goal, request.user), _("Goal deleted."))
    return redirect(get_month_url(Month(goal.month)))


@viewing
@adding
@require_POST
@one_at_a_time
def goals_copy(request):
    """The goals of the month before."""
    month, problems = parse_month_to_fill(request.GET)
    if problems:
        messages.error(request, problems[0])
        return redirect("reports:goals")
    copied = copy_goals_to_month(month, request.user)
    if copied.copied:
        show_change_message(request, copied.record, copied.summary)
    else:
        messages.info(request, copied.summary)
    return redirect(get_month_url(month))


def get_own_goal(request, pk) -> Goal:
    return get_object_or_404(Goal.objects.changeable_by(request.user).with_names(), pk=pk)


def get_month_url(month: Month) -> str:
    return f"{reverse('reports:goals')}?month={month.name}"


def save_or_show_form(request, form: GoalForm, month: Month, done: str):
    if form.is_bound and form.is_valid():
        show_change_message(request, form.write(request.user), done)
        return redirect(get_month_url(Month(form.instance.month)))
    context = {"form": form, "goal": form.instance, "month": month, "back": get_month_url(month)}
    return render_response(request, "reports/goal.html", context, status=422 if form.is_bound else 200)
