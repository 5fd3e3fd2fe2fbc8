"""Who an account of a provider is here: known, linked by email or in the profile, new, mapped, or deactivated."""

import threading

import pytest
from django.db import connections
from django.test import Client

from accounts.models import AccountChange, ClaimRule, Department, Identity, Role, SignOnPolicy, User
from accounts.single_sign_on.mapping import values_in
from crm.models import Operation
from leads.models import Lead
from tests.accounts.leaving import owner_of
from tests.accounts.providing import begin, said, set_up, sign_in_with
from tests.accounts.stepping import give_app, signed_in_as
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


def roles_of(user: User) -> list[str]:
    return [group.role.key for group in user.groups.all()]


def departments_of(user: User) -> list[str]:
    return [str(row.department) for row in user.memberships.order_by("position")]


def person(name: str) -> User:
    return User.objects.get(email=f"{name}@example.com")


def claims_of(user: User, *groups: str) -> dict:
    return {"sub": f"acme-{user.pk}", "email": user.email, "name": user.name, "groups": list(groups)}


def refused(browser, answer) -> str:
    """The page after a failed sign-in."""
    assert answer["Location"] == "/login"
    assert signed_in_as(browser) is None
    return said(browser)


def test_an_existing_user_is_linked_by_a_verified_email_and_keeps_role_and_departments(
    client, server, acme, bob
):
    sign_in_with(client, server, acme, **claims_of(bob, "anything"))
    assert signed_in_as(client) == str(bob.pk)
    assert (roles_of(bob), departments_of(bob)) == (["rep"], ["Sales"])
    assert Identity.objects.get().user == bob


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_email_that_is_not_verified_neither_links_nor_adds_a_user(client, server, acme, bob, verified):
    answer = sign_in_with(client, server, acme, **claims_of(bob), email_verified=verified)
    assert "hasn’t verified your email" in refused(client, answer)
    assert not Identity.objects.exists()


def test_an_email_without_a_mark_is_accepted_if_an_administrator_has_chosen_so(client, server, acme, bob):
    acme.trusts_emails = True
    acme.save()
    sign_in_with(client, server, acme, **claims_of(bob), email_verified=None)
    assert signed_in_as(client) == str(bob.pk)


@pytest.mark.parametrize(
    "email", ["eve@example.org", "eve@sub.example.com", "eve@example.com.evil.org", "eve@", "", 7]
)
def test_an_email_of_another_domain_does_not_get_in(client, server, acme, email):
    acme.default_role = Role.objects.get(key="rep")
    acme.save()
    refused(client, sign_in_with(client, server, acme, email=email))
    assert not User.objects.exists()


def test_a_known_account_whose_email_leaves_the_domains_does_not_get_in_any_more(client, server, acme, bob):
    sign_in_with(client, server, acme, **claims_of(bob))
    other = Client()
    assert "example.org" in refused(
        other, sign_in_with(other, server, acme, **claims_of(bob) | {"email": "bob@example.org"})
    )


@pytest.mark.parametrize(("hd", "gets_in"), [("example.com", True), ("example.org", False), (None, False)])
def test_a_google_account_has_to_be_managed_by_the_domain(
    client, server, acme, bob, monkeypatch, hd, gets_in
):
    monkeypatch.setattr("accounts.single_sign_on.people.GOOGLE", server.issuer)
    sign_in_with(client, server, acme, **claims_of(bob), hd=hd)
    assert (signed_in_as(client) is not None) == gets_in


def test_an_administrator_is_not_linked_by_email(client, server, acme, ada):
    assert "link Acme in your profile" in refused(
        client, sign_in_with(client, server, acme, **claims_of(ada))
    )
    assert not Identity.objects.exists()


def test_a_user_with_two_step_verification_is_not_linked_by_email(client, server, acme, bob):
    give_app(bob)
    assert "link Acme in your profile" in refused(
        client, sign_in_with(client, server, acme, **claims_of(bob))
    )


def linking_address(browser) -> str:
    page = browser.get("/profile").text
    return page.split('href="/profile/provider/')[1].split('"')[0].replace("&amp;", "&")


def test_an_administrator_links_the_account_in_the_profile_and_signs_in_with_it(sign_in, server, acme, ada):
    browser = sign_in(ada)
    address = browser.get(f"/profile/provider/{linking_address(browser)}")["Location"]
    claims = claims_of(ada) | {"email": "ada.at.acme@example.com"}
    assert browser.get(server.back_from(address, **claims))["Location"] == "/profile"
    assert "Your account of Acme is linked." in said(browser, "/profile")
    other = Client()
    sign_in_with(other, server, acme, **claims)
    assert signed_in_as(other) == str(ada.pk)


