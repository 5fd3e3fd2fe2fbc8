"""What happens to users whose groups give them no role or no administrator's role any more."""

from typing import Any

import pytest

from accounts.models import ClaimRule, Identity, IdentityProvider, Membership, Role, SignOnPolicy, User
from accounts.single_sign_on import user_matching
from accounts.single_sign_on.claim_mapping import (
    Coverage,
    Decision,
    apply_decision,
    get_mapping_rules,
    preview_mapping,
)
from accounts.single_sign_on.failure_reasons import NotSignedOn
from accounts.single_sign_on.user_matching import get_or_create_user
from accounts.users.last_administrator import LastAdministrator
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(departments) -> IdentityProvider:
    return IdentityProvider.objects.create(
        name="Acme", issuer="https://acme.example", client_id="x", default_department=departments.sales
    )


ROLES = ("administrator", "rep")
# The groups of an administrator, who else is one or stays in any case, and then their role, whether they are deactivated, and why
# nothing changes.
PREVIEWS: dict[str, tuple[list[str], str, str, bool, str]] = {
    "of the only one, with the role": (["administrator"], "", "Administrator", False, ""),
    "of the only one, with another role": (["rep"], "", "Administrator", False, "last"),
    "of the only one, without a role": ([], "", "Administrator", False, "last"),
    "of one of two, with the role": (["administrator"], "another", "Administrator", False, ""),
    "of one of two, with another role": (["rep"], "another", "Sales Rep", False, ""),
    "of one of two, without a role": ([], "another", "", True, ""),
    "of an emergency administrator": ([], "keeper", "Administrator", False, "keeper"),
    "of who would be an emergency administrator": (["rep"], "no keeper yet", "Sales Rep", False, ""),
}


@pytest.mark.parametrize(("groups", "others", "role", "leaves", "kept"), PREVIEWS.values(), ids=PREVIEWS)
def test_the_preview_of_a_mapping_for_an_administrator(groups, others, role, leaves, kept, provider, ada):
    for position, key in enumerate(ROLES):
        ClaimRule.objects.create(
            provider=provider, position=position, value=key, role=Role.objects.get(key=key)
        )
    Identity.objects.create(provider=provider, subject="1", user=ada, values=groups)
    if others:
        make_user("eva", "administrator", [])
    if "keeper" in others:
        SignOnPolicy.objects.create(only=others == "keeper").keepers.set([ada])
    (line,) = preview_mapping(provider, get_mapping_rules(provider))
    assert (line.role_now, line.role_then) == ("Administrator", role)
    assert (line.deactivated, line.kept) == (leaves, kept)


@pytest.mark.parametrize(
    ("groups", "place", "kept"),
    [(["a"], "Export", ""), ([], "Sales", "")],
    ids=["a group with a department", "no group"],
)
def test_rows_for_departments_alone_leave_the_last_administrator_the_role(
    groups, place, kept, provider, departments, ada
):
    ClaimRule.objects.create(provider=provider, position=0, value="a", department=departments.export)
    Identity.objects.create(provider=provider, subject="1", user=ada, values=groups)
    (line,) = preview_mapping(provider, get_mapping_rules(provider))
    assert (line.role_then, line.departments_then, line.deactivated) == ("Administrator", place, False)
    assert line.kept == kept


# Who is named in the settings of the provider as the new owner, and who gets the records of Bob, who leaves.
HEIRS: dict[str, tuple[str, list[str]]] = {
    "no one": ("", []),
    "a colleague": ("ben", ["Ben"]),
    "the user who leaves": ("bob", []),
    "a colleague who has left too": ("left", []),
    "a colleague without a department": ("ada", []),
}


@pytest.mark.parametrize(("named", "owners"), HEIRS.values(), ids=HEIRS)
def test_who_gets_the_records_of_a_user_who_has_no_role_any_more(named, owners, provider, cast, monkeypatch):
    left = make_user("left", "rep", cast.bob.departments.all(), is_active=False)
    Membership.objects.filter(user=cast.ada).delete()
    provider.heir = {**vars(cast), "left": left, "": None}[named]
    told: list[Any] = []
    monkeypatch.setattr(
        user_matching, "deactivate", lambda user, heirs, by, program: told.append((user, heirs, by, program))
    )
    user_matching._deactivate(provider, cast.bob)
    ((user, heirs, by, program),) = told
    assert ([one.name for one in heirs.users], heirs.department) == (owners, None)
    assert (user, by, program) == (cast.bob, cast.ada, "Acme")


def test_a_sign_in_takes_the_role_from_no_last_administrator(departments, ada):
    def apply(key: str) -> None:
        decision = Decision(Role.objects.get(key=key), (departments.sales,), by_rule=True)
        apply_decision(ada, decision, Coverage(True, False))

    apply("administrator")
    with pytest.raises(LastAdministrator):
        apply("rep")
    assert list(ada.groups.values_list("role__key", flat=True)) == ["administrator"]
    make_user("eva", "administrator", [])
    apply("rep")
    assert list(ada.groups.values_list("role__key", flat=True)) == ["rep"]


def test_a_preview_names_several_roles_in_the_order_of_the_alphabet(provider, bob):
    ClaimRule.objects.create(provider=provider, position=0, value="a", role=Role.objects.get(key="operator"))
    Identity.objects.create(provider=provider, subject="1", user=bob, values=["a"])
    bob.groups.add(Role.objects.get(key="manager"), Role.objects.get(key="operator"))
    (line,) = preview_mapping(provider, get_mapping_rules(provider))
    assert (line.role_now, line.role_then) == ("Operator, Sales Manager, Sales Rep", "Operator")


def test_a_person_without_a_role_gets_no_account(provider):
    provider.domains = "example.com"
    ClaimRule.objects.create(provider=provider, position=0, value="a", role=Role.objects.get(key="operator"))
    claims = {"sub": "1", "email": "eva@example.com", "email_verified": True, "groups": ["b"]}
    with pytest.raises(NotSignedOn) as refused:
        get_or_create_user(provider, claims)
    assert refused.value.why == "no role"
    assert not User.objects.filter(email="eva@example.com").exists()


def test_groups_change_the_role_of_everyone_but_the_emergency_administrators(provider, ada, bob):
    provider.domains = "example.com"
    ClaimRule.objects.create(provider=provider, position=0, value="a", role=Role.objects.get(key="operator"))
    keeper = make_user("eva", "administrator", [])
    SignOnPolicy.objects.create(only=True).keepers.set([keeper])
    for user, role in ((keeper, "administrator"), (bob, "operator")):
        Identity.objects.create(provider=provider, subject=user.name, user=user)
        claims = {"sub": user.name, "email": user.email, "email_verified": True, "groups": ["a"]}
        assert get_or_create_user(provider, claims) == user
        assert list(user.groups.values_list("role__key", flat=True)) == [role]
