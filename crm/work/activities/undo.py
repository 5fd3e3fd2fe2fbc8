"""What follows when activities are undone, for those who get emails about them."""

from django.utils.translation import gettext as _

from crm.models import Operation
from crm.records.history.undo.undo_permission import UndoRefused
from crm.records.history.undo.undo_result import UndoResult
from crm.work.invitations import invitation_sending
from crm.work.models.activity import Activity, OutgoingEmail
from crm.work.models.attached_file import AttachedFile
from crm.work.models.email_envelope import EmailEnvelope


def write_activity_undo_consequences(record: Operation, undoing: Operation, outcome: UndoResult) -> None:
    """An email that is undone isn't sent. If the worker has just taken it, the undo is too late. Those invited to a meeting
    are sent what follows from the undo."""
    ids = outcome.back.get(Activity.table, [])
    if record.kind != "send_email":
        _withdraw_emails(record, ids)
        invitation_sending.notify_invitees_of_undo(record, ids)
        return
    if not OutgoingEmail.objects.filter(activity__in=ids).delete()[0]:
        raise UndoRefused(_("The email is no longer waiting to be sent, so it can’t be undone."))
    # It never comes back, so its files go too (crm/platform/files/jobs.py).
    AttachedFile.objects.of_activities(ids).delete()
    EmailEnvelope.objects.of_activities(ids).delete()


def _withdraw_emails(record: Operation, ids: list[int]) -> None:
    """Emails that were written along with other changes. What comes back with the undo of an undo isn't sent again by itself."""
    waiting = Activity.objects.filter(pk__in=ids).waiting()
    if record.undoes_id:
        queued = OutgoingEmail.objects.values("activity")
        left = waiting.present().exclude(pk__in=queued)
        left.update(outcome=Activity.Delivery.FAILED, problem="undone")
        return
    emails = list(waiting.values_list("pk", flat=True))
    if emails and OutgoingEmail.objects.filter(activity__in=emails).delete()[0] < len(emails):
        raise UndoRefused(_("An email of this change is being sent right now. Try again in a moment."))
