"""Whether a sequence goes on for a record: each thing that happened since its start, and what it means."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from django.utils import timezone

from accounts.models import User
from crm.models import Activity, MergedRecord
from crm.records.history.verb_execution import operation
from customers.models import Contact
from leads.models import Lead, Status, Unsubscribe
from mailings.models import Suppression
from sequences.models import Enrollment, EnrollmentStep, Sequence
from sequences.running.enrollment_ends import finish_enrollments
from sequences.running.judgment import find_stop_reasons, judge_enrollments
from tests.sequences.sequencing import build_step, make_sequence, start

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("always")]
KEY = "jan@example.cz"
DELETED = datetime(2026, 1, 5, tzinfo=UTC)
Reason = Enrollment.StopReason


class Case(NamedTuple):
    """What happens to the lead in the sequence, and the verdict; '' for going on."""

    verdict: str
    happens: Callable[[Lead], Any]


def change(**values: Any) -> Callable[[Lead], Any]:
    return lambda lead: Lead.objects.filter(pk=lead.pk).update(**values)


def log(**values: Any) -> Callable[[Any], Activity]:
    """An activity on the record."""
    return lambda record: Activity.objects.create(of=record.table, record=record.pk, **values)


def log_ago(ago: timedelta, **values: Any) -> Callable[[Any], Activity]:
    """One that Leadwell only gets to know now."""
    return lambda record: log(at=timezone.now() - ago, **values)(record)


def log_before(hours: int = 72, **values: Any) -> Callable[[Lead], Any]:
    """An activity that Leadwell knew before the start."""

    def add(lead: Lead) -> None:
        before = timezone.now() - timedelta(hours=hours)
        found = log(at=before, **values)(lead)
        Activity.objects.filter(pk=found.pk).update(created_at=before)

    return add


def fetch(less: timedelta) -> Callable[[Lead], Any]:
    """An email that was received a day before the start, less so much."""

    def add(lead: Lead) -> None:
        log(at=Enrollment.objects.get().started_at - timedelta(days=1) + less, **RECEIVED)(lead)

    return add


def own_email(**values: Any) -> Callable[[Lead], Any]:
    """An email of the sequence."""

    def add(lead: Lead) -> None:
        email = log(type="email", **values)(lead)
        EnrollmentStep.objects.create(
            enrollment=Enrollment.objects.get(), key="a", outcome="email", activity=email.pk
        )

    return add


def to_status(key: str) -> Callable[[Lead], Any]:
    return lambda lead: Lead.objects.filter(pk=lead.pk).update(status=Status.objects.get(key=key))


def on_other_record(happens: Callable[[Any], Any], email: str = "JAN@example.cz") -> Callable[[Lead], Any]:
    def add(lead: Lead) -> None:
        other = Lead(last_name="Other", email=email, department=lead.department, status=lead.status)
        other.source = lead.source
        other.save(force_insert=True)
        happens(other)

    return add


def on_contact(happens: Callable[[Any], Any], *emails: str, **values: Any) -> Callable[[Lead], Any]:
    """On the last one of the contacts with these addresses."""

    def add(lead: Lead) -> None:
        fields = {"last_name": "Other", "department": lead.department, **values}
        happens([Contact.objects.create(email=email, **fields) for email in emails][-1])

    return add


def with_number(table: str) -> Callable[[Any], Any]:
    """A reply on a record of another type, which has the number of this one."""
    return lambda record: Activity.objects.create(of=table, record=record.pk, **RECEIVED)


def merge(lead: Lead) -> None:
    change(deleted_at=DELETED)(lead)
    MergedRecord.objects.create(table="lead", record=lead.pk, into=lead.pk + 1)


def delete_beside(table: str, by: int) -> Callable[[Lead], Any]:
    """The lead is deleted, and a record of this type, whose number is higher by so much, was merged."""

    def add(lead: Lead) -> None:
        change(deleted_at=DELETED)(lead)
        MergedRecord.objects.create(table=table, record=lead.pk + by, into=lead.pk)

    return add


def take_address(lead: Lead) -> None:
    """Another lead with the new address is in the sequence."""
    change(email="other@example.cz")(lead)
    first = Enrollment.objects.get()
    values = {
        "sequence": first.sequence,
        "table_of": "lead",
        "record": 0,
        "author": first.author,
        "started": 0,
    }
    Enrollment.objects.create(email_key="other@example.cz", **values)


def change_address_beside_another(lead: Lead) -> None:
    """The lead gets a new address, and someone else is in the sequence."""
    take_address(lead)
    change(email="jan.novak@example.cz")(lead)


def log_at_start(**values: Any) -> Callable[[Lead], Any]:
    """An activity that was added in the moment of the start, such as the one that the sequence follows."""

    def add(lead: Lead) -> None:
        found = log(**values)(lead)
        Activity.objects.filter(pk=found.pk).update(created_at=Enrollment.objects.get().started_at)

    return add


def suppress(reason: str) -> Callable[[Lead], Any]:
    return lambda lead: Suppression.objects.create(address=KEY, email_key=KEY, reason=reason)


RECEIVED = {"type": "email", "outcome": "received"}
CASES = {
    "nothing": Case("", lambda lead: None),
    "a reply": Case(Reason.REPLIED, log(**RECEIVED)),
    "a reply in a personal mailbox, which only its owner sees": Case(
        Reason.REPLIED, lambda lead: log(private_to=User.objects.get(name="Bob"), **RECEIVED)(lead)
    ),
    "a reply on another record of the person": Case(Reason.REPLIED, on_other_record(log(**RECEIVED))),
    "a reply of someone else": Case("", on_other_record(log(**RECEIVED), email="eva@example.cz")),
    "a reply on another type of record with the number of the lead": Case("", with_number("deal")),
    "a reply on a contact of the person": Case(Reason.REPLIED, on_contact(log(**RECEIVED), KEY)),
    "a reply on a contact whose second address is that of the person": Case(
        Reason.REPLIED, on_contact(log(**RECEIVED), "jan@home.example", second_email=KEY)
    ),
    "a reply on a contact with two other addresses": Case(
        "", on_contact(log(**RECEIVED), "jan@home.example", second_email="eva@example.cz")
    ),
    "a meeting with a contact of the person": Case(Reason.MEETING, on_contact(log(type="meeting"), KEY)),
    "a reply of another contact, while the person is one too": Case(
        "", on_contact(log(**RECEIVED), KEY, "eva@example.cz")
    ),
    "a reply on another type of record, with the number of the person's contact": Case(
        "", on_contact(with_number("deal"), KEY)
    ),
    "a reply on a contact of the person that is in Trash": Case(
        "", on_contact(log(**RECEIVED), KEY, deleted_at=DELETED)
    ),
    "a reply on a contact of the person that was deleted": Case(
        "", on_contact(log(deleted_at=DELETED, **RECEIVED), KEY)
    ),
    "a reply that was deleted": Case("", log(deleted_at=DELETED, **RECEIVED)),
    "an automatic reply": Case("", log(type="email", outcome="automatic")),
    "an email that a colleague wrote": Case("", log(type="email", outcome="sent")),
    "an email from before the start": Case("", log_before(**RECEIVED)),
    "an email of this morning that was there before the start": Case("", log_before(hours=3, **RECEIVED)),
    "an old email that a mailbox fetches now": Case("", log_ago(timedelta(days=30), **RECEIVED)),
    "an email of this morning that a mailbox fetches now": Case(
        Reason.REPLIED, log_ago(timedelta(hours=5), **RECEIVED)
    ),
    "an email of exactly a day before the start that a mailbox fetches now": Case("", fetch(timedelta())),
    "an email of a moment less than a day before the start": Case(
        Reason.REPLIED, fetch(timedelta(microseconds=1))
    ),
    "a meeting that is planned": Case(
        Reason.MEETING, log(type="meeting", outcome="planned", at=datetime(2099, 1, 5, tzinfo=UTC))
    ),
    "a meeting that was logged": Case(Reason.MEETING, log(type="meeting")),
    "a meeting from before the start": Case("", log_before(type="meeting")),
    "a reply that was added with the start": Case("", log_at_start(**RECEIVED)),
    "a meeting that was added with the start": Case("", log_at_start(type="meeting")),
    "a call": Case("", log(type="call", outcome="reached")),
    "a note": Case("", log(type="note")),
    "won": Case(Reason.STATUS, to_status("won")),
    "disqualified": Case(Reason.STATUS, to_status("disqualified")),
    "another open status": Case("", to_status("contacted")),
    "a status that the sequence names": Case(Reason.STATUS, to_status("qualified")),
    "the lead is deleted": Case(Reason.DELETED, change(deleted_at=DELETED)),
    "the lead is merged into another one": Case(Reason.MERGED, merge),
    "the lead is deleted, and another one was merged": Case(Reason.DELETED, delete_beside("lead", 1)),
    "the lead is deleted, and a company with its number was merged": Case(
        Reason.DELETED, delete_beside("company", 0)
    ),
    "the person is erased": Case(Reason.ERASED, change(erased_at=DELETED)),
    "unsubscribed": Case(Reason.UNSUBSCRIBED, lambda lead: Unsubscribe.objects.create(email_key=KEY)),
    "the address bounced in a mailing": Case(Reason.BOUNCED, suppress("bounced")),
    "the address is suppressed": Case(Reason.SUPPRESSED, suppress("added")),
    "marked as spam": Case(Reason.SUPPRESSED, suppress("complained")),
    "our email bounced": Case(
        Reason.BOUNCED, own_email(outcome="failed", problem="bounced 550 no such user")
    ),
    "our email was refused": Case(
        Reason.BOUNCED, own_email(outcome="failed", problem="refused 550 no such user")
    ),
    "an email of a colleague bounced": Case("", log(type="email", outcome="failed", problem="bounced 550")),
    "our email was sent": Case("", own_email(outcome="sent")),
    "our email waits": Case("unsent", own_email(outcome="sending")),
    "our email couldn't be sent": Case("unsent", own_email(outcome="failed", problem="unreachable")),
    "our email may have been sent": Case("unsent", own_email(outcome="failed", problem="unknown")),
    "our email was undone": Case("", own_email(outcome="failed", problem="undone")),
    "our email was deleted": Case("", own_email(outcome="sending", deleted_at=DELETED)),
    "the address is removed": Case(Reason.NO_ADDRESS, change(email="", phone="1")),
    "the address is corrected": Case("", change(email="jan.novak@example.cz")),
    "the address is that of another record in a sequence": Case(Reason.ADDRESS_TAKEN, take_address),
    "the address is corrected, and someone else is in the sequence": Case("", change_address_beside_another),
    "the author leaves": Case(
        Reason.AUTHOR_GONE, lambda lead: User.objects.filter(name="Bob").update(is_active=False)
    ),
    "a reply, and the lead is deleted": Case(
        Reason.DELETED, lambda lead: (log(**RECEIVED)(lead), change(deleted_at=DELETED)(lead))
    ),
    "a reply, and the lead is won": Case(
        Reason.REPLIED, lambda lead: (log(**RECEIVED)(lead), to_status("won")(lead))
    ),
    "a meeting, and an email that waits": Case(
        Reason.MEETING, lambda lead: (log(type="meeting")(lead), own_email(outcome="sending")(lead))
    ),
    "the sequence is deleted": Case(Reason.RETIRED, lambda lead: Sequence.objects.update(retired=True)),
    "the sequence is turned off": Case("", lambda lead: Sequence.objects.update(turned_on=False)),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_happens_decides_whether_the_sequence_goes_on(bob, make_lead, template, case):
    qualified = Status.objects.get(key="qualified").pk
    sequence = make_sequence("One", build_step("email", template=template.pk), stop_statuses=[qualified])
    lead = make_lead(email="Jan@example.cz", owner=bob)
    start(sequence, bob, lead)
    with operation("test", by=None):
        case.happens(lead)
    enrollment = Enrollment.objects.get(record=lead.pk)
    expected = {enrollment.pk: case.verdict} if case.verdict else {}
    assert judge_enrollments([enrollment.pk]) == expected
    # All at once, as the sweep asks.
    every = judge_enrollments()
    assert every.get(enrollment.pk, "") == case.verdict
    assert find_stop_reasons([enrollment.pk]) == ({} if case.verdict == "unsent" else expected)


SENDERS = {"of the owner": ("owner", Reason.OWNER_CHANGED), "of whoever started it": ("starter", "")}


@pytest.mark.parametrize(("sender", "verdict"), SENDERS.values(), ids=SENDERS.keys())
def test_a_new_owner_ends_a_sequence_in_the_name(bob, ben, make_lead, template, sender, verdict):
    sequence = make_sequence("One", build_step("email", template=template.pk), sender=sender)
    lead = make_lead(email=KEY, owner=bob)
    start(sequence, bob, lead)
    with operation("test", by=None):
        change(owner=ben)(lead)
    enrollment = Enrollment.objects.get()
    assert judge_enrollments([enrollment.pk]).get(enrollment.pk, "") == verdict


def test_a_converted_lead_leaves_its_sequence(ada, make_lead, make_contact, template):
    sequence = make_sequence("One", build_step("email", template=template.pk))
    lead, contact = make_lead(email=KEY, owner=ada), make_contact("Jan Novák")
    start(sequence, ada, lead)
    with operation("test", by=None):
        change(client_contact=contact)(lead)
    assert list(find_stop_reasons().values()) == [Reason.CONVERTED]


def test_contacts_have_no_status_and_end_for_the_same_reasons(ada, make_contact, template):
    sequence = make_sequence("One", build_step("email", template=template.pk), table_of="contact")
    contact = make_contact("Jan Novák", email=KEY, owner=ada)
    start(sequence, ada, contact)
    assert find_stop_reasons() == {}
    with operation("test", by=None):
        log(**RECEIVED)(contact)
    assert list(find_stop_reasons().values()) == [Reason.REPLIED]


def test_only_the_record_types_of_these_enrollments_are_asked(
    ada, make_lead, make_contact, template, django_assert_num_queries
):
    """One statement says which they are."""
    step = build_step("email", template=template.pk)
    start(make_sequence("One", step), ada, make_lead(email=KEY, owner=ada))
    contact = make_contact("Eva Nová", email="eva@example.cz", owner=ada)
    start(make_sequence("Two", step, table_of="contact"), ada, contact)
    ids = {one.table_of: one.pk for one in Enrollment.objects.all()}
    for found, statements in (([ids["lead"]], 2), ([ids["contact"]], 2), (ids.values(), 3), (None, 3)):
        with django_assert_num_queries(statements):
            assert judge_enrollments(found) == {}
    finish_enrollments([ids["contact"]])
    with django_assert_num_queries(2):
        judge_enrollments()


def test_of_several_enrollments_those_that_are_asked_for_are_judged_and_of_all_those_that_are_running(
    ada, make_lead, template
):
    sequence = make_sequence("One", build_step("email", template=template.pk))
    leads = [make_lead(email=f"{one}@example.cz", owner=ada) for one in "abc"]
    start(sequence, ada, *leads)
    with operation("test", by=None):
        for lead in leads:
            log(**RECEIVED)(lead)
        Enrollment.objects.filter(record=leads[2].pk).update(state=Enrollment.State.FINISHED)
    ids = [Enrollment.objects.get(record=lead.pk).pk for lead in leads]
    assert list(judge_enrollments(ids[1:2])) == ids[1:2]
    assert list(judge_enrollments(ids[2:])) == ids[2:]
    assert sorted(judge_enrollments()) == ids[:2]
    assert judge_enrollments([]) == {}
