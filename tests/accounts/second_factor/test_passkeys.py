"""Passkeys against a device made of software: adding them, signing in with them alone or after the password, and every
answer that isn't accepted. tests/browser/sign_in/test_passkeys.py is the same in Chromium."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Passkey, RecoveryCode, User
from tests.accounts.second_factor.stepping import (
    SITE,
    SoftwarePasskey,
    bytes_of,
    give_password,
    signed_in_as,
    text_of,
)

NEW = "/profile/two-step/passkeys"


@pytest.fixture(autouse=True)
def named_site(settings):
    settings.SITE_URL = SITE
    settings.ALLOWED_HOSTS = ["testserver", "crm.example.com"]


def add(browser, passkey, name="Phone"):
    options = browser.post(f"{NEW}/options").json()
    return browser.post(NEW, {"name": name, "credential": passkey.make(options)})


@pytest.fixture
def passkey(bob) -> SoftwarePasskey:
    made, browser = SoftwarePasskey(), Client()
    browser.force_login(bob, backend="accounts.sign_in.EmailBackend")
    assert add(browser, made).status_code == 200
    bob.refresh_from_db()
    return made


def challenge(browser) -> dict:
    return browser.post("/login/passkey/options").json()


def send(browser, answer: str, **data):
    return browser.post("/login/passkey", {"credential": answer, **data})


def test_a_passkey_is_added_with_a_name_and_recovery_codes(sign_in, bob):
    browser, passkey = sign_in(bob), SoftwarePasskey()
    answer = add(browser, passkey, "Work laptop")
    assert len(answer.context["codes"]) == 10
    stored = Passkey.objects.get(user=bob)
    assert (stored.name, stored.credential_id) == ("Work laptop", text_of(passkey.identity))
    assert stored.transports == ["internal"]
    assert "Work laptop" in browser.get("/profile/two-step").content.decode()


def test_what_the_browser_is_asked_for(sign_in, bob, passkey):
    options = sign_in(bob).post(f"{NEW}/options").json()
    assert options["rp"] == {"id": "crm.example.com", "name": "Leadwell"}
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert [one["id"] for one in options["excludeCredentials"]] == [text_of(passkey.identity)]
    # The same mark for all passkeys of a user, which says nothing about them.
    assert options["user"]["id"] == Passkey.objects.get().handle
    assert len(bytes_of(options["user"]["id"])) == 32


def test_a_second_passkey_shows_no_new_recovery_codes(sign_in, bob, passkey):
    browser = sign_in(bob)
    assert add(browser, SoftwarePasskey(), "Key")["Location"] == "/profile/two-step"
    assert Passkey.objects.count() == 2
    assert RecoveryCode.objects.count() == 10


def test_it_signs_in_alone_and_leads_to_the_requested_page(client, bob, passkey):
    options = challenge(client)
    assert options["userVerification"] == "required"
    assert not options.get("allowCredentials")
    answer = send(client, passkey.sign(options), next="/profile")
    assert answer["Location"] == "/profile"
    assert signed_in_as(client) == str(bob.pk)
    stored = Passkey.objects.get()
    assert (stored.sign_count, stored.last_used_at is not None) == (2, True)


def test_it_is_the_second_step_after_the_password(client, bob, passkey):
    give_password(client, bob, next="/profile")
    assert "Use a passkey" in client.get("/login/code").content.decode()
    options = challenge(client)
    assert [one["id"] for one in options["allowCredentials"]] == [text_of(passkey.identity)]
    passkey.verified = False
    assert send(client, passkey.sign(options))["Location"] == "/profile"
    assert signed_in_as(client) == str(bob.pk)


def test_it_confirms_too(sign_in, bob, passkey, monkeypatch):
    browser = sign_in(bob)
    options = browser.post("/confirm/passkey/options").json()
    answer = browser.post(
        "/confirm/passkey", {"credential": passkey.sign(options), "next": "/profile/two-step"}
    )
    assert answer["Location"] == "/profile/two-step"
    again = browser.post("/confirm/passkey", {"credential": passkey.sign(options)})
    assert again["Location"] == "/confirm"


def refused(client, answer: str) -> bool:
    return send(client, answer)["Location"] in ("/login", "/login/code") and signed_in_as(client) is None


def test_an_answer_is_accepted_once(client, passkey):
    answer = passkey.sign(challenge(client))
    send(client, answer)
    client.post("/logout")
    assert refused(client, answer)
    challenge(client)
    assert refused(client, answer)


def test_the_same_answer_in_the_same_session_at_once_is_accepted_once(client, passkey):
    """Two requests that have both read the session before one of them has used its challenge up."""
    options = challenge(client)
    session = dict(client.session.items())
    answer = passkey.sign(options)
    send(client, answer)
    other = Client()
    copied = other.session
    copied.update(session)
    copied.save()
    other.cookies["sessionid"] = copied.session_key
    Passkey.objects.update(sign_count=0)
    assert refused(other, answer)


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://crm.example.com"},
        {"name": "evil.example"},
        {"verified": False},
        {"count": -1},
        {"handle": "c29tZW9uZQ"},
        {"identity": b"unknown"},
    ],
    ids=str,
)
def test_a_wrong_answer_is_not_accepted(client, passkey, wrong):
    """Another site or address, a device that didn't check its user, a copied device, another user, an unknown passkey."""
    for name, value in wrong.items():
        setattr(passkey, name, value)
    assert refused(client, passkey.sign(challenge(client)))


