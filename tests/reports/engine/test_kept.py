"""Numbers that took long to count are kept, shown as of then, and counted again by the worker."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import Count, Func, Value
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Membership
from crm.platform.jobs.housekeeping import clean_up
from crm.platform.web import transactions
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead
from leads.verbs import Move
from reports.engine import answer_cache
from reports.engine.measures import MEASURE_PARTS
from reports.engine.progress_derivation import store_progress_of_changes
from reports.jobs import cache_numbers_of_report, count_slow_reports_ahead, delete_outdated_numbers
from reports.models import Goal, KeptNumbers, Pin, ReadReport
from reports.models.cached_numbers import OLDEST
from reports.models.slow_question import REMEMBERED

PAGE = "/admin/reports/people?period=all"
COUNTED = "Load the page again in a moment for newer numbers."


@pytest.fixture
def slow(monkeypatch):
    """As if everything took long."""
    monkeypatch.setattr(answer_cache, "LONG", 0)
    monkeypatch.setattr(answer_cache, "WORTH", -1)


@pytest.fixture
def read(django_capture_on_commit_callbacks):
    """read(browser) is the page as this user gets it, with what follows the request."""

    def get(browser, path: str = PAGE):
        with django_capture_on_commit_callbacks(execute=True):
            return browser.get(path)

    return get


def waiting() -> list[dict]:
    return list(ProcrastinateJob.objects.filter(task_name="count_report").values_list("args", flat=True))


def leads_of(page) -> int:
    (total,) = [
        group for panel in page.context["panels"] for group in [panel.answer.total] if "leads" in group.parts
    ]
    return total.parts["leads"]


def grow_old(by: timedelta = answer_cache.FRESH) -> None:
    KeptNumbers.objects.update(at=timezone.now() - by)


def test_what_is_counted_quickly_is_always_of_now(sign_in, ann, make_lead, read):
    browser = sign_in(ann)
    for number in (1, 2):
        make_lead("Jan Novák", owner=ann)
        page = read(browser)
        assert leads_of(page) == number
        assert COUNTED not in page.text
    assert not KeptNumbers.objects.exists()


def test_what_took_long_is_shown_again_and_says_when_it_was_counted(slow, sign_in, ann, make_lead, read):
    make_lead("Jan Novák", owner=ann)
    browser = sign_in(ann)
    assert COUNTED not in read(browser).text
    make_lead("Eva Novák", owner=ann)
    page = read(browser)
    assert leads_of(page) == 1
    assert COUNTED in page.text
    assert waiting() == []


def test_numbers_of_a_team_are_found_again_after_its_people_were_written(
    slow, sign_in, ann, bob, make_lead, read
):
    make_lead("Jan Novák", owner=bob)
    browser = sign_in(ann)
    assert COUNTED not in read(browser, f"{PAGE}&owner=team").text
    kept = KeptNumbers.objects.count()
    # Written so often, a row has left all places before the others: unsorted, the database would return her last.
    for position in range(1, 200):
        Membership.objects.filter(user=ann).update(position=position)
    assert COUNTED in read(browser, f"{PAGE}&owner=team").text
    assert KeptNumbers.objects.count() == kept


def test_today_and_goals_say_when_their_numbers_were_counted(slow, sign_in, ada, make_lead, read, statuses):
    lead = make_lead("Jan Novák", owner=ada)
    carry_out(Move(status=statuses.won), Lead.objects.filter(pk=lead.pk), by=ada)
    month = timezone.localdate().replace(day=1)
    with operation("test", by=None):
        Goal.objects.create(user=ada, measure="won", month=month, target=2)
        Goal.objects.create(measure="won", month=month, target=2)
    Pin.objects.create(user=ada, shipped="funnel")
    browser = sign_in(ada)
    today = "/admin/today/deferred"
    assert "As of" not in read(browser, today).text
    parts = read(browser, today).text.split("<section")
    counted = {re.search(r'id="part-([a-z_]+)', part)[1] for part in parts if "As of" in part}
    assert counted == {
        *("month", "team", "goals", "team_goals"),
        *("chart_funnel", "chart_won", "chart_open_value", "chart_stuck", "pin"),
    }
    # On the last day of a month, Today and the goals of the month ask the same.
    KeptNumbers.objects.all().delete()
    assert COUNTED not in read(browser, "/admin/reports/goals").text
    assert COUNTED in read(browser, "/admin/reports/goals").text


def test_while_many_leads_change_today_and_goals_say_until_when_they_are_complete(
    sign_in, ada, make_lead, statuses, monkeypatch
):
    lead = make_lead("Jan Novák", owner=ada)
    carry_out(Move(status=statuses.won), Lead.objects.filter(pk=lead.pk), by=ada)
    with operation("test", by=None):
        Goal.objects.create(user=ada, measure="won", month=timezone.localdate().replace(day=1), target=2)
    Pin.objects.create(user=ada, shipped="funnel")
    monkeypatch.setattr("reports.engine.progress_derivation.LIVE", 0)
    browser = sign_in(ada)
    parts = browser.get("/admin/today/deferred").text.split("<section")
    dated = {re.search(r'id="part-([a-z_]+)', part)[1] for part in parts if "As of" in part}
    # Nothing of the lead is stored yet, so these have no numbers, and say so as of then.
    assert dated == {"team", "goals", "chart_funnel", "chart_won", "chart_stuck", "pin"}
    assert "These numbers include the changes until" in browser.get("/admin/reports/goals").text


def test_the_numbers_of_stuck_leads_are_kept_although_time_goes_on(
    slow, sign_in, ann, make_lead, read, statuses
):
    path = f"/admin/reports/stuck?status={statuses.new.pk}"
    entered = timezone.now() - timedelta(days=60)
    make_lead("Jan Novák", owner=ann, status=statuses.new, status_since=entered)
    browser = sign_in(ann)
    first = read(browser, path)
    make_lead("Eva Novák", owner=ann, status=statuses.new, status_since=entered)
    page = read(browser, path)
    assert [panel.answer.total.parts for panel in page.context["panels"]] == [
        panel.answer.total.parts for panel in first.context["panels"]
    ]
    assert COUNTED in page.text


def test_the_worker_counts_old_numbers_again_for_their_reader(
    slow, sign_in, ann, make_lead, read, django_capture_on_commit_callbacks
):
    make_lead("Jan Novák", owner=ann)
    browser = sign_in(ann)
    read(browser)
    make_lead("Eva Novák", owner=ann)
    grow_old()
    assert leads_of(read(browser)) == 1
    (job,) = waiting()
    read(browser)
    assert waiting() == [job]
    with django_capture_on_commit_callbacks(execute=True):
        cache_numbers_of_report(**job)
    page = read(browser)
    assert leads_of(page) == 2
    assert COUNTED in page.text


def test_the_worker_keeps_what_it_counted_even_if_that_was_quick(
    ann, make_lead, django_capture_on_commit_callbacks, monkeypatch
):
    monkeypatch.setattr(answer_cache, "WORTH", -1)
    make_lead("Jan Novák", owner=ann)
    with django_capture_on_commit_callbacks(execute=True):
        cache_numbers_of_report(query="measure=leads&period=all", user_id=ann.pk)
    assert KeptNumbers.objects.get().rows == [[1]]


def test_what_takes_longer_than_a_page_may_wait_is_counted_by_the_worker(
    sign_in, ann, make_lead, monkeypatch, read, django_capture_on_commit_callbacks
):
    make_lead("Jan Novák", owner=ann)
    browser = sign_in(ann)
    monkeypatch.setattr(answer_cache, "WORTH", -1)
    slowly = Func(Value(1.5), function="pg_sleep")
    monkeypatch.setitem(
        MEASURE_PARTS, "leads", replace(MEASURE_PARTS["leads"], aggregate=lambda _all: Count(slowly))
    )
    monkeypatch.setitem(transactions.set_transaction_limits.__kwdefaults__, "statement", 1000)
    page = read(browser)
    assert page.status_code == 503
    assert "These numbers take long to count" in page.text
    (job,) = waiting()
    with django_capture_on_commit_callbacks(execute=True):
        cache_numbers_of_report(**job)
    assert leads_of(read(browser)) == 1


def test_nothing_is_counted_for_users_who_can_no_longer_sign_in(
    slow, ann, django_capture_on_commit_callbacks
):
    ann.is_active = False
    ann.save()
    with django_capture_on_commit_callbacks(execute=True):
        cache_numbers_of_report(query="measure=leads&period=all", user_id=ann.pk)
        cache_numbers_of_report(query="measure=leads&period=all", user_id=0)
    assert not KeptNumbers.objects.exists()


def test_each_scope_has_its_own_numbers(slow, sign_in, ann, carla, ada, make_lead, departments, read):
    make_lead("Jan Novák", owner=ann, department=departments.sales)
    make_lead("Eva Novák", owner=carla, department=departments.export)
    seen = [leads_of(read(sign_in(user))) for user in (ada, ann, carla, ada, ann, carla)]
    assert seen[:3] == seen[3:]
    assert seen[0] == 2
    assert seen[1] == 1


def test_files_are_always_of_now(slow, sign_in, ann, make_lead, read):
    make_lead("Jan Novák", owner=ann)
    browser = sign_in(ann)
    before = b"".join(read(browser, "/admin/reports/people/file?period=all").streaming_content)
    make_lead("Eva Novák", owner=ann)
    after = b"".join(read(browser, "/admin/reports/people/file?period=all").streaming_content)
    assert before != after


def test_half_a_day_later_they_are_counted_again_at_once(slow, sign_in, ann, make_lead, read):
    make_lead("Jan Novák", owner=ann)
    browser = sign_in(ann)
    read(browser)
    make_lead("Eva Novák", owner=ann)
    grow_old(OLDEST)
    page = read(browser)
    assert leads_of(page) == 2
    assert COUNTED not in page.text
    grow_old(OLDEST)
    assert clean_up([delete_outdated_numbers])["delete_outdated_numbers"] > 0
    assert not KeptNumbers.objects.exists()


def test_amounts_and_times_are_kept_exactly(db):
    rows = [
        [Decimal("12345678901234567.89"), date(2026, 2, 28), datetime(2026, 3, 29, 1, tzinfo=UTC), None, 0.1]
    ]
    KeptNumbers.objects.create(digest="a", rows=rows)
    assert KeptNumbers.objects.get().rows == rows


def test_leads_that_wait_for_the_worker_do_not_change_which_numbers_are_kept(
    slow, sign_in, ann, make_lead, read
):
    make_lead("Jan Novák", owner=ann)
    read(sign_in(ann))
    digests = set(KeptNumbers.objects.values_list("pk", flat=True))
    store_progress_of_changes()
    KeptNumbers.objects.all().delete()
    read(sign_in(ann))
    assert set(KeptNumbers.objects.values_list("pk", flat=True)) == digests


@pytest.fixture
def at_hour(monkeypatch):
    """at_hour(7) is seven o'clock of another day, in the default time zone."""

    def set_to(hour: int) -> None:
        moment = timezone.localtime().replace(hour=hour) + timedelta(days=1)
        monkeypatch.setattr(timezone, "now", lambda: moment.astimezone(UTC))

    return set_to


