"""The nightly backup: when it is due, what is kept, and that administrators hear of one that failed or is missing."""

from datetime import datetime, timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from accounts.models import User
from crm.models import Job, Notification
from crm.platform.backup import backup, nightly_backup
from crm.platform.configuration.environment import read_environment
from crm.platform.jobs import JOB_KINDS, JobProblem, run_job
from crm.platform.server.system_status import check_backup_age
from crm.platform.web.notifications import get_notification_sentence
from tests.conftest import make_user

NIGHT, DAY = datetime(2026, 11, 20, 3), datetime(2026, 11, 20, 15)


@pytest.fixture
def at(monkeypatch, settings):
    """at(NIGHT) says whether a nightly backup was started at that time of the server."""
    settings.BACKUPS_KEPT = 3

    def asked(moment: datetime) -> bool:
        local = moment.replace(tzinfo=timezone.get_default_timezone())
        return nightly_backup.is_backup_due(local)

    return asked


def attempted(moment: datetime, **values) -> Job:
    asked_at = moment.replace(tzinfo=timezone.get_default_timezone())
    about = {"kind": "nightly_backup", "state": "finished", "asked_at": asked_at, **values}
    return Job.objects.create(user=User.objects.administrators().first(), **about)


@pytest.mark.usefixtures("data", "ada")
def test_it_is_due_at_night_and_not_by_day(at):
    assert at(NIGHT)
    assert not at(DAY)


@pytest.mark.usefixtures("data", "ada")
def test_it_is_due_once_a_night_also_if_it_failed(at):
    attempted(NIGHT - timedelta(hours=1), state="failed")
    assert not at(NIGHT)
    assert at(NIGHT + timedelta(days=1))


@pytest.mark.usefixtures("data", "ada")
@pytest.mark.parametrize("kind", ["backup", "nightly_backup"])
def test_it_is_not_due_while_a_backup_is_being_made(at, kind):
    attempted(NIGHT - timedelta(days=3), kind=kind, state="running")
    assert not at(NIGHT)


@pytest.mark.usefixtures("ada")
def test_a_server_that_was_off_at_night_makes_it_by_day(at, place_backup):
    day = timezone.localtime().replace(hour=15, tzinfo=None)
    place_backup("leadwell-nightly-2026-11-18-030000.tar", days=4)
    assert at(day)
    place_backup("leadwell-2026-11-19-120000.tar", hours=5)
    assert not at(day)


@pytest.mark.usefixtures("data", "ada")
def test_without_the_setting_it_is_never_due(at, settings):
    settings.BACKUPS_KEPT = 0
    assert not at(NIGHT)


@pytest.mark.django_db(databases=["default", "progress"])
def test_a_new_one_is_made_and_then_the_oldest_nightly_ones_go(
    ada, place_backup, quick_dump, settings, monkeypatch
):
    settings.BACKUPS_KEPT = 2
    names = [f"leadwell-nightly-2026-11-1{day}-030000.tar" for day in range(3)]
    for age, name in enumerate(reversed(names), 1):
        place_backup(name, days=age)
    asked = place_backup("leadwell-2020-01-01-120000.tar", days=900)
    monkeypatch.setattr(nightly_backup, "is_backup_due", lambda now: True)
    assert nightly_backup.start_nightly_backup() == 1
    run_job(job_id=Job.objects.get().pk)
    assert Job.objects.get().state == "finished"
    kept = sorted(path.name for path in asked.parent.iterdir() if "nightly" in path.name)
    assert len(kept) == 2
    assert kept[0] == names[-1]
    assert asked.exists()
    # No one is notified of what is as it should be.
    assert not Notification.objects.exists()


def test_one_that_fails_removes_nothing(ada, place_backup, settings, monkeypatch):
    settings.BACKUPS_KEPT = 1
    old = [place_backup(f"leadwell-nightly-2026-11-1{day}-030000.tar", days=9 - day) for day in range(3)]

    def refuse(into, watch):
        raise backup.client_programs.ProgramFailed("the disk is full")

    monkeypatch.setattr(backup.client_programs, "dump_database", refuse)
    with pytest.raises(JobProblem, match="the disk is full"):
        JOB_KINDS["nightly_backup"].work(attempted(NIGHT, state="running"), lambda done, total: None)
    assert [path.exists() for path in old] == [True, True, True]


