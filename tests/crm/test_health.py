"""/healthz: for monitors and for the startup of `make run`."""

import pytest
from django.db import OperationalError, connection


def a_worker_was_heard(seconds_ago: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))",
            [seconds_ago],
        )


@pytest.mark.django_db
def test_it_is_healthy_when_web_database_and_worker_are_up(client):
    a_worker_was_heard(5)
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"web": "up", "database": "up", "worker": "up"}
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_without_a_worker_it_says_which_part_is_down(client):
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"web": "up", "database": "up", "worker": "down"}


@pytest.mark.django_db
def test_a_silent_worker_is_down(client):
    a_worker_was_heard(120)
    assert client.get("/healthz").json()["worker"] == "down"


@pytest.mark.django_db
def test_without_a_database_it_still_answers(client, monkeypatch):
    def refuse():
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "cursor", refuse)
    monkeypatch.setattr(connection, "close", lambda: None)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"web": "up", "database": "down", "worker": "down"}


@pytest.mark.django_db
def test_behind_https_it_answers_a_monitor_without_a_redirect(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    a_worker_was_heard(1)
    assert client.get("/healthz").status_code == 200
    assert client.get("/login").status_code == 301


@pytest.mark.django_db
def test_it_takes_two_queries(client, django_assert_num_queries):
    a_worker_was_heard(1)
    with django_assert_num_queries(2):
        client.get("/healthz")
