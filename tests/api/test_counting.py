"""The number of matches is exact, whatever has changed since it was counted."""

import random
import threading

import pytest
from django.db import connection, connections, transaction

from crm.models import Change, Operation
from crm.platform.sql.unrecorded_writes import write_without_history
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from leads.api import exact_counts
from leads.models import Lead, Status
from leads.verbs import Assign, ChangeDepartment, Delete, Edit, Move, Purge, Restore, SetVip
from tests.api.conftest import Program, make_token
from tests.waiting import until, until_set

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


ASKED = exact_counts._read_commit_state


def wait_until_kept(rows) -> None:
    """Wait until other transactions on this server are settled."""

    def kept() -> bool:
        exact_counts.count_leads(rows)
        return bool(exact_counts._kept)

    until(kept)


@pytest.fixture(autouse=True)
def nobody_else_writes(monkeypatch):
    """Tests that run in parallel write to the same server for a long time, so their changes settle late."""
    monkeypatch.setattr(exact_counts, "_read_commit_state", lambda: ASKED()._replace(oldest=10**18))


def sets(people):
    for user in people:
        rows = Lead.objects.present().visible_to(user)
        yield from (
            rows,
            rows.in_statuses([row.pk for row in Status.objects.of_kind("qualified")]),
            rows.owned_by(user),
        )


def compare(people) -> None:
    for rows in sets(people):
        assert exact_counts.count_leads(rows) == rows.count()


def test_a_count_is_exact_after_every_kind_of_change(cast, make_lead, statuses, departments, reasons):
    people = [cast.ann, cast.bob, cast.carla, cast.ada]
    leads = [
        make_lead(f"Lead {number}", owner=random.choice([None, cast.bob, cast.ann])) for number in range(12)
    ]
    compare(people)
    assert exact_counts._kept
    verbs = [
        Move(statuses.qualified),
        Move(statuses.lost, reasons.budget),
        Assign(cast.dan),
        Assign(cast.bob),
        Assign(None),
        ChangeDepartment(departments.export),
        Delete(),
        Restore(),
        SetVip(True),
        Edit({"shared": True}),
        Edit({"shared": False, "status": statuses.qualified}),
        Purge(),
    ]
    chosen = random.Random(7)
    for step in range(60):
        verb = chosen.choice(verbs[:-1]) if step < 50 else chosen.choice(verbs)
        rows = Lead.objects.in_trash() if isinstance(verb, Restore | Purge) else Lead.objects.present()
        ids = [lead.pk for lead in chosen.sample(leads, 3)]
        carry_out(verb, rows.filter(pk__in=ids), by=cast.ada)
        if step % 7 == 3:
            record = Operation.objects.filter(changed__gt=0).exclude(kind="undo").order_by("?").first()
            if record and not record.undone_by.exists():
                revert_operation(record, by=cast.ada)
        if step % 5 == 0:
            leads.append(make_lead(f"More {step}", owner=cast.bob, status="qualified"))
        if step % 3 == 0:
            compare(people)
    compare(people)


def test_a_kept_count_is_not_counted_again(ann, make_lead, django_assert_num_queries):
    make_lead()
    rows = Lead.objects.present().visible_to(ann)
    assert exact_counts.count_leads(rows) == 1
    with django_assert_num_queries(1):
        assert exact_counts.count_leads(rows) == 1


def test_after_very_many_changes_everything_is_counted_again(ann, make_lead, monkeypatch):
    monkeypatch.setattr(exact_counts, "MOST_CHANGES", 2)
    rows = Lead.objects.present().visible_to(ann)
    make_lead()
    assert exact_counts.count_leads(rows) == 1
    for _number in range(5):
        make_lead()
    assert exact_counts.count_leads(rows) == 6


