"""Who may get no email that a rule sends: each reason, before it is written and right before it is sent."""

import pytest

from crm.models import Activity, Operation
from crm.records.history.operation_results import Outcome
from crm.records.history.verb_execution import operation
from leads.models import Lead, Unsubscribe
from mailings.models import ForgottenAddress, MailingList, Suppression
from mailings.suppression.address_digests import build_digest
from mailings.suppression.rule_recipients import (
    find_obstacle,
    get_address_refusals,
    refuse_forgotten_and_repeated,
)

pytestmark = pytest.mark.django_db

KEY = "jan@example.cz"


def forget(reason: str, **values) -> None:
    ForgottenAddress.objects.create(digest=build_digest(KEY), reason=reason, **values)


# What happened to the address of one lead; the code of its refusal, and the problem of an email that waits.
CASES = {
    "nothing": (lambda lead: None, None, ""),
    "it unsubscribed": (
        lambda lead: Unsubscribe.objects.create(email_key=KEY),
        "email_unsubscribed",
        "unsubscribed",
    ),
    "another address unsubscribed": (
        lambda lead: Unsubscribe.objects.create(email_key="eva@example.cz"),
        None,
        "",
    ),
    "it is suppressed": (
        lambda lead: Suppression.objects.create(address=KEY, email_key=KEY),
        "email_suppressed",
        "suppressed",
    ),
    "another address is suppressed": (
        lambda lead: Suppression.objects.create(address="eva@example.cz", email_key="eva@example.cz"),
        None,
        "",
    ),
    "another address unsubscribed before it was erased": (
        lambda lead: ForgottenAddress.objects.create(
            digest=build_digest("eva@example.cz"), reason="unsubscribed"
        ),
        None,
        "",
    ),
    "it unsubscribed from one list before it was erased": (
        lambda lead: forget("unsubscribed", list=MailingList.objects.create(name="Monthly")),
        None,
        "",
    ),
    "it unsubscribed before it was erased": (
        lambda lead: forget("unsubscribed"),
        "email_unsubscribed",
        "unsubscribed",
    ),
    "it bounced before it was erased": (lambda lead: forget("bounced"), "email_suppressed", "suppressed"),
    "the lead is in Trash": (
        lambda lead: Lead.objects.filter(pk=lead.pk).update(deleted_at="2026-01-01T00:00Z"),
        None,
        "deleted",
    ),
}


def find_refusal(lead: Lead) -> str | None:
    """The code for which a verb of a rule refuses the lead."""
    rows = Lead.objects.filter(pk=lead.pk)
    for refusal in get_address_refusals():
        if rows.filter(refusal.when).exists():
            return refusal.code
    outcome = Outcome("lead", changed=[lead.pk])
    refuse_forgotten_and_repeated(outcome)
    return next(iter(outcome.refused), None)


def write_email(lead: Lead, channel: str) -> Activity:
    with operation("test", by=None, channel=channel):
        return Activity.objects.create(of="lead", record=lead.pk, type="email", address="Jan@Example.cz")


@pytest.mark.parametrize(("happen", "code", "problem"), CASES.values(), ids=CASES.keys())
def test_an_email_of_a_rule_is_judged_before_it_is_written_and_before_it_is_sent(
    make_lead, happen, code, problem
):
    make_lead(email="other@example.cz")
    lead = make_lead(email="Jan@Example.cz")
    written = write_email(lead, Operation.Channel.AUTOMATION)
    with operation("test", by=None):
        happen(lead)
    assert (find_refusal(lead), find_obstacle(written)) == (code, problem)


@pytest.mark.parametrize("channel", ["web", "api", "system"])
def test_an_email_that_a_person_wrote_is_theirs_to_send(make_lead, channel):
    written = write_email(make_lead(email=KEY), channel)
    Unsubscribe.objects.create(email_key=KEY)
    assert find_obstacle(written) == ""


def test_an_email_that_a_person_wrote_and_a_rule_changed_is_theirs_to_send(make_lead):
    written = write_email(make_lead(email=KEY), "web")
    Unsubscribe.objects.create(email_key=KEY)
    with operation("test", by=None, channel=Operation.Channel.AUTOMATION):
        Activity.objects.filter(pk=written.pk).update(text="Changed")
    assert find_obstacle(written) == ""


def test_a_record_that_gets_no_email_does_not_count_as_the_first_of_its_address(lead_of):
    with operation("test", by=None):
        rows = Lead.objects.bulk_create([lead_of(email=KEY), lead_of(email=KEY)])
    outcome = Outcome("lead", changed=[rows[1].pk])
    refuse_forgotten_and_repeated(outcome)
    assert (outcome.changed, outcome.refused) == ([rows[1].pk], {})


def test_of_several_records_with_one_address_the_first_gets_the_email(lead_of):
    with operation("test", by=None):
        rows = Lead.objects.bulk_create([lead_of(email=KEY), lead_of(email="JAN@example.cz")])
    outcome = Outcome("lead", changed=[rows[1].pk, rows[0].pk])
    refuse_forgotten_and_repeated(outcome)
    assert (outcome.changed, outcome.refused) == ([rows[0].pk], {"email_repeated": [rows[1].pk]})


def test_a_record_without_an_address_is_refused(make_lead):
    assert find_refusal(make_lead(email="")) == "no_email_address"
