"""Which members of a department take part in a rule that names roles and members."""

from types import SimpleNamespace
from typing import NamedTuple

import pytest

from leads.assignment.candidates import takes_part
from tests.decisions.assignment.test_rules import ANN, BOB, DAN, EXPORT, SALES, rule

REP, MANAGER = 21, 22


class Member(NamedTuple):
    """Whether this user takes part in a rule for Sales, which names these roles and people."""

    takes_part: bool
    roles: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    held: tuple[int, ...] = (REP,)
    member_of: tuple[int, ...] = (SALES,)
    views_leads: bool = True


MEMBERS = {
    "a rule for all members": Member(True),
    "a rule for all members, and someone of another department": Member(False, member_of=(EXPORT,)),
    "a rule for all members, and one who can't view leads": Member(False, views_leads=False),
    "a member with a role that the rule names": Member(True, roles=(REP,)),
    "a member with one of the roles that the rule names": Member(True, roles=(REP, MANAGER), held=(MANAGER,)),
    "a member with another role": Member(False, roles=(MANAGER,)),
    "a member without a role": Member(False, roles=(REP,), held=()),
    "someone of another department with the role": Member(False, roles=(REP,), member_of=(EXPORT,)),
    "a member whom the rule names": Member(True, people=(BOB,)),
    "a member whom the rule doesn't name": Member(False, people=(ANN, DAN)),
    "a member with another role whom the rule names": Member(True, roles=(MANAGER,), people=(BOB,)),
    "a member with the role whom the rule doesn't name": Member(True, roles=(REP,), people=(ANN,)),
    "a member with neither": Member(False, roles=(MANAGER,), people=(ANN,)),
    "someone whom the rule names and who left the department": Member(
        False, people=(BOB,), member_of=(EXPORT,)
    ),
    "a member whom the rule names and who can't view leads": Member(False, people=(BOB,), views_leads=False),
}


@pytest.mark.parametrize("case", MEMBERS.values(), ids=MEMBERS.keys())
def test_which_members_a_rule_is_for(case):
    user = SimpleNamespace(
        pk=BOB, held_roles=[*case.held], member_of=[*case.member_of], views_leads=case.views_leads
    )
    assert takes_part(rule(roles=[*case.roles], people=[*case.people]), user) is case.takes_part
