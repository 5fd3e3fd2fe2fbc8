"""Adding or changing an assignment rule, with what it would do with the last leads."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message
from leads.assignment.forms import AssignmentRuleForm
from leads.assignment.rule_conditions import get_leads_kind
from leads.assignment.rule_preview import RulePreview, build_rule_preview
from leads.models import AssignmentRule
from leads.settings.row_history import get_row_history
from leads.settings.settings_tables import ASSIGNMENT_RULES


@permission_required("leads.add_assignmentrule", raise_exception=True)
@one_at_a_time
def rule_new(request):
    asked = request.GET.get("conditions", "")
    return save_or_show_form(
        request, AssignmentRuleForm(get_posted_data(request), viewer=request.user, asked=asked)
    )


@permission_required("leads.change_assignmentrule", raise_exception=True)
@one_at_a_time
def rule_edit(request, pk):
    rule, asked = get_rule_or_404(pk), request.GET.get("conditions")
    return save_or_show_form(
        request, AssignmentRuleForm(get_posted_data(request), instance=rule, viewer=request.user, asked=asked)
    )


def save_or_show_form(request, form: AssignmentRuleForm):
    valid = form.is_bound and form.is_valid()
    if valid and "preview" not in request.POST:
        record = form.write(request.user)
        show_change_message(
            request, record, _("Saved the assignment rule %(name)s.") % {"name": form.instance.label}
        )
        return redirect("assignment:rules")
    context = {
        "kind": ASSIGNMENT_RULES,
        "records": get_leads_kind(),
        "form": form,
        # It names users of all departments.
        "history": []
        if form.is_new or not request.user.sees_everything
        else get_row_history(form.instance, AssignmentRule.table),
        "past": build_past_preview(form, request.user)
        if valid or not (form.is_bound or form.is_new)
        else None,
    }
    return render_response(
        request, "leads/rules/form.html", context, status=200 if valid else form.status_code
    )


def build_past_preview(form: AssignmentRuleForm, viewer) -> RulePreview:
    """With the rule as the form has it, before it is saved."""
    rule = form.instance
    if form.is_bound and form.may_change_conditions:
        rule.conditions = form.cleaned_data["conditions"]
    others = AssignmentRule.objects.active().in_order()
    if form.is_new:
        rule.pk = 0
        return build_rule_preview([*others, rule], viewer)
    return build_rule_preview([rule if other.pk == rule.pk else other for other in others], viewer)


def get_rule_or_404(pk: int) -> AssignmentRule:
    """A rule that isn't deleted."""
    rule = AssignmentRule.objects.active().filter(pk=pk).first()
    if rule is None:
        raise Http404
    return rule
