"""Assignment rules: which rule is for a lead, who gets it, and what is kept of that."""

from collections import Counter
from datetime import date, datetime, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Absence, Membership, User, WorkingHours
from crm.fields.custom.definitions.built_in_fields import get_definitions_stamp
from crm.models import Change, Notification
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from leads.assignment import new_leads
from leads.assignment.conditions_cache import get_cached_conditions
from leads.assignment.plan_writing import write_unassigned_run
from leads.models import AssignmentRule, AssignmentRun, Lead, RuleAssignment
from leads.verbs import AssignByRules
from tests.leads.assignment.assigning import come_in, make_rule, rule_of

pytestmark = pytest.mark.django_db

To = AssignmentRule.To


def test_the_first_rule_that_a_lead_meets_assigns_it(make_lead, bob, ben):
    make_rule("Romania", "country=RO", user=bob)
    make_rule("Rest", user=ben)
    here, there = make_lead("Ana Albu", country="RO"), make_lead("Jan Novák", country="CZ")
    come_in([here, there])
    assert (here.owner, there.owner) == (bob, ben)
    assert (rule_of(here), rule_of(there)) == ("Romania", "Rest")


def test_a_lead_that_no_rule_is_for_stays_unassigned(make_lead, bob):
    make_rule("Romania", "country=RO", user=bob)
    lead = make_lead(country="CZ")
    come_in([lead])
    assert lead.owner is None
    assert not RuleAssignment.objects.exists()


def test_a_rule_is_only_for_leads_that_come_in_by_its_ways(make_lead, bob):
    make_rule("Forms", ways=["form"], user=bob)
    lead = make_lead()
    come_in([lead], "api")
    assert lead.owner is None
    come_in([lead], "form")
    assert lead.owner == bob


def test_rules_that_are_turned_off_or_deleted_are_passed_over(make_lead, bob):
    make_rule("Off", turned_on=False, user=bob)
    make_rule("Deleted", retired=True, user=bob)
    lead = make_lead()
    come_in([lead])
    assert lead.owner is None


def test_members_of_a_department_get_leads_in_turn_across_operations(make_lead, departments, cast):
    rule = make_rule("Sales", department=departments.sales)
    members = User.objects.in_departments([departments.sales.pk]).count()
    for _round in range(2):
        come_in([make_lead() for _lead in range(members - 1)])
    come_in([make_lead(), make_lead()])
    given = Counter(RuleAssignment.objects.filter(rule=rule.pk).values_list("owner", flat=True))
    assert set(given.values()) == {2}
    assert len(given) == members


def test_the_member_with_the_fewest_open_leads_gets_the_next(make_lead, departments, carla, dan):
    make_rule("Export", department=departments.export, assigns_to=To.FEWEST)
    for number in range(3):
        make_lead(f"Dan {number}", owner=dan, department=departments.export)
    make_lead(owner=carla, department=departments.export, status="lost")
    new = [make_lead(f"New {number}") for number in range(5)]
    come_in(new)
    owners = Counter(lead.owner for lead in new)
    assert owners == {carla: 4, dan: 1}


def test_a_lead_moves_to_the_department_of_the_rule_with_its_owner(make_lead, departments, carla, dan):
    make_rule("Export", department=departments.export)
    lead = make_lead(department=departments.sales)
    come_in([lead])
    assert lead.owner in (carla, dan)
    assert lead.department == departments.export


def test_users_with_as_many_open_leads_as_the_rule_allows_are_skipped(make_lead, bob, ben):
    make_rule("Bob", user=bob, most_open=2)
    make_rule("Rest", user=ben)
    new = [make_lead(f"New {number}") for number in range(5)]
    come_in(new)
    assert [lead.owner for lead in new] == [bob, bob, ben, ben, ben]


def test_if_no_one_is_available_the_rule_may_leave_leads_unassigned(make_lead, bob, ben):
    make_rule("Bob", user=bob, most_open=1, otherwise="no_owner")
    make_rule("Rest", user=ben)
    new = [make_lead("First"), make_lead("Second")]
    record = come_in(new)
    assert [lead.owner for lead in new] == [bob, None]
    run = AssignmentRun.objects.get(operation=record)
    assert (run.leads, run.assigned, run.no_one) == (2, 1, 1)


def test_deactivated_users_and_those_without_a_department_get_no_leads(make_lead, departments, bob, ben):
    make_rule("Bob", user=bob)
    make_rule("Ben", user=ben)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    Membership.objects.filter(user=ben).delete()
    lead = make_lead()
    come_in([lead])
    assert lead.owner is None


@pytest.fixture
def monday_at(monkeypatch):
    """monday_at(10) is ten o'clock on a Monday in the company's time zone."""

    def at(hour: int) -> None:
        now = timezone.make_aware(datetime(2026, 11, 16, hour))
        monkeypatch.setattr("leads.assignment.candidates.timezone.now", lambda: now)

    return at


@pytest.mark.parametrize(("hour", "works"), [(8, False), (10, True), (17, False)])
def test_a_rule_can_skip_users_outside_their_working_hours(make_lead, bob, monday_at, hour, works):
    make_rule("Bob", user=bob, present="hours")
    monday_at(hour)
    lead = make_lead()
    come_in([lead])
    assert (lead.owner == bob) is works


def test_a_rule_can_skip_users_on_days_when_they_do_not_work(make_lead, departments, bob, ben, monday_at):
    make_rule("Bob", user=bob, present="day")
    make_rule("Ben", user=ben, present="day")
    Absence.objects.create(user=bob, first=date(2026, 11, 16), last=date(2026, 11, 16))
    monday_at(20)
    lead = make_lead()
    come_in([lead])
    assert lead.owner == ben
    WorkingHours.objects.create(department=departments.sales, weekday=2, opens=time(9), closes=time(17))
    other = make_lead()
    come_in([other])
    assert other.owner is None


