"""SCIM tokens: who creates them, that they do SCIM and nothing else, and what is recorded of their calls."""

import re

import pytest
from django.urls import reverse

from accounts.models import AccountChange, Provisioning, Role, User
from accounts.users.deactivation import Heirs, deactivate
from crm.models import ApiCall, AuditEntry, Token
from tests.accounts.scim.conftest import Provider, scim_secret
from tests.api.conftest import Program, make_token

pytestmark = pytest.mark.django_db
NEW = "/admin/api/api_management/new-scim"


@pytest.fixture
def fields(ada, departments, bob):
    rep = Role.objects.get(key="rep").pk
    return {
        "name": "Okta",
        "user": ada.pk,
        "role": rep,
        "department": departments.sales.pk,
        "recipient": bob.pk,
    }


def secret_in(page) -> str:
    found = re.search(r'value="(lw_\w{40})"', page.content.decode())
    assert found
    return found[1]


def test_an_administrator_creates_a_scim_token_and_sees_its_secret_once(sign_in, ada, fields):
    browser = sign_in(ada)
    shown = browser.post(NEW, fields)
    secret, token = secret_in(shown), Token.objects.get()
    assert shown["Cache-Control"] == "no-store"
    assert "http://127.0.0.1:8000/scim/v2" in shown.text
    page = browser.get(reverse("token", args=[token.pk])).text
    assert secret not in page
    assert "Sales Rep" in page
    assert Provider(secret).get("/Users")["totalResults"] == User.objects.count()
    assert AccountChange.objects.get(user=ada, kind="token_added").after == ["Okta"]


@pytest.mark.parametrize("name", ["ann", "bob", "conrad"])
def test_only_administrators_create_scim_tokens(sign_in, cast, name):
    assert sign_in(getattr(cast, name)).get(NEW).status_code == 403


def test_a_user_with_the_permission_for_tokens_but_without_the_role_cannot_create_one(
    sign_in, someone_with, fields
):
    browser = sign_in(someone_with("view_token", "add_token"))
    assert browser.post(NEW, fields).status_code == 403
    assert "New SCIM token" not in browser.get("/admin/api/api_management").text
    assert not Token.objects.exists()


def test_a_scim_token_works_only_for_an_administrator_and_never_gives_that_role_at_first(
    sign_in, ada, bob, fields
):
    browser = sign_in(ada)
    administrator = Role.objects.get(key="administrator").pk
    for wrong in ({"user": bob.pk}, {"role": administrator}, {"name": ""}, {"recipient": 0}):
        answer = browser.post(NEW, {**fields, **wrong})
        assert answer.status_code == 422
        assert "Fix 1 error" in answer.text
    assert not Token.objects.exists()


def test_creating_a_scim_token_asks_for_the_password_again(sign_in, ada, fields, client):
    browser = sign_in(ada)
    session = browser.session
    session.pop("confirmed_at", None)
    session.save()
    answer = browser.get(NEW)
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("confirm"))


def test_a_scim_token_does_nothing_but_scim(ada):
    secret = scim_secret(ada)
    Token.objects.update(rights=["leads.get", "users.get"])
    Program(secret).get("/api/leads", expect=401)
    own = Program(secret, "Authorization", "Bearer ")
    own.get("/v1/crm/leads", expect=401)
    own.get("/api/v2/users", expect=401)


def test_an_api_token_does_no_scim(ada):
    answer = Provider(make_token(ada)).get("/Users", expect=401)
    assert answer["detail"] == "This SCIM token doesn't exist or was revoked."


def test_calls_without_a_valid_token_are_401_and_noted(provider, noted):
    for secret in ("", "wrong", "lw_" + "x" * 40):
        (line,) = noted(lambda secret=secret: Provider(secret).get("/Users", expect=401))
        assert (line["event"], line["status"], line["path"]) == ("refused", 401, "/scim/v2/Users")
    answer = provider.client.get("/scim/v2/Users")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_revoked_or_expired_token_and_one_of_a_former_administrator_stop_working(provider, ada, sofia):
    Token.objects.update(expires_on="2020-01-01")
    provider.get("/Users", expect=401)
    Token.objects.update(expires_on=None)
    provider.get("/Users")
    ada.groups.set([Role.objects.get(key="super")])
    provider.get("/Users", expect=403)
    ada.groups.set([Role.objects.get(key="administrator")])
    provider.get("/Users")
    Token.objects.revoke()
    provider.get("/Users", expect=401)


def test_a_token_of_a_deactivated_administrator_stops_working(provider, ada, sofia):
    sofia.groups.set([Role.objects.get(key="administrator")])
    deactivate(ada, Heirs(), by=User.objects.with_rights().get(pk=sofia.pk))
    provider.get("/Users", expect=401)


