"""Only single sign-on: passwords, passkeys and emailed links sign in no one but the emergency administrators."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.authentication.password_links import build_password_link
from accounts.models import IdentityProvider, Role, SignOnPolicy, User
from accounts.second_factor.second_factor import has_second_factor
from tests.accounts.second_factor.stepping import (
    SITE,
    SoftwarePasskey,
    code,
    give_app,
    give_code,
    give_password,
    signed_in_as,
)
from tests.accounts.single_sign_on.providing import said, set_up, sign_in_with
from tests.conftest import PASSWORD, make_user

ONLY = "/admin/sign-on/only"


@pytest.fixture
def acme(server, departments):
    return set_up(server)


@pytest.fixture
def turned_on(acme, ada):
    """Ada is the emergency administrator."""
    give_app(ada)
    SignOnPolicy.objects.create(only=True).keepers.add(ada)


@pytest.fixture
def alba(departments):
    """Another administrator."""
    return make_user("alba", "administrator", [departments.sales])


def test_turning_it_on_requires_an_administrator_with_two_steps(sign_in, ada, alba, acme):
    browser = sign_in(ada)
    assert browser.post(ONLY, {"keepers": [ada.pk]}).status_code == 422
    give_app(ada)
    assert browser.post(ONLY, {"keepers": []}).status_code == 422
    assert browser.post(ONLY, {"keepers": [ada.pk, alba.pk]}).status_code == 422
    assert browser.post(ONLY, {"keepers": [ada.pk]})["Location"] == "/admin/sign-on"
    assert SignOnPolicy.objects.get().only
    text = " ".join(said(browser, "/admin/sign-on").split())
    assert "Only these users can also sign in with their password: Ada" in text


def test_a_user_who_is_no_administrator_cannot_be_chosen(sign_in, ada, bob, acme):
    give_app(bob)
    give_app(ada)
    assert sign_in(ada).post(ONLY, {"keepers": [ada.pk, bob.pk]}).status_code == 422


def test_turning_it_on_requires_a_provider(sign_in, ada):
    give_app(ada)
    answer = sign_in(ada).post(ONLY, {"keepers": [ada.pk]})
    assert answer.status_code == 422
    assert "Add an identity provider first" in answer.text
    assert not SignOnPolicy.objects.exists()


def test_a_password_signs_in_no_one_but_the_emergency_administrator(turned_on, client, ada, alba, bob):
    for user in (bob, alba):
        assert give_password(client, user).status_code == 422
        assert signed_in_as(client) is None
    give_password(client, ada)
    give_code(client, code())
    assert signed_in_as(client) == str(ada.pk)


def test_the_sign_in_page_offers_the_provider_first_and_no_link(turned_on, client):
    text = said(client)
    assert text.index("Sign in with Acme") < text.index("Emergency administrators")
    assert "Forgot your password?" not in text


def test_single_sign_on_still_signs_in(turned_on, client, server, acme, bob):
    sign_in_with(client, server, acme, sub="bob", email=bob.email)
    assert signed_in_as(client) == str(bob.pk)


def test_someone_who_gave_the_password_before_cannot_finish_with_a_code(acme, client, bob, ada):
    give_app(bob)
    give_password(client, bob)
    SignOnPolicy.objects.create(only=True).keepers.add(ada)
    give_code(client, code())
    assert signed_in_as(client) is None


def added_passkey(browser) -> SoftwarePasskey:
    device = SoftwarePasskey()
    options = browser.post("/profile/two-step/passkeys/options").json()
    browser.post("/profile/two-step/passkeys", {"name": "Phone", "credential": device.make(options)})
    return device


def sign_in_with_passkey(browser, device) -> None:
    options = browser.post("/login/passkey/options").json()
    browser.post("/login/passkey", {"credential": device.sign(options)})


@pytest.mark.parametrize("name", ["bob", "ada"])
def test_a_passkey_signs_in_no_one_but_the_emergency_administrator(name, cast, acme, ada, sign_in, settings):
    settings.SITE_URL = SITE
    user = getattr(cast, name)
    device = added_passkey(sign_in(user))
    assert has_second_factor(user)
    sign_in_with_passkey(before := Client(), device)
    assert signed_in_as(before) == str(user.pk)
    SignOnPolicy.objects.create(only=True).keepers.add(ada)
    sign_in_with_passkey(after := Client(), device)
    assert signed_in_as(after) == (str(ada.pk) if name == "ada" else None)


def test_no_link_is_mailed(
    turned_on, client, sign_in, ada, bob, mailoutbox, django_capture_on_commit_callbacks
):
    client.post("/password/forgotten", {"email": bob.email})
    browser = sign_in(ada)
    browser.post(f"/admin/users/{bob.pk}/link")
    assert "would have no effect" in said(browser, f"/admin/users/{bob.pk}")
    bob.refresh_from_db()
    assert bob.link_sent_at is None


def test_a_link_that_was_mailed_before_sets_no_password(turned_on, client, bob):
    path = build_password_link(bob).partition("://")[2].partition("/")[2]
    answer = client.get(f"/{path}", follow=True)
    assert answer.status_code == 410


def test_a_new_user_gets_no_invitation(turned_on, sign_in, ada, departments):
    role = Role.objects.get(key="rep")
    values = {
        "name": "Eve",
        "email": "eve@example.com",
        "department": departments.sales.pk,
        "roles": [role.pk],
    }
    browser = sign_in(ada)
    browser.post("/admin/users/new", values)
    assert User.objects.get(email="eve@example.com").link_sent_at is None
    assert "can sign in with single sign-on now" in said(browser, "/profile")


def test_a_password_confirms_nothing_and_is_not_changed(turned_on, sign_in, bob):
    browser = sign_in(bob)
    assert browser.post("/confirm", {"password": PASSWORD}).status_code == 422
    assert browser.get("/password/change")["Location"] == "/profile"


def test_an_emergency_administrator_keeps_the_last_second_step(turned_on, sign_in, ada):
    browser = sign_in(ada)
    browser.post("/profile/two-step/app/remove")
    assert "Emergency administrators require two-step verification." in said(browser, "/profile")
    browser.post("/profile/two-step/off")
    assert has_second_factor(ada)


def test_an_emergency_administrator_who_is_demoted_is_none_any_more(turned_on, client, ada, alba):
    ada.groups.set([Role.objects.get(key="manager")])
    assert give_password(client, ada).status_code == 422


def test_without_a_provider_that_is_offered_passwords_work_so_no_one_is_locked_out(
    turned_on, client, bob, sign_in, ada
):
    IdentityProvider.objects.update(active=False)
    give_password(client, bob)
    assert signed_in_as(client) == str(bob.pk)
    assert "Turned on, but no provider is offered" in said(sign_in(ada), "/admin/sign-on")


def test_an_administrator_turns_it_off(turned_on, sign_in, ada, bob, noted):
    browser = sign_in(ada)
    (line,) = noted(lambda: browser.post(ONLY, {"off": "1"}))
    assert (line["event"], line["before"], line["after"]) == ("sign_on_only", "on", "off")
    give_password(other := Client(), bob)
    assert signed_in_as(other) == str(bob.pk)


def test_a_command_on_the_server_turns_it_off(turned_on, client, bob, capsys):
    call_command("allow_passwords")
    assert "again" in capsys.readouterr().out
    give_password(client, bob)
    assert signed_in_as(client) == str(bob.pk)
    with pytest.raises(CommandError):
        call_command("allow_passwords")


def test_the_demo_offers_no_accounts(turned_on, client, settings):
    settings.DEMO = True
    assert "Explore the demo as…" not in said(client)
