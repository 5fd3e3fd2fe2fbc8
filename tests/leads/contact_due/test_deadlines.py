"""By when new leads have to be contacted: which limit counts, whatever writes a lead, and changes of limits and calendars."""

from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace

import pytest

from accounts.models import Department, Holiday
from accounts.working_time.calendar import Calendars, replace_week
from crm.models import Activity, Change, Operation
from crm.records.history.history_check import find_history_differences
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.work.activities.verbs import AddActivity, DeleteActivity, carry_out_on_activity
from leads import jobs, verbs
from leads.contact_due.deadlines import start_deriving_changed_limits, update_changed_deadlines
from leads.models import ContactLimitChange, Lead, Status
from tests.crm.records.history.undo.test_every_verb import all_tables
from tests.crm.transfer.imports.importing import apply, choose, upload

# Monday 10:00 in Bucharest, where the departments work from 9:00 to 17:00.
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def limit(row, minutes: int | None) -> None:
    with operation("test", by=None):
        type(row).objects.filter(pk=row.pk).update(contact_within=minutes)


@pytest.fixture
def limits(departments, sources):
    """Four hours for leads from the website, eight for all others of Sales; none elsewhere."""
    limit(sources.website, 240)
    limit(departments.sales, 480)


@pytest.fixture
def lead(make_lead, bob, limits):
    return make_lead("Jan Novák", owner=bob, created_at=MONDAY)


def rows(lead):
    return Lead.objects.filter(pk=lead.pk)


def due(lead) -> datetime | None:
    return rows(lead).values_list("contact_due_at", flat=True).get()


def test_without_a_limit_nothing_is_due(make_lead):
    lead = make_lead(created_at=MONDAY)
    assert (lead.contact_due_at, lead.contact_warning_at) == (None, None)


def test_the_limit_of_the_source_takes_precedence_over_that_of_the_department(make_lead, departments, limits):
    lead = make_lead(created_at=MONDAY)
    assert (lead.contact_due_at, lead.contact_warning_at) == (MONDAY + 4 * HOUR, MONDAY + 3 * HOUR)
    # An hour is left on Tuesday.
    assert make_lead(source="event", created_at=MONDAY).contact_due_at == MONDAY + 24 * HOUR
    assert make_lead(department=departments.export, created_at=MONDAY).contact_due_at == MONDAY + 4 * HOUR
    assert make_lead(source="event", department=departments.export).contact_due_at is None


def test_the_clock_runs_in_the_working_hours_of_the_department(make_lead, departments, limits):
    replace_week(departments.export, {2: (time(8), time(12)), 3: (time(8), time(10))})
    Holiday.objects.create(day=date(2026, 3, 4), name="Fair")
    lead = make_lead(department=departments.export, created_at=MONDAY)
    # Thursday has two hours, the holiday none, and the next Wednesday the rest.
    assert lead.contact_due_at == datetime(2026, 3, 11, 8, tzinfo=UTC)
    calendar = Calendars().get_for_department(departments.export.pk)
    assert lead.contact_due_at == calendar.add_working_time(MONDAY, 4 * HOUR)
    assert lead.contact_warning_at == calendar.add_working_time(MONDAY, 3 * HOUR)


@pytest.mark.parametrize("key", ["contacted", "qualified", "won", "lost", "disqualified"])
def test_leads_that_are_not_new_have_no_first_contact_to_make(key, make_lead, limits):
    assert make_lead(status=key, created_at=MONDAY).contact_due_at is None


CONTACTS = {
    "a call": lambda bob, statuses, reasons: AddActivity(bob, "call", "", "reached", at=MONDAY + HOUR),
    "a move": lambda bob, statuses, reasons: verbs.Move(statuses.contacted),
    "a file or program": lambda bob, statuses, reasons: verbs.Edit({"last_contacted_at": MONDAY + HOUR}),
    "a loss": lambda bob, statuses, reasons: verbs.Move(statuses.lost, reasons.budget),
}


