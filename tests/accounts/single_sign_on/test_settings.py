"""The settings of single sign-on: providers, their mapping with its preview, and who may open these pages."""

import pytest
from django.test import Client

from accounts.models import Identity, IdentityProvider, Role, User
from accounts.second_factor.secret_encryption import decrypt_secret
from crm.models import AuditEntry
from tests.accounts.second_factor.stepping import signed_in_as
from tests.accounts.single_sign_on.providing import (
    CLIENT,
    CLIENT_SECRET,
    DOCUMENT,
    KEYS,
    set_up,
    sign_in_with,
)

NEW = "/admin/sign-on/new"


@pytest.fixture
def values(server, departments):
    return {
        "name": "Acme",
        "issuer": server.issuer,
        "client_id": CLIENT,
        "client_secret": CLIENT_SECRET,
        "scopes": "openid email profile",
        "domains": "example.com, Example.org",
        "groups_claim": "groups",
        "default_department": departments.sales.pk,
        "active": "on",
    }


@pytest.fixture
def acme(server, departments):
    return set_up(server)


def test_an_administrator_adds_a_provider_which_is_asked_for_its_settings(sign_in, ada, values, server):
    answer = sign_in(ada).post(NEW, values)
    provider = IdentityProvider.objects.get()
    assert answer["Location"] == f"/admin/sign-on/{provider.pk}/mapping"
    assert {DOCUMENT, KEYS} <= set(server.asked)
    assert provider.saved_by == ada
    assert len(provider.keys["keys"]) == 1


def test_someone_can_sign_in_with_what_was_saved(sign_in, ada, values, server):
    role = Role.objects.get(key="rep")
    sign_in(ada).post(NEW, values | {"default_role": role.pk})
    sign_in_with(other := Client(), server, IdentityProvider.objects.get())
    assert signed_in_as(other) == str(User.objects.get(email="eve@example.com").pk)


def test_the_client_secret_is_stored_encrypted_and_never_shown(sign_in, ada, values):
    browser = sign_in(ada)
    browser.post(NEW, values)
    provider = IdentityProvider.objects.get()
    assert CLIENT_SECRET not in provider.secret
    assert decrypt_secret(provider.secret) == CLIENT_SECRET
    assert CLIENT_SECRET not in browser.get(f"/admin/sign-on/{provider.pk}").text
    assert CLIENT_SECRET not in browser.post(NEW, values | {"issuer": "http://example.com"}).text


def test_an_empty_secret_keeps_the_saved_one(sign_in, ada, values):
    browser = sign_in(ada)
    browser.post(NEW, values)
    provider = IdentityProvider.objects.get()
    browser.post(f"/admin/sign-on/{provider.pk}", values | {"client_secret": "", "name": "Acme Corp"})
    saved = IdentityProvider.objects.get()
    assert (saved.name, decrypt_secret(saved.secret)) == ("Acme Corp", CLIENT_SECRET)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"issuer": "http://accounts.example.com"}, "starts with https://"),
        ({"issuer": "https://"}, "starts with https://"),
        ({"issuer": "https://[::"}, "starts with https://"),
        ({"issuer": "https://user:pass@example.com"}, "starts with https://"),
        ({"issuer": "https://accounts.example.com/?a=b"}, "without “?”"),
        ({"issuer": "ftp://example.com"}, "starts with https://"),
        ({"scopes": "openid profile"}, "Add “openid” and “email”."),
        ({"domains": "example"}, "Enter domains like example.com"),
        ({"domains": ","}, "Enter domains like example.com"),
        ({"client_secret": ""}, "required"),
        ({"client_secret": "with spaces"}, "without spaces"),
        ({"default_department": ""}, "required"),
    ],
)
def test_invalid_settings_get_a_sentence_and_are_not_saved(sign_in, ada, values, changed, sentence):
    answer = sign_in(ada).post(NEW, values | changed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not IdentityProvider.objects.exists()


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (
            {"issuer": "https://login.example.com/{tenantid}/v2.0"},
            "names another issuer: https://login.example.com/{tenantid}",
        ),
        ({"token_endpoint": "http://example.com/token"}, "don’t start with https://"),
        ({"authorization_endpoint": None}, "are missing"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "don’t start with https://"),
        ({"jwks_uri": 7}, "are missing"),
        ({"response_types_supported": ["id_token"]}, "response_types_supported has to include code"),
        ({"code_challenge_methods_supported": ["plain"]}, "has to include S256"),
        ({"id_token_signing_alg_values_supported": ["HS256", "none"]}, "has to include RS256"),
        ({"id_token_signing_alg_values_supported": "RS256"}, "has to include RS256"),
    ],
)
def test_a_provider_that_does_not_offer_what_is_required_is_not_saved(
    sign_in, ada, values, server, document, sentence
):
    server.document = document
    answer = sign_in(ada).post(NEW, values)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not IdentityProvider.objects.exists()


