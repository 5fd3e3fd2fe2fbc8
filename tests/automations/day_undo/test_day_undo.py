"""Undoing what an automation did on one day: which changes those are, the preview, and one change that can be undone again."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from automations.day_undo.day_reversal import run_day_job
from automations.day_undo.operations_of_day import (
    build_day_forecast,
    get_bounds_of_day,
    get_operations_between,
)
from automations.models import AutomationRun, WakingOperation
from crm.models import Job, Operation
from crm.platform.jobs import JobProblem, PartDone, run_job
from crm.records.history.jobs import run_undo_job, start_undo
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from leads.models import Lead
from tests.automations.automating import make_automation, work, written_by

pytestmark = pytest.mark.django_db

# The day, its time zone, its first moment and the first one after it.
DAYS = {
    "in winter": (date(2026, 11, 28), "Europe/Bucharest", (27, 22), (28, 22)),
    "as summer time ends, of 25 hours": (date(2026, 10, 25), "Europe/Bucharest", (24, 21), (25, 22)),
    "as summer time begins, of 23 hours": (date(2026, 3, 29), "Europe/Bucharest", (28, 22), (29, 21)),
    "west of Greenwich": (date(2026, 11, 28), "America/New_York", (28, 5), (29, 5)),
}


@pytest.mark.parametrize(("day", "zone", "first", "after"), DAYS.values(), ids=DAYS.keys())
def test_a_day_is_one_of_the_readers_time_zone(day, zone, first, after):
    with timezone.override(zone):
        bounds = get_bounds_of_day(day)
    assert list(bounds) == [datetime(day.year, day.month, *found, tzinfo=UTC) for found in (first, after)]


def get_page(automation) -> str:
    with timezone.override("Europe/Bucharest"):
        return f"/admin/automations/{automation.pk}/undo-day?day={timezone.localdate()}"


def read_cities() -> list[str]:
    return list(Lead.objects.order_by("pk").values_list("city", flat=True))


def test_several_changes_are_undone_as_one_which_can_be_undone(sign_in, ada, make_lead):
    automation = make_automation("Cluj", ada)
    for number in range(3):
        make_lead(f"Lead {number}")
        work()
    browser = sign_in(ada)
    page = browser.get(get_page(automation))
    forecast = page.context["forecast"]
    assert (forecast.operations, forecast.outcome.back_count, forecast.kept) == (3, 3, [])
    answer = browser.post(get_page(automation))
    whole = Operation.objects.get(kind="undo_automation_day")
    assert answer.url == f"/admin/operations/{whole.pk}"
    assert (whole.part_count, whole.changed, whole.matched, read_cities()) == (3, 3, 3, [""] * 3)
    assert "Undo what “Cluj” did on" in browser.get(answer.url).text
    assert WakingOperation.objects.count() in (0, 1)
    assert work() >= 0
    # The undo of all its parts, which is a job as for any change in parts.
    job = start_undo(whole, ada)
    for _part in range(3):
        assert isinstance(run_undo_job(job, lambda done, total: None), PartDone)
    assert read_cities() == ["Cluj"] * 3
    assert browser.get(get_page(automation)).context["forecast"].operations == 3


def test_what_was_edited_later_is_kept_and_the_preview_says_so(sign_in, ada, make_lead):
    automation = make_automation("Cluj", ada)
    lead, _other = make_lead(), make_lead("Ana Albu")
    work()
    with operation("test", by=ada):
        Lead.objects.filter(pk=lead.pk).update(city="Brno")
    browser = sign_in(ada)
    forecast = browser.get(get_page(automation)).context["forecast"]
    assert (forecast.outcome.back_count, [number for _text, number in forecast.kept]) == (1, [1])
    browser.post(get_page(automation))
    assert read_cities() == ["Brno", ""]


def test_a_record_that_it_changed_twice_goes_back_to_the_first_value(sign_in, ada, make_lead):
    when = {"trigger": "field_changed", "trigger_values": {"field": "company"}}
    first = make_automation("First", ada, ("set", {"field": "city", "value": "Brno"}), **when)
    lead = make_lead(city="Arad")
    for number, city in enumerate(("Brno", "Cluj")):
        with operation("test", by=None):
            type(first).objects.filter(pk=first.pk).update(
                steps=[{"action": "set", "values": {"field": "city", "value": city}}]
            )
        with operation("test", by=ada):
            Lead.objects.filter(pk=lead.pk).update(company=f"Company {number}")
        work()
    assert read_cities() == ["Cluj"]
    browser = sign_in(ada)
    forecast = browser.get(get_page(first)).context["forecast"]
    assert (forecast.operations, forecast.outcome.back_count, forecast.kept) == (2, 1, [])
    browser.post(get_page(first))
    assert read_cities() == ["Arad"]


def test_only_that_day_and_what_is_not_undone_yet_is_undone(ada, make_lead):
    automation = make_automation("Cluj", ada)
    for number in range(3):
        make_lead(f"Lead {number}")
        work()
    first, second, third = written_by(automation)
    revert_operation(second, by=ada)
    AutomationRun.objects.filter(written=third.pk).update(at=datetime(2026, 1, 5, 23, tzinfo=UTC))
    with timezone.override("Europe/Bucharest"):
        today = get_operations_between(automation, *get_bounds_of_day(timezone.localdate()))
        then = get_operations_between(automation, *get_bounds_of_day(date(2026, 1, 6)))
    assert (today, then) == ([first], [third])


def test_who_may_not_change_the_records_undoes_nothing(sign_in, ada, dan, make_lead, someone_with):
    automation = make_automation("Cluj", ada)
    make_lead()
    work()
    reader = someone_with("view_automation", "view_lead")
    browser = sign_in(reader)
    page = browser.get(get_page(automation))
    assert [number for _text, number in page.context["forecast"].obstacles] == [1]
    assert browser.post(get_page(automation)).status_code == 409
    assert (read_cities(), Operation.objects.filter(kind="undo_automation_day").exists()) == (["Cluj"], False)


def test_a_day_without_changes_says_so_and_no_day_is_not_found(sign_in, ada):
    automation = make_automation("Cluj", ada)
    browser = sign_in(ada)
    assert "It changed nothing on this day" in browser.get(get_page(automation)).text
    assert browser.post(get_page(automation)).status_code == 409
    for text in ("", "x", "2026-02-30", "9999-12-31", "0001-01-01"):
        assert browser.get(f"/admin/automations/{automation.pk}/undo-day?day={text}").status_code == 404


@pytest.mark.django_db(databases=["default", "progress"])
def test_many_changes_are_a_job_that_goes_on_after_a_kill(sign_in, ada, make_lead, monkeypatch):
    monkeypatch.setattr("automations.day_undo.day_reversal.OPERATIONS_AT_ONCE", 2)
    automation = make_automation("Cluj", ada)
    for number in range(5):
        make_lead(f"Lead {number}")
        work()
    browser = sign_in(ada)
    page = get_page(automation)
    assert browser.post(page).url == browser.post(page).url
    run_job(job_id=Job.objects.get().pk)
    whole = Operation.objects.get(kind="undo_automation_day")
    assert (whole.part_count, whole.parts_left, whole.changed, read_cities()) == (5, 0, 5, [""] * 5)
    assert Job.objects.get().operation == whole
    # Nothing is left for a job that runs twice.
    with pytest.raises(JobProblem):
        run_day_job(Job(kind="x", user=ada, arguments=Job.objects.get().arguments), lambda done, total: None)


def test_the_log_offers_to_undo_a_day_while_something_of_it_is_not_undone(sign_in, ada, make_lead):
    automation = make_automation("Cluj", ada)
    make_lead()
    work()
    browser, log = sign_in(ada), f"/admin/automations/{automation.pk}"
    assert "Undo this day…" in browser.get(log).text
    browser.post(get_page(automation))
    assert "Undo this day…" not in browser.get(log).text


def test_a_preview_that_takes_long_says_how_much_it_left_out(ada, make_lead, monkeypatch):
    monkeypatch.setattr("automations.day_undo.operations_of_day.LOOKED_FOR", -1)
    automation = make_automation("Cluj", ada)
    for number in range(2):
        make_lead(f"Lead {number}")
        work()
    assert build_day_forecast(written_by(automation)[::-1], "lead", ada).unlooked == 1