@pytest.mark.parametrize("name", CONTACTS)
def test_a_contact_clears_it_and_its_undo_brings_it_back(name, lead, bob, statuses, reasons):
    done = carry_out(CONTACTS[name](bob, statuses, reasons), rows(lead), by=bob).operation
    assert due(lead) is None
    back = revert_operation(done, by=bob).operation
    assert due(lead) == MONDAY + 4 * HOUR
    revert_operation(back, by=bob)
    assert due(lead) is None
    assert list(find_history_differences()) == []


def test_a_call_without_an_answer_clears_nothing_and_a_deleted_call_brings_it_back(lead, bob):
    carry_out(AddActivity(bob, "call", "", "no_answer"), rows(lead), by=bob)
    assert due(lead) is not None
    carry_out(AddActivity(bob, "meeting"), rows(lead), by=bob)
    assert due(lead) is None
    carry_out_on_activity(DeleteActivity("meeting"), Activity.objects.get(type="meeting"), by=bob)
    assert due(lead) == MONDAY + 4 * HOUR


CHANGES = {
    "source": lambda s: (verbs.SetSource(s.sources.event), MONDAY + 24 * HOUR),
    "department": lambda s: (verbs.ChangeDepartment(s.departments.export), None),
    "owner elsewhere": lambda s: (verbs.Assign(s.dan), None),
}


@pytest.mark.parametrize("name", CHANGES)
def test_bulk_changes_of_source_and_department_move_it_and_their_undo_moves_it_back(
    name, make_lead, limits, ada, dan, sources, departments
):
    limit(sources.website, None)
    limit(sources.event, 480)
    limit(departments.sales, 60)
    made = [make_lead(str(number), created_at=MONDAY) for number in range(3)]
    verb, expected = CHANGES[name](SimpleNamespace(sources=sources, departments=departments, dan=dan))
    before = all_tables()
    done = carry_out(verb, Lead.objects.changeable_by(ada), by=ada).operation
    assert [due(lead) for lead in made] == [expected] * 3
    # It is written with the change: once, and nothing about it is in the history.
    assert set(Lead.objects.values_list("version", flat=True)) == {2}
    assert not any("contact_due_at" in change.diff for change in Change.objects.all())
    revert_operation(done, by=ada)
    assert [due(lead) for lead in made] == [MONDAY + HOUR] * 3
    assert all_tables() == before


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_a_form_and_a_file_set_it(sign_in, ann, limits, sources, statuses, departments):
    browser = sign_in(ann)
    basics = {"status": statuses.new.pk, "source": sources.website.pk, "department": departments.sales.pk}
    browser.post("/admin/leads/new", {"last_name": "Form", "currency": "EUR", **basics})
    rows = [
        ["Last name", "Source", "Date added"],
        ["File", "Website", ""],
        ["Old", "Event", "2026-03-02 10:00"],
    ]
    apply(browser, choose(browser, upload(browser, rows), "columns"))
    calendar = Calendars().get_for_department(departments.sales.pk)
    found = {lead.last_name: lead for lead in Lead.objects.all()}
    for name in ("Form", "File"):
        lead = found[name]
        assert lead.contact_due_at == calendar.add_working_time(lead.created_at, 4 * HOUR)
        assert lead.version == 1
    assert found["Old"].contact_due_at == MONDAY + 24 * HOUR


