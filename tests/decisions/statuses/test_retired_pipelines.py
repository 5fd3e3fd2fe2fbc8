"""When a pipeline is retired, where its records go, and what stays."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Job, SavedView
from crm.platform.jobs import JobProblem
from crm.records.history.verb_execution import operation
from leads.models import Lead, Pipeline, Status
from leads.settings.pipeline_retirement import (
    _describe_job,
    activate_pipeline,
    carry_out_retirement,
    get_retirement_obstacle,
    pipeline_records_queryset,
    preview_retirement,
    retire_pipeline,
)
from leads.settings.retirement import RetirementRefused
from tests.customers.conftest import make_deal

__all__ = ["make_deal"]

pytestmark = pytest.mark.django_db


def get_status(pipeline: Pipeline, name: str) -> Status:
    return Status.objects.get(pipeline=pipeline, name=name)


@pytest.fixture
def mapping(renewals, statuses):
    """Talking becomes Contacted, and Renewed becomes Won."""
    return [
        (get_status(renewals, "Talking"), statuses.contacted),
        (get_status(renewals, "Renewed"), statuses.won),
    ]


# Which of its leads there are: their statuses, whether they are Bob's or of Export, and in Trash. Who retires it, how many stay.
LEADS: dict[str, tuple[list[tuple[str, bool, bool]], str, int]] = {
    "no leads": ([], "ada", 0),
    "leads in both statuses": ([("Talking", True, False), ("Renewed", True, False)], "ada", 0),
    "a lead in Trash": ([("Talking", True, True)], "ada", 0),
    "a lead out of reach": ([("Talking", True, False), ("Renewed", False, False)], "ann", 1),
    "a lead of another department in reach": ([("Renewed", False, False)], "ada", 0),
    "a lead in a status that becomes none": ([("New", True, False), ("Talking", True, False)], "ada", 1),
}


@pytest.mark.parametrize(("leads", "by", "left"), LEADS.values(), ids=LEADS)
def test_a_pipeline_without_leads_is_retired(
    leads, by, left, renewals, mapping, cast, departments, make_lead, statuses
):
    made = [
        make_lead(
            owner=cast.bob if own else None,
            department=departments.sales if own else departments.export,
            status=get_status(renewals, name),
            deleted_at="2026-01-05T00:00Z" if trashed else None,
        )
        for name, own, trashed in leads
    ]
    outside = make_lead(status="qualified", owner=cast.bob)
    assert set(pipeline_records_queryset(renewals)) == set(made)
    with operation("test", by=None):
        Pipeline.objects.filter(pk=renewals.pk).update(departments=[departments.sales.pk])
    talking = mapping[0][0].pk
    view = SavedView.objects.create(
        table="lead", owner=cast.ann, name="V", query=f"pipeline={renewals.pk}&status={talking}"
    )
    by = getattr(cast, by)
    assert len(preview_retirement(renewals, mapping, by).changed) == len(made) - left
    record, stayed = carry_out_retirement(renewals.pk, mapping, by=by, channel="api")
    assert stayed == left
    renewals.refresh_from_db()
    assert (renewals.retired, renewals.departments) == (not left, [departments.sales.pk] if left else [])
    view.refresh_from_db()
    into = statuses.contacted
    moved = f"pipeline={into.pipeline_id}&status={into.pk}"
    assert view.query == (f"pipeline={renewals.pk}&status={talking}" if left else moved)
    assert Lead.objects.filter(status__pipeline=renewals).count() == left
    outside.refresh_from_db()
    assert outside.status == statuses.qualified
    if record.pk:
        assert (record.kind, record.channel, record.by) == ("retire_pipeline", "api", by)
        assert record.parameters["rows"] == [renewals.pk]
        assert record.parameters["successor"] == into.pipeline_id
    for lead, (name, _own, _trashed) in zip(made, leads, strict=True):
        lead.refresh_from_db()
        if not left:
            assert lead.status == {"Talking": statuses.contacted, "Renewed": statuses.won}[name]


def test_a_pipeline_without_leads_needs_no_other_statuses_and_its_views_stay(renewals, ada):
    query = f"pipeline={renewals.pk}"
    view = SavedView.objects.create(table="lead", owner=ada, name="V", query=query)
    with CaptureQueriesContext(connection) as found:
        record, left = carry_out_retirement(renewals.pk, [], by=ada)
    # In one order, so that two that lock them don't wait for each other.
    locked = [
        one["sql"] for one in found if 'FROM "leads_pipeline"' in one["sql"] and "FOR UPDATE" in one["sql"]
    ]
    assert ['ORDER BY "leads_pipeline"."id" ASC FOR' in sql for sql in locked[:1]] == [True]
    assert set(Pipeline.objects.filter(retired=True)) == {renewals}
    assert (left, record.parameters["successor"], record.parameters["views"]) == (0, None, [])
    renewals.refresh_from_db()
    view.refresh_from_db()
    assert (renewals.retired, view.query) == (True, query)


# The other pipelines, whether they're in use, and whether one may be retired.
OTHERS = {
    "another one in use": ({"retired": False}, True),
    "another one that is retired": ({"retired": True}, False),
    "another one of deals": ({"purpose": "deals"}, False),
}


@pytest.mark.parametrize(("values", "may"), OTHERS.values(), ids=OTHERS)
def test_the_last_pipeline_stays(values, may, sales, renewals, ada):
    with operation("test", by=None):
        Pipeline.objects.filter(pk=renewals.pk).update(**values)
    assert (get_retirement_obstacle(sales) == "") is may
    if not may:
        with pytest.raises(RetirementRefused) as refused:
            carry_out_retirement(sales.pk, [], by=ada)
        assert str(refused.value) == get_retirement_obstacle(sales)
        sales.refresh_from_db()
        assert not sales.retired


def test_deals_move_to_another_pipeline_of_deals(statuses, make_deal, make_lead, ada):
    with operation("test", by=None):
        other = Pipeline.objects.create(name="Extensions", purpose="deals", position=5)
        into = Status.objects.create(pipeline=other, name="Open", kind="new", position=0, is_default=True)
    deal, lead = make_deal("Machine", status=statuses.negotiation), make_lead()
    _record, left = carry_out_retirement(
        statuses.negotiation.pipeline_id, [(statuses.negotiation, into)], by=ada
    )
    deal.refresh_from_db()
    lead.refresh_from_db()
    assert (left, deal.status, lead.status) == (0, into, statuses.new)


def test_only_one_is_used_again(sales, renewals, ada):
    with operation("test", by=None):
        third = Pipeline.objects.create(name="Third", position=2, retired=True)
        Pipeline.objects.filter(pk=renewals.pk).update(retired=True)
    record = activate_pipeline(renewals, by=ada, channel="api")
    assert (record.kind, record.channel) == ("edit_pipeline", "api")
    assert record.parameters == {"act": "activate", "rows": [renewals.pk]}
    assert set(Pipeline.objects.filter(retired=True)) >= {third}
    renewals.refresh_from_db()
    assert not renewals.retired


def test_a_job_retires_with_the_permission_and_says_why_it_didnt(renewals, sales, cast):
    def work(user: Any, form: dict[str, Any], **values: Any) -> Any:
        arguments = {"pk": renewals.pk, "form": form, **values}
        return retire_pipeline(Job(user=user, arguments=arguments), lambda done, total: None)

    chosen = {"pipeline": sales.pk}
    with pytest.raises(JobProblem, match="no longer have permission"):
        work(cast.bob, chosen)
    with pytest.raises(JobProblem, match="statuses have changed"):
        work(cast.ada, {"pipeline": 10**9})
    done = work(cast.ada, chosen, channel="api")
    assert (done.kind, done.channel) == ("retire_pipeline", "api")
    with pytest.raises(JobProblem):
        work(cast.ada, {"pipeline": renewals.pk})
    assert _describe_job({"pk": renewals.pk}) == "Retiring the pipeline Renewals"
    assert _describe_job({}) == _describe_job({"pk": 0})
