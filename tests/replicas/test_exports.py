"""Exports read from a replica for long reads; one that is cancelled there starts again, and the receipt says where it has read."""

import pytest

from crm.exports import sources
from crm.models import Export
from crm.replicas import watch
from leads.excel import LeadResource
from tests.leads.exporting import LIST, export, names
from tests.replicas.standby import asked
from tests.replicas.test_faults import lock_leads

pytestmark = [pytest.mark.hard, pytest.mark.django_db(transaction=True, databases=["default", "progress"])]


@pytest.fixture
def browser(sign_in, ada, make_lead):
    make_lead("Jan Kettleworth")
    return sign_in(ada)


def receipt(browser) -> str:
    return browser.get(LIST).content.decode()


@pytest.fixture
def cancelled(monkeypatch, reports_standby):
    """cancelled(2): what the standby replays cancels the export twice; each attempt is in the list that this returns."""

    def by_real_conflicts(times: int) -> list[bool]:
        attempts, plain = [], LeadResource.rows

        def rows(self, leads, names, **given):
            on_replica = sources.connection.settings_dict["HOST"] == str(reports_standby.server.socket)
            attempts.append(on_replica)
            for row in plain(self, leads, names, **given):
                yield row
                if len(attempts) <= times:
                    vacuum_rows_away(reports_standby.primary)
                    # If something else kept the rows from being removed, this is in the way all the same.
                    lock_leads(reports_standby.primary)
                    # The standby waits for a second, then it cancels what is in its way.
                    with sources.connection.cursor() as cursor:
                        cursor.execute("SELECT pg_sleep(20)")

        monkeypatch.setattr(LeadResource, "rows", rows)
        return attempts

    return by_real_conflicts


def vacuum_rows_away(primary) -> None:
    name = sources.connection.settings_dict["NAME"]
    for statement in ("CREATE TABLE IF NOT EXISTS gone (id int)", "INSERT INTO gone VALUES (1)", "DELETE FROM gone", "VACUUM gone"):  # fmt: skip
        asked(primary, statement, name)


def test_an_export_has_what_was_committed_before_and_says_that_it_comes_from_the_replica(
    browser, with_replicas, pages_standby, reports_standby
):
    with_replicas(pages_standby, reports_standby)
    assert names(export(browser)) == ["Kettleworth"]
    assert Export.objects.get().source == "replica2"  # the one without feedback
    assert "Read from replica 2 of the database." in receipt(browser)


def test_an_export_of_a_replica_that_is_behind_comes_from_the_primary(browser, replica, make_lead):
    replica.pause()
    make_lead("Ana Brightwater")
    assert sorted(names(export(browser))) == ["Brightwater", "Kettleworth"]
    assert Export.objects.get().source == sources.PRIMARY
    assert "Read from the primary database." in receipt(browser)


def test_an_export_waits_a_moment_for_a_replica_that_is_nearly_there(
    browser, replica, make_lead, monkeypatch
):
    asked_times, plain = [], sources._wait

    def wait(place):
        asked_times.append(place)
        replica.resume()
        plain(place)

    monkeypatch.setattr(sources, "_wait", wait)
    replica.pause()
    make_lead("Ana Brightwater")
    assert sorted(names(export(browser))) == ["Brightwater", "Kettleworth"]
    if asked_times:  # the replica may have been left out already
        assert Export.objects.get().source == "replica1"


def test_an_export_that_the_replica_cancels_starts_again_there_and_is_whole(
    browser, with_replicas, reports_standby, cancelled, monkeypatch
):
    with_replicas(reports_standby)
    monkeypatch.setattr(watch.Watch, "required", lambda self: 0)  # it waits for the export, so it is behind
    monkeypatch.setattr(sources, "PATIENCE", 20)
    monkeypatch.setattr("crm.exports.answer.PATIENCE", 60)
    monkeypatch.setattr("crm.exports.write.PATIENCE", 60)
    attempts = cancelled(1)
    assert names(export(browser)) == ["Kettleworth"]
    assert attempts == [True, True]
    assert Export.objects.get().source == "replica1"


def test_an_export_that_the_replica_cancels_twice_comes_from_the_primary(
    browser, with_replicas, reports_standby, cancelled, monkeypatch
):
    with_replicas(reports_standby)
    monkeypatch.setattr(watch.Watch, "required", lambda self: 0)
    monkeypatch.setattr(sources, "PATIENCE", 20)
    monkeypatch.setattr("crm.exports.answer.PATIENCE", 60)
    monkeypatch.setattr("crm.exports.write.PATIENCE", 60)
    attempts = cancelled(2)
    assert names(export(browser)) == ["Kettleworth"]
    assert attempts == [True, True, False]
    assert Export.objects.get().source == sources.PRIMARY


def test_reports_read_from_the_replica_for_long_reads_and_lists_from_the_other(
    browser, with_replicas, pages_standby, reports_standby, answers
):
    with_replicas(pages_standby, reports_standby)
    assert browser.get("/admin/leads?sort=name").status_code == 200
    assert browser.get("/admin/reports/funnel").status_code == 200
    assert answers == [("replica1", "answered"), ("replica2", "answered")]
