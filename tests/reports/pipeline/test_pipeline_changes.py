"""What has changed in the pipelines since a day, compared with plain SQL."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from crm.models import Change, Operation
from crm.platform.web.day_start import get_day_start
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Edit
from customers.deals.kind import DEAL
from customers.models import Deal
from leads.models import Lead, Status
from leads.verbs import Move
from reports.engine.question import parse_question
from reports.manager_reports import CHANGED_DATES, CHANGED_DEALS
from reports.pipeline.pipeline_lines import build_pipeline_lines

# "Since yesterday": what was written before has been dated back.
YESTERDAY = "period=yesterday"
DEALS = "&".join(f"measure={name}" for name in CHANGED_DEALS[:3] + CHANGED_DATES[:1])


@pytest.fixture
def stages(statuses):
    own = Status.objects.of_deals()
    return {kind: own.filter(kind=kind).first() for kind in ("qualified", "proposal", "won", "lost")}


def date_back() -> None:
    """Everything that is recorded until here happened a week ago."""
    ago = timezone.now() - timedelta(days=7)
    Change.objects.update(at=ago)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE leads_statusmove SET entered = entered - interval '7 days'")


def edit(record, **values):
    with operation("edit", by=None):
        type(record).objects.filter(pk=record.pk).update(**values)


def days(number: int) -> date:
    """From 1 December of the present year, which pages don't name."""
    return date(timezone.localdate().year, 12, 1) + timedelta(days=number)


@pytest.fixture
def deals(stages, cast, departments):
    """One deal for each thing that can happen to it since yesterday."""

    def make(name: str, kind: str = "qualified", **values) -> Deal:
        given = {"department": departments.sales, "owner": cast.bob, "value": 100, "expected_close": days(0)}
        with operation("test", by=None):
            return Deal.objects.create(name=name, status=stages[kind], **given | values)

    made = {
        name: make(name, kind)
        for name, kind in {
            "still": "qualified",
            "moved": "qualified",
            "back": "qualified",
            "won": "proposal",
            "lost": "proposal",
            "reopened": "lost",
            "slipped": "qualified",
            "earlier": "qualified",
            "up": "qualified",
            "down": "qualified",
        }.items()
    }
    made["undated"] = make("undated", expected_close=None)
    made["export"] = make("export", owner=cast.dan, department=departments.export)
    edit(made["slipped"], expected_close=days(5))
    date_back()
    edit(made["moved"], status=stages["proposal"])
    edit(made["back"], status=stages["proposal"])
    edit(made["back"], status=stages["qualified"], value=100)
    edit(made["won"], status=stages["won"])
    edit(made["lost"], status=stages["lost"])
    edit(made["reopened"], status=stages["qualified"], owner=cast.ben)
    edit(made["slipped"], expected_close=days(10))
    edit(made["slipped"], expected_close=days(20))
    edit(made["earlier"], expected_close=days(-3))
    edit(made["undated"], expected_close=days(9))
    edit(made["up"], value=150)
    edit(made["down"], value=70)
    edit(made["export"], status=stages["won"])
    made["new"] = make("new", value=30)
    return made


# The deals behind each number of Ann.
BEHIND = {
    "deals_new": {"new"},
    "deals_moved": {"moved", "won", "lost", "reopened"},
    "deals_won": {"won"},
    "deals_lost": {"lost"},
    "deals_reopened": {"reopened"},
    "deals_slipped": {"slipped"},
    "deals_earlier": {"earlier"},
    "amounts_up": {"up"},
    "amounts_down": {"down"},
}


@pytest.mark.parametrize("part", BEHIND)
def test_each_number_of_deals_leads_to_exactly_its_deals(deals, asked, listed, ann, part):
    found = asked(f"measure={part}&{YESTERDAY}", ann)
    wanted = {deals[name].pk for name in BEHIND[part]}
    assert found.total.get_count(part) == len(wanted)
    assert listed(found, found.total, part, ann, DEAL) == wanted


def test_amounts_are_those_of_now_and_their_differences(deals, asked, ann):
    found = asked(
        "measure=deals_won_value&measure=deals_new_value&measure=deals_slipped_value"
        f"&measure=amounts_up_value&measure=amounts_down_value&{YESTERDAY}",
        ann,
    )
    parts = found.total.parts
    values = (
        "deals_won_value",
        "deals_new_value",
        "deals_slipped_value",
        "amounts_up_value",
        "amounts_down_value",
    )
    assert [parts[name] for name in values] == [100, 30, 100, 50, -30]


