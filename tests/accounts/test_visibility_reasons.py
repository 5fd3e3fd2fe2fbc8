""" "You can see this because…": the text matches the rule, and the counts match the users."""

import itertools
import re

import pytest
from django.contrib.auth.models import Permission

from accounts.models import Role, User
from accounts.visibility_reasons import (
    describe_other_viewers,
    describe_permissions,
    explain_visibility,
    get_visibility_reason,
)
from leads.kind import LEAD
from leads.models import Lead
from tests.conftest import make_user


def text(sentence: str) -> str:
    return re.sub("<[^>]+>", "", sentence)


def test_the_owner_sees_a_lead_because_they_own_it(bob, make_lead):
    assert get_visibility_reason(make_lead(owner=bob), bob) == "you’re the owner."


def test_a_manager_sees_a_lead_by_department_and_role(ann, bob, make_lead):
    assert text(get_visibility_reason(make_lead(owner=bob), ann)) == (
        "you belong to Sales, the department of this record, and your role Sales Manager can view records in own departments."
    )


def test_a_sales_rep_sees_the_unassigned_leads_of_their_department(bob, make_lead):
    words = text(get_visibility_reason(make_lead(), bob))
    assert words.startswith("this record is unassigned, you belong to its department Sales")
    assert "Sales Rep" in words


def test_a_user_who_sees_all_leads_is_shown_the_role(ada, make_lead):
    assert (
        text(get_visibility_reason(make_lead(), ada))
        == "your role Administrator can view records in all departments."
    )


def test_a_shared_lead_says_so(dan, bob, make_lead):
    assert get_visibility_reason(make_lead(owner=bob, shared=True), dan) == "it’s shared with everyone."


def test_a_name_with_markup_stays_text(ann, departments, make_lead):
    departments.sales.name = "<i>Sales</i>"
    departments.sales.save()
    assert "&lt;i&gt;Sales&lt;/i&gt;" in get_visibility_reason(make_lead(), ann)


def test_the_reason_and_the_permission_to_change_match_the_rule_for_every_user(cast, departments, make_lead):
    own = Role.objects.create(name="Own leads only")
    own.permissions.set(Permission.objects.filter(codename__in=["see_own", "view_lead", "change_lead"]))
    loner = make_user("loner", None, [departments.sales])
    loner.groups.add(own)
    people = [*vars(cast).values(), loner, make_user("nobody", None, [departments.sales])]
    people = list(User.objects.with_rights().filter(pk__in=[person.pk for person in people]))
    owners = [None, cast.bob, cast.carla, loner]
    for owner, department, shared in itertools.product(owners, vars(departments).values(), [False, True]):
        lead = make_lead(owner=owner, department=department, shared=shared)
        for person in people:
            seen = Lead.objects.visible_to(person).filter(pk=lead.pk).exists()
            assert bool(get_visibility_reason(lead, person)) == seen, (person, owner, department, shared)
            changeable = Lead.objects.changeable_by(person).filter(pk=lead.pk).exists()
            assert Lead.scope.may_change(lead, person) == changeable, (person, owner, department, shared)


def test_every_other_user_who_sees_a_lead_is_counted_once(cast, departments, make_lead):
    for owner, shared in [(None, False), (cast.bob, False), (cast.carla, False), (cast.bob, True)]:
        lead = make_lead(owner=owner, shared=shared)
        for person in vars(cast).values():
            if not Lead.objects.visible_to(person).filter(pk=lead.pk).exists():
                continue
            others = [
                other
                for other in vars(cast).values()
                if other.pk != person.pk and Lead.objects.visible_to(other).filter(pk=lead.pk).exists()
            ]
            numbers = sum(
                int(number) for number in re.findall(r"\d+", describe_other_viewers(lead, person, LEAD))
            )
            named = 1 if "(owner)" in describe_other_viewers(lead, person, LEAD) else 0
            assert numbers + named == len(others), (
                person,
                owner,
                shared,
                describe_other_viewers(lead, person, LEAD),
            )


def test_the_others_are_named_by_department_and_role(cast, make_lead):
    lead = make_lead(owner=cast.bob)
    words = describe_other_viewers(lead, cast.ann, LEAD)
    assert words.startswith("It’s also visible to Bob (owner), 1 person in Sales, 1 with the role ")
    assert set(re.findall(r"1 with the role ([A-Z]\w+ [A-Z]\w+|[A-Z]\w+)", words)) == {
        "Administrator",
        "Company Manager",
        "Super Operator",
    }


def test_inactive_users_and_users_without_access_to_leads_are_not_counted(cast, make_lead):
    lead = make_lead(owner=cast.ada)
    before = describe_other_viewers(lead, cast.ada, LEAD)
    User.objects.filter(pk=cast.ann.pk).update(is_active=False)
    Role.objects.get(key="operator").permissions.remove(Permission.objects.get(codename="view_lead"))
    assert "2 people in Sales" in before
    assert "in Sales" not in describe_other_viewers(lead, cast.ada, LEAD)


def test_a_lead_seen_by_no_other_user_says_so(departments, make_lead):
    ada = make_user("ada", "administrator", [departments.sales])
    assert describe_other_viewers(make_lead(), ada, LEAD) == "No one else can view it."


@pytest.mark.parametrize(
    ("who", "owned_by", "words"),
    [
        ("ann", "bob", "You can also change, assign, export and delete this record."),
        ("bob", "bob", "You can also change this record."),
        ("bob", None, "You can also take this record."),
        ("dan", "bob", "You can view this record, but you can’t change it."),
    ],
)
def test_the_explanation_says_what_you_may_do(cast, make_lead, who, owned_by, words):
    lead = make_lead(owner=getattr(cast, owned_by) if owned_by else None, shared=True)
    assert describe_permissions(lead, getattr(cast, who), LEAD) == words


def test_the_explanation_takes_two_queries(cast, make_lead, django_assert_num_queries):
    lead = Lead.objects.with_names().get(pk=make_lead(owner=cast.bob).pk)
    ann = User.objects.with_rights().get(pk=cast.ann.pk)
    with django_assert_num_queries(2):
        explain_visibility(lead, ann, LEAD)


def test_the_page_of_a_lead_explains_itself(sign_in, ann, bob, make_lead):
    lead = make_lead(owner=bob)
    page = sign_in(ann).get(f"/admin/leads/{lead.pk}/why").content.decode()
    assert "You can see this because…" in page
    assert "<b>Sales Manager</b>" in page
    assert "It’s also visible to" in page
