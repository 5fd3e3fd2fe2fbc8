"""A coming email of the sequence that a record is in: seen with its text, and edited for this record."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.platform.web.responses import render_response
from crm.records.kinds.kind_registry import Kind
from crm.records.kinds.reasons import get_reason_sentence
from crm.records.screens.views.kind_access import get_changeable_record, kind_view
from sequences.record_page.coming_email import ComingEmail, ComingEmailForm, find_coming_email
from sequences.verbs import edit_coming_email


@kind_view("change")
def coming_email(request, kind: Kind, pk, key):
    """POST keeps the text for this record, or with `template` forgets it."""
    record = get_changeable_record(kind, request.user, pk)
    email = find_coming_email(record, key)
    if email is None:
        raise Http404
    form = ComingEmailForm(request.POST or None, initial=email.initial)
    if "template" in request.POST:
        return save(request, kind, record, email, "", "")
    if form.is_valid():
        return save(request, kind, record, email, form.cleaned_data["subject"], form.cleaned_data["text"])
    context = {"kind": kind, "record": record, "email": email, "form": form}
    return render_response(
        request, "sequences/coming_email.html", context, status=422 if form.is_bound else 200
    )


def save(request, kind: Kind, record, email: ComingEmail, subject: str, text: str):
    outcome = edit_coming_email(email.enrollment, email.line.step.key, subject, text, by=request.user)
    for code in outcome.refused:
        messages.warning(request, get_reason_sentence(code, kind))
    if outcome.changed:
        words = (
            _("Saved the email for this record.") if text else _("The email is that of the template again.")
        )
        messages.success(request, words, extra_tags=f"undo-{outcome.operation.pk}")
    elif outcome.unchanged:
        messages.info(request, _("Nothing was changed."))
    return redirect(record)