def test_deals_are_grouped_by_the_stage_before_and_the_stage_now(deals, stages, asked, numbers, ann):
    found = numbers(asked(f"measure=deals_moved&by=from_stage&by=stage&{YESTERDAY}", ann))
    names = {kind: stage.label for kind, stage in stages.items()}
    assert {key: count for key, (count,) in found.items() if count} == {
        f"{names['qualified']}, {names['proposal']}": 1,
        f"{names['proposal']}, {names['won']}": 1,
        f"{names['proposal']}, {names['lost']}": 1,
        f"{names['lost']}, {names['qualified']}": 1,
    }


def test_a_change_that_was_undone_does_not_count(deals, asked, stages, cast, ann):
    carry_out(Edit({"expected_close": days(40)}), Deal.objects.filter(pk=deals["still"].pk), by=cast.ada)
    assert asked(f"measure=deals_slipped&{YESTERDAY}", ann).total.get_count("deals_slipped") == 2
    revert_operation(Operation.objects.latest("pk"), by=cast.ada)
    assert asked(f"measure=deals_slipped&{YESTERDAY}", ann).total.get_count("deals_slipped") == 1


def test_only_what_changed_since_the_first_day_counts(deals, asked, ann):
    today = asked(f"{DEALS}&period=last30", ann)
    # All deals were added within 30 days, so nothing else is known of them.
    assert today.total.get_count("deals_new") == len(deals) - 1
    assert today.total.get_count("deals_slipped") == 0


def test_deals_of_other_departments_are_for_those_who_see_them(deals, asked, cast):
    assert asked(f"measure=deals_won&{YESTERDAY}", cast.carla).total.get_count("deals_won") == 1
    assert asked(f"measure=deals_won&{YESTERDAY}", cast.conrad).total.get_count("deals_won") == 2


# Written apart from the product: the first old value and the present one of each deal.
PLAIN_DEALS = """
    SELECT d.id FROM deal d JOIN (
        SELECT DISTINCT ON (c."row") c."row", (c.fields -> 'expected_close' ->> 0)::date AS old FROM crm_change c
        WHERE c."table" = 'deal' AND c.fields ? 'expected_close' AND c.at >= %s ORDER BY c."row", c.id) f ON f."row" = d.id
    WHERE d.expected_close > f.old AND d.department_id = %s AND d.deleted_at IS NULL"""


