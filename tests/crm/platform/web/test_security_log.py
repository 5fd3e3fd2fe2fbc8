"""The security log: each event writes its line, with who, from where, and in which request; failed changes write none."""

import io
import json
import re

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from accounts.authentication.password_links import build_password_link
from accounts.models import AccountChange, Role, User
from accounts.users import first_administrator
from accounts.users.deactivation import Heirs, deactivate
from crm.models import Token
from crm.platform.configuration.environment import ROOT
from crm.platform.web.security_log import write_security_line
from tests.api.conftest import Program, make_token
from tests.conftest import PASSWORD

NEW = "a brand new password 7"
ADDRESS = "203.0.113.9"
TOKENS = "/admin/api/api_management"


@pytest.fixture
def one(noted):
    """one("signed_in", act) is the only line of this event that the act writes."""

    def line_of(event: str, act) -> dict:
        lines = noted(act)
        (line,) = [line for line in lines if line["event"] == event]
        return line

    return line_of


def by(line: dict) -> tuple:
    return line["user"], line["email"], line["address"]


def in_browser(user):
    browser = Client(REMOTE_ADDR=ADDRESS)
    browser.force_login(user, backend="accounts.sign_in.EmailBackend")
    return browser


# Signing in


def test_a_line_contains_time_event_user_address_and_request(bob, one):
    answers = []

    def act():
        browser = Client(REMOTE_ADDR=ADDRESS)
        answers.append(browser.post("/login", {"email": bob.email, "password": PASSWORD}))

    line = one("signed_in", act)
    assert list(line) == ["at", "event", "user", "email", "address", "request"]
    assert by(line) == (bob.pk, "bob@example.com", ADDRESS)
    assert line["request"] == answers[0]["X-Request-ID"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["at"])


def test_signing_out_is_logged(bob, one):
    assert by(one("signed_out", lambda: in_browser(bob).post("/logout"))) == (bob.pk, bob.email, ADDRESS)


def test_signing_out_on_other_devices_is_logged(bob, one):
    line = one("signed_out_elsewhere", lambda: in_browser(bob).post("/profile/sign-out-elsewhere"))
    assert by(line) == (bob.pk, bob.email, ADDRESS)


def test_a_failed_sign_in_is_logged_with_the_attempted_email_and_without_the_password(bob, noted):
    (line,) = noted(
        lambda: Client(REMOTE_ADDR=ADDRESS).post(
            "/login", {"email": "BOB@example.com", "password": "gue55ed"}
        )
    )
    assert (line["event"], line["tried"]) == ("sign_in_failed", "bob@example.com")
    assert by(line) == (None, None, ADDRESS)
    assert "gue55ed" not in json.dumps(line)


def test_a_wrong_current_password_is_logged(bob, one):
    data = {"old_password": "wrong", "new_password1": NEW, "new_password2": NEW}
    line = one("password_wrong", lambda: in_browser(bob).post("/password/change", data))
    assert by(line) == (bob.pk, bob.email, ADDRESS)


def test_being_slowed_down_is_logged(bob, one, settings):
    settings.AXES_ENABLED = True
    browser = Client(REMOTE_ADDR=ADDRESS)
    for _number in range(9):
        browser.post("/login", {"email": bob.email, "password": "guess"})
    line = one("slowed_down", lambda: browser.post("/login", {"email": bob.email, "password": "guess"}))
    assert line["tried"] == bob.email


# Denied requests


def test_a_denied_page_is_logged(bob, one):
    line = one("refused", lambda: in_browser(bob).get("/admin/users"))
    assert by(line) == (bob.pk, bob.email, ADDRESS)
    assert (line["status"], line["method"], line["path"]) == (403, "GET", "/admin/users")


def test_a_form_without_its_token_is_logged_as_denied(db, one):
    line = one("refused", lambda: Client(enforce_csrf_checks=True).post("/login", {"email": "x@example.com"}))
    assert (line["status"], line["path"]) == (403, "/login")