@pytest.mark.parametrize(
    "broken", [(404, b""), (200, b"<html>"), (200, b'{"keys": 3}'), (200, b'{"keys": [3]}')]
)
def test_a_provider_without_keys_is_not_saved(sign_in, ada, values, server, broken):
    server.answers[KEYS] = broken
    assert sign_in(ada).post(NEW, values).status_code == 422
    assert not IdentityProvider.objects.exists()


def test_the_administrator_cannot_be_the_role_without_a_match(sign_in, ada, values):
    role = Role.objects.get(key="administrator")
    assert sign_in(ada).post(NEW, values | {"default_role": role.pk}).status_code == 422


def test_the_page_shows_the_address_to_register(sign_in, ada, settings):
    settings.SITE_URL = "https://crm.example.com"
    assert "https://crm.example.com/login/provider/back" in sign_in(ada).get(NEW).text


def test_removing_a_provider_keeps_the_accounts(sign_in, ada, acme, server):
    acme.default_role = Role.objects.get(key="rep")
    acme.save()
    sign_in_with(Client(), server, acme)
    assert sign_in(ada).post(f"/admin/sign-on/{acme.pk}/remove")["Location"] == "/admin/sign-on"
    assert User.objects.filter(email="eve@example.com", is_active=True).exists()
    assert not Identity.objects.exists()


def rows(*found, **more):
    """The form of the mapping: rows("sellers", rep, sales) and so on."""
    sent = {"rows-TOTAL_FORMS": len(found), "rows-INITIAL_FORMS": 0, **more}
    for place, (number, value, role, department) in enumerate(found):
        sent |= {f"rows-{place}-position": number, f"rows-{place}-value": value}
        sent |= {
            f"rows-{place}-role": role.pk if role else "",
            f"rows-{place}-department": department.pk if department else "",
        }
    return sent


@pytest.fixture
def roles(db):
    return {role.key: role for role in Role.objects.exclude(key="")}


@pytest.fixture
def mapping(acme, sign_in, ada):
    """mapping(data) is the answer to the form."""
    return lambda data: sign_in(ada).post(f"/admin/sign-on/{acme.pk}/mapping", data)


def saved(acme) -> list[tuple]:
    return [
        (row.value, row.role and row.role.key, row.department and row.department.name)
        for row in acme.rules.all()
    ]


def test_rows_are_saved_in_the_order_of_their_numbers_without_empty_ones(mapping, acme, roles, departments):
    found = [
        (2, "sellers", roles["rep"], departments.sales),
        (1, "managers", roles["manager"], None),
        ("", "", None, None),
    ]
    assert mapping(rows(*found, save="1")).status_code == 302
    assert saved(acme) == [("managers", "manager", None), ("sellers", "rep", "Sales")]
    mapping(rows(*found[1:], save="1"))
    assert saved(acme) == [("managers", "manager", None)]


def test_a_row_without_a_role_and_a_department_gets_a_sentence(mapping, acme):
    answer = mapping(rows((1, "sellers", None, None), save="1"))
    assert answer.status_code == 422
    assert "Choose a role or a department for this value." in answer.text
    assert 'value="sellers"' in answer.text
    assert saved(acme) == []


@pytest.mark.parametrize(
    "data", [{}, {"rows-TOTAL_FORMS": "x"}, {"rows-TOTAL_FORMS": "9999", "rows-INITIAL_FORMS": "0"}]
)
def test_an_invalid_form_writes_nothing(mapping, acme, data):
    assert mapping({**data, "save": "1"}).status_code == 422
    assert saved(acme) == []


