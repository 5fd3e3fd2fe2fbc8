"""/healthz and /readyz: for load balancers, for monitors, and for the startup of `make run`."""

import os
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from crm.models import AuditEntry
from crm.platform.files import store
from crm.platform.files.storage_settings import build_storage_setting
from crm.platform.files.store_location import mark_store
from crm.platform.server import draining, readiness

ALL_WELL = {"web": "up", "database": "up", "migrations": "applied", "files": "up"}

pytestmark = pytest.mark.django_db


def a_worker_was_heard(seconds_ago: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))",
            [seconds_ago],
        )


@pytest.fixture
def no_database(monkeypatch):
    def refuse():
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "cursor", refuse)
    monkeypatch.setattr(connection, "close", lambda: None)


@pytest.fixture
def pipe(monkeypatch):
    """What the parent process holds, as the web server sees it."""
    held = draining.DrainSignal()
    monkeypatch.setenv(draining.NAME, str(held.seen_by_web))
    yield held
    held.begin()
    os.close(held.seen_by_web)


def test_a_web_node_is_healthy_without_a_worker(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"web": "up"})
    assert "no-store" in answer["Cache-Control"]


def test_a_web_node_is_healthy_without_a_database(client, no_database):
    assert client.get("/healthz").status_code == 200


def test_monitors_hear_that_all_is_up(client):
    a_worker_was_heard(5)
    answer = client.get("/healthz?all")
    assert (answer.status_code, answer.json()) == (200, ALL_WELL | {"worker": "up"})


def test_monitors_hear_which_part_is_down(client):
    answer = client.get("/healthz?all")
    assert (answer.status_code, answer.json()) == (503, ALL_WELL | {"worker": "down"})


def test_a_silent_worker_is_down(client):
    a_worker_was_heard(120)
    assert client.get("/healthz?all").json()["worker"] == "down"


def test_a_node_is_ready_without_a_worker(client, django_assert_num_queries):
    client.get("/readyz")
    with django_assert_num_queries(1):
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, ALL_WELL)
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("path", ["/readyz", "/healthz?all"])
def test_a_node_without_a_database_is_not_ready(client, no_database, path):
    answer = client.get(path)
    assert answer.status_code == 503
    assert {**answer.json(), "worker": "down"} == {
        "web": "up",
        "database": "down",
        "migrations": "unknown",
        "worker": "down",
        "files": "up",
    }


def test_a_node_whose_migrations_are_missing_is_not_ready(client):
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE app || '.' || name = %s",
            [readiness._get_last_migrations()[-1]],
        )
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, ALL_WELL | {"migrations": "missing"})


def test_a_node_of_the_previous_version_is_ready_after_the_new_one_has_migrated(client):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('crm', '9999', now())")
    assert client.get("/readyz").status_code == 200


def test_a_node_that_cannot_write_files_is_not_ready(client, settings, tmp_path):
    (tmp_path / "files").write_text("in the place of the folder")
    settings.MEDIA_ROOT = tmp_path / "files"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, ALL_WELL | {"files": "down"})
    settings.MEDIA_ROOT = tmp_path / "made by the first file" / "files"
    assert client.get("/readyz").status_code == 200


def test_a_node_that_stops_is_alive_but_not_ready(client, pipe):
    assert client.get("/readyz").status_code == 200
    pipe.begin()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, ALL_WELL | {"web": "stopping"})
    assert client.get("/healthz").status_code == 200
    assert client.get("/login").status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/healthz?all"])
def test_behind_https_a_check_is_not_redirected(client, settings, path):
    settings.SECURE_SSL_REDIRECT = True
    a_worker_was_heard(1)
    assert client.get(path).status_code == 200
    assert client.get("/login").status_code == 301


@pytest.mark.parametrize("host", ["10.0.0.7:8000", "web-1", "", "bad host"])
def test_a_load_balancer_may_send_any_host_name(client, host):
    for path in ("/healthz", "/readyz"):
        answer = client.get(path, headers={"host": host})
        assert answer.status_code == 200
        assert not host or host not in str(dict(answer.headers)) + answer.text
    assert client.get("/login", headers={"host": host or "elsewhere"}).status_code == 400


def test_a_check_by_a_signed_in_browser_reads_no_session(sign_in, bob, django_assert_num_queries):
    browser = sign_in(bob)
    with django_assert_num_queries(0):
        answer = browser.get("/healthz")
    assert dict(answer.cookies) == {}
    assert "Set-Cookie" not in answer


def test_a_check_that_fails_is_neither_logged_nor_audited(client, caplog, monkeypatch):
    monkeypatch.setattr("crm.platform.web.views.probes.can_write_to_store", lambda: False)
    before = AuditEntry.objects.count()
    answer = client.get("/readyz")
    assert (answer.status_code, dict(answer.cookies)) == (503, {})
    assert [record for record in caplog.records if record.name.startswith(("django", "leadwell"))] == []
    assert AuditEntry.objects.count() == before


def test_a_bucket_that_cannot_be_reached_takes_no_node_out_of_service(client, settings, monkeypatch):
    def away():
        raise store.StoreAway("no route to host")

    monkeypatch.setattr("crm.platform.server.readiness.store.get_installation_mark", away)
    settings.FILES = "s3://bucket"
    assert client.get("/readyz").json() == {
        name: ALL_WELL[name] for name in ("web", "database", "migrations")
    }
    assert client.get("/healthz?all").json()["files"] == "down"
    settings.FILES = "/mnt/leadwell"
    assert client.get("/readyz").status_code == 503


@pytest.fixture
def shared(settings, tmp_path):
    """The folder in LEADWELL_FILES, with the mark of this installation."""
    settings.FILES = settings.MEDIA_ROOT = str(tmp_path / "shared")
    settings.STORAGES = {**settings.STORAGES, "default": build_storage_setting(settings.FILES)}
    (tmp_path / "shared").mkdir()
    mark_store()
    return tmp_path / "shared"


def test_a_shared_folder_that_is_not_mounted_takes_the_node_out_of_service(client, shared):
    assert client.get("/readyz").status_code == 200
    shared.rename(shared.with_name("mounted elsewhere"))
    assert client.get("/readyz").json()["files"] == "down"
    shared.mkdir()
    assert client.get("/readyz").json()["files"] == "down"


def test_a_shared_folder_that_can_only_be_read_takes_the_node_out_of_service(client, shared, monkeypatch):
    access = os.access
    monkeypatch.setattr(
        "crm.platform.server.readiness.os.access",
        lambda place, mode: not (Path(place) == shared and mode & os.W_OK) and access(place, mode),
    )
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, ALL_WELL | {"files": "down"})


def test_a_store_that_came_back_as_that_of_another_installation_is_no_place_for_files(client, shared):
    assert client.get("/healthz?all").json()["files"] == "up"
    (shared / "leadwell.store").write_text("another")
    assert client.get("/healthz?all").json()["files"] == "down"


def test_with_a_shared_folder_a_node_asks_the_database_once_whose_it_is(
    client, shared, django_assert_num_queries
):
    client.get("/readyz")
    with django_assert_num_queries(1):
        assert client.get("/readyz").status_code == 200


def test_with_a_shared_folder_a_node_without_a_database_says_that_only(client, shared, no_database):
    assert client.get("/readyz").json()["files"] == "up"
