"""The bulk actions that add the same activity to many records."""

from django.utils.translation import gettext_lazy as _

from crm.records.editing.bulk_actions import BulkAction
from crm.work.activities.forms import BulkCallForm, BulkNoteForm
from crm.work.activities.verbs import AddActivity
from crm.work.models.activity import Activity

ADD_NOTE = BulkAction(
    "add_note",
    _("Add a note"),
    "note",
    "change",
    BulkNoteForm,
    lambda data, user: AddActivity(user, Activity.Type.NOTE, data["text"]),
)
LOG_CALL = BulkAction(
    "log_call",
    _("Log a call"),
    "phone",
    "change",
    BulkCallForm,
    lambda data, user: AddActivity(user, Activity.Type.CALL, data["text"], data["outcome"]),
)