def test_conditions_on_a_value_that_is_gone_match_no_lead(make_lead, bob):
    make_rule("Gone", "status=999999", user=bob)
    make_rule("No field", "c999999.is=x", user=bob)
    make_rule("Own", "owner=me", user=bob)
    lead = make_lead()
    come_in([lead])
    assert lead.owner is None


def test_alternatives_and_several_conditions_are_combined_as_in_the_list(make_lead, bob):
    make_rule("Either", "vip=yes&any.country=RO&any.company.contains=steel", user=bob)
    both = make_lead("Ana Albu", vip=True, country="RO")
    steel = make_lead("Ion Pop", vip=True, company="Omnia Steel")
    neither, no_vip = make_lead("Jan Novák", vip=True), make_lead("Eva Stone", country="RO")
    come_in([both, steel, neither, no_vip])
    assert [lead.owner for lead in (both, steel, neither, no_vip)] == [bob, bob, None, None]


def test_a_new_owner_is_notified_once_for_all_leads_of_an_operation(make_lead, bob, ann):
    make_rule("Bob", user=bob)
    come_in([make_lead("Ana Albu"), make_lead("Ion Pop")], "import", by=ann)
    notice = Notification.objects.get(user=bob)
    assert (notice.kind, notice.parameters["count"]) == ("assigned", 2)


def test_users_who_import_leads_for_themselves_are_not_notified(make_lead, bob):
    make_rule("Bob", user=bob)
    come_in([make_lead()], "import", by=bob)
    assert not Notification.objects.exists()


def test_an_owner_by_rule_is_recorded_in_the_operation_and_undone_with_it(make_lead, departments, ann, bob):
    make_rule("Bob", user=bob)
    lead = make_lead()
    outcome = carry_out(AssignByRules(), Lead.objects.changeable_by(ann), by=ann, wanted=[lead.pk])
    lead.refresh_from_db()
    assert lead.owner == bob
    assert Change.objects.get(operation=outcome.operation, table="lead").diff["owner_id"] == [None, bob.pk]
    revert_operation(outcome.operation, by=ann)
    lead.refresh_from_db()
    assert lead.owner is None


def test_selected_leads_with_an_owner_are_left_unless_the_user_asks(make_lead, ann, bob, ben):
    make_rule("Bob", user=bob)
    owned, free = make_lead("Ana Albu", owner=ben), make_lead("Ion Pop")
    rows, wanted = Lead.objects.changeable_by(ann), [owned.pk, free.pk]
    outcome = carry_out(AssignByRules(), rows, by=ann, wanted=wanted)
    assert (outcome.changed, outcome.refused) == ([free.pk], {"taken": [owned.pk]})
    outcome = carry_out(AssignByRules(owned=True), rows, by=ann, wanted=wanted)
    assert (outcome.changed, outcome.unchanged) == ([owned.pk], [free.pk])


def test_a_run_takes_as_many_queries_for_forty_leads_as_for_two(make_lead, departments):
    make_rule("Romania", "country=RO", department=departments.sales)
    make_rule("Rest", department=departments.export, assigns_to=To.FEWEST)
    leads = [make_lead(f"Ana {number}", country=["RO", "CZ"][number % 2]) for number in range(42)]
    come_in(leads[:2])

    def queries(some: list[Lead]) -> int:
        ids = [lead.pk for lead in some]
        with operation("test", by=None, table="lead") as record, CaptureQueriesContext(connection) as found:
            new_leads.assign_new_leads(record, ids, "api", silent=True)
        return len(found)

    assert queries(leads[:2]) == queries(leads[2:])


def test_without_rules_a_new_lead_costs_one_query(make_lead):
    lead = make_lead()
    with operation("test", by=None, table="lead") as record, CaptureQueriesContext(connection) as asked:
        assert new_leads.assign_new_leads(record, [lead.pk], "api") is None
    assert sum("leads_assignmentrule" in query["sql"] for query in asked) == 1
    assert not any("SAVEPOINT" in query["sql"] and "RELEASE" not in query["sql"] for query in asked)


def test_conditions_that_compare_with_today_or_with_settings_are_read_each_time(make_lead, bob, statuses):
    fixed = make_rule("Romania", "country=RO&any.company.contains=steel&any.city.is=Cluj", user=bob)
    today = make_rule("Today", "created=today", user=bob)
    settings = make_rule("New", "kind=new", user=bob)
    for _round in range(2):
        come_in([make_lead("Ana Albu")])
    kept = {
        rule.pk: get_cached_conditions(rule, get_definitions_stamp()).kept
        for rule in (fixed, today, settings)
    }
    assert kept == {fixed.pk: True, today.pk: False, settings.pk: False}


def test_a_rule_whose_conditions_change_is_read_again(make_lead, bob):
    rule = make_rule("Romania", "country=RO", user=bob)
    lead = make_lead(country="CZ")
    come_in([lead])
    with operation("test", by=None):
        AssignmentRule.objects.filter(pk=rule.pk).update(conditions="country=CZ")
    come_in([lead])
    assert lead.owner == bob


def test_the_run_log_says_that_leads_waited_too_long_for_another_run(make_lead, sign_in, ada):
    lead = make_lead()
    with operation("test", by=None, table="lead") as record:
        write_unassigned_run(record, "api", 1)
    page = sign_in(ada).get("/admin/rules/log").content.decode()
    assert "1 lead left unassigned because another run was in progress" in page
    assert lead.owner is None
