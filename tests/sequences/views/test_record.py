"""Sequences on the page of a record: starting one after a preview, the card, its coming emails, and stopping it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Operation, Task
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from crm.work.tasks.task_origins import get_task_origins
from customers.models import Contact
from sequences.models import ComingStep, EditedEmail, Enrollment, Sequence
from sequences.record_page.timeline_lines import get_timeline_lines
from sequences.switching import turn_off
from tests.sequences.sequencing import build_step, make_due, make_sequence, start, state_of, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def sequence(template, second):
    return make_sequence(
        "First contact",
        build_step("email", "a", template=template.pk, in_thread=False),
        build_step("call", "b", after=2, title="Call about it"),
        build_step("email", "c", after=2, template=second.pk),
    )


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob, email="jan@example.com")


def get_page(record) -> str:
    return f"{record.get_absolute_url()}/sequence"


def get_card(page):
    return next((one.shown for one in page.context["cards"] if one.template == "sequences/_card.html"), None)


def get_places(card) -> list[tuple[str, str]]:
    return [(step.line.step.key, step.place) for step in card.steps]


def test_the_preview_shows_each_step_with_its_day_and_text_and_starts_nothing(sign_in, bob, lead, sequence):
    page = sign_in(bob).get(f"{get_page(lead)}/start", {"sequence": sequence.pk})
    preview = page.context["preview"]
    assert (preview.problem, preview.author) == ("", bob)
    assert [step.wording and step.wording.subject for step in preview.steps] == ["Hello Jan", None, "Again"]
    assert preview.steps[0].at < preview.steps[1].at < preview.steps[2].at
    assert "Dear Jan." in page.text
    assert not Enrollment.objects.exists()


def test_a_sequence_is_started_on_the_page_of_a_lead_and_its_undo_ends_it(sign_in, bob, lead, sequence):
    browser = sign_in(bob)
    answer = browser.post(f"{get_page(lead)}/start", {"sequence": sequence.pk})
    assert answer["Location"] == lead.get_absolute_url()
    card = get_card(browser.get(lead.get_absolute_url()))
    assert get_places(card) == [("a", "next"), ("b", "ahead"), ("c", "ahead")]
    assert all(step.at for step in card.steps)
    revert_operation(Operation.objects.get(kind="start_sequence"), by=bob)
    assert state_of(lead) == ("stopped", "undone")
    assert get_card(browser.get(lead.get_absolute_url())).steps == []


def test_why_a_sequence_cannot_start_is_one_sentence(sign_in, bob, lead, make_lead, sequence):
    browser = sign_in(bob)
    start(sequence, bob, lead)
    page = browser.get(f"{get_page(lead)}/start", {"sequence": sequence.pk})
    assert page.context["preview"].problem == "This person is in a sequence already."
    assert "Start sequence</button>" not in page.text
    answer = browser.post(f"{get_page(lead)}/start", {"sequence": sequence.pk})
    assert (answer.status_code, Enrollment.objects.count()) == (422, 1)
    bare = make_lead("No Address", owner=bob, email="")
    page = browser.get(f"{get_page(bare)}/start", {"sequence": sequence.pk})
    assert page.context["preview"].problem == "This record has no email address."


@pytest.mark.parametrize("sent", ["", "x", "999999999"])
def test_a_sequence_that_is_not_there_gets_a_sentence(sign_in, bob, lead, sequence, sent):
    page = sign_in(bob).post(f"{get_page(lead)}/start", {"sequence": sent})
    assert (page.status_code, page.context["preview"]) == (422, None)
    assert not Enrollment.objects.exists()


def test_a_sequence_that_is_off_or_for_other_records_is_not_offered(sign_in, ada, bob, lead, sequence):
    make_sequence("For contacts", build_step("call", title="Call"), table_of="contact")
    browser = sign_in(bob)
    page = browser.get(f"{get_page(lead)}/start")
    assert list(page.context["form"].fields["sequence"].queryset) == [sequence]
    assert "Start a sequence" in browser.get(lead.get_absolute_url()).text
    turn_off(sequence, by=ada)
    assert "No sequence is turned on" in browser.get(f"{get_page(lead)}/start").text
    assert "Start a sequence" not in browser.get(lead.get_absolute_url()).text


def test_the_card_says_what_was_done_and_what_comes(sign_in, bob, lead, sequence, always):
    start(sequence, bob, lead)
    make_due(*Enrollment.objects.all())
    work()
    card = get_card(sign_in(bob).get(lead.get_absolute_url()))
    assert get_places(card) == [("a", "done"), ("b", "next"), ("c", "ahead")]
    assert card.steps[0].url.startswith(f"{lead.get_absolute_url()}/activities/")


def test_a_call_says_on_each_page_which_step_of_which_sequence_added_it(sign_in, bob, make_lead, always):
    welcome = make_sequence(
        "Welcome", build_step("call", "a", title="Call qq"), build_step("task", "b", after=2, title="Ask")
    )
    lead = make_lead("Jan Novák", owner=bob, email="jan@example.com", phone="0721")
    start(welcome, bob, lead)
    work()
    browser, words = sign_in(bob), "Sequence: Welcome, step 1 of 2"
    task = Task.objects.get()
    pages = (
        lead.get_absolute_url(),
        f"{lead.get_absolute_url()}/tasks/{task.pk}",
        "/admin/tasks",
        "/admin/today",
        f"/admin/leads/queue?lead={lead.pk}",
    )
    assert {page: browser.get(page).text.count(words) for page in pages} == dict.fromkeys(pages, 1)


def test_a_task_of_a_step_that_was_removed_names_the_sequence_alone(bob, lead, always):
    welcome = make_sequence(
        "Welcome", build_step("call", "a", title="Call"), build_step("task", "b", title="Ask")
    )
    start(welcome, bob, lead)
    work()
    with operation("test", by=None):
        Sequence.objects.update(steps=welcome.steps[1:])
    tasks = list(Task.objects.order_by("pk"))
    origins = get_task_origins(tasks)
    assert [origins[task.pk] for task in tasks] == ["Sequence: Welcome", "Sequence: Welcome, step 1 of 1"]


def test_what_added_many_tasks_is_asked_in_two_queries(django_assert_num_queries, bob, make_lead, always):
    welcome = make_sequence("Welcome", build_step("call", title="Call"))
    start(welcome, bob, *(make_lead(f"Lead {n}", email=f"l{n}@x.example", owner=bob) for n in range(5)))
    work()
    tasks = list(Task.objects.all())
    with django_assert_num_queries(2):
        assert len(get_task_origins(tasks)) == 5
    with django_assert_num_queries(0):
        assert get_task_origins([]) == {}


# How a sequence ended for the record, and the mark of its card.
MARKS = {
    "all steps done": ({"state": "finished"}, "done"),
    "replied": ({"state": "stopped", "stop_reason": "replied"}, "done"),
    "meeting": ({"state": "stopped", "stop_reason": "meeting"}, "done"),
    "stopped by a user": ({"state": "stopped", "stop_reason": "by_hand"}, "cross"),
    "bounced": ({"state": "stopped", "stop_reason": "bounced"}, "cross"),
}


@pytest.mark.parametrize(("values", "mark"), MARKS.values(), ids=MARKS.keys())
def test_the_card_of_one_that_has_ended_has_a_check_only_if_it_reached_something(
    sign_in, bob, lead, sequence, values, mark
):
    start(sequence, bob, lead)
    with operation("test", by=None):
        Enrollment.objects.update(ended_at=timezone.now(), **values)
    assert get_card(sign_in(bob).get(lead.get_absolute_url())).end_icon == mark


def test_a_step_whose_time_has_come_is_shown_as_one_of_the_next_working_time(sign_in, bob, lead, sequence):
    start(sequence, bob, lead)
    # In working hours, the first step is due at once.
    ComingStep.objects.update(due_at=timezone.now() + timedelta(hours=1))
    browser = sign_in(bob)
    words = "in the next working time"
    assert words not in browser.get(lead.get_absolute_url()).text
    make_due(*Enrollment.objects.all())
    page = browser.get(lead.get_absolute_url())
    assert words in page.text
    assert get_card(page).steps[1].at > timezone.now()


def test_a_coming_email_is_edited_for_this_record_and_goes_back_to_the_template(
    sign_in, bob, lead, make_lead, sequence
):
    other = make_lead("Ana Albu", owner=bob, email="ana@example.com")
    start(sequence, bob, lead, other)
    browser, page = sign_in(bob), f"{get_page(lead)}/emails/c"
    form = browser.get(page).context["form"]
    assert form.initial == {"subject": "Again", "text": "Once more. – Bob"}
    assert browser.post(page, {"subject": "Own\nwords", "text": "x"}).status_code == 422
    browser.post(page, {"subject": "Own words", "text": "Only for Jan"})
    kept = EditedEmail.objects.get()
    assert (kept.enrollment.record, kept.key, kept.subject, kept.text) == (
        lead.pk,
        "c",
        "Own words",
        "Only for Jan",
    )
    assert get_card(browser.get(lead.get_absolute_url())).steps[2].is_edited
    assert not get_card(browser.get(other.get_absolute_url())).steps[2].is_edited
    assert browser.get(page).context["form"].initial["text"] == "Only for Jan"
    browser.post(page, {"template": "1"})
    assert not EditedEmail.objects.exists()
    revert_operation(Operation.objects.filter(kind="edit_coming_email").latest("pk"), by=bob)
    assert EditedEmail.objects.get().text == "Only for Jan"


def test_an_empty_email_gets_a_sentence_and_keeps_what_was_typed(sign_in, bob, lead, sequence):
    start(sequence, bob, lead)
    page = sign_in(bob).post(f"{get_page(lead)}/emails/c", {"subject": "Typed <here>", "text": " "})
    assert (page.status_code, "Typed &lt;here&gt;" in page.text) == (422, True)
    assert "This field is required." in page.text
    assert not EditedEmail.objects.exists()


@pytest.mark.parametrize("key", ["b", "none", "<x>"])
def test_only_a_coming_email_has_a_page(sign_in, bob, lead, sequence, key):
    assert sign_in(bob).get(f"{get_page(lead)}/emails/c").status_code == 404
    start(sequence, bob, lead)
    assert sign_in(bob).get(f"{get_page(lead)}/emails/{key}").status_code == 404


def test_an_email_that_was_written_is_no_longer_edited(sign_in, bob, lead, sequence, always):
    start(sequence, bob, lead)
    assert sign_in(bob).get(f"{get_page(lead)}/emails/a").status_code == 200
    make_due(*Enrollment.objects.all())
    work()
    assert sign_in(bob).get(f"{get_page(lead)}/emails/a").status_code == 404


def test_a_sequence_is_stopped_on_the_page_of_a_lead_and_goes_on_after_an_undo(sign_in, bob, lead, sequence):
    start(sequence, bob, lead)
    browser = sign_in(bob)
    browser.post(f"{get_page(lead)}/stop")
    assert state_of(lead) == ("stopped", "by_hand")
    assert "A user stopped it." in browser.get(lead.get_absolute_url()).text
    assert "Nothing was changed." in browser.post(f"{get_page(lead)}/stop", follow=True).text
    revert_operation(Operation.objects.get(kind="stop_sequence"), by=bob)
    assert state_of(lead) == ("running", "")


def test_who_only_sees_a_record_sees_the_card_and_changes_nothing(sign_in, bob, lead, sequence, someone_with):
    start(sequence, bob, lead)
    reader = someone_with("view_lead", "see_all")
    browser = sign_in(reader)
    page = browser.get(lead.get_absolute_url())
    assert get_card(page).steps
    assert "Stop sequence" not in page.text
    assert "See and edit" not in page.text
    assert browser.post(f"{get_page(lead)}/stop").status_code == 403
    assert browser.get(f"{get_page(lead)}/start").status_code == 403
    assert browser.get(f"{get_page(lead)}/emails/c").status_code == 403
    assert state_of(lead) == ("running", "")


def test_what_a_user_does_not_see_is_not_found(sign_in, dan, lead, sequence, bob):
    """Dan sells in another department."""
    start(sequence, bob, lead)
    browser = sign_in(dan)
    for name in ("start", "emails/c"):
        assert browser.get(f"{get_page(lead)}/{name}").status_code == 404
    assert browser.post(f"{get_page(lead)}/stop").status_code == 404


def test_a_contact_has_the_same_card(sign_in, ann, make_contact, sequence, template):
    contact = make_contact("Eva Malá", email="eva@example.com", owner=ann)
    own = make_sequence("For contacts", build_step("email", "a", template=template.pk), table_of="contact")
    browser = sign_in(ann)
    browser.post(f"{get_page(contact)}/start", {"sequence": own.pk})
    assert Contact.objects.get(pk=contact.pk) == contact
    assert get_places(get_card(browser.get(contact.get_absolute_url()))) == [("a", "next")]


def count_queries(act) -> int:
    with CaptureQueriesContext(connection) as found:
        act()
    return len(found)


def test_a_page_of_a_lead_costs_one_query_more_as_long_as_there_are_no_sequences(
    sign_in, bob, lead, monkeypatch
):
    browser = sign_in(bob)
    page = lead.get_absolute_url()
    browser.get(page)
    found = count_queries(lambda: browser.get(page))
    for module in ("page_card", "timeline_lines"):
        monkeypatch.setattr(f"sequences.record_page.{module}.get_ordered_rows", lambda model: [])
    assert found == count_queries(lambda: browser.get(page)) + 1


def get_lines(record, user, before=None, most=10) -> list[tuple]:
    found = get_timeline_lines(record.table, record.pk, user, before, most)
    return [(str(line.who), line.enrollment.sequence.name, line.reason) for line in found]


def test_the_timeline_tells_who_started_a_sequence_and_why_it_stopped(sign_in, bob, lead, sequence):
    browser = sign_in(bob)
    browser.post(f"{get_page(lead)}/start", {"sequence": sequence.pk})
    assert get_lines(lead, bob) == [(bob.name, "First contact", "")]
    text = browser.get(lead.get_absolute_url()).text
    assert "started the sequence" in text
    assert f"/admin/sequences/{sequence.pk}" not in text
    browser.post(f"{get_page(lead)}/stop")
    assert get_lines(lead, bob) == [
        ("", "First contact", "A user stopped it."),
        (bob.name, "First contact", ""),
    ]
    assert "A user stopped it." in browser.get(lead.get_absolute_url()).text


def test_the_timeline_leads_to_the_sequence_for_those_who_may_open_it(sign_in, ada, bob, lead, sequence):
    start(sequence, bob, lead)
    assert f'href="/admin/sequences/{sequence.pk}"' in sign_in(ada).get(lead.get_absolute_url()).text


def test_the_timeline_is_read_in_pages_and_leaves_out_undone_starts(bob, lead, sequence):
    first = start(sequence, bob, lead).operation
    (enrollment,) = Enrollment.objects.all()
    assert get_lines(lead, bob, before=enrollment.started_at) == []
    assert len(get_lines(lead, bob, before=timezone.now())) == 1
    assert get_lines(lead, bob, most=0) == []
    revert_operation(first, by=bob)
    assert get_lines(lead, bob) == []


def test_a_record_of_another_type_with_the_same_number_has_no_line(bob, lead, sequence):
    start(sequence, bob, lead)
    assert get_timeline_lines("contact", lead.pk, bob, None, 10) == []
