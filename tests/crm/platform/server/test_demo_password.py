"""The password of the demo accounts: it stays until another one is set."""

import stat
from dataclasses import replace

import pytest

from accounts.models import User
from crm.platform.server.demo import get_demo_password, install_people


@pytest.fixture
def start(db, settings, tmp_path):
    """start("given") does what `make run` and `make demo` do about people, with this LEADWELL_DEMO_PASSWORD."""
    settings.DATA = tmp_path / "data"

    def started(given: str = "") -> str:
        settings.ENVIRONMENT = replace(settings.ENVIRONMENT, demo_password=given)
        return install_people()

    return started


def works(password: str, email="rep@demo.example") -> bool:
    return User.objects.get(email=email).check_password(password)


def test_a_password_set_at_one_start_stays_when_the_next_start_sets_none(start):
    assert start("the one given") == "the one given"
    assert start() == "the one given"
    assert works("the one given")
    assert get_demo_password() == "the one given"


def test_a_generated_password_is_kept_and_readable_only_by_its_owner(start, settings):
    made = start()
    assert len(made) >= 10
    assert start() == made
    assert works(made)
    assert oct(stat.S_IMODE((settings.DATA / "demo_password").stat().st_mode)) == "0o600"


def test_a_new_password_replaces_the_old_one_for_all_accounts(start):
    made = start()
    assert start("another one") == "another one"
    assert start() == "another one"
    for email in ("admin@demo.example", "rep@demo.example", "zoe.hartmann@demo.example"):
        assert works("another one", email)
        assert not works(made, email)


def test_a_server_started_with_another_password_shows_the_last_one_set(start, settings):
    start("given to make run")
    running = settings.ENVIRONMENT
    start("given to make demo")
    settings.ENVIRONMENT = running
    assert get_demo_password() == "given to make demo"
    assert works("given to make demo")


def test_an_account_whose_owner_changed_the_password_keeps_it(start):
    start("the one given")
    user = User.objects.get(email="rep@demo.example")
    user.set_password("a password of my own")
    user.save()
    start()
    start("the one given")
    assert works("a password of my own")
    assert works("the one given", "admin@demo.example")


def test_a_lost_password_is_generated_again_for_all_accounts(start, settings):
    start("the one given")
    (settings.DATA / "demo_password").unlink()
    made = start()
    assert made != "the one given"
    assert works(made)
