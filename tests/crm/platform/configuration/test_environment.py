"""Settings from the environment: an invalid one gets one sentence that names it, at startup, without a traceback."""

import os
import re
import subprocess
import sys

import pytest

from crm.platform.configuration import readme
from crm.platform.configuration.environment import ROOT, SettingError, read_environment
from crm.platform.configuration.setting_catalog import SETTING_CATALOG
from crm.platform.database.connection_settings import build_database_settings

KEY = "rT7-uK2_wP9xZ4mQ8sV1nB6yE3aL5dG0hJ-fC_iOtkWq2Xv9Yz"
PRODUCTION = {
    "LEADWELL_MODE": "production",
    "LEADWELL_SECRET_KEY": KEY,
    "LEADWELL_URL": "https://crm.example.com",
    "EMAIL_URL": "smtp+tls://crm:secret@mail.example.com:587",
}


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """environment(NAME="value") reads the settings like a start, with nothing else set."""
    for setting in SETTING_CATALOG:
        monkeypatch.delenv(setting.name, raising=False)
    monkeypatch.setenv("LEADWELL_DATA", str(tmp_path))

    def read(**values):
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        return read_environment()

    return read


def test_the_demo_starts_without_any_settings(environment):
    found = environment()
    assert found.demo
    assert found.url == "http://127.0.0.1:8000"
    assert found.secret_key.startswith("demo-")
    assert environment().secret_key == found.secret_key


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("LEADWELL_MODE", "staging", "must be demo or production"),
        ("LEADWELL_PASSWORD_WORDS", "Acme, ab1", "must be words of at least 4 letters or digits"),
        ("LEADWELL_BACKUP_KEYS", "age1-not-a-key", "must be public keys"),
        ("PORT", "eighty", "not a valid integer"),
        ("PORT", "", "not a valid integer"),
        ("PORT", "70000", "from 1 to 65535"),
        ("LEADWELL_URL", "crm.example.com", "must look like https://crm.example.com"),
        ("LEADWELL_URL", "https://crm.example.com/path", "without a path"),
        ("LEADWELL_URL", "https://crm.example.com:port", "must look like"),
        ("LEADWELL_URL", "http://[::1", "must look like"),
        ("DATABASE_URL", "mysql://localhost/leads", "must look like postgres://"),
        ("DATABASE_URL", "postgres://localhost", "must look like postgres://"),
        ("DATABASE_URL", "postgres://user:word@host:port/name", "must look like postgres://"),
        ("DATABASE_DIRECT_URL", "localhost", "must look like postgres://"),
        ("DATABASE_REPLICA_URLS", "postgres://db-2/leads, db-3", "must look like postgres://"),
        ("EMAIL_URL", "mail.example.com", "must look like smtp+tls://"),
        ("LEADWELL_FILES", "files", "must be the full path of a folder, or look like s3://bucket"),
        ("LEADWELL_FILES", "s3://", "must be the full path of a folder"),
        ("LEADWELL_FILES", "s3://key:secret@bucket", "must be the full path of a folder"),
        ("LEADWELL_FILES", "s3://bucket?endpoint=minio:9000", "must be the full path of a folder"),
        ("LEADWELL_FILES", "s3://bucket?secret=x", "must be the full path of a folder"),
        ("LEADWELL_FILES", "https://bucket.example.com", "must be the full path of a folder"),
        ("LEADWELL_AUDIT_LOG", "logs.txt", "must be stdout, the path of a file, or look like syslog://"),
        ("LEADWELL_AUDIT_LOG", "syslog://logs.example.com:514", "must be stdout, the path of a file"),
        ("LEADWELL_AUDIT_LOG", "http://logs.example.com/", "must be stdout, the path of a file"),
        ("LEADWELL_AUDIT_LOG", "syslog+tls://logs.example.com/x", "must be stdout, the path of a file"),
        ("LEADWELL_AUDIT_LOG", "https://user:word@logs.example.com/", "must be stdout, the path of a file"),
        ("LEADWELL_AUDIT_LOG", "syslog+tls://logs:many", "must be stdout, the path of a file"),
        ("LEADWELL_AUDIT_CA", "/nowhere/ca.pem", "must be the path of a file with a PEM certificate"),
        ("LEADWELL_AUDIT_CA", __file__, "must be the path of a file with a PEM certificate"),
        ("LEADWELL_AUDIT_SECRET", "short", "must have at least 20 characters"),
        ("EMAIL_URL", "imap://mail.example.com", "must look like smtp+tls://"),
        ("EMAIL_URL", "smtp://mail.example.com:mail", "must look like smtp+tls://"),
        ("LEADWELL_MAIL_FROM", "the company", "must look like Leadwell <crm@example.com>"),
        ("LEADWELL_PROXIES", "-1", "from 0 to 9"),
        ("LEADWELL_WEB_PROCESSES", "0", "from 1 to 64"),
        ("LEADWELL_WEB_THREADS", "many", "not a valid integer"),
        ("LEADWELL_QUEUES", "jobs,mail", "must be some of work, jobs, long, exports, reports"),
        ("LEADWELL_LANGUAGE", "de", "must be en or ro"),
        ("LEADWELL_TIME_ZONE", "Bucharest", "such as Europe/Bucharest"),
        ("LEADWELL_BASE_CURRENCY", "Euro", "such as EUR"),
        ("UNDO_DAYS", "0", "from 1 to 3650"),
        ("FILE_DAYS", "0", "from 1 to 3650"),
        ("LEADWELL_PUSH", "maybe", "must be on or off"),
    ],
)
def test_an_invalid_value_gets_one_sentence_that_names_it(environment, name, value, says):
    with pytest.raises(SettingError) as error:
        environment(**{name: value})
    sentence = str(error.value)
    assert sentence.startswith(f"{name} is invalid: ")
    assert says in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_all_errors_are_reported_at_once(environment):
    with pytest.raises(SettingError) as error:
        environment(PORT="x", UNDO_DAYS="y")
    assert [line.split()[0] for line in str(error.value).splitlines()] == ["PORT", "UNDO_DAYS"]


