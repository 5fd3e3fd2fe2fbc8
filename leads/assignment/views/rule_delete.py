"""Deleting an assignment rule: leads that it assigned keep their owners, and their timelines still name it."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import one_at_a_time, record_settings_change, show_change_message
from leads.assignment.views.assignment_rule import get_rule_or_404
from leads.models import AssignmentRule
from leads.settings.settings_tables import ASSIGNMENT_RULES


@permission_required("leads.delete_assignmentrule", raise_exception=True)
@one_at_a_time
def rule_delete(request, pk):
    rule = get_rule_or_404(pk)
    if request.method != "POST":
        return render_response(request, "leads/rules/delete.html", {"kind": ASSIGNMENT_RULES, "row": rule})
    with record_settings_change("retire_assignment_rule", by=request.user, rows=[rule.pk]) as record:
        AssignmentRule.objects.filter(pk=rule.pk).retire()
    show_change_message(request, record, _("Deleted the assignment rule %(name)s.") % {"name": rule.label})
    return redirect("assignment:rules")