def test_a_call_without_a_token_and_one_beyond_its_rights_are_logged(bob, ada, one):
    assert one("refused", lambda: Program("").get("/api/leads", expect=401))["user"] is None
    weak = Program(make_token(bob, rights=["leads.post"]))
    line = one("refused", lambda: weak.get("/api/leads", expect=403))
    assert (line["user"], line["status"], line["path"]) == (bob.pk, 403, "/api/leads")


def test_successful_requests_and_missing_pages_are_not_logged(bob, noted):
    browser = in_browser(bob)
    assert noted(lambda: [browser.get("/profile"), browser.get("/no/such/page")]) == []


# Accounts


def edit(browser, user, **values):
    data = {
        "name": user.name,
        "email": user.email,
        "department": user.department_ids[0],
        "roles": [group.pk for group in user.groups.all()],
    }
    answer = browser.post(f"/admin/users/{user.pk}/edit", data | values)
    assert answer.status_code == 302, answer.context["form"].errors


def test_changes_of_email_roles_and_departments_are_logged_with_before_and_after(
    ada, bob, departments, noted
):
    operator = Role.objects.get(key="operator")
    values = {"email": "rob@example.com", "roles": [operator.pk], "department": departments.export.pk}
    browser = in_browser(ada)
    lines = {line["event"]: line for line in noted(lambda: edit(browser, bob, **values))}
    assert set(lines) == {"account_email", "account_roles", "account_departments"}
    for line in lines.values():
        assert by(line) == (ada.pk, ada.email, ADDRESS)
        assert (line["of"], line["of_email"]) == (bob.pk, "rob@example.com")
    found = {event: (line["before"], line["after"]) for event, line in lines.items()}
    assert found == {
        "account_email": (["bob@example.com"], ["rob@example.com"]),
        "account_roles": (["Sales Rep"], ["Operator"]),
        "account_departments": (["Sales"], ["Export"]),
    }


def test_a_new_password_is_logged(bob, one):
    data = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    line = one("account_password", lambda: in_browser(bob).post("/password/change", data))
    assert (line["user"], line["of"]) == (bob.pk, bob.pk)


def test_a_password_set_by_a_link_is_logged_with_its_owner(bob, one):
    browser = Client()
    form = browser.get(build_password_link(bob).removeprefix("http://127.0.0.1:8000"))["Location"]
    line = one("account_password", lambda: browser.post(form, {"new_password1": NEW, "new_password2": NEW}))
    assert (line["user"], line["of"]) == (bob.pk, bob.pk)


def test_every_password_link_is_logged_with_its_requester(ada, bob, ann, one):
    line = one("password_link_sent", lambda: in_browser(ada).post(f"/admin/users/{bob.pk}/link"))
    assert (line["user"], line["of"]) == (ada.pk, bob.pk)
    line = one("password_link_sent", lambda: Client().post("/password/forgotten", {"email": ann.email}))
    assert (line["user"], line["of"]) == (None, ann.pk)


def test_a_new_user_is_logged(ada, departments, one):
    data = {
        "name": "Eva Nová",
        "email": "eva@example.com",
        "department": departments.sales.pk,
        "roles": [Role.objects.get(key="rep").pk],
    }
    line = one("user_added", lambda: in_browser(ada).post("/admin/users/new", data))
    assert (line["user"], line["of_email"]) == (ada.pk, "eva@example.com")


def test_the_first_administrator_is_logged_without_an_author(db, one):
    line = one(
        "user_added",
        lambda: first_administrator.create_first_administrator(
            "eva@example.com", "a long enough pass phrase"
        ),
    )
    assert (line["user"], line["address"], line["of_email"]) == (None, None, "eva@example.com")


def test_deactivating_and_reactivating_a_user_is_logged(ada, bob, one):
    browser = in_browser(ada)
    line = one("user_deactivated", lambda: browser.post(f"/admin/users/{bob.pk}/deactivate"))
    assert (line["user"], line["of"]) == (ada.pk, bob.pk)
    line = one("user_reactivated", lambda: browser.post(f"/admin/users/{bob.pk}/reactivate"))
    assert (line["user"], line["of"]) == (ada.pk, bob.pk)


