"""Guesses of a secret: who guesses where, how many are checked, and what happens then."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.db.models import F
from django.test import Client

from accounts.authentication import guess_rules
from accounts.authentication.guess_rules import Guesses, get_wait, get_wait_for_password
from accounts.authentication.guess_throttling import SlowDown, forget_failures
from accounts.models import AccountChange
from crm.models import Notification
from tests.accounts.second_factor.stepping import code, give_app, give_code, give_password
from tests.conftest import PASSWORD as RIGHT

OFFICE, HOME = "203.0.113.1", "198.51.100.7"

# The rule, the wrong guesses so far and the seconds since the last one; the seconds until the next one is checked.
WAITS = {
    "the first password": ("PASSWORD_RULE", 0, 0, 0),
    "the tenth password": ("PASSWORD_RULE", 9, 0, 0),
    "the eleventh password": ("PASSWORD_RULE", 10, 0, 60),
    "the eleventh password after half a minute": ("PASSWORD_RULE", 10, 30, 30),
    "the eleventh password after a minute": ("PASSWORD_RULE", 10, 60, 0),
    "the hundredth password": ("PASSWORD_RULE", 99, 0, 60),
    "a password after five minutes": ("PASSWORD_RULE", 99, 300, 0),
    "the eleventh password in a known browser": ("KNOWN_BROWSER", 10, 0, 60),
    "the twelfth password in a known browser": ("KNOWN_BROWSER", 11, 0, 120),
    "many passwords in a known browser": ("KNOWN_BROWSER", 50, 0, 900),
    "a part of a second is a whole one": ("PASSWORD_RULE", 10, 59.5, 1),
    "the third code": ("CODE_RULE", 2, 0, 0),
    "the fourth code": ("CODE_RULE", 3, 0, 30),
    "the fifth code": ("CODE_RULE", 4, 0, 60),
    "the sixth code": ("CODE_RULE", 5, 0, 120),
    "the tenth code": ("CODE_RULE", 9, 0, 1_920),
    "the eleventh code": ("CODE_RULE", 10, 0, 3_600),
    "the thousandth code": ("CODE_RULE", 999, 0, 3_600),
    "a code after a day": ("CODE_RULE", 999, 86_400, 0),
}


@pytest.mark.parametrize(("rule", "count", "since", "wait"), WAITS.values(), ids=WAITS)
def test_how_long_the_next_guess_waits(rule, count, since, wait):
    assert get_wait(getattr(guess_rules, rule), Guesses(count, since)) == wait


# Wrong guesses at the account from this address, and the seconds since; those of the address; those at the account.
NEW_BROWSERS = {
    "no one guesses": ((0, 0), (0, 0), 0, 0),
    "others guess at the account elsewhere": ((0, 0), (0, 0), 1_000, 0),
    "others guess nine times, and one typing error here": ((1, 0), (1, 0), 9, 0),
    "others guess ten times, and one typing error here": ((1, 0), (1, 0), 10, 60),
    "others guess elsewhere, and one typing error here": ((1, 0), (1, 0), 1_001, 60),
    "others guess elsewhere, a minute after a typing error": ((1, 60), (1, 60), 1_001, 0),
    "the address guesses at other accounts": ((0, 0), (10, 0), 0, 60),
    "a minute after the address guessed": ((0, 0), (10, 60), 0, 0),
    "the address guesses a hundred times at other accounts": ((0, 0), (100, 0), 0, 60),
    "others guess elsewhere, and five typing errors here": ((5, 0), (5, 0), 1_001, 60),
    "nine typing errors here": ((9, 0), (9, 0), 9, 0),
    "nine errors here, and one at another account": ((9, 0), (10, 0), 9, 60),
    "others guess elsewhere, and the address at other accounts half a minute ago": (
        (1, 60),
        (10, 30),
        1_001,
        30,
    ),
}


@pytest.mark.parametrize(
    ("pair", "from_address", "at_account", "wait"), NEW_BROWSERS.values(), ids=NEW_BROWSERS
)
def test_how_long_a_password_in_a_new_browser_waits(pair, from_address, at_account, wait):
    counted: list[Guesses] = []

    def count_pair() -> Guesses:
        counted.append(Guesses(*pair))
        return counted[0]

    assert get_wait_for_password(count_pair, Guesses(*from_address), at_account) == wait
    # Only at an account that is attacked does it matter who guessed there.
    assert bool(counted) is (at_account >= 10)


@pytest.fixture
def slowed(settings):
    settings.AXES_ENABLED = True


def try_password(password, address=OFFICE, browser=None, email="bob@example.com"):
    return (browser or Client()).post("/login", {"email": email, "password": password}, REMOTE_ADDR=address)


def guess(times, address=OFFICE, **where):
    return [try_password(f"guess {number}", address, **where).status_code for number in range(times)]


def later(**time) -> None:
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(**time))


def providers_answers():
    return [Client().get("/login/provider/back?state=x", REMOTE_ADDR=OFFICE) for _time in range(20)]


def foreign_posts():
    browser = Client(enforce_csrf_checks=True)
    return [try_password("guess", browser=browser) for _time in range(20)]


def visits():
    return [
        Client().get("/login?email=bob@example.com&password=x", REMOTE_ADDR=OFFICE) for _time in range(20)
    ]


def empty_forms():
    return [try_password("") for _time in range(20)]


@pytest.mark.parametrize("ask", [providers_answers, foreign_posts, visits, empty_forms])
def test_what_is_no_guess_is_not_counted(ask, slowed, bob):
    ask()
    assert not AccessAttempt.objects.exists()
    assert try_password(RIGHT).status_code == 302


# Where others guess at Bob's password, how often, and where Bob signs in with the right one in a new browser: what he gets
# at once, and after a minute in which they go on.
OTHERS = {
    "one address elsewhere": ([HOME], 30, OFFICE, 302, 302),
    "many addresses elsewhere": ([f"192.0.2.{number}" for number in range(1, 16)], 2, OFFICE, 302, 302),
    "one network of IPv6": (
        [f"2001:db8:0:1::{number:x}" for number in range(1, 12)],
        2,
        "2001:db8:0:2::1",
        302,
        302,
    ),
    "Bob's own address, until a minute ago": ([OFFICE], 30, OFFICE, 429, 302),
}


@pytest.mark.parametrize(
    ("addresses", "times", "here", "at_once", "in_a_minute"), OTHERS.values(), ids=OTHERS
)
def test_a_right_password_in_a_new_browser_while_others_guess(
    addresses, times, here, at_once, in_a_minute, slowed, bob
):
    for address in addresses:
        guess(times, address)
    assert try_password(RIGHT, here).status_code == at_once
    later(minutes=1)
    for address in addresses if here not in addresses else []:
        guess(times, address)
    assert try_password(RIGHT, here).status_code == in_a_minute


def test_an_address_checks_ten_guesses_and_then_one_a_minute(slowed, bob):
    assert guess(12) == [422] * 9 + [429] * 3
    assert AccessAttempt.objects.get().failures_since_start == 10
    later(minutes=1)
    assert guess(3) == [429] * 3
    assert AccessAttempt.objects.get().failures_since_start == 11


def test_all_addresses_of_a_network_of_ipv6_are_one(slowed, bob):
    for number in range(1, 11):
        try_password("guess", f"2001:db8:0:1::{number:x}")
    assert try_password(RIGHT, "2001:db8:0:1:ffff::9").status_code == 429
    assert try_password(RIGHT, "2001:db8:0:2::1").status_code == 302


def test_a_right_password_is_no_guess(slowed, bob):
    give_app(bob)
    for _time in range(30):
        assert give_password(Client(), bob)["Location"] == "/login/code"
    assert not AccessAttempt.objects.filter(failures_since_start__gt=0).exists()


def test_a_right_password_forgets_the_wrong_ones_at_this_account_from_this_address(slowed, bob, ben):
    guess(3)
    guess(2, HOME)
    guess(1, email="ben@example.com")
    assert try_password(RIGHT).status_code == 302
    left = AccessAttempt.objects.filter(failures_since_start__gt=0).order_by("username")
    assert list(left.values_list("username", "ip_address", "failures_since_start")) == [
        ("ben@example.com", OFFICE, 1),
        ("bob@example.com", HOME, 2),
    ]


def guess_codes(browser, times) -> list[int]:
    return [give_code(browser, "000000").status_code for _time in range(times)]


def test_wrong_codes_wait_longer_each_time_and_the_right_one_ends_the_wait(slowed, client, bob):
    give_app(bob)
    give_password(client, bob)
    assert guess_codes(client, 4) == [422, 422, 429, 429]
    for seconds in (30, 60, 120, 240):
        assert give_code(client, code()).headers["Retry-After"] == str(seconds)
        later(seconds=seconds)
        assert guess_codes(client, 2) == [429, 429]
    later(seconds=480)
    assert give_code(client, code()).status_code == 302
    assert not AccessAttempt.objects.filter(failures_since_start__gt=0).exists()


def test_neither_the_password_nor_its_change_by_email_gives_more_codes(slowed, bob):
    give_app(bob)
    for _time in range(3):
        browser = Client()
        give_password(browser, bob)
        answer = give_code(browser, "000000")
    forget_failures(bob.email)
    assert answer.status_code == give_code(browser, code()).status_code == 429


# What wrong guesses were counted under, and whether they are forgotten once Bob is verified.
COUNTED = {
    "his account": ("bob@example.com", True),
    "his account in a browser that he uses": ("bob@example.com a1b2", True),
    "his account while he is signed in": ("bob@example.com signed in", True),
    "his codes": ("bob@example.com code", False),
    "his codes in a browser that he uses": ("bob@example.com a1b2 code", False),
    "another account": ("ben@example.com", False),
    "an account whose address begins with his": ("bob@example.com.ro", False),
    "an account whose address ends with his": ("jim-bob@example.com", False),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("counted", "forgotten"), COUNTED.values(), ids=COUNTED)
def test_which_guesses_are_forgotten_once_the_owner_is_verified(counted, forgotten):
    AccessAttempt.objects.create(username=counted, ip_address=OFFICE, failures_since_start=3)
    forget_failures(" BOB@example.com")
    assert AccessAttempt.objects.exists() is not forgotten


@pytest.mark.django_db
def test_guesses_at_a_long_address_are_forgotten_too():
    """They are counted under its beginning."""
    address = f"{'b' * 240}@example.com"
    AccessAttempt.objects.create(username=address[:200], ip_address=OFFICE, failures_since_start=3)
    forget_failures(address)
    assert not AccessAttempt.objects.exists()


@pytest.mark.django_db
def test_the_hooks_of_axes_without_a_request_and_for_old_attempts_do_nothing():
    """Guesses by a program aren't counted, and Leadwell itself removes old ones."""
    AccessAttempt.objects.create(username="bob@example.com", ip_address=OFFICE, failures_since_start=3)
    SlowDown().user_login_failed(None, {"email": "bob@example.com"})
    assert SlowDown().clean_expired_user_attempts() == 0
    assert AccessAttempt.objects.get().failures_since_start == 3