def test_of_one_that_failed_each_other_administrator_is_notified_once(ada, bob, data):
    """The job itself notifies its user."""
    other = make_user("second", "administrator")
    attempted(NIGHT, state="failed", finished_at=timezone.now(), problem="No backup was made. No space.")
    for expected in (1, 0):
        assert nightly_backup.notify_administrators_of_failed_backup() == expected
    notice = Notification.objects.get()
    assert (notice.user, notice.path) == (other, "/admin/backups")
    assert get_notification_sentence(notice) == "The nightly backup failed: No backup was made. No space."
    # The next attempt failed too.
    attempted(NIGHT + timedelta(days=1), state="failed", finished_at=timezone.now() + timedelta(days=1))
    assert nightly_backup.notify_administrators_of_failed_backup() == 1


def test_a_missing_one_notifies_administrators_once_a_day_and_is_a_problem_on_today(
    ada, place_backup, settings
):
    settings.BACKUPS_KEPT = 3
    path = place_backup("leadwell-nightly-2026-11-10-030000.tar", days=3)
    assert [nightly_backup.notify_administrators_of_missing_backup() for _time in range(2)] == [1, 0]
    assert Notification.objects.get().user == ada
    (line,) = check_backup_age()
    assert (line.path, line.is_problem) == ("/admin/backups", True)
    Notification.objects.update(at=timezone.now() - timedelta(days=1))
    assert nightly_backup.notify_administrators_of_missing_backup() == 1
    place_backup(path.name, hours=1)
    Notification.objects.all().delete()
    assert nightly_backup.notify_administrators_of_missing_backup() == 0
    assert list(check_backup_age()) == []


def test_a_new_installation_is_not_blamed_before_its_first_nights(ada, data, settings):
    settings.BACKUPS_KEPT = 3
    User.objects.update(joined_at=timezone.now() - timedelta(hours=5))
    assert nightly_backup.notify_administrators_of_missing_backup() == 0
    (line,) = check_backup_age()
    assert (line.text, line.is_problem) == ("No backup yet. Leadwell makes one every night.", False)
    User.objects.update(joined_at=timezone.now() - timedelta(days=4))
    assert nightly_backup.notify_administrators_of_missing_backup() == 1
    (line,) = check_backup_age()
    assert line.is_problem


def test_without_nightly_backups_no_one_is_notified_and_today_still_says_so(ada, data):
    User.objects.update(joined_at=timezone.now() - timedelta(days=400))
    with override_settings(BACKUPS_KEPT=0):
        assert nightly_backup.notify_administrators_of_missing_backup() == 0
        (line,) = check_backup_age()
    assert line.text == "No backup yet. Ask the administrator of the server to schedule one."


PRODUCTION = {
    "LEADWELL_MODE": "production",
    "LEADWELL_URL": "https://crm.example.com",
    "LEADWELL_SECRET_KEY": "x" * 20 + "abcdefghijklmnopqrstuvwxyz0123456789",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.com:587",
    "LEADWELL_MAIL_FROM": "CRM <crm@example.com>",
}


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        (PRODUCTION, 14),
        (PRODUCTION | {"LEADWELL_BACKUPS_KEPT": "3"}, 3),
        (PRODUCTION | {"LEADWELL_BACKUPS_KEPT": "0"}, 0),
        (PRODUCTION | {"DATABASE_URL": "postgres://u:p@db:5432/crm"}, 0),
        (PRODUCTION | {"DATABASE_URL": "postgres://u:p@db:5432/crm", "LEADWELL_BACKUPS_KEPT": "7"}, 7),
        ({}, 0),
    ],
)
def test_it_is_on_for_the_embedded_server_in_production_unless_someone_says_otherwise(
    monkeypatch, tmp_path, values, kept
):
    for name in (*PRODUCTION, "DATABASE_URL", "LEADWELL_BACKUPS_KEPT", "LEADWELL_DEMO_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LEADWELL_DATA", str(tmp_path))
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    assert read_environment().backups_kept == kept
