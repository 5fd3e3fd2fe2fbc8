"""The consents of a lead or contact: their history, and recording one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.platform.web.responses import render_response
from crm.platform.web.security_log import write_security_line
from crm.records.kinds.kind_registry import Kind
from crm.records.screens.views.kind_access import get_changeable_record, get_visible_record, kind_view
from customers.consent.current_consent import describe_blocks, get_current_consents
from customers.consent.forms import RecordConsentForm
from customers.consent.merged_emails import get_consents_before_merge
from customers.models import ConsentPurpose


@kind_view()
def consents(request, kind: Kind, pk):
    record = get_visible_record(kind, request.user, pk)
    if request.method == "POST":
        if not request.user.has_perm(kind.get_right("change")):
            raise PermissionDenied
        record = get_changeable_record(kind, request.user, pk)
    form = RecordConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.write(record, request.user)
        write_security_line(
            "consent_recorded", table=kind.name, record=pk, purpose=form.cleaned_data["purpose"].name
        )
        messages.success(request, _("Recorded the consent."))
        for sentence in describe_blocks(record) if form.allows_newsletters else []:
            messages.warning(request, sentence)
        return redirect(record)
    context = {
        "kind": kind,
        "record": record,
        "present": get_current_consents(record),
        "merged": get_consents_before_merge(record),
        "form": form if _may_record(kind, record, request.user) else None,
    }
    return render_response(request, "consent/record.html", context, status=422 if form.is_bound else 200)


def _may_record(kind: Kind, record, user) -> bool:
    may = record.may_change and record.deleted_at is None and user.has_perm(kind.get_right("change"))
    return may and ConsentPurpose.objects.active().exists()