def test_a_data_folder_that_cannot_be_written_gets_a_message(environment, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SettingError, match=r"LEADWELL_DATA is invalid: .* can't be written"):
        environment(LEADWELL_DATA=str(tmp_path / "file" / "data"))


def test_a_direct_database_url_requires_a_pooled_one(environment):
    with pytest.raises(SettingError, match="DATABASE_DIRECT_URL requires DATABASE_URL"):
        environment(DATABASE_DIRECT_URL="postgres://localhost/leads")


def test_replicas_require_the_url_of_their_primary_and_are_named_in_order(environment):
    urls = "postgres://db-2/leads, postgres://db-3/leads"
    with pytest.raises(SettingError, match="DATABASE_REPLICA_URLS requires DATABASE_URL"):
        environment(DATABASE_REPLICA_URLS=urls)
    found = build_database_settings(
        environment(DATABASE_URL="postgres://db-1/leads", DATABASE_REPLICA_URLS=urls)
    )
    assert {alias: values["HOST"] for alias, values in found.items()} == {
        "default": "db-1",
        "progress": "db-1",
        "replica1": "db-2",
        "replica2": "db-3",
    }


def test_without_replicas_there_are_no_other_databases(environment):
    assert [*build_database_settings(environment(DATABASE_URL="postgres://db-1/leads"))] == [
        "default",
        "progress",
    ]


def test_signed_entries_of_the_audit_log_require_a_secret(environment):
    with pytest.raises(SettingError, match="requires LEADWELL_AUDIT_SECRET"):
        environment(LEADWELL_AUDIT_LOG="https://logs.example.com/")
    found = environment(LEADWELL_AUDIT_LOG="https://logs.example.com/", LEADWELL_AUDIT_SECRET="s" * 20)
    assert found.audit_secret == "s" * 20
    assert environment(LEADWELL_AUDIT_LOG="syslog+tls://logs.example.com").audit_log


