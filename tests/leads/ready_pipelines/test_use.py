"""Using a ready-made pipeline: one operation, whose undo restores the settings exactly."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import CompanySettings, Operation, SavedView
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from crm.records.history.visible_operations import describe_operation
from intake.models import WebForm
from leads.models import LostReason, Source, SourceCost, Status
from leads.ready_pipelines.catalog import READY_PIPELINES
from leads.ready_pipelines.pipeline_use import use_ready_pipeline
from tests.crm.records.history.undo.test_every_verb import all_tables

NAMES = list(READY_PIPELINES)
MODELS = (Status, Source, LostReason)


def use(name: str, by):
    return use_ready_pipeline(READY_PIPELINES[name], by=by)[0]


def names_in_use(rows) -> list[str]:
    return [row.label for row in rows.filter(retired=False).in_order()]


def read_rows(known: dict) -> list:
    """The rows that were there before, as they are now; what was added is only there retired."""
    found = []
    for model in MODELS:
        columns = [field.attname for field in model._meta.concrete_fields if field.attname != "version"]
        found += model.objects.filter(pk__in=known[model]).order_by("pk").values_list(*columns)
        assert not model.objects.exclude(pk__in=known[model]).filter(retired=False).exists()
    return found


@pytest.fixture
def known(db):
    return {model: set(model.objects.values_list("pk", flat=True)) for model in MODELS}


@pytest.fixture
def romanian(settings, db):
    settings.COMPANY_OVERRIDES = dict.fromkeys(settings.COMPANY_OVERRIDES, "")
    with operation("test", by=None):
        CompanySettings.objects.create(pk=CompanySettings.ROW, language="ro")


@pytest.mark.parametrize("name", NAMES)
def test_a_new_company_has_exactly_its_rows_in_their_order(name, ada):
    ready = READY_PIPELINES[name]
    use(name, ada)
    assert names_in_use(Status.objects.of_leads()) == [row.name.en for row in ready.statuses]
    assert names_in_use(Status.objects.of_deals()) == [row.name.en for row in ready.stages]
    assert set(names_in_use(Source.objects)) == {row.name.en for row in ready.sources}
    assert names_in_use(LostReason.objects.except_api()) == [row.name.en for row in ready.reasons]
    assert LostReason.objects.get_shipped("not_stated").retired is False


def test_a_romanian_company_gets_romanian_texts(romanian, ada):
    use("real-estate", ada)
    row = Status.objects.get(name="Vizionare programată")
    assert row.next_action_prompt == "Confirmă vizionarea cu o zi înainte"
    assert Source.objects.filter(name="Banner pe proprietate").exists()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["en", "ro"])
def test_do_and_undo_leaves_the_settings_as_before(name, language, ada, known, request):
    if language == "ro":
        request.getfixturevalue("romanian")
    before = read_rows(known)
    record = use(name, ada)
    after = all_tables()
    undone = revert_operation(record, by=ada)
    assert undone.kept_count == 0
    assert read_rows(known) == before
    revert_operation(undone.operation, by=ada)
    assert all_tables() == after


def test_a_change_of_mind_replaces_the_first_choice_and_undo_brings_it_back(ada, known):
    use("agency", ada)
    now = {model: set(model.objects.values_list("pk", flat=True)) for model in MODELS}
    before = [row for model in MODELS for row in model.objects.order_by("pk").values_list("name", "retired")]
    record = use("events", ada)
    ready = READY_PIPELINES["events"]
    assert names_in_use(Status.objects.of_leads()) == [row.name.en for row in ready.statuses]
    revert_operation(record, by=ada)
    there = [
        model.objects.filter(pk__in=now[model]).order_by("pk").values_list("name", "retired")
        for model in MODELS
    ]
    assert [row for rows in there for row in rows] == before


@pytest.mark.parametrize("name", NAMES)
def test_choosing_the_same_pipeline_twice_changes_nothing(name, ada):
    use(name, ada)
    before = all_tables()
    assert use(name, ada).pk is None
    assert all_tables() == before


def test_after_an_undo_it_can_be_used_again_and_its_rows_are_restored(ada):
    record = use("services", ada)
    count = Status.objects.count()
    revert_operation(record, by=ada)
    use("services", ada)
    assert Status.objects.count() == count
    assert names_in_use(Status.objects.of_deals()) == [
        row.name.en for row in READY_PIPELINES["services"].stages
    ]


def test_what_records_use_keeps_its_name_and_its_rules(ada, make_lead, statuses, sources, reasons):
    make_lead(status="proposal", source="event")
    make_lead(status="lost", lost_reason=reasons.budget, deleted_at="2026-01-01T00:00:00Z")
    use("services", ada)
    proposal = Status.objects.get(pk=statuses.proposal.pk)
    assert (proposal.name, proposal.required_fields, proposal.retired) == ("Proposal", [], False)
    assert not Source.objects.get(pk=sources.event.pk).retired
    assert LostReason.objects.get(pk=reasons.budget.pk).name == "No budget"
    # They stand for the pipeline's own ones.
    assert not Status.objects.of_leads().filter(name="Quote sent").exists()
    assert not LostReason.objects.filter(name="Too expensive").exists()


def test_a_source_with_costs_is_kept(ada, sources):
    with operation("test", by=None):
        SourceCost.objects.create(source=sources.event, month="2026-05-01", amount=10)
    use("services", ada)
    assert not Source.objects.get(pk=sources.event.pk).retired


def test_a_status_that_someone_here_added_is_kept_behind_those_of_its_category(ada, statuses):
    with operation("test", by=None):
        own = Status.objects.create(
            pipeline=statuses.new.pipeline, name="Tasting", kind="qualified", position=99
        )
    use("events", ada)
    names = names_in_use(Status.objects.of_leads())
    assert names[names.index("Venue visit") + 1] == "Tasting"
    assert Status.objects.get(pk=own.pk).retired is False


def test_new_leads_still_start_in_the_status_that_someone_chose_for_them(ada, statuses):
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.new.pk).update(is_default=False)
        Status.objects.filter(pk=statuses.contacted.pk).update(is_default=True)
    use("agency", ada)
    assert Status.objects.of_leads().get(is_default=True).pk == statuses.contacted.pk


def test_a_status_that_is_retired_is_no_longer_an_allowed_next_one(ada, statuses):
    with operation("test", by=None):
        own = Status.objects.create(
            pipeline=statuses.new.pipeline,
            name="Tasting",
            kind="qualified",
            next_statuses=[statuses.disqualified.pk, statuses.won.pk],
        )
        Status.objects.filter(pk=statuses.disqualified.pk).update(key="")
    use("events", ada)
    assert Status.objects.get(pk=statuses.disqualified.pk).retired
    assert Status.objects.get(pk=own.pk).next_statuses == [statuses.won.pk]


def test_a_status_in_which_a_form_starts_its_leads_gets_no_new_required_field(
    ada, statuses, departments, sources
):
    with operation("test", by=None):
        WebForm.objects.create(
            name="Offer",
            slug="offer",
            source=sources.website,
            department=departments.sales,
            status=statuses.contacted,
            published=True,
        )
    use("services", ada)
    contacted = Status.objects.get(pk=statuses.contacted.pk)
    assert (contacted.required_fields, contacted.retired) == ([], False)


def test_records_that_enter_a_status_in_the_meantime_wait(ada):
    with CaptureQueriesContext(connection) as queries:
        use("agency", ada)
    locked = [query["sql"] for query in queries if "FOR UPDATE" in query["sql"]]
    for table in ("leads_status", "leads_source", "leads_lostreason"):
        assert any(table in sql for sql in locked)


def test_a_source_that_a_view_names_is_kept(ada, sources):
    with operation("test", by=None):
        SavedView.objects.create(
            table="lead", name="Cold calls", owner=ada, query=f"source={sources.cold_call.pk}"
        )
    use("services", ada)
    assert Source.objects.get(pk=sources.cold_call.pk).retired is False


def test_the_operation_is_named_in_words(ada):
    record = use("real-estate", ada)
    assert describe_operation(record) == "Use the ready-made pipeline: Real estate"
    assert Operation.objects.get(pk=record.pk).changed > 0
