"""Roles that require two-step verification: the days to set it up, and that nothing else opens after them."""

import re
from datetime import timedelta

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuthenticatorApp, HeldRole, Role, User
from accounts.roles.permissions import SCOPE_NAMES, get_grantable_permissions
from tests.accounts.second_factor.stepping import code, give_app, give_code, give_password
from tests.accounts.second_factor.test_authenticator_app import APP, add_app, key_on
from tests.conftest import make_user
from tests.crossing import crossed


def require(key: str, days: int) -> Role:
    """The role requires it after these days; negative for days that are over."""
    role = Role.objects.get(key=key)
    role.second_factor_days, role.second_factor_from = max(days, 0), timezone.now() + timedelta(days=days)
    role.save()
    return role


def save_days(browser, role: Role, days: str, **form):
    """The page of the role, saved with other days and otherwise as it was shown."""
    held = role.permission_names
    scope = next((name for name in reversed(SCOPE_NAMES) if name in held), "")
    shown = {"name": role.label, "scope": scope, "rights": sorted(held & set(get_grantable_permissions()))}
    return browser.post(f"/admin/roles/{role.pk}", {**shown, "second_factor_days": days, **form})


def test_during_the_days_a_notice_says_the_day_and_everything_opens(sign_in, bob):
    role = require("rep", 7)
    browser = sign_in(bob)
    page = browser.get("/profile")
    assert page.status_code == 200
    day = f"{role.second_factor_from.astimezone(bob.zone):%-d %B %Y}"
    assert f"requires two-step verification from {day}" in page.content.decode()
    add_app(browser)
    assert "requires two-step verification from" not in browser.get("/profile").content.decode()


def test_after_the_days_everything_leads_to_the_page_that_sets_it_up(client, bob, make_lead):
    require("rep", -1)
    lead = make_lead("Ana Late", owner=bob)
    assert give_password(client, bob).status_code == 302
    for path in (
        "/",
        "/profile",
        "/admin/leads",
        f"/admin/leads/{lead.pk}",
        "/notices",
        "/admin/exports/1/file",
    ):
        assert client.get(path)["Location"] == "/profile/two-step", path
    assert client.post(f"/admin/leads/{lead.pk}/delete")["Location"] == "/profile/two-step"
    page = client.get("/profile/two-step").content.decode()
    assert "Set it up to continue" in page
    assert 'href="/admin/leads"' not in page
    codes = add_app(client)[0].context["codes"]
    assert len(codes) == 10
    assert client.get("/profile").status_code == 200


def test_a_session_from_before_is_stopped_on_the_next_click(sign_in, bob):
    browser = sign_in(bob)
    assert browser.get("/profile").status_code == 200
    require("rep", -1)
    assert browser.get("/profile")["Location"] == "/profile/two-step"
    assert browser.post("/logout").status_code == 302


def test_it_is_required_of_this_role_only_and_not_of_those_who_have_it(sign_in, bob, ann):
    require("rep", -1)
    assert sign_in(ann).get("/profile").status_code == 200
    give_app(bob)
    assert sign_in(bob).get("/profile").status_code == 200


def test_the_earliest_of_several_roles_counts(sign_in, bob, grant):
    require("rep", 30)
    grant(bob, "accounts.view_user")
    other = bob.groups.exclude(role__key="rep").get().role
    other.second_factor_days, other.second_factor_from = 0, timezone.now()
    other.save()
    assert sign_in(bob).get("/profile")["Location"] == "/profile/two-step"


def day_of_notice(browser) -> str:
    found = re.search(r"two-step verification from (\d+ \w+ \d{4})", browser.get("/profile").text)
    return found[1] if found else ""


def day_in(days: int, person) -> str:
    return f"{(timezone.now() + timedelta(days=days)).astimezone(person.zone):%-d %B %Y}"


