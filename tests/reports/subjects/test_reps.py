"""Reps compared: leads given, working days, and what they did per day and per lead, each against plain SQL or by hand."""

from datetime import date, time, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Absence, Holiday, Membership, User, WorkingHours
from crm.models import Activity, Change, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead
from leads.verbs import Assign
from reports.manager_reports import OF_REPS, PER_DAY, PER_LEAD
from tests.conftest import make_user
from tests.reports.conftest import utc

# 4 May 2026 is a Monday, and the 8th a Friday.
WEEK = "basis=happened&period=between&from=2026-05-04&to=2026-05-08&by=rep"
PAGE = "/admin/reports/reps?period=between&from=2026-05-04&to=2026-05-08"


def ask(names: list[str]) -> str:
    return "&".join([*(f"measure={name}" for name in names), WEEK])


def date_back() -> None:
    """Everything recorded until here: leads were added on Monday, and what changed did so on Tuesday."""
    Change.objects.filter(kind="insert").update(at=utc("2026-05-04 08:00"))
    Change.objects.exclude(kind="insert").update(at=utc("2026-05-05 09:00"))


def assign(lead: Lead, owner: User | None, by: User) -> Operation:
    return carry_out(Assign(owner), Lead.objects.filter(pk=lead.pk), by=by).operation


@pytest.fixture
def week(cast, departments, statuses, make_lead):
    """Bob and Ben in one week of May, with a holiday on Wednesday, and Ben away on Thursday and Friday; Bob was added on Tuesday."""
    User.objects.update(joined_at=utc("2025-01-01 10:00"))
    User.objects.filter(pk=cast.bob.pk).update(joined_at=utc("2026-05-05 10:00"))
    Holiday.objects.create(day=date(2026, 5, 6), name="Holiday", department=departments.sales)
    Holiday.objects.create(day=date(2026, 5, 4), name="Elsewhere", department=departments.export)
    Absence.objects.create(user=cast.ben, first=date(2026, 5, 7), last=date(2026, 5, 12))
    made = {
        name: make_lead(name, owner=owner, created_at=utc("2026-05-04 08:00"), value=100, **values)
        for name, owner, values in (
            ("kept", cast.bob, {}),
            ("won", cast.bob, {}),
            ("moved", cast.bob, {}),
            ("mine", cast.ben, {}),
            ("free", None, {}),
            ("undone", None, {}),
            ("redone", None, {}),
            ("export", cast.dan, {"department": departments.export}),
        )
    }
    assign(made["moved"], cast.ben, cast.ann)
    assign(made["free"], cast.bob, cast.ann)
    for name in ("undone", "redone"):
        undo = revert_operation(assign(made[name], cast.bob, cast.ann), by=cast.ann)
        if name == "redone":
            revert_operation(undo.operation, by=cast.ann)
    for name, status in (("won", statuses.won), ("moved", statuses.contacted)):
        with operation("test", by=cast.ann):
            Lead.objects.filter(pk=made[name].pk).update(
                status=status, status_since=utc("2026-05-07 08:00"), converted_at=utc("2026-05-07 08:00")
            )
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE leads_statusmove SET entered = %s WHERE lead_id = %s AND from_status_id IS NOT NULL",
                [utc("2026-05-07 08:00"), made[name].pk],
            )
    for number in range(3):
        with operation("test", by=cast.bob):
            Activity.objects.create(
                of="lead",
                record=made["kept"].pk,
                type="note" if number else "call",
                at=utc("2026-05-05 10:00"),
                created_by=cast.bob,
            )
    date_back()
    return made


def get_rows(found) -> dict:
    return {
        group.texts[0]: {measure.name: group.get_value(measure) for measure in found.question.measures}
        for group in found.groups
    }


def test_working_days_are_those_of_the_calendar_without_holidays_and_absences(week, asked, numbers, ann):
    """Bob: Tuesday, Thursday, Friday. Ben: Monday and Tuesday. Ann has no leads of her own, so she is no rep."""
    assert numbers(asked(ask(["working_days"]), ann)) == {"Bob": (3,), "Ben": (2,)}


def test_the_whole_company_has_its_own_calendars(week, asked, numbers, conrad):
    found = asked(ask(["working_days"]), conrad)
    assert numbers(found) == {"Bob": (3,), "Ben": (2,), "Dan": (4,)}
    assert found.total.parts["working_days"] == 9
    without_groups = asked(ask(["working_days"]).replace("&by=rep", ""), conrad)
    assert without_groups.total.parts["working_days"] == 9


def test_working_days_are_those_that_the_calendar_page_shows(
    week, asked, numbers, sign_in, ada, ann, departments
):
    WorkingHours.objects.bulk_create(
        WorkingHours(
            department=departments.sales, weekday=day, opens=time(9), closes=time(17 if day < 2 else 13)
        )
        for day in range(4)
    )
    page = sign_in(ada).get(reverse("calendar")).content.decode()
    assert "Mon – Tue" in page
    assert "Wed – Thu" in page
    # Bob: Tuesday and half of Thursday, because Friday is free and Wednesday a holiday. Ben: Monday, Tuesday.
    assert numbers(asked(ask(["working_days"]), ann)) == {"Bob": (1.5,), "Ben": (2,)}


