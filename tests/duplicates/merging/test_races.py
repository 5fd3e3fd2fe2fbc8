"""Merges while others write: two connections at once, on real PostgreSQL."""

import pytest
from django.db import transaction

from crm.models import MergedRecord
from crm.records.history import verbs
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import UndoRefused
from crm.records.history.verb_execution import carry_out
from duplicates.merging.merge_verb import ChangedMeanwhile
from leads.models import Lead
from tests.crossing import crossed
from tests.duplicates.conftest import merge

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(first, second):
    """`first` runs and commits while `second` waits for its rows. Returns what came of both, also an error of the second."""
    found = []
    of_second = crossed(lambda: found.append(first()), transaction.atomic(second))
    return found[0], of_second


def test_a_merge_waits_for_an_edit_and_then_says_that_the_record_has_changed(ann, make_lead):
    one, two = make_lead(), make_lead()
    rows = Lead.objects.changeable_by(ann).filter(pk=two.pk)
    _edit, stopped = at_once(
        lambda: carry_out(verbs.Edit({"city": "Cluj"}), rows, by=ann),
        lambda: merge(ann, one.pk, [two.pk], versions={one.pk: one.version, two.pk: two.version}),
    )
    assert isinstance(stopped, ChangedMeanwhile)
    assert not MergedRecord.objects.exists()


def test_of_two_merges_of_one_record_the_second_leaves_it_out(ann, make_lead):
    one, two, three = make_lead(), make_lead(), make_lead()
    first, second = at_once(lambda: merge(ann, one.pk, [three.pk]), lambda: merge(ann, two.pk, [three.pk]))
    assert first.changed == [one.pk, three.pk]
    assert second.changed == []
    assert second.refused["binned"] == [three.pk]
    assert MergedRecord.objects.get().into == one.pk


def test_an_undo_waits_for_another_merge_of_the_kept_record(ann, make_lead):
    one, two, three = make_lead(), make_lead(), make_lead()
    merged = merge(ann, two.pk, [one.pk]).operation
    _second, stopped = at_once(
        lambda: merge(ann, three.pk, [two.pk]), lambda: revert_operation(merged, by=ann)
    )
    assert isinstance(stopped, UndoRefused)
    assert "merged again since" in str(stopped)
    assert MergedRecord.objects.count() == 2


def test_an_edit_that_waits_for_a_merge_is_told_that_the_record_is_in_trash(ann, make_lead):
    one, two = make_lead(), make_lead()
    rows = Lead.objects.present().changeable_by(ann)
    _merge, edited = at_once(
        lambda: merge(ann, one.pk, [two.pk]),
        lambda: carry_out(verbs.Edit({"city": "Cluj"}), rows, by=ann, wanted=[two.pk]),
    )
    assert edited.refused == {"binned": [two.pk]}
