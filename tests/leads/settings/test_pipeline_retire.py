"""A pipeline is retired: its leads go to another one, and come back with an undo."""

import pytest
from django.urls import reverse

from crm.models import Job, Operation, SavedView
from crm.platform.jobs import JOB_KINDS, JobProblem
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from leads.models import Lead, Pipeline, Status
from leads.settings.pipeline_retirement import carry_out_retirement, preview_retirement
from tests.crm.records.history.undo.test_every_verb import all_tables
from tests.leads.settings.test_pipelines import LIST, status_of


@pytest.fixture
def scene(ann, departments, renewals, make_lead, reasons):
    """Leads of the second pipeline: open, won, in Trash, in another department; a view that uses two of its statuses."""
    talking, renewed = status_of(renewals, "Talking"), status_of(renewals, "Renewed")
    make_lead("A", status=talking)
    make_lead("B", status=renewed, department=departments.export)
    make_lead("C", status=talking, deleted_at="2026-01-01T00:00Z")
    make_lead("D")
    query = f"pipeline={renewals.pk}&status={talking.pk}&status={renewed.pk}"
    SavedView.objects.create(table="lead", owner=ann, name="Renewals", query=query)
    return renewals


def test_an_empty_pipeline_is_retired_at_once_and_its_statuses_are_no_longer_offered(sign_in, ada, renewals):
    browser = sign_in(ada)
    assert "asks" not in browser.get(f"{LIST}/{renewals.pk}/retire").context
    browser.post(f"{LIST}/{renewals.pk}/retire")
    renewals.refresh_from_db()
    assert renewals.retired
    assert not Status.objects.active().of_pipeline(renewals.pk).exists()
    browser.post(f"{LIST}/{renewals.pk}/activate")
    renewals.refresh_from_db()
    assert not renewals.retired


def test_retiring_a_pipeline_asks_where_its_leads_go_and_undo_restores_everything(
    scene, sign_in, ada, sales, statuses
):
    browser, address = sign_in(ada), f"{LIST}/{scene.pk}/retire"
    before = all_tables()
    assert browser.get(address).context["asks"]
    preview = browser.get(address, {"pipeline": sales.pk})
    assert len(preview.context["outcome"].changed) == 3
    assert "Move 3 leads and retire" in preview.content.decode()
    assert all_tables() == before
    browser.post(address, {"pipeline": sales.pk})
    found = dict(Lead.objects.values_list("last_name", "status__key"))
    assert found == {"A": "contacted", "B": "won", "C": "contacted", "D": "new"}
    scene.refresh_from_db()
    assert scene.retired
    query = f"pipeline={sales.pk}&status={statuses.contacted.pk}&status={statuses.won.pk}"
    assert SavedView.objects.get().query == query
    record = Operation.objects.get(kind="retire_pipeline")
    assert record.changed == 3
    undone = revert_operation(record, by=ada)
    assert all_tables() == before
    revert_operation(undone.operation, by=ada)
    assert SavedView.objects.get().query == query


def test_a_pipeline_stays_if_a_lead_cannot_move(scene, sign_in, ada, sales, statuses):
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.won.pk).update(required_fields=["email"])
    browser, address = sign_in(ada), f"{LIST}/{scene.pk}/retire"
    preview = browser.get(address, {"pipeline": sales.pk})
    assert preview.context["refusals"] == [("Email is required.", 1)]
    answer = browser.post(address, {"pipeline": sales.pk}, follow=True)
    assert (
        "Can’t be moved: 1 lead. Until then, the pipeline Renewals stays in use." in answer.content.decode()
    )
    scene.refresh_from_db()
    assert not scene.retired
    assert Lead.objects.get(last_name="A").status == statuses.contacted
    assert Lead.objects.get(last_name="B").status.pipeline == scene


def test_leads_out_of_reach_stay_and_so_does_the_pipeline(scene, ann, sales, statuses):
    mapping = [(status_of(scene, "Talking"), statuses.contacted), (status_of(scene, "Renewed"), statuses.won)]
    assert len(preview_retirement(scene, mapping, ann).changed) == 2
    _record, left = carry_out_retirement(scene.pk, mapping, by=ann)
    assert left == 1
    assert set(Lead.objects.filter(status__pipeline=scene).values_list("last_name", flat=True)) == {"B"}
    scene.refresh_from_db()
    assert not scene.retired


def test_retiring_a_pipeline_with_leads_requires_a_target(scene, sign_in, ada):
    answer = sign_in(ada).post(f"{LIST}/{scene.pk}/retire", {"pipeline": ""})
    assert answer.status_code == 422
    scene.refresh_from_db()
    assert not scene.retired


def test_the_only_pipeline_cannot_be_retired(sign_in, ada, sales):
    answer = sign_in(ada).post(f"{LIST}/{sales.pk}/retire")
    assert answer.status_code == 409
    sales.refresh_from_db()
    assert not sales.retired


def test_an_undo_never_retires_the_last_pipeline(sign_in, ada, sales, renewals):
    browser = sign_in(ada)
    browser.post(f"{LIST}/{renewals.pk}/retire")
    browser.post(f"{LIST}/{renewals.pk}/activate")
    activated = Operation.objects.filter(kind="edit_pipeline").latest("pk")
    browser.post(f"{LIST}/{sales.pk}/retire")
    outcome = revert_operation(activated, by=ada)
    assert outcome.kept == {"pipeline": {"last_pipeline": [renewals.pk]}}
    assert Pipeline.objects.active().exists()


def test_a_status_of_a_third_pipeline_is_an_error_on_its_field(scene, sign_in, ada, sales):
    browser = sign_in(ada)
    browser.post(f"{LIST}/new", {"name": "Third", "copied": sales.pk})
    third = Pipeline.objects.get(name="Third")
    field = f"from_{status_of(scene, 'Talking').pk}"
    chosen = {"pipeline": sales.pk, field: third.statuses.first().pk}
    answer = browser.post(f"{LIST}/{scene.pk}/retire", chosen)
    assert answer.context["form"].errors[field] == ["This status belongs to another pipeline."]
    assert not Operation.objects.filter(kind="retire_pipeline").exists()


def test_a_job_says_why_it_retired_nothing(scene, ada, sales, monkeypatch):
    job = Job.objects.create(kind="retire_pipeline", user=ada, arguments={"pk": scene.pk, "form": {}})
    with pytest.raises(JobProblem, match="statuses have changed"):
        JOB_KINDS["retire_pipeline"].work(job, lambda done, total: None)
    job.arguments["form"] = {"pipeline": sales.pk}
    monkeypatch.setattr(
        "leads.settings.pipeline_retirement.get_retirement_obstacle", lambda pipeline: "retired meanwhile"
    )
    with pytest.raises(JobProblem, match="retired meanwhile"):
        JOB_KINDS["retire_pipeline"].work(job, lambda done, total: None)


def test_several_thousand_leads_are_changed_by_a_job(scene, sign_in, ada, bob, sales, monkeypatch):
    monkeypatch.setattr("leads.settings.views.pipeline_retire.ROWS_AT_ONCE", 2)
    answer = sign_in(ada).post(f"{LIST}/{scene.pk}/retire", {"pipeline": sales.pk})
    job = Job.objects.get(kind="retire_pipeline")
    assert answer["Location"] == reverse("job", args=[job.pk])
    assert JOB_KINDS["retire_pipeline"].work(job, lambda done, total: None).changed == 3
    job.user = bob
    with pytest.raises(JobProblem, match="no longer have permission"):
        JOB_KINDS["retire_pipeline"].work(job, lambda done, total: None)
