"""Which rule a lead goes by, who gets it, and what its rules say if no one can."""

from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from crm.records.listing.stored_conditions import RecordConditions
from leads.assignment import assignment_plan as planning
from leads.assignment import rule_matching
from leads.assignment.assignment_plan import AssignedLead, AssignmentPlan, _assign_by_rules
from leads.assignment.candidates import RulePeople, RuleTurn
from leads.assignment.rule_conditions import parse_conditions
from leads.assignment.rule_matching import ReadRule, _group_rules_by_lead, get_rules_with_conditions
from leads.models import AssignmentRule

Rule = AssignmentRule
SALES, EXPORT, SUPPORT = 1, 2, 3
ANN, BOB, DAN = 11, 12, 13

# How leads come in, the rules in use that are for them, and those of them whose conditions can be read.
WAYS = {
    "by a form": ("form", [1, 2, 4]),
    "by an import": ("import", [2]),
    "by the API": ("api", []),
}


@pytest.mark.parametrize(("way", "found"), WAYS.values(), ids=WAYS)
def test_which_rules_are_for_leads_that_come_in_a_way(way, found, monkeypatch):
    ways = {1: ["form"], 2: ["import", "form"], 3: ["import"], 4: ["form"]}
    rules = [Rule(pk=number, ways=ways[number]) for number in ways]
    gone = {3: "The field was deleted."}
    monkeypatch.setattr(Rule, "get_all_in_use", lambda: rules)
    monkeypatch.setattr(rule_matching, "get_definitions_stamp", lambda: "")
    monkeypatch.setattr(
        rule_matching,
        "get_cached_conditions",
        lambda rule, stamp: RecordConditions(Q(), problem=gone.get(rule.pk, "")),
    )
    assert [one.rule.pk for one in rule_matching.get_rules_for(way)] == found


KEPT = {
    "conditions that are the same for each lead": (True, (), True),
    "conditions that aren't": (False, (), False),
    "conditions on a custom field": (True, ("c1",), False),
    "conditions on a custom field that aren't the same": (False, ("c1",), False),
}


def read_rule(number: int, *, kept: bool = True, fields: tuple[str, ...] = ()) -> ReadRule:
    return ReadRule(Rule(pk=number), "", "", RecordConditions(Q(vip=True), fields, kept=kept))


@pytest.mark.parametrize(("kept", "fields", "is_kept"), KEPT.values(), ids=KEPT.keys())
def test_whether_a_rule_is_compared_in_a_statement_that_is_kept(kept, fields, is_kept):
    assert read_rule(1, kept=kept, fields=fields).is_cacheable is is_kept


STATEMENTS = {
    "no rule": ([], "kept"),
    "rules that are the same for each lead": ([True, True], "kept"),
    "one that isn't, after one that is": ([True, False], "written each time"),
    "one that isn't, before one that is": ([False, True], "written each time"),
    "rules that aren't": ([False, False], "written each time"),
}


@pytest.mark.parametrize(("kept", "statement"), STATEMENTS.values(), ids=STATEMENTS.keys())
def test_rules_that_are_asked_together_share_a_statement(kept, statement, monkeypatch):
    """One that compares with a day would still compare with yesterday."""
    monkeypatch.setattr(rule_matching, "get_compiled_values", lambda *_told: "kept")
    monkeypatch.setattr(rule_matching, "_rule_matches_queryset", lambda *_told: "written each time")
    asked = [read_rule(number, kept=one) for number, one in enumerate(kept)]
    assert rule_matching._get_rule_matches([7], asked) == statement


class Answers(NamedTuple):
    """Whether a lead meets the conditions of rules 1 and 2; rule 3 is for all leads. Those that the lead meets, in order."""

    first: bool
    second: bool
    met: list[int]


ANSWERS = {
    "a lead that meets both": Answers(True, True, [3, 1, 2]),
    "a lead that meets the first one": Answers(True, False, [3, 1]),
    "a lead that meets the second one": Answers(False, True, [3, 2]),
    "a lead that meets none": Answers(False, False, [3]),
}


@pytest.mark.parametrize("case", ANSWERS.values(), ids=ANSWERS.keys())
def test_the_rules_that_a_lead_meets(case):
    rules = [read_rule(3), read_rule(1), read_rule(2)]
    others = [(8, True, True, True), (9, True, False, True)]
    found = dict(_group_rules_by_lead(rules, [*others, (7, True, case.first, case.second)]))
    assert [rule.pk for rule in found[7]] == case.met
    assert ([rule.pk for rule in found[8]], [rule.pk for rule in found[9]]) == ([3, 1, 2], [3, 2])