def test_days_that_have_not_come_yet_are_no_working_days(cast, asked, numbers, ann):
    User.objects.update(joined_at=utc("2025-01-01 10:00"))
    today = timezone.localdate()
    monday = today - timedelta(today.weekday())
    period = f"period=between&from={monday}&to={monday + timedelta(27)}"
    found = asked(f"measure=working_days&{period}&by=rep", ann)
    assert numbers(found) == dict.fromkeys(["Bob", "Ben"], (min(today.weekday() + 1, 5),))


def test_a_user_who_was_deactivated_at_an_unknown_time_has_no_working_days(week, asked, numbers, ann, cast):
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    found = asked(ask(["working_days", "won", "won_per_day"]), ann)
    assert numbers(found)["Bob"] == (None, 1, None)


GIVEN_SQL = """
    SELECT given_to, array_agg(lead ORDER BY lead) FROM (
        SELECT c."row" AS lead, c.at, c.operation_id, CASE
            WHEN c.kind = 'update' THEN c.fields -> 'owner_id' ->> 1
            WHEN EXISTS (SELECT FROM crm_change n WHERE n."row" = c."row" AND n."table" = 'lead' AND n.fields ? 'owner_id')
            THEN (SELECT n.fields -> 'owner_id' ->> 0 FROM crm_change n WHERE n."table" = 'lead' AND n."row" = c."row"
                AND n.fields ? 'owner_id' ORDER BY n.id LIMIT 1)
            ELSE l.owner_id::text END AS given_to
        FROM crm_change c JOIN leads_lead l ON l.id = c."row"
        WHERE c."table" = 'lead' AND (c.kind = 'insert' OR c.fields ? 'owner_id')
            AND l.department_id = %s AND l.deleted_at IS NULL) g
    WHERE given_to IS NOT NULL AND at >= '2026-05-04 00:00+03' AND at < '2026-05-09 00:00+03'
        AND NOT EXISTS (SELECT FROM crm_operation o WHERE o.id = g.operation_id AND o.undoes_id IS NOT NULL)
        AND lead <> %s
    GROUP BY given_to
"""


def test_leads_given_are_those_of_the_recorded_changes(week, asked, listed, ann, departments, cast):
    """Added with an owner, assigned, and assigned again by an undo of the undo; not what stays undone."""
    with connection.cursor() as cursor:
        cursor.execute(GIVEN_SQL, [departments.sales.pk, week["undone"].pk])
        plain = {int(user): set(leads) for user, leads in cursor.fetchall()}
    names = {cast.bob.pk: ["kept", "won", "moved", "free", "redone"], cast.ben.pk: ["mine", "moved"]}
    assert plain == {user: {week[name].pk for name in of_user} for user, of_user in names.items()}
    found = asked(ask(["given"]), ann)
    for group in found.groups:
        assert group.get_count("given") == len(plain[group.keys[0]])
        assert listed(found, group, "given", ann) == plain[group.keys[0]]
    assert found.total.get_count("given") == 7
    assert listed(found, found.total, "given", ann) == set.union(*plain.values())


