"""Writing an email to a record, and trying again to send one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.activities.email import RetryEmail, addresses_of
from crm.activities.email_forms import EmailForm
from crm.activities.template_choice import INSERT, email_with, templates_for
from crm.activities.verbs import change_one
from crm.activities.views.activity import activity_of
from crm.models import Template
from crm.models.activity import Activity
from crm.records.change import carry_out
from crm.records.kinds import Kind
from crm.records.views.of_kind import changeable_record, of_kind
from crm.records.views.record import back_to
from crm.web.screens import answer


@of_kind("change")
def write_email(request, kind: Kind, pk):
    record = changeable_record(kind, request.user, pk)
    if record.deleted_at:
        raise Http404
    addresses = addresses_of(kind, record, request.user)
    common = {"addresses": addresses, "user": request.user}
    if INSERT in request.POST:
        form = EmailForm(**common, start=email_with(request.POST, record, request.user))
    else:
        form = EmailForm(request.POST or None, **common, to=request.GET.get("to", ""))
    if form.is_valid():
        return send(request, kind, record, form)
    context = {"kind": kind, "record": record, "form": form, "addresses": addresses}
    context["warnings"] = kind.email_warnings(record)
    context["templates"] = templates_for(Template.Type.EMAIL, request.user)
    fragments = {"letter": "activities/_letter.html"}
    status = 422 if form.is_bound else 200
    return answer(request, "activities/email.html", context, fragments=fragments, status=status)


def send(request, kind: Kind, record: Any, form: EmailForm):
    verb = form.verb()
    if verb.emails.exists():
        messages.info(request, _("You’ve already sent this email."))
        return redirect(record)
    rows = kind.model.objects.present().changeable_by(request.user).filter(pk=record.pk)
    outcome = carry_out(verb, rows, by=request.user)
    if outcome.operation:
        words = _("The email will be sent in a few seconds.")
        messages.success(request, words, extra_tags=f"undo-{outcome.operation.pk}")
    return back_to(kind, request.user, record)


@of_kind()
@require_POST
def retry_email(request, kind: Kind, pk, activity):
    row = activity_of(kind, request.user, pk, activity)
    if not Activity.scope.may_change(row, request.user):
        raise PermissionDenied
    if change_one(RetryEmail(), row, by=request.user).pk:
        messages.success(request, _("The email is sent again."))
    else:
        messages.info(request, _("There’s no email to send again."))
    return redirect(kind.url("record", row.record))
