"""Stuck leads by owner and status: remind their owners, reassign them, or plan the next action."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from crm.records.editing.bulk_actions import freeze_all
from crm.templatetags.look import number
from leads.kind import LEAD
from leads.stuck.line_rendering import StuckLines
from leads.stuck.stuck_leads import MOST, MOST_OWNERS, get_stuck_groups, leads_of_lines_queryset
from leads.stuck.stuck_reminders import remind_owners

BULK = ("assign", "next-action")


@permission_required("leads.view_lead", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def stuck_leads(request):
    if request.method == "POST":
        return carry_out_action(request, request.POST.get("action", ""), request.POST.getlist("line"))
    groups = get_stuck_groups(request.user)
    actions = [
        action
        for action in map(LEAD.get_action, BULK)
        if action and action.is_allowed(request.user, LEAD.model)
    ]
    may_remind = request.user.has_perm("leads.assign_lead")
    lines = StuckLines(may_select=bool(actions or may_remind))
    context = {
        "kind": LEAD,
        "groups": [(group, lines.render_group(group)) for group in groups[:MOST_OWNERS]],
        "more": len(groups) - MOST_OWNERS,
        "count": sum(group.count for group in groups),
        "counted": MOST if any(group.more for group in groups) else 0,
        "actions": actions,
        "may_remind": may_remind,
    }
    return render(request, "leads/stuck.html", context)


def carry_out_action(request, name: str, lines: list[str]):
    """Remind the owners at once; the bulk changes have their preview."""
    rows = leads_of_lines_queryset(request.user, lines)
    if not rows.exists():
        messages.warning(request, _("Select at least one row."))
        return redirect("leads:stuck")
    if name == "remind":
        return remind_and_redirect(request, rows)
    action = LEAD.get_action(name) if name in BULK else None
    if action is None or not action.is_allowed(request.user, LEAD.model):
        raise PermissionDenied
    frozen = freeze_all(request.user, rows, "over_limit=yes")
    return redirect(LEAD.get_url("preview", frozen.pk, name))


def remind_and_redirect(request, rows):
    people = remind_owners(rows, by=request.user)
    if people:
        words = ngettext("Reminded %(number)s user.", "Reminded %(number)s users.", people)
        messages.success(request, words % {"number": number(people)})
    else:
        messages.info(request, _("There is no one to remind: these leads are unassigned or your own."))
    return redirect("leads:stuck")
