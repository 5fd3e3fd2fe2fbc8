"""Examples, counts and options on pages name only records and people that the user sees."""

from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied

from crm.fields.widgets.lookup_widgets import UnknownName
from crm.fields.widgets.person_widgets import DepartmentCell
from crm.models import Job, SavedView
from crm.records.editing.settings_change import record_settings_change
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs.add import add_records
from crm.records.kinds.kind_registry import KINDS
from crm.records.screens.views.record_buttons import describe_already_taken
from leads.imports.lead_import import LeadImport
from leads.models import Lead, Status
from leads.settings.usage import (
    count_by_pipeline,
    count_incomplete_records,
    count_records_by_row,
    get_setting_usage,
)
from leads.verbs import Add, Assign, Edit, SetVip


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
        assert count_records_by_row("status", user) == {used.status.pk: number}
        assert count_records_by_row("source", user) == {sources.event.pk: number}
        assert count_records_by_row("tags", user) == {used.tag.pk: number}
        assert count_by_pipeline(user)[used.status.pipeline_id] == number


def test_the_usage_of_a_setting_counts_only_visible_leads_and_says_that_there_are_others(
    used, ann, ada, sources
):
    for table, row in (("status", used.status), ("source", sources.event), ("tag", used.tag)):
        found = get_setting_usage(table, row, ann)
        assert [(line.department.name, line.number) for line in found.departments] == [("Sales", 1)]
        assert (found.binned, found.beyond) == (1, True)
        everything = get_setting_usage(table, row, ada)
        assert (everything.present_count, everything.binned, everything.beyond) == (3, 2, False)


def test_only_visible_leads_count_as_incomplete_in_a_status(used, ann, ada):
    assert count_incomplete_records(used.status, ann) == {"city": 1}
    assert count_incomplete_records(used.status, ada) == {"city": 3}


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
    offered = dict(LeadImport(KINDS["lead"], ann).get_choices()["owner"])
    assert str(bob.pk) in offered
    assert not {str(carla.pk), str(dan.pk)} & set(offered)
    assert str(carla.pk) in dict(LeadImport(KINDS["lead"], ada).get_choices()["owner"])


def test_an_import_offers_only_its_own_user_as_owner_without_the_permission_to_assign(someone_with, bob):
    user = someone_with("import_lead", "add_lead", "view_lead", "see_departments")
    assert list(dict(LeadImport(KINDS["lead"], user).get_choices()["owner"])) == ["", str(user.pk)]


def test_an_import_offers_only_visible_departments(ann, ada, departments):
    assert LeadImport(KINDS["lead"], ann).get_choices()["department"] == [
        (str(departments.sales.pk), "Sales")
    ]
    assert str(departments.export.pk) in dict(LeadImport(KINDS["lead"], ada).get_choices()["department"])


@pytest.fixture
def far(sofia, make_lead, departments):
    """Sofia, a colleague of Ann who sees everything, changes a lead that Ann can't see."""
    make_lead("Ana Far", department=departments.export)
    return carry_out(Edit({"city": "Iași"}), Lead.objects.changeable_by(sofia), by=sofia).operation


def test_changes_of_invisible_leads_are_neither_named_nor_found_by_their_names(sign_in, ann, sofia, far):
    path = f"/admin/operations/{far.pk}"
    for user, named in ((sofia, True), (ann, False)):
        browser = sign_in(user)
        assert ("Ana Far" in browser.get("/admin/operations").text) is named
        assert (path in browser.get("/admin/operations?q=Far").text) is named
        assert ("Ana Far" in browser.get(path).text) is named


def test_changes_show_leads_and_settings_only_to_users_who_may_view_them(
    sign_in, ann, ada, someone_with, make_lead, statuses
):
    make_lead("Ana Near")
    edited = carry_out(Edit({"city": "Iași"}), Lead.objects.changeable_by(ann), by=ann).operation
    with record_settings_change("edit_status", by=ada, rows=[statuses.qualified.pk]) as set_up:
        Status.objects.filter(pk=statuses.qualified.pk).update(required_fields=["phone"])
    eve = someone_with("view_company", "see_departments")
    for record, words in ((edited, "Iași"), (set_up, "<ins>phone</ins>")):
        path = f"/admin/operations/{record.pk}"
        assert words in sign_in(ada).get(path).text
        page = sign_in(eve).get(path)
        assert page.status_code == 200
        assert words not in page.text


