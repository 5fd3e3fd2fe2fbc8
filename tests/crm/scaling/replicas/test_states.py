"""Servers in the list that aren't read from, and pages that the replica can't answer."""

import pytest
from django.db import connection, connections

from crm.platform.web import transactions
from crm.platform.web.middleware import request_transactions
from crm.scaling.replicas import health, replica_monitor
from tests.crm.scaling.replicas.standby import lock_leads
from tests.waiting import until

pytestmark = [pytest.mark.hard, pytest.mark.django_db(transaction=True, databases=["default", "progress"])]

LIST = "/admin/leads?sort=name"


@pytest.fixture
def browser(sign_in, conrad, make_lead, replica):
    make_lead("Jan Kettleworth")
    replica.caught_up()
    return sign_in(conrad)


def test_the_primary_may_be_in_the_list_and_is_not_read_from(transactional_db, settings, monkeypatch, limits):
    """So a cluster can name all of its servers, whichever is the primary at the moment."""
    monkeypatch.setitem(connections.settings, "replica1", {**connection.settings_dict})
    settings.REPLICAS = ["replica1"]
    replica_monitor.forget_watch()
    until(lambda: replica_monitor.get_watch().get_states() == {"replica1": "primary"})
    assert replica_monitor.get_watch().get_usable_replicas() == {}
    assert [*health.check_replicas()] == []
    replica_monitor.forget_watch()


def test_a_primary_that_nothing_is_known_of_has_no_replicas(browser, answers, monkeypatch):
    monkeypatch.setattr(replica_monitor.ReplicaWatch, "get_required_position", lambda self: None)
    assert browser.get(LIST).status_code == 200
    assert answers == []


def test_a_standby_that_was_promoted_is_not_read_from(browser, answers, monkeypatch):
    """It has everything, but it isn't recovering any more."""
    monkeypatch.setattr(
        transactions, "HAS_REPLAYED_SQL", f"NOT pg_is_in_recovery() AND {transactions.HAS_REPLAYED_SQL}"
    )
    assert browser.get(LIST).status_code == 200
    assert answers == [("replica1", "behind")]


def test_a_page_that_is_cancelled_by_what_the_replica_replays_is_read_from_the_primary(
    sign_in, conrad, make_lead, with_replicas, reports_standby, answers, monkeypatch
):
    """A real conflict: while the page reads, the primary locks the table, and this standby waits for one second only."""
    make_lead("Jan Kettleworth")
    with_replicas(reports_standby)
    browser, limit = sign_in(conrad), request_transactions.set_transaction_limits

    def limit_and_wait(**values):
        limit(**values)
        if transactions.get_current_replica():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 0")
                cursor.execute("SELECT count(*) FROM leads_lead")
                lock_leads(reports_standby.primary)
                cursor.execute("SELECT pg_sleep(60)")

    monkeypatch.setattr(request_transactions, "set_transaction_limits", limit_and_wait)
    answer = browser.get(LIST)
    assert answer.status_code == 200
    assert "Kettleworth" in answer.content.decode()
    assert answers == [("replica1", "failed")]
