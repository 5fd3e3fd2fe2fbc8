"""A call-back with one click: in the queue, on the page of a record, in the list and in the palette."""

from datetime import UTC, time, timedelta

import pytest
from django.utils import timezone

from crm.models import Activity, Operation, Task
from crm.records.history.undo.field_reversal import revert_operation
from crm.work.tasks.call_backs import build_call_back_moments
from leads.models import QueueRules
from leads.queue.forms import OutcomeForm
from leads.queue.waiting_leads import get_waiting_leads
from tests.leads.queue.queueing import PAGE, TODAY, day, decide, everything


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob, status="contacted", phone="+420 602 118 331")


@pytest.fixture
def at(monkeypatch):
    """at(hours) moves the clock to so many hours after now, which is noon where users are."""
    begin = timezone.localtime().replace(hour=12, minute=1, second=0, microsecond=0)

    def moved(hours: float = 0):
        moment = (begin + timedelta(hours=hours)).astimezone(UTC)
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return timezone.localtime(moment)

    moved()
    return moved


def first_in_queue(user) -> int | None:
    places = get_waiting_leads(user, QueueRules.get_current())
    return places[0].lead if places else None


def test_a_lead_is_back_at_the_top_of_the_queue_three_hours_later(
    at, sign_in, bob, lead, make_lead, make_task
):
    due = make_task("Call about pumps", lead, user=bob, due_on=day(TODAY))
    star = make_lead("Eva Star", owner=bob, status="contacted", vip=True)
    make_task("Long overdue", star, user=bob, due_on=day(timedelta(days=-20)))
    browser = sign_in(bob)
    decide(browser, lead, "reached", note="In a meeting", when="in_3_hours")
    due.refresh_from_db()
    assert due.is_done
    call = Task.objects.open().get(record=lead.pk)
    assert (call.title, call.type, call.due_on, call.due_time) == (
        "Call back", Task.Type.CALL, day(TODAY), time(15, 5),
    )  # fmt: skip
    assert Activity.objects.get().text == "In a meeting"
    at(3.05)
    assert [place.lead for place in get_waiting_leads(bob, QueueRules.get_current())] == [star.pk]
    at(3.07)
    assert first_in_queue(bob) == lead.pk
    assert "Task was due at 15:05" in browser.get(PAGE).text


def test_one_undo_takes_back_the_outcome_with_its_call_back(at, sign_in, bob, lead, make_task):
    make_task("Call about pumps", lead, user=bob, due_on=day(TODAY))
    before = everything()
    decide(sign_in(bob), lead, "no_answer", when="in_1_hour")
    assert everything() != before
    revert_operation(Operation.objects.latest("pk"), by=bob)
    assert everything() == before


FORMS = {
    "nothing chosen": ({}, {"day": None, "at": None}),
    "in one hour": ({"when": "in_1_hour"}, {"day": 0, "at": time(13, 5)}),
    "in three hours": ({"when": "in_3_hours"}, {"day": 0, "at": time(15, 5)}),
    "a moment wins over what is left in the fields": (
        {"when": "in_1_hour", "day": 5, "at": "17:00"},
        {"day": 0, "at": time(13, 5)},
    ),
    "a moment wins over an error in them": (
        {"when": "in_1_hour", "day": "soon"},
        {"day": 0, "at": time(13, 5)},
    ),
    "a day": ({"when": "pick", "day": 1}, {"day": 1, "at": None}),
    "a day and a time": ({"when": "pick", "day": 1, "at": "08:15"}, {"day": 1, "at": time(8, 15)}),
    "a time later today": ({"when": "pick", "day": 0, "at": "12:02"}, {"day": 0, "at": time(12, 2)}),
    "a day without the choice, as without styles": ({"day": 2}, {"day": 2, "at": None}),
    "picked without a day": ({"when": "pick"}, "Choose a day."),
    "a time without a day": ({"at": "14:00"}, "Choose a day."),
    "today without a time": ({"when": "pick", "day": 0}, "Choose a time, or a day after today."),
    "a time that has passed": (
        {"when": "pick", "day": 0, "at": "12:00"},
        "Choose a moment that hasn’t passed.",
    ),
    "a day that has passed": ({"when": "pick", "day": -1}, "Choose a moment that hasn’t passed."),
    "no day at all": ({"when": "pick", "day": "soon"}, "Enter a date like 25 Nov 2026."),
    "an unknown moment": (
        {"when": "never"},
        "Select a valid choice. never is not one of the available choices.",
    ),
}


