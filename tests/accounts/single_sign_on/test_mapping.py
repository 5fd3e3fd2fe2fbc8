"""The groups of an account decide the role and the departments at each sign-in, or deactivate the user."""

import pytest
from django.test import Client

from accounts.models import AccountChange, ClaimRule, Department, Identity, Role, SignOnPolicy, User
from accounts.single_sign_on.claim_mapping import get_claim_values
from crm.models import Operation
from leads.models import Lead
from tests.accounts.second_factor.stepping import signed_in_as
from tests.accounts.single_sign_on.providing import (
    claims_of,
    departments_of,
    person,
    refused,
    roles_of,
    set_up,
    sign_in_with,
)
from tests.accounts.users.leaving import owner_of
from tests.conftest import make_user

ADMINISTRATORS, SELLERS, MANAGERS, EXPORT = "crm-administrators", "sellers", "managers", "export"


@pytest.fixture
def acme(server, departments):
    return set_up(server)


@pytest.fixture
def mapped(acme, departments):
    """Administrators before managers before sellers; the export group adds a department."""
    rows = [
        (ADMINISTRATORS, "administrator", None),
        (MANAGERS, "manager", None),
        (SELLERS, "rep", departments.sales),
    ]
    rows += [(EXPORT, None, departments.export)]
    for place, (value, role, department) in enumerate(rows, 1):
        role = Role.objects.get(key=role) if role else None
        ClaimRule.objects.create(provider=acme, position=place, value=value, role=role, department=department)
    return acme


def test_without_a_match_and_a_default_role_no_account_is_made(client, server, mapped):
    answer = sign_in_with(client, server, mapped, groups=["others"])
    assert "Acme gives you no role in Leadwell" in refused(client, answer)
    assert not User.objects.exists()


def test_the_first_row_that_matches_decides_the_role_and_every_one_adds_its_department(
    client, server, mapped
):
    sign_in_with(client, server, mapped, groups=[EXPORT, SELLERS, MANAGERS])
    assert roles_of(person("eve")) == ["manager"]
    assert departments_of(person("eve")) == ["Sales", "Export"]


def test_each_sign_in_applies_the_mapping_as_recorded_changes_of_the_account(client, server, mapped, bob):
    sign_in_with(client, server, mapped, **claims_of(bob, MANAGERS, EXPORT))
    assert (roles_of(bob), departments_of(bob)) == (["manager"], ["Export"])
    kinds = AccountChange.objects.order_by("pk").values_list("kind", "by", "after")
    assert list(kinds) == [("roles", None, ["Sales Manager"]), ("departments", None, ["Export"])]
    sign_in_with(Client(), server, mapped, **claims_of(bob, MANAGERS, EXPORT))
    assert AccountChange.objects.count() == 2


def test_without_rows_for_departments_those_stay_as_they_are(client, server, acme, bob):
    ClaimRule.objects.create(provider=acme, position=1, value=MANAGERS, role=Role.objects.get(key="manager"))
    sign_in_with(client, server, acme, **claims_of(bob, MANAGERS))
    bob.set_departments([Department.objects.get(name="Export")])
    sign_in_with(Client(), server, acme, **claims_of(bob, MANAGERS))
    assert departments_of(bob) == ["Export"]


def test_a_retired_role_is_not_given(client, server, mapped):
    Role.objects.filter(key="manager").update(retired=True)
    sign_in_with(client, server, mapped, groups=[MANAGERS, SELLERS])
    assert roles_of(person("eve")) == ["rep"]


def test_a_returning_user_without_a_role_is_deactivated_and_the_records_get_their_new_owner(
    client, server, mapped, ada, bob, ben, make_lead
):
    mapped.heir, mapped.saved_by = ben, ada
    mapped.save()
    lead, won = make_lead("Ana New", owner=bob), make_lead("Ana Won", owner=bob, status="won")
    sign_in_with(client, server, mapped, **claims_of(bob, SELLERS))
    other = Client()
    assert "gives you no role" in refused(
        other, sign_in_with(other, server, mapped, **claims_of(bob, "others"))
    )
    bob.refresh_from_db()
    assert not bob.is_active
    assert (owner_of(lead), owner_of(won)) == (ben, bob)
    assert client.get("/profile").status_code == 302
    assert Operation.objects.get(kind="deactivate").by == ada
    assert "Your account is deactivated" in refused(
        other, sign_in_with(other, server, mapped, **claims_of(bob, SELLERS))
    )