def people(open: dict[int, int], **departments: list[int]) -> RulePeople:
    """Those with open leads, each in Sales unless it is said otherwise."""
    made = object.__new__(RulePeople)
    made.usual, made.open = False, dict(open)
    names = {"ann": ANN, "bob": BOB, "dan": DAN}
    of = {names[name]: ids for name, ids in departments.items()}
    made.users = {
        pk: SimpleNamespace(pk=pk, member_of=of.get(pk, [SALES]), held_roles=[], views_leads=True)
        for pk in open
    }
    return made


def rule(
    to: str = Rule.To.IN_TURN, *, most: int | None = None, user: int | None = None, **values: Any
) -> Rule:
    return Rule(
        **{"pk": 1, "department_id": SALES, "assigns_to": to, "most_open": most, "user_id": user} | values
    )


class Turns(NamedTuple):
    """The open leads of the people, who got the last lead, and who gets the next ones; None for no one."""

    rule: Rule
    open: dict[int, int]
    gets: list[int | None]
    last: int | None = None
    usual: bool = False


ALL_FREE = {ANN: 0, BOB: 0, DAN: 0}
TURNS = {
    "each in turn": Turns(rule(), ALL_FREE, [ANN, BOB, DAN, ANN, BOB]),
    "the one after the last one comes first": Turns(rule(), ALL_FREE, [DAN, ANN, BOB], last=BOB),
    "after the last of all, the first one": Turns(rule(), ALL_FREE, [ANN, BOB], last=DAN),
    "after one who has left, the next one": Turns(rule(), {ANN: 0, DAN: 0}, [DAN, ANN], last=BOB),
    "in turn, no matter how many leads they have": Turns(rule(), {ANN: 9, BOB: 0}, [ANN, BOB, ANN]),
    "in turn, one who has as many as allowed is passed over": Turns(
        rule(most=5), {ANN: 5, BOB: 3}, [BOB, BOB, None]
    ),
    "in turn, one who becomes full is passed over": Turns(
        rule(most=2), {ANN: 1, BOB: 0, DAN: 0}, [ANN, BOB, DAN, BOB, DAN, None, None]
    ),
    "in turn, everyone is full": Turns(rule(most=2), {ANN: 2, BOB: 3}, [None]),
    "one with one lead fewer than allowed gets one more": Turns(rule(most=2), {ANN: 1}, [ANN, None]),
    "no one at all": Turns(rule(), {}, [None]),
    "whoever has fewest": Turns(rule(Rule.To.FEWEST), {ANN: 2, BOB: 0, DAN: 3}, [BOB, BOB, ANN, BOB, ANN]),
    "of those with equally few, the one whose turn it is": Turns(
        rule(Rule.To.FEWEST), ALL_FREE, [DAN, ANN, BOB, DAN], last=BOB
    ),
    "whoever has fewest, until they are full": Turns(
        rule(Rule.To.FEWEST, most=2), {ANN: 1, BOB: 0}, [BOB, ANN, BOB, None]
    ),
    "a single user": Turns(rule(Rule.To.USER, user=BOB), ALL_FREE, [BOB, BOB]),
    "a single user who is full": Turns(rule(Rule.To.USER, user=BOB, most=1), ALL_FREE, [BOB, None]),
    "a single user who isn't among them": Turns(rule(Rule.To.USER, user=99), ALL_FREE, [None]),
    "only people of the rule's department": Turns(rule(department_id=EXPORT), ALL_FREE, [None]),
    "in a preview of past leads, no one is full": Turns(
        rule(most=1), {ANN: 5, BOB: 0}, [ANN, BOB, ANN], usual=True
    ),
}


@pytest.mark.parametrize("case", TURNS.values(), ids=TURNS.keys())
def test_whose_turn_it_is(case):
    those = people(case.open)
    those.usual = case.usual
    turn = RuleTurn(case.rule, those, case.last)
    last = case.last
    for user in case.gets:
        assert turn.take_next() == user
        last = user if user is not None else last
        assert turn.last == last
    given = {pk: case.open[pk] + case.gets.count(pk) for pk in case.open}
    assert those.open == given


