"""What names the sequences that use it, and what happens to them when a status is replaced."""

import pytest

from crm.records.history.verb_execution import operation
from crm.records.listing.saved_view_replacement import OTHERS
from sequences.models import Sequence
from sequences.sequence_uses import find_sequences_using, replace_value_in_sequences
from tests.sequences.sequencing import build_step, make_sequence, start

pytestmark = pytest.mark.django_db


def names_of(record, viewer) -> list[str]:
    return [name for uses in find_sequences_using(record, viewer) for name, _url in uses.rows]


def test_statuses_templates_and_users_name_the_sequences_that_use_them(
    ada, bob, template, second, statuses, make_lead
):
    step = build_step("email", template=template.pk)
    sequence = make_sequence("One", step, stop_statuses=[statuses.qualified.pk])
    make_sequence("Off", step, stop_statuses=[statuses.qualified.pk], turned_on=False)
    start(sequence, bob, make_lead(email="a@example.cz", owner=bob))
    assert names_of(statuses.qualified, ada) == ["One", "Off"]
    assert names_of(template, ada) == ["One", "Off"]
    assert names_of(bob, ada) == ["One"]
    for other in (statuses.contacted, second, ada, sequence):
        assert names_of(other, ada) == []


def test_a_deleted_sequence_uses_nothing(ada, template):
    make_sequence("One", build_step("email", template=template.pk), retired=True)
    assert names_of(template, ada) == []


def test_names_are_only_for_those_who_may_view_sequences(bob, template):
    make_sequence("One", build_step("email", template=template.pk))
    [uses] = find_sequences_using(template, bob)
    assert (uses.rows, "1 sequence sends it" in uses.sentence) == ([], True)


def test_a_status_that_is_merged_into_another_one_is_replaced(statuses):
    sequence = make_sequence("One", stop_statuses=[statuses.contacted.pk, statuses.qualified.pk])
    other = make_sequence("Two", stop_statuses=[statuses.proposal.pk])
    assert replace_value_in_sequences in OTHERS
    with operation("test", by=None):
        replace_value_in_sequences("status", statuses.contacted.pk, statuses.qualified.pk)
        # The same number is something else there.
        replace_value_in_sequences("source", statuses.proposal.pk, statuses.qualified.pk)
    found = dict(Sequence.objects.values_list("pk", "stop_statuses"))
    assert found == {sequence.pk: [statuses.qualified.pk], other.pk: [statuses.proposal.pk]}
