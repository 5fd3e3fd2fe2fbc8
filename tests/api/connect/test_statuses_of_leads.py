"""CRM Connect: the status of a lead, its flags lost and junk, and the fields that a status requires."""

import pytest

from crm.records.history.verb_execution import operation
from leads.models import Lead, Status


@pytest.fixture
def program(connect, ann):
    return connect(ann)


@pytest.fixture
def lead(make_lead, ann):
    return make_lead(owner=ann, status="qualified")


def shown(program, lead) -> tuple[str, str, str]:
    found = program.get(f"/api/leads/{lead.pk}")
    return found["status"], found["lost"], found["junk"]


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        ({"lost": 1}, "lost"),
        ({"lost": "on", "status": "0"}, "lost"),
        ({"junk": "1"}, "disqualified"),
        ({"status": "{lost}"}, "lost"),
        ({"status": "{disqualified}"}, "disqualified"),
    ],
)
def test_lost_and_junk_can_be_set_by_flag_or_status_without_a_reason(
    program, lead, statuses, reasons, sent, kind
):
    sent = {
        name: value.format_map(ids_of(statuses)) if isinstance(value, str) else value
        for name, value in sent.items()
    }
    program.put(f"/api/leads/{lead.pk}", sent)
    lead.refresh_from_db()
    assert lead.status.kind == kind
    assert lead.lost_reason == reasons.not_stated
    assert shown(program, lead)[0] == "0"


def ids_of(statuses) -> dict:
    return {key: status.pk for key, status in vars(statuses).items()}


def test_an_explicit_status_clears_both_flags(program, lead, statuses):
    program.put(f"/api/leads/{lead.pk}", {"lost": 1})
    program.put(f"/api/leads/{lead.pk}", {"status": statuses.contacted.pk})
    assert shown(program, lead) == (str(statuses.contacted.pk), "0", "0")
    assert Lead.objects.get().lost_reason is None


def test_clearing_the_flag_restores_the_previous_status(program, lead, statuses):
    program.put(f"/api/leads/{lead.pk}", {"junk": 1})
    program.put(f"/api/leads/{lead.pk}", {"junk": "0"})
    assert shown(program, lead) == (str(statuses.qualified.pk), "0", "0")


def test_a_lost_lead_that_becomes_junk_loses_its_reason(program, lead):
    program.put(f"/api/leads/{lead.pk}", {"lost": 1})
    program.put(f"/api/leads/{lead.pk}", {"junk": 1, "lost": 0})
    assert shown(program, lead) == ("0", "0", "1")


def test_a_new_lead_can_be_lost_from_the_start(program, new_lead, statuses):
    pk = program.post("/api/leads", {**new_lead, "status": statuses.lost.pk})["record_id"]
    assert program.get(f"/api/leads/{pk}")["lost"] == "1"


@pytest.mark.parametrize("status", ["0", "999999", "x", "1.5", "-1", "", "99999999999999999999"])
def test_an_unknown_status_is_rejected(program, lead, new_lead, status):
    assert list(program.put(f"/api/leads/{lead.pk}", {"status": status}, expect=422)["errors"]) == ["status"]
    assert list(program.post("/api/leads", {**new_lead, "status": status}, expect=422)["errors"]) == [
        "status"
    ]
    lead.refresh_from_db()
    assert lead.version == 1


def test_fields_required_by_an_administrator_are_required_of_programs_too(program, lead, new_lead, statuses):
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.proposal.pk).update(required_fields=["company", "phone"])
    answer = program.put(f"/api/leads/{lead.pk}", {"status": statuses.proposal.pk}, expect=422)
    assert list(answer["errors"]) == ["company"]
    program.put(f"/api/leads/{lead.pk}", {"status": statuses.proposal.pk, "company": "A", "phonenumber": "1"})
    answer = program.post("/api/leads", {**new_lead, "status": statuses.proposal.pk}, expect=422)
    assert sorted(answer["errors"]) == ["company", "phonenumber"]


def test_a_status_of_another_pipeline_or_a_retired_one_is_rejected(program, lead, make_status):
    retired = make_status("Old", retired=True)
    program.put(f"/api/leads/{lead.pk}", {"status": retired.pk}, expect=422)


def test_a_retired_source_is_kept_but_cannot_be_chosen(program, make_lead, new_lead, ann, sources):
    with operation("test", by=None):
        type(sources.event).objects.filter(pk=sources.event.pk).update(retired=True)
    old = make_lead(owner=ann, source=sources.event)
    program.put(f"/api/leads/{old.pk}", {"source": sources.event.pk, "city": "x"})
    assert list(
        program.post("/api/leads", {**new_lead, "source": sources.event.pk}, expect=422)["errors"]
    ) == ["source"]
