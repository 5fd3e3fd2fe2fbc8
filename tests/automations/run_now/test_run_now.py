"""Running an automation for the records that match now: which ones, what the preview says, and what is done."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.utils import timezone

from automations.models import Automation, AutomationRun, WaitingRecord
from automations.run_now.matching_records import get_run_obstacle
from automations.run_now.requested_run import run_requested_job
from automations.running.automation_execution import count_acted_last_hour
from automations.running.waking_queue import run_due_wait
from crm.models import FrozenSet, Job, Operation, Task
from crm.platform.jobs import JobProblem, cancel_job, run_job
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from tests.automations.automating import make_automation, outcomes_of, work, written_by

pytestmark = pytest.mark.django_db

STEPS = (
    ("set", {"field": "city", "value": "Cluj"}),
    ("add_task", {"title": "Call", "days": "1", "user": ""}),
)


@pytest.fixture
def to_cluj(ada):
    return make_automation("Cluj", ada, *STEPS, conditions="country=RO", turned_on=False)


def open_preview(browser, automation):
    answer = browser.post(f"/admin/automations/{automation.pk}/run")
    assert answer.status_code == 302
    return answer.url, browser.get(answer.url)


def test_the_steps_are_previewed_done_in_one_change_and_undone_as_a_whole(sign_in, ada, to_cluj, make_lead):
    lead, there = make_lead(country="RO", owner=ada), make_lead("Ana Albu", country="RO", city="Cluj")
    other = make_lead("Jan Novák", country="CZ")
    browser = sign_in(ada)
    url, page = open_preview(browser, to_cluj)
    forecast = page.context["forecast"]
    assert [(step.changed, step.unchanged) for step in forecast.steps] == [(1, 1), (2, 0)]
    assert (forecast.records, forecast.acted_before, Task.objects.count()) == (2, 0, 0)
    answer = browser.post(url, {"note": "For the fair"})
    (written,) = written_by(to_cluj)
    assert answer.url == f"/admin/operations/{written.pk}"
    assert (written.by, written.note, written.changed) == (ada, "For the fair", 2)
    assert outcomes_of(to_cluj) == [(lead.pk, "acted"), (there.pk, "acted")]
    for one in (lead, there, other):
        one.refresh_from_db()
    assert [one.city for one in (lead, there, other)] == ["Cluj", "Cluj", ""]
    assert Task.objects.present().count() == 2
    revert_operation(written, by=ada)
    lead.refresh_from_db()
    assert (lead.city, Task.objects.present().count()) == ("", 0)


def test_a_second_click_finds_the_change_of_the_first(sign_in, ada, to_cluj, make_lead):
    make_lead(country="RO")
    browser = sign_in(ada)
    url, _page = open_preview(browser, to_cluj)
    assert browser.post(url).url == browser.post(url).url
    assert len(written_by(to_cluj)) == 1


def test_records_on_which_it_acted_before_are_named_and_can_be_skipped(sign_in, ada, to_cluj, make_lead):
    first = make_lead(country="RO")
    browser = sign_in(ada)
    url, _page = open_preview(browser, to_cluj)
    browser.post(url)
    second = make_lead("Ana Albu", country="RO")
    url, page = open_preview(browser, to_cluj)
    assert (page.context["forecast"].acted_before, page.context["forecast"].records) == (1, 2)
    assert browser.get(f"{url}&skip_acted=1").context["forecast"].records == 1
    browser.post(url, {"skip_acted": "1"})
    newest = written_by(to_cluj)[-1]
    rows = AutomationRun.objects.filter(written=newest.pk)
    assert [run.record for run in rows] == [second.pk] != [first.pk]


def test_records_that_no_longer_meet_the_conditions_are_skipped(sign_in, ada, to_cluj, make_lead):
    lead, moved = make_lead(country="RO"), make_lead("Ana Albu", country="RO")
    browser = sign_in(ada)
    url, _page = open_preview(browser, to_cluj)
    with operation("test", by=None):
        type(moved).objects.filter(pk=moved.pk).update(country="CZ")
    assert browser.get(url).context["forecast"].unmet == 1
    browser.post(url)
    moved.refresh_from_db()
    assert (moved.city, outcomes_of(to_cluj)) == ("", [(lead.pk, "acted"), (moved.pk, "unmet")])
    assert written_by(to_cluj)[0].refused == 1


def test_only_records_that_both_the_owner_and_the_user_may_change_are_found(
    sign_in, ada, ann, bob, make_lead
):
    automation = make_automation("Cluj", bob, turned_on=False)
    own, _others = make_lead(owner=bob), make_lead("Ana Albu", owner=ann)
    _url, page = open_preview(sign_in(ada), automation)
    assert list(FrozenSet.objects.get().ids) == [own.pk]
    assert page.context["forecast"].records == 1


def test_who_may_not_change_the_automation_or_many_records_at_once_runs_nothing(
    sign_in, carla, dan, to_cluj, make_lead
):
    make_lead(country="RO")
    role = carla.groups.get()
    role.permissions.add(*Permission.objects.filter(codename__in=["view_automation", "change_automation"]))
    # Ada has more permissions than Carla.
    assert sign_in(carla).post(f"/admin/automations/{to_cluj.pk}/run").status_code == 404
    with operation("test", by=None):
        Automation.objects.filter(pk=to_cluj.pk).update(owner=dan)
    assert sign_in(carla).post(f"/admin/automations/{to_cluj.pk}/run").status_code == 302
    role.permissions.remove(Permission.objects.get(codename="bulk_lead"))
    assert sign_in(carla).post(f"/admin/automations/{to_cluj.pk}/run").status_code == 403
    assert written_by(to_cluj) == []


def test_the_set_of_another_user_is_not_found(sign_in, ada, bob, to_cluj, make_lead):
    make_lead(country="RO")
    foreign = FrozenSet.objects.create(user=bob, table="lead", ids=[], count=0)
    browser = sign_in(ada)
    for text in (foreign.pk, "x", "9" * 30):
        assert browser.get(f"/admin/automations/{to_cluj.pk}/run?set={text}").status_code == 404


def test_an_automation_that_cannot_act_says_why_and_one_without_records_too(sign_in, ada, to_cluj):
    browser, page = sign_in(ada), f"/admin/automations/{to_cluj.pk}"
    answer = browser.post(f"{page}/run", follow=True)
    assert "No records that you can change match now." in answer.text
    with operation("test", by=None):
        Automation.objects.filter(pk=to_cluj.pk).update(conditions="c999999=x")
    answer = browser.post(f"{page}/run", follow=True)
    assert "A field that the conditions use no longer exists." in answer.text
    assert not FrozenSet.objects.exists()


def test_a_run_on_request_does_not_count_for_the_limit_and_wakes_other_automations_but_not_itself(
    sign_in, ada, make_lead
):
    automation = make_automation(
        "Cluj", ada, trigger="field_changed", trigger_values={"field": "city"}, most_an_hour=1
    )
    other = make_automation(
        "Other",
        ada,
        ("set", {"field": "company", "value": "Seen"}),
        trigger="field_changed",
        trigger_values={"field": "city"},
    )
    leads = [make_lead(f"Lead {number}") for number in range(2)]
    browser = sign_in(ada)
    url, _page = open_preview(browser, automation)
    browser.post(url)
    work()
    assert count_acted_last_hour(automation) == 0
    assert outcomes_of(automation) == [(lead.pk, "acted") for lead in leads]
    assert outcomes_of(other) == [(lead.pk, "acted") for lead in leads]


def test_the_log_says_who_ran_it(sign_in, ada, to_cluj, make_lead):
    make_lead(country="RO")
    browser = sign_in(ada)
    url, _page = open_preview(browser, to_cluj)
    browser.post(url)
    page = browser.get(f"/admin/automations/{to_cluj.pk}")
    (line,) = page.context["lines"]
    assert (line.waking, line.asked_by) == (None, str(ada))
    assert f"run by {ada}" in page.text


@pytest.mark.django_db(databases=["default", "progress"])
def test_a_large_set_is_a_job_that_can_run_twice_and_be_cancelled(
    sign_in, ada, to_cluj, make_lead, monkeypatch
):
    monkeypatch.setattr("automations.run_now.requested_run.ROWS_AT_ONCE", 1)
    make_lead(country="RO"), make_lead("Ana Albu", country="RO")
    browser = sign_in(ada)
    url, _page = open_preview(browser, to_cluj)
    assert browser.post(url).url == browser.post(url).url
    job = Job.objects.get()
    run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.operation) == (Job.State.FINISHED, Operation.objects.get(kind="run_automation"))
    url, _page = open_preview(browser, to_cluj)
    browser.post(url)
    second = Job.objects.latest("pk")
    cancel_job(second)
    run_job(job_id=second.pk)
    second.refresh_from_db()
    assert (second.state, len(written_by(to_cluj))) == (Job.State.CANCELLED, 1)


def test_a_job_whose_automation_is_gone_or_whose_user_lost_the_permission_changes_nothing(
    sign_in, ada, to_cluj, make_lead, monkeypatch
):
    monkeypatch.setattr("automations.run_now.requested_run.ROWS_AT_ONCE", 0)
    make_lead(country="RO")
    browser = sign_in(ada)
    url, _page = open_preview(browser, to_cluj)
    browser.post(url)
    with operation("test", by=None):
        Automation.objects.filter(pk=to_cluj.pk).retire()
    job = Job.objects.get()
    with pytest.raises(JobProblem, match=r"Nothing was changed\."):
        run_requested_job(job, lambda done, total: None)
    assert written_by(to_cluj) == []


def test_records_that_are_run_now_wait_and_go_on_as_those_that_something_woke(sign_in, ada, make_lead):
    steps = (STEPS[0], ("wait", {"number": "2", "unit": "days"}), STEPS[1])
    automation = make_automation("Cluj, then a call", ada, *steps, conditions="country=RO")
    lead = make_lead(country="RO", owner=ada)
    browser = sign_in(ada)
    url, page = open_preview(browser, automation)
    assert [step.is_wait for step in page.context["forecast"].steps] == [False, True, False]
    browser.post(url)
    lead.refresh_from_db()
    assert (lead.city, Task.objects.count()) == ("Cluj", 0)
    assert list(WaitingRecord.objects.values_list("record", "step")) == [(lead.pk, 2)]
    with transaction.atomic():
        assert run_due_wait(timezone.now() + timedelta(days=3))
    assert Task.objects.get().title == "Call"
    assert [outcome for _pk, outcome in outcomes_of(automation)] == ["acted", "acted"]


def test_what_waits_is_run_now_only_while_it_is_on(sign_in, ada, make_lead):
    wait = ("wait", {"number": "2", "unit": "days"})
    automation = make_automation("Later", ada, wait, STEPS[1], conditions="country=RO", turned_on=False)
    make_lead(country="RO")
    assert get_run_obstacle(automation, ada).startswith("Turn the automation on first.")
    sign_in(ada).post(f"/admin/automations/{automation.pk}/run")
    assert not FrozenSet.objects.exists()
    automation.turned_on = True
    assert get_run_obstacle(automation, ada) == ""
