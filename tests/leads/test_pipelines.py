"""The pipelines' settings, moving leads from one to another, and that nothing of them shows while there is one."""

import pytest
from django.urls import reverse

from crm.change import carry_out, judge, operation
from crm.jobs import KINDS as JOB_KINDS
from crm.jobs import Problem
from crm.models import Job, Operation
from crm.undo import undo
from leads.bulk import action_named, actions_for
from leads.models import Lead, Pipeline, SavedView, Status
from leads.settings.pipeline_forms import PipelineForm
from leads.verbs import ChangePipeline
from tests.leads.test_undo import all_tables

LIST = "/admin/leads/pipelines"
RIGHTS = ["view_pipeline", "add_pipeline", "change_pipeline", "delete_pipeline"]
PAGES = {
    "list": (LIST, ["view_pipeline"]),
    "new": (f"{LIST}/new", ["add_pipeline"]),
    "edit": (f"{LIST}/%d", ["change_pipeline"]),
    "retire": (f"{LIST}/%d/retire", ["delete_pipeline", "change_lead"]),
}


@pytest.fixture
def sales(statuses):
    return statuses.new.pipeline


@pytest.fixture
def renewals(sales):
    """A second pipeline with the statuses New, Talking (contacted), Renewed (won), Gone (lost)."""
    with operation("test", by=None):
        pipeline = Pipeline.objects.create(name="Renewals", position=1)
        rows = [("New", "new"), ("Talking", "contacted"), ("Renewed", "won"), ("Gone", "lost")]
        Status.objects.bulk_create(
            Status(pipeline=pipeline, name=name, kind=kind, position=place, is_default=place == 0)
            for place, (name, kind) in enumerate(rows)
        )
    return pipeline


def status_of(pipeline: Pipeline, name: str) -> Status:
    return Status.objects.get(pipeline=pipeline, name=name)


@pytest.mark.parametrize("page", PAGES)
def test_each_page_opens_with_its_right_and_is_forbidden_without(page, sign_in, someone_with, sales):
    address, rights = PAGES[page]
    address = address % sales.pk if "%d" in address else address
    assert sign_in(someone_with(*rights)).get(address).status_code == 200
    others = [name for name in RIGHTS if name not in rights]
    assert sign_in(someone_with(*others, name="mallory")).get(address).status_code == 403


@pytest.mark.parametrize("name", ["ann", "bob", "oscar", "sofia", "conrad"])
def test_sales_people_do_not_see_the_settings(name, cast, sign_in):
    assert sign_in(getattr(cast, name)).get(LIST).status_code == 403


def test_with_one_pipeline_nothing_of_pipelines_shows(sign_in, ada, statuses, make_lead):
    make_lead()
    browser = sign_in(ada)
    for address in ("", f"/{statuses.new.pk}", "/new"):
        page = browser.get(f"/admin/leads/statuses{address}").content.decode()
        for mark in ('data-col="pipeline"', "<dt>Pipeline</dt>", 'name="pipeline"'):
            assert mark not in page
    assert action_named("pipeline") not in actions_for(ada)


def test_with_two_pipelines_the_statuses_say_which_they_belong_to(sign_in, ada, renewals):
    page = sign_in(ada).get("/admin/leads/statuses").content.decode()
    assert "Renewals" in page
    assert action_named("pipeline") in actions_for(ada)
    shown = sign_in(ada).get(f"/admin/leads/statuses?pipeline={renewals.pk}").context["table"]
    assert [row.name for row in shown.data] == ["New", "Talking", "Renewed", "Gone"]
    assert "order" in [column.name for column in shown.columns]


# Making and changing


def test_a_new_pipeline_starts_with_new_won_and_lost(sign_in, ada):
    sign_in(ada).post(f"{LIST}/new", {"name": "Renewals"})
    pipeline = Pipeline.objects.get(name="Renewals")
    rows = Status.objects.of_pipeline(pipeline.pk).in_order()
    assert [(row.name, row.kind, row.is_default) for row in rows] == [
        ("New", "new", True),
        ("Won", "won", False),
        ("Lost", "lost", False),
    ]


