"""Adding a note, a call, a meeting or files to a record, from its page."""

from typing import Any

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from crm.platform.excel.reading.upload_handlers import get_drop_reason
from crm.platform.files.attachment_storage import store_uploads
from crm.platform.files.error_messages import get_refusal_sentence
from crm.platform.files.store import NotKept
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import Kind
from crm.records.screens.views.kind_access import get_changeable_record, kind_view
from crm.work.activities.agenda import AGENDA, fill_agenda
from crm.work.activities.forms import ActivityForm
from crm.work.mentions import get_unnotified_names
from crm.work.models.activity import Activity
from crm.work.screens.views.record import redirect_to_record_or_list, render_record_page
from crm.work.templates.template_filling import INSERT, fill_note

Type = Activity.Type


@kind_view("change")
@require_POST
def add_activity(request, kind: Kind, pk):
    record = get_changeable_record(kind, request.user, pk)
    if AGENDA in request.POST:
        start = fill_agenda(request.POST, kind, record, request.user)
        return render_record_page(request, kind, record, composer=ActivityForm(initial=start))
    if INSERT in request.POST:
        start = fill_note(request.POST, record, request.user)
        return render_record_page(request, kind, record, composer=ActivityForm(initial=start))
    form = ActivityForm(request.POST, request.FILES, dropped=get_drop_reason(request))
    if not form.is_valid():
        return render_record_page(request, kind, record, composer=form)
    rows = kind.model.objects.present().changeable_by(request.user).filter(pk=pk)
    try:
        with store_uploads(form.cleaned_data["attachments"]) as files:
            outcome = carry_out(form.build_verb(request.user, files), rows, by=request.user)
    except NotKept as error:
        form.add_error("attachments", get_refusal_sentence(error.code))
        return render_record_page(request, kind, record, composer=form)
    if outcome.operation:
        words = get_done_sentence(form.cleaned_data, len(files))
        messages.success(request, words, extra_tags=f"undo-{outcome.operation.pk}")
        warn_of_unseen(request, form.cleaned_data["text"], record)
    return redirect_to_record_or_list(request, kind, record)


def get_done_sentence(data: dict[str, Any], files: int) -> str:
    type = data["type"]
    if data["invited"]:
        return _("The invitation will be sent in a few seconds.")
    if type == Type.MEETING and Activity.get_meeting_outcome(data["at"]):
        return _("Planned the meeting.")
    if type == Type.FILE:
        return ngettext("Added the file.", "Added %(number)s files.", files) % {"number": files}
    said: dict[str, str] = {Type.NOTE: _("Added the note."), Type.CALL: _("Logged the call.")}
    return said.get(type, _("Logged the meeting."))


def warn_of_unseen(request, text: str, record: Any) -> None:
    """Mentioned users who don't see the record weren't notified."""
    if names := get_unnotified_names(text, request.user, record):
        words = _("Not notified, because they can’t see this record: %(names)s.")
        messages.warning(request, words % {"names": ", ".join(names)})
