"""The goals of a month with what has been reached: setting, changing, deleting and copying them, and their file."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.platform.web.responses import answer
from crm.records.editing.settings_change import one_at_a_time, posted, say
from reports.goals.forms import GoalForm, delete
from reports.goals.goal_copies import copy_to, may_be_copied
from reports.goals.goal_lines import MonthOfGoals, definitions
from reports.goals.goal_month import Month, may_be_set, read_month, why_not_set
from reports.goals.workbook import write_goals
from reports.models import Goal
from reports.views.report_workbook import sent

viewing = permission_required("leads.view_lead", raise_exception=True)
adding = permission_required("reports.add_goal", raise_exception=True)


@viewing
@require_safe
def goals(request):
    month, problems = read_month(request.GET)
    found = MonthOfGoals(month, request.user)
    adds = request.user.has_perm("reports.add_goal") and may_be_set(month.first)
    context = {
        "month": month,
        "found": found,
        "problems": [*problems, *found.problems],
        "definitions": definitions(found.lines),
        "may_add": adds,
        "may_copy": adds and may_be_copied(month, request.user),
        "changes": request.user.has_perm("reports.change_goal"),
        "deletes": request.user.has_perm("reports.delete_goal"),
    }
    return answer(request, "reports/goals.html", context, status=422 if problems else 200)


@viewing
@require_safe
def goals_file(request):
    month, problems = read_month(request.GET)
    if problems:
        return goals(request)
    title = _("Goals for %(month)s") % {"month": month.words}
    found = MonthOfGoals(month, request.user)
    return sent(request, title, lambda file: write_goals(file, title, found, request.user.name))


@viewing
@adding
@one_at_a_time
def goal_new(request):
    month, _problems = read_month(request.GET)
    initial = {"month": month.first, "whose": request.GET.get("whose", "")}
    form = GoalForm(posted(request), user=request.user, initial=initial)
    return written(request, form, month, _("Goal added."))


@viewing
@permission_required("reports.change_goal", raise_exception=True)
@one_at_a_time
def goal_edit(request, pk):
    goal = own(request, pk)
    form = GoalForm(posted(request), user=request.user, instance=goal)
    return written(request, form, Month(goal.month), _("Goal changed."))


@viewing
@permission_required("reports.delete_goal", raise_exception=True)
@require_POST
@one_at_a_time
def goal_delete(request, pk):
    goal = own(request, pk)
    say(request, delete(goal, request.user), _("Goal deleted."))
    return redirect(page_of(Month(goal.month)))


@viewing
@adding
@require_POST
@one_at_a_time
def goals_copy(request):
    """The goals of the month before."""
    month, problems = read_month(request.GET)
    if problems or not may_be_set(month.first):
        messages.error(request, (problems or [why_not_set()])[0])
        return redirect("reports:goals")
    copied = copy_to(month, request.user)
    if copied.copied:
        say(request, copied.record, copied.words)
    else:
        messages.info(request, copied.words)
    return redirect(page_of(month))


def own(request, pk) -> Goal:
    return get_object_or_404(Goal.objects.changeable_by(request.user).with_names(), pk=pk)


def page_of(month: Month) -> str:
    return f"{reverse('reports:goals')}?month={month.name}"


def written(request, form: GoalForm, month: Month, done: str):
    if form.is_bound and form.is_valid():
        say(request, form.write(request.user), done)
        return redirect(page_of(Month(form.instance.month)))
    context = {"form": form, "goal": form.instance, "month": month, "back": page_of(month)}
    return answer(request, "reports/goal.html", context, status=422 if form.is_bound else 200)
