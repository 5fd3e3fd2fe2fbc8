"""The pages of automations by the clock: what becomes due, and the records that wait."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from automations.definition.sentences import build_trigger_sentence
from automations.models import WaitingRecord
from automations.trial.due_forecast import build_due_forecast
from crm.records.history.verb_execution import carry_out
from leads import verbs
from leads.models import Lead
from tests.automations.automating import make_automation, work

pytestmark = pytest.mark.django_db

AUTOMATIONS = "/admin/automations"
DATE = {"field": "next_action_on", "side": "after", "days": 1, "time": "08:00"}
WAITING = (("wait", {"number": "2", "unit": "hours"}), ("add_note", {"text": "Later"}))


def set_date(lead: Lead, days: int, by) -> None:
    values = {"next_action": "Call", "next_action_on": timezone.localdate() + timedelta(days=days)}
    carry_out(verbs.Edit(values), Lead.objects.filter(pk=lead.pk), by=by)


def test_a_forecast_has_what_becomes_due_and_meets_the_conditions_now(ada, bob, make_lead):
    automation = make_automation("After", ada, trigger="date", trigger_values=DATE, conditions="vip=yes")
    soon, later, past, far, other = (make_lead(vip=True) for _number in range(5))
    for lead, days in ((soon, 2), (later, 9), (past, -5), (far, 60), (other, 3)):
        set_date(lead, days, ada)
    carry_out(verbs.Edit({"vip": False}), Lead.objects.filter(pk=other.pk), by=ada)
    forecast = build_due_forecast(automation, ada)
    today = timezone.localdate()
    assert [(line.record, line.day - today) for line in forecast.lines] == [
        (soon, timedelta(days=3)),
        (later, timedelta(days=10)),
    ]
    assert not forecast.is_cut


def test_a_forecast_of_quiet_records_names_the_day_on_which_the_automation_acts(ada, make_lead):
    lead = make_lead()
    values = {"quiet": 3, "time": "08:00"}
    automation = make_automation("Quiet", ada, trigger="quiet", trigger_values=values)
    [line] = build_due_forecast(automation, ada).lines
    assert (line.record, line.day > timezone.localdate() + timedelta(days=3)) == (lead, True)


def test_a_forecast_shows_no_record_that_the_viewer_does_not_see(ada, carla, make_lead, departments):
    automation = make_automation("After", ada, trigger="date", trigger_values=DATE)
    lead = make_lead(department=departments.export, owner=None)
    set_date(lead, 2, ada)
    seen = Lead.objects.visible_to(carla).filter(pk=lead.pk).exists()
    assert [line.record for line in build_due_forecast(automation, carla).lines] == ([lead] if seen else [])
    assert [line.record for line in build_due_forecast(automation, ada).lines] == [lead]


@pytest.mark.parametrize("trigger", ["date", "daily", "meeting_time"])
def test_the_page_of_the_trial_says_plainly_what_it_can_not_try(sign_in, ada, make_lead, trigger):
    values = {
        "date": DATE,
        "daily": {"on": "each_day", "time": "08:00"},
        "meeting_time": {"number": 1, "unit": "days", "side": "before"},
    }[trigger]
    automation = make_automation("Clock", ada, trigger=trigger, trigger_values=values)
    browser = sign_in(ada)
    page = browser.get(f"{AUTOMATIONS}/{automation.pk}/trial")
    assert "can’t be tried on the past" in page.text
    assert browser.post(f"{AUTOMATIONS}/{automation.pk}/trial", {"days": "30"}).status_code == 302
    assert not automation.trials.exists()


def test_the_page_of_an_automation_names_the_records_that_wait_and_cancels_them(sign_in, ada, make_lead):
    automation = make_automation("Later", ada, *WAITING)
    make_lead(), make_lead()
    work()
    browser = sign_in(ada)
    assert "2 records are waiting for a next step." in browser.get(f"{AUTOMATIONS}/{automation.pk}").text
    assert "They won’t go on if you change" in browser.get(f"{AUTOMATIONS}/{automation.pk}/edit").text
    answer = browser.post(f"{AUTOMATIONS}/{automation.pk}/waits/cancel", follow=True)
    assert "2 waits were cancelled." in answer.text
    assert not WaitingRecord.objects.exists()
    assert "waiting for a next step" not in browser.get(f"{AUTOMATIONS}/{automation.pk}").text.split("Log")[0]


def test_only_those_who_may_change_the_automation_cancel_its_waits(sign_in, ada, conrad, make_lead):
    automation = make_automation("Later", ada, *WAITING)
    make_lead()
    work()
    assert sign_in(conrad).post(f"{AUTOMATIONS}/{automation.pk}/waits/cancel").status_code == 404
    assert WaitingRecord.objects.count() == 1


SENTENCES = {
    ("hours", "before", 1): (
        "1 hour before a lead has a meeting",
        "Cu 1 oră înainte ca un lead să aibă o întâlnire",
    ),
    ("days", "before", 3): (
        "3 days before a lead has a meeting",
        "Cu 3 zile înainte ca un lead să aibă o întâlnire",
    ),
    ("hours", "after", 24): (
        "24 hours after a lead had a meeting, unless no one came",
        "La 24 de ore după ce un lead a avut o întâlnire, dacă a venit cineva",
    ),
    ("days", "after", 1): (
        "1 day after a lead had a meeting, unless no one came",
        "La 1 zi după ce un lead a avut o întâlnire, dacă a venit cineva",
    ),
}


@pytest.mark.parametrize(("asked", "words"), SENTENCES.items())
def test_an_automation_that_waits_for_a_meeting_says_so_in_a_sentence(ada, asked, words):
    unit, side, number = asked
    values = {"number": number, "unit": unit, "side": side}
    automation = make_automation("Meet", ada, trigger="meeting_time", trigger_values=values)
    for language, sentence in zip(("en", "ro"), words, strict=True):
        with translation.override(language):
            assert build_trigger_sentence(automation, ada) == sentence
