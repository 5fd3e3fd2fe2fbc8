"""Who sees, changes and takes a record: by owner, by department, and by the flag "shared with everyone"."""

from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from accounts.models import Role, User
from accounts.scope import WAYS, combine_conditions
from crm.fields.models.record import PRESENT
from crm.fields.sort_segments import Slice
from leads.models import Lead

# Bob's records of his department and of another one; those of a colleague there; those without an owner; and one more of the
# other department that is shared.
RECORDS = ("own", "own elsewhere", "colleague's", "foreign", "free", "free elsewhere", "shared")
EVERY = set(RECORDS)
OWN, HERE = {"own", "own elsewhere"}, {"own", "colleague's", "free"}


class Case(NamedTuple):
    sees: set[str]
    changes: set[str]
    takes: set[str]


CASES = {
    (): Case(set(), set(), {"free"}),
    ("see_own",): Case({*OWN, "shared"}, OWN, {"free"}),
    ("see_own", "see_unassigned"): Case({*OWN, "free", "shared"}, OWN, {"free"}),
    ("see_unassigned",): Case({*OWN, "free", "shared"}, OWN, {"free"}),
    ("see_departments",): Case({*OWN, *HERE, "shared"}, {*OWN, *HERE}, {"free"}),
    ("see_departments", "see_unassigned"): Case({*OWN, *HERE, "shared"}, {*OWN, *HERE}, {"free"}),
    ("see_all",): Case(EVERY, EVERY, {"free", "free elsewhere"}),
    ("see_all", "see_own", "see_unassigned"): Case(EVERY, EVERY, {"free", "free elsewhere"}),
}


@pytest.mark.parametrize(("rights", "case"), CASES.items(), ids=["; ".join(one) or "none" for one in CASES])
def test_who_sees_changes_and_takes_a_record(rights, case, cast, departments, make_lead):
    bob = cast.bob
    here, there = departments.sales, departments.export
    made: dict[str, dict[str, Any]] = {
        "own": {"owner": bob, "department": here},
        "own elsewhere": {"owner": bob, "department": there},
        "colleague's": {"owner": cast.ben, "department": here},
        "foreign": {"owner": cast.dan, "department": there},
        "free": {"department": here},
        "free elsewhere": {"department": there},
        "shared": {"owner": cast.dan, "department": there, "shared": True},
    }
    leads = {name: make_lead(**made[name]) for name in RECORDS}
    names = {lead.pk: name for name, lead in leads.items()}
    user = SimpleNamespace(
        pk=bob.pk,
        department_ids=[here.pk],
        has_perm=lambda right: right.removeprefix("accounts.") in rights,
    )
    scope = Lead.scope

    def found(condition: Any) -> set[str]:
        return {names[pk] for pk in Lead.objects.filter(condition).values_list("pk", flat=True)}

    assert found(scope.build_visible_condition(user)) == case.sees
    assert found(scope.build_changeable_condition(user)) == case.changes
    assert found(scope.build_takeable_condition(user)) == case.takes
    assert found(scope.build_own_condition(user)) == (OWN if rights else set())
    # The same of a single record.
    ways = scope.get_visibility_ways(user)
    assert {
        name for name, lead in leads.items() if any(way.does_show(lead, user) for way in ways)
    } == case.sees
    assert {name for name, lead in leads.items() if scope.may_change(lead, user)} == case.changes
    assert {name for name, lead in leads.items() if scope.may_take(lead, user)} == case.takes


REASONS = {
    "own": "owner",
    "own elsewhere": "owner",
    "colleague's": "department",
    "free": "department",
    "shared": "shared",
}


@pytest.mark.parametrize("name", REASONS)
def test_the_most_direct_way_explains_a_record(name):
    user = SimpleNamespace(
        pk=1, department_ids=[1], has_perm=lambda right: right == "accounts.see_departments"
    )
    owners = {"own": 1, "own elsewhere": 1, "colleague's": 2, "free": None, "shared": 3}
    record = Lead(
        owner_id=owners[name],
        department_id=1 if name in ("own", "colleague's", "free") else 2,
        shared=name == "shared",
    )
    assert (
        next(way.name for way in Lead.scope.get_visibility_ways(user) if way.does_show(record, user))
        == REASONS[name]
    )


HELD = {
    (): [],
    ("see_own",): ["owner", "shared"],
    ("see_own", "see_unassigned"): ["owner", "unassigned", "shared"],
    # The department includes what is unassigned there, and everything includes the rest.
    ("see_own", "see_unassigned", "see_departments"): ["owner", "department", "shared"],
    ("see_own", "see_unassigned", "see_departments", "see_all"): ["all"],
}


@pytest.mark.parametrize(("rights", "ways"), HELD.items(), ids=["; ".join(one) or "none" for one in HELD])
def test_ways_that_another_one_includes_are_left_out(rights, ways):
    user = SimpleNamespace(has_perm=lambda right: right.removeprefix("accounts.") in rights)
    assert [way.name for way in Lead.scope.get_visibility_ways(user)] == ways


RIGHTS = {
    "the right to see all": ("accounts", "user", "see_all", {"all"}),
    "the right to see departments": ("accounts", "user", "see_departments", {"department"}),
    "a right of another app that is called the same": ("leads", "lead", "see_all", set()),
    "another right": ("leads", "lead", "view_lead", set()),
}