@pytest.mark.parametrize(("sent", "expected"), FORMS.values(), ids=FORMS)
def test_which_moment_the_form_of_an_outcome_means(sent, expected, at, bob):
    def dated(value):
        return day(timedelta(days=value)) if isinstance(value, int) else value

    form = OutcomeForm({name: dated(value) for name, value in sent.items()}, user=bob)
    if isinstance(expected, str):
        assert [text for texts in form.errors.values() for text in texts] == [expected]
    else:
        assert form.errors == {}
        assert form.cleaned_data == {"note": "", **{name: dated(value) for name, value in expected.items()}}


def test_a_wrong_moment_keeps_what_was_typed_and_shows_its_fields(at, sign_in, bob, lead, make_task):
    make_task("Call about pumps", lead, user=bob, due_on=day(TODAY))
    response = decide(sign_in(bob), lead, "reached", note="Talked", day="soon")
    assert response.status_code == 422
    assert "Talked" in response.text
    assert 'value="pick" checked' in response.text


def call_back(browser, record, when: str, **headers):
    return browser.post(f"{record.get_absolute_url()}/call_back", {"when": when}, headers=headers or None)


@pytest.mark.parametrize("kind", ["lead", "company", "contact"])
def test_the_page_of_a_record_adds_a_call_back_that_can_be_undone(
    kind, at, sign_in, bob, lead, make_company, make_contact
):
    record = {"lead": lead, "company": make_company(owner=bob), "contact": make_contact(owner=bob)}[kind]
    browser = sign_in(bob)
    assert ">13:05</small>" in browser.get(record.get_absolute_url()).text
    assert call_back(browser, record, "in_1_hour").status_code == 302
    call = Task.objects.get()
    assert (call.of, call.record, call.title, call.type, call.user) == (
        kind, record.pk, "Call back", Task.Type.CALL, bob,
    )  # fmt: skip
    assert (call.due_on, call.due_time) == (day(TODAY), time(13, 5))
    revert_operation(Operation.objects.latest("pk"), by=bob)
    assert not Task.objects.present().exists()


def test_an_unknown_moment_adds_nothing(at, sign_in, bob, lead):
    assert call_back(sign_in(bob), lead, "never").status_code == 400
    assert not Task.objects.exists()


def test_a_lead_out_of_sight_is_not_found_and_one_that_may_not_be_changed_is_refused(
    at, sign_in, bob, dan, departments, make_lead, someone_with
):
    foreign = make_lead("Foreign", owner=dan, department=departments.export)
    assert call_back(sign_in(bob), foreign, "in_1_hour").status_code == 404
    reader = someone_with("leads.view_lead", "accounts.see_all")
    assert call_back(sign_in(reader), foreign, "in_1_hour").status_code == 403
    assert "call_back" not in sign_in(reader).get(foreign.get_absolute_url()).text
    assert not Task.objects.exists()


def test_the_list_offers_call_backs_in_the_cell_of_the_next_action(at, sign_in, bob, lead):
    browser = sign_in(bob)
    form = browser.get(
        f"/admin/leads/{lead.pk}/inline/next_action", headers={"HX-Request": "true", "HX-Target": "inline"}
    )
    assert f'action="/admin/leads/{lead.pk}/call_back" data-row="row-{lead.pk}"' in form.text
    row = call_back(browser, lead, "in_3_hours", **{"HX-Request": "true", "HX-Target": f"row-{lead.pk}"})
    assert row.text.strip().startswith("<tr")
    assert "Call back" in row.text
    other = browser.get(
        f"/admin/leads/{lead.pk}/inline/status", headers={"HX-Request": "true", "HX-Target": "inline"}
    )
    assert "call_back" not in other.text


def palette(browser, text: str, page: str) -> str:
    headers = {
        "HX-Request": "true",
        "HX-Target": "palette-found",
        "HX-Current-URL": f"http://testserver{page}",
    }
    return browser.get("/admin/jump", {"q": text}, headers=headers).text


def test_the_palette_offers_them_for_the_record_whose_page_it_was_opened_on(
    at, sign_in, bob, ann, dan, lead, make_lead, departments
):
    browser, address = sign_in(bob), f'action="/admin/leads/{lead.pk}/call_back"'
    page = lead.get_absolute_url()
    assert palette(browser, "call back", page).count(address) == len(build_call_back_moments(bob))
    assert palette(browser, "3 hours", page).count(address) == 1
    assert palette(browser, "in 3 hours jan", f"{page}?show=changes").count(address) == 1
    assert address not in palette(browser, "nothing like it", page)
    assert address not in palette(browser, "call back", "/admin/leads")
    assert address not in palette(browser, "call back", "/nowhere")
    foreign = make_lead("Foreign", owner=dan, department=departments.export)
    assert "call_back" not in palette(browser, "call back", foreign.get_absolute_url())