def test_a_counter_that_goes_back_is_not_accepted(client, passkey):
    Passkey.objects.update(sign_count=100)
    assert refused(client, passkey.sign(challenge(client)))


def test_another_challenge_is_not_accepted(client, passkey):
    options = challenge(client)
    assert refused(client, passkey.sign({**options, "challenge": text_of(b"x" * 32)}))


def test_a_challenge_is_valid_for_five_minutes_and_for_one_purpose(
    client, sign_in, bob, passkey, monkeypatch
):
    answer = passkey.sign(challenge(client))
    later = timezone.now() + timedelta(minutes=6)
    monkeypatch.setattr("accounts.second_factor.passkeys.timezone.now", lambda: later)
    assert refused(client, answer)
    monkeypatch.undo()
    options = challenge(client)
    answer = sign_in(bob).post("/confirm/passkey", {"credential": passkey.sign(options)})
    assert answer["Location"] == "/confirm"


def test_the_passkey_of_another_user_isnt_a_second_step(client, ann, bob, passkey):
    made, browser = SoftwarePasskey(), Client()
    browser.force_login(ann, backend="accounts.sign_in.EmailBackend")
    add(browser, made)
    give_password(client, ann)
    assert refused(client, passkey.sign(challenge(client)))


def test_an_inactive_user_cant_sign_in_with_a_passkey(client, bob, passkey):
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert refused(client, passkey.sign(challenge(client)))


@pytest.mark.parametrize("text", ["", "no", "[]", "{}", '{"response": 1}', '{"id": 7, "response": {}}'])
def test_anything_else_gets_a_sentence(client, passkey, text):
    challenge(client)
    assert refused(client, text)
    assert "The passkey wasn’t accepted" in client.get("/login").content.decode()


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature", "userHandle"])
@pytest.mark.parametrize("value", ["AAAA", "%", 7, None, {}])
def test_broken_parts_get_a_sentence(client, passkey, part, value):
    answer = json.loads(passkey.sign(challenge(client)))
    answer["response"][part] = value
    assert refused(client, json.dumps(answer))


@pytest.mark.parametrize(
    "wrong", [{"origin": "https://evil.example"}, {"name": "evil.example"}, {"verified": False}]
)
def test_a_wrong_passkey_isnt_added(sign_in, bob, wrong):
    browser = sign_in(bob)
    assert add(browser, SoftwarePasskey(**wrong))["Location"] == "/profile/two-step"
    assert not Passkey.objects.exists()
    assert browser.get("/profile").status_code == 200


def test_a_passkey_that_is_already_known_isnt_added_for_another_user(sign_in, ann, bob, passkey):
    browser = sign_in(ann)
    assert add(browser, passkey)["Location"] == "/profile/two-step"
    assert Passkey.objects.get().user_id == bob.pk
    assert browser.get("/profile").status_code == 200


def test_a_passkey_without_a_name_gets_a_sentence(sign_in, bob):
    answer = add(sign_in(bob), SoftwarePasskey(), "")
    assert answer.status_code == 422
    assert not Passkey.objects.exists()


def test_removing_the_last_one_turns_two_step_verification_off(sign_in, bob, passkey):
    browser = sign_in(bob)
    browser.post(f"{NEW}/{Passkey.objects.get().pk}/remove")
    assert not Passkey.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert give_password(Client(), bob)["Location"] == "/"


def test_a_passkey_of_someone_else_doesnt_exist(sign_in, ann, bob, passkey):
    assert sign_in(ann).post(f"{NEW}/{Passkey.objects.get().pk}/remove").status_code == 404
    assert Passkey.objects.exists()


def test_at_an_address_without_a_name_the_pages_say_so(sign_in, client, bob, settings):
    settings.SITE_URL = "http://127.0.0.1:8000"
    assert "Sign in with a passkey" not in client.get("/login").content.decode()
    assert client.post("/login/passkey/options").status_code == 409
    page = sign_in(bob).get("/profile/two-step").content.decode()
    assert "not by an IP address" in page
    assert client.post(f"{NEW}/options").status_code == 409


def test_a_rejected_passkey_is_in_the_log(client, passkey, noted):
    passkey.origin = "https://evil.example"
    lines = noted(lambda: send(client, passkey.sign(challenge(client))))
    assert [line["event"] for line in lines] == ["passkey_rejected"]
    assert "origin" in lines[0]["why"]