def test_slow_numbers_are_counted_each_morning_before_their_reader_comes(
    slow, sign_in, ann, make_lead, read, at_hour, django_capture_on_commit_callbacks
):
    make_lead("Jan Novák", owner=ann)
    read(sign_in(ann))
    asked = {row.query for row in ReadReport.objects.filter(user=ann)}
    assert asked
    at_hour(3)
    assert count_slow_reports_ahead() == 0
    at_hour(5)
    KeptNumbers.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        assert count_slow_reports_ahead() == len(asked)
    assert {(job["query"], job["user_id"]) for job in waiting()} == {(query, ann.pk) for query in asked}
    with django_capture_on_commit_callbacks(execute=True):
        assert count_slow_reports_ahead() == 0
    for job in waiting():
        with django_capture_on_commit_callbacks(execute=True):
            cache_numbers_of_report(**job)
    make_lead("Eva Novák", owner=ann)
    page = read(sign_in(ann))
    assert leads_of(page) == 1
    assert COUNTED in page.text


def test_numbers_that_are_counted_quickly_are_not_counted_ahead(sign_in, ann, make_lead, read):
    make_lead("Jan Novák", owner=ann)
    read(sign_in(ann))
    assert not ReadReport.objects.exists()


def test_numbers_that_are_not_read_any_more_are_not_counted_ahead(
    slow, sign_in, ann, make_lead, read, at_hour
):
    make_lead("Jan Novák", owner=ann)
    read(sign_in(ann))
    ReadReport.objects.update(read_at=timezone.now() - REMEMBERED)
    at_hour(8)
    assert count_slow_reports_ahead() == 0
    assert not ReadReport.objects.exists()


def test_nothing_is_counted_ahead_for_a_user_who_was_deactivated(
    slow, sign_in, ann, make_lead, read, at_hour
):
    make_lead("Jan Novák", owner=ann)
    read(sign_in(ann))
    type(ann).objects.filter(pk=ann.pk).update(is_active=False)
    at_hour(8)
    assert count_slow_reports_ahead() == 0