@pytest.mark.parametrize(("app", "model", "codename", "ways"), RIGHTS.values(), ids=RIGHTS)
def test_in_which_ways_users_with_a_right_see_the_lead_of_a_colleague(
    app, model, codename, ways, cast, departments, make_lead
):
    kind = ContentType.objects.get_by_natural_key(app, model)
    right, _made = Permission.objects.get_or_create(content_type=kind, codename=codename)
    role = Role.objects.create(name="Auditors", key="auditors")
    role.permissions.add(right)
    cast.bob.groups.set([role])
    lead = make_lead(owner=cast.ben, department=departments.sales)
    users = User.objects.filter(pk=cast.bob.pk)
    assert {way.name for way in WAYS if users.filter(way.build_users_condition(lead)).exists()} == ways


# A lead, and the ways in which Bob of Sales sees it, who has all four rights.
SEEN = {
    "his own": ("bob", "sales", False, {"owner", "all", "department"}),
    "his own of another department": ("bob", "export", False, {"owner", "all"}),
    "a colleague's": ("ben", "sales", False, {"all", "department"}),
    "someone else's": ("dan", "export", False, {"all"}),
    "someone else's that is shared": ("dan", "export", True, {"all", "shared"}),
    "an unassigned one": ("", "sales", False, {"all", "department", "unassigned"}),
    "an unassigned one of another department": ("", "export", False, {"all"}),
}


@pytest.mark.parametrize(("owner", "place", "shared", "ways"), SEEN.values(), ids=SEEN)
def test_in_which_ways_a_lead_is_seen(owner, place, shared, ways, cast, departments, make_lead):
    role = Role.objects.create(name="Auditors", key="auditors")
    rights = ("see_own", "see_unassigned", "see_departments", "see_all")
    role.permissions.set(Permission.objects.filter(content_type__app_label="accounts", codename__in=rights))
    cast.bob.groups.set([role])
    people = {**vars(cast), "": None}
    lead = make_lead(owner=people[owner], department=getattr(departments, place), shared=shared)
    # The users who see a lead in a way are those to whom it is shown in that way.
    assert {way.name for way in WAYS if way.does_show(lead, cast.bob)} == ways
    users = User.objects.filter(pk=cast.bob.pk)
    assert {way.name for way in WAYS if users.filter(way.build_users_condition(lead)).exists()} == ways


def test_a_user_without_a_way_sees_nothing(db):
    assert not Lead.objects.filter(combine_conditions([])).exists()
    assert [way.name for way in WAYS] == ["owner", "all", "department", "unassigned", "shared"]


HERE_ID, THERE_ID, USER = 1, 2, 7
MINE, UNOWNED, SHARED_ONES = Q(owner=USER), Q(owner=None), Q(shared=True)
BUT_MINE = {"index": PRESENT, "but": ("owner", USER)}
BY_DEPARTMENT, BY_OWNER = ("department_id",), ("department_id", "owner_id")


def within(*departments: int, **values: Any) -> Slice:
    return Slice(
        **{"condition": Q(), "column": "department_id", "values": departments, "index": PRESENT, **values}
    )


class Read(NamedTuple):
    """The slices in which a list reads what a user of the first department sees, with an index by department, and with one by
    department and owner."""

    rights: tuple[str, ...]
    by_department: list[Slice]
    by_owner: list[Slice]
    departments: tuple[int, ...] = (HERE_ID, THERE_ID)


ELSEWHERE = Slice(MINE & Q(department__in=(THERE_ID,)), index=PRESENT)
SHARED_AWAY = Slice(SHARED_ONES & ~(MINE & Q(department__in=(THERE_ID,))), **BUT_MINE)
OWN_AWAY, SHARED_BY_OWNER = within(THERE_ID, beside=MINE), Slice(Q(), beside=SHARED_ONES, **BUT_MINE)
READS = {
    "everything": Read(("see_all",), [within(HERE_ID, THERE_ID)], [within(HERE_ID, THERE_ID)]),
    "nothing": Read((), [], []),
    "the department": Read(
        ("see_departments",),
        [within(HERE_ID), ELSEWHERE, SHARED_AWAY],
        [within(HERE_ID), OWN_AWAY, SHARED_BY_OWNER],
    ),
    "the department, which is the only one": Read(
        ("see_departments",),
        [within(HERE_ID), Slice(SHARED_ONES, **BUT_MINE)],
        [within(HERE_ID), within(beside=MINE), SHARED_BY_OWNER],
        (HERE_ID,),
    ),
    "one's own ones": Read(
        ("see_own",),
        [within(HERE_ID, condition=MINE), ELSEWHERE, SHARED_AWAY],
        [within(HERE_ID, beside=MINE), OWN_AWAY, SHARED_BY_OWNER],
    ),
    "one's own ones and unassigned ones": Read(
        ("see_own", "see_unassigned"),
        [within(HERE_ID, condition=MINE | UNOWNED), ELSEWHERE, SHARED_AWAY],
        [
            within(HERE_ID, beside=MINE),
            within(HERE_ID, beside=UNOWNED),
            OWN_AWAY,
            SHARED_BY_OWNER,
        ],
    ),
}


@pytest.mark.parametrize("case", READS.values(), ids=READS)
def test_the_slices_in_which_a_list_is_read(case):
    """Each is a part of an index, so a page reads no more rows than it shows, whoever owns the others."""
    user = SimpleNamespace(
        pk=USER,
        department_ids=[HERE_ID],
        installation_department_ids=[*case.departments],
        has_perm=lambda right: right.removeprefix("accounts.") in case.rights,
    )
    assert Lead.scope.build_slices(user, BY_DEPARTMENT) == case.by_department
    assert Lead.scope.build_slices(user, BY_OWNER) == case.by_owner