def required_earlier(key: str, *, days: int, ago: int) -> None:
    """The role requires it with this many days, which count from that many days ago."""
    at = timezone.now() + timedelta(days=days - ago)
    Role.objects.filter(key=key).update(second_factor_days=days, second_factor_from=at)


def test_a_user_created_after_the_days_has_all_of_them(sign_in, departments):
    required_earlier("rep", days=7, ago=60)
    new = make_user("nina", "rep", [departments.sales])
    assert day_of_notice(sign_in(new)) == day_in(7, new)


def test_a_user_who_gets_the_role_later_has_all_its_days(sign_in, ada, ann):
    required_earlier("rep", days=7, ago=60)
    User.objects.filter(pk=ann.pk).update(joined_at=timezone.now() - timedelta(days=400))
    HeldRole.objects.filter(user=ann).update(since=timezone.now() - timedelta(days=400))
    assert day_of_notice(sign_in(ann)) == ""
    roles = [*ann.groups.values_list("pk", flat=True), Role.objects.get(key="rep").pk]
    form = {"name": ann.name, "email": ann.email, "roles": roles, "department": ann.department_ids[0]}
    assert sign_in(ada).post(f"/admin/users/{ann.pk}/edit", form).status_code == 302
    assert day_of_notice(sign_in(ann)) == day_in(7, ann)


def test_saving_a_user_with_the_same_roles_doesnt_start_the_days_again(sign_in, ada, bob):
    required_earlier("rep", days=7, ago=60)
    long_ago = timezone.now() - timedelta(days=400)
    HeldRole.objects.filter(user=bob).update(since=long_ago)
    form = {
        "name": "Robert",
        "email": bob.email,
        "roles": [*bob.groups.values_list("pk", flat=True)],
        "department": bob.department_ids[0],
    }
    assert sign_in(ada).post(f"/admin/users/{bob.pk}/edit", form).status_code == 302
    assert HeldRole.objects.get(user=bob).since == long_ago
    assert sign_in(bob).get("/profile")["Location"] == "/profile/two-step"


def test_a_role_required_after_its_users_got_it_counts_from_then(sign_in, bob):
    HeldRole.objects.filter(user=bob).update(since=timezone.now() - timedelta(days=400))
    required_earlier("rep", days=30, ago=10)
    assert day_of_notice(sign_in(bob)) == day_in(20, bob)


def test_the_api_doesnt_depend_on_it(client, bob):
    from tests.api.conftest import make_token

    require("rep", -1)
    secret = make_token(bob)
    assert client.get("/api/v2/leads", headers={"authorization": f"Bearer {secret}"}).status_code == 200


@pytest.mark.parametrize("way", ["off", "app/remove"])
def test_the_last_factor_cant_be_removed_while_a_role_requires_it(sign_in, bob, way):
    browser = sign_in(bob)
    give_app(bob)
    require("rep", 30)
    answer = browser.post(f"/profile/two-step/{way}", follow=True)
    assert "Your role Sales Rep requires two-step verification" in answer.content.decode()
    assert AuthenticatorApp.objects.exists()


def test_an_administrator_requires_it_with_days_and_no_longer(sign_in, ada, noted):
    role, browser = Role.objects.get(key="rep"), sign_in(ada)
    (line,) = [
        line
        for line in noted(lambda: save_days(browser, role, "14"))
        if line["event"] == "role_second_factor"
    ]
    assert (line["role"], line["before"], line["after"]) == ("Sales Rep", None, 14)
    role.refresh_from_db()
    assert timedelta(days=13.9) < role.second_factor_from - timezone.now() < timedelta(days=14)
    until = role.second_factor_from
    save_days(browser, role, "14")
    role.refresh_from_db()
    assert role.second_factor_from == until
    save_days(browser, role, "")
    role.refresh_from_db()
    assert (role.second_factor_days, role.second_factor_from) == (None, None)