def test_slipped_deals_are_those_of_plain_sql(deals, asked, listed, departments, ann):
    since = get_day_start(timezone.localdate() - timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute(PLAIN_DEALS.replace("deal d", "customers_deal d"), [since, departments.sales.pk])
        plain = {pk for (pk,) in cursor.fetchall()}
    found = asked(f"measure=deals_slipped&{YESTERDAY}", ann)
    assert plain
    assert listed(found, found.total, "deals_slipped", ann, DEAL) == plain


@pytest.fixture
def leads(make_lead, statuses, cast, departments):
    made = {
        name: make_lead(name, owner=cast.bob, status=status, value=10)
        for name, status in {
            "still": "new",
            "moved": "new",
            "twice": "new",
            "undone": "new",
            "back": "new",
            "won": "contacted",
            "lost": "contacted",
            "reopened": "lost",
        }.items()
    }
    made["export"] = make_lead("export", owner=cast.dan, department=departments.export)
    date_back()

    def move(name, status):
        edit(made[name], status=status)

    move("moved", statuses.contacted)
    move("twice", statuses.contacted)
    move("twice", statuses.qualified)
    carry_out(Move(status=statuses.contacted), Lead.objects.filter(pk=made["undone"].pk), by=cast.ada)
    revert_operation(Operation.objects.latest("pk"), by=cast.ada)
    move("back", statuses.contacted)
    move("back", statuses.new)
    move("won", statuses.won)
    move("lost", statuses.lost)
    move("reopened", statuses.contacted)
    move("export", statuses.contacted)
    made["new"] = make_lead("new", owner=cast.ben)
    return made


BEHIND_LEADS = {
    "leads_new": {"new"},
    "leads_moved": {"moved", "twice", "won", "lost", "reopened"},
    "leads_won": {"won"},
    "leads_lost": {"lost"},
    "leads_reopened": {"reopened"},
}


@pytest.mark.parametrize("part", BEHIND_LEADS)
def test_each_number_of_leads_leads_to_exactly_its_leads(leads, asked, listed, ann, part):
    found = asked(f"measure={part}&by=owner&{YESTERDAY}", ann)
    wanted = {leads[name].pk for name in BEHIND_LEADS[part]}
    assert found.total.get_count(part) == len(wanted)
    assert listed(found, found.total, part, ann) == wanted
    by_owner = [listed(found, group, part, ann) for group in found.groups if group.get_count(part)]
    assert sorted(pk for ids in by_owner for pk in ids) == sorted(wanted)


def test_a_lead_that_moved_twice_counts_once_from_the_first_status_to_the_present_one(
    leads, asked, numbers, ann
):
    found = numbers(asked(f"measure=leads_moved&by=from_status&by=status&{YESTERDAY}", ann))
    assert {key: count for key, (count,) in found.items() if count} == {
        "New, Contacted": 1,
        "New, Qualified": 1,
        "Contacted, Won": 1,
        "Contacted, Lost": 1,
        "Lost, Contacted": 1,
    }


def test_moved_leads_are_those_of_plain_sql(leads, asked, departments, ann):
    """From the recorded changes of the status, where the product reads stays."""
    since = get_day_start(timezone.localdate() - timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT l.id, l.base_value FROM leads_lead l JOIN (
                SELECT DISTINCT ON (c."row") c."row", (c.fields -> 'status_id' ->> 0)::bigint AS old FROM crm_change c
                WHERE c."table" = 'lead' AND c.fields ? 'status_id' AND c.at >= %s ORDER BY c."row", c.id
            ) f ON f."row" = l.id WHERE l.status_id <> f.old AND l.department_id = %s""",
            [since, departments.sales.pk],
        )
        plain = dict(cursor.fetchall())
    parts = asked(f"measure=leads_moved&measure=leads_moved_value&{YESTERDAY}", ann).total.parts
    assert parts["leads_moved"] == len(plain) == 5
    assert parts["leads_moved_value"] == sum(plain.values()) == Decimal(50)


def test_leads_of_other_departments_are_for_those_who_see_them(leads, asked, cast):
    assert asked(f"measure=leads_moved&{YESTERDAY}", cast.carla).total.get_count("leads_moved") == 1


def read_lines(user) -> dict[str, str]:
    lines = build_pipeline_lines(parse_question(QueryDict(YESTERDAY), user), user, 100)
    return {line[1].text: line[3].text for line in lines}


def test_each_deal_is_listed_with_what_it_was_and_what_it_is(deals, stages, ann):
    names = {kind: stage.label for kind, stage in stages.items()}
    assert read_lines(ann) == {
        "new": f"New in {names['qualified']}",
        "up": "Amount: 100\xa0EUR → 150\xa0EUR",
        "down": "Amount: 100\xa0EUR → 70\xa0EUR",
        "earlier": "Expected close: 1 Dec → 28 Nov (−3)",
        "slipped": "Expected close: 6 Dec → 21 Dec (+15)",
        "reopened": f"Stage: {names['lost']} → {names['qualified']}",
        "lost": f"Stage: {names['proposal']} → {names['lost']}",
        "won": f"Stage: {names['proposal']} → {names['won']}",
        "moved": f"Stage: {names['qualified']} → {names['proposal']}",
    }


def test_each_moved_lead_is_listed_with_both_statuses(leads, ann):
    assert read_lines(ann) == {
        "reopened": "Status: Lost → Contacted",
        "lost": "Status: Contacted → Lost",
        "won": "Status: Contacted → Won",
        "twice": "Status: New → Qualified",
        "moved": "Status: New → Contacted",
    }


def test_the_page_opens_with_this_week_and_compares_nothing(deals, leads, sign_in, ann):
    page = sign_in(ann).get("/admin/reports/changes").content.decode()
    assert '<option value="this_week" selected>' in page
    assert "Later close" in page
    assert "The arrows compare" not in page


def test_the_workbook_has_a_line_for_each_change(deals, sign_in, ann):
    answer = sign_in(ann).get(f"/admin/reports/changes/file?{YESTERDAY}")
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    sheet = next(book[name] for name in book.sheetnames if "Each change" in name)
    assert sheet.max_row == 10


def test_the_lines_take_as_many_queries_for_many_deals_as_for_a_few(deals, stages, cast, departments, ann):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            read_lines(ann)
        return len(queries)

    count()
    before = count()
    with operation("test", by=None):
        for number in range(10):
            Deal.objects.create(
                name=f"More {number}",
                status=stages["qualified"],
                owner=cast.bob,
                department=departments.sales,
            )
    assert count() == before
