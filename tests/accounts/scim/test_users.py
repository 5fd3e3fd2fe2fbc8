"""SCIM's users: an identity provider creates, finds, changes, deactivates and deletes accounts."""

import pytest

from accounts.models import Role, User
from tests.accounts.scim.conftest import named

pytestmark = pytest.mark.django_db


def roles(user: User) -> list[str]:
    return sorted(user.groups.values_list("name", flat=True))


def test_entra_creates_a_user_without_a_password_with_the_role_and_department_of_the_token(
    provider, entra, departments
):
    made = provider.call("POST", "/Users", entra, 201)
    user = named("nina.novak@contoso.com")
    assert (
        provider.last["Location"]
        == made["meta"]["location"]
        == f"http://127.0.0.1:8000/scim/v2/Users/{user.pk}"
    )
    assert (made["id"], made["userName"], made["externalId"]) == (
        str(user.pk),
        "Nina.Novak@contoso.com",
        "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
    )
    assert made["name"] == {"formatted": "Nina Novák", "givenName": "Nina", "familyName": "Novák"}
    assert (user.name, user.is_active, user.has_usable_password()) == ("Nina Novák", True, False)
    assert roles(user) == ["Sales Rep"]
    assert user.department_ids == [departments.sales.pk]
    assert {group["display"] for group in made["groups"]} == {"Role: Sales Rep", "Department: Sales"}
    assert provider.get(f"/Users/{user.pk}") == made


def test_okta_creates_a_user_and_the_password_that_it_sends_is_not_used(provider, okta, client):
    made = provider.call("POST", "/Users", okta, 201)
    user = User.objects.get(pk=made["id"])
    assert (user.name, user.email) == ("Test User", "test.user@okta.local")
    assert not user.has_usable_password()
    assert "password" not in made
    client.post("/login", {"email": user.email, "password": "1mz050nq"})
    assert "_auth_user_id" not in client.session


def test_the_name_is_the_display_name_else_the_formatted_one_else_its_parts_else_the_user_name(provider):
    parts = {"givenName": "Ann", "familyName": "Lee"}
    for number, (sent, name) in enumerate(
        [
            ({"displayName": "Annie", "name": {"formatted": "Ann B. Lee", **parts}}, "Annie"),
            ({"name": {"formatted": "Ann B. Lee", **parts}}, "Ann B. Lee"),
            ({"name": parts}, "Ann Lee"),
            ({}, "user3"),
        ]
    ):
        assert provider.add(userName=f"user{number}@example.org", **sent)["displayName"] == name


def test_the_email_is_the_primary_one_else_that_for_work_else_the_first_else_the_user_name(provider):
    home, work = {"type": "home", "value": "h@example.org"}, {"type": "work", "value": "w@example.org"}
    other = {"type": "other", "value": "P@example.org", "primary": True}
    for user_name, emails, email in [
        ("one", [home, work, other], "p@example.org"),
        ("two", [home, work], "w@example.org"),
        ("three", [home], "h@example.org"),
        ("Four@example.org", None, "four@example.org"),
    ]:
        made = provider.add(userName=user_name, **({"emails": emails} if emails else {}))
        assert made["emails"] == [{"value": email, "type": "work", "primary": True}]
        assert made["userName"] == user_name


def test_a_user_can_be_created_inactive_and_cannot_sign_in_then(provider):
    made = provider.add(userName="new@example.org", active="False")
    assert made["active"] is False
    assert not named("new@example.org").is_active


@pytest.mark.parametrize("taken", ["bob@example.com", "BOB@Example.com"])
def test_an_email_that_a_user_has_is_not_unique_whatever_its_case(provider, bob, taken):
    answer = provider.add(userName="someone", emails=[{"value": taken}], expect=409)
    assert answer["scimType"] == "uniqueness"
    assert answer["detail"] == "An active or inactive user already has this userName or email."
    assert provider.add(userName=taken, expect=409)["scimType"] == "uniqueness"


