"""Activities on a lead: notes, calls and meetings on its timeline, by whom they can be changed, and their undo."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from crm.models import Activity, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Delete, Purge
from leads.models import Lead


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob)


def add(browser, lead, **sent):
    return browser.post(f"/admin/leads/{lead.pk}/activities", sent, follow=True)


def page(browser, lead, query: str = "") -> str:
    return browser.get(f"/admin/leads/{lead.pk}{query}").content.decode()


def test_a_note_is_on_the_timeline_with_its_author_and_its_formatting(sign_in, bob, lead):
    browser = sign_in(bob)
    answer = add(browser, lead, type="note", text="Wants **two** licenses\n\n- one\n- two")
    assert "Added the note." in answer.content.decode()
    text = page(browser, lead)
    assert "<strong>two</strong>" in text
    assert "<li>one</li>" in text
    assert "wrote a note" in text


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        '<img src=x onerror="alert(1)">',
        "![x](https://example.com/seen.png)",
        '<a href="https://example.com" onclick="x()">x</a>',
    ],
)
def test_a_note_can_not_run_scripts_or_load_anything(sign_in, bob, lead, text):
    browser = sign_in(bob)
    add(browser, lead, type="note", text=text)
    shown = page(browser, lead).split('class="note prose"')[1].split("</li>")[0]
    for part in ("<script", "<img", 'href="javascript'):
        assert part not in shown
    assert not re.search("<[^>]*onclick", shown)


def test_a_call_has_an_outcome_and_a_duration(sign_in, bob, lead):
    add(sign_in(bob), lead, type="call", outcome="reached", minutes="12", text="")
    call = Activity.objects.get()
    assert (call.of, call.record, call.type, call.outcome, call.minutes) == (
        "lead",
        lead.pk,
        "call",
        "reached",
        12,
    )
    assert call.created_by == bob


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"type": "note", "text": "  "}, "Write a note first."),
        ({"type": "call"}, "Choose how the call went."),
        ({"type": "call", "outcome": "sold"}, "Select a valid choice"),
        ({"type": "song", "text": "La"}, "Select a valid choice"),
        ({"type": "note", "text": "x" * 20_001}, "20000"),
        ({"type": "meeting", "minutes": "1441"}, "1440"),
        ({"type": "note", "at": "2999-01-01T10:00"}, "Enter a time in the past."),
        ({"type": "meeting", "at": "2999-01-01T10:00"}, "Enter a time in the next five years."),
        ({"type": "note", "text": "a\0b"}, "Null characters"),
    ],
)
def test_an_activity_that_can_not_be_added_gets_a_sentence_and_keeps_what_was_typed(
    sign_in, bob, lead, sent, sentence
):
    answer = add(sign_in(bob), lead, **{"text": "Kept text", **sent} if sent["type"] != "call" else sent)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Activity.objects.exists()


def test_an_author_edits_a_note_and_its_earlier_text_stays_readable(sign_in, bob, ann, lead):
    browser = sign_in(bob)
    add(browser, lead, type="note", text="Budget 100")
    note = Activity.objects.get()
    path = f"/admin/leads/{lead.pk}/activities/{note.pk}"
    browser.post(path, {"text": "Budget 200", "version": note.version})
    assert "edited" in page(browser, lead)
    assert "Budget 100" not in page(browser, lead)
    assert "Budget 100" in sign_in(ann).get(path).content.decode()


def test_two_people_who_edit_one_note_do_not_overwrite_each_other_unseen(sign_in, bob, lead):
    browser = sign_in(bob)
    add(browser, lead, type="note", text="First")
    note = Activity.objects.get()
    path = f"/admin/leads/{lead.pk}/activities/{note.pk}"
    browser.post(path, {"text": "Second", "version": note.version})
    answer = browser.post(path, {"text": "Third", "version": note.version})
    assert answer.status_code == 422
    assert "changed since you opened the page" in answer.content.decode()
    assert Activity.objects.get().text == "Second"


def test_others_need_a_permission_to_change_a_note(sign_in, bob, ben, ann, sofia, make_lead, departments):
    lead = make_lead("Jan", owner=ben)
    add(sign_in(ben), lead, type="note", text="Mine")
    note = Activity.objects.get()
    with_right = sign_in(ann)
    path = f"/admin/leads/{lead.pk}/activities/{note.pk}"
    assert with_right.post(f"{path}/delete").status_code == 302
    assert not Activity.objects.present().exists()
    revert_operation(Operation.objects.latest("pk"), by=ann)
    # bob doesn't see the lead at all.
    assert sign_in(bob).get(path).status_code == 404
    # sofia sees it and may change it, but not what others wrote.
    assert sign_in(sofia).get(path).status_code == 200
    assert sign_in(sofia).post(f"{path}/delete").status_code == 403
    assert sign_in(sofia).post(path, {"text": "Hers", "version": 1}).status_code == 403
    assert sign_in(sofia).post(f"{path}/pin").status_code == 403


def test_a_note_of_another_record_is_not_found(sign_in, bob, lead, make_lead):
    other = make_lead("Eva", owner=bob)
    browser = sign_in(bob)
    add(browser, lead, type="note", text="Here")
    note = Activity.objects.get()
    assert browser.get(f"/admin/leads/{other.pk}/activities/{note.pk}").status_code == 404
    assert browser.get(f"/admin/companies/{lead.pk}/activities/{note.pk}").status_code == 404


def test_adding_editing_pinning_and_deleting_can_each_be_undone(sign_in, bob, lead):
    browser = sign_in(bob)
    add(browser, lead, type="note", text="One")
    note = Activity.objects.get()
    path = f"/admin/leads/{lead.pk}/activities/{note.pk}"
    browser.post(path, {"text": "Two", "version": 1})
    browser.post(f"{path}/pin")
    browser.post(f"{path}/delete")
    assert not Activity.objects.present().exists()
    done = list(Operation.objects.order_by("-pk")[:4])
    assert [record.kind for record in done] == [
        "delete_activity",
        "pin_activity",
        "edit_activity",
        "add_activity",
    ]
    states = []
    for record in done:
        revert_operation(record, by=bob)
        states.append(Activity.objects.values_list("text", "pinned", "deleted_at").get())
    assert [(text, pinned, deleted is None) for text, pinned, deleted in states] == [
        ("Two", True, True),
        ("Two", False, True),
        ("One", False, True),
        ("One", False, False),
    ]


def test_an_operation_on_a_note_names_the_lead(sign_in, bob, lead):
    browser = sign_in(bob)
    add(browser, lead, type="note", text="One")
    assert "Add a note: Jan Novák" in browser.get("/admin/operations").content.decode()


def test_permanently_deleting_a_lead_deletes_its_notes_and_the_undo_brings_both_back(sign_in, ada, lead):
    browser = sign_in(ada)
    add(browser, lead, type="note", text="Keep me")
    carry_out(Delete(), Lead.objects.filter(pk=lead.pk), by=ada)
    purged = carry_out(Purge(), Lead.objects.filter(pk=lead.pk), by=ada)
    assert not Activity.objects.exists()
    revert_operation(purged.operation, by=ada)
    assert Lead.objects.filter(pk=lead.pk).exists()
    assert Activity.objects.get().text == "Keep me"


def test_the_timeline_can_show_one_type_and_pages_lose_nothing(sign_in, bob, lead):
    browser = sign_in(bob)
    now = timezone.now()
    from crm.work.activities.verbs import AddActivity

    for number in range(35):
        verb = AddActivity(bob, "note", f"Note {number:02}", at=now - timedelta(minutes=number))
        carry_out(verb, Lead.objects.filter(pk=lead.pk), by=bob)
        carry_out_edit(lead, bob, number)
    add(browser, lead, type="call", outcome="no_answer", text="Ring")
    query, seen = "", []
    while query is not None:
        text = page(browser, lead, query)
        seen += [part.split("<")[0] for part in text.split("<p>Note ")[1:]]
        changes = text.count("changed city")
        seen += ["change"] * changes
        more = text.split('href="?show=&amp;before=')
        query = f"?before={more[1].split(chr(34))[0]}" if len(more) > 1 else None
    assert sorted(part for part in seen if part != "change") == [f"{number:02}" for number in range(35)]
    assert seen.count("change") == 35
    calls = page(browser, lead, "?show=call")
    assert "Ring" in calls
    assert "Note 01" not in calls
    assert "Note 01" not in page(browser, lead, "?show=changes")


def carry_out_edit(lead, by, number: int) -> None:
    from leads.verbs import Edit

    carry_out(Edit({"city": f"City {number}"}), Lead.objects.filter(pk=lead.pk), by=by)


def test_a_note_is_added_to_all_that_match_in_one_operation(sign_in, ann, make_lead):
    leads = [make_lead(f"Lead {number}", owner=ann) for number in range(3)]
    browser = sign_in(ann)
    sent = {"action": "add_note", "record": [lead.pk for lead in leads]}
    address = browser.post("/admin/leads/bulk", sent)["Location"]
    browser.post(address, {"text": "All of you"})
    assert Activity.objects.filter(text="All of you").count() == 3
    record = Operation.objects.latest("pk")
    assert (record.kind, record.changed) == ("add_activity", 3)
    revert_operation(record, by=ann)
    assert not Activity.objects.present().exists()


def test_companies_have_activities_too(sign_in, bob, make_company):
    company = make_company("Omnia", owner=bob)
    browser = sign_in(bob)
    browser.post(
        f"/admin/companies/{company.pk}/activities", {"type": "meeting", "text": "Lunch", "minutes": "60"}
    )
    meeting = Activity.objects.get()
    assert (meeting.of, meeting.record) == ("company", company.pk)
    assert "Lunch" in browser.get(f"/admin/companies/{company.pk}").content.decode()


def test_the_page_of_an_activity_says_where_it_is(sign_in, bob, lead):
    browser = sign_in(bob)
    add(browser, lead, type="call", outcome="reached", minutes="12", text="")
    shown = browser.get(f"/admin/leads/{lead.pk}/activities/{Activity.objects.get().pk}").content.decode()
    crumbs = shown.partition('<nav class="crumbs"')[2].partition("</nav>")[0]
    assert f"<span>{lead}</span>" in crumbs
