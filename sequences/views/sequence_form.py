"""Adding or changing a sequence: who sends, what stops it, and its steps in order."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import one_at_a_time, show_change_message
from sequences.models import Sequence
from sequences.overview.enrollment_counts import count_running
from sequences.overview.sequence_list import get_sequence_kinds
from sequences.setup.examples import get_example
from sequences.setup.forms import SequenceForm
from sequences.views.access import get_sequence_or_404


@permission_required("sequences.add_sequence", raise_exception=True)
@one_at_a_time
def sequence_new(request):
    """For the record type `of`; `example` fills the form in."""
    kinds = {kind.name: kind for kind in get_sequence_kinds(request.user)}
    if not kinds:
        raise PermissionDenied
    kind = kinds.get(request.POST.get("of") or request.GET.get("of", "")) or next(iter(kinds.values()))
    example = get_example(request.GET.get("example", ""), request.user)
    return save_or_show_form(request, example or Sequence(table_of=kind.name))


@permission_required("sequences.change_sequence", raise_exception=True)
@one_at_a_time
def sequence_edit(request, pk):
    return save_or_show_form(request, get_sequence_or_404(pk, request.user))


def save_or_show_form(request, sequence: Sequence):
    sent = (request.POST, request.POST.get("act", "")) if request.method == "POST" else (None, "")
    form = SequenceForm(sent[0], act=sent[1], instance=sequence)
    if form.is_bound and form.is_valid():
        record = form.write(request.user)
        words = _("Saved the sequence “%(name)s”.") % {"name": sequence.name}
        show_change_message(request, record, words)
        return redirect("sequences:sequence", sequence.pk)
    context = {
        "form": form,
        "sequence": sequence,
        "kinds": get_sequence_kinds(request.user),
        "running": count_running(sequence, request.user) if sequence.pk else 0,
    }
    fragments = {SequenceForm.html_id: "sequences/_form.html"}
    status = form.status_code if form.is_bound else 200
    return render_response(request, "sequences/form.html", context, fragments=fragments, status=status)
