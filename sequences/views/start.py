"""Starting a sequence for one record: its steps with their days and texts first, or why it can't start."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.platform.web.responses import render_response
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import Kind
from crm.records.kinds.reasons import get_reason_sentence
from crm.records.screens.views.kind_access import get_changeable_record, kind_view
from sequences.actions import build_start_verb, get_start_form
from sequences.record_page.start_preview import build_start_preview, was_in_sequence
from sequences.verbs import StartSequence


@kind_view("change")
def start(request, kind: Kind, pk):
    """GET with a `sequence` shows what would happen; POST starts it."""
    record = get_changeable_record(kind, request.user, pk)
    if record.deleted_at:
        raise Http404
    data = request.POST if request.method == "POST" else request.GET
    form = get_start_form(kind.name)(data if "sequence" in data else None, user=request.user)
    if not was_in_sequence(record):
        # What it asks is then no question.
        del form.fields["again"]
    verb = build_start_verb(form.cleaned_data, request.user) if form.is_valid() else None
    if verb and request.method == "POST" and start_for_record(request, kind, verb, pk):
        return redirect(record)
    context = {
        "kind": kind,
        "record": record,
        "form": form,
        "has_choices": form.fields["sequence"].queryset.exists(),
        "preview": build_start_preview(verb, record) if verb else None,
    }
    status = 422 if request.method == "POST" else 200
    return render_response(request, "sequences/start.html", context, status=status)


def start_for_record(request, kind: Kind, verb: StartSequence, pk: int) -> bool:
    """Whether it has started; otherwise a message says why not."""
    rows = kind.model.objects.present().changeable_by(request.user).filter(pk=pk)
    outcome = carry_out(verb, rows, by=request.user)
    for code in outcome.refused:
        messages.warning(request, get_reason_sentence(code, kind))
    if outcome.changed:
        words = _("Started the sequence “%(name)s”.") % {"name": verb.sequence}
        messages.success(request, words, extra_tags=f"undo-{outcome.operation.pk}")
    return bool(outcome.changed)
