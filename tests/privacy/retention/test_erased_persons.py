"""Whom retention rules erase: persons of whom all records are due, and no one else."""

from contextlib import suppress

import pytest
from django.utils import timezone

from crm.models import AuditEntry, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import UndoRefused
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete, Restore
from crm.records.kinds.erased_persons import ERASED_PERSON_NAME
from crm.work.activities.verbs import AddActivity
from leads.models import Lead
from privacy.models import Erasure, RetentionExemption, RetentionNotice, RetentionRule, RetentionRun
from privacy.retention import rule_erasure
from privacy.retention.due_leads import due_at_moment_queryset, due_leads_queryset, held_back_leads_queryset
from privacy.retention.rule_erasure import erase_next_leads
from tests.privacy.retention.nights import DAY, is_erased, nights, pass_nights
from tests.privacy.searching import found_in_database, needles, numbers

EMAIL, PHONE = "ottokar.z@quixmail.example", "0722 987 655"


def test_a_person_is_erased_when_the_notice_is_over_and_nothing_of_them_is_left(
    erasing_rule, old_lead, make_request, bob
):
    lead = old_lead("Ottokar Zymbalist", email=EMAIL, phone=PHONE, owner=bob, description=f"Call {PHONE}")
    request = make_request(lead=lead, email=EMAIL, last_name="Zymbalist", text="Zymbalist asks")
    other = old_lead("Ana Albu", days=100, email="ana@x.example")
    (first,) = nights(1)
    assert (first.announced, first.erased) == (1, 0)
    assert is_erased(lead, request) == [False, False]
    runs = nights(15)
    assert [run.erased for run in runs] == [0] * 14 + [1]
    assert is_erased(lead, request, other) == [True, True, False]
    assert (lead.last_name, lead.email, lead.status_id, lead.deleted_at) == (
        ERASED_PERSON_NAME, "", erasing_rule.status_id, None,
    )  # fmt: skip
    wanted = needles(names=["Ottokar", "Zymbalist"], emails=[EMAIL])
    assert found_in_database(wanted, numbers([PHONE])) == []
    assert not RetentionNotice.objects.exists()


def test_the_log_and_the_operation_name_the_rule_and_no_user(erasing_rule, old_lead):
    lead = old_lead(email=EMAIL)
    pass_nights(16)
    row = Erasure.objects.get()
    assert (row.by, row.reason, row.records) == (None, "retention", {"lead": [lead.pk]})
    record = Operation.objects.get(kind="erase_by_retention")
    assert (record.by, record.channel, record.changed) == (None, "system", 1)
    assert record.parameters == {"status": erasing_rule.status_id, "months": 12}
    entry = AuditEntry.objects.get(kind="person_erased")
    assert (entry.user, entry.details) == (None, {"rows": 1, "rule": erasing_rule.label})


def test_neither_undo_nor_trash_brings_an_erased_person_back(erasing_rule, old_lead, ada, bob):
    lead = old_lead("Ottokar Zymbalist", email=EMAIL, owner=bob)
    old = timezone.now() - 500 * DAY
    with operation("edited", by=bob, table="lead", changed=1) as edited:
        Lead.objects.filter(pk=lead.pk).update(city="Zymbal", updated_at=old)
    rows = Lead.objects.filter(pk=lead.pk)
    # An activity of long ago.
    carry_out(AddActivity(by=bob, text="Zymbalist called"), rows, by=bob)
    begin = timezone.now() + 400 * DAY
    nights(16, begin=begin)
    assert is_erased(lead) == [True]
    with pytest.raises(UndoRefused, match="can’t be restored"):
        revert_operation(Operation.objects.get(kind="erase_by_retention"), by=ada)
    for record in (edited, Operation.objects.get(kind="add_activity")):
        with suppress(UndoRefused):
            revert_operation(record, by=ada)
    for verb in (Delete(), Restore()):
        carry_out(verb, Lead.objects.changeable_by(ada), by=ada, wanted=[lead.pk])
    lead.refresh_from_db()
    assert (lead.last_name, lead.email, lead.city, lead.deleted_at) == (ERASED_PERSON_NAME, "", "", None)
    assert found_in_database(needles(names=["Zymbal"], emails=[EMAIL]), []) == []
    # What was erased isn't due again.
    assert nights(40, begin=begin + 400 * DAY)[-1].announced == 0
    assert Erasure.objects.count() == 1


def test_two_leads_of_one_person_are_erased_together_once_both_are_due(erasing_rule, old_lead):
    first, second = old_lead("Ana Albu", email=EMAIL), old_lead("Ana Albu", days=300, second_email=EMAIL)
    assert not due_at_moment_queryset(erasing_rule, timezone.now()).exists()
    assert set(held_back_leads_queryset(erasing_rule)) == {first}
    nights(60)
    assert is_erased(first, second) == [False, False]
    nights(20, begin=timezone.now() + 60 * DAY)
    assert is_erased(first, second) == [True, True]
    assert Erasure.objects.get().records == {"lead": [first.pk, second.pk]}