@pytest.mark.usefixtures("stopped_clock")
def test_a_token_has_its_limits_of_addresses_and_calls(provider):
    Token.objects.update(calls_a_minute=1)
    provider.get("/Users")
    assert provider.get("/Users", expect=429)["detail"] == "Too many calls."
    assert int(provider.last["Retry-After"]) > 0
    Token.objects.update(calls_a_minute=None, addresses=["203.0.113.0/24"])
    provider.get("/Users", expect=403)


def test_a_session_is_no_token(sign_in, ada):
    assert sign_in(ada).get("/scim/v2/Users").status_code == 401


def test_every_call_is_in_the_log_of_the_token_and_a_change_in_the_security_log(provider, bob, noted):
    lines = noted(lambda: provider.patch(f"/Users/{bob.pk}", {"op": "replace", "value": {"active": False}}))
    assert [line["event"] for line in lines] == ["user_deactivated", "provisioned"]
    assert lines[1] | {"token": "Entra", "method": "PATCH", "of": bob.pk} == lines[1]
    assert ApiCall.objects.latest("pk").path == f"/scim/v2/Users/{bob.pk}"
    entry = AuditEntry.objects.get(kind="provisioned")
    assert (entry.via, entry.table, entry.record) == ("token", "user", bob.pk)
    assert entry.details["token"] == "Entra"


def test_reading_is_an_entry_of_the_audit_log_like_the_reads_of_other_programs(provider):
    provider.get("/Users")
    entry = AuditEntry.objects.get(kind="read_by_program")
    assert entry.details == {"token": "Entra", "path": "/scim/v2/Users"}


def test_the_history_of_an_account_names_the_token_as_the_one_who_changed_it(provider, bob, ada, sign_in):
    provider.patch(f"/Users/{bob.pk}", {"op": "replace", "value": {"emails": [{"value": "b@example.org"}]}})
    change = AccountChange.objects.get(user=bob)
    assert (change.by, change.program, change.actor_name) == (None, "Entra", "Entra")
    assert (change.before, change.after) == (["bob@example.com"], ["b@example.org"])
    page = sign_in(ada).get(f"/admin/users/{bob.pk}").text
    assert "Email changed from bob@example.com to b@example.org" in page
    assert "Entra," in page


def test_new_emails_are_mailed_and_new_roles_are_not(
    provider, group_of, bob, django_capture_on_commit_callbacks
):
    from procrastinate.contrib.django.models import ProcrastinateJob

    mails = ProcrastinateJob.objects.filter(task_name="mail_account_change")
    provider.patch(group_of("Role: Operator"), {"op": "add", "value": {"members": [{"value": str(bob.pk)}]}})
    assert mails.count() == 0
    provider.patch(f"/Users/{bob.pk}", {"op": "replace", "path": "emails", "value": "b@example.org"})
    assert mails.count() == 1


@pytest.mark.parametrize("invites", [True, False])
def test_a_new_user_gets_a_link_only_if_the_token_says_so(ada, okta, invites):
    from procrastinate.contrib.django.models import ProcrastinateJob

    provider = Provider(scim_secret(ada, invites=invites))
    provider.call("POST", "/Users", okta, 201)
    assert ProcrastinateJob.objects.filter(task_name="mail_link").exists() is invites


def test_the_open_records_of_a_deactivated_user_go_to_the_recipient(ada, bob, ben, make_lead):
    lead = make_lead(owner=bob)
    provider = Provider(scim_secret(ada, recipient=ben))
    provider.patch(f"/Users/{bob.pk}", {"op": "replace", "value": {"active": False}})
    lead.refresh_from_db()
    assert lead.owner == ben


def test_without_a_recipient_or_with_one_who_left_the_records_are_unassigned(ada, bob, ben, dan, make_lead):
    of_bob, of_dan = make_lead(owner=bob), make_lead(owner=dan)
    provider = Provider(scim_secret(ada, recipient=ben))
    User.objects.filter(pk=ben.pk).update(is_active=False)
    provider.call("DELETE", f"/Users/{bob.pk}", expect=204)
    Provisioning.objects.update(recipient=None)
    provider.call("DELETE", f"/Users/{dan.pk}", expect=204)
    for lead in (of_bob, of_dan):
        lead.refresh_from_db()
        assert lead.owner is None


def test_a_retired_role_or_department_is_not_given_to_new_users(ada, okta, departments):
    role = Role.objects.create(name="Old", retired=True)
    departments.export.retired = True
    departments.export.save()
    provider = Provider(scim_secret(ada, role=role, department=departments.export))
    assert provider.call("POST", "/Users", okta, 201)["groups"] == []
