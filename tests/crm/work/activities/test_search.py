"""Searching notes, calls and meetings: on the page of a record, in the palette, and over the API."""

import pytest
from django.db import connection

from crm.models import Activity, Operation
from crm.records.history.history_check import find_history_differences
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Delete
from crm.work.activities import search
from crm.work.activities.verbs import AddActivity, EditActivity, carry_out_on_activity
from leads.models import Lead
from tests.api.conftest import Program, make_token


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob)


@pytest.fixture
def write(bob):
    def written(record, text: str, kind: str = "note", by=bob, **values) -> Activity:
        rows = type(record).objects.filter(pk=record.pk)
        carry_out(AddActivity(by, kind, text, **values), rows, by=by)
        return Activity.objects.latest("pk")

    return written


def timeline(browser, lead, query: str) -> str:
    headers = {"HX-Request": "true", "HX-Target": "timeline"}
    return browser.get(f"/admin/leads/{lead.pk}?{query}", headers=headers).content.decode()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("budget", True),
        ("BUDG", True),
        ("budget licente", True),
        ("două licențe", True),
        ("mueller", True),
        ("b", True),
        ("0722 123 456", True),
        ("0722", True),
        ("udget", False),
        ("budget march", False),
    ],
)
def test_a_text_is_found_by_the_beginnings_of_all_words_without_accents_and_capitals(
    lead, write, words, found
):
    write(lead, "Buget? **Budget** for două licențe, says Müller, 0722-123-456.")
    assert Activity.objects.with_words(words).exists() is found


def test_the_timeline_shows_only_activities_with_the_words(sign_in, bob, lead, write):
    write(lead, "The budget is 100")
    write(lead, "Wants a demo")
    write(lead, "Asked for the budget", "call", outcome="reached")
    browser = sign_in(bob)
    text = timeline(browser, lead, "find=budg")
    assert "The budget is 100" in text
    assert "Asked for the budget" in text
    assert "demo" not in text
    calls = timeline(browser, lead, "find=budg&show=call")
    assert "Asked for the budget" in calls
    assert "The budget is 100" not in calls
    assert "No notes, calls or meetings with “polar”." in timeline(browser, lead, "find=polar")
    assert "Wants a demo" in timeline(browser, lead, "find=%20,;")


def test_pages_of_found_notes_lose_nothing(sign_in, bob, lead, write):
    for number in range(32):
        write(lead, f"Budget {number:02}")
        write(lead, "Other")
    browser = sign_in(bob)
    first = timeline(browser, lead, "find=budget")
    older = first.split('hx-get="?')[-1].split('"')[0].replace("&amp;", "&")
    assert "find=budget" in older
    second = timeline(browser, lead, older)
    seen = [text.split("<")[0] for page in (first, second) for text in page.split("<p>Budget ")[1:]]
    assert sorted(seen) == [f"{number:02}" for number in range(32)]


def test_an_edited_note_is_found_by_its_new_words_and_an_undo_brings_back_the_old_ones(lead, write, bob):
    note = write(lead, "Budget")
    carry_out_on_activity(EditActivity("note", {"text": "Polar"}), note, by=bob)
    assert not Activity.objects.with_words("budget").exists()
    assert Activity.objects.with_words("polar").exists()
    revert_operation(Operation.objects.latest("pk"), by=bob)
    assert Activity.objects.with_words("budget").exists()


def test_stale_words_are_noticed_when_the_history_is_checked(lead, write):
    write(lead, "Budget")
    assert list(find_history_differences()) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadwell.machine', 'on', true)")
        cursor.execute("UPDATE crm_activity SET words = leadwell_words('other')")
    assert [(found.what, found.record.split()[0]) for found in find_history_differences()] == [
        ("words", "activity")
    ]


def test_the_palette_finds_notes_with_their_record(sign_in, bob, carla, lead, write):
    write(lead, "Quarterly review of the steel contract with two partners")
    found = sign_in(bob).get("/admin/jump?q=steel contr").content.decode()
    assert f'href="/admin/leads/{lead.pk}?find=steel%20contr"' in found
    assert "steel contract with two" in found
    assert "Jan Novák" in found
    # carla works in another department.
    assert "steel contract" not in sign_in(carla).get("/admin/jump?q=steel contr").content.decode()


def test_the_palette_shows_at_most_ten_notes_the_newest_first(bob, lead, write):
    for number in range(12):
        write(lead, f"Polar {number:02}")
    found = search.find_newest_activities("polar", bob, 10)
    assert [note.activity.text for note in found] == [f"Polar {number:02}" for number in range(11, 1, -1)]


def test_notes_of_records_in_trash_are_not_found(bob, ada, lead, write):
    write(lead, "Polar")
    carry_out(Delete(), Lead.objects.filter(pk=lead.pk), by=ada)
    assert search.find_newest_activities("polar", bob, 10) == []


def test_words_in_many_notes_are_compared_one_by_one_with_the_same_result(monkeypatch, bob, lead, write):
    for number in range(5):
        write(lead, f"Polar {number}")
        write(lead, "Other")
    few = [note.activity.pk for note in search.find_newest_activities("polar", bob, 3)]
    monkeypatch.setattr(search, "MOST_LOOKED_UP_ACTIVITIES", 0)
    assert [note.activity.pk for note in search.find_newest_activities("polar", bob, 3)] == few
    assert len(few) == 3


def test_the_api_searches_activities_in_the_users_scope(bob, ann, ada, lead, write, make_lead, departments):
    write(lead, "Polar one")
    write(make_lead("Foreign", department=departments.export), "Polar two", by=ada)
    write(lead, "Other")
    program = Program(make_token(bob), "Authorization", "Bearer ")
    found = program.get("/api/v2/activities?q=polar")
    assert [row["text"] for row in found["activities"]] == ["Polar one"]
    assert (
        program.get(f"/api/v2/activities?of=lead&record={lead.pk}&q=other")["activities"][0]["text"]
        == "Other"
    )
    without = make_token(bob, rights=["activities.get"])
    Program(without, "Authorization", "Bearer ").get("/api/v2/activities?q=polar", expect=403)


@pytest.mark.parametrize(
    "text", ["", "?!", "x" * 20_000, "a b " * 5_000, "ﷺ" * 20_000, "a\u0301\U0001f600 \u2003b"]
)
def test_any_text_has_words(db, text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT leadwell_words(%s) IS NOT NULL", [text])
        assert cursor.fetchone()[0]


def test_a_word_of_most_notes_is_compared_after_a_rare_one_is_found(monkeypatch, lead, write, bob):
    write(lead, "Budget for licenses")
    write(lead, "Licenses")
    write(lead, "Budget")
    monkeypatch.setattr(search, "estimate_rows", lambda rows: 10**9 if "budget" in str(rows.query) else 1)
    assert search.get_rare_words("- budget licenses") == "licenses"
    assert [note.activity.text for note in search.find_newest_activities("- budget licenses", bob, 5)] == [
        "Budget for licenses"
    ]
