"""Changing a password: guesses of the current one are slowed down, and common passwords are rejected."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from tests.conftest import PASSWORD

NEW = "a brand new password 7"
LIMIT = 10


@pytest.fixture
def browser(sign_in, bob, settings):
    """Bob is signed in, and guessing is slowed down as in production."""
    settings.AXES_ENABLED = True
    return sign_in(bob)


def change(browser, old=PASSWORD, new=NEW):
    return browser.post("/password/change", {"old_password": old, "new_password1": new, "new_password2": new})


def guess(browser, times=LIMIT):
    for number in range(times):
        answer = change(browser, f"guess {number}")
    return answer


def test_after_too_many_guesses_even_the_right_current_password_has_to_wait(browser, bob):
    answer = guess(browser)
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert "Too many attempts" in answer.text
    assert change(browser).status_code == 429
    bob.refresh_from_db()
    assert bob.check_password(PASSWORD)


def test_a_guess_counts_even_if_the_new_password_is_rejected(browser):
    for number in range(LIMIT - 1):
        assert change(browser, f"guess {number}", "short").status_code == 422
    assert change(browser, "one more guess", "short").status_code == 429


def test_another_browser_of_the_same_user_allows_no_extra_guesses(browser, bob):
    guess(browser, LIMIT - 1)
    other = Client()
    other.force_login(bob, backend="accounts.sign_in.EmailBackend")
    assert change(other, "one more guess").status_code == 429


def test_after_a_minute_the_password_can_be_changed(browser, bob):
    guess(browser)
    for attempt in AccessAttempt.objects.all():
        AccessAttempt.objects.filter(pk=attempt.pk).update(
            attempt_time=attempt.attempt_time - timedelta(minutes=1)
        )
    assert change(browser)["Location"] == "/profile"
    assert not AccessAttempt.objects.exists()


def test_a_strangers_guesses_on_the_sign_in_page_do_not_keep_the_owner_from_changing_the_password(
    browser, bob
):
    for number in range(LIMIT):
        Client().post("/login", {"email": bob.email, "password": f"guess {number}"})
    assert change(browser)["Location"] == "/profile"


COMMON = [
    "qwertyuiop",
    "Qwertyuiop12!",
    "sunshine2026",
    "Sunshine-2026",
    "P@ssw0rd2024!",
    "$un$h1ne99",
    "passwordpassword",
    "1234567890!!",
    "!!dragon1988!!",
]


@pytest.mark.parametrize("password", COMMON)
def test_a_common_password_is_rejected_even_with_digits_and_signs_around_it(password):
    with pytest.raises(ValidationError, match="too easy to guess"):
        validate_password(password)


@pytest.mark.parametrize(
    "password", [PASSWORD, NEW, "Tq9#xLm2$8841", "8831-abc-7712-5519", "winter in Sibiu 2026"]
)
def test_an_uncommon_password_is_accepted(password):
    validate_password(password)


def test_a_common_password_is_rejected_on_the_page_and_changes_nothing(browser, bob):
    answer = change(browser, new="Sunshine2026!")
    assert answer.status_code == 422
    assert "too easy to guess" in answer.text
    bob.refresh_from_db()
    assert bob.check_password(PASSWORD)
