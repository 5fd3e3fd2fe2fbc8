"""Which groups of records are merged, by whom, and what a merge keeps of their tags and of what isn't the same as they are."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest

from crm.records.history.operation_results import Outcome
from crm.records.history.verb_execution import operation
from duplicates.merging import merge_verb as merging
from duplicates.merging.field_values import RecordValues
from duplicates.merging.merge_verb import INCOMPLETE, Merge, MergeGroup
from duplicates.merging.reference_transfer import _copy_distinctions
from duplicates.models import Distinction
from duplicates.record_graph import Node, Pair, get_ordered_pair

# The merged leads have numbers between those of others, because a pair starts with the lower one.
BEFORE, MERGED, ALSO, AFTER, KEPT = 1, 2, 3, 4, 5


def lead(number: int) -> Node:
    return "lead", number


COMPANY, CONTACT = ("company", BEFORE), ("contact", AFTER)


class Different(NamedTuple):
    """What isn't the same, and what also isn't after the merge."""

    known: list[Pair]
    added: list[Pair]


DIFFERENT = {
    "from a lead that was added later": Different([(lead(MERGED), lead(AFTER))], [(lead(AFTER), lead(KEPT))]),
    "from a lead that was added earlier": Different(
        [(lead(BEFORE), lead(MERGED))], [(lead(BEFORE), lead(KEPT))]
    ),
    "from a company": Different([(COMPANY, lead(MERGED))], [(COMPANY, lead(KEPT))]),
    "from a contact": Different([(CONTACT, lead(MERGED))], [(CONTACT, lead(KEPT))]),
    "from a company with the same number": Different(
        [(("company", MERGED), lead(MERGED))], [(("company", MERGED), lead(KEPT))]
    ),
    "from the lead that is kept": Different([(lead(MERGED), lead(KEPT))], []),
    "from another merged lead": Different([(lead(MERGED), lead(ALSO))], []),
    "two other leads": Different([(lead(BEFORE), lead(AFTER))], []),
    "a company with the number of the merged lead": Different([(("company", MERGED), lead(AFTER))], []),
    "a contact with the number of the merged lead": Different([(("contact", MERGED), lead(BEFORE))], []),
    "both merged leads from another one": Different(
        [(lead(MERGED), lead(AFTER)), (lead(ALSO), lead(AFTER))], [(lead(AFTER), lead(KEPT))]
    ),
    "the kept lead too": Different([(lead(BEFORE), lead(MERGED)), (lead(BEFORE), lead(KEPT))], []),
    "nothing": Different([], []),
}


@pytest.mark.parametrize("case", DIFFERENT.values(), ids=DIFFERENT)
def test_what_is_not_the_same_as_a_merged_lead_is_not_the_same_as_the_kept_one(case, db):
    with operation("test", by=None):
        for one, other in case.known:
            Distinction.objects.create(
                first_table=one[0], first_record=one[1], second_table=other[0], second_record=other[1]
            )
        _copy_distinctions("lead", {MERGED: KEPT, ALSO: KEPT})
    found = sorted(distinction.pair for distinction in Distinction.objects.all())
    assert found == sorted([*case.known, *case.added])
    assert all(pair == get_ordered_pair(*pair) for pair in found)


def record(pk: int, tags: tuple[int, ...] = (), client: int | None = None) -> RecordValues:
    at = datetime(2026, 1, pk, tzinfo=UTC)
    return RecordValues(pk, at, at, 1, [*tags], {"client": client, "client_contact": None})


class Settled(NamedTuple):
    """Groups, each beginning with the record that is kept; those that the user may change; what is merged, and what isn't."""

    groups: list[list[int]]
    there: set[int]
    merged: list[list[int]]
    refused: dict[str, list[int]] = {}
    clients: dict[int, int] = {}


