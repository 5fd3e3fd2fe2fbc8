"""The password of the demo accounts: once set it stays, until another one is given."""

import stat
from dataclasses import replace

import pytest

from accounts.models import User
from crm.server.demo import demo_password, install_people


@pytest.fixture
def start(db, settings, tmp_path):
    """start("given") is what `make run` and `make demo` do about people, with this LEADWELL_DEMO_PASSWORD."""
    settings.DATA = tmp_path / "data"

    def started(given: str = "") -> str:
        settings.ENVIRONMENT = replace(settings.ENVIRONMENT, demo_password=given)
        return install_people()

    return started


def works(password: str, email="rep@demo.example") -> bool:
    return User.objects.get(email=email).check_password(password)


def test_a_password_that_was_given_to_one_start_stays_when_the_next_is_given_none(start):
    assert start("the one given") == "the one given"
    assert start() == "the one given"
    assert works("the one given")
    assert demo_password() == "the one given"


def test_without_one_a_password_is_made_once_and_kept_for_its_owner_only(start, settings):
    made = start()
    assert len(made) >= 10
    assert start() == made
    assert works(made)
    assert oct(stat.S_IMODE((settings.DATA / "demo_password").stat().st_mode)) == "0o600"


def test_another_one_that_is_given_replaces_it_for_all_accounts(start):
    made = start()
    assert start("another one") == "another one"
    assert start() == "another one"
    for email in ("admin@demo.example", "rep@demo.example", "zoe.hartmann@demo.example"):
        assert works("another one", email)
        assert not works(made, email)


def test_the_one_given_last_is_shown_by_a_server_that_was_started_with_another_one(start, settings):
    start("given to make run")
    running = settings.ENVIRONMENT
    start("given to make demo")
    settings.ENVIRONMENT = running
    assert demo_password() == "given to make demo"
    assert works("given to make demo")


def test_an_account_whose_password_was_changed_by_its_owner_keeps_it(start):
    start("the one given")
    user = User.objects.get(email="rep@demo.example")
    user.set_password("a password of my own")
    user.save()
    start()
    start("the one given")
    assert works("a password of my own")
    assert works("the one given", "admin@demo.example")


def test_a_password_that_was_lost_is_made_anew_for_all_accounts(start, settings):
    start("the one given")
    (settings.DATA / "demo_password").unlink()
    made = start()
    assert made != "the one given"
    assert works(made)