def test_leads_of_one_rule_count_for_another_one():
    those = people({ANN: 0, BOB: 0})
    in_turn, fewest = RuleTurn(rule(most=3), those, None), RuleTurn(rule(Rule.To.FEWEST, most=3), those, None)
    assert [in_turn.take_next(), fewest.take_next(), in_turn.take_next(), fewest.take_next()] == [
        ANN,
        BOB,
        BOB,
        ANN,
    ]
    assert [fewest.take_next(), in_turn.take_next(), fewest.take_next(), in_turn.take_next()] == [
        ANN,
        BOB,
        None,
        None,
    ]


class Home(NamedTuple):
    member_of: list[int]
    department: int | None
    home: int


HOMES = {
    "the department of the rule": Home([SALES, EXPORT], EXPORT, EXPORT),
    "the first one of the user, if they aren't in the rule's": Home([SALES, EXPORT], SUPPORT, SALES),
    "the first one of the user, if the rule has none": Home([EXPORT, SALES], None, EXPORT),
}


@pytest.mark.parametrize("case", HOMES.values(), ids=HOMES.keys())
def test_the_department_of_a_lead_of_another_one(case):
    assert (
        people({ANN: 0}, ann=case.member_of).get_department(rule(department_id=case.department), ANN)
        == case.home
    )


class Gives(NamedTuple):
    """The rules that a lead meets, in order: who is next by each, and what it says if no one is."""

    rules: tuple[tuple[int | None, str], ...]
    by: int | None
    owner: int | None = None
    no_one: bool = False


ON, STOP = Rule.Otherwise.NEXT, Rule.Otherwise.NO_OWNER
GIVES = {
    "no rule is for the lead": Gives((), None),
    "the first rule has someone": Gives(((ANN, ON), (BOB, ON)), 1, ANN),
    "the first rule has no one, and goes on": Gives(((None, ON), (BOB, ON)), 2, BOB),
    "the first rule has no one, and leaves the lead without an owner": Gives(
        ((None, STOP), (BOB, ON)), None, no_one=True
    ),
    "a rule that would leave it has someone": Gives(((ANN, STOP), (BOB, ON)), 1, ANN),
    "no rule has anyone": Gives(((None, ON), (None, ON)), None, no_one=True),
    "the second of three leaves the lead without an owner": Gives(
        ((None, ON), (None, STOP), (BOB, ON)), None, no_one=True
    ),
}


@pytest.mark.parametrize("case", GIVES.values(), ids=GIVES.keys())
def test_who_gets_a_lead(case):
    rules = [rule(pk=number, otherwise=other) for number, (_who, other) in enumerate(case.rules, 1)]
    asked: list[int] = []

    def turn(number: int, who: int | None) -> Any:
        return SimpleNamespace(take_next=lambda: asked.append(number) or who)

    turns = {number: turn(number, who) for number, (who, _other) in enumerate(case.rules, 1)}
    plan = AssignmentPlan("form")
    _assign_by_rules(plan, 7, rules, turns, people({ANN: 0, BOB: 0}))
    assert plan.given == ([AssignedLead(7, case.by, case.owner, SALES)] if case.by else [])
    assert plan.no_one == ([7] if case.no_one else [])
    assert plan.no_rule == ([7] if not case.rules else [])
    # No turn is used up by a rule after the one that counts.
    assert asked == [*range(1, len(asked) + 1)]
    assert case.by is None or asked[-1] == case.by


def test_only_the_leads_that_are_still_there_are_given_to_someone():
    plan = AssignmentPlan(
        "form",
        given=[
            AssignedLead(7, 1, ANN, SALES),
            AssignedLead(8, 1, BOB, SALES),
            AssignedLead(9, 2, ANN, SALES),
        ],
    )
    plan.keep_only([7, 9, 10])
    assert [(one.lead, one.owner) for one in plan.given] == [(7, ANN), (9, ANN)]
    assert plan.counts == {(1, ANN): 1, (2, ANN): 1}


