"""Planned meetings: once they are over, they count as contacts; and sending an invitation or an email again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _lazy

from crm.models import Activity, Invitation, InvitationAnswer, Operation
from crm.platform.jobs.housekeeping import every_hour, every_minute
from crm.records.history.operation_results import Outcome, write_verdicts
from crm.records.history.verb_execution import Verb, operation
from crm.work.activities.verbs import OfOne, carry_out_on_activity, lock_record
from crm.work.emails.email_verbs import RetryEmail
from crm.work.invitations.invitation_sending import notify_invitees
from crm.work.invitations.invitees import is_unsent


@dataclass(frozen=True)
class EndMeetings(Verb):
    """The worker notes that planned meetings are over."""

    kind = "end_meetings"
    icon = "calendar"

    @classmethod
    def get_right(cls, model):
        return ""

    @classmethod
    def get_label(cls, parameters, kind):
        return _lazy("Planned meetings are over")

    @classmethod
    def describe_finality(cls, record):
        return _lazy("The meeting is over. Mark it as a no-show if it didn’t take place.")


@every_minute
def write_past_meeting_contacts(now: datetime | None = None) -> int:
    """From now on, they are contacts of their records. Returns how many there were."""
    now = now or timezone.now()
    found = find_past_meetings(now)
    if not found:
        return 0
    with operation(EndMeetings.kind, by=None, channel=Operation.Channel.SYSTEM) as record:
        for meeting in sorted(found.values(), key=lambda row: (row.of, row.record)):
            lock_record(meeting)
        # Without those that were edited or deleted until they were locked.
        still = {pk: meeting for pk, meeting in find_past_meetings(now).items() if pk in found}
        Activity.objects.filter(pk__in=still).update(outcome="", assumed=True)
        tables = sorted({meeting.of for meeting in still.values()})
        for table in tables:
            ids = sorted({meeting.record for meeting in still.values() if meeting.of == table})
            write_verdicts(record, Outcome(table, changed=ids))
        record.table = tables[0] if len(tables) == 1 else ""
        record.changed = record.matched = len(still)
        record.save(update_fields=["table", "changed", "matched"])
    return len(still)


def find_past_meetings(now: datetime) -> dict[int, Activity]:
    """The planned meetings that are over, by ID."""
    begun = Activity.objects.planned().present().begun(now)
    return {meeting.pk: meeting for meeting in begun if meeting.ends_at <= now}


@dataclass(frozen=True)
class SendInvitation(OfOne, Verb):
    """Send those invited to a meeting what they don't know yet: an email that failed, or a change that wasn't sent."""

    kind = "send_invitation"
    title = _lazy("Send an invitation again")
    icon = "mail"

    @classmethod
    def get_label(cls, parameters, kind):
        return cls.title

    @classmethod
    def describe_finality(cls, record):
        return _lazy("An email that has been sent can’t be unsent.")

    def build_unchanged_condition(self):
        return ~Q(type=Activity.Type.MEETING) | Q(invited="")

    def get_values(self) -> dict[str, Any]:
        return {}

    def write(self, rows):
        """The meeting stays as it is."""

    def write_consequences(self, record, changed):
        notify_invitees(changed)


def send_again(row: Activity, *, by: Any, channel: str = Operation.Channel.WEB) -> Operation | None:
    """Send an email again that couldn't be sent, or what those invited to a meeting don't know yet. None if there is nothing to
    send again."""
    is_meeting = row.type == Activity.Type.MEETING
    if not (is_unsent(row) if is_meeting else row.has_failed):
        return None
    verb = SendInvitation() if is_meeting else RetryEmail()
    done = carry_out_on_activity(verb, row, by=by, channel=channel)
    return done if done.pk else None


@every_hour
def delete_old_invitations() -> int:
    """Those to meetings that were permanently deleted, and their answers."""
    return (
        Invitation.objects.all().of_deleted_activities().delete()[0]
        + InvitationAnswer.objects.all().of_deleted_activities().delete()[0]
    )