def test_only_visible_views_are_listed_and_count_for_the_place_of_a_new_one(sign_in, ann, carla):
    SavedView.objects.create(table="lead", owner=carla, name="Carla only", position=7)
    browser = sign_in(ann)
    for path in ("/admin/leads/views", "/admin/leads/export?all=1"):
        assert "Carla only" not in browser.get(path).text
    browser.post("/admin/leads/views/new?vip=yes", {"name": "VIPs"})
    assert SavedView.objects.get(owner=ann).position == 0


@pytest.mark.parametrize("act", ["take", "delete"])
def test_a_shared_lead_of_another_department_is_neither_taken_nor_deleted(
    sign_in, bob, someone_with, make_lead, departments, act
):
    lead = make_lead(owner=bob, shared=True, department=departments.export)
    eve = someone_with("view_lead", "take_lead", "delete_lead", "see_departments")
    answer = sign_in(eve).post(f"/admin/leads/{lead.pk}/{act}")
    assert answer.status_code == (403 if act == "delete" else 302)
    lead.refresh_from_db()
    assert (lead.owner, lead.deleted_at) == (bob, None)


def test_moving_a_lead_requires_the_permission_to_view_leads(sign_in, someone_with, make_lead, statuses):
    lead = make_lead()
    browser = sign_in(someone_with("change_lead", "see_departments"))
    assert browser.post(f"/admin/leads/{lead.pk}/move", {"status": statuses.contacted.pk}).status_code == 403


def test_an_import_does_not_tell_other_departments_from_unknown_ones(ann, departments):
    cell = DepartmentCell(Lead._meta.get_field("department"))
    cell.prepare(ann)
    for name in ("Export", "Nowhere"):
        with pytest.raises(UnknownName):
            cell.get_value_by_label(name)
    assert cell.get_value_by_label("Sales") == departments.sales.pk


def test_a_job_of_another_user_is_not_found(sign_in, ann, carla):
    path = f"/admin/jobs/{Job.objects.create(kind='undo', user=carla).pk}"
    assert sign_in(carla).get(path).status_code == 200
    assert sign_in(ann).get(path).status_code == 404


def test_a_lead_taken_out_of_sight_does_not_name_its_new_owner(ann, ada, dan, make_lead):
    lead = make_lead("Ana Near")
    carry_out(Assign(dan, ada), Lead.objects.changeable_by(ada), by=ada)
    assert "Dan" in describe_already_taken(ada, lead)
    assert "Dan" not in describe_already_taken(ann, lead)


def test_the_palette_jumps_only_to_visible_leads(sign_in, ann, ada, make_lead, departments):
    path = f"/admin/jump?q=%23{make_lead(department=departments.export).pk}"
    assert sign_in(ada).get(path).status_code == 302
    assert sign_in(ann).get(path).status_code == 200


def test_the_list_of_changes_requires_access_to_some_records(sign_in, someone_with):
    assert sign_in(someone_with("view_status")).get("/admin/operations").status_code == 403


def test_a_small_form_requires_the_permission_before_it_is_sent(sign_in, bob, make_lead):
    lead = make_lead(owner=bob)
    browser = sign_in(bob)
    assert browser.get(f"/admin/leads/{lead.pk}/inline/status").status_code == 200
    assert browser.get(f"/admin/leads/{lead.pk}/inline/owner").status_code == 403


def test_adding_records_requires_the_permission_whatever_the_way_in(
    someone_with, departments, statuses, sources
):
    values = {
        "last_name": "Pop",
        "department": departments.sales,
        "status": statuses.new,
        "source": sources.event,
    }
    with pytest.raises(PermissionDenied):
        add_records(Add(Lead, [values]), by=someone_with("view_lead", "see_all"))
    assert not Lead.objects.exists()