def test_a_change_during_a_full_count_counts_once(ann, make_lead, monkeypatch):
    rows = Lead.objects.present().visible_to(ann)
    make_lead()
    asked = exact_counts._read_commit_state

    def and_then_one_more():
        found = asked()
        make_lead()
        return found

    # Between reading the changes and the full count, and between reading them and the update of a kept count.
    monkeypatch.setattr(exact_counts, "_read_commit_state", and_then_one_more)
    assert [exact_counts.count_leads(rows) for _time in range(3)] == [2, 3, 4]
    monkeypatch.setattr(exact_counts, "_read_commit_state", asked)
    assert exact_counts.count_leads(rows) == rows.count() == 4


def test_a_change_that_settles_late_is_counted_then(ann, make_lead, nobody_else_writes, monkeypatch):
    """A slow writer has taken the lower numbers; later changes of others are counted, and then those of the slow one."""
    monkeypatch.setattr(exact_counts, "_read_commit_state", ASKED)
    rows = Lead.objects.present().visible_to(ann)
    make_lead()
    wait_until_kept(rows)
    written, go_on = threading.Event(), threading.Event()

    def slowly() -> None:
        try:
            with transaction.atomic():
                make_lead("Slow")
                written.set()
                until_set(go_on)
        finally:
            connections.close_all()

    slow = threading.Thread(target=slowly)
    slow.start()
    until_set(written)
    for number in range(2, 5):
        make_lead(f"Quick {number}")
        assert exact_counts.count_leads(rows) == number
    go_on.set()
    slow.join()
    assert exact_counts.count_leads(rows) == rows.count() == 5


def test_programs_that_read_and_write_concurrently_get_an_exact_count(ann, new_lead, monkeypatch):
    monkeypatch.setattr(exact_counts, "_read_commit_state", ASKED)
    secret = make_token(ann)

    def program(writes: bool) -> None:
        try:
            one = Program(secret)
            for _call in range(8):
                if writes:
                    one.post("/api/leads", new_lead)
                else:
                    one.get("/api/leads?page=1&per_page=1", expect=None)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=program, args=[number % 2 == 0]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = Lead.objects.present().visible_to(ann)
    # A long transaction in another database may delay this.
    wait_until_kept(rows)
    assert rows.count() == 3 * 8
    assert exact_counts.count_leads(rows) == rows.count()


def lose_what_was_after(change: int) -> None:
    """As a standby that never got it: the leads and changes are gone, and their numbers are free."""
    lost = Change.objects.filter(pk__gt=change)
    with write_without_history():
        added = lost.filter(table="lead", kind="insert").values_list("row", flat=True)
        Lead.objects.filter(pk__in=list(added)).delete()
        lost.delete()
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(pg_get_serial_sequence('crm_change', 'id'), %s)", [change])


@pytest.mark.parametrize("added_since", [0, 1, 3])
def test_a_count_is_exact_after_a_failover_that_lost_changes(ann, make_lead, monkeypatch, added_since):
    """Whether or not the numbers of the lost changes were given to others before anyone counts again."""
    rows = Lead.objects.present().visible_to(ann)
    make_lead()
    last = exact_counts._read_commit_state().last
    for number in range(2, 4):
        make_lead(f"Lost {number}")
        assert exact_counts.count_leads(rows) == number
    assert exact_counts._kept
    lose_what_was_after(last)
    asked = exact_counts._read_commit_state
    monkeypatch.setattr(
        exact_counts, "_read_commit_state", lambda: asked()._replace(server="the former standby")
    )
    for number in range(added_since):
        make_lead(f"After the failover {number}", owner=None if number else ann)
    for _time in range(2):
        assert exact_counts.count_leads(rows) == rows.count() == 1 + added_since


def test_a_count_is_exact_after_the_database_went_back_to_an_earlier_state(ann, make_lead):
    rows = Lead.objects.present().visible_to(ann)
    make_lead()
    last = exact_counts._read_commit_state().last
    for number in range(2, 5):
        make_lead(f"Lost {number}")
        assert exact_counts.count_leads(rows) == number
    lose_what_was_after(last)
    assert exact_counts.count_leads(rows) == 1
    for number in range(2, 7):
        make_lead(f"Again {number}")
        if number in (4, 6):
            assert exact_counts.count_leads(rows) == rows.count() == number
