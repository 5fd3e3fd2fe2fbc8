"""Exports read from a replica for long reads; one that is cancelled there starts again, and the receipt says where it has read."""

from functools import partial
from threading import Event, Thread
from types import SimpleNamespace

import pytest

from crm.models import Export
from crm.platform.excel.writing.spool import GrowingFile, WritingStopped
from crm.scaling.replicas import export_source, replica_monitor
from leads.excel import LeadResource
from tests.crm.scaling.replicas.standby import FLUSHED, asked, lock_leads
from tests.crm.transfer.exports.exporting import LIST, export, names
from tests.waiting import until

pytestmark = [pytest.mark.nightly, pytest.mark.django_db(transaction=True, databases=["default", "progress"])]


@pytest.fixture
def browser(sign_in, ada, make_lead, monkeypatch):
    """On a busy machine, an export takes its time, and its user waits."""
    for name in (
        "crm.scaling.replicas.export_source.AT_ONCE",
        "crm.transfer.exports.export_response.PATIENCE",
        "crm.transfer.exports.file_writing.PATIENCE",
    ):
        monkeypatch.setattr(name, 60)
    make_lead("Jan Kettleworth")
    return sign_in(ada)


def receipt(browser) -> str:
    return browser.get(LIST).content.decode()


@pytest.fixture
def cancelled(monkeypatch, reports_standby):
    """cancelled(2): what the standby replays cancels the export twice; each attempt is in the list that this returns."""

    def by_real_conflicts(times: int) -> list[bool]:
        attempts, plain = [], LeadResource.iterate_rows

        def rows(self, leads, names, **given):
            on_replica = export_source.connection.settings_dict["HOST"] == str(reports_standby.server.socket)
            attempts.append(on_replica)
            for row in plain(self, leads, names, **given):
                yield row
                if len(attempts) <= times:
                    vacuum_rows_away(reports_standby.primary)
                    # If something else kept the rows from being removed, this is in the way all the same.
                    lock_leads(reports_standby.primary)
                    # The standby waits for a second, then it cancels what is in its way.
                    with export_source.connection.cursor() as cursor:
                        cursor.execute("SELECT pg_sleep(60)")

        monkeypatch.setattr(LeadResource, "iterate_rows", rows)
        return attempts

    return by_real_conflicts


def vacuum_rows_away(primary) -> None:
    name = export_source.connection.settings_dict["NAME"]
    for statement in ("CREATE TABLE IF NOT EXISTS gone (id int)", "INSERT INTO gone VALUES (1)", "DELETE FROM gone", "VACUUM gone"):  # fmt: skip
        asked(primary, statement, name)


def test_an_export_has_what_was_committed_before_and_says_that_it_comes_from_the_replica(
    browser, with_replicas, pages_standby, reports_standby
):
    with_replicas(pages_standby, reports_standby)
    assert names(export(browser)) == ["Kettleworth"]
    assert Export.objects.get().source == "replica2"  # the one without feedback
    assert "Read from replica 2 of the database." in receipt(browser)


def test_an_export_of_a_replica_that_stays_behind_comes_from_the_primary(
    browser, replica, make_lead, monkeypatch
):
    monkeypatch.setattr(export_source, "AT_ONCE", 0.2)
    replica.pause()
    make_lead("Ana Brightwater")
    assert sorted(names(export(browser))) == ["Brightwater", "Kettleworth"]
    assert Export.objects.get().source == export_source.PRIMARY
    assert "Read from the primary database." in receipt(browser)


@pytest.fixture
def late(monkeypatch):
    """A replica that hasn't what the primary had a second ago is behind, as in production."""
    monkeypatch.setattr(replica_monitor, "LAG", 1.0)


def test_an_export_waits_for_the_replica_for_long_reads_however_late_it_is(
    browser, with_replicas, pages_standby, reports_standby, make_lead, late, monkeypatch
):
    with_replicas(pages_standby, reports_standby)
    asked_times, plain = [], export_source._wait_until_replayed

    def wait(*arguments):
        asked_times.append(arguments)
        reports_standby.resume()
        plain(*arguments)

    monkeypatch.setattr(export_source, "_wait_until_replayed", wait)
    reports_standby.pause()
    make_lead("Ana Brightwater")
    asked(reports_standby.primary, FLUSHED)
    until(lambda: replica_monitor.get_watch().get_states()["replica2"] == "behind")
    assert sorted(names(export(browser))) == ["Brightwater", "Kettleworth"]
    assert len(asked_times) == 1
    assert Export.objects.get().source == "replica2"


