"""Retention rules that erase: whom they erase, who stays because of another record, and that it happens in small parts."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from crm.activities.verbs import AddActivity
from crm.models import AuditEntry, Notification, Operation
from crm.records.change import carry_out, operation
from crm.records.erased import MARKER
from crm.records.undo import undo
from crm.records.undoable import UndoRefused
from crm.records.verbs import Delete, Restore
from crm.web.confirmation import CONFIRMED
from crm.web.notices import sentence
from customers.models import Request
from leads.models import Lead
from privacy.models import Erasure, RetentionExemption, RetentionNotice, RetentionRule, RetentionRun
from privacy.retention import erasing
from privacy.retention.due import due, due_now, kept_back
from privacy.retention.erasing import erase_part, erase_some
from privacy.retention.nightly import follow_rules
from tests.privacy.searching import found_in_database, needles, numbers

DAY = timedelta(days=1)
EMAIL, PHONE = "ottokar.z@quixmail.example", "0722 987 655"


@pytest.fixture
def rule(statuses):
    with operation("test", by=None):
        return RetentionRule.objects.create(
            status=statuses.lost, action="erase", months=12, notice_days=14, is_confirmed=True
        )


@pytest.fixture
def make_request(departments):
    """make_request(lead=lead, days=400): a request to which nothing has happened for so many days."""

    def make(days: int = 400, **values) -> Request:
        at = timezone.now() - days * DAY
        given = {"subject": "Offer", "department": departments.sales, "created_at": at, "updated_at": at}
        with operation("test", by=None):
            return Request.objects.create(**given | values)

    return make


def nights(count: int, *, begin=None) -> list[RetentionRun]:
    """Let the rules run on so many nights in a row, with all parts."""
    begin, found = begin or timezone.now(), []
    for night in range(count):
        now = begin + night * DAY
        for run in follow_rules(now):
            after: int | None = 0
            while after is not None:
                after = erase_some(run, now, after)
            run.refresh_from_db()
            found.append(run)
    return found


def is_erased(*records) -> list[bool]:
    for record in records:
        record.refresh_from_db()
    return [record.erased_at is not None for record in records]


def test_a_person_is_erased_when_the_notice_is_over_and_nothing_of_them_is_left(
    rule, old_lead, make_request, bob
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
        MARKER, "", rule.status_id, None,
    )  # fmt: skip
    wanted = needles(names=["Ottokar", "Zymbalist"], emails=[EMAIL])
    assert found_in_database(wanted, numbers([PHONE])) == []
    assert not RetentionNotice.objects.exists()


def test_the_log_and_the_operation_name_the_rule_and_no_user(rule, old_lead):
    lead = old_lead(email=EMAIL)
    nights(16)
    row = Erasure.objects.get()
    assert (row.by, row.reason, row.records) == (None, "retention", {"lead": [lead.pk]})
    record = Operation.objects.get(kind="erase_by_retention")
    assert (record.by, record.channel, record.changed) == (None, "system", 1)
    assert record.parameters == {"status": rule.status_id, "months": 12}
    entry = AuditEntry.objects.get(kind="person_erased")
    assert (entry.user, entry.details) == (None, {"rows": 1, "rule": rule.label})


def test_neither_undo_nor_trash_brings_an_erased_person_back(rule, old_lead, ada, bob):
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
        undo(Operation.objects.get(kind="erase_by_retention"), by=ada)
    for record in (edited, Operation.objects.get(kind="add_activity")):
        with suppress(UndoRefused):
            undo(record, by=ada)
    for verb in (Delete(), Restore()):
        carry_out(verb, Lead.objects.changeable_by(ada), by=ada, wanted=[lead.pk])
    lead.refresh_from_db()
    assert (lead.last_name, lead.email, lead.city, lead.deleted_at) == (MARKER, "", "", None)
    assert found_in_database(needles(names=["Zymbal"], emails=[EMAIL]), []) == []
    # What was erased isn't due again.
    assert nights(40, begin=begin + 400 * DAY)[-1].announced == 0
    assert Erasure.objects.count() == 1


def test_two_leads_of_one_person_are_erased_together_once_both_are_due(rule, old_lead):
    first, second = old_lead("Ana Albu", email=EMAIL), old_lead("Ana Albu", days=300, second_email=EMAIL)
    assert not due(rule, timezone.now()).exists()
    assert set(kept_back(rule)) == {first}
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
    other, rule, old_lead, make_lead, make_contact, make_request, ann
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
    assert lead.pk not in due_now(rule).values_list("pk", flat=True)
    assert lead.pk in kept_back(rule).values_list("pk", flat=True)
    nights(20)
    assert not Erasure.objects.exists()
    # The decision at the last moment is the same, whatever was announced.
    for one in Lead.objects.all():
        RetentionNotice.objects.update_or_create(
            lead=one, defaults={"rule": rule, "action": "erase", "deletes_on": timezone.localdate()}
        )
    erase_some(RetentionRun.objects.create(rule=rule), timezone.now())
    assert is_erased(lead) == [False]


def test_a_deal_that_was_changed_lately_keeps_its_lead(rule, old_lead, make_deal):
    lead = old_lead(email=EMAIL)
    make_deal("Machine", lead=lead)
    assert not due_now(rule).exists()
    nights(20)
    assert is_erased(lead) == [False]


def test_old_records_in_trash_go_along(rule, old_lead, make_request):
    lead, gone = old_lead(email=EMAIL), old_lead(email=EMAIL, deleted_at=timezone.now() - 390 * DAY)
    request = make_request(email=EMAIL)
    nights(16)
    assert is_erased(lead, gone, request) == [True, True, True]


def test_a_chain_of_emails_that_ends_at_a_contact_erases_nobody(rule, old_lead, make_contact):
    first = old_lead(email=EMAIL)
    second = old_lead(email="two@x.example", second_email=EMAIL)
    make_contact("Ana Albu", email="two@x.example")
    nights(20)
    assert is_erased(first, second) == [False, False]


def test_a_shared_phone_keeps_nobody_and_stays_with_the_other_record(rule, old_lead, make_contact):
    lead = old_lead(email=EMAIL, phone=PHONE, phone_normal="+40722987655")
    contact = make_contact("Ana Albu", phone=PHONE)
    nights(16)
    assert is_erased(lead) == [True]
    contact.refresh_from_db()
    assert contact.phone == PHONE


def test_leads_of_two_erasing_rules_wait_for_each_other_and_go_together(rule, old_lead, statuses):
    with operation("test", by=None):
        RetentionRule.objects.create(
            status=statuses.disqualified, action="erase", months=6, notice_days=30, is_confirmed=True
        )
    first, second = old_lead(email=EMAIL), old_lead(email=EMAIL, status="disqualified")
    nights(30)
    assert is_erased(first, second) == [False, False]
    nights(2, begin=timezone.now() + 30 * DAY)
    assert is_erased(first, second) == [True, True]


def test_owners_are_told_that_their_leads_will_be_erased(rule, old_lead, bob, client):
    lead = old_lead(owner=bob)
    old_lead("No owner")
    nights(1)
    day = timezone.localdate() + 14 * DAY
    told = {notice.user.name: sentence(notice) for notice in Notification.objects.all()}
    assert f"1 of your leads will be erased on {day:%-d %b %Y}" in told["Bob"]
    assert "1 unassigned lead will be erased" in told["Ann"]
    client.force_login(bob)
    page = client.get(f"/admin/leads/{lead.pk}").text
    assert "This person will be erased on" in page
    client.post(f"/admin/privacy/keep/{lead.pk}", {"reason": "Contract"})
    nights(20)
    assert is_erased(lead) == [False]


def test_a_rule_that_erases_does_nothing_until_it_is_confirmed(rule, old_lead, ada, client):
    lead = old_lead()
    with operation("test", by=None):
        RetentionRule.objects.update(is_confirmed=False)
    assert all(run.is_paused for run in nights(20))
    assert is_erased(lead) == [False]
    waits = Notification.objects.get(user=ada, kind="retention_waits")
    assert "it would erase 1 lead in the status" in sentence(waits)
    client.force_login(ada, backend="accounts.sign_in.EmailBackend")
    session = client.session
    del session[CONFIRMED]
    session.save()
    confirm = f"/admin/privacy/retention/{rule.pk}/confirm"
    assert "/confirm" in client.post(confirm)["Location"]
    rule.refresh_from_db()
    assert not rule.is_confirmed
    client.post("/confirm", {"password": "correct horse battery"})
    assert client.post(confirm)["Location"] == "/admin/privacy/retention"
    assert [run.erased for run in nights(16)] == [0] * 14 + [1, 0]
    assert is_erased(lead) == [True]


def test_only_users_who_may_erase_persons_let_a_rule_erase(client, ada, statuses, old_lead):
    with operation("test", by=None):
        rule = RetentionRule.objects.create(status=statuses.lost)
    address = f"/admin/privacy/retention/{rule.pk}"
    sent = {"status": statuses.lost.pk, "months": 24, "notice_days": 14, "is_active": "on", "version": 1}
    client.force_login(ada)
    assert "Erase the person" in client.get(address).text
    right = Permission.objects.get(codename="erase_person")
    for role in ada.groups.all():
        role.permissions.remove(right)
    assert "Erase the person" not in client.get(address).text
    client.post(address, sent | {"action": "erase"})
    rule.refresh_from_db()
    assert rule.action == "delete"
    with operation("test", by=None):
        RetentionRule.objects.update(action="erase")
    session = client.session
    session[CONFIRMED] = timezone.now().isoformat()
    session.save()
    assert client.post(f"{address}/confirm").status_code == 403


def test_changing_a_rule_to_erase_asks_for_confirmation_and_announces_anew(old_lead, statuses, client, ada):
    with operation("test", by=None):
        rule = RetentionRule.objects.create(status=statuses.lost, months=12, is_confirmed=True)
    lead = old_lead()
    nights(10)
    client.force_login(ada)
    sent = {"status": statuses.lost.pk, "months": 12, "notice_days": 14, "is_active": "on", "version": 1}
    assert client.post(f"/admin/privacy/retention/{rule.pk}", sent | {"action": "x"}).status_code == 422
    assert client.post(f"/admin/privacy/retention/{rule.pk}", sent | {"action": "erase"}).status_code == 302
    rule.refresh_from_db()
    assert (rule.action, rule.is_confirmed) == ("erase", False)
    with operation("test", by=None):
        RetentionRule.objects.update(is_confirmed=True)
    # The owner was told of a deletion, so the days of notice begin again.
    begin = timezone.now() + 10 * DAY
    assert nights(14, begin=begin)[0].announced == 1
    assert is_erased(lead) == [False]
    nights(1, begin=begin + 14 * DAY)
    assert is_erased(lead) == [True]


def test_the_pages_say_erased_and_their_links_list_exactly_these_leads(
    rule, old_lead, make_contact, client, ada
):
    old_lead("Due Now")
    old_lead("Due Soon", days=355)
    old_lead("Kept Back", email=EMAIL)
    make_contact("Ana Albu", email=EMAIL)
    client.force_login(ada)
    page = client.get("/admin/privacy/retention").text
    assert "Erased after 12 months" in page
    assert "Not erased, in other records: 1" in page
    lists = {"now": ("Due Now", "due for erasure"), "month": ("Due Soon", "due for erasure within 30 days"),
             "shared": ("Kept Back", "the person is in other records")}  # fmt: skip
    for which, (name, words) in lists.items():
        link = f"/admin/leads?retention={rule.pk}-{which}"
        assert link in page
        listed = client.get(link).text
        assert [each for each in ("Due Now", "Due Soon", "Kept Back") if each in listed] == [name]
        assert words in listed
    nights(15)
    assert "2 erased, 0 announced" in client.get("/admin/privacy/retention").text
    assert "Retention rule" in client.get("/admin/privacy/erasures").text
    assert "person erased 12 months after the last activity" in client.get("/admin/privacy/processing").text


def test_the_worker_erases_a_few_at_a_time_and_stops_in_the_morning(rule, old_lead, monkeypatch):
    monkeypatch.setattr(erasing, "PART", 2)
    leads = [old_lead(f"Lead {n}", email=f"l{n}@x.example") for n in range(5)]
    nights(14)
    now = timezone.localtime().replace(hour=3, minute=5) + 14 * DAY
    monkeypatch.setattr("privacy.retention.erasing.timezone.now", lambda: now)
    (run,) = follow_rules(now)
    parts = []
    for _part in range(10):
        job = ProcrastinateJob.objects.filter(task_name="erase_by_retention").order_by("-pk").first()
        if job is None or job.pk in parts:
            break
        parts.append(job.pk)
        erase_part(**job.args)
        run.refresh_from_db()
        if len(parts) == 1:
            assert run.erased == 2
    assert (len(parts), run.erased) == (4, 5)
    assert all(is_erased(*leads))
    later = [old_lead(f"Later {n}", email=f"x{n}@x.example") for n in range(2)]
    RetentionNotice.objects.bulk_create(
        RetentionNotice(rule=rule, action="erase", lead=one, deletes_on=now.date()) for one in later
    )
    now = now.replace(hour=9)
    erase_part(run_id=run.pk)
    assert is_erased(*later) == [False, False]


def test_an_error_with_one_person_keeps_no_others(rule, old_lead, monkeypatch):
    bad, good = old_lead(email="a@x.example"), old_lead(email="b@x.example")
    whole = erasing.erase

    def failing(person, **more):
        if person.records["lead"] == [bad.pk]:
            raise ValueError(EMAIL)
        return whole(person, **more)

    monkeypatch.setattr(erasing, "erase", failing)
    nights(16)
    assert is_erased(bad, good) == [False, True]


def test_a_lead_that_changes_at_the_last_moment_is_not_erased(rule, old_lead, make_contact, monkeypatch):
    lead = old_lead(email=EMAIL)
    whole = erasing.erase

    def after_a_change(person, **more):
        make_contact("Ana Albu", email=EMAIL)
        return whole(person, **more)

    monkeypatch.setattr(erasing, "erase", after_a_change)
    nights(16)
    assert is_erased(lead) == [False]


def test_a_rule_that_is_turned_off_meanwhile_erases_no_more(rule, old_lead):
    lead = old_lead(email=EMAIL)
    nights(14)
    now = timezone.now() + 14 * DAY
    (run,) = follow_rules(now)
    with operation("test", by=None):
        RetentionRule.objects.update(is_active=False)
    run.rule.refresh_from_db()
    assert erase_some(run, now) is None
    assert is_erased(lead) == [False]


def test_a_rule_that_deletes_moves_leads_to_trash_whoever_shares_their_email(
    statuses, old_lead, make_contact
):
    with operation("test", by=None):
        RetentionRule.objects.create(status=statuses.lost, months=12)
    lead = old_lead(email=EMAIL)
    make_contact("Ana Albu", email=EMAIL)
    nights(16)
    lead.refresh_from_db()
    assert lead.deleted_at
    assert lead.email == EMAIL