def test_the_preview_shows_who_gets_what_and_changes_nothing(
    mapping, acme, roles, departments, bob, ben, ann, server
):
    for user, groups in ((bob, ["managers"]), (ben, ["others"]), (ann, ["managers"])):
        Identity.objects.create(provider=acme, subject=user.email, user=user, values=groups)
    found = [(1, "managers", roles["manager"], None), (2, "managers", None, departments.export)]
    answer = mapping(rows(*found, preview="1"))
    lines = {line.user.name: line for line in answer.context["lines"]}
    assert (lines["Bob"].role_now, lines["Bob"].role_then) == ("Sales Rep", "Sales Manager")
    assert (lines["Bob"].departments_now, lines["Bob"].departments_then) == ("Sales", "Export")
    assert lines["Ben"].deactivated
    assert (lines["Ann"].role_now, lines["Ann"].role_then) == ("Sales Manager", "Sales Manager")
    assert "3 of 3 linked users will change, 1 of them will be deactivated" in answer.text
    assert saved(acme) == []
    assert User.objects.get(pk=ben.pk).is_active


def test_what_the_preview_says_is_what_the_next_sign_in_does(mapping, acme, roles, departments, bob, server):
    claims = {"sub": "bob", "email": bob.email, "groups": ["managers"]}
    sign_in_with(Client(), server, acme, **claims)
    found = [(1, "managers", roles["manager"], departments.export)]
    (line,) = mapping(rows(*found, preview="1")).context["lines"]
    mapping(rows(*found, save="1"))
    sign_in_with(Client(), server, acme, **claims)
    user = User.objects.get(pk=bob.pk)
    assert [group.role.label for group in user.groups.all()] == [line.role_then]
    assert [str(row.department) for row in user.memberships.all()] == [line.departments_then]


def test_the_preview_says_that_the_last_administrator_stays(mapping, acme, roles, ada):
    Identity.objects.create(provider=acme, subject="ada", user=ada, values=["others"])
    answer = mapping(rows((1, "sellers", roles["rep"], None), preview="1"))
    (line,) = answer.context["lines"]
    assert (line.kept, line.deactivated, line.role_then) == ("last", False, "Administrator")
    assert "last administrator, unchanged" in answer.text


@pytest.mark.parametrize(("entered", "said"), [("sellers , x", "Sales Rep, Sales"), ("x", "no account")])
def test_values_can_be_tried(mapping, roles, departments, entered, said):
    found = [(1, "sellers", roles["rep"], departments.sales)]
    text = mapping(rows(*found, preview="1", values=entered)).text
    assert said in " ".join(text.partition('role="status"')[2].split())


def test_changes_are_in_the_audit_log(mapping, sign_in, ada, acme, roles, values):
    mapping(rows((1, "managers", roles["manager"], None), save="1"))
    (entry,) = AuditEntry.objects.filter(kind="sign_on_mapping_saved")
    assert entry.details["after"] == ["managers → Sales Manager"]


@pytest.mark.parametrize("name", ["ann", "conrad", "bob"])
def test_only_administrators_open_the_pages(name, cast, sign_in, acme):
    browser = sign_in(getattr(cast, name))
    for path in ("/admin/sign-on", NEW, f"/admin/sign-on/{acme.pk}", f"/admin/sign-on/{acme.pk}/mapping"):
        assert browser.get(path).status_code == 403


def test_someone_with_the_permission_who_is_no_administrator_does_not_open_them(someone_with, sign_in, acme):
    eve = someone_with("change_identityprovider", "add_identityprovider", "see_all")
    assert sign_in(eve).get(f"/admin/sign-on/{acme.pk}/mapping").status_code == 403


def test_the_pages_ask_for_the_password_again(sign_in, ada, acme):
    browser = sign_in(ada)
    session = browser.session
    session.pop("confirmed_at")
    session.save()
    assert browser.get("/admin/sign-on")["Location"].startswith("/confirm")
    browser.post(f"/admin/sign-on/{acme.pk}/remove")
    assert IdentityProvider.objects.exists()
