"""Adding a task to a record, from its page; and a call-back with one click, from its page, a list or the palette."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import Kind
from crm.records.screens.views.kind_access import get_changeable_record, kind_view
from crm.work.screens.views.inline_edit import carry_out_and_respond
from crm.work.screens.views.record import redirect_to_record_or_list, render_record_page
from crm.work.tasks.call_backs import build_call_back_verb, get_call_back_moment
from crm.work.tasks.forms import TaskForm


@kind_view("change")
@require_POST
def add_task(request, kind: Kind, pk):
    record = get_changeable_record(kind, request.user, pk)
    form = TaskForm(request.POST, record=record, viewer=request.user)
    if not form.is_valid():
        return render_record_page(request, kind, record, planner=form)
    rows = kind.model.objects.present().changeable_by(request.user).filter(pk=pk)
    outcome = carry_out(form.build_verb(request.user), rows, by=request.user)
    if outcome.operation:
        messages.success(request, _("Added the task."), extra_tags=f"undo-{outcome.operation.pk}")
    return redirect_to_record_or_list(request, kind, record)


@kind_view("change")
@require_POST
def add_call_back(request, kind: Kind, pk):
    """For the user who asks, at the moment that `when` names."""
    record = get_changeable_record(kind, request.user, pk)
    moment = get_call_back_moment(request.user, request.POST.get("when", ""))
    if moment is None:
        raise BadRequest
    return carry_out_and_respond(request, kind, record, build_call_back_verb(request.user, moment))