@pytest.mark.parametrize(
    "other",
    [
        "a contact",
        "a contact by the second email",
        "a lead in another status",
        "an exempted lead",
        "a lead that was just deleted",
        "a new request",
        "a new request of the lead",
    ],
)
def test_nothing_is_erased_as_long_as_another_record_of_the_person_stays(
    other, erasing_rule, old_lead, make_lead, make_contact, make_request, ann
):
    lead = old_lead(email=EMAIL)
    if other == "a contact":
        make_contact("Ana Albu", email=EMAIL.upper())
    elif other == "a contact by the second email":
        make_contact("Ana Albu", second_email=EMAIL)
    elif other == "a lead in another status":
        make_lead("Ana Albu", email=EMAIL)
    elif other == "an exempted lead":
        kept = old_lead(email=EMAIL)
        with operation("test", by=None):
            RetentionExemption.objects.create(lead=kept, reason="Contract", by=ann)
    elif other == "a lead that was just deleted":
        gone = old_lead(email=EMAIL)
        with operation("test", by=None):
            Lead.objects.filter(pk=gone.pk).update(deleted_at=timezone.now())
    elif other == "a new request":
        make_request(days=3, email=EMAIL)
    else:
        make_request(days=3, lead=lead)
    assert lead.pk not in due_leads_queryset(erasing_rule).values_list("pk", flat=True)
    assert lead.pk in held_back_leads_queryset(erasing_rule).values_list("pk", flat=True)
    pass_nights(20)
    assert not Erasure.objects.exists()
    # The decision at the last moment is the same, whatever was announced.
    for one in Lead.objects.all():
        RetentionNotice.objects.update_or_create(
            lead=one, defaults={"rule": erasing_rule, "action": "erase", "deletes_on": timezone.localdate()}
        )
    erase_next_leads(RetentionRun.objects.create(rule=erasing_rule), timezone.now())
    assert is_erased(lead) == [False]


def test_a_deal_that_was_changed_lately_keeps_its_lead(erasing_rule, old_lead, make_deal):
    lead = old_lead(email=EMAIL)
    make_deal("Machine", lead=lead)
    assert not due_leads_queryset(erasing_rule).exists()
    pass_nights(20)
    assert is_erased(lead) == [False]


def test_old_records_in_trash_go_along(erasing_rule, old_lead, make_request):
    lead, gone = old_lead(email=EMAIL), old_lead(email=EMAIL, deleted_at=timezone.now() - 390 * DAY)
    request = make_request(email=EMAIL)
    pass_nights(16)
    assert is_erased(lead, gone, request) == [True, True, True]


def test_a_chain_of_emails_that_ends_at_a_contact_erases_no_one(erasing_rule, old_lead, make_contact):
    first = old_lead(email=EMAIL)
    second = old_lead(email="two@x.example", second_email=EMAIL)
    make_contact("Ana Albu", email="two@x.example")
    pass_nights(20)
    assert is_erased(first, second) == [False, False]


def test_a_shared_phone_keeps_no_one_and_stays_with_the_other_record(erasing_rule, old_lead, make_contact):
    lead = old_lead(email=EMAIL, phone=PHONE, phone_normal="+40722987655")
    contact = make_contact("Ana Albu", phone=PHONE)
    pass_nights(16)
    assert is_erased(lead) == [True]
    contact.refresh_from_db()
    assert contact.phone == PHONE


def test_leads_of_two_erasing_rules_wait_for_each_other_and_go_together(erasing_rule, old_lead, statuses):
    with operation("test", by=None):
        RetentionRule.objects.create(
            status=statuses.disqualified, action="erase", months=6, notice_days=30, is_confirmed=True
        )
    first, second = old_lead(email=EMAIL), old_lead(email=EMAIL, status="disqualified")
    pass_nights(30)
    assert is_erased(first, second) == [False, False]
    nights(2, begin=timezone.now() + 30 * DAY)
    assert is_erased(first, second) == [True, True]


def test_a_lead_that_changes_at_the_last_moment_is_not_erased(
    erasing_rule, old_lead, make_contact, monkeypatch
):
    lead = old_lead(email=EMAIL)
    whole = rule_erasure.erase_person

    def after_a_change(person, **more):
        make_contact("Ana Albu", email=EMAIL)
        return whole(person, **more)

    monkeypatch.setattr(rule_erasure, "erase_person", after_a_change)
    pass_nights(16)
    assert is_erased(lead) == [False]
