"""Goals by month: their numbers, who sees them, how far they should be, and their place on Today."""

from datetime import UTC, date, datetime
from io import BytesIO

from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Holiday, Membership
from crm.platform.web.start_page.start_page_parts import get_parts
from crm.records.listing.record_list import RecordList
from leads.kind import LEAD
from reports.goals.goal_lines import MonthOfGoals
from reports.goals.goal_month import Month, get_current_month
from reports.models import Goal
from tests.reports.workbooks.charts import get_charts

PAGE = "/admin/reports/goals"


def lines(user, month: Month | None = None) -> dict:
    """(whose, number): (reached, target, state)."""
    found = MonthOfGoals(month or get_current_month(), user)
    assert found.problems == []
    return {
        (line.goal.label, line.goal.measure): (line.value, line.goal.target, str(line.state))
        for line in found.lines
    }


def part(user, name: str):
    return next((part for part in get_parts(user) if part.name == name), None)


def test_the_number_of_a_goal_is_that_of_the_report_with_the_same_question(
    month_of_leads, goal, asked, numbers, ada, bob, departments
):
    for measure in Goal.Measure.values:
        goal(measure, user=bob)
        goal(measure, department=departments.sales)
        goal(measure)
    month = get_current_month()
    period = f"period=between&from={month.first}&to={month.last}&basis=happened"
    measures = [name for name in Goal.Measure.values if name not in ("calls", "meetings")]
    leads = "&".join(f"measure={name}" for name in measures)
    every = "&".join(f"measure={name}" for name in Goal.Measure.values)
    found = lines(ada)

    def reached(whose: str, names) -> tuple:
        return tuple(found[whose, name][0] for name in names)

    def zeros(row: tuple) -> tuple:
        return tuple(value or 0 for value in row)

    by_owner = numbers(asked(f"{period}&{leads}&by=owner", ada))
    assert reached("Bob", measures) == zeros(by_owner["Bob"]) == (2, 1, 0, 1, 500)
    by_user = numbers(asked(f"{period}&measure=calls&measure=meetings&by=author", ada))
    assert reached("Bob", ["calls", "meetings"]) == zeros(by_user["Bob"]) == (1, 0)
    by_department = numbers(asked(f"{period}&{every}&by=department", ada))
    assert reached("Sales", Goal.Measure.values) == zeros(by_department["Sales"])
    assert reached("Whole company", ["leads", "won", "calls"]) == (4, 1, 1)


def test_a_reached_number_leads_to_exactly_its_leads(month_of_leads, goal, ada, bob, departments):
    goal("leads", user=bob)
    goal("leads", department=departments.sales)
    goal("leads")
    found = MonthOfGoals(get_current_month(), ada)
    behind = [
        RecordList(LEAD, QueryDict(line.cell.url.partition("?")[2]), ada).get_ids() for line in found.lines
    ]
    everyone, sales, own = (set(ids) for ids in behind)
    assert everyone == {lead.pk for lead in month_of_leads}
    assert sales == {lead.pk for lead in month_of_leads[:3]}
    assert own == {lead.pk for lead in month_of_leads[:2]}


def test_a_lead_of_the_last_evening_of_a_month_counts_on_the_clock_of_the_viewer(make_lead, goal, ada, bob):
    make_lead("Jan Novák", owner=bob, created_at=datetime(2026, 1, 31, 23, 30, tzinfo=UTC))
    for month in (1, 2):
        goal("leads", user=bob, month=date(2026, month, 1))
    january, february = (Month(date(2026, month, 1)) for month in (1, 2))
    with timezone.override("America/New_York"):
        assert lines(ada, january)["Bob", "leads"][0] == 1
        assert lines(ada, february)["Bob", "leads"][0] == 0
    with timezone.override("Europe/Bucharest"):
        assert lines(ada, january)["Bob", "leads"][0] == 0
        assert lines(ada, february)["Bob", "leads"][0] == 1


def test_goals_are_shown_to_those_who_see_all_their_leads(goal, cast, departments):
    goal(user=cast.bob)
    goal(user=cast.ben)
    goal(user=cast.dan)
    goal(department=departments.sales)
    goal(department=departments.export)
    goal()

    def seen(user) -> set[str]:
        return {goal.label for goal in Goal.objects.visible_to(user).with_names()}

    assert seen(cast.bob) == {"Bob"}
    assert seen(cast.oscar) == set()
    assert seen(cast.ann) == {"Bob", "Ben", "Sales"}
    assert seen(cast.carla) == {"Dan", "Export"}
    assert seen(cast.sofia) == set()
    assert seen(cast.conrad) == seen(cast.ada) == {"Bob", "Ben", "Dan", "Sales", "Export", "Whole company"}


def test_a_manager_does_not_see_goals_of_a_user_who_also_works_in_another_department(
    goal, ann, ada, bob, departments
):
    goal(user=bob)
    Membership.objects.create(user=bob, department=departments.export, position=1)
    assert lines(ann) == {}
    assert ("Bob", "leads") in lines(ada)


def test_a_department_goal_is_not_shown_to_a_sales_rep(sign_in, goal, bob, departments):
    goal(user=bob, target=17)
    goal(department=departments.sales, target=333_333)
    page = sign_in(bob).get(PAGE)
    assert page.status_code == 200
    assert "333,333" not in page.text
    assert "17" in page.text


