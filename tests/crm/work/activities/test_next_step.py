"""After a meeting: held or not with one key, then its notes and the next step."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from crm.models import Activity, Operation, Task
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from crm.work.activities.verbs import EditActivity, carry_out_on_activity
from crm.work.invitations.meetings import write_past_meeting_contacts
from tests.api.conftest import Program, make_token


@pytest.fixture
def tomorrow() -> date:
    return timezone.localdate() + timedelta(days=1)


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob)


@pytest.fixture
def meeting(lead, bob):
    return build_meeting(lead, bob, at=timezone.now() - timedelta(minutes=10))


def build_meeting(lead, by, **values) -> Activity:
    with operation("add_activity", table="lead", by=by):
        return Activity.objects.create(
            of="lead",
            record=lead.pk,
            type="meeting",
            created_by=by,
            **{"outcome": "planned", "subject": "Demo", "minutes": 60, "text": "- prices", **values},
        )


def path_of(meeting: Activity, action: str) -> str:
    return f"/admin/leads/{meeting.record}/activities/{meeting.pk}/{action}"


def read_again(meeting: Activity) -> Activity:
    return Activity.objects.get(pk=meeting.pk)


@pytest.mark.parametrize(("sent", "outcome"), [({"off": "1"}, ""), ({}, "no_show")])
@pytest.mark.parametrize(("calendar", "query"), [({}, ""), ({"calendar": "1"}, "?calendar=1")])
def test_a_meeting_that_goes_on_is_marked_and_the_next_step_is_asked(
    sign_in, bob, meeting, sent, outcome, calendar, query
):
    answer = sign_in(bob).post(path_of(meeting, "no-show"), sent | calendar | {"ask": "1"})
    assert answer["Location"] == path_of(meeting, "next") + query
    assert read_again(meeting).outcome == outcome


def test_a_meeting_that_was_moved_to_later_is_not_marked_as_held(sign_in, bob, lead):
    later = build_meeting(lead, bob, at=timezone.now() + timedelta(hours=1))
    sign_in(bob).post(path_of(later, "no-show"), {"off": "1"})
    assert read_again(later).is_planned


def test_a_meeting_that_was_moved_meanwhile_is_not_held_by_who_saw_the_old_time(bob, meeting):
    seen = read_again(meeting)
    with operation("edit_activity", table="lead", by=bob):
        Activity.objects.filter(pk=meeting.pk).update(at=timezone.now() + timedelta(hours=1))
    done = carry_out_on_activity(EditActivity("meeting", {"outcome": ""}, tell=False), seen, by=bob)
    assert done.pk is None
    assert read_again(meeting).is_planned


def test_the_timeline_has_a_button_with_a_key_for_each(sign_in, bob, lead, meeting):
    text = sign_in(bob).get(f"/admin/leads/{lead.pk}").content.decode()
    assert text.count('data-key="y"') == text.count('data-key="w"') == 1


def test_the_calendar_has_both_for_a_meeting_that_has_begun(sign_in, bob, lead, meeting):
    build_meeting(lead, bob, at=timezone.now() + timedelta(hours=1))
    day = timezone.localdate(meeting.at)
    text = sign_in(bob).get(f"/admin/tasks/calendar?view=day&day={day}").content.decode()
    assert text.count("data-held") == text.count("data-no-show") == 1


def test_after_a_no_show_the_form_begins_with_the_same_meeting(sign_in, bob, meeting):
    Activity.objects.filter(pk=meeting.pk)
    browser = sign_in(bob)
    browser.post(path_of(meeting, "no-show"))
    text = browser.get(path_of(meeting, "next")).content.decode()
    assert 'value="Demo"' in text
    assert "- prices" in text


def test_a_meeting_without_an_agenda_gets_the_open_tasks_of_its_record(sign_in, bob, lead, make_task):
    make_task("Send the price list", lead, user=bob)
    missed = build_meeting(lead, bob, at=timezone.now() - timedelta(hours=1), outcome="no_show", text="")
    assert "- Send the price list" in sign_in(bob).get(path_of(missed, "next")).content.decode()


def test_notes_are_added_to_the_meeting_and_a_task_to_its_record(sign_in, bob, lead, meeting, tomorrow):
    sent = {
        "said": "They agree.",
        "what": "task",
        "title": "Send offer",
        "day": str(tomorrow),
        "priority": "high",
    }
    answer = sign_in(bob).post(path_of(meeting, "next"), sent)
    assert answer["Location"] == f"/admin/leads/{lead.pk}"
    task = Task.objects.get()
    assert (task.title, task.record, task.due_on, task.priority) == ("Send offer", lead.pk, tomorrow, "high")
    assert read_again(meeting).text == "- prices\n\nThey agree."


def test_another_meeting_is_planned_and_leads_back_to_the_calendar(sign_in, bob, meeting, tomorrow):
    sent = {"what": "meeting", "title": "Demo 2", "day": str(tomorrow), "time": "10:00", "priority": "normal"}
    answer = sign_in(bob).post(path_of(meeting, "next"), sent | {"calendar": "1"})
    assert answer["Location"] == "/admin/tasks/calendar"
    assert Activity.objects.get(subject="Demo 2").is_planned


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"what": "task"}, "Enter the next step, or what was said."),
        ({"what": "task", "title": "Call"}, "Choose a date."),
        ({"what": "meeting", "title": "Demo", "day": "2099-01-05"}, "Choose a time for the meeting."),
        ({"what": "task", "said": "x" * 20_000}, "too long"),
    ],
)
def test_a_step_that_is_incomplete_writes_nothing_and_keeps_what_was_typed(
    sign_in, bob, meeting, sent, words
):
    answer = sign_in(bob).post(
        path_of(meeting, "next"), {"priority": "normal", "place": "typed before"} | sent
    )
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "typed before" in answer.content.decode()
    assert not Task.objects.exists()
    assert read_again(meeting).text == "- prices"


def test_a_meeting_that_has_not_begun_has_no_next_step(sign_in, bob, lead):
    later = build_meeting(lead, bob, at=timezone.now() + timedelta(hours=1))
    assert sign_in(bob).get(path_of(later, "next"))["Location"] == path_of(later, "next").removesuffix(
        "/next"
    )


def test_only_who_may_change_the_meeting_is_asked(sign_in, ann, ben, dan, lead, meeting):
    for user, status in ((ann, 200), (dan, 404)):
        assert sign_in(user).get(path_of(meeting, "next")).status_code == status
    of_ann = build_meeting(lead, ann, at=timezone.now() - timedelta(hours=1))
    assert sign_in(ben).get(path_of(of_ann, "next")).status_code in (403, 404)


def test_the_meeting_of_a_colleague_is_not_the_owners_to_conclude(sign_in, ann, bob, lead):
    of_ann = build_meeting(lead, ann, at=timezone.now() - timedelta(hours=1))
    assert sign_in(bob).get(path_of(of_ann, "next")).status_code == 403
    answer = sign_in(bob).post(
        path_of(of_ann, "next"), {"what": "task", "said": "Mine", "priority": "normal"}
    )
    assert answer.status_code == 403
    assert read_again(of_ann).text == "- prices"


QUESTION = "Did it take place?"
HOUR = timedelta(hours=1)
# The values of a meeting; whether the pages ask about it.
ASKED = {
    "planned, it hasn't begun": ({"at": HOUR}, False),
    "planned, it goes on": ({"at": -HOUR}, True),
    "over, and no one has said anything": ({"at": -HOUR, "outcome": "", "assumed": True}, True),
    "held, as someone said": ({"at": -HOUR, "outcome": ""}, False),
    "a no-show": ({"at": -HOUR, "outcome": "no_show"}, False),
    "a no-show that had counted as held": ({"at": -HOUR, "outcome": "no_show", "assumed": True}, False),
    "a call": ({"at": -HOUR, "outcome": "reached", "type": "call"}, False),
}


@pytest.mark.parametrize(("values", "asked"), ASKED.values(), ids=ASKED)
def test_about_which_meetings_the_pages_ask(sign_in, bob, lead, values, asked):
    values = {"type": "meeting", "outcome": "planned"} | values
    with operation("test", by=None):
        meeting = Activity.objects.create(
            of="lead", record=lead.pk, created_by=bob, **values | {"at": timezone.now() + values["at"]}
        )
    browser = sign_in(bob)
    pages = [
        f"/admin/leads/{lead.pk}",
        f"/admin/leads/{lead.pk}/activities/{meeting.pk}",
        f"/admin/tasks/calendar?view=day&day={timezone.localdate(meeting.at)}",
    ]
    assert {QUESTION in browser.get(page).text for page in pages} == {asked}


def end(meeting: Activity) -> None:
    write_past_meeting_contacts(meeting.ends_at + timedelta(minutes=1))


@pytest.mark.parametrize(("sent", "outcome"), [({"off": "1"}, ""), ({}, "no_show")])
def test_a_meeting_that_is_over_is_asked_about_until_someone_answers_and_again_after_an_undo(
    sign_in, bob, meeting, sent, outcome
):
    end(meeting)
    assert read_again(meeting).is_unanswered
    browser = sign_in(bob)
    browser.post(path_of(meeting, "no-show"), sent | {"ask": "1"})
    answered = Operation.objects.latest("pk")
    assert answered.kind == "edit_activity"
    assert (read_again(meeting).outcome, read_again(meeting).is_unanswered) == (outcome, False)
    browser.post(path_of(meeting, "no-show"), sent | {"ask": "1"})
    assert Operation.objects.latest("pk") == answered
    revert_operation(answered, by=bob)
    assert (read_again(meeting).outcome, read_again(meeting).is_unanswered) == ("", True)


def test_programs_answer_it_too(bob, meeting):
    end(meeting)
    program = Program(make_token(bob), "Authorization", "Bearer ")
    program.patch(f"/api/v2/activities/{meeting.pk}", {"outcome": "no_show"})
    assert not read_again(meeting).assumed


def test_that_someone_says_so_is_no_edit_of_what_was_written(sign_in, bob, lead, meeting):
    end(meeting)
    browser = sign_in(bob)
    browser.post(path_of(meeting, "no-show"), {"off": "1"})
    assert not read_again(meeting).assumed
    assert ">edited<" not in browser.get(f"/admin/leads/{lead.pk}").text
    assert "assumed" not in browser.get(f"/admin/leads/{lead.pk}/activities/{meeting.pk}").text


def test_the_activity_that_a_colleague_added_is_no_question_to_who_may_not_change_it(sign_in, bob, ann, lead):
    build_meeting(lead, ann, at=timezone.now() - HOUR)
    assert QUESTION not in sign_in(bob).get(f"/admin/leads/{lead.pk}").text


def test_from_another_record_type_the_way_back_to_the_queue_is_the_record(sign_in, ada, make_company, bob):
    company = make_company("Acme")
    with operation("test", by=None):
        meeting = Activity.objects.create(
            of="company", record=company.pk, type="meeting", created_by=ada, at=timezone.now() - HOUR
        )
    path = f"/admin/companies/{company.pk}/activities/{meeting.pk}/next"
    answer = sign_in(ada).post(path, {"what": "task", "said": "Yes.", "priority": "normal", "queue": "1"})
    assert answer["Location"] == company.get_absolute_url()
