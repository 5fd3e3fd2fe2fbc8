"""Retention: which leads are due, that owners are notified before, that one operation deletes them, and what keeps a lead."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from crm.fields.conditions.periods import subtract_months
from crm.models import Job, KeptPeriods, Notification, Operation
from crm.platform.web.notifications import get_notification_sentence
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.work.activities.verbs import AddActivity
from crm.work.models.activity import Activity
from leads.models import Lead
from privacy.models import RetentionExemption, RetentionNotice, RetentionRule, RetentionRun
from privacy.retention import nightly_run
from privacy.retention.due_leads import due_at_moment_queryset, due_leads_queryset, due_next_month_queryset
from privacy.retention.nightly_run import apply_active_rules, start_nightly_retention
from tests.reading import close_up

DAY = timedelta(days=1)


@pytest.fixture
def rule(statuses):
    with operation("test", by=None):
        return RetentionRule.objects.create(status=statuses.lost, months=12, notice_days=14)


def due_ids(rule, moment=None):
    return set(due_at_moment_queryset(rule, moment or timezone.now()).values_list("pk", flat=True))


def nights(count: int, *, begin=None):
    """Let the rules run on so many nights in a row."""
    begin = begin or timezone.now()
    return [run for night in range(count) for run in apply_active_rules(begin + night * DAY)]


def test_a_lead_is_due_once_nothing_has_happened_for_so_long(rule, old_lead, make_lead, ann):
    lead, newer = old_lead(), old_lead(days=300)
    make_lead("Other status")
    assert due_ids(rule) == {lead.pk}
    assert newer.pk in due_ids(rule, timezone.now() + 80 * DAY)
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(city="Cluj")
    assert due_ids(rule) == set()


def test_a_note_a_task_an_exemption_or_a_conversion_keeps_a_lead(rule, old_lead, ann, make_contact):
    noted, planned, kept, converted = (old_lead(f"Lead {n}") for n in range(4))
    assert len(due_ids(rule)) == 4
    verb = AddActivity(by=ann, type=Activity.Type.NOTE, text="Called")
    carry_out(verb, Lead.objects.present(), by=ann, wanted=[noted.pk])
    contact = make_contact()
    with operation("test", by=None):
        RetentionExemption.objects.create(lead=kept, reason="Contract", by=ann)
        Lead.objects.filter(pk=converted.pk).update(client_contact=contact)
        Lead.objects.filter(pk=planned.pk).update(next_action="Call")
    assert due_ids(rule) == set()
    later = timezone.now() + 500 * DAY
    assert due_ids(rule, later) == {noted.pk}


def test_an_exemption_ends_on_its_day(rule, old_lead, ann):
    lead = old_lead()
    with operation("test", by=None):
        RetentionExemption.objects.create(
            lead=lead, reason="Claim", until=timezone.localdate() + 5 * DAY, by=ann
        )
    assert due_ids(rule) == set()
    assert due_ids(rule, timezone.now() + 6 * DAY) == {lead.pk}


def test_owners_are_notified_first_and_their_leads_deleted_when_the_notice_is_over(rule, old_lead, bob, ann):
    lead, unassigned = old_lead(owner=bob), old_lead("No owner")
    (run,) = nights(1)
    assert (run.announced, run.deleted) == (2, 0)
    assert Lead.objects.present().count() == 2
    day = timezone.localdate() + 14 * DAY
    told = {notice.user.name: notice for notice in Notification.objects.filter(kind__startswith="retention")}
    assert (
        f"1 of your leads will be deleted on {day:%-d %b %Y} or a few nights later, because"
        in get_notification_sentence(told["Bob"])
    )
    assert "1 lead without an active owner will be deleted" in get_notification_sentence(told["Ann"])
    assert "Dan" not in told
    runs = nights(15)
    assert [run.deleted for run in runs] == [0] * 14 + [2]
    assert set(Lead.objects.exclude(deleted_at=None).values_list("pk", flat=True)) == {lead.pk, unassigned.pk}
    assert not RetentionNotice.objects.exists()
    record = Operation.objects.get(kind="delete_by_retention")
    assert (record.by, record.channel, record.changed) == (None, "system", 2)


def test_the_deletion_is_one_operation_whose_undo_brings_the_leads_back_for_another_term(rule, old_lead, ada):
    leads = [old_lead(f"Lead {n}") for n in range(3)]
    nights(16)
    assert not Lead.objects.present().exists()
    revert_operation(Operation.objects.get(kind="delete_by_retention"), by=ada)
    assert Lead.objects.present().count() == len(leads)
    assert due_ids(rule) == set()


def test_an_activity_after_the_notice_keeps_the_lead_and_a_later_notice_starts_again(rule, old_lead, bob):
    lead = old_lead(owner=bob)
    nights(1)
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(city="Cluj")
    nights(20)
    assert Lead.objects.present().filter(pk=lead.pk).exists()
    assert not RetentionNotice.objects.exists()


def test_a_rule_for_more_than_a_tenth_of_all_leads_waits_for_an_administrator(
    rule, old_lead, ada, client, monkeypatch
):
    monkeypatch.setattr(nightly_run, "FEWEST", 2)
    for number in range(3):
        old_lead(f"Lead {number}")
    runs = nights(20)
    assert all(run.is_paused for run in runs)
    assert Lead.objects.present().count() == 3
    waiting = Notification.objects.get(user=ada, kind="retention_waits")
    assert "it would delete 3 leads in the status" in get_notification_sentence(waiting)
    client.force_login(ada)
    assert "Waits for confirmation" in client.get("/admin/privacy/retention").text
    assert client.post(f"/admin/privacy/retention/{rule.pk}/confirm").status_code == 302
    assert nights(1)[0].announced == 3
    # Another status or a shorter time has to be confirmed again.
    rule.refresh_from_db()
    sent = {
        "status": rule.status_id,
        "action": "delete",
        "months": 6,
        "notice_days": 14,
        "is_active": "on",
        "version": rule.version,
    }
    assert client.post(f"/admin/privacy/retention/{rule.pk}", sent).status_code == 302
    rule.refresh_from_db()
    assert (rule.months, rule.is_confirmed) == (6, False)


def test_a_rule_that_is_turned_off_forgets_its_notices(rule, old_lead):
    old_lead()
    nights(1)
    with operation("test", by=None):
        RetentionRule.objects.update(is_active=False)
    assert nights(20) == []
    assert Lead.objects.present().count() == 1
    assert not RetentionNotice.objects.exists()


def test_the_preview_counts_and_its_links_list_exactly_these_leads(rule, old_lead, make_lead, client, ada):
    old_lead("Due Now")
    old_lead("Due Soon", days=355)
    make_lead("Not Due")
    assert (due_leads_queryset(rule).count(), due_next_month_queryset(rule).count()) == (1, 1)
    client.force_login(ada)
    page = client.get("/admin/privacy/retention").text
    for which, name in (("now", "Due Now"), ("month", "Due Soon")):
        link = f"/admin/leads?retention={rule.pk}-{which}"
        assert link in page
        names = [each for each in ("Due Now", "Due Soon", "Not Due") if each in client.get(link).text]
        assert names == [name]
    assert "This retention rule was removed." in client.get("/admin/leads?retention=7000000-now").text
    assert client.get("/admin/leads?retention=²-now").status_code == 400


def test_a_lead_is_kept_with_a_reason_by_those_who_may_change_it(rule, old_lead, bob, ben, client):
    lead = old_lead(owner=bob)
    nights(1)
    address = f"/admin/privacy/keep/{lead.pk}"
    client.force_login(bob)
    assert "will be deleted on" in client.get(f"/admin/leads/{lead.pk}").text
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Contract", "until": "2020-01-01"}).status_code == 422
    assert client.post(address, {"reason": "Contract", "until": ""}).status_code == 302
    assert "Contract (Bob)" in client.get(f"/admin/leads/{lead.pk}").text
    nights(20)
    assert Lead.objects.present().filter(pk=lead.pk).exists()
    revert_operation(Operation.objects.get(kind="keep_lead"), by=bob)
    assert not RetentionExemption.objects.exists()
    client.post(address, {"reason": "Contract"})
    client.post(address, {"stop": "1"})
    assert not RetentionExemption.objects.exists()
    client.force_login(ben)
    assert client.post(address, {"reason": "Mine"}).status_code == 404


def test_rules_are_settings_whose_changes_can_be_undone(client, ada, statuses, ann):
    client.force_login(ada)
    sent = {
        "status": statuses.lost.pk,
        "months": 24,
        "notice_days": 14,
        "is_active": "on",
        "action": "delete",
    }
    assert client.post("/admin/privacy/retention/new", sent).status_code == 302
    assert client.post("/admin/privacy/retention/new", sent).status_code == 422
    assert client.post("/admin/privacy/retention/new", {**sent, "months": 0}).status_code == 422
    rule = RetentionRule.objects.get()
    client.post(f"/admin/privacy/retention/{rule.pk}/remove")
    assert not RetentionRule.objects.exists()
    revert_operation(Operation.objects.get(kind="remove_retention_rule"), by=ada)
    assert RetentionRule.objects.get().months == 24
    revert_operation(Operation.objects.get(kind="add_retention_rule"), by=ada)
    assert not RetentionRule.objects.exists()
    client.force_login(ann)
    assert client.get("/admin/privacy/retention").status_code == 403


def test_administrators_set_how_long_logs_are_kept_and_the_cleanup_follows(client, ada):
    client.force_login(ada)
    sent = {"calls": 10, "deliveries": 30, "notifications": 90, "import_rows": 7, "version": 0}
    assert client.post("/admin/privacy/retention", {**sent, "calls": 0}).status_code == 422
    assert KeptPeriods.get_current().calls == 30
    with_notice = Notification.objects.create(user=ada, kind="job_finished", parameters={}, path="")
    Notification.objects.update(read_at=timezone.now() - 20 * DAY)
    assert client.post("/admin/privacy/retention", {**sent, "notifications": 10}).status_code == 302
    assert list(Notification.objects.read_long_ago()) == [with_notice]
    revert_operation(Operation.objects.get(kind="edit_kept_periods"), by=ada)
    assert not Notification.objects.read_long_ago().exists()


def test_the_rules_run_once_a_night_as_a_job(rule, ada, monkeypatch):
    at = timezone.localtime().replace(hour=3, minute=5)
    monkeypatch.setattr(timezone, "localtime", lambda *arguments: at)
    assert start_nightly_retention() == 1
    # The job waits, perhaps for a long import.
    assert start_nightly_retention() == 0
    Job.objects.update(state=Job.State.FINISHED)
    RetentionRun.objects.create(rule=rule, at=at)
    assert start_nightly_retention() == 0
    monkeypatch.setattr(timezone, "localtime", lambda *arguments: at.replace(hour=12))
    RetentionRun.objects.all().delete()
    assert start_nightly_retention() == 0


def test_months_are_counted_back_to_the_last_day_of_a_shorter_month():
    moment = timezone.now().replace(year=2026, month=3, day=31)
    assert (subtract_months(moment, 1).month, subtract_months(moment, 1).day) == (2, 28)
    assert (subtract_months(moment, 15).year, subtract_months(moment, 15).month) == (2024, 12)


def test_only_the_nearest_tab_of_the_settings_is_current(client, ada):
    client.force_login(ada)
    page = client.get("/admin/privacy/retention")
    tabs = [tab for group in page.context["settings"] for tab in group.tabs if tab.current]
    assert [tab.path for tab in tabs] == ["/admin/privacy/retention"]


def test_a_night_deletes_no_more_than_one_change_may_have_and_the_next_ones_the_others(
    rule, old_lead, monkeypatch
):
    monkeypatch.setattr(nightly_run, "MOST_A_NIGHT", 2)
    for number in range(5):
        old_lead(f"Lead {number}")
    nights(1)
    runs = nights(3, begin=timezone.now() + 15 * DAY)
    assert [run.deleted for run in runs] == [2, 2, 1]
    changed = (
        Operation.objects.filter(kind="delete_by_retention").order_by("pk").values_list("changed", flat=True)
    )
    assert list(changed) == [2, 2, 1]
    assert not RetentionNotice.objects.exists()


def test_the_page_says_that_moves_are_kept_as_long_as_their_lead_and_changes_forever(sign_in, ada):
    page = close_up(sign_in(ada).get("/admin/privacy/retention").text)
    for label, kept in (
        ("Moves of leads between statuses", "kept as long as their record"),
        ("Changes of records", "forever, set in the environment: LEADWELL_CHANGES_MONTHS"),
    ):
        assert f'<span>{label}</span><p class="soft small">{kept}</p>' in page


def test_the_managers_are_notified_if_the_owner_is_no_longer_active(rule, old_lead, bob, ann, client):
    """Closed leads stay with users who were deactivated."""
    old_lead("Left Behind", owner=bob)
    old_lead("No Owner")
    User.objects.filter(pk=bob.pk).update(is_active=False)
    nights(1)
    told = Notification.objects.get(kind__startswith="retention", user=ann)
    assert not Notification.objects.filter(user=bob).exists()
    assert "2 leads without an active owner will be deleted on" in get_notification_sentence(told)
    client.force_login(ann)
    page = client.get(told.path).text
    assert ("Left Behind" in page, "No Owner" in page) == (True, True)


def test_an_announced_lead_stays_until_its_rule_is_confirmed_and_its_page_says_so(
    rule, old_lead, bob, client, monkeypatch
):
    lead = old_lead(owner=bob)
    nights(1)
    monkeypatch.setattr(nightly_run, "FEWEST", 0)
    nights(20)
    assert Lead.objects.present().filter(pk=lead.pk).exists()
    client.force_login(bob)
    page = client.get(f"/admin/leads/{lead.pk}").text
    assert "This lead stays until an administrator confirms the retention rule that announced it." in page
    assert "will be deleted on" not in page