def test_production_starts_with_its_required_settings(environment):
    found = environment(**PRODUCTION)
    assert not found.demo
    assert found.email["EMAIL_PORT"] == 587
    assert found.email["EMAIL_USE_TLS"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"LEADWELL_SECRET_KEY": ""}, "LEADWELL_SECRET_KEY is required in production"),
        ({"LEADWELL_SECRET_KEY": "short"}, "LEADWELL_SECRET_KEY is required in production"),
        ({"LEADWELL_SECRET_KEY": "a" * 60}, "LEADWELL_SECRET_KEY is required in production"),
        ({"LEADWELL_SECRET_KEY": f"demo-{KEY}"}, "LEADWELL_SECRET_KEY is required in production"),
        ({"LEADWELL_URL": ""}, "LEADWELL_URL is required in production"),
        ({"LEADWELL_URL": "http://crm.example.com"}, "LEADWELL_URL is required in production"),
        ({"LEADWELL_DEMO_PASSWORD": "demo"}, "LEADWELL_DEMO_PASSWORD must not be set in production"),
        ({"EMAIL_URL": ""}, "EMAIL_URL is required in production"),
    ],
)
def test_production_refuses_missing_settings_and_those_of_the_demo(environment, changes, says):
    with pytest.raises(SettingError, match=says):
        environment(**{**PRODUCTION, **changes})


def test_production_never_generates_a_secret(environment, tmp_path):
    with pytest.raises(SettingError):
        environment(**{**PRODUCTION, "LEADWELL_SECRET_KEY": ""})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("0.0.0.0", "http://localhost:8123"),
        ("::", "http://localhost:8123"),
        ("::1", "http://[::1]:8123"),
        ("crm.lan", "http://crm.lan:8123"),
    ],
)
def test_the_printed_address_works_in_a_browser(environment, host, address):
    assert environment(HOST=host, PORT="8123").url == address


def test_a_mail_servers_user_and_password_may_contain_any_character(environment):
    found = environment(EMAIL_URL="smtp+ssl://crm%40example.com:p%2Fw%40d@mail.example.com").email
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("crm@example.com", "p/w@d")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_SSL"]) == (
        "mail.example.com",
        465,
        True,
    )


@pytest.mark.parametrize("command", [["check"], ["run"], ["work"], ["backup"]])
def test_the_terminal_shows_a_message_without_a_traceback(tmp_path, command):
    environment = {**os.environ, "LEADWELL_DATA": str(tmp_path), "LEADWELL_LANGUAGE": "tlh"}
    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", *command], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr == "Leadwell can't start.\nLEADWELL_LANGUAGE is invalid: must be en or ro.\n"


def test_the_web_server_prints_a_message_without_a_traceback(tmp_path):
    environment = {**os.environ, "LEADWELL_DATA": str(tmp_path), "LEADWELL_LANGUAGE": "tlh"}
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--preload",
        "--no-control-socket",
        "--bind=127.0.0.1:0",
        "crm.wsgi",
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1
    assert done.stderr == "Leadwell can't start.\nLEADWELL_LANGUAGE is invalid: must be en or ro.\n"


def test_the_readme_has_the_current_table_of_settings():
    assert readme.render_settings_table() in (ROOT / "README.md").read_text()


def test_every_setting_that_is_read_is_in_the_table():
    environment = ROOT / "crm" / "platform" / "configuration" / "environment.py"
    read = re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', environment.read_text())
    assert sorted(read) == sorted(setting.name for setting in SETTING_CATALOG)


def test_behind_a_pooler_no_cursor_stays_open_between_two_transactions(environment):
    settings = {
        "DATABASE_URL": "postgres://pooler/leads",
        "DATABASE_REPLICA_URLS": "postgres://pooler-of-db-2/leads",
    }
    name = "DISABLE_SERVER_SIDE_CURSORS"
    assert {values[name] for values in build_database_settings(environment(**settings)).values()} == {False}
    settings["DATABASE_DIRECT_URL"] = "postgres://db-1/leads"
    assert {values[name] for values in build_database_settings(environment(**settings)).values()} == {True}
    direct = build_database_settings(environment(**settings), direct=True)
    assert (direct["default"]["HOST"], direct["default"][name]) == ("db-1", False)
