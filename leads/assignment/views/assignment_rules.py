"""The assignment rules in order, and what they would do with the last leads."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.platform.web.responses import render_response
from crm.records.editing.row_order import find_moved_row, move_rows_behind, order_buttons
from crm.records.editing.settings_change import one_at_a_time, record_settings_change, show_change_message
from leads.assignment.role_choices import describe_chosen_people
from leads.assignment.rule_conditions import describe_conditions, get_leads_kind
from leads.assignment.rule_preview import build_rule_preview
from leads.assignment.unusable_rules import get_idle_reasons, get_user_name
from leads.models import AssignmentRule
from leads.settings.lists.list_page import move_row_and_redirect
from leads.settings.settings_tables import ASSIGNMENT_RULES


@permission_required("leads.view_assignmentrule", raise_exception=True)
@require_safe
def rules(request):
    found = list(AssignmentRule.objects.active().in_order().select_related("user", "department"))
    past, idle = build_rule_preview(found, request.user), get_idle_reasons(found, request.user)
    last = len(found) - 1
    lines = [
        {
            "rule": rule,
            "order": order_buttons(rule, first=place == 0, last=place == last),
            "conditions": describe_conditions(rule.conditions, request.user),
            "user": get_user_name(rule, request.user),
            "chosen": describe_chosen_people(rule, request.user),
            "idle": idle.get(rule.pk, ""),
            "past": past.by_rule.get(rule.pk, 0),
        }
        for place, rule in enumerate(found)
    ]
    rights = ASSIGNMENT_RULES.get_rights(request.user)
    context = {"lines": lines, "past": past, "rights": rights, "kind": get_leads_kind()}
    return render_response(request, "leads/rules/list.html", context)


@permission_required("leads.change_assignmentrule", raise_exception=True)
@require_POST
@one_at_a_time
def rule_order(request):
    """Move one step up or down, or behind another rule."""
    words = _("Assignment rules reordered.")
    if "row" in request.POST:
        return move_rule(request, words)
    return move_row_and_redirect(
        request, ASSIGNMENT_RULES, lambda rule: AssignmentRule.objects.active().in_order(), words
    )


def move_rule(request, words: str):
    """Move the dragged rule behind the one `after`, or to the beginning."""
    order = list(AssignmentRule.objects.active().in_order())
    moved = find_moved_row(request.POST, "row", order)
    if moved is None:
        messages.warning(request, _("The rules have changed in the meantime. Try again."))
        return redirect(ASSIGNMENT_RULES.url)
    row, after = moved
    with record_settings_change(
        "edit_assignment_rule", by=request.user, act="order", rows=[row.pk]
    ) as record:
        move_rows_behind([row], after, order)
    show_change_message(request, record, words)
    return redirect(ASSIGNMENT_RULES.url)
