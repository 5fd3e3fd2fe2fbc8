"""Into which record others were merged."""

import pytest

from crm.models import MergedRecord
from crm.records.history.merged_records import get_survivor, get_survivors
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation


@pytest.fixture
def merged(db):
    def store(*pairs, table="lead"):
        with operation("test", by=None) as record:
            MergedRecord.objects.bulk_create(
                MergedRecord(table=table, record=one, into=other) for one, other in pairs
            )
        return record

    return store


def test_a_record_merged_twice_leads_to_the_last_one(merged):
    merged((1, 2), (2, 3), (3, 4), (7, 4))
    merged((1, 9), table="contact")
    assert get_survivors("lead", [1, 2, 3, 4, 5, 7]) == {1: 4, 2: 4, 3: 4, 7: 4}
    assert get_survivor("contact", 1) == 9
    assert get_survivor("lead", 4) is None
    assert get_survivor("lead", 10**30) is None


def test_a_circle_leads_nowhere_and_ends(merged):
    merged((1, 2), (2, 3), (3, 1), (8, 3))
    assert get_survivors("lead", [1, 2, 3, 8]) == {}


def test_all_survivors_are_found_in_one_query(merged, django_assert_num_queries):
    merged(*((pk, pk + 1) for pk in range(1, 50)))
    with django_assert_num_queries(1):
        assert get_survivors("lead", list(range(1, 50))) == dict.fromkeys(range(1, 50), 50)


def test_an_undone_merge_leads_nowhere(merged, ada):
    record = merged((1, 2))
    MergedRecord.objects.get()
    record.changed = 1
    record.save(update_fields=["changed"])
    undone = revert_operation(record, by=ada)
    assert get_survivors("lead", [1]) == {}
    revert_operation(undone.operation, by=ada)
    assert get_survivors("lead", [1]) == {1: 2}