def test_a_new_pipeline_copies_the_statuses_of_another_with_their_contracts(sign_in, ada, sales, make_status):
    make_status("Strict", required_fields=["email"], most_days=5)
    make_status("Gone", retired=True)
    sign_in(ada).post(f"{LIST}/new", {"name": "Renewals", "copy_of": sales.pk})
    pipeline = Pipeline.objects.get(name="Renewals")
    rows = Status.objects.of_pipeline(pipeline.pk)
    assert rows.count() == 8
    strict = rows.get(name="Strict")
    assert (strict.required_fields, strict.most_days) == (["email"], 5)
    assert not rows.exclude(key="").exists()
    assert Status.objects.of_pipeline(sales.pk).count() == 9


def test_a_new_pipeline_and_its_statuses_are_taken_back_together(sign_in, ada):
    sign_in(ada).post(f"{LIST}/new", {"name": "Renewals"})
    outcome = undo(Operation.objects.get(kind="add_pipeline"), by=ada)
    assert Pipeline.objects.get(name="Renewals").retired
    assert Status.objects.active().count() == 7
    assert not outcome.kept


def test_a_new_pipeline_with_leads_in_it_stays_whole_when_its_making_is_undone(sign_in, ada, make_lead):
    sign_in(ada).post(f"{LIST}/new", {"name": "Renewals"})
    pipeline = Pipeline.objects.get(name="Renewals")
    make_lead(status=status_of(pipeline, "Won"))
    undo(Operation.objects.get(kind="add_pipeline"), by=ada)
    pipeline.refresh_from_db()
    assert not pipeline.retired
    assert Status.objects.of_pipeline(pipeline.pk).active().count() == 3


def test_a_department_has_one_first_choice(sign_in, ada, departments, sales, renewals):
    browser = sign_in(ada)
    both = [departments.sales.pk, departments.export.pk]
    browser.post(f"{LIST}/{sales.pk}", {"name": "Sales", "departments": both, "version": sales.version})
    assert Pipeline.objects.for_department(departments.export) == sales
    form = {"name": "Renewals", "departments": [departments.export.pk], "version": renewals.version}
    browser.post(f"{LIST}/{renewals.pk}", form)
    assert Pipeline.objects.for_department(departments.export) == renewals
    sales.refresh_from_db()
    assert sales.departments == [departments.sales.pk]
    undo(Operation.objects.filter(kind="edit_pipeline").latest("pk"), by=ada)
    assert Pipeline.objects.for_department(departments.export) == sales


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "sales"}, "name"),
        ({"name": "New", "departments": ["99999"]}, "departments"),
        ({"name": "New", "copy_of": "99999"}, "copy_of"),
    ],
)
def test_bad_input_is_named_at_its_field_and_writes_nothing(values, field, sign_in, ada):
    answer = sign_in(ada).post(f"{LIST}/new", values)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert Pipeline.objects.count() == 1


def test_the_order_of_pipelines_changes_and_goes_back(sign_in, ada, sales, renewals):
    sign_in(ada).post(f"{LIST}/order", {"up": renewals.pk})
    assert list(Pipeline.objects.in_order()) == [renewals, sales]
    undo(Operation.objects.get(kind="edit_pipeline"), by=ada)
    assert list(Pipeline.objects.in_order()) == [sales, renewals]


# Moving leads to another pipeline