def test_rights_and_days_that_were_changed_on_one_page_are_saved_together(sign_in, ada):
    role, browser = Role.objects.get(key="rep"), sign_in(ada)
    rights = sorted({*role.permission_names, "leads.delete_lead"} & set(get_grantable_permissions()))
    save_days(browser, role, "14", rights=rights)
    role = Role.objects.get(pk=role.pk)
    assert "leads.delete_lead" in role.permission_names
    assert role.second_factor_days == 14


def test_the_page_of_a_role_has_one_form_to_save(sign_in, ada):
    page = sign_in(ada).get(f"/admin/roles/{Role.objects.get(key='rep').pk}").text
    main = page.partition("<main")[2]
    forms = re.findall(r"<form\b.*?</form>", main, re.S)
    assert sum("second_factor_days" in form or 'name="rights"' in form for form in forms) == 1


def test_of_the_administrator_only_two_step_verification_is_changed(sign_in, ada):
    role = Role.objects.get(key="administrator")
    held = role.permission_names
    give_app(ada)
    save_days(sign_in(ada), role, "30", name="Boss", scope="accounts.see_own", rights=["leads.view_lead"])
    role = Role.objects.get(pk=role.pk)
    assert (role.name, role.permission_names, role.second_factor_days) == ("Administrator", held, 30)


@pytest.mark.parametrize("wrong", ["-1", "91", "soon"])
def test_other_numbers_get_a_sentence_and_change_nothing(sign_in, ada, wrong):
    role = Role.objects.get(key="rep")
    answer = save_days(sign_in(ada), role, wrong)
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    role.refresh_from_db()
    assert role.second_factor_from is None


def test_administrators_require_it_of_their_own_role_and_no_one_else_does(sign_in, ada, someone_with):
    role = Role.objects.get(key="administrator")
    other = someone_with("change_role", "view_role")
    assert save_days(sign_in(other), role, "0").status_code == 403
    browser = sign_in(ada)
    assert save_days(browser, role, "0").status_code == 302
    assert browser.get("/admin/roles")["Location"] == "/profile/two-step"


def test_of_two_administrators_at_once_the_second_sees_what_the_first_saved(sign_in, ada):
    role, browser = Role.objects.get(key="rep"), sign_in(ada)
    drawn = browser.get(f"/admin/roles/{role.pk}").context["form"].initial["drawn"]
    save_days(browser, role, "14", drawn=drawn)
    answer = save_days(browser, role, "", drawn=drawn)
    assert answer.status_code == 409
    role.refresh_from_db()
    assert role.second_factor_days == 14


@pytest.mark.django_db(transaction=True)
def test_an_app_that_is_added_while_it_becomes_required_is_enough(bob):
    """The race between setting it up and requiring it, in both orders: no one is locked out, and no one gets around it."""
    browser = Client()
    browser.force_login(bob, backend="accounts.sign_in.EmailBackend")
    answers = []
    second = crossed(lambda: require("rep", -1), lambda: answers.append(add_app(browser)))
    assert second is None
    assert answers[0][0].status_code == 200
    assert browser.get("/profile").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_browsers_that_add_an_app_at_once_one_does(bob):
    browsers, sent, answers = [Client(), Client()], [], []
    for browser in browsers:
        browser.force_login(bob, backend="accounts.sign_in.EmailBackend")
        page = browser.get(APP)
        sent.append({"code": pyotp.TOTP(key_on(page)).now(), "kept": page.context["kept"]})
    second = crossed(
        lambda: answers.append(browsers[0].post(APP, sent[0])), lambda: browsers[1].post(APP, sent[1])
    )
    assert [answers[0].status_code, second.status_code] == [200, 302]
    assert AuthenticatorApp.objects.count() == 1
    assert browsers[0].get("/profile").status_code == 200
    assert browsers[1].get("/profile")["Location"].startswith("/login")


def test_the_second_step_is_asked_for_as_soon_as_it_is_set_up(client, bob):
    require("rep", -1)
    give_app(bob)
    assert give_password(client, bob)["Location"] == "/login/code"
    assert give_code(client, code()).status_code == 302
