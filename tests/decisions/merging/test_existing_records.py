"""What becomes of a record that a program adds and that its user already knows, and what an update changes of the known one."""

from types import SimpleNamespace
from typing import Any

import pytest

from crm.api import existing_records
from crm.api.existing_records import (
    ExistingRecord,
    RecordsToUpdate,
    find_record_to_update,
    look_for_existing_records,
)
from crm.api.problems import ApiProblem
from crm.records.kinds.kind_registry import KINDS

LEAD = KINDS["lead"]
# What a program sends, which fields an update leaves as they are, and what it changes of a lead in Arad with the tags 1 and 3.
UPDATES: dict[str, tuple[dict[str, Any], set[str], dict[str, Any]]] = {
    "a value": ({"city": "Cluj"}, set(), {"city": "Cluj"}),
    "the same value": ({"city": "Arad"}, set(), {"city": "Arad"}),
    "a value of a field that stays": ({"city": "Cluj", "zip": "1"}, {"city"}, {"zip": "1"}),
    "nothing empties a field": ({"city": "", "owner": None, "phones": []}, set(), {}),
    "no empties no field": ({"vip": False}, set(), {}),
    "yes": ({"vip": True}, set(), {"vip": True}),
    "zero is a value": ({"value": 0}, set(), {"value": 0}),
    "tags are added": ({"tags": [2, 1]}, set(), {"tags": [1, 2, 3]}),
    "no tags": ({"tags": []}, set(), {}),
    "tags that stay": ({"tags": [2]}, {"tags"}, {}),
}


@pytest.mark.parametrize(("sent", "kept", "changes"), UPDATES.values(), ids=UPDATES)
def test_what_an_update_changes_of_a_known_record(sent, kept, changes):
    known = ExistingRecord(7, True, kept, "Same email")
    assert known.get_changes(sent, SimpleNamespace(city="Arad", tags=[3, 1])) == changes


UPDATED, REJECTED = ExistingRecord(7, True, (), "Same email"), ExistingRecord(8, False, (), "Same phone")


class Lookup:
    """Finds what it is told to, and notes what it is asked."""

    def __init__(self, *found: ExistingRecord | None) -> None:
        self.found, self.asked = found, []
        self.keys = [{f"key {number}"} for number in range(len(found))]

    def lock(self, places):
        self.asked.append(("lock", *places))

    def find(self, places):
        self.asked.append(("find", *places))
        return [self.found[place] for place in places if place < len(self.found)]


def records(*lookups: Lookup, rights: str = "") -> RecordsToUpdate:
    return RecordsToUpdate(LEAD, lookups, lambda right: right in rights.split())


# What each lookup finds for two new records, and what they would repeat.
FOUND: dict[str, tuple[list[tuple[ExistingRecord | None, ...]], list[ExistingRecord | None]]] = {
    "nothing is looked for": ([], [None, None]),
    "one way": ([(None, UPDATED)], [None, UPDATED]),
    "the first of two ways comes first": ([(UPDATED, None), (REJECTED, REJECTED)], [UPDATED, REJECTED]),
    "no way finds anything": ([(None, None), (None, None)], [None, None]),
    "one way ends before a record": ([(None, UPDATED), (REJECTED,)], [REJECTED]),
}  # fmt: skip


@pytest.mark.parametrize(("ways", "found"), FOUND.values(), ids=FOUND)
def test_what_new_records_would_repeat(ways, found):
    lookups = [Lookup(*way) for way in ways]
    looked = records(*lookups)
    looked.lock([0, 1])
    assert looked.find([0, 1]) == found
    assert all(one.asked == [("lock", 0, 1), ("find", 0, 1)] for one in lookups)
    assert looked.get_keys(0) == ({"key 0"} if lookups else set())


@pytest.mark.parametrize("found", [None, UPDATED], ids=["nothing", "a record to update"])
def test_what_is_no_duplicate_is_written(found):
    assert records().judge(found) is found


@pytest.mark.parametrize(("rights", "pk"), [("get", 8), ("put", None), ("", None)])
def test_only_who_may_read_gets_the_id_of_the_record_that_a_rejected_one_repeats(rights, pk):
    with pytest.raises(ApiProblem) as rejected:
        records(rights=rights).judge(REJECTED)
    problem = rejected.value
    assert (problem.status, problem.code, problem.record) == (409, "duplicate", pk)
    assert problem.message == "This lead already exists (same phone). Nothing was added."


@pytest.mark.parametrize(("rights", "may_update"), [("get put", True), ("get", False)])
def test_each_way_to_look_is_told_whether_the_token_may_change_records(rights, may_update, monkeypatch):
    told, lookup = [], Lookup(UPDATED)

    def look(*asked):
        told.append(asked)
        return lookup

    monkeypatch.setattr(existing_records, "LOOKERS", [look, lambda *asked: None])
    allows = rights.split().__contains__
    looked = look_for_existing_records("own_api", LEAD, [{"city": "Cluj"}], "bob", allows)
    assert (looked.lookups, told) == ([lookup], [("own_api", LEAD, [{"city": "Cluj"}], "bob", may_update)])
    assert find_record_to_update("own_api", LEAD, {"city": "Cluj"}, "bob", allows) == UPDATED
    assert lookup.asked == [("lock", 0), ("find", 0)]
