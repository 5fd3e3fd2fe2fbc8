"""Who an account of a provider is here: known, linked by email or in the profile, new, or no one."""

import threading

import pytest
from django.db import connections
from django.test import Client

from accounts.models import Identity, Role, User
from tests.accounts.second_factor.stepping import give_app, signed_in_as
from tests.accounts.single_sign_on.providing import (
    a_provider,
    begin,
    claims_of,
    departments_of,
    person,
    refused,
    roles_of,
    said,
    set_up,
    sign_in_with,
)


@pytest.fixture
def acme(server, departments):
    return set_up(server)


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
    monkeypatch.setattr("accounts.single_sign_on.user_matching.GOOGLE", server.issuer)
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
    assert browser.get(f"/profile/provider/{address}")["Location"].startswith("/confirm")


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


def test_the_same_subject_at_another_provider_is_another_account(client, server, acme, bob, ben):
    sign_in_with(Client(), server, acme, **claims_of(bob))
    with a_provider() as second:
        umbra = set_up(second, name="Umbra")
        sign_in_with(client, second, umbra, **claims_of(bob) | {"email": ben.email})
    assert signed_in_as(client) == str(ben.pk)
    assert Identity.objects.of_user(bob).get().provider == acme


def test_a_provider_cannot_answer_for_an_attempt_at_another_one(client, server, acme, bob):
    with a_provider() as second:
        set_up(second, name="Umbra")
        address = begin(client, acme)
        back = second.back_from(address, **claims_of(bob)).replace("%3A", ":").replace("%2F", "/")
        refused(client, client.get(back.replace(second.issuer, server.issuer)))


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