def test_viewing_as_another_user_is_logged(ada, bob, one):
    line = one("viewed_as", lambda: in_browser(ada).post(f"/admin/users/{bob.pk}/inspect"))
    assert (*by(line), line["of"], line["of_email"]) == (ada.pk, ada.email, ADDRESS, bob.pk, bob.email)


# Roles and tokens


def test_adding_changing_retiring_and_restoring_a_role_is_logged_with_its_permissions(ada, one):
    browser = in_browser(ada)
    rep = Role.objects.get(key="rep")
    line = one("role_added", lambda: browser.post("/admin/roles/new", {"name": "Hunter", "copied": rep.pk}))
    assert (line["user"], line["role"], line["added"]) == (ada.pk, "Hunter", sorted(rep.permission_names))
    hunter = Role.objects.get(name="Hunter")
    address = f"/admin/roles/{hunter.pk}"
    data = {
        "name": "Hunter",
        "scope": "accounts.see_unassigned",
        "rights": ["leads.view_lead", "leads.export_lead"],
    }
    line = one("role_changed", lambda: browser.post(address, data))
    assert "leads.export_lead" in line["added"]
    assert "leads.take_lead" in line["removed"]
    assert one("role_retired", lambda: browser.post(f"{address}/retire"))["role"] == "Hunter"
    assert one("role_restored", lambda: browser.post(f"{address}/restore"))["role"] == "Hunter"


def test_creating_renewing_and_revoking_a_token_is_logged_without_its_secret(ada, bob, noted):
    browser = in_browser(ada)
    data = {"name": "Website", "user": bob.pk, "rights": ["leads.get"]}
    lines = noted(lambda: browser.post(f"{TOKENS}/new", data))
    token = Token.objects.get()
    lines += noted(lambda: browser.post(f"{TOKENS}/{token.pk}/rotate"))
    lines += noted(lambda: browser.post(f"{TOKENS}/{token.pk}/revoke"))
    assert [(line["event"], line["user"], line["of"], line["before"] + line["after"]) for line in lines] == [
        (f"account_token_{what}", ada.pk, bob.pk, ["Website"]) for what in ("added", "renewed", "revoked")
    ]
    assert "lw_" not in json.dumps(lines)


def test_a_token_created_on_the_console_is_logged_and_recorded_without_an_author(bob, one):
    line = one(
        "account_token_added",
        lambda: call_command("create_token", email=bob.email, name="Script", stdout=io.StringIO()),
    )
    assert (line["user"], line["of"], line["after"]) == (None, bob.pk, ["Script"])
    change = AccountChange.objects.get()
    assert (change.user, change.by, change.kind) == (bob, None, "token_added")


# The log itself


def test_rolled_back_changes_are_not_logged(ada, bob, noted):
    def act():
        with transaction.atomic():
            deactivate(bob, Heirs(), by=ada)
            transaction.set_rollback(True)

    assert noted(act) == []
    assert User.objects.get(pk=bob.pk).is_active


def test_a_line_break_in_a_value_does_not_start_a_new_line(db, noted):
    forged = 'x@example.com"}\n{"event": "signed_in"'
    (line,) = noted(lambda: write_security_line("sign_in_failed", tried=forged))
    assert (line["event"], line["tried"]) == ("sign_in_failed", forged)


def test_exactly_the_existing_events_are_documented():
    sources = [path.read_text() for app in settings.PRODUCT_APPS for path in (ROOT / app).rglob("*.py")]
    written = {
        event
        for text in sources
        for event in re.findall(r'\b(?:write_security_line|_build_line)\(\s*"(\w+)"', text)
    }
    written |= {f"account_{kind}" for kind in AccountChange.Kind.values}
    section = (
        (ROOT / "docs" / "logs.md").read_text().partition("## The security log")[2].partition("\n## ")[0]
    )
    documented = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\|(.*?)\|", section, re.M)))) - {"event"}
    assert documented == written
    assert len(written) > 20
