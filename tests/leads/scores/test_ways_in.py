"""Leads that come in or change by an import, a form or a merge have the right score."""

import pytest

from crm.records.history.undo.field_reversal import revert_operation
from leads.models import Lead
from tests.crm.records.editing.test_forms import filled
from tests.duplicates.conftest import merge
from tests.leads.assignment.test_ways_in import imported_by
from tests.leads.scores.scoring import get_score, make_activity, make_score_rule

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def test_leads_of_an_import_have_their_scores_and_an_update_by_a_file_scores_them_again(
    sign_in, ann, make_lead
):
    make_score_rule(10, "country=RO")
    make_score_rule(3, "city.is=Cluj")
    rows = [
        ["Name", "Email", "Country"],
        ["Ana Albu", "ana@example.com", "RO"],
        ["Jan Novák", "jan@example.com", "CZ"],
    ]
    found = imported_by(sign_in(ann), rows)
    scores = {lead.email: get_score(lead) for lead in Lead.objects.all()}
    assert scores == {"ana@example.com": 10, "jan@example.com": 0}
    revert_operation(found.operation, by=ann)
    assert not Lead.objects.present().exists()


def test_a_merge_gives_the_kept_lead_the_points_of_both_and_its_undo_parts_them(ann, make_lead):
    make_score_rule(10, counts="call")
    make_score_rule(5, "country=RO")
    one, two = make_lead("Ana Albu", owner=ann), make_lead("Ana Albu", owner=ann, country="RO")
    make_activity(one, "call", "reached")
    make_activity(two, "call", "reached")
    assert (get_score(one), get_score(two)) == (10, 15)
    record = merge(ann, one.pk, [two.pk], country=two.pk).operation
    assert (get_score(one), get_score(two)) == (25, 5)
    revert_operation(record, by=ann)
    assert (get_score(one), get_score(two)) == (10, 15)


def test_a_lead_of_the_form_has_its_score(sign_in, ann, lead_of):
    make_score_rule(10, "vip=yes")
    sign_in(ann).post("/admin/leads/new", filled(lead_of("Ana Albu", owner=ann), vip="on"))
    lead = Lead.objects.get()
    assert get_score(lead) == 10