def test_each_number_of_a_rep_is_that_of_plain_sql(week, asked, ann, cast):
    """What happened in the period, and of the leads given those that the rep still has."""
    rows = get_rows(asked(ask(OF_REPS), ann))
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FILTER (WHERE s.kind = 'won'), sum(l.base_value) FILTER (WHERE s.kind = 'won'),
                count(*) FILTER (WHERE EXISTS (SELECT FROM leads_statusmove m JOIN leads_status k ON k.id = m.to_status_id
                    WHERE m.lead_id = l.id AND m.entered >= '2026-05-04' AND m.entered < '2026-05-09'
                        AND k.kind IN ('contacted', 'qualified', 'proposal', 'won')))
            FROM leads_lead l JOIN leads_status s ON s.id = l.status_id WHERE l.owner_id = %s AND l.deleted_at IS NULL""",
            [cast.bob.pk],
        )
        won, revenue, contacted = cursor.fetchone()
        cursor.execute(
            """SELECT count(*) FROM crm_activity WHERE created_by_id = %s AND at >= '2026-05-04' AND at < '2026-05-09'
                AND type IN ('call', 'note')""",
            [cast.bob.pk],
        )
        (activities,) = cursor.fetchone()
    assert (won, revenue, contacted, activities) == (1, 100, 1, 3)
    assert rows["Bob"] == {
        "won": won,
        "revenue": revenue,
        "given": 5,
        "contacted": contacted,
        "activities": activities,
        "working_days": 3,
    }
    assert rows["Ben"] == {
        "won": 0,
        "revenue": None,
        "given": 2,
        "contacted": 1,
        "activities": 0,
        "working_days": 2,
    }


def test_a_lead_that_an_undo_has_kept_was_given_to_both(
    cast, departments, make_lead, asked, numbers, ann, conrad
):
    back, kept = (make_lead(name, owner=cast.ben) for name in ("back", "kept"))
    both = Lead.objects.filter(pk__in=[back.pk, kept.pk])
    given = carry_out(Assign(cast.bob), both, by=ann).operation
    with operation("test", by=None):
        Lead.objects.filter(pk=kept.pk).update(department=departments.export)
    assert revert_operation(given, by=ann).back == {"lead": [back.pk]}
    date_back()
    found = numbers(asked(ask(["given"]), conrad))
    assert (found["Ben"], found["Bob"]) == ((2,), (1,))


def test_numbers_per_day_and_per_lead_follow_from_the_others(week, asked, numbers, ann):
    assert numbers(asked(ask(PER_DAY), ann)) == {
        "Bob": (0.3333, 33.3333, 1.6667, 0.3333, 1.0, 3),
        "Ben": (0, 0, 1, 0.5, 0, 2),
    }
    # Bob still has four of five, of which one is won; Ben has both, and one is contacted.
    assert numbers(asked(ask(PER_LEAD), ann)) == {"Bob": (5, 20, 20, 20, 0.6), "Ben": (2, 50, 0, 0, 0)}


def test_without_a_working_day_there_is_a_reason_and_no_number(week, sign_in, ann, cast):
    Absence.objects.create(user=cast.bob, first=date(2026, 5, 1), last=date(2026, 5, 9))
    page = sign_in(ann).get(PAGE).content.decode()
    assert page.count("No working days in this period") >= 5


@pytest.mark.parametrize(("name", "seen"), [("ann", {"Bob", "Ben"}), ("bob", {"Bob"}), ("carla", {"Dan"})])
def test_who_does_not_see_others_compares_only_themselves(week, asked, cast, name, seen, statuses):
    """Also where the lead of one's own was a colleague's before, and a colleague works on it."""
    assign(week["mine"], cast.bob, cast.ann)
    with operation("test", by=cast.ben):
        Activity.objects.create(
            of="lead", record=week["kept"].pk, type="note", at=utc("2026-05-05 10:00"), created_by=cast.ben
        )
    for names in (OF_REPS, PER_DAY, PER_LEAD):
        assert set(get_rows(asked(ask(names), getattr(cast, name)))) <= seen
    assert set(get_rows(asked(ask(OF_REPS), getattr(cast, name)))) == seen


def test_the_list_behind_all_reps_has_no_other_leads(week, asked, listed, make_lead, ann, statuses):
    """An unassigned lead that was won counts for no rep."""
    make_lead("Nobody", status="won", created_at=utc("2026-05-04 08:00"))
    with operation("test", by=None):
        Lead.objects.filter(owner=None).update(converted_at=utc("2026-05-06 08:00"))
    found = asked(ask(["won"]), ann)
    assert found.total.get_count("won") == 1
    assert listed(found, found.total, "won", ann) == {week["won"].pk}


def test_filters_of_leads_leave_the_reps_whose_leads_they_find(week, asked, numbers, ann, cast):
    found = asked(f"{ask(['given', 'working_days'])}&owner={cast.ben.pk}", ann)
    assert numbers(found) == {"Bob": (1, 3), "Ben": (2, 2)}


def test_the_period_before_has_its_own_working_days(week, asked, ann):
    found = asked(f"{ask(['working_days'])}&compare=before", ann)
    # From Wednesday, 29 April, to Sunday. Bob wasn't there yet.
    assert {group.texts[0]: group.parts["working_days"] for group in found.before.groups} == {"Ben": 3}


def test_the_page_the_workbook_and_the_palette_have_the_report(week, sign_in, ann):
    browser = sign_in(ann)
    page = browser.get(PAGE).content.decode()
    assert page.count('class="card report-panel"') == 3
    assert "At least" not in page
    assert "By the working hours" in page or "by the working hours" in page
    book = load_workbook(BytesIO(browser.get(PAGE.replace("?", "/file?")).getvalue()))
    rows = [[cell.value for cell in row] for row in book["1 In the period"].iter_rows()]
    assert rows[0][-1] == "Working days"
    assert {row[0]: row[-1] for row in rows[1:]} == {"Bob": 3, "Ben": 2, "All": 5}
    palette = browser.get("/admin/jump?q=leaderboard").content.decode()
    assert "/admin/reports/reps" in palette


def test_the_number_of_queries_does_not_depend_on_the_number_of_reps(week, sign_in, ann, departments):
    browser = sign_in(ann)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(PAGE).status_code == 200
        return len(queries)

    browser.get(PAGE)
    few = count()
    for number in range(5):
        user = make_user(f"rep{number}", "rep", [departments.sales])
        assert Membership.objects.filter(user=user).exists()
        Absence.objects.create(user=user, first=date(2026, 5, 7), last=date(2026, 5, 7))
    assert count() == few