def test_a_goal_is_on_course_by_the_working_days_of_the_month(halfway, make_lead, goal, ada, bob, ben):
    for number in range(5):
        made = datetime(2026, 11, 2 + number, 12, tzinfo=UTC)
        make_lead(f"Lead {number}", owner=bob, created_at=made)
    goal("leads", 10, user=bob)
    goal("leads", 20, user=ben)
    goal("leads", 5)
    found = {line.goal.label: line for line in MonthOfGoals(get_current_month(), ada).lines}
    assert [(found[name].expected, str(found[name].state)) for name in ("Bob", "Ben", "Whole company")] == [
        (5, "on_course"),
        (10, "behind"),
        (2, "reached"),
    ]
    assert [found[name].share for name in ("Bob", "Ben", "Whole company")] == [50, 0, 100]


def test_holidays_of_the_department_do_not_count_as_working_days(halfway, goal, ada, bob, departments):
    for day in (16, 17, 18, 19, 20, 23, 24, 25, 26, 27, 30):
        Holiday.objects.create(day=date(2026, 11, day), name="Closed", department=departments.sales)
    goal("leads", 10, department=departments.sales)
    goal("leads", 10, user=bob)
    goal("leads", 10)
    found = {line.goal.label: line.expected for line in MonthOfGoals(get_current_month(), ada).lines}
    assert found == {"Sales": 10, "Bob": 10, "Whole company": 5}


def test_a_month_without_working_days_counts_by_its_days(halfway, goal, ada):
    for day in range(1, 31):
        Holiday.objects.create(day=date(2026, 11, day), name="Closed")
    goal("leads", 30)
    (line,) = MonthOfGoals(get_current_month(), ada).lines
    assert line.expected == 13


def test_other_months_are_reached_or_not_and_expect_nothing_by_today(goal, ada, bob):
    before, after = get_current_month().shift(-1), get_current_month().shift(1)
    for month in (before, after):
        goal(user=bob, month=month.first)
    assert lines(ada, before)["Bob", "leads"] == (0, 10, "missed")
    assert lines(ada, after)["Bob", "leads"] == (0, 10, "coming")
    assert MonthOfGoals(before, ada).lines[0].expected is None


def test_more_goals_take_no_more_queries(sign_in, goal, month_of_leads, ann, bob, ben, departments):
    browser = sign_in(ann)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(PAGE).status_code == 200
        return len(captured)

    for measure in Goal.Measure.values:
        goal(measure, user=bob)
        goal(measure, department=departments.sales)
    queries()
    few = queries()
    for measure in Goal.Measure.values:
        goal(measure, user=ben)
        goal(measure, user=ann)
    assert queries() == few
    assert few <= 45


def test_the_file_has_the_goals_as_numbers(sign_in, goal, month_of_leads, ada, bob):
    goal("revenue", 1000, user=bob)
    goal("leads", 3, user=bob)
    page = sign_in(ada).get(f"{PAGE}/file")
    book = load_workbook(BytesIO(b"".join(page.streaming_content)))
    sheet = book["Goals"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][:5] == ["Goal of", "Number", "Target", "Reached", "Reached (%)"]
    assert [row[:5] for row in rows[1:]] == [
        ["Bob", "New leads", 3, 2, 0.67],
        ["Bob", "Revenue", 1000, 500, 0.5],
    ]
    assert sheet["C2"].number_format == "#,##0"
    assert (sheet["C3"].number_format, sheet["E3"].number_format) == ('#,##0.00\\ "EUR"', "0.0%")
    (chart,) = get_charts(book)
    assert chart.series == [[("Bob: New leads", 0.67), ("Bob: Revenue", 0.5)]]


def test_a_sales_rep_sees_their_own_goals_on_today(sign_in, goal, month_of_leads, bob, ben, departments):
    goal("leads", 4, user=bob)
    goal("leads", 5, user=ben)
    goal("leads", 6, department=departments.sales)
    (line,) = part(bob, "goals").lines
    assert (line.reached_text, line.target_text, line.percent_text) == ("2", "4", "50%")
    assert part(bob, "team_goals") is None
    text = sign_in(bob).get("/admin/today/deferred").text
    assert "2 of 4" in text
    assert "My goals this month" in text


def test_a_manager_sees_the_goals_of_the_team_on_today(goal, month_of_leads, ann, conrad, bob, departments):
    goal("leads", 4, user=bob)
    goal("won", 6, department=departments.sales)
    goal("won", 7)
    assert [line.goal.label for line in part(ann, "team_goals").lines] == ["Sales"]
    assert [line.goal.label for line in part(conrad, "team_goals").lines] == ["Whole company", "Sales"]


def test_the_goals_of_today_take_few_queries_more(sign_in, goal, month_of_leads, ann, departments):
    browser = sign_in(ann)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get("/admin/today/deferred").status_code == 200
        return len(captured)

    queries()
    without = queries()
    for measure in ("leads", "won", "revenue"):
        goal(measure, user=ann)
    # The goals, the calendars, the first department, and the three numbers of a user who has no leads, so no numbers of the month.
    own = queries()
    assert own <= without + 7
    goal("won", department=departments.sales)
    one = queries()
    assert one <= own + 2
    goal("won")
    assert queries() == one


def test_without_goals_today_has_no_parts_for_them(ann, bob):
    assert part(bob, "goals") is None
    assert part(ann, "team_goals") is None
