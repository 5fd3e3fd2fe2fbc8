"""The first administrator of an empty database; afterwards this way in stays closed."""

import threading
from contextlib import nullcontext
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.models import User
from accounts.users import first_administrator
from crm.platform.configuration.environment import SettingError
from crm.platform.server import start_preparation
from tests.conftest import make_user

GOOD = "a long enough pass phrase"


@pytest.fixture
def environment(settings):
    """environment(admin_email=…, admin_password=…) sets these settings for a start."""

    def set_to(**values):
        settings.ENVIRONMENT = replace(
            settings.ENVIRONMENT, **{"admin_email": "", "admin_password": "", **values}
        )

    return set_to


@pytest.fixture
def no_terminal(monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)


@pytest.fixture
def answers(monkeypatch):
    """answers(lines) types them on the terminal, including passwords."""

    def type_in(*lines):
        left = list(lines)
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("builtins.input", lambda question: left.pop(0))
        monkeypatch.setattr(first_administrator, "getpass", lambda question: left.pop(0))
        return left

    return type_in


@pytest.mark.django_db
def test_the_environment_creates_the_first_administrator(environment):
    environment(admin_email="Ana.Pop@Example.com", admin_password=GOOD)
    made = first_administrator.ensure_first_administrator()
    user = User.objects.get(email="ana.pop@example.com")
    assert made == user
    assert user.name == "Ana Pop"
    assert user.check_password(GOOD)
    assert user.is_administrator
    assert user.has_perm("leads.view_lead")
    assert user.department_ids


@pytest.mark.django_db
def test_a_second_start_creates_no_one_whatever_the_environment_says(environment):
    environment(admin_email="ana@example.com", admin_password=GOOD)
    first_administrator.ensure_first_administrator()
    environment(admin_email="eve@example.com", admin_password="something else entirely")
    assert first_administrator.ensure_first_administrator() is None
    assert first_administrator.create_first_administrator("eve@example.com", GOOD) is None
    assert [user.email for user in User.objects.all()] == ["ana@example.com"]


@pytest.mark.django_db
def test_a_deactivated_administrator_keeps_the_way_in_closed(ada, environment):
    ada.is_active = False
    ada.save()
    environment(admin_email="eve@example.com", admin_password=GOOD)
    assert first_administrator.ensure_first_administrator() is None
    assert not User.objects.filter(email="eve@example.com").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("email", "password", "named"),
    [
        ("ana@example.com", "short", "LEADWELL_ADMIN_PASSWORD is invalid: This password is too short"),
        ("ana@example.com", "", "LEADWELL_ADMIN_PASSWORD is invalid: "),
        (
            "ana@example.com",
            "ana@example.com",
            "LEADWELL_ADMIN_PASSWORD is invalid: The password is too similar",
        ),
        ("not an address", GOOD, "LEADWELL_ADMIN_EMAIL is invalid: Enter a valid email address."),
        ("", GOOD, "LEADWELL_ADMIN_EMAIL is invalid: This field cannot be blank."),
    ],
)
def test_an_invalid_environment_gets_a_message_and_creates_no_one(environment, email, password, named):
    environment(admin_email=email, admin_password=password)
    for tried in (first_administrator.check_environment, first_administrator.ensure_first_administrator):
        with pytest.raises(SettingError) as error:
            tried()
        assert named in str(error.value)
    assert not User.objects.exists()


def test_the_environment_is_checked_without_a_database(environment):
    """No database is allowed in this test."""
    environment(admin_email="ana@example.com", admin_password=GOOD)
    first_administrator.check_environment()
    environment(admin_email="ana@example.com", admin_password="short")
    with pytest.raises(SettingError, match="too short"):
        first_administrator.check_environment()


@pytest.mark.parametrize(
    ("new", "demo", "checked"), [(True, False, True), (False, False, False), (True, True, False)]
)
def test_a_new_database_is_migrated_only_after_the_check(new, demo, checked, settings, monkeypatch):
    settings.DEMO, done = demo, []
    monkeypatch.setattr(start_preparation, "FIRST_PEOPLE_CHECKS", [lambda: done.append("checked")])
    monkeypatch.setattr(start_preparation, "_migrate_database", lambda say: done.append("migrated"))
    monkeypatch.setattr(start_preparation, "_wait_until_alone", lambda say: nullcontext())
    for name in ("connect_directly", "refuse_pooler", "refuse_unfit_database"):
        monkeypatch.setattr(start_preparation, name, lambda: None)
    monkeypatch.setattr(start_preparation, "_is_new", lambda: new)
    start_preparation.prepare_database(print, checks_people=True)
    assert done == (["checked", "migrated"] if checked else ["migrated"])


@pytest.mark.django_db
def test_without_environment_or_terminal_a_message_says_what_to_do(environment, no_terminal):
    environment()
    for tried in (first_administrator.check_environment, first_administrator.ensure_first_administrator):
        with pytest.raises(SettingError, match="set LEADWELL_ADMIN_EMAIL and LEADWELL_ADMIN_PASSWORD"):
            tried()
    assert not User.objects.exists()


@pytest.mark.django_db
def test_the_terminal_asks_again_until_the_answers_are_valid(environment, answers, capsys):
    environment()
    left = answers(
        *("ana@example.com", GOOD, "something else"),
        *("ana@example.com", "short", "short"),
        *("ana@example.com", GOOD, GOOD),
    )
    assert first_administrator.ensure_first_administrator().email == "ana@example.com"
    assert not left
    said = capsys.readouterr().out
    assert "two passwords are different" in said
    assert "too short" in said


@pytest.mark.django_db
def test_an_email_that_is_taken_is_rejected():
    make_user("ann", "rep")
    with pytest.raises(ValidationError):
        first_administrator.create_first_administrator("ANN@example.com", GOOD)


@pytest.mark.django_db(transaction=True)
def test_many_simultaneous_starts_create_exactly_one_administrator():
    together, made = threading.Barrier(6), []

    def start(number):
        together.wait()
        try:
            made.append(first_administrator.create_first_administrator(f"admin{number}@example.com", GOOD))
        finally:
            connection.close()

    threads = [threading.Thread(target=start, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6
    assert len([user for user in made if user]) == 1
    assert User.objects.count() == 1
