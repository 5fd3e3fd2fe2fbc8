"""Signing in and out: who gets in, what the others see, and that guessing is slow."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import check_password
from django.test import Client

from accounts.authentication import guess_throttling
from accounts.models import User
from accounts.sign_in import DEVICE_COOKIE
from tests.conftest import PASSWORD, make_user

WRONG = "Wrong email or password. Passwords are case-sensitive."
ARGON2 = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LIMIT = 10


@pytest.fixture
def slowed(settings):
    """Guessing is slowed down as in production; other tests run without."""
    settings.AXES_ENABLED = True


def try_to_sign_in(client, email, password, address="203.0.113.1", **data):
    return client.post("/login", {"email": email, "password": password, **data}, REMOTE_ADDR=address)


def guess(client, email, times, address="203.0.113.1"):
    for number in range(times):
        answer = try_to_sign_in(client, email, f"guess {number}", address)
    return answer


def signed_in_as(client) -> str | None:
    return client.session.get("_auth_user_id")


def test_the_right_email_and_password_lead_to_the_start_page(client, bob):
    answer = try_to_sign_in(client, "bob@example.com", PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert signed_in_as(client) == str(bob.pk)


def test_the_email_can_be_typed_in_capitals_and_with_spaces_around_it(client, bob):
    try_to_sign_in(client, "  BOB@Example.COM ", PASSWORD)
    assert signed_in_as(client) == str(bob.pk)


def test_passwords_are_stored_with_argon2(settings, departments):
    settings.PASSWORD_HASHERS = ARGON2
    user = make_user("eva", "rep")
    assert user.password.startswith("argon2$argon2id$")
    assert check_password(PASSWORD, user.password)


def test_a_wrong_password_gets_a_message_with_422_and_keeps_the_email(client, bob):
    answer = try_to_sign_in(client, "bob@example.com", "wrong")
    assert answer.status_code == 422
    assert WRONG in answer.content.decode()
    assert 'value="bob@example.com"' in answer.content.decode()
    assert signed_in_as(client) is None


def test_an_empty_form_gets_messages_at_its_fields(client, db):
    answer = try_to_sign_in(client, "", "")
    assert answer.status_code == 422
    assert answer.content.decode().count("This field is required") >= 2


def test_an_invalid_email_gets_a_message(client, db):
    answer = try_to_sign_in(client, "bob\0@@", "x")
    assert answer.status_code == 422


def test_nothing_reveals_whether_an_account_exists_or_is_inactive(client, bob, ben):
    User.objects.filter(pk=ben.pk).update(is_active=False)
    answers = [
        try_to_sign_in(client, "bob@example.com", "wrong password"),
        try_to_sign_in(client, "nobody@example.com", "wrong password"),
        try_to_sign_in(client, "ben@example.com", "wrong password"),
        try_to_sign_in(client, "ben@example.com", PASSWORD),
    ]
    assert {answer.status_code for answer in answers} == {422}
    bodies = set()
    for answer, email in zip(answers, ["bob", "nobody", "ben", "ben"], strict=True):
        body = answer.content.decode().replace(f"{email}@example.com", "")
        bodies.add("".join(line for line in body.splitlines() if "csrf" not in line.lower()))
    assert len(bodies) == 1


def test_an_inactive_user_cannot_sign_in(client, bob):
    User.objects.filter(pk=bob.pk).update(is_active=False)
    try_to_sign_in(client, "bob@example.com", PASSWORD)
    assert signed_in_as(client) is None


def test_a_user_who_becomes_inactive_is_signed_out_on_the_next_click(sign_in, bob):
    browser = sign_in(bob)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert browser.get("/profile")["Location"] == "/login?next=/profile"


def test_signing_in_leads_back_to_the_requested_page(client, bob):
    asked = client.get("/profile")
    assert asked["Location"] == "/login?next=/profile"
    page = client.get(asked["Location"]).content.decode()
    assert 'name="next" value="/profile"' in page
    wrong = try_to_sign_in(client, "bob@example.com", "wrong", next="/profile").content.decode()
    assert 'name="next" value="/profile"' in wrong
    assert try_to_sign_in(client, "bob@example.com", PASSWORD, next="/profile")["Location"] == "/profile"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/x",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
    ],
)
def test_signing_in_never_redirects_to_another_site(client, bob, target):
    assert (
        '<input type="hidden" name="next" value="/">'
        in client.get("/login", {"next": target}).content.decode()
    )
    assert try_to_sign_in(client, "bob@example.com", PASSWORD, next=target)["Location"] == "/"
    assert client.get("/login", {"next": target})["Location"] == "/"


def test_a_signed_in_user_skips_the_page(sign_in, bob):
    assert sign_in(bob).get("/login?next=/profile")["Location"] == "/profile"


def test_signing_out_requires_a_post(sign_in, bob):
    browser = sign_in(bob)
    assert browser.get("/logout").status_code == 405
    assert signed_in_as(browser)
    assert browser.post("/logout")["Location"] == "/login"
    assert signed_in_as(browser) is None


def test_signing_in_and_out_requires_the_csrf_token(bob):
    browser = Client(enforce_csrf_checks=True)
    assert try_to_sign_in(browser, "bob@example.com", PASSWORD).status_code == 403
    assert signed_in_as(browser) is None


def test_signing_in_changes_the_session_key(client, bob):
    client.get("/login")
    session = client.session
    session["before"] = 1
    session.save()
    before = session.session_key
    try_to_sign_in(client, "bob@example.com", PASSWORD)
    assert client.session.session_key != before


def test_after_too_many_guesses_the_account_is_slowed_down_with_429_at_their_address(client, slowed, bob):
    answer = guess(client, "bob@example.com", LIMIT)
    assert answer.status_code == 429
    assert answer["Retry-After"] == "60"
    body = answer.content.decode()
    assert "Too many attempts. Wait 1 minute, or" in body
    assert 'value="bob@example.com"' in body
    assert "This field is required" not in body
    right = try_to_sign_in(client, "bob@example.com", PASSWORD)
    assert (right.status_code, signed_in_as(client)) == (429, None)


def test_capital_letters_do_not_allow_extra_guesses(client, slowed, bob):
    guess(client, "bob@example.com", LIMIT // 2)
    guess(client, "BOB@example.com ", LIMIT - LIMIT // 2)
    assert try_to_sign_in(client, "bob@example.com", PASSWORD).status_code == 429


def test_an_unknown_account_is_slowed_down_with_the_same_message(client, slowed, db):
    assert guess(client, "nobody@example.com", LIMIT).status_code == 429


def test_guessing_many_accounts_slows_down_the_address(client, slowed, bob):
    for number in range(LIMIT):
        answer = try_to_sign_in(client, f"person{number}@example.com", "guess")
    assert answer.status_code == 429
    assert try_to_sign_in(client, "bob@example.com", PASSWORD).status_code == 429
    assert try_to_sign_in(client, "bob@example.com", PASSWORD, "198.51.100.7").status_code == 302


def test_other_accounts_from_another_address_are_not_slowed_down(client, slowed, bob, ann):
    guess(client, "bob@example.com", LIMIT)
    assert try_to_sign_in(client, "ann@example.com", PASSWORD, "198.51.100.7").status_code == 302


def test_the_owner_can_sign_in_from_a_known_browser(slowed, bob):
    known, attacker = Client(), Client()
    try_to_sign_in(known, "bob@example.com", PASSWORD)
    known.post("/logout")
    assert guess(attacker, "bob@example.com", LIMIT).status_code == 429
    assert try_to_sign_in(known, "bob@example.com", PASSWORD).status_code == 302


def test_a_known_browser_that_guesses_is_slowed_down_too(slowed, bob):
    known = Client()
    try_to_sign_in(known, "bob@example.com", PASSWORD)
    known.post("/logout")
    assert guess(known, "bob@example.com", LIMIT).status_code == 429


def test_the_mark_of_a_browser_is_valid_only_for_its_account_and_cannot_be_forged(slowed, bob, ann):
    browser = Client()
    try_to_sign_in(browser, "ann@example.com", PASSWORD)
    browser.post("/logout")
    guess(Client(), "bob@example.com", LIMIT)
    assert try_to_sign_in(browser, "bob@example.com", PASSWORD).status_code == 429
    browser.cookies[DEVICE_COOKIE] = "made:up"
    assert try_to_sign_in(browser, "bob@example.com", PASSWORD).status_code == 429


def test_signing_in_to_another_account_in_between_allows_no_extra_guesses(slowed, bob, ann):
    attacker = Client()
    guess(attacker, "bob@example.com", LIMIT - 1)
    assert try_to_sign_in(Client(), "ann@example.com", PASSWORD).status_code == 302
    assert try_to_sign_in(attacker, "bob@example.com", "one more guess").status_code == 429


def test_the_slowdown_ends_after_a_while(client, slowed, bob):
    guess(client, "bob@example.com", LIMIT)
    for attempt in AccessAttempt.objects.all():
        AccessAttempt.objects.filter(pk=attempt.pk).update(
            attempt_time=attempt.attempt_time - timedelta(minutes=1)
        )
    assert try_to_sign_in(client, "bob@example.com", PASSWORD).status_code == 302


def test_trying_during_the_slowdown_does_not_extend_it(client, slowed, bob):
    guess(client, "bob@example.com", LIMIT)
    before = AccessAttempt.objects.get().attempt_time
    guess(client, "bob@example.com", 3)
    assert AccessAttempt.objects.get().attempt_time == before


def test_a_few_wrong_passwords_are_forgotten_after_the_right_one(client, slowed, bob):
    guess(client, "bob@example.com", 3)
    try_to_sign_in(client, "bob@example.com", PASSWORD)
    assert not AccessAttempt.objects.exists()


def test_forgetting_the_failures_of_an_account_keeps_those_of_others(client, slowed, bob):
    guess(client, "bob@example.com", 2)
    guess(client, "bobby@example.com", 2)
    guess_throttling.forget_failures("Bob@example.com")
    assert [attempt.username for attempt in AccessAttempt.objects.all()] == ["bobby@example.com"]


def test_a_very_long_email_is_counted_like_any_other(client, slowed, db):
    email = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.example"
    assert guess(client, email, LIMIT).status_code == 429


def test_the_address_is_the_one_that_our_proxy_saw(slowed, settings, bob, client):
    settings.ENVIRONMENT = type("Environment", (), {"proxies": 1})()
    for number in range(LIMIT):
        client.post(
            "/login",
            {"email": f"person{number}@example.com", "password": "guess"},
            HTTP_X_FORWARDED_FOR=f"10.0.0.{number}, 203.0.113.9",
        )
    answer = client.post(
        "/login",
        {"email": "bob@example.com", "password": PASSWORD},
        HTTP_X_FORWARDED_FOR="10.9.9.9, 203.0.113.9",
    )
    assert answer.status_code == 429


def demo_page(client, **headers) -> str:
    return client.get("/login", **headers).content.decode()


def test_the_demo_offers_its_accounts_only_on_the_same_machine(client, settings, db):
    settings.DEMO = True
    assert "rep@demo.example" in demo_page(client, REMOTE_ADDR="127.0.0.1")
    assert "rep@demo.example" not in demo_page(client, REMOTE_ADDR="192.0.2.4")
    for header in ("HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_X_FORWARDED_HOST"):
        assert "rep@demo.example" not in demo_page(client, REMOTE_ADDR="127.0.0.1", **{header: "192.0.2.4"})


def test_production_offers_no_accounts(client, settings, db):
    settings.DEMO = False
    assert "rep@demo.example" not in demo_page(client, REMOTE_ADDR="127.0.0.1")


def test_the_page_can_be_read_in_romanian_before_signing_in(client, db):
    client.post("/language", {"language": "ro", "next": "/login"})
    assert 'lang="ro"' in client.get("/login").text
