"""The token screens: who can create tokens, their rights, the secret that is shown once, revoking."""

import re

import pytest

from accounts.models import User
from accounts.users.deactivation import Heirs, deactivate, reactivate
from crm.models import Token
from tests.api.conftest import Program, make_token

LIST = "/admin/api/api_management"


@pytest.fixture
def fields(ada):
    return {"name": "Website", "user": ada.pk, "rights": ["leads.get", "leads.post"]}


def secret_in(page) -> str:
    found = re.search(r'value="(lw_\w{40})"', page.content.decode())
    assert found
    return found[1]


def test_an_administrator_creates_a_token_and_sees_its_secret_once(sign_in, ada, fields):
    browser = sign_in(ada)
    shown = browser.post(f"{LIST}/new", fields)
    secret = secret_in(shown)
    assert shown["Cache-Control"] == "no-store"
    token = Token.objects.get()
    assert token.created_by == ada
    assert secret.startswith(token.prefix)
    assert secret not in browser.get(f"{LIST}/{token.pk}").content.decode()
    assert secret[:20] not in str(Token.objects.values().get())
    assert Program(secret).get("/api/leads", expect=404)["message"] == "No data were found"


def test_the_form_defaults_to_the_current_user_and_can_be_submitted_as_is(sign_in, ada):
    browser = sign_in(ada)
    form = browser.get(f"{LIST}/new").context["form"]
    sent = {bound.html_name: bound.value() for bound in form if bound.value() not in (None, "")}
    assert secret_in(browser.post(f"{LIST}/new", sent | {"name": "Web form"}))
    assert Token.objects.get().user == ada


def test_the_list_shows_prefix_user_and_last_use_but_no_secret(sign_in, ada, bob):
    secret = make_token(bob)
    Program(secret).get("/api/leads", expect=404)
    shown = sign_in(ada).get(LIST).content.decode()
    assert secret[:9] in shown
    assert secret not in shown
    assert "Bob" in shown
    assert "GET /api/leads" in shown


def test_the_empty_list_offers_to_create_a_token(sign_in, ada):
    assert "No tokens yet" in sign_in(ada).get(LIST).content.decode()


def test_a_token_cannot_get_a_right_that_its_user_does_not_have(sign_in, ada, bob, fields):
    answer = sign_in(ada).post(
        f"{LIST}/new", {**fields, "user": bob.pk, "rights": ["leads.get", "leads.delete"]}
    )
    assert answer.status_code == 422
    assert (
        "Bob doesn’t have these permissions, so the token can’t have them either: Leads: delete."
        in answer.content.decode()
    )
    assert not Token.objects.exists()


def test_a_user_cannot_create_a_token_for_someone_with_more_permissions(sign_in, someone_with, ada, fields):
    eve = someone_with("view_token", "add_token", "view_lead", "see_own")
    answer = sign_in(eve).post(f"{LIST}/new", {**fields, "rights": ["leads.get"]})
    assert answer.status_code == 422
    assert not Token.objects.exists()


@pytest.mark.parametrize("name", ["ann", "bob", "conrad"])
def test_only_administrators_can_open_the_tokens(sign_in, cast, name):
    browser = sign_in(getattr(cast, name))
    for path in (LIST, f"{LIST}/new"):
        assert browser.get(path).status_code == 403


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("addresses", "10.0.0.1, nowhere", "nowhere isn’t an IP address"),
        ("expires_on", "2020-01-01", "Choose today or a later date."),
        ("calls_a_minute", "0", "greater than or equal to 1"),
        ("rights", "everything", "Select a valid choice"),
        ("name", "", "This field is required"),
        ("name", "a\0b", "Null characters"),
    ],
)
def test_invalid_values_are_reported_at_their_field(sign_in, ada, fields, name, value, said):
    answer = sign_in(ada).post(f"{LIST}/new", {**fields, name: value})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Token.objects.exists()


def test_a_token_gets_only_a_department_of_its_user(sign_in, ada, bob, departments, fields):
    sent = {**fields, "user": bob.pk, "department": departments.export.pk}
    assert "Bob isn’t in this department." in sign_in(ada).post(f"{LIST}/new", sent).text
    assert not Token.objects.exists()


def test_a_new_secret_disables_the_old_one(sign_in, ada, bob):
    old = make_token(bob)
    new = secret_in(sign_in(ada).post(f"{LIST}/{Token.objects.get().pk}/rotate"))
    Program(old).get("/api/leads", expect=401)
    Program(new).get("/api/leads", expect=404)


