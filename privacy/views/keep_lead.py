"""Keeping a lead in spite of retention rules, with the reason; for users who may change the lead."""

from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.platform.web.responses import render_response
from crm.platform.web.security_log import write_security_line
from crm.records.editing.settings_change import record_settings_change, show_change_message
from crm.records.kinds.kind_registry import Kind
from crm.records.screens.views.kind_access import get_changeable_record, kind_view
from privacy.models import RetentionExemption
from privacy.retention.forms import KeepForm


@kind_view("change")
def keep(request, kind: Kind, pk):
    lead = get_changeable_record(kind, request.user, pk, lock=request.method == "POST")
    row = RetentionExemption.objects.of_lead(lead).first()
    if request.method == "POST" and "stop" in request.POST:
        with record_settings_change("stop_keeping_lead", by=request.user, lead=lead.pk) as record:
            RetentionExemption.objects.of_lead(lead).delete()
        write_security_line("lead_kept", table=kind.name, record=pk)
        show_change_message(request, record, _("Retention rules apply to this lead again."))
        return redirect(lead)
    form = KeepForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        write_security_line("lead_kept", table=kind.name, record=pk, why=form.cleaned_data["reason"])
        show_change_message(request, form.write(lead, request.user), _("This lead is kept."))
        return redirect(lead)
    context = {"kind": kind, "record": lead, "form": form, "exemption": row}
    return render_response(
        request, "privacy/retention/keep.html", context, status=422 if form.is_bound else 200
    )
