"""Examples, counts and options on pages name only records and people that the user sees."""

from types import SimpleNamespace

import pytest

from crm.records.change import carry_out, operation
from crm.records.kinds import KINDS
from leads.imports import LeadImport
from leads.models import Lead, Status
from leads.settings.usage import count_by, count_by_pipeline, incomplete, usage_of
from leads.verbs import SetVip


@pytest.fixture
def used(ann, make_lead, make_tag, statuses, departments):
    """A tag and a status on two leads of Sales and three of Export, one of each department in Trash."""
    tag, deleted = make_tag("hot"), {"deleted_at": "2026-01-01T00:00Z"}
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.contacted.pk).update(required_fields=["city"])
    for values in ({}, deleted):
        make_lead("Ana Near", status="contacted", source="event", tags=[tag.pk], **values)
        make_lead(
            "Ana Far",
            status="contacted",
            source="event",
            tags=[tag.pk],
            department=departments.export,
            **values,
        )
    make_lead("Ana Far", status="contacted", source="event", tags=[tag.pk], department=departments.export)
    return SimpleNamespace(tag=tag, status=Status.objects.get(pk=statuses.contacted.pk))


def test_the_usage_counts_of_statuses_sources_tags_and_pipelines_count_only_visible_leads(
    used, ann, ada, sources
):
    for user, number in ((ann, 1), (ada, 3)):
        assert count_by("status", user) == {used.status.pk: number}
        assert count_by("source", user) == {sources.event.pk: number}
        assert count_by("tags", user) == {used.tag.pk: number}
        assert count_by_pipeline(user)[used.status.pipeline_id] == number


def test_the_usage_of_a_setting_counts_only_visible_leads_and_says_that_there_are_others(
    used, ann, ada, sources
):
    for table, pk in (("status", used.status.pk), ("source", sources.event.pk), ("tag", used.tag.pk)):
        found = usage_of(table, pk, ann)
        assert [(line.department.name, line.number) for line in found.departments] == [("Sales", 1)]
        assert (found.binned, found.beyond) == (1, True)
        everything = usage_of(table, pk, ada)
        assert (everything.present, everything.binned, everything.beyond) == (3, 2, False)


def test_only_visible_leads_count_as_incomplete_in_a_status(used, ann, ada):
    assert incomplete(used.status, ann) == {"city": 1}
    assert incomplete(used.status, ada) == {"city": 3}


def test_the_receipt_names_no_example_that_its_reader_does_not_see(sign_in, ann, departments, make_lead):
    lead = make_lead("Ana Secret", department=departments.export, shared=True)
    rows = Lead.objects.present().changeable_by(ann)
    record = carry_out(SetVip(True), rows, by=ann, wanted=[lead.pk]).operation
    address, browser = f"/admin/operations/{record.pk}", sign_in(ann)
    assert "Ana Secret" in browser.get(address).text
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(shared=False)
    page = browser.get(address).text
    assert "Ana Secret" not in page
    assert "You can view this record, but you can’t change it." in page


def test_the_preview_of_a_bulk_change_names_no_lead_that_the_user_no_longer_sees(
    sign_in, ann, departments, make_lead
):
    shared = make_lead("Ana Shared", department=departments.export, shared=True)
    secret = make_lead("Ana Secret", department=departments.export, shared=True)
    browser = sign_in(ann)
    sent = {"action": "vip", "record": [shared.pk, secret.pk]}
    address = browser.post("/admin/leads/bulk?", sent)["Location"]
    with operation("test", by=None):
        Lead.objects.filter(pk=secret.pk).update(shared=False)
    page = browser.get(address).text
    assert "Ana Shared" in page
    assert "Ana Secret" not in page


def test_an_import_offers_only_visible_people_as_owners(ann, bob, carla, ada, dan):
    offered = dict(LeadImport(KINDS["lead"], ann).choices()["owner"])
    assert str(bob.pk) in offered
    assert not {str(carla.pk), str(dan.pk)} & set(offered)
    assert str(carla.pk) in dict(LeadImport(KINDS["lead"], ada).choices()["owner"])


def test_an_import_offers_only_its_own_user_as_owner_without_the_permission_to_assign(someone_with, bob):
    user = someone_with("import_lead", "add_lead", "view_lead", "see_departments")
    assert list(dict(LeadImport(KINDS["lead"], user).choices()["owner"])) == ["", str(user.pk)]


def test_an_import_offers_only_visible_departments(ann, ada, departments):
    assert LeadImport(KINDS["lead"], ann).choices()["department"] == [(str(departments.sales.pk), "Sales")]
    assert str(departments.export.pk) in dict(LeadImport(KINDS["lead"], ada).choices()["department"])
