"""What was done with the records: notes, calls, meetings, emails, files and tasks."""

from django.utils.translation import gettext as _

from accounts.models import User
from crm.models import (
    Activity,
    AttachedFile,
    EmailDraft,
    EmailEnvelope,
    Invitation,
    InvitationAnswer,
    OutgoingEmail,
    Task,
)
from crm.platform.files.thumbnails import THUMBNAIL_ENDING
from privacy.holders.data_holder import DataHolder, DataSection, build_section
from privacy.person import Person
from privacy.spelling_variants import GONE

# The columns of each table that are emptied, and with what.
CLEARED: dict[str, dict[str, str]] = {
    "activity": dict.fromkeys(
        ["text", "subject", "address", "message_id", "problem", "place", "invited"], ""
    ),
    "task": {"title": GONE, "description": ""},
    "employment": {"role": ""},
    "deal_contact": {"role": ""},
}


def build_sections(person: Person, viewer: User) -> list[DataSection]:
    ids = person.activities
    return [
        build_section(
            Activity._base_manager.filter(pk__in=ids).order_by("at", "pk"),
            title=_("Notes, calls, meetings and emails"),
        ),
        build_section(EmailEnvelope.objects.of_activities(ids), title=_("Recipients of emails")),
        build_section(AttachedFile.objects.of_activities(ids), title=_("Files")),
        build_section(Invitation.objects.of_activities(ids), title=_("Invitations to meetings")),
        build_section(InvitationAnswer.objects.of_activities(ids), title=_("Answers to invitations")),
    ]


def build_task_sections(person: Person, viewer: User) -> list[DataSection]:
    return [build_section(Task._base_manager.filter(pk__in=person.tasks).order_by("pk"), title=_("Tasks"))]


def erase(person: Person) -> int:
    ids = person.activities
    OutgoingEmail.objects.filter(activity__in=ids).delete()
    waiting = Activity._base_manager.filter(pk__in=ids, outcome=Activity.Delivery.SENDING)
    waiting.update(outcome=Activity.Delivery.FAILED)
    Invitation.objects.filter(activity__in=ids).update(
        addresses="", subject="", place="", problem="", state="sent"
    )
    InvitationAnswer.objects.filter(activity__in=ids).delete()
    EmailEnvelope.objects.filter(activity__in=ids).delete()
    person.files.update(_delete_file_rows(ids))
    return Activity._base_manager.filter(pk__in=ids).update(**CLEARED["activity"])


def _delete_file_rows(ids: list[int]) -> set[str]:
    """Their files and thumbnails, unless an activity of another record has the same file. Their rows are removed."""
    rows = AttachedFile.objects.filter(activity__in=ids)
    files = set(rows.values_list("file", flat=True))
    rows.delete()
    gone = files.difference(AttachedFile.objects.kept_as(sorted(files)))
    return gone | {file + THUMBNAIL_ENDING for file in gone}


def erase_tasks(person: Person) -> int:
    return Task._base_manager.filter(pk__in=person.tasks).update(**CLEARED["task"])


def build_draft_sections(person: Person, viewer: User) -> list[DataSection]:
    return [build_section(EmailDraft.objects.filter(person.build_condition()).order_by("pk"))]


def erase_drafts(person: Person) -> int:
    return EmailDraft.objects.filter(person.build_condition()).delete()[0]


HOLDERS = [
    DataHolder(("crm.EmailDraft",), build_draft_sections, erase_drafts, "drafts"),
    DataHolder(
        (
            "crm.Activity",
            "crm.AttachedFile",
            "crm.EmailEnvelope",
            "crm.OutgoingEmail",
            "crm.Invitation",
            "crm.InvitationAnswer",
        ),
        build_sections,
        erase,
        "activities",
    ),
    DataHolder(("crm.Task",), build_task_sections, erase_tasks, "tasks"),
]