def test_the_user_is_told_of_the_third_and_the_tenth_wrong_code(slowed, client, bob):
    give_app(bob)
    give_password(client, bob)
    for number in range(1, 12):
        guess_codes(client, 1)
        told = AccountChange.objects.filter(user=bob, kind="codes_wrong").count()
        assert told == (number >= 3) + (number >= 10)
        later(minutes=30 if number < 9 else 60)
        give_password(client, bob)
    notification = Notification.objects.filter(user=bob).latest("id")
    assert notification.parameters["what"] == "codes_wrong"
    assert AccountChange.Kind.CODES_WRONG in AccountChange.KEYS


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("checked", "guesses"), [(3, "codes"), (10, "passwords")])
def test_guesses_that_are_sent_at_the_same_moment_count_too(checked, guesses, slowed, bob, monkeypatch):
    give_app(bob)
    browsers = [Client() for _number in range(16)]
    if guesses == "codes":
        for browser in browsers:
            give_password(browser, bob)
    looked_at = []

    def wrong(*_arguments, **_keywords):
        looked_at.append(1)

    where = "verify_and_consume_code" if guesses == "codes" else "ModelBackend.authenticate"
    monkeypatch.setattr(f"accounts.sign_in.{where}", wrong)

    def send(browser) -> int:
        try:
            if guesses == "codes":
                return give_code(browser, "000000").status_code
            return try_password("guess", browser=browser).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(send, browsers))
    assert len(looked_at) == checked
    assert answers.count(429) >= len(browsers) - checked
