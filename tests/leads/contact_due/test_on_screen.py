"""First contacts that are due, on screen: the countdown, the filter, the sort, files, programs, and the limits in Settings."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from crm.models import ListSettings
from crm.records.history.verb_execution import operation
from leads.contact_due.deadlines import ContactState
from leads.contact_due.remaining_time import Countdown
from leads.excel import LeadResource
from leads.models import Lead
from tests.crm.records.listing.pages import walk
from tests.crm.transfer.exports.exporting import export, rows_of

# Monday 10:00 in Bucharest, where the departments work from 9:00 to 17:00.
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def four_hours(sources):
    with operation("test", by=None):
        type(sources.website).objects.filter(pk=sources.website.pk).update(contact_within=240)


@pytest.fixture
def lead(make_lead, ann):
    return make_lead("Jan Novák", owner=ann, created_at=MONDAY)


@pytest.mark.parametrize(
    ("passed", "state", "words"),
    [
        (timedelta(), ContactState.ON_TIME, "4 h left"),
        (HOUR, ContactState.ON_TIME, "3 h left"),
        (2 * HOUR + 30 * MINUTE, ContactState.ON_TIME, "1 h 30 min left"),
        (3 * HOUR - timedelta(seconds=1), ContactState.ON_TIME, "1 h left"),
        (3 * HOUR, ContactState.AT_RISK, "1 h left"),
        (4 * HOUR - timedelta(seconds=20), ContactState.AT_RISK, "less than 1 min left"),
        (4 * HOUR, ContactState.OVERDUE, "overdue"),
        (4 * HOUR + 40 * MINUTE, ContactState.OVERDUE, "40 min overdue"),
        # Until 17:00, and from 9:00 on the next day.
        (12 * HOUR, ContactState.OVERDUE, "3 h overdue"),
        (24 * HOUR, ContactState.OVERDUE, "4 h overdue"),
        (timedelta(days=40), ContactState.OVERDUE, "overdue since 2 Mar 2026"),
    ],
)
def test_the_countdown_counts_working_time(passed, state, words, lead):
    countdown = Countdown(MONDAY + passed)
    assert (countdown.get_state(lead), countdown.describe(lead)) == (state, words)


def test_the_countdown_has_the_exact_moment_as_its_title_and_says_what_its_color_says(lead):
    drawn = Countdown(MONDAY + 3 * HOUR + 30 * MINUTE).render(lead)
    assert 'title="2 Mar 2026, 14:00"' in drawn
    assert 'data-state="risk"' in drawn
    assert '<span class="visually-hidden">, at risk</span>' in drawn
    late = Countdown(MONDAY + 5 * HOUR).render(lead)
    assert 'data-state="overdue"' in late
    assert "1 h overdue" in late


def test_it_is_in_romanian_too(lead):
    with translation.override("ro"):
        assert Countdown(MONDAY + HOUR).describe(lead) == "încă 3 h"
        assert Countdown(MONDAY + 5 * HOUR).describe(lead) == "depășit cu 1 h"


@pytest.fixture
def three(make_lead, ann):
    """One that is overdue, one at risk and one on time, by the clock of the tests, and one without a limit."""
    now, found = timezone.now(), []
    for number, (warns, due) in enumerate([(-2, -1), (-1, 1), (1, 2), (None, None)]):
        lead = make_lead(f"Ana {number}", owner=ann, source="event")
        with operation("test", by=None):
            Lead.objects.filter(pk=lead.pk).update(
                contact_warning_at=warns and now + warns * HOUR, contact_due_at=due and now + due * HOUR
            )
        found.append(lead.pk)
    return found


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("first_contact=overdue", [0]),
        ("first_contact=risk", [1]),
        ("first_contact=on_time", [2]),
        ("first_contact=overdue&first_contact=risk", [0, 1]),
        ("first_contact=overdue&first_contact_not=on", [1, 2, 3]),
        ("contact_due_at.empty=yes", [3]),
        ("any.first_contact=risk&any.contact_due_at.empty=yes", [1, 3]),
    ],
)
def test_the_list_is_filtered_by_what_is_overdue_at_risk_and_on_time(query, places, three, ann):
    assert sorted(walk(ann, query)) == [three[place] for place in places]


def test_the_list_sorts_what_is_due_first_and_leads_without_a_limit_last(three, ann):
    assert walk(ann, "sort=contact_due_at") == three
    assert walk(ann, "sort=-contact_due_at") == [*reversed(three[:3]), three[3]]


def test_the_column_is_optional_and_shows_the_countdown(three, ann, sign_in):
    browser = sign_in(ann)
    assert "First contact due" not in browser.get("/admin/leads").text.partition("<thead>")[2]
    ListSettings.objects.create(user=ann, columns={"lead": ["name", "contact_due_at"]})
    page = browser.get("/admin/leads").text
    table = page[page.index("<thead>") :]
    assert "First contact due" in table
    assert table.count('class="age countdown"') == 3
    for state in ContactState.values:
        assert table.count(f'data-state="{state}"') == 1


def test_the_page_of_a_lead_shows_the_countdown_and_the_moment_until_it_is_contacted(lead, ann, sign_in):
    browser = sign_in(ann)
    page = browser.get(f"/admin/leads/{lead.pk}").text
    assert "First contact due" in page
    assert "overdue since 2 Mar 2026" in page
    assert "2 Mar 2026, 14:00" in page
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(first_contacted_at=timezone.now())
    assert "First contact due" not in browser.get(f"/admin/leads/{lead.pk}").text


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_a_file_has_the_moment_and_no_import_reads_it(lead, ann, sign_in):
    [row] = rows_of(export(sign_in(ann)))
    assert row["First contact due"] == datetime(2026, 3, 2, 14)
    assert "contact_due_at" in LeadResource.never_read


# Settings


@pytest.fixture
def edit_source(sign_in, ada, sources):
    def edit(text: str):
        source = sources.event
        data = {"name": "Event", "kind": "event", "hue": source.hue, "contact_within": text}
        return sign_in(ada).post(f"/admin/leads/sources/{source.pk}/edit", data)

    return edit


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("4 h", 240),
        ("30 min", 30),
        ("1 h 30 min", 90),
        ("1.5 h", 90),
        ("1,5h", 90),
        ("90 minutes", 90),
        ("", None),
    ],
)
def test_the_limit_of_a_source_is_written_as_people_say_it(text, minutes, edit_source, sources):
    assert edit_source(text).status_code == 302
    sources.event.refresh_from_db()
    assert sources.event.contact_within == minutes


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("soon", "Enter a time like 30 min, 4 h or 1 h 30 min."),
        ("90", "Enter a time like 30 min, 4 h or 1 h 30 min."),
        ("h", "Enter a time like 30 min, 4 h or 1 h 30 min."),
        ("0 min", "Enter at least 1 min."),
        ("501 h", "Enter at most 500 h."),
        ("999999 h", "Enter at most 500 h."),
    ],
)
def test_what_is_no_length_of_time_is_an_error_and_keeps_what_was_typed(text, problem, edit_source, sources):
    answer = edit_source(text)
    assert answer.status_code == 422
    assert problem in answer.text
    assert f'value="{text}"' in answer.text
    sources.event.refresh_from_db()
    assert sources.event.contact_within is None


def test_the_limits_show_in_settings_and_in_their_files(sign_in, ada, sources, departments):
    browser = sign_in(ada)
    assert "4 h" in browser.get("/admin/leads/sources").text
    assert "4 h" in browser.get(f"/admin/leads/sources/{sources.website.pk}").text
    assert 'value="4 h"' in browser.get(f"/admin/leads/sources/{sources.website.pk}/edit").text
    page = f"/admin/departments/{departments.sales.pk}"
    browser.post(page, {"name": "Sales", "country": "RO", "contact_within": "2 h"})
    departments.sales.refresh_from_db()
    assert departments.sales.contact_within == 120
    assert "2 h" in browser.get("/admin/departments").text


def test_the_history_of_a_source_says_the_limit_in_words(edit_source, sources, sign_in, ada):
    edit_source("4 h")
    page = sign_in(ada).get(f"/admin/leads/sources/{sources.event.pk}").text
    assert "first contact within" in page.lower()
    assert "4 h" in page
