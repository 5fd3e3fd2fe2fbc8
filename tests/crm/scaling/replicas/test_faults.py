"""A replica that lags, hangs, dies, or opens no connection any more is left out, and no page fails because of it.

The limits are those of production here, so on a busy machine the replica may be left out for other reasons too: each test waits for
states instead of expecting them at once. How long they take is in test_watch.py.
"""

from dataclasses import replace

import pytest
from django.db import connection, connections
from django.test import Client

from crm.platform.database.connection_settings import get_embedded_server
from crm.scaling.replicas import replica_monitor
from tests.crm.scaling.replicas.standby import FLUSHED, asked
from tests.ports import get_free_port
from tests.waiting import until

pytestmark = [pytest.mark.hard, pytest.mark.django_db(transaction=True, databases=["default", "progress"])]

LIST = "/admin/leads?sort=name"
# A page that was sent to the replica, or wasn't, because it had been left out by then.
FROM_PRIMARY = ([("replica1", "failed")], [])


@pytest.fixture
def limits():
    """The real ones."""


@pytest.fixture
def browser(sign_in, conrad, make_lead, replica, answers):
    make_lead("Jan Kettleworth")
    browser = sign_in(conrad)
    until_read_from_replica(browser, answers)
    return browser


def until_read_from_replica(browser, answers) -> None:
    def read() -> bool:
        answers.clear()
        return "Kettleworth" in page(browser) and answers == [("replica1", "answered")]

    until(read)
    answers.clear()


def page(browser) -> str:
    answer = browser.get(LIST)
    assert answer.status_code == 200
    return answer.content.decode()


def is_now(state: str) -> bool:
    return replica_monitor.get_watch().get_states() == {"replica1": state}


def test_one_that_hangs_is_left_out_and_the_page_that_waited_comes_from_the_primary(
    browser, replica, answers
):
    replica.hang()
    assert "Kettleworth" in page(browser)
    assert answers in FROM_PRIMARY
    until(lambda: is_now("down"))
    answers.clear()
    assert "Kettleworth" in page(browser)
    assert answers == []
    replica.go_on()
    until_read_from_replica(browser, answers)


def test_one_that_was_killed_is_left_out_and_taken_back_when_it_runs_again(browser, replica, answers):
    replica.kill()
    assert "Kettleworth" in page(browser)
    assert answers in FROM_PRIMARY
    until(lambda: is_now("down"))
    replica.start()
    until_read_from_replica(browser, answers)


def test_one_that_lags_is_left_out_and_taken_back_when_it_has_caught_up(browser, replica, make_lead, answers):
    replica.pause()
    make_lead("Ana Brightwater")
    asked(replica.primary, FLUSHED)
    until(lambda: is_now("behind"))
    replica.resume()
    until_read_from_replica(browser, answers)


def test_one_that_opens_no_new_connection_is_left_out_although_old_ones_work(browser, replica, answers):
    replica.hang(connections_too=False)
    connections["replica1"].close()
    assert "Kettleworth" in page(browser)
    until(lambda: is_now("down"))
    answers.clear()
    assert "Kettleworth" in page(browser)
    assert answers == []
    replica.go_on()
    until_read_from_replica(browser, answers)


def test_one_that_could_not_be_looked_at_for_a_moment_is_taken_back(
    browser, replica, answers, monkeypatch, caplog
):
    with monkeypatch.context() as patched:

        def no_thread(*_arguments):
            raise RuntimeError("can't start new thread")

        patched.setattr(replica_monitor, "cut_off_after", no_thread)
        until(lambda: is_now("down"))
    until_read_from_replica(browser, answers)
    assert "can't start new thread" in caplog.text


def test_monitors_hear_which_replica_is_down_and_the_node_stays_ready(browser, replica):
    replica.kill()
    until(lambda: Client().get("/healthz?all").json()["replica1"] == "down")
    ready = Client().get("/readyz")
    assert (ready.status_code, "replica1" in ready.json()) == (200, False)
    replica.start()
    until(lambda: Client().get("/healthz?all").json()["replica1"] == "up")


def test_replicas_stay_in_use_while_all_connections_of_a_pooler_are_taken(
    browser, replica, answers, settings, monkeypatch
):
    """The watch bypasses the pooler; its address leads nowhere here."""
    server = get_embedded_server(settings.ENVIRONMENT)
    addresses = {
        "database_url": "postgres://leadwell@pooler.example/leadwell",
        "database_direct_url": server.url.removesuffix("leadwell") + connection.settings_dict["NAME"],
    }
    replica_monitor.forget_watch()
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, **addresses)
    for name, value in {"HOST": "127.0.0.1", "PORT": str(get_free_port())}.items():
        monkeypatch.setitem(connections.settings["default"], name, value)
    until(lambda: is_now("up"))