def test_leads_move_to_the_status_of_the_same_kind_unless_another_is_chosen(
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


def test_a_status_without_a_counterpart_is_refused_and_so_is_an_open_lead_that_would_be_lost(
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


def test_leads_that_are_in_the_pipeline_already_are_unchanged(ada, renewals, make_lead):
    inside = make_lead(status=status_of(renewals, "Talking"))
    form = PipelineForm({"pipeline": renewals.pk}, user=ada)
    assert form.is_valid()
    outcome = judge(ChangePipeline(form.cleaned_data["mapping"]), Lead.objects.changeable_by(ada), by=ada)
    assert outcome.unchanged == [inside.pk]


def test_a_status_of_a_third_pipeline_is_refused_at_its_field(ada, sales, renewals, statuses):
    form = PipelineForm({"pipeline": renewals.pk, f"from_{statuses.new.pk}": statuses.won.pk}, user=ada)
    assert not form.is_valid()
    assert f"from_{statuses.new.pk}" in form.errors


def test_the_bulk_action_moves_ticked_leads_with_a_preview_and_an_undo(sign_in, ann, renewals, make_lead):
    lead = make_lead(status="contacted")
    browser = sign_in(ann)
    before = all_tables()
    answer = browser.post("/admin/leads/bulk", {"action": "pipeline", "lead": [lead.pk]})
    preview = browser.get(answer["Location"], {"pipeline": renewals.pk})
    assert preview.context["outcome"].changed == [lead.pk]
    assert "Move to the pipeline Renewals" in preview.content.decode()
    browser.post(answer["Location"], {"pipeline": renewals.pk})
    lead.refresh_from_db()
    assert lead.status.pipeline == renewals
    undo(Operation.objects.get(kind="change_pipeline"), by=ann)
    after = all_tables()
    assert after["leads_lead"] == before["leads_lead"]


def test_with_one_pipeline_the_bulk_action_is_forbidden(sign_in, ann, make_lead):
    lead = make_lead()
    answer = sign_in(ann).post("/admin/leads/bulk", {"action": "pipeline", "lead": [lead.pk]})
    assert answer.status_code == 403


# Retiring


@pytest.fixture
def scene(ann, departments, renewals, make_lead, reasons):
    """Leads of the second pipeline: open, won, in the bin, of another department; a view that names two of its statuses."""
    talking, renewed = status_of(renewals, "Talking"), status_of(renewals, "Renewed")
    make_lead("A", status=talking)
    make_lead("B", status=renewed, department=departments.export)
    make_lead("C", status=talking, binned_at="2026-01-01T00:00Z")
    make_lead("D")
    query = f"pipeline={renewals.pk}&status={talking.pk}&status={renewed.pk}"
    SavedView.objects.create(owner=ann, name="Renewals", query=query)
    return renewals


def test_an_empty_pipeline_is_retired_at_once_and_its_statuses_are_offered_no_more(sign_in, ada, renewals):
    browser = sign_in(ada)
    assert "asks" not in browser.get(f"{LIST}/{renewals.pk}/retire").context
    browser.post(f"{LIST}/{renewals.pk}/retire")
    renewals.refresh_from_db()
    assert renewals.retired
    assert not Status.objects.active().of_pipeline(renewals.pk).exists()
    browser.post(f"{LIST}/{renewals.pk}/activate")
    renewals.refresh_from_db()
    assert not renewals.retired


def test_a_pipeline_with_leads_asks_where_they_go_shows_it_and_does_it_and_undo_brings_all_back(
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
    undone = undo(record, by=ada)
    assert all_tables() == before
    undo(undone.operation, by=ada)
    assert SavedView.objects.get().query == query


def test_a_pipeline_stays_while_a_lead_is_refused(scene, sign_in, ada, sales, statuses):
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.won.pk).update(required_fields=["email"])
    browser, address = sign_in(ada), f"{LIST}/{scene.pk}/retire"
    preview = browser.get(address, {"pipeline": sales.pk})
    assert preview.context["refusals"] == [("E-mail must be filled first.", 1)]
    answer = browser.post(address, {"pipeline": sales.pk}, follow=True)
    assert (
        "1 lead was refused; the pipeline Renewals stays in use until it has moved."
        in answer.content.decode()
    )
    scene.refresh_from_db()
    assert not scene.retired
    assert Lead.objects.get(last_name="A").status == statuses.contacted
    assert Lead.objects.get(last_name="B").status.pipeline == scene


def test_a_pipeline_with_leads_needs_a_target(scene, sign_in, ada):
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
    outcome = undo(activated, by=ada)
    assert outcome.kept == {"last_pipeline": [renewals.pk]}
    assert Pipeline.objects.active().exists()


def test_over_some_thousand_leads_it_runs_as_a_job(scene, sign_in, ada, bob, sales, monkeypatch):
    monkeypatch.setattr("leads.views.pipeline_retire.ROWS_AT_ONCE", 2)
    answer = sign_in(ada).post(f"{LIST}/{scene.pk}/retire", {"pipeline": sales.pk})
    job = Job.objects.get(kind="retire_pipeline")
    assert answer["Location"] == reverse("job", args=[job.pk])
    assert JOB_KINDS["retire_pipeline"](job, lambda done, total: None).changed == 3
    job.user = bob
    with pytest.raises(Problem):
        JOB_KINDS["retire_pipeline"](job, lambda done, total: None)
