"""What Leadwell requires of a database: every way to start shows the same message and starts nothing."""

import os
import subprocess
import sys
from datetime import date

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from accounts import demo
from accounts.checks import check_no_demo_accounts
from accounts.models import User
from crm.platform.configuration.environment import ROOT, SettingError
from crm.platform.database.checks import DatabaseAway, check_database, refuse_unfit_database
from crm.platform.database.connection_settings import get_embedded_server
from crm.platform.database.squashed_migrations import SQUASHED
from crm.records.history.verb_execution import operation
from leads import initial_data
from leads.checks import check_base_currency
from leads.models import Rate, SourceCost
from tests.crm.platform.configuration.test_environment import PRODUCTION
from tests.waiting import PATIENCE

DATABASES = ["default"]


def started(command: list[str], tmp_path, database_url: str) -> subprocess.CompletedProcess:
    """Start production with this command on that database."""
    environment = {
        "PATH": os.environ["PATH"],
        **PRODUCTION,
        "LEADWELL_DATA": str(tmp_path),
        "DATABASE_URL": database_url,
    }
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE
    )


def manage(*words: str) -> list[str]:
    return [sys.executable, "manage.py", *words]


GUNICORN = [
    sys.executable,
    "-m",
    "gunicorn",
    "--preload",
    "--no-control-socket",
    "--bind=127.0.0.1:0",
    "crm.wsgi",
]


@pytest.mark.parametrize(
    "command",
    [manage("run", "--only", "worker"), manage("work"), manage("check", "--database", "default"), GUNICORN],
    ids=["run", "worker", "check", "web server"],
)
@pytest.mark.hard
def test_production_refuses_a_database_superuser_in_every_command(command, tmp_path):
    url = get_embedded_server(django_settings.ENVIRONMENT).url.replace("//leadwell@", "//postgres@")
    done = started(command, tmp_path, url)
    assert done.returncode == 1
    assert "DATABASE_URL connects as the superuser postgres" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_does_not_answer_gets_a_message(tmp_path):
    done = started(manage("run", "--only", "worker"), tmp_path, "postgres://crm:hidden@127.0.0.1:1/leads")
    assert done.returncode == 1
    assert done.stderr.startswith("Leadwell can't start.\nThe database can't be reached: ")
    assert "Traceback" not in done.stderr
    assert "hidden" not in done.stderr


def test_a_worker_without_its_database_asks_to_be_restarted_later(tmp_path):
    done = started(manage("work"), tmp_path, "postgres://crm@127.0.0.1:1/leads")
    assert done.returncode == 75
    assert "Traceback" not in done.stderr


@pytest.mark.django_db
def test_the_test_database_passes_the_checks(settings):
    settings.ENVIRONMENT = django_settings.ENVIRONMENT
    refuse_unfit_database()


@pytest.mark.django_db
def test_a_database_from_before_0_1_is_refused_with_the_version_that_reads_it(settings):
    settings.ENVIRONMENT = django_settings.ENVIRONMENT
    MigrationRecorder(connections["default"]).record_applied("crm", "0001_functions")
    with pytest.raises(SettingError, match=r"The last version that can read it is 0\.0"):
        refuse_unfit_database()


@pytest.mark.django_db
def test_a_database_of_an_early_0_2_is_refused_until_the_last_0_2_has_run_on_it(settings):
    settings.ENVIRONMENT = django_settings.ENVIRONMENT
    recorder = MigrationRecorder(connections["default"])
    recorder.record_applied("crm", "0001_initial")
    # The last 0.2 doesn't know the squashed one.
    recorder.record_unapplied("crm", "0001_squashed_0035_installation")
    refuse_unfit_database()
    recorder.record_unapplied("crm", "0035_installation")
    with pytest.raises(
        SettingError, match=r"has to pass through the last 0\.2 \(commit \w+\): start that version on it once"
    ):
        refuse_unfit_database()


@pytest.mark.django_db
def test_what_the_last_0_2_left_is_recorded_as_squashed_and_nothing_runs():
    recorder = MigrationRecorder(connections["default"])
    for name in SQUASHED:
        recorder.record_unapplied(*name.split("."))
    executor = MigrationExecutor(connections["default"])
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    call_command("migrate", verbosity=0)
    assert {tuple(name.split(".")) for name in SQUASHED} <= set(recorder.applied_migrations())


class Told:
    """What a server reports about itself on connection."""

    def __init__(self, version: int, **status: str) -> None:
        self.server_version, self.status, self.user = version, status, "crm"

    def parameter_status(self, name: str) -> str | None:
        return {"server_encoding": "UTF8", "is_superuser": "off", **self.status}.get(name)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("told", "says"),
    [
        (Told(150_004), "PostgreSQL 15; 16 or newer is required"),
        (Told(160_000, server_encoding="LATIN1"), "a database that isn't UTF-8"),
    ],
)
def test_an_old_server_and_another_encoding_are_refused(monkeypatch, told, says):
    monkeypatch.setattr(type(connections["default"].connection), "info", told)
    assert [says in error.msg for error in check_database(databases=DATABASES)] == [True]


def test_commands_without_a_database_do_not_query_it():
    assert check_database() == check_base_currency() == check_no_demo_accounts() == []


def test_an_unreachable_database_is_distinguished_from_an_unsuitable_one():
    assert issubclass(DatabaseAway, SettingError)


@pytest.mark.django_db
def test_the_base_currency_may_change_while_it_is_unused(settings):
    settings.COMPANY_OVERRIDES = {**settings.COMPANY_OVERRIDES, "base_currency": "RON"}
    assert check_base_currency(databases=DATABASES) == []
    initial_data.install_initial_data()
    assert list(Rate.objects.values_list("currency", "day")) == [("RON", date.min)]


@pytest.mark.django_db
def test_the_base_currency_is_fixed_once_a_lead_has_a_value(settings, make_lead):
    make_lead(value=100)
    settings.COMPANY_OVERRIDES = {**settings.COMPANY_OVERRIDES, "base_currency": "RON"}
    (error,) = check_base_currency(databases=DATABASES)
    assert error.msg == (
        "LEADWELL_BASE_CURRENCY is invalid: the amounts in this database are in EUR "
        "(leads with a value). Set it to EUR."
    )
    with pytest.raises(SettingError, match="Set it to EUR"):
        refuse_unfit_database()


@pytest.mark.django_db
def test_the_base_currency_is_fixed_once_a_source_has_a_cost(settings, sources):
    with operation("test", by=None):
        SourceCost.objects.create(source=sources.event, month="2026-05-01", amount=10)
    settings.COMPANY_OVERRIDES = {**settings.COMPANY_OVERRIDES, "base_currency": "RON"}
    (error,) = check_base_currency(databases=DATABASES)
    assert "(costs of sources). Set it to EUR." in error.msg


@pytest.mark.django_db
def test_the_base_currency_is_fixed_once_other_currencies_have_rates(settings):
    Rate.objects.create(currency="USD", day=date(2026, 1, 1), rate=1)
    settings.COMPANY_OVERRIDES = {**settings.COMPANY_OVERRIDES, "base_currency": "RON"}
    assert check_base_currency(databases=DATABASES)


@pytest.mark.django_db
def test_production_refuses_the_demos_accounts_until_they_are_deactivated(settings):
    demo.install_demo_people("no secret at all")
    settings.DEMO = False
    (error,) = check_no_demo_accounts(databases=DATABASES)
    assert "admin@demo.example" in error.msg
    User.objects.update(is_active=False)
    assert check_no_demo_accounts(databases=DATABASES) == []
