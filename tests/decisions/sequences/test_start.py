"""Which records can be put into a sequence, and for which reason others can't."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from accounts.models import User
from crm.records.history.verb_execution import judge, operation
from leads.models import Lead, Status, Unsubscribe
from mailings.models import ForgottenAddress, Suppression
from mailings.suppression.address_digests import build_digest
from sequences.models import Enrollment, Sequence
from sequences.verbs import StartSequence
from tests.sequences.sequencing import build_step, make_sequence, start

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("always")]
KEY = "jan@example.cz"


class Case(NamedTuple):
    """What is so before the start, who sends, and the code of the refusal; '' for none."""

    code: str
    before: Callable[[Lead], Any]
    sender: str = "owner"


def change(**values: Any) -> Callable[[Lead], Any]:
    return lambda lead: Lead.objects.filter(pk=lead.pk).update(**values)


def to_status(key: str) -> Callable[[Lead], Any]:
    return lambda lead: Lead.objects.filter(pk=lead.pk).update(status=Status.objects.get(key=key))


def enroll(**values: Any) -> Callable[[Lead], Any]:
    def add(lead: Lead) -> None:
        fields = {"table_of": "lead", "record": lead.pk, "email_key": KEY, "started": 0, "author": lead.owner}
        sequence = values.pop("of", None) or Sequence.objects.get(name="One")
        Enrollment.objects.create(sequence=sequence, **{**fields, **values})

    return add


def forget(reason: str) -> Callable[[Lead], Any]:
    return lambda lead: ForgottenAddress.objects.create(digest=build_digest(KEY), reason=reason)


CASES = {
    "nothing against it": Case("", lambda lead: None),
    "no address": Case("no_email_address", change(email="", phone="1")),
    "unsubscribed": Case("email_unsubscribed", lambda lead: Unsubscribe.objects.create(email_key=KEY)),
    "suppressed": Case(
        "email_suppressed", lambda lead: Suppression.objects.create(address=KEY, email_key=KEY)
    ),
    "erased after an opt-out": Case("email_unsubscribed", forget("unsubscribed")),
    "erased after a bounce": Case("email_suppressed", forget("bounced")),
    "in this sequence": Case("in_sequence", enroll()),
    "in another sequence": Case("in_sequence", lambda lead: enroll(of=make_other())(lead)),
    "the person is in one with another record": Case("in_sequence", enroll(record=0)),
    "someone else is in one": Case("", enroll(record=0, email_key="eva@example.cz")),
    "a contact with the same number is in one": Case(
        "", enroll(table_of="contact", email_key="eva@example.cz")
    ),
    "was in this sequence": Case("sequence_again", enroll(state="stopped", stop_reason="replied")),
    "finished this sequence": Case("sequence_again", enroll(state="finished")),
    "the start of this sequence was undone": Case("", enroll(state="stopped", stop_reason="undone")),
    "was in another sequence": Case("", lambda lead: enroll(of=make_other(), state="finished")(lead)),
    "won": Case("sequence_status", to_status("won")),
    "lost": Case("sequence_status", to_status("lost")),
    "in a status that ends it": Case("sequence_status", to_status("qualified")),
    "in another open status": Case("", to_status("contacted")),
    "no owner": Case("sequence_no_owner", change(owner=None)),
    "no owner, but someone else sends": Case("", change(owner=None), "starter"),
    "the owner has left": Case(
        "sequence_no_owner", lambda lead: User.objects.filter(pk=lead.owner_id).update(is_active=False)
    ),
    "the owner may change nothing": Case(
        "sequence_owner_may_not", lambda lead: User.objects.get(pk=lead.owner_id).groups.clear()
    ),
    "the owner may change nothing, but someone else sends": Case(
        "", lambda lead: User.objects.get(pk=lead.owner_id).groups.clear(), "starter"
    ),
    "turned off": Case("sequence_off", lambda lead: Sequence.objects.update(turned_on=False)),
    "deleted": Case("sequence_off", lambda lead: Sequence.objects.update(retired=True)),
    "without steps": Case("sequence_without_steps", lambda lead: Sequence.objects.update(steps=[])),
}


def make_other() -> Sequence:
    return Sequence.objects.create(name="Other", table_of="lead", turned_on=True)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_record_is_refused_with_the_reason_in_the_preview_and_by_the_start(
    ada, bob, make_lead, template, case
):
    qualified = Status.objects.get(key="qualified").pk
    step = build_step("email", template=template.pk)
    made = make_sequence("One", step, sender=case.sender, stop_statuses=[qualified])
    lead = make_lead(email="Jan@example.cz", owner=bob)
    with operation("test", by=None):
        case.before(lead)
    sequence = Sequence.objects.get(pk=made.pk)
    rows = Lead.objects.present().changeable_by(ada)
    seen = judge(StartSequence(sequence, ada), rows, by=ada, wanted=[lead.pk])
    there = Enrollment.objects.count()
    done = start(sequence, ada, lead)
    for outcome in (seen, done):
        assert (outcome.refused, outcome.changed) == (
            ({case.code: [lead.pk]}, []) if case.code else ({}, [lead.pk])
        )
    assert Enrollment.objects.count() == there + (not case.code)


def test_of_two_records_with_one_address_the_first_is_started(ada, make_lead, template):
    sequence = make_sequence("One", build_step("email", template=template.pk))
    first, second = make_lead(email=KEY, owner=ada), make_lead(email=KEY.upper(), owner=ada)
    outcome = start(sequence, ada, second, first)
    assert (outcome.changed, outcome.refused) == ([first.pk], {"email_repeated": [second.pk]})


def test_someone_who_asks_for_it_starts_it_again(ada, make_lead, template):
    sequence = make_sequence("One", build_step("email", template=template.pk))
    lead = make_lead(email=KEY, owner=ada)
    with operation("test", by=None):
        enroll(state="finished")(lead)
    assert start(sequence, ada, lead).refused == {"sequence_again": [lead.pk]}
    assert start(sequence, ada, lead, again=True).changed == [lead.pk]


def test_whoever_may_not_change_a_lead_starts_nothing_for_it(dan, ann, make_lead, template):
    sequence = make_sequence("One", build_step("email", template=template.pk))
    lead = make_lead(email=KEY, owner=ann)
    outcome = start(sequence, dan, lead)
    assert (outcome.changed, outcome.hidden, Enrollment.objects.count()) == ([], 1, 0)


AUTHORS = {"owner": "Bob", "starter": "Ada"}


@pytest.mark.parametrize(("sender", "name"), AUTHORS.items(), ids=AUTHORS.keys())
def test_the_author_is_whom_the_sequence_names(ada, bob, make_lead, template, sender, name):
    sequence = make_sequence("One", build_step("email", template=template.pk), sender=sender)
    start(sequence, ada, make_lead(email=KEY, owner=bob))
    assert Enrollment.objects.get().author.name == name


def test_the_database_refuses_two_at_once_whoever_writes_them(ada, make_lead):
    from django.db import IntegrityError, transaction

    sequence, lead = make_sequence("One"), make_lead(email=KEY, owner=ada)
    with operation("test", by=None):
        enroll()(lead)
        for values in ({"email_key": "other@example.cz"}, {"record": 0}):
            with pytest.raises(IntegrityError), transaction.atomic():
                enroll(of=sequence, **values)(lead)
