"""One employment of a contact: adding, editing and removing it."""

from typing import Any

from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.platform.web.responses import render_response
from crm.records.history.verb_execution import Outcome, carry_out
from crm.records.kinds.kind_registry import Kind
from crm.records.kinds.reasons import add_refusals_to_form
from crm.records.screens.views.kind_access import get_changeable_record, kind_view
from customers.employments.forms import EmploymentForm
from customers.employments.verbs import AddEmployment, EditEmployment, RemoveEmployment
from customers.models import Employment
from customers.related_items.verbs import carry_out_on_items
from customers.related_items.views import get_visible_row, report_outcome


@kind_view("change")
def add_employment(request, kind: Kind, pk):
    contact = get_changeable_record(kind, request.user, pk)
    form = EmploymentForm(request.POST or None, viewer=request.user)
    if request.method == "POST" and form.is_valid():
        rows = kind.model.objects.present().changeable_by(request.user).filter(pk=pk)
        outcome = carry_out(AddEmployment(request.user, form.cleaned_data), rows, by=request.user)
        if not outcome.refused:
            return report_outcome(request, contact, outcome, _("Added the employment."))
        add_refusals_to_form(form, outcome.refused, kind)
    return render_employment_page(request, kind, contact, form)


@kind_view("change")
def employment(request, kind: Kind, pk, employment):
    contact = get_changeable_record(kind, request.user, pk)
    row = get_visible_row(Employment, request.user, pk, employment)
    form = EmploymentForm(request.POST or None, instance=row, viewer=request.user)
    if request.method == "POST" and form.is_valid():
        before = get_visible_row(Employment, request.user, pk, employment)
        if request.POST.get("version") != str(before.version):
            words = _("This employment was changed since you opened the page. Save again to overwrite it.")
            form.add_error(None, words)
            return render_employment_page(request, kind, contact, form, before)
        verb = EditEmployment(form.get_changes(before))
        outcome = carry_out_on_items(verb, [row.pk], by=request.user) if verb.changes else Outcome("contact")
        if not outcome.refused:
            return report_outcome(request, contact, outcome, _("Saved."))
        add_refusals_to_form(form, outcome.refused, kind)
    return render_employment_page(request, kind, contact, form, row)


@kind_view("change")
@require_POST
def remove_employment(request, kind: Kind, pk, employment):
    contact = get_changeable_record(kind, request.user, pk)
    row = get_visible_row(Employment, request.user, pk, employment)
    outcome = carry_out_on_items(RemoveEmployment(), [row.pk], by=request.user)
    return report_outcome(request, contact, outcome, _("Removed the employment."))


def render_employment_page(
    request, kind: Kind, contact: Any, form: EmploymentForm, row: Employment | None = None
):
    context = {"kind": kind, "record": contact, "form": form, "employment": row}
    return render_response(request, "employments/form.html", context, status=422 if form.is_bound else 200)
