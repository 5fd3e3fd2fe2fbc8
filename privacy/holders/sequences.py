"""Sequences that a person's records are or were in. What was written for them goes; that someone was in a sequence, and how it ended,
still counts in its results."""

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from privacy.holders.data_holder import DataHolder, DataSection, build_section
from privacy.person import Person
from sequences.models import EditedEmail, Enrollment
from sequences.models.enrollment import EnrollmentQuerySet
from sequences.running.log_cleanup import find_edited_emails

# What an edited email has in the history.
CLEARED = {"edited_email": {"subject": "", "text": ""}}


def person_enrollments_queryset(person: Person) -> EnrollmentQuerySet:
    own = person.build_condition("table_of") | Q(email_key__in=person.email_keys)
    return Enrollment.objects.filter(own)


def get_edited_email_ids(person: Person) -> list[int]:
    return find_edited_emails(person_enrollments_queryset(person).values_list("pk", flat=True))


def build_sections(person: Person, viewer: User) -> list[DataSection]:
    found = person_enrollments_queryset(person).select_related("sequence").order_by("pk")
    rows = [
        {
            _("Date"): one.started_at.isoformat(),
            _("Sequence"): one.sequence.name,
            _("State"): str(one.get_state_display()),
            _("Reason"): str(one.get_stop_reason_display()),
        }
        for one in found
    ]
    edited = EditedEmail.objects.filter(enrollment__in=found.values("pk")).order_by("pk")
    return [DataSection(_("Sequences that these records were in"), rows), build_section(edited)]


def erase(person: Person) -> int:
    found = person_enrollments_queryset(person)
    EditedEmail.objects.filter(enrollment__in=found.values("pk")).delete()
    found.running().update(
        state=Enrollment.State.STOPPED, stop_reason=Enrollment.StopReason.ERASED, ended_at=Now()
    )
    return found.update(email_key="")


HOLDERS = [
    DataHolder(
        (
            "sequences.Enrollment",
            "sequences.EnrollmentStep",
            "sequences.ComingStep",
            "sequences.EditedEmail",
        ),
        build_sections,
        erase,
        "sequences",
    )
]