def test_without_a_new_owner_the_records_of_a_deactivated_user_are_unassigned(
    server, mapped, ada, bob, make_lead
):
    lead = make_lead(owner=bob)
    sign_in_with(Client(), server, mapped, **claims_of(bob, SELLERS))
    sign_in_with(Client(), server, mapped, **claims_of(bob))
    assert Lead.objects.get(pk=lead.pk).owner is None
    assert not person("bob").is_active


def test_someone_who_comes_the_first_time_without_a_role_is_not_deactivated(client, server, mapped, bob):
    refused(client, sign_in_with(client, server, mapped, **claims_of(bob, "others")))
    assert person("bob").is_active
    assert not Identity.objects.exists()


def test_a_provider_that_sends_no_groups_at_all_deactivates_no_one(client, server, mapped, bob):
    sign_in_with(Client(), server, mapped, **claims_of(bob, SELLERS))
    answer = sign_in_with(client, server, mapped, **claims_of(bob) | {"groups": None})
    assert "Acme didn’t send your groups" in refused(client, answer)
    assert person("bob").is_active


def link(acme, user: User) -> None:
    Identity.objects.create(provider=acme, subject=f"acme-{user.pk}", user=user)


def test_the_last_administrator_is_neither_demoted_nor_deactivated(client, server, mapped, ada):
    link(mapped, ada)
    sign_in_with(client, server, mapped, **claims_of(ada, SELLERS))
    assert signed_in_as(client) == str(ada.pk)
    assert roles_of(ada) == ["administrator"]
    refused(other := Client(), sign_in_with(other, server, mapped, **claims_of(ada, "others")))
    assert person("ada").is_active


def test_another_administrator_is_demoted_by_the_mapping(client, server, mapped, ada):
    second = make_user("alba", "administrator", [Department.objects.get(name="Sales")])
    link(mapped, second)
    sign_in_with(client, server, mapped, **claims_of(second, SELLERS))
    assert roles_of(second) == ["rep"]


def test_the_mapping_does_not_change_emergency_administrators(client, server, mapped, ada):
    make_user("alba", "administrator", [Department.objects.get(name="Sales")])
    link(mapped, ada)
    SignOnPolicy.objects.create(only=True).keepers.add(ada)
    sign_in_with(client, server, mapped, **claims_of(ada, "others"))
    assert signed_in_as(client) == str(ada.pk)
    assert roles_of(ada) == ["administrator"]


def test_what_happens_to_accounts_is_logged(server, mapped, ada, bob, noted):
    lines = noted(lambda: sign_in_with(Client(), server, mapped, **claims_of(bob, MANAGERS)))
    assert [line["event"] for line in lines] == ["sign_on_linked", "account_roles", "signed_in"]
    lines = noted(lambda: sign_in_with(Client(), server, mapped, **claims_of(bob, "others")))
    assert [line["event"] for line in lines] == ["user_deactivated", "sign_on_deactivated", "sign_on_failed"]
    assert (lines[-1]["why"], lines[-1]["tried"]) == ("no role", bob.email)


@pytest.mark.parametrize(
    ("claims", "name", "values"),
    [
        ({"groups": ["a", "b", "a", 3, None]}, "groups", ["a", "b"]),
        ({"groups": "a"}, "groups", ["a"]),
        ({"groups": []}, "groups", []),
        ({}, "groups", None),
        ({"groups": {"a": 1}}, "groups", None),
        ({"realm_access": {"roles": ["a"]}}, "realm_access.roles", ["a"]),
        ({"https://example.com/roles": ["a"]}, "https://example.com/roles", ["a"]),
        ({"groups": ["x" * 999] * 2}, "groups", ["x" * 200]),
        (
            {"groups": [str(number) for number in range(9_999)]},
            "groups",
            [str(number) for number in range(500)],
        ),
    ],
)
def test_values_are_read_from_a_text_a_list_or_a_claim_inside_another_one(claims, name, values):
    assert get_claim_values(claims, name) == values
