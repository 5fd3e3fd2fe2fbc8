"""The bulk actions that add the same activity to many records."""

from django.utils.translation import gettext_lazy as _

from crm.activities.forms import BulkCallForm, BulkNoteForm
from crm.activities.verbs import AddActivity
from crm.models.activity import Activity
from crm.records.bulk import Action

ADD_NOTE = Action(
    "add_note",
    _("Add a note"),
    "note",
    "change",
    BulkNoteForm,
    lambda data, user: AddActivity(user, Activity.Type.NOTE, data["text"]),
)
LOG_CALL = Action(
    "log_call",
    _("Log a call"),
    "phone",
    "change",
    BulkCallForm,
    lambda data, user: AddActivity(user, Activity.Type.CALL, data["text"], data["outcome"]),
)
