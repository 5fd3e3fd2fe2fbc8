"""What follows when activities are undone, for those who get emails about them."""

from django.utils.translation import gettext as _

from crm.activities import invitations
from crm.models import Operation
from crm.models.activity import Activity, OutgoingEmail
from crm.models.attached_file import AttachedFile
from crm.records.undoable import UndoRefused
from crm.records.undone import Undone


def follow_undo(record: Operation, undoing: Operation, outcome: Undone) -> None:
    """An email that is undone isn't sent. If the worker has just taken it, the undo is too late. Those invited to a meeting
    are sent what follows from the undo."""
    ids = outcome.back.get(Activity.table, [])
    if record.kind != "send_email":
        invitations.follow_undo(record, ids)
        return
    if not OutgoingEmail.objects.filter(activity__in=ids).delete()[0]:
        raise UndoRefused(_("The email is no longer waiting to be sent, so it can’t be undone."))
    # It never comes back, so its files go too (crm/files/jobs.py).
    AttachedFile.objects.of_activities(ids).delete()
