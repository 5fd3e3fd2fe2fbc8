"""Leads move to another pipeline, alone or in bulk."""

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, judge
from leads.models import Lead
from leads.settings.forms.pipelines import PipelineForm
from leads.verbs import ChangePipeline
from tests.crm.records.history.undo.test_every_verb import all_tables
from tests.leads.settings.test_pipelines import status_of


def test_leads_move_to_the_status_of_the_same_category_unless_another_is_chosen(
    ada, renewals, statuses, make_lead
):
    make_lead("A", status="contacted")
    make_lead("B", status="qualified")
    make_lead("C", status="won")
    talking = status_of(renewals, "Talking")
    form = PipelineForm({"pipeline": renewals.pk, f"from_{statuses.qualified.pk}": talking.pk}, user=ada)
    assert form.is_valid()
    carry_out(ChangePipeline(form.cleaned_data["mapping"]), Lead.objects.changeable_by(ada), by=ada)
    found = dict(Lead.objects.values_list("last_name", "status__name"))
    assert found == {"A": "Talking", "B": "Talking", "C": "Renewed"}


def test_a_status_without_a_counterpart_and_an_open_lead_that_would_be_lost_are_refused(
    ada, renewals, statuses, reasons, make_lead
):
    lost = make_lead("A", status="lost", lost_reason=reasons.budget, lost_remark="Too dear")
    junk = make_lead("B", status="disqualified")
    fresh = make_lead("C")
    gone = status_of(renewals, "Gone")
    form = PipelineForm({"pipeline": renewals.pk, f"from_{statuses.new.pk}": gone.pk}, user=ada)
    assert form.is_valid()
    verb = ChangePipeline(form.cleaned_data["mapping"])
    outcome = judge(verb, Lead.objects.changeable_by(ada), by=ada)
    assert outcome.changed == [lost.pk]
    assert outcome.refused == {"no_mapping": [junk.pk], "needs_reason": [fresh.pk]}
    carry_out(verb, Lead.objects.changeable_by(ada), by=ada)
    lost.refresh_from_db()
    assert (lost.status, lost.lost_reason, lost.lost_remark) == (gone, reasons.budget, "Too dear")


def test_leads_already_in_the_pipeline_are_unchanged(ada, renewals, make_lead):
    inside = make_lead(status=status_of(renewals, "Talking"))
    form = PipelineForm({"pipeline": renewals.pk}, user=ada)
    assert form.is_valid()
    outcome = judge(ChangePipeline(form.cleaned_data["mapping"]), Lead.objects.changeable_by(ada), by=ada)
    assert outcome.unchanged == [inside.pk]


def test_a_status_of_a_third_pipeline_is_an_error_on_its_field(ada, sales, renewals, statuses):
    form = PipelineForm({"pipeline": renewals.pk, f"from_{statuses.new.pk}": statuses.won.pk}, user=ada)
    assert not form.is_valid()
    assert f"from_{statuses.new.pk}" in form.errors


def test_the_bulk_action_moves_selected_leads_with_a_preview_and_an_undo(sign_in, ann, renewals, make_lead):
    lead = make_lead(status="contacted")
    browser = sign_in(ann)
    before = all_tables()
    answer = browser.post("/admin/leads/bulk", {"action": "pipeline", "record": [lead.pk]})
    preview = browser.get(answer["Location"], {"pipeline": renewals.pk})
    assert preview.context["outcome"].changed == [lead.pk]
    assert "Move to the Renewals pipeline" in preview.content.decode()
    browser.post(answer["Location"], {"pipeline": renewals.pk})
    lead.refresh_from_db()
    assert lead.status.pipeline == renewals
    revert_operation(Operation.objects.get(kind="change_pipeline"), by=ann)
    after = all_tables()
    assert after["leads_lead"] == before["leads_lead"]


def test_with_one_pipeline_the_bulk_action_is_forbidden(sign_in, ann, make_lead):
    lead = make_lead()
    answer = sign_in(ann).post("/admin/leads/bulk", {"action": "pipeline", "record": [lead.pk]})
    assert answer.status_code == 403