SETTLED = {
    "one group": Settled([[1, 2]], {1, 2}, [[1, 2]]),
    "a merged record that the user can't change stays out": Settled([[1, 2, 3]], {1, 3}, [[1, 3]]),
    "without the record that is kept, nothing is merged": Settled(
        [[1, 2, 3]], {2, 3}, [], {INCOMPLETE: [2, 3]}
    ),
    "without any other record, nothing is merged": Settled([[1, 2]], {1}, [], {INCOMPLETE: [1]}),
    "the other groups are merged": Settled(
        [[1, 2], [3, 4], [5, 6]], {1, 3, 4, 5, 6}, [[3, 4], [5, 6]], {INCOMPLETE: [1]}
    ),
    "a group with two clients": Settled(
        [[1, 2], [3, 4]], {1, 2, 3, 4}, [[3, 4]], {"merge_several_clients": [1, 2]}, {1: 70, 2: 71}
    ),
    "a client of a record that stays out doesn't matter": Settled(
        [[1, 2, 3]], {1, 2}, [[1, 2]], clients={1: 70, 3: 71}
    ),
    "a lead with a client doesn't go into one without": Settled(
        [[1, 2]], {1, 2}, [], {"merge_into_converted": [1, 2]}, {2: 70}
    ),
}


@pytest.mark.parametrize("case", SETTLED.values(), ids=SETTLED)
def test_which_groups_are_merged(case, monkeypatch):
    monkeypatch.setattr(
        merging, "read_values", lambda model, ids: {pk: record(pk, client=case.clients.get(pk)) for pk in ids}
    )
    verb = Merge("lead", tuple(MergeGroup(kept, tuple(others)) for kept, *others in case.groups))
    # What an attempt before this one has decided is forgotten.
    verb.run.groups.append(MergeGroup(8, (9,)))
    outcome = Outcome("lead", changed=sorted(case.there))
    verb.refuse_conflicting_rows(outcome, None)
    assert [group.ids for group in verb.run.groups] == case.merged
    assert {code: sorted(ids) for code, ids in outcome.refused.items()} == case.refused


TAGS = {
    "the same tags": ({1: (7, 8), 2: (8, 7)}, {}),
    "the merged record has one more": ({1: (7,), 2: (7, 8)}, {1: [7, 8]}),
    "the kept record has one more": ({1: (7, 8), 2: (7,)}, {}),
    "each has its own": ({1: (8,), 2: (7,)}, {1: [7, 8]}),
    "none has tags": ({1: (), 2: ()}, {}),
}


@pytest.mark.parametrize(("tags", "written"), TAGS.values(), ids=TAGS)
def test_the_kept_record_gets_the_tags_of_all(tags, written):
    verb = Merge("lead", (MergeGroup(1, (2,)),))
    verb.run.groups = [*verb.groups]
    verb.run.records = {pk: record(pk, of) for pk, of in tags.items()}
    assert verb._get_merged_tags() == written


DELETE, ASSIGN = "leads.delete_lead", "leads.assign_lead"
BEYOND: dict[str, tuple[tuple[str, ...], dict[str, int], bool]] = {
    "someone who may delete leads": ((DELETE,), {}, False),
    "someone who may not delete leads": ((ASSIGN,), {}, True),
    "with a choice of the city": ((DELETE,), {"city": 2}, False),
    "with a choice of the owner": ((DELETE,), {"owner": 2}, True),
    "with a choice of the owner, by someone who may assign leads": ((DELETE, ASSIGN), {"owner": 2}, False),
    "with choices of the city and of the owner": ((DELETE,), {"city": 2, "owner": 2}, True),
    "with a choice of a field that isn't there": ((DELETE, ASSIGN), {"fax": 2}, True),
}


@pytest.mark.parametrize(("rights", "chosen", "beyond"), BEYOND.values(), ids=BEYOND)
def test_who_may_not_merge_leads(rights, chosen, beyond, on_paper):
    class User:
        def has_perm(self, right: str) -> bool:
            return right in rights

    groups: Any = (MergeGroup(1, (2,)), MergeGroup(3, (4,), chosen))
    assert Merge("lead", groups).is_beyond(User()) is beyond