def test_of_leads_that_one_statement_adds_each_has_its_own_moment(lead_of, departments, limits, sources):
    limit(departments.export, 90)
    replace_week(departments.export, {day: (time(8), time(12)) for day in range(7)})
    added = [
        lead_of(
            str(number),
            department=[departments.sales, departments.export][number // 2 % 2],
            source=[sources.website, sources.event][number % 3 // 2],
            created_at=MONDAY + timedelta(days=number // 4 % 3),
        )
        for number in range(48)
    ]
    with operation("test", by=None):
        Lead.objects.bulk_create(added)
    calendars, within = Calendars(), {departments.sales.pk: 8 * HOUR, departments.export.pk: 1.5 * HOUR}
    for lead in Lead.objects.all():
        working = 4 * HOUR if lead.source_id == sources.website.pk else within[lead.department_id]
        calendar = calendars.get_for_department(lead.department_id)
        assert lead.contact_due_at == calendar.add_working_time(lead.created_at, working)
        assert lead.contact_warning_at == calendar.add_working_time(lead.created_at, working * 3 / 4)


def test_a_lead_that_comes_with_a_date_in_the_past_is_due_from_then_on(make_lead, limits):
    assert make_lead(created_at=MONDAY - timedelta(days=700)).contact_due_at < MONDAY


def test_a_deleted_lead_that_is_restored_is_due_as_before(lead, ada):
    carry_out(verbs.Delete(), rows(lead), by=ada)
    done = carry_out(verbs.Purge(), rows(lead), by=ada).operation
    revert_operation(done, by=ada)
    assert due(lead) == MONDAY + 4 * HOUR
    assert list(find_history_differences()) == []


# Changes of limits and calendars


@pytest.fixture
def worked(monkeypatch):
    """Runs the minutely step and the job that it starts; returns how many changes there were."""
    ContactLimitChange.objects.all().delete()
    asked = []
    monkeypatch.setattr(jobs.derive_contact_due, "defer", lambda: asked.append(1))

    def work() -> int:
        found = start_deriving_changed_limits()
        for _asked in asked:
            update_changed_deadlines()
        asked.clear()
        return found

    return work


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("another limit", MONDAY + 2 * HOUR),
        ("no limit of the source", MONDAY + 24 * HOUR),
        # Tuesday 13:00; and with two hours a day, Wednesday 10:00.
        ("a holiday", MONDAY + 27 * HOUR),
        ("other hours", MONDAY + 48 * HOUR),
        ("another category", None),
    ],
)
def test_leads_follow_changes_of_limits_and_calendars(
    name, expected, lead, sources, departments, statuses, worked
):
    assert worked() == 0
    if name == "another limit":
        limit(sources.website, 120)
    elif name == "no limit of the source":
        limit(sources.website, None)
    elif name == "a holiday":
        Holiday.objects.create(day=MONDAY.date(), name="Fair", department=departments.sales)
    elif name == "other hours":
        replace_week(departments.sales, {day: (time(9), time(11)) for day in range(5)})
    else:
        with operation("test", by=None):
            Status.objects.filter(pk=statuses.new.pk).update(kind="contacted")
    assert len(list(find_history_differences())) > 0
    assert worked() > 0
    assert due(lead) == expected
    # No one has changed the lead.
    assert rows(lead).get().version == lead.version
    assert list(find_history_differences()) == []


def test_the_undo_of_another_limit_is_followed_too(lead, sources, ada, sign_in, worked):
    page = f"/admin/leads/sources/{sources.website.pk}/edit"
    browser = sign_in(ada)
    form = {"name": "Website", "kind": "website", "hue": sources.website.hue, "contact_within": "30 min"}
    assert browser.post(page, form).status_code == 302
    assert worked() == 1
    assert due(lead) == MONDAY + HOUR / 2
    revert_operation(Operation.objects.latest("pk"), by=ada)
    assert worked() == 1
    assert due(lead) == MONDAY + 4 * HOUR


def test_what_was_written_while_a_limit_changed_is_followed_in_a_second_round(lead, sources, worked):
    limit(sources.website, 120)
    assert worked() == 1
    assert worked() == 0
    ContactLimitChange.objects.update(at=datetime(2026, 1, 1, tzinfo=UTC))
    assert worked() == 1
    assert not ContactLimitChange.objects.exists()


def test_other_changes_of_settings_start_no_job(lead, sources, departments, statuses, worked):
    with operation("test", by=None):
        sources.website.name = "Site"
        sources.website.contact_within = 240
        sources.website.save()
        Department.objects.filter(pk=departments.sales.pk).update(name="Selling", contact_within=480)
        Status.objects.filter(pk=statuses.new.pk).update(name="Fresh")
    assert worked() == 0