def test_without_rules_a_new_lead_costs_no_query(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert get_rules_with_conditions([]) == []


def test_the_first_user_of_all_has_the_first_turn():
    turn = RuleTurn(rule(), people({1: 0, 2: 0}), None)
    assert [turn.take_next() for _each in range(5)] == [1, 2, 1, 2, 1]


def test_of_several_rules_one_may_ask_who_works_now(db):
    """The others don't, and neither do previews of past leads."""
    those = RulePeople([rule(present=True), rule()], usual=False)
    assert those.absences == {}
    assert not hasattr(RulePeople([rule()], usual=False), "absences")
    assert not hasattr(RulePeople([rule(present=True)], usual=True), "absences")


VIP, ROMANIA, GERMANY = Q(vip=True), Q(country__in=["RO"]), Q(country__in=["DE"])
MUST = {
    "a rule without conditions": ("", Q()),
    "one condition": ("vip=yes", VIP),
    "two conditions": ("vip=yes&country=RO", ROMANIA & VIP),
    "one of two": ("any.vip=yes&any.country=RO", ROMANIA | VIP),
    "one condition and one of two": ("country=DE&any.vip=yes&any.country=RO", GERMANY & (ROMANIA | VIP)),
    "a condition that says nothing": ("country=RO&vip=", ROMANIA),
    "an alternative that says nothing isn't met by every lead": ("country=RO&any.vip=&any.country=DE", ROMANIA & GERMANY),
    "only alternatives that say nothing": ("country=RO&any.vip=", ROMANIA),
}  # fmt: skip


@pytest.mark.parametrize(("query", "must"), MUST.values(), ids=MUST)
def test_what_a_lead_must_meet(query, must, on_paper):
    found = parse_conditions(QueryDict(query))
    assert (found.met, found.problem) == (must, "")


# Whether the rule that a lead meets remembers who got its last lead.
SHARED = {
    "in turn": (rule(), True),
    "whoever has fewest": (rule(Rule.To.FEWEST), True),
    "a single user": (rule(Rule.To.USER, user=BOB), False),
    "a single user, up to a number of leads": (rule(Rule.To.USER, user=BOB, most=5), True),
}


@pytest.mark.parametrize(("met", "shared"), SHARED.values(), ids=SHARED)
def test_which_rules_remember_who_was_last(met, shared, monkeypatch):
    asked: list[list[int]] = []
    monkeypatch.setattr(planning, "get_matching_rules", lambda rules, ids: {7: [met], 8: []})
    monkeypatch.setattr(
        planning,
        "_get_last_owners",
        lambda rules, *, held: asked.append([*rules]) or dict.fromkeys(rules, ANN),
    )
    monkeypatch.setattr(planning, "RulePeople", lambda rules, *, usual: people({ANN: 0, BOB: 0}))
    plan = planning._build_plan(AssignmentPlan("form"), [read_rule(1)], [7, 8], held=True)
    assert ([one.owner for one in plan.given], plan.no_rule) == ([BOB], [8])
    assert asked == [[1] if shared else []]
    assert plan.last == ({1: BOB} if shared else {})


NO_RULES = {
    "no rule": ([], {}),
    "no rule that the leads meet": ([read_rule(1)], {7: [], 8: []}),
}


@pytest.mark.parametrize(("rules", "met"), NO_RULES.values(), ids=NO_RULES)
def test_leads_that_meet_no_rule_have_no_owner(rules, met, monkeypatch):
    monkeypatch.setattr(planning, "get_matching_rules", lambda rules, ids: met)
    plan = planning._build_plan(AssignmentPlan("form"), rules, [7, 8], held=True)
    assert (plan.no_rule, plan.given) == ([7, 8], [])


def test_a_lead_that_is_converted_or_in_trash_meets_no_rule(make_lead, statuses):
    vip, _unasked = make_lead(vip=True), make_lead(vip=True)
    other, deleted = make_lead(), make_lead(vip=True, deleted_at=timezone.now())
    rules = [ReadRule(Rule(pk=3), "", "", RecordConditions(Q())), read_rule(1)]
    found = rule_matching.get_matching_rules(rules, [vip.pk, other.pk, deleted.pk])
    assert {lead: [one.pk for one in met] for lead, met in found.items()} == {vip.pk: [3, 1], other.pk: [3]}


LASTS = {
    "a plan that is carried out keeps the turns": ([1], True, "lock_last_users"),
    "a preview doesn't": ([1], False, "get_last_users"),
    "without rules that take turns, no turn is kept": ([], True, "get_last_users"),
    "nor is it in a preview": ([], False, "get_last_users"),
}


@pytest.mark.parametrize(("rules", "held", "asked"), LASTS.values(), ids=LASTS)
def test_when_a_plan_keeps_the_turns_of_rules(rules, held, asked, monkeypatch):
    """Two runs that keep the same turn wait for each other."""
    told = SimpleNamespace(
        lock_last_users=lambda rules: ("lock_last_users", rules),
        get_last_users=lambda rules: ("get_last_users", rules),
    )
    monkeypatch.setattr(planning, "AssignmentTurn", SimpleNamespace(objects=told))
    assert planning._get_last_owners(rules, held=held) == (asked, rules)