@pytest.mark.parametrize("key", ["", "x", "of bob"])
def test_another_site_cannot_begin_to_link(sign_in, acme, ada, bob, key):
    if key == "of bob":
        other = Client()
        other.force_login(bob, backend="accounts.sign_in.EmailBackend")
        key = linking_address(other).partition("key=")[2]
    answer = sign_in(ada).get(f"/profile/provider/{acme.pk}?key={key}")
    assert answer["Location"] == "/profile"


def test_linking_asks_for_the_password_again_after_a_while(sign_in, acme, bob):
    browser = sign_in(bob)
    address = linking_address(browser)
    session = browser.session
    session.pop("confirmed_at", None)
    session.save()
    assert browser.get(f"/profile/provider/{address}")["Location"].startswith("/password/confirm")


def test_an_account_of_one_user_is_not_linked_with_another_one(sign_in, server, acme, bob, ben):
    sign_in_with(Client(), server, acme, **claims_of(bob))
    browser = sign_in(ben)
    address = browser.get(f"/profile/provider/{linking_address(browser)}")["Location"]
    browser.get(server.back_from(address, **claims_of(bob)))
    assert "linked with another user" in said(browser, "/profile")
    assert Identity.objects.get().user == bob


def test_another_account_with_the_same_email_does_not_get_the_user(client, server, acme, bob):
    sign_in_with(Client(), server, acme, **claims_of(bob))
    answer = sign_in_with(client, server, acme, **claims_of(bob) | {"sub": "a-new-colleague"})
    assert "linked with another account of Acme" in refused(client, answer)


def test_after_unlinking_a_new_account_is_linked(sign_in, server, acme, ada, bob):
    sign_in_with(Client(), server, acme, **claims_of(bob))
    identity = Identity.objects.get()
    browser = sign_in(ada)
    assert "Unlink" in browser.get(f"/admin/users/{bob.pk}").text
    assert browser.post(f"/admin/users/{bob.pk}/unlink/{identity.pk}")["Location"] == f"/admin/users/{bob.pk}"
    other = Client()
    sign_in_with(other, server, acme, **claims_of(bob) | {"sub": "a-new-account"})
    assert signed_in_as(other) == str(bob.pk)


def test_a_deactivated_user_does_not_get_in_neither_linked_nor_by_email(client, server, acme, bob, ben):
    sign_in_with(Client(), server, acme, **claims_of(bob))
    User.objects.filter(pk__in=[bob.pk, ben.pk]).update(is_active=False)
    for user in (bob, ben):
        answer = sign_in_with(client, server, acme, **claims_of(user))
        assert "Your account is deactivated" in refused(client, answer)
    assert User.objects.with_email("ben@example.com").count() == 1


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
    assert values_in(claims, name) == values


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"name": "  Eve\u202e Nová\n"}, "Eve Nová"),
        ({"name": "", "given_name": "Eve", "family_name": "Nová"}, "Eve Nová"),
        ({"name": {"a": 1}}, "eve"),
        ({"name": "x" * 999}, "x" * 150),
        ({"name": "<script>alert(1)</script>"}, "<script>alert(1)</script>"),
    ],
)
def test_a_new_user_has_the_name_of_the_account(client, server, acme, claims, name):
    acme.default_role = Role.objects.get(key="rep")
    acme.save()
    sign_in_with(client, server, acme, **claims)
    assert person("eve").name == name
    assert "<script>alert" not in client.get("/profile").text


@pytest.mark.django_db(transaction=True)
def test_of_two_first_sign_ins_at_once_one_makes_the_account_and_both_get_in(server, departments):
    acme = set_up(server, default_role=Role.objects.get(key="rep"))
    browsers = [Client(), Client()]
    backs = [server.back_from(begin(browser, acme)) for browser in browsers]
    start = threading.Barrier(2)

    def come_back(browser, back):
        start.wait()
        try:
            browser.get(back)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=come_back, args=pair) for pair in zip(browsers, backs, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    eve = User.objects.get()
    assert [signed_in_as(browser) for browser in browsers] == [str(eve.pk)] * 2
    assert Identity.objects.get().user == eve