def test_a_user_name_is_given_once_whatever_its_case(provider):
    provider.add(userName="Ann", emails=[{"value": "one@example.org"}])
    answer = provider.add(userName="aNN", emails=[{"value": "two@example.org"}], expect=409)
    assert answer["scimType"] == "uniqueness"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "userName is required"),
        ({"userName": ""}, "userName is required"),
        ({"userName": 7}, "userName has to be a text"),
        ({"userName": "no-email"}, "emails: This field cannot be blank"),
        ({"userName": "a", "emails": [{"value": "nowhere"}]}, "Enter a valid email address"),
        ({"userName": "a", "emails": ["x"]}, "emails has to be a list"),
        ({"userName": "a@b.example", "name": "Ann"}, "name has to be an object"),
        ({"userName": "a@b.example", "active": "maybe"}, "active has to be true or false"),
        ({"userName": "a@b.example", "active": 0}, "active has to be true or false"),
        ({"userName": "a@b.example", "displayName": "x" * 151}, "displayName has more than 150"),
        ({"userName": "a@b.example", "displayName": "a\0b"}, "can't be stored"),
        ({"userName": "a@b.example", "externalId": "\ud800"}, "can't be stored"),
    ],
)
def test_a_wrong_value_is_named_and_creates_no_user(provider, sent, said):
    before = User.objects.count()
    answer = provider.add(**sent, expect=400)
    assert answer["scimType"] == "invalidValue"
    assert said in answer["detail"]
    assert User.objects.count() == before


def test_a_user_that_was_created_in_leadwell_is_found_by_email_and_can_be_linked(provider, bob):
    (found,) = provider.find("/Users", 'userName eq "Bob@example.com"')["Resources"]
    assert (found["id"], found["userName"]) == (str(bob.pk), "bob@example.com")
    assert "externalId" not in found
    provider.patch(f"/Users/{bob.pk}", {"op": "Add", "path": "externalId", "value": "ext-7"})
    (again,) = provider.find("/Users", 'externalId eq "ext-7"')["Resources"]
    assert again["id"] == str(bob.pk)


def test_entra_disables_a_user_with_a_text_and_the_user_is_signed_out_everywhere(provider, bob, sign_in):
    browser = sign_in(bob)
    assert browser.get("/profile").status_code == 200
    answer = provider.patch(f"/Users/{bob.pk}", {"op": "Replace", "path": "active", "value": "False"})
    assert answer["active"] is False
    assert browser.get("/profile").status_code == 302
    assert not named("bob@example.com").is_active


def test_okta_disables_and_enables_a_user_without_a_path(provider, bob):
    for active in (False, True):
        answer = provider.patch(f"/Users/{bob.pk}", {"op": "replace", "value": {"active": active}})
        assert answer["active"] is active
        assert named("bob@example.com").is_active is active