def test_without_the_replica_for_long_reads_an_export_comes_from_the_primary(
    browser, with_replicas, pages_standby, reports_standby
):
    with_replicas(pages_standby, reports_standby)
    reports_standby.kill()
    assert names(export(browser)) == ["Kettleworth"]
    assert Export.objects.get().source == export_source.PRIMARY


def test_an_export_that_is_not_wanted_any_more_does_not_wait_for_a_replica(browser, replica, make_lead):
    replica.pause()
    make_lead("Ana Brightwater")
    file = SimpleNamespace(spool=SimpleNamespace(unwanted=True))
    with pytest.raises(WritingStopped):
        export_source.run_on_replica_first(
            1, lambda: None, go_on=partial(GrowingFile.raise_if_unwanted, file), in_job=True
        )


def test_an_export_that_the_replica_cancels_starts_again_there_and_is_whole(
    browser, with_replicas, pages_standby, reports_standby, cancelled, late
):
    """It has waited for the export with replaying, so it is behind, and the other one isn't."""
    with_replicas(pages_standby, reports_standby)
    attempts = cancelled(1)
    assert names(export(browser)) == ["Kettleworth"]
    assert attempts == [True, True]
    assert Export.objects.get().source == "replica2"


def test_an_export_that_the_replica_cancels_twice_comes_from_the_primary(
    browser, with_replicas, pages_standby, reports_standby, cancelled, late
):
    with_replicas(pages_standby, reports_standby)
    attempts = cancelled(2)
    assert names(export(browser)) == ["Kettleworth"]
    assert attempts == [True, True, False]
    assert Export.objects.get().source == export_source.PRIMARY


@pytest.fixture
def hanging(monkeypatch, reports_standby):
    """hanging(): the standby hangs as soon as an export has read a lead there, and is known to be down when it reads on; each
    attempt is in the list that this returns."""
    monkeypatch.setattr(replica_monitor, "PATIENCE", 3)
    attempts, plain = [], LeadResource.iterate_rows

    def rows(self, leads, names, **given):
        attempts.append(export_source.connection.settings_dict["HOST"] == str(reports_standby.server.socket))
        for row in plain(self, leads, names, **given):
            yield row
            if attempts == [True]:
                reports_standby.hang()
                until(lambda: replica_monitor.get_watch().get_states()["replica1"] == "down")
                hung.set()
        with export_source.connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    hung = Event()
    monkeypatch.setattr(LeadResource, "iterate_rows", rows)
    return SimpleNamespace(attempts=attempts, hung=hung)


def test_an_export_waits_for_a_replica_that_hangs_for_some_seconds(
    browser, with_replicas, reports_standby, hanging, monkeypatch
):
    monkeypatch.setattr(replica_monitor, "PATIENCE_OF_EXPORTS", 3600)
    with_replicas(reports_standby)

    def go_on():
        hanging.hung.wait()
        reports_standby.go_on()

    Thread(target=go_on, daemon=True).start()
    assert names(export(browser)) == ["Kettleworth"]
    assert hanging.attempts == [True]
    assert Export.objects.get().source == "replica1"


def test_an_export_on_a_replica_that_hangs_for_longer_comes_from_the_primary(
    browser, with_replicas, reports_standby, hanging, monkeypatch
):
    monkeypatch.setattr(replica_monitor, "PATIENCE_OF_EXPORTS", 1)
    with_replicas(reports_standby)
    assert names(export(browser)) == ["Kettleworth"]
    assert hanging.attempts == [True, False]
    assert Export.objects.get().source == export_source.PRIMARY


def test_reports_read_from_the_replica_for_long_reads_and_lists_from_the_other(
    browser, with_replicas, pages_standby, reports_standby, answers
):
    with_replicas(pages_standby, reports_standby)
    assert browser.get("/admin/leads?sort=name").status_code == 200
    assert browser.get("/admin/reports/funnel").status_code == 200
    assert answers == [("replica1", "answered"), ("replica2", "answered")]
