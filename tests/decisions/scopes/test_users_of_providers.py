"""Which users an identity provider sees, and which of them a filter describes: never those whom the user of its token doesn't see."""

from typing import Any

import pytest

from accounts.models import Provisioned, User
from accounts.scim.filter_parser import AllOf, AnyOf, Condition, Equal
from accounts.scim.problems import ScimProblem
from accounts.scim.scim_querysets import (
    build_user_condition,
    filtered_users_queryset,
    is_id,
    provisioned_users_queryset,
    users_with_deleted_queryset,
)
from tests.conftest import make_user

pytestmark = pytest.mark.django_db

# By name: what the provider calls the user and the id it has for them, whether it has deleted them, and whether they are active.
PEOPLE: dict[str, tuple[tuple[str, str, bool] | None, bool]] = {
    "eva": (("Eva.Pop", "id-7", False), True),
    "ion": (("", "", False), False),
    "dora": (None, True),
    "deleted": (("deleted", "id-9", True), False),
    "returned": (("returned", "", True), True),
}


@pytest.fixture
def people(departments) -> dict[str, User]:
    """Those of Sales; "far" is in Export."""
    found = {}
    for name, (provisioned, active) in PEOPLE.items():
        found[name] = make_user(name, "rep", [departments.sales], is_active=active)
        if provisioned:
            called, external, deleted = provisioned
            user_name = called or found[name].email
            Provisioned.objects.create(
                user=found[name], user_name=user_name, external_id=external, deleted=deleted
            )
    found["far"] = make_user("far", "rep", [departments.export])
    return found


def get_names(rows: Any, people: dict[str, User]) -> list[str]:
    """Those of the people above, in the order of the rows."""
    names = {user.pk: name for name, user in people.items()}
    return [names[user.pk] for user in rows if user.pk in names]


@pytest.mark.parametrize(("by", "far"), [("ann", []), ("ada", ["far"])], ids=["of a department", "of all"])
def test_a_provider_sees_the_users_whom_its_own_user_sees_except_deleted_ones(by, far, people, cast):
    user = getattr(cast, by)
    there = ["eva", "ion", "dora", "returned"]
    assert sorted(get_names(provisioned_users_queryset(user), people)) == sorted(there + far)
    # In the order in which they were added.
    assert get_names(filtered_users_queryset(user, None), people) == there + far
    every = get_names(users_with_deleted_queryset(user), people)
    assert sorted(every) == sorted([*there, "deleted", *far])


# A filter, and whom it describes. What is in braces is the ID of the user with this name.
FILTERS: dict[str, tuple[Condition, list[str]]] = {
    "the name for the provider": (Equal("username", "Eva.Pop"), ["eva"]),
    "the name in other letters": (Equal("username", "eva.POP"), ["eva"]),
    "the email of someone who has another name": (Equal("username", "eva@example.com"), []),
    "the email of someone whom the provider calls so": (Equal("username", "Ion@example.com"), ["ion"]),
    "the email of someone whom the provider hasn't added": (Equal("username", "dora@example.com"), ["dora"]),
    "a part of a name": (Equal("username", "eva"), []),
    "the name of a deleted user": (Equal("username", "deleted"), []),
    "the name of a user whom its user doesn't see": (Equal("username", "far@example.com"), []),
    "an email": (Equal("emails", "eva@example.com"), ["eva"]),
    "the value of an email in other letters": (Equal("emails.value", "EVA@Example.com"), ["eva"]),
    "an email of no one": (Equal("emails", "no@example.com"), []),
    "the id that the provider has for them": (Equal("externalid", "id-7"), ["eva"]),
    "its id in other letters": (Equal("externalid", "ID-7"), []),
    "no id of the provider": (Equal("externalid", ""), []),
    "an id": (Equal("id", "{dora}"), ["dora"]),
    "an id of a user whom its user doesn't see": (Equal("id", "{far}"), []),
    "an id of a deleted user": (Equal("id", "{deleted}"), []),
    "an id that is a word": (Equal("id", "dora"), []),
    "an id that is longer than any": (Equal("id", "9" * 19), []),
    "the shown name": (Equal("displayname", "Dora"), ["dora"]),
    "the shown name in other letters": (Equal("displayname", "dora"), []),
    "active": (Equal("active", True), ["eva", "dora", "returned"]),
    "active as a text": (Equal("active", "True"), ["eva", "dora", "returned"]),
    "not active": (Equal("active", False), ["ion"]),
    "not active as a text": (Equal("active", "false"), ["ion"]),
    "neither active nor not": (Equal("active", "perhaps"), []),
    "active is nothing": (Equal("active", None), []),
    "a name that is no text": (Equal("username", True), []),
    "an id that is no text": (Equal("id", None), []),
    "an id of the provider that is no text": (Equal("externalid", None), []),
    "an email that is no text": (Equal("emails", False), []),
    "all of two conditions": (AllOf((Equal("active", True), Equal("displayname", "Eva"))), ["eva"]),
    "all of two conditions that no one meets": (AllOf((Equal("active", False), Equal("displayname", "Eva"))), []),
    "any of two conditions": (AnyOf((Equal("active", False), Equal("displayname", "Eva"))), ["eva", "ion"]),
    "any of three conditions": (
        AnyOf((Equal("displayname", "Dora"), Equal("active", False), Equal("displayname", "Eva"))),
        ["eva", "ion", "dora"],
    ),
    "conditions in conditions": (
        AllOf((AnyOf((Equal("displayname", "Dora"), Equal("displayname", "Ion"))), Equal("active", True))),
        ["dora"],
    ),
}  # fmt: skip


def fill_in(condition: Condition, people: dict[str, User]) -> Condition:
    if not isinstance(condition, Equal):
        return condition
    ids = {f"{{{name}}}": str(user.pk) for name, user in people.items()}
    value = condition.value
    return Equal(condition.name, ids.get(value, value) if isinstance(value, str) else value)


@pytest.mark.parametrize(("condition", "names"), FILTERS.values(), ids=FILTERS)
def test_whom_a_filter_describes(condition, names, people, ann):
    rows = filtered_users_queryset(ann, fill_in(condition, people))
    assert get_names(rows, people) == names


@pytest.mark.parametrize("name", ["username.eva", "password", "groups", "x" * 60])
def test_users_arent_filtered_by_anything_else(name):
    with pytest.raises(ScimProblem) as refused:
        build_user_condition(AllOf((Equal("id", "7"), Equal(name, "7"))))
    known = "userName, externalId, emails.value, active, displayName, id"
    assert (refused.value.status, refused.value.scim_type) == (400, "invalidFilter")
    assert refused.value.message == f"Users can be filtered by {known}, not by {name[:50]!r}."


IDS = {
    "7": True,
    "0": True,
    "9" * 18: True,
    "9" * 19: False,
    "": False,
    "7a": False,
    "-7": False,
    "٣": False,
    " 7": False,
}


@pytest.mark.parametrize(("text", "may_be"), IDS.items(), ids=[f"“{text}”" for text in IDS])
def test_which_texts_can_be_the_id_of_a_user(text, may_be):
    assert is_id(text) is may_be
