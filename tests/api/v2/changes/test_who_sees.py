"""What leaves the sight of the token's user is told as gone, and what they never saw isn't mentioned."""

import pytest

from crm.records.history.verb_execution import carry_out, operation
from duplicates.merging.merge_verb import Merge, MergeGroup
from leads import verbs
from leads.models import Lead

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def of(*leads):
    return Lead.objects.filter(pk__in=[lead.pk for lead in leads])


def write(rows, **values) -> None:
    with operation("test", by=None):
        rows.update(**values)


def test_a_lead_that_moves_to_another_department_is_hidden_and_comes_back_as_changed(
    following, ann, carla, ada, departments, make_lead
):
    lead = make_lead("Eva Berg")
    hers, others = following(ann), following(carla)
    carry_out(verbs.ChangeDepartment(departments.export), of(lead), by=ada)
    assert hers.follow() == [(lead.pk, "hidden")]
    assert others.follow() == [(lead.pk, "changed")]
    carry_out(verbs.ChangeDepartment(departments.sales), of(lead), by=ada)
    assert hers.follow() == [(lead.pk, "changed")]
    assert hers.copy[lead.pk]["department"] == departments.sales.pk


def test_leads_that_a_user_never_saw_are_not_mentioned_whatever_happens_to_them(
    following, bob, ben, ada, departments, make_lead
):
    lead, purged = make_lead("Eva Berg", owner=ben), make_lead("Jan Novák", owner=ben)
    his = following(bob)
    write(of(lead), city="Cluj")
    carry_out(verbs.ChangeDepartment(departments.export), of(lead), by=ada)
    make_lead("Zoe Stone", owner=ben)
    carry_out(verbs.Delete(), of(lead, purged), by=ada)
    carry_out(verbs.Purge(), of(purged), by=ada)
    assert his.follow() == []


def test_a_lead_that_was_given_to_a_colleague_is_hidden_once(following, bob, ben, ada, make_lead):
    lead = make_lead("Eva Berg", owner=bob)
    his = following(bob)
    write(of(lead), city="Cluj")
    carry_out(verbs.Assign(ben), of(lead), by=ada)
    write(of(lead), city="Arad")
    assert his.follow() == [(lead.pk, "hidden")]
    write(of(lead), city="Iași")
    assert his.follow() == []


def test_a_lead_that_a_user_gets_and_loses_between_two_calls_is_not_mentioned(
    following, bob, ben, ada, make_lead
):
    lead = make_lead("Eva Berg", owner=ben)
    his = following(bob)
    carry_out(verbs.Assign(bob), of(lead), by=ada)
    carry_out(verbs.Assign(ben), of(lead), by=ada)
    assert his.follow() == []


def test_a_lead_that_was_added_and_given_away_between_two_calls_is_not_mentioned(
    following, bob, ben, ada, make_lead
):
    his = following(bob)
    lead = make_lead("Eva Berg", owner=bob)
    carry_out(verbs.Assign(ben), of(lead), by=ada)
    assert his.follow() == []


def test_a_lead_that_was_deleted_permanently_is_told_to_those_who_saw_it(following, bob, ben, make_lead):
    lead = make_lead("Eva Berg", owner=bob)
    his, others = following(bob), following(ben)
    with operation("test", by=None):
        of(lead).delete()
    assert his.follow() == [(lead.pk, "deleted")]
    assert others.follow() == []


def test_a_merged_lead_names_the_one_that_it_was_merged_into_if_the_user_sees_that_one(
    following, ann, bob, ben, ada, make_lead
):
    kept, merged = make_lead("Eva Berg", owner=ben), make_lead("Eva Berg", owner=bob)
    hers, his = following(ann), following(bob)
    carry_out(Merge("lead", (MergeGroup(kept.pk, (merged.pk,)),)), of(kept, merged), by=ada)
    told = {one["id"]: (one["change"], one["into"]) for one in hers.ask()["changes"]}
    assert told[merged.pk] == ("merged", kept.pk)
    assert his.follow() == [(merged.pk, "deleted")]
