"""Signing in and out: who gets in, what the others are told, and that guessing is slow."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import check_password
from django.test import Client

from accounts import slow_down
from accounts.models import User
from accounts.sign_in import DEVICE_COOKIE
from tests.conftest import PASSWORD, make_user

WRONG = "Wrong email or password. Passwords are case-sensitive."
ARGON2 = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LIMIT = 10


@pytest.fixture
def slowed(settings):
    """Guessing is slowed down, as in the product; other tests run without."""
    settings.AXES_ENABLED = True


def try_to_sign_in(client, email, password, address="203.0.113.1", **data):
    return client.post("/login", {"email": email, "password": password, **data}, REMOTE_ADDR=address)


def guess(client, email, times, address="203.0.113.1"):
    for number in range(times):
        answer = try_to_sign_in(client, email, f"guess {number}", address)
    return answer


def signed_in_as(client) -> str | None:
    return client.session.get("_auth_user_id")


def test_right_email_and_password_lead_to_the_first_page(client, bob):
    answer = try_to_sign_in(client, "bob@example.com", PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert signed_in_as(client) == str(bob.pk)


def test_the_email_may_be_typed_in_capitals_and_with_spaces_around(client, bob):
    try_to_sign_in(client, "  BOB@Example.COM ", PASSWORD)
    assert signed_in_as(client) == str(bob.pk)


def test_passwords_are_stored_with_argon2(settings, departments):
    settings.PASSWORD_HASHERS = ARGON2
    user = make_user("eva", "rep")
    assert user.password.startswith("argon2$argon2id$")
    assert check_password(PASSWORD, user.password)


def test_a_wrong_password_is_a_sentence_with_422_and_keeps_the_email(client, bob):
    answer = try_to_sign_in(client, "bob@example.com", "wrong")
    assert answer.status_code == 422
    assert WRONG in answer.content.decode()
    assert 'value="bob@example.com"' in answer.content.decode()
    assert signed_in_as(client) is None


def test_an_empty_form_is_answered_at_the_fields(client, db):
    answer = try_to_sign_in(client, "", "")
    assert answer.status_code == 422
    assert answer.content.decode().count("This field is required") >= 2


def test_an_email_that_is_none_is_refused_with_a_sentence(client, db):
    answer = try_to_sign_in(client, "bob\0@@", "x")
    assert answer.status_code == 422


def test_nothing_tells_whether_an_account_exists_or_is_inactive(client, bob, ben):
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


def test_an_inactive_user_does_not_get_in(client, bob):
    User.objects.filter(pk=bob.pk).update(is_active=False)
    try_to_sign_in(client, "bob@example.com", PASSWORD)
    assert signed_in_as(client) is None


def test_a_user_who_becomes_inactive_is_out_at_the_next_click(sign_in, bob):
    browser = sign_in(bob)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert browser.get("/profile")["Location"] == "/login?next=/profile"


def test_the_way_back_to_the_page_that_was_asked_for_is_kept(client, bob):
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
def test_no_way_leads_to_another_site(client, bob, target):
    assert (
        '<input type="hidden" name="next" value="/">'
        in client.get("/login", {"next": target}).content.decode()
    )
    assert try_to_sign_in(client, "bob@example.com", PASSWORD, next=target)["Location"] == "/"
    assert client.get("/login", {"next": target})["Location"] == "/"


def test_who_is_signed_in_skips_the_page(sign_in, bob):
    assert sign_in(bob).get("/login?next=/profile")["Location"] == "/profile"


def test_signing_out_takes_a_post(sign_in, bob):
    browser = sign_in(bob)
    assert browser.get("/logout").status_code == 405
    assert signed_in_as(browser)
    assert browser.post("/logout")["Location"] == "/login"
    assert signed_in_as(browser) is None


def test_signing_in_and_out_needs_the_token_of_the_form(bob):
    browser = Client(enforce_csrf_checks=True)
    assert try_to_sign_in(browser, "bob@example.com", PASSWORD).status_code == 403
    assert signed_in_as(browser) is None


def test_signing_in_changes_the_key_of_the_session(client, bob):
    client.get("/login")
    session = client.session
    session["before"] = 1
    session.save()
    before = session.session_key
    try_to_sign_in(client, "bob@example.com", PASSWORD)
    assert client.session.session_key != before


def test_after_too_many_guesses_the_account_is_slowed_down_with_429(client, slowed, bob):
    answer = guess(client, "bob@example.com", LIMIT)
    assert answer.status_code == 429
    assert answer["Retry-After"] == "300"
    body = answer.content.decode()
    assert "Too many attempts" in body
    assert 'value="bob@example.com"' in body
    assert "This field is required" not in body
    right = try_to_sign_in(client, "bob@example.com", PASSWORD, "198.51.100.7")
    assert (right.status_code, signed_in_as(client)) == (429, None)


def test_capitals_do_not_make_another_account_to_guess_at(client, slowed, bob):
    guess(client, "bob@example.com", LIMIT // 2)
    guess(client, "BOB@example.com ", LIMIT - LIMIT // 2)
    assert try_to_sign_in(client, "bob@example.com", PASSWORD).status_code == 429


def test_an_unknown_account_is_slowed_down_in_the_same_words(client, slowed, db):
    assert guess(client, "nobody@example.com", LIMIT).status_code == 429


def test_guessing_at_many_accounts_slows_down_the_address(client, slowed, bob):
    for number in range(LIMIT):
        answer = try_to_sign_in(client, f"person{number}@example.com", "guess")
    assert answer.status_code == 429
    assert try_to_sign_in(client, "bob@example.com", PASSWORD).status_code == 429
    assert try_to_sign_in(client, "bob@example.com", PASSWORD, "198.51.100.7").status_code == 302


def test_other_accounts_from_another_address_are_not_slowed_down(client, slowed, bob, ann):
    guess(client, "bob@example.com", LIMIT)
    assert try_to_sign_in(client, "ann@example.com", PASSWORD, "198.51.100.7").status_code == 302


def test_the_owner_gets_in_from_a_browser_that_is_known(slowed, bob):
    known, attacker = Client(), Client()
    try_to_sign_in(known, "bob@example.com", PASSWORD)
    known.post("/logout")
    assert guess(attacker, "bob@example.com", LIMIT).status_code == 429
    assert try_to_sign_in(known, "bob@example.com", PASSWORD).status_code == 302


def test_a_known_browser_is_slowed_down_too_when_it_guesses(slowed, bob):
    known = Client()
    try_to_sign_in(known, "bob@example.com", PASSWORD)
    known.post("/logout")
    assert guess(known, "bob@example.com", LIMIT).status_code == 429


def test_the_mark_of_a_browser_counts_for_its_own_account_only_and_cannot_be_made_up(slowed, bob, ann):
    browser = Client()
    try_to_sign_in(browser, "ann@example.com", PASSWORD, "198.51.100.9")
    browser.post("/logout")
    guess(Client(), "bob@example.com", LIMIT)
    assert try_to_sign_in(browser, "bob@example.com", PASSWORD, "198.51.100.9").status_code == 429
    browser.cookies[DEVICE_COOKIE] = "made:up"
    assert try_to_sign_in(browser, "bob@example.com", PASSWORD, "198.51.100.9").status_code == 429


def test_signing_in_to_an_own_account_in_between_gives_no_more_guesses(slowed, bob, ann):
    attacker = Client()
    guess(attacker, "bob@example.com", LIMIT - 1)
    assert try_to_sign_in(Client(), "ann@example.com", PASSWORD).status_code == 302
    assert try_to_sign_in(attacker, "bob@example.com", "one more guess").status_code == 429


def test_after_a_while_all_is_well_again(client, slowed, bob):
    guess(client, "bob@example.com", LIMIT)
    for attempt in AccessAttempt.objects.all():
        AccessAttempt.objects.filter(pk=attempt.pk).update(
            attempt_time=attempt.attempt_time - timedelta(minutes=6)
        )
    assert try_to_sign_in(client, "bob@example.com", PASSWORD).status_code == 302


def test_trying_while_slowed_down_does_not_make_it_longer(client, slowed, bob):
    guess(client, "bob@example.com", LIMIT)
    before = AccessAttempt.objects.get().attempt_time
    guess(client, "bob@example.com", 3)
    assert AccessAttempt.objects.get().attempt_time == before


def test_a_few_wrong_passwords_are_forgotten_after_the_right_one(client, slowed, bob):
    guess(client, "bob@example.com", 3)
    try_to_sign_in(client, "bob@example.com", PASSWORD)
    assert not AccessAttempt.objects.exists()


def test_forgetting_the_failures_of_an_account_leaves_those_of_others(client, slowed, bob):
    guess(client, "bob@example.com", 2)
    guess(client, "bobby@example.com", 2)
    slow_down.forget_failures("Bob@example.com")
    assert [attempt.username for attempt in AccessAttempt.objects.all()] == ["bobby@example.com"]


def test_a_very_long_email_is_counted_like_any_other(client, slowed, db):
    email = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.example"
    assert guess(client, email, LIMIT).status_code == 429


def test_the_address_behind_a_proxy_of_ours_is_the_one_that_it_saw(slowed, settings, bob, client):
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


def test_the_demo_offers_its_accounts_on_the_machine_itself_only(client, settings, db):
    settings.DEMO = True
    assert "rep@demo.example" in demo_page(client, REMOTE_ADDR="127.0.0.1")
    assert "rep@demo.example" not in demo_page(client, REMOTE_ADDR="192.0.2.4")
    for header in ("HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_X_FORWARDED_HOST"):
        assert "rep@demo.example" not in demo_page(client, REMOTE_ADDR="127.0.0.1", **{header: "192.0.2.4"})


def test_outside_the_demo_no_account_is_offered(client, settings, db):
    settings.DEMO = False
    assert "rep@demo.example" not in demo_page(client, REMOTE_ADDR="127.0.0.1")


def test_the_page_may_be_read_in_romanian_before_signing_in(client, db):
    client.post("/language", {"language": "ro", "next": "/login"})
    assert 'lang="ro"' in client.get("/login").text
