"""Who can get leads by a rule: those who have an account and a department, work now, and how many open leads they have."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Permission

from accounts.models import Department, Membership, Role, User
from leads.assignment.candidates import RulePeople
from leads.models import AssignmentRule
from tests.decisions.assignment.test_rules import rule

To, Present = AssignmentRule.To, AssignmentRule.Present
TEAM, OTHER, OLD = "the team", "another department", "a retired department"


class Someone(NamedTuple):
    """A user with these departments. `team` says whether rules for the team name them, `single` whether a rule for this user
    does."""

    departments: tuple[str, ...]
    team: bool = False
    single: bool = False
    active: bool = True
    views_leads: bool = True


PEOPLE = {
    "a member of the team": Someone((TEAM,), team=True, single=True),
    "a member of the team whose account was closed": Someone((TEAM,), active=False),
    "a member of another department": Someone((OTHER,), single=True),
    "a member of the team who can't view leads": Someone((TEAM,), single=True, views_leads=False),
    "a member of both": Someone((OTHER, TEAM), team=True, single=True),
    "someone without a department": Someone(()),
    "a member of a retired department": Someone((OLD,)),
    "a member of the team and of a retired department": Someone((OLD, TEAM), team=True, single=True),
}


@pytest.mark.parametrize("case", PEOPLE.values(), ids=PEOPLE)
def test_whom_a_rule_can_give_leads(case, db):
    departments = {
        name: Department.objects.create(name=name, retired=name == OLD) for name in (TEAM, OTHER, OLD)
    }
    user = User.objects.create(email="ana@example.com", name="Ana", is_active=case.active)
    role = Role.objects.create(name="Views something")
    codename = "view_lead" if case.views_leads else "view_company"
    role.permissions.set(Permission.objects.filter(codename=codename))
    user.groups.add(role)
    # A colleague's role says nothing about this user.
    colleague = User.objects.create(email="bea@example.com", name="Bea")
    others = Role.objects.create(name="Views something else")
    colleague.groups.add(others)
    for place, name in enumerate(case.departments):
        Membership.objects.create(user=user, department=departments[name], position=place)

    def named(**values: Any) -> bool:
        asked = rule(**values)
        return RulePeople([asked], usual=False).get_candidates(asked) == [user.pk]

    assert named(department_id=departments[TEAM].pk) is case.team
    assert named(department_id=departments[TEAM].pk, roles=[role.pk]) is case.team
    assert named(department_id=departments[TEAM].pk, roles=[others.pk]) is False
    assert named(department_id=departments[TEAM].pk, people=[user.pk]) is case.team
    assert named(department_id=departments[OLD].pk) is False
    assert named(to=To.USER, user=user.pk, department_id=None) is case.single
    asked = rule(to=To.USER, user=user.pk, department_id=None)
    if case.single:
        # Their leads go to the first department that is in use.
        first = next(name for name in case.departments if name != OLD)
        assert RulePeople([asked], usual=False).get_department(asked, user.pk) == departments[first].pk


OPEN: dict[str, tuple[dict[str, Any], int]] = {
    "an open lead": ({}, 1),
    "a contacted lead": ({"status": "contacted"}, 1),
    "a won lead": ({"status": "won"}, 0),
    "a lead in Trash": ({"deleted_at": datetime(2026, 1, 5, tzinfo=UTC)}, 0),
    "a colleague's lead": ({"owner": "ben"}, 0),
    "an unassigned lead": ({"owner": None}, 0),
}


@pytest.mark.parametrize(("values", "number"), OPEN.values(), ids=OPEN)
def test_which_leads_count_for_a_user(values, number, cast, make_lead):
    owner = cast.ben if values.get("owner") == "ben" else values.get("owner", cast.bob)
    make_lead(**{**values, "owner": owner})
    for most, to, counted in ((5, To.USER, True), (None, To.USER, False)):
        found = RulePeople([rule(to=to, user=cast.bob.pk, most=most)], usual=False).open
        assert found == {cast.bob.pk: number if counted else 0}
    # One rule that counts them is enough.
    rules = [rule(to=To.USER, user=cast.bob.pk, most=most) for most in (None, 5)]
    assert RulePeople(rules, usual=False).open == {cast.bob.pk: number}


EVENING = datetime(2026, 11, 20, 21, tzinfo=UTC)
WORKS = {
    "a rule for everyone, on a day off": ("", False, False, False, True),
    "on a working day, outside working hours": (Present.DAY, True, False, False, True),
    "on a day off": (Present.DAY, False, True, False, False),
    "on a working day, while away": (Present.DAY, True, True, True, False),
    "within working hours": (Present.HOURS, False, True, False, True),
    "outside working hours": (Present.HOURS, True, False, False, False),
    "within working hours, while away": (Present.HOURS, True, True, True, False),
}


@pytest.mark.parametrize("usual", [False, True], ids=["now", "in a preview of past leads"])
@pytest.mark.parametrize("case", WORKS.values(), ids=WORKS)
def test_who_works_now(case, usual):
    """By the day in their own time zone."""
    present, is_day, is_open, is_away, works = case
    asked = rule(present=present)
    user = SimpleNamespace(
        pk=7, member_of=[asked.department_id], views_leads=True, zone=ZoneInfo("Asia/Tokyo")
    )
    those: Any = object.__new__(RulePeople)
    those.usual, those.now, those.users = usual, EVENING, {7: user}
    there = datetime(2026, 11, 21).date()
    calendar = SimpleNamespace(
        is_working_day=lambda day: is_day and day == there, is_open=lambda now: is_open and now == EVENING
    )
    those.calendars = SimpleNamespace(get_for_department=lambda department, zone: calendar)
    those.absences = {there: SimpleNamespace(is_away=lambda pk: is_away)}
    assert those.get_candidates(asked) == ([7] if works or usual else [])
