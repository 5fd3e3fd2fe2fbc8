"""Who can get leads by a rule: users who leave in the middle, holidays, time zones, full users."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from accounts.models import Department, Holiday, Membership, User
from leads.models import AssignmentRule, AssignmentRun
from tests.conftest import make_user
from tests.leads.assignment.assigning import come_in, make_rule, rule_of

pytestmark = pytest.mark.django_db

To = AssignmentRule.To


@pytest.fixture
def team(db):
    """Three users who are the only members of a department, in the order of their turns."""
    department = Department.objects.create(name="Team")
    users = [make_user(name, "rep", [department]) for name in ("tara", "theo", "tina")]
    return department, users


@pytest.fixture
def at(monkeypatch):
    """at(2026, 11, 16, 9) is that moment in UTC."""

    def moment(*parts: int) -> None:
        now = datetime(*parts, tzinfo=UTC)
        monkeypatch.setattr("leads.assignment.candidates.timezone.now", lambda: now)

    return moment


def test_the_turn_goes_on_fairly_after_the_user_who_had_the_last_one_is_deactivated(make_lead, team):
    department, (first, second, third) = team
    make_rule("Team", department=department)
    before = [make_lead(f"Before {number}") for number in range(2)]
    come_in(before)
    assert [lead.owner for lead in before] == [first, second]
    User.objects.filter(pk=second.pk).update(is_active=False)
    after = [make_lead(f"After {number}") for number in range(5)]
    come_in(after)
    assert [lead.owner for lead in after] == [third, first, third, first, third]


def test_a_department_without_active_members_leaves_leads_to_the_next_rule(make_lead, team, bob):
    department, users = team
    make_rule("Team", department=department)
    make_rule("Rest", user=bob)
    User.objects.filter(pk__in=[user.pk for user in users]).update(is_active=False)
    lead = make_lead()
    come_in([lead])
    assert (lead.owner, rule_of(lead)) == (bob, "Rest")


@pytest.mark.parametrize("assigns_to", [To.IN_TURN, To.FEWEST])
def test_a_department_without_members_leaves_leads_unassigned_and_the_run_log_says_so(
    make_lead, team, assigns_to
):
    department, _users = team
    make_rule("Team", department=department, assigns_to=assigns_to)
    Membership.objects.filter(department=department).delete()
    lead = make_lead()
    record = come_in([lead])
    assert lead.owner is None
    assert AssignmentRun.objects.get(operation=record).no_one == 1


@pytest.mark.parametrize("present", ["day", "hours"])
def test_no_one_gets_leads_on_a_holiday_of_their_department(make_lead, team, bob, at, present):
    department, _users = team
    make_rule("Team", department=department, present=present)
    make_rule("Rest", user=bob, present=present)
    Holiday.objects.create(day=date(2026, 11, 16), name="Founding day", department=department)
    at(2026, 11, 16, 10)
    lead = make_lead()
    come_in([lead])
    assert lead.owner == bob


def test_on_a_holiday_of_all_departments_leads_stay_unassigned_until_the_next_day(make_lead, bob, at):
    make_rule("Bob", user=bob, present="hours")
    Holiday.objects.create(day=date(2026, 12, 1), name="National day")
    lead, other = make_lead("Ana Albu"), make_lead("Ion Pop")
    at(2026, 12, 1, 10)
    come_in([lead])
    at(2026, 12, 2, 10)
    come_in([other])
    assert (lead.owner, other.owner) == (None, bob)


@pytest.mark.parametrize(
    ("zone", "hour", "works"),
    [
        ("America/New_York", 13, False),  # 8 o'clock there
        ("America/New_York", 15, True),  # 10 o'clock
        ("Asia/Tokyo", 7, True),  # 16 o'clock
        ("Asia/Tokyo", 9, False),  # 18 o'clock
    ],
)
def test_working_hours_are_those_in_the_time_zone_of_the_user(make_lead, bob, at, zone, hour, works):
    make_rule("Bob", user=bob, present="hours")
    User.objects.filter(pk=bob.pk).update(time_zone=zone)
    at(2026, 11, 16, hour)
    lead = make_lead()
    come_in([lead])
    assert (lead.owner == bob) is works


def test_the_working_day_is_that_of_the_users_time_zone(make_lead, bob, at):
    make_rule("Bob", user=bob, present="day")
    User.objects.filter(pk=bob.pk).update(time_zone="Pacific/Auckland")
    lead, other = make_lead("Ana Albu"), make_lead("Ion Pop")
    # Friday afternoon in UTC is Saturday in Auckland, and Sunday evening is Monday.
    at(2026, 11, 13, 15)
    come_in([lead])
    at(2026, 11, 15, 20)
    come_in([other])
    assert (lead.owner, other.owner) == (None, bob)


def test_full_users_lose_their_turns_and_the_others_share_the_rest(make_lead, team):
    department, (first, second, third) = team
    make_rule("Team", department=department, most_open=3, otherwise="no_owner")
    for number in range(2):
        make_lead(f"Old {number}", owner=first, department=department)
    new = [make_lead(f"New {number}") for number in range(8)]
    come_in(new)
    assert Counter(lead.owner for lead in new) == {first: 1, second: 3, third: 3, None: 1}


def test_closed_leads_and_those_in_trash_leave_room(make_lead, bob):
    make_rule("Bob", user=bob, most_open=1)
    make_lead("Lost", owner=bob, status="lost")
    lead = make_lead("Ana Albu")
    come_in([lead])
    assert lead.owner == bob