def test_a_revoked_token_stops_working_and_cannot_be_restored(sign_in, ada, bob):
    secret, browser = make_token(bob), sign_in(ada)
    path = f"{LIST}/{Token.objects.get().pk}"
    assert browser.post(f"{path}/revoke").status_code == 302
    Program(secret).get("/api/leads", expect=401)
    assert browser.post(f"{path}/rotate").status_code == 403


def test_revoking_a_token_names_the_webhooks_its_user_still_has(sign_in, someone_with, ada, bob, make_hook):
    make_hook(bob)
    make_hook(bob, url="https://example.org/off", active=False)
    make_hook(ada, url="https://example.org/other")
    make_token(bob)
    browser = sign_in(ada)
    said = browser.post(f"{LIST}/{Token.objects.get().pk}/revoke", follow=True).content.decode()
    assert "Bob still has 1 webhook, which keeps sending changes. https://example.com/leadwell" in said
    assert "https://example.org/" not in said


def test_users_who_cannot_see_webhooks_see_only_how_many_are_left(sign_in, someone_with, make_hook):
    reader = someone_with("view_token", "delete_token", "view_lead", "see_own")
    make_hook(reader)
    make_token(reader)
    said = sign_in(reader).post(f"{LIST}/{Token.objects.get().pk}/revoke", follow=True).content.decode()
    assert "Eve still has 1 webhook, which keeps sending changes." in said
    assert "https://example.com/leadwell" not in said


def test_a_token_of_someone_with_more_permissions_can_be_seen_but_not_changed(sign_in, someone_with, ada):
    make_token(ada)
    browser = sign_in(someone_with("view_token", "change_token", "delete_token", "view_lead", "see_own"))
    path = f"{LIST}/{Token.objects.get().pk}"
    shown = browser.get(path)
    assert shown.status_code == 200
    assert f"{path}/rotate" not in shown.text
    assert browser.post(f"{path}/rotate").status_code == 403
    assert browser.post(f"{path}/revoke").status_code == 403


@pytest.mark.parametrize(("missing", "act"), [("view", ""), ("change", "/rotate"), ("delete", "/revoke")])
def test_each_page_of_a_token_requires_its_permission(sign_in, someone_with, missing, act):
    others = {"view", "change", "delete"} - {missing}
    reader = someone_with(*(f"{right}_token" for right in others), "view_lead", "see_own")
    make_token(reader)
    browser, path = sign_in(reader), f"{LIST}/{Token.objects.get().pk}{act}"
    assert (browser.post(path) if act else browser.get(path)).status_code == 403


def test_a_token_of_another_department_is_not_found(sign_in, someone_with, carla):
    make_token(carla)
    browser = sign_in(someone_with("view_token", "view_lead", "see_own"))
    assert browser.get(f"{LIST}/{Token.objects.get().pk}").status_code == 404
    assert browser.get(f"{LIST}/987654321").status_code == 404
    assert "Carla" not in browser.get(LIST).text


def test_a_token_ends_with_its_users_deactivation_and_stays_revoked(ada, bob):
    program = Program(make_token(bob))
    deactivate(bob, Heirs(), by=ada)
    assert program.get("/api/leads", expect=401)["message"] == "Invalid API token."
    reactivate(bob)
    program.get("/api/leads", expect=401)


def test_a_token_can_never_do_more_than_its_user_can_now(bob, make_lead):
    make_lead(owner=bob)
    program = Program(make_token(bob))
    program.get("/api/leads")
    User.objects.get(pk=bob.pk).groups.clear()
    program.get("/api/leads", expect=403)


def test_a_command_prints_a_token_for_scripts(bob, capsys):
    from django.core.management import call_command

    call_command("create_token", email="BOB@example.com", name="Script", days=3)
    secret = capsys.readouterr().out.strip()
    token = Token.objects.get()
    assert (token.user, token.name) == (bob, "Script")
    assert "leads.post" in token.rights
    assert "leads.delete" not in token.rights
    Program(secret).get("/api/leads", expect=404)


def test_the_command_reports_an_unknown_user(db):
    from django.core.management import CommandError, call_command

    with pytest.raises(CommandError, match="no active user"):
        call_command("create_token", email="nobody@example.com", name="Script")
