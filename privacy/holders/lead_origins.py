"""How the person came in: web forms, incoming webhooks, and the emails that mailboxes received."""

from django.db.models import Q, QuerySet

from accounts.models import User
from crm.models import AttachedFile
from crm.platform.files.thumbnails import THUMBNAIL_ENDING
from intake.models import IncomingCall, StopWord, Submission
from mailboxes.models import Message
from privacy.holders.data_holder import DataHolder, DataSection, build_no_sections, build_section
from privacy.person import Person
from privacy.text_search import find_matching_rows


def person_submissions_queryset(person: Person) -> QuerySet[Submission]:
    """Those of the leads, and others with an address or number, such as quarantined ones."""
    columns = ["values", "files", "email", "consents", "first_touch", "last_touch", "reasons"]
    found = [
        key[0] for key, _values in find_matching_rows(Submission, columns, person.spellings.addresses_pattern)
    ]
    return Submission.objects.filter(Q(lead__in=person.get_ids("lead")) | Q(pk__in=found))


def build_submission_sections(person: Person, viewer: User) -> list[DataSection]:
    return [build_section(person_submissions_queryset(person).order_by("pk"))]


def erase_submissions(person: Person) -> int:
    """When and with which form stays, for its figures."""
    rows = Submission.objects.filter(
        pk__in=list(person_submissions_queryset(person).values_list("pk", flat=True))
    )
    for files in rows.values_list("files", flat=True):
        for each in files:
            if not AttachedFile.objects.kept_as([each["file"]]):
                person.files.update([each["file"], each["file"] + THUMBNAIL_ENDING])
    rows.update(first_touch={}, last_touch={}, address="", reasons=[], consents=[])
    return rows.clear()


def person_calls_queryset(person: Person) -> QuerySet[IncomingCall]:
    columns = ["body", "headers", "delivery", "problems"]
    found = [
        key[0]
        for key, _values in find_matching_rows(IncomingCall, columns, person.spellings.addresses_pattern)
    ]
    return IncomingCall.objects.filter(person.build_condition() | Q(pk__in=found))


def build_call_sections(person: Person, viewer: User) -> list[DataSection]:
    return [build_section(person_calls_queryset(person).order_by("pk"))]


def erase_calls(person: Person) -> int:
    """Marked as cut, so no one repeats them."""
    return person_calls_queryset(person).update(
        body="", headers={}, address="", problems=[], delivery="", digest="", cut=True
    )


def person_messages_queryset(person: Person) -> QuerySet[Message]:
    found = [
        key[0]
        for key, _values in find_matching_rows(
            Message, ["sender", "subject", "reason"], person.spellings.addresses_pattern
        )
    ]
    return Message.objects.filter(person.build_condition() | Q(pk__in=found))


def build_message_sections(person: Person, viewer: User) -> list[DataSection]:
    return [build_section(person_messages_queryset(person).order_by("pk"))]


def erase_messages(person: Person) -> int:
    """Their keys stay, so that a mailbox doesn't add them once more."""
    return person_messages_queryset(person).update(sender="", subject="", reason="")


def erase_stop_words(person: Person) -> int:
    found = [
        key[0] for key, _values in find_matching_rows(StopWord, ["text"], person.spellings.addresses_pattern)
    ]
    return StopWord.objects.filter(pk__in=found).delete()[0]


HOLDERS = [
    DataHolder(("intake.Submission",), build_submission_sections, erase_submissions, "submissions"),
    DataHolder(("intake.IncomingCall",), build_call_sections, erase_calls, "calls"),
    DataHolder(("mailboxes.Message",), build_message_sections, erase_messages, "messages"),
    DataHolder(("intake.StopWord",), build_no_sections, erase_stop_words, "stop_words"),
]
