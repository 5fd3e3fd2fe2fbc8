"""Nothing is left out while others write: what a transaction changed is told once it has ended, however long that takes."""

import random
import threading

import pytest
from django.db import connection, transaction

from crm.platform.sql import transaction_numbers
from crm.records.history.verb_execution import operation
from leads.models import Lead
from tests.waiting import until_ended, until_set

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


class Writer(threading.Thread):
    """A transaction of another connection that changes leads, and ends when it is told to."""

    def __init__(self, rows, city: str, *, keep: bool = True) -> None:
        super().__init__()
        self.rows, self.city, self.keep = rows, city, keep
        self.written, self.end = threading.Event(), threading.Event()
        self.start()
        until_set(self.written)

    def run(self) -> None:
        try:
            with transaction.atomic():
                with operation("test", by=None):
                    self.rows.update(city=self.city)
                self.written.set()
                until_set(self.end)
                transaction.set_rollback(not self.keep)
        finally:
            connection.close()

    def commit(self) -> None:
        self.end.set()
        until_ended(self)


def only(lead):
    return Lead.objects.filter(pk=lead.pk)


def test_a_transaction_that_ends_after_later_ones_is_told_when_it_ends_and_keeps_none_waiting(
    following, ann, make_lead
):
    first, second, third = [make_lead(f"Lead {number}", owner=ann) for number in range(3)]
    follower = following(ann)
    slow = Writer(only(first), "Cluj")
    fast = Writer(only(second), "Arad")
    assert follower.follow() == []
    fast.commit()
    assert follower.follow() == [(second.pk, "changed")]
    make_lead("Zoe Stone", owner=ann)
    Writer(only(third), "Iași").commit()
    assert [word for _pk, word in follower.follow()] == ["added", "changed"]
    slow.commit()
    assert follower.follow() == [(first.pk, "changed")]
    assert follower.follow() == []
    assert follower.copy[first.pk]["city"] == "Cluj"


@pytest.mark.parametrize("place", [0, 2], ids=["before the first page", "behind the first page"])
def test_a_transaction_that_ends_between_two_pages_comes_once_after_them(following, ann, make_lead, place):
    leads = [make_lead(f"Lead {number}", owner=ann) for number in range(4)]
    follower = following(ann)
    for number, lead in enumerate(leads[:3]):
        if number == place:
            slow = Writer(only(leads[3]), "Cluj")
        Writer(only(lead), "Arad").commit()
    first = follower.ask(2)
    assert [one["id"] for one in first["changes"]] == [leads[0].pk, leads[1].pk]
    follower.next = first["next"]
    slow.commit()
    assert follower.follow(2) == [(leads[2].pk, "changed"), (leads[3].pk, "changed")]


def test_what_was_rolled_back_is_never_told(following, ann, make_lead):
    lead = make_lead("Eva Berg", owner=ann)
    follower = following(ann)
    failed = Writer(only(lead), "Cluj", keep=False)
    assert follower.follow() == []
    failed.commit()
    assert follower.follow() == []


def test_a_copy_is_equal_after_writers_of_all_lengths_in_any_order(following, ann, make_lead):
    chance = random.Random(20261128)
    leads = [make_lead(f"Lead {number}", owner=ann) for number in range(12)]
    follower = following(ann)
    running: dict[int, Writer] = {}
    told = []
    for number in range(80):
        lead = chance.choice(leads)
        if lead.pk in running:
            running.pop(lead.pk).commit()
        else:
            running[lead.pk] = Writer(only(lead), f"City {number}", keep=chance.random() < 0.8)
        if chance.random() < 0.3:
            told += follower.follow(limit=chance.choice([1, 2, 200]))
    for writer in running.values():
        writer.commit()
    told += follower.follow(3)
    now = {lead.pk: lead for lead in Lead.objects.all()}
    assert {pk: (one["city"], one["version"]) for pk, one in follower.copy.items()} == {
        pk: (lead.city, lead.version) for pk, lead in now.items() if lead.version > 1
    }
    assert len(told) <= sum(lead.version - 1 for lead in now.values())


def test_after_a_failover_numbers_go_on_above_those_of_the_former_primary(
    following, ann, make_lead, monkeypatch
):
    """A new timeline, whose first transactions may have the IDs of some that were lost."""
    lead = make_lead("Eva Berg", owner=ann)
    follower = following(ann)
    with connection.cursor() as cursor:
        cursor.execute(transaction_numbers.ERA.replace("::bit(32)::bigint", "::bit(32)::bigint + 1"))
        try:
            Writer(only(lead), "Cluj").commit()
            assert follower.follow() == [(lead.pk, "changed")]
            assert follower.follow() == []
            Writer(only(lead), "Arad").commit()
            assert follower.follow() == [(lead.pk, "changed")]
        finally:
            cursor.execute(transaction_numbers.ERA)