def test_entra_changes_several_attributes_at_once(provider, entra):
    pk = provider.call("POST", "/Users", entra, 201)["id"]
    answer = provider.patch(
        f"/Users/{pk}",
        {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "nina@contoso.com"},
        {"op": "Replace", "path": "name.familyName", "value": "Berg"},
        {"op": "Replace", "path": "displayName", "value": "Nina Berg"},
        {"op": "Add", "path": "title", "value": "Manager"},
        {"op": "Add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "+40 722"},
        {
            "op": "Add",
            "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
            "value": "Sales",
        },
    )
    assert answer["emails"][0]["value"] == "nina@contoso.com"
    assert answer["name"] == {"formatted": "Nina Berg", "givenName": "Nina", "familyName": "Berg"}
    assert answer["userName"] == "Nina.Novak@contoso.com"


def test_a_path_may_be_a_key_of_the_value_or_carry_its_schema(provider, bob):
    answer = provider.patch(
        f"/Users/{bob.pk}",
        {
            "op": "add",
            "value": {
                "name.givenName": "Robert",
                "name.familyName": "Moreau",
                'emails[primary eq "True"].value': "robert@example.com",
                "urn:ietf:params:scim:schemas:core:2.0:User:externalId": "7",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Sales"},
            },
        },
    )
    assert (answer["displayName"], answer["externalId"]) == ("Robert Moreau", "7")
    assert answer["emails"][0]["value"] == "robert@example.com"


def test_a_user_name_that_is_an_email_takes_the_email_along(provider):
    pk = provider.add(userName="old@example.org")["id"]
    answer = provider.patch(f"/Users/{pk}", {"op": "replace", "path": "userName", "value": "New@example.org"})
    assert (answer["userName"], answer["emails"][0]["value"]) == ("New@example.org", "new@example.org")


def test_removing_an_attribute_clears_it_and_removing_emails_leaves_the_user_name(provider, entra):
    pk = provider.call("POST", "/Users", entra, 201)["id"]
    provider.patch(f"/Users/{pk}", {"op": "replace", "path": "emails.value", "value": "other@contoso.com"})
    answer = provider.patch(
        f"/Users/{pk}",
        {"op": "remove", "path": "externalId"},
        {"op": "Remove", "path": "name.givenName"},
        {"op": "remove", "path": "emails"},
    )
    assert "externalId" not in answer
    assert "givenName" not in answer["name"]
    assert answer["emails"][0]["value"] == "nina.novak@contoso.com"


def test_okta_replaces_a_user_and_what_it_leaves_out_stays(provider, okta):
    pk = provider.call("POST", "/Users", okta, 201)["id"]
    sent = {
        "id": pk,
        "userName": "test.user@okta.local",
        "name": {"givenName": "Another", "familyName": "User"},
    }
    answer = provider.call("PUT", f"/Users/{pk}", {**sent, "groups": [], "meta": {"location": "x"}})
    assert answer["displayName"] == "Another User"
    assert (answer["active"], answer["externalId"]) == (True, "00ujl29u0le5T6Aj10h7")
    assert roles(User.objects.get(pk=pk)) == ["Sales Rep"]


def test_a_change_to_a_taken_email_or_name_changes_nothing(provider, bob, ben):
    answer = provider.patch(
        f"/Users/{bob.pk}",
        {"op": "replace", "value": {"displayName": "Other", "emails": [{"value": "BEN@example.com"}]}},
        expect=409,
    )
    assert answer["scimType"] == "uniqueness"
    assert (named("bob@example.com").name, named("ben@example.com").name) == ("Bob", "Ben")


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ({"op": "replace", "path": "id", "value": "7"}, "mutability"),
        ({"op": "add", "path": "groups", "value": [{"value": "role-1"}]}, "mutability"),
        ({"op": "remove", "path": "active"}, "mutability"),
        ({"op": "replace", "path": "colour", "value": "red"}, "invalidPath"),
        ({"op": "replace", "path": "emails[", "value": "red"}, "invalidPath"),
        ({"op": "remove"}, "noTarget"),
        ({"op": "remove", "path": "userName"}, "invalidValue"),
        ({"op": "replace", "value": "red"}, "invalidValue"),
        ({"op": "move", "path": "active", "value": True}, "invalidSyntax"),
        ({"op": "replace", "path": 7, "value": True}, "invalidSyntax"),
        ("replace", "invalidSyntax"),
    ],
)
def test_a_wrong_operation_has_the_keyword_of_the_standard(provider, bob, operation, kind):
    assert provider.patch(f"/Users/{bob.pk}", operation, expect=400)["scimType"] == kind


def test_a_deleted_user_is_deactivated_and_does_not_exist_for_the_provider(provider, bob):
    assert provider.call("DELETE", f"/Users/{bob.pk}", expect=204) is None
    assert not named("bob@example.com").is_active
    provider.get(f"/Users/{bob.pk}", expect=404)
    provider.patch(f"/Users/{bob.pk}", {"op": "replace", "value": {"active": True}}, expect=404)
    assert provider.find("/Users", 'userName eq "bob@example.com"')["totalResults"] == 0


def test_a_deleted_user_that_is_created_again_comes_back_as_a_new_one_without_earlier_roles(provider, ben):
    ben.groups.set([Role.objects.get(key="administrator")])
    provider.call("DELETE", f"/Users/{ben.pk}", expect=204)
    made = provider.add(userName="ben@example.com", displayName="Ben Again")
    assert made["id"] == str(ben.pk)
    again = named("ben@example.com")
    assert (again.name, again.is_active, roles(again)) == ("Ben Again", True, ["Sales Rep"])


def test_a_deleted_user_that_an_administrator_reactivates_exists_again(provider, bob, ada, sign_in):
    provider.call("DELETE", f"/Users/{bob.pk}", expect=204)
    sign_in(ada).post(f"/admin/users/{bob.pk}/reactivate")
    assert provider.get(f"/Users/{bob.pk}")["active"] is True


def test_the_user_whom_the_token_works_for_cannot_be_deactivated(provider, ada):
    off = {"op": "replace", "path": "active", "value": False}
    said = "This token works on behalf of Ada, who has to stay active."
    assert provider.patch(f"/Users/{ada.pk}", off, expect=409)["detail"] == said
    assert provider.call("DELETE", f"/Users/{ada.pk}", expect=409)["detail"] == said
    assert named("ada@example.com").is_active


def test_users_who_do_not_exist_are_404(provider):
    for pk in ("987654321", "x", "-1", "9" * 40, "%00"):
        provider.get(f"/Users/{pk}", expect=404)
        provider.call("PUT", f"/Users/{pk}", {"userName": "a@b.example"}, 404)
        provider.call("DELETE", f"/Users/{pk}", expect=404)
