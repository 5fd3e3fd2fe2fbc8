"""Operations on the screen: who sees them, what they show, and the undo."""

from datetime import UTC, datetime

import pytest

from crm.models import Operation
from crm.records.editing.settings_change import record_settings_change
from crm.records.history.verb_execution import carry_out
from leads import verbs
from leads.models import Lead, Pipeline, Status


@pytest.fixture
def record(ann, make_lead):
    make_lead("Jan Novák", city="Cluj")
    return carry_out(
        verbs.Edit({"city": "Iași"}), Lead.objects.present().changeable_by(ann), by=ann
    ).operation


def test_the_list_says_who_did_what_to_how_many(ann, record, sign_in):
    page = sign_in(ann).get("/admin/operations").text
    assert "City of Jan Novák: Cluj → Iași" in page


def test_a_day_that_comes_twice_is_no_landmark_of_the_same_name(ann, make_lead, sign_in):
    for number, day in enumerate((18, 17, 18)):
        make_lead(f"Jan {number}")
        rows = Lead.objects.filter(last_name=str(number))
        record = carry_out(verbs.Edit({"city": "Iași"}), rows, by=ann).operation
        Operation.objects.filter(pk=record.pk).update(at=datetime(2026, 11, day, 12, tzinfo=UTC))
    page = sign_in(ann).get("/admin/operations?by=me").text
    label = 'aria-label="Wednesday, 18 November 2026"'
    assert (page.count(label), page.count(f'role="group" {label}')) == (2, 2)


def test_the_page_of_an_operation_shows_old_and_new_values(ann, record, sign_in):
    page = sign_in(ann).get(f"/admin/operations/{record.pk}").text
    assert "<del>Cluj</del>" in page
    assert "<ins>Iași</ins>" in page


def test_operations_of_other_departments_are_not_found(record, carla, bob, sign_in):
    for user in (carla, bob):
        browser = sign_in(user)
        assert "Jan Novák" not in browser.get("/admin/operations").text
        assert browser.get(f"/admin/operations/{record.pk}").status_code == 404
        assert browser.post(f"/admin/operations/{record.pk}/undo").status_code == 404


def test_colleagues_and_administrators_see_an_operation(record, oscar, ada, sign_in):
    for user in (oscar, ada):
        assert sign_in(user).get(f"/admin/operations/{record.pk}").status_code == 200


def test_leads_outside_the_readers_scope_are_only_a_number(ada, ann, departments, make_lead, sign_in):
    make_lead("Ana Sales")
    make_lead("Ana Secret", department=departments.export, city="Oslo")
    ada.memberships.update(department=departments.sales)
    record = carry_out(verbs.SetVip(True), Lead.objects.present().changeable_by(ada), by=ada).operation
    page = sign_in(ann).get(f"/admin/operations/{record.pk}").text
    assert "Ana Sales" in page
    assert "Ana Secret" not in page
    assert "and 1 you don’t have access to" in page


def test_undo_has_a_preview_and_runs(ann, oscar, record, make_lead, sign_in):
    browser = sign_in(ann)
    assert (
        "This will undo the change to <b>1 lead</b>"
        in browser.get(f"/admin/operations/{record.pk}/undo").text
    )
    response = browser.post(f"/admin/operations/{record.pk}/undo")
    assert Lead.objects.get().city == "Cluj"
    assert "Change undone. Records affected:" in browser.get(response["Location"]).text
    # A second click gets what it asks for, and no error.
    again = browser.post(f"/admin/operations/{record.pk}/undo")
    assert again["Location"] == response["Location"]
    assert "This change has already been undone." in browser.get(again["Location"]).text


def test_values_changed_since_are_kept_and_named(ann, oscar, record, sign_in):
    carry_out(verbs.Edit({"city": "Arad"}), Lead.objects.present().changeable_by(oscar), by=oscar)
    browser = sign_in(ann)
    assert (
        "<b>1</b> record keeps its new values: This record has changed since then."
        in browser.get(f"/admin/operations/{record.pk}/undo").text
    )
    page = browser.get(browser.post(f"/admin/operations/{record.pk}/undo")["Location"]).text
    assert "This record has changed since then." in page
    assert "Jan Novák" in page
    assert Lead.objects.get().city == "Arad"


def test_users_who_may_not_undo_see_the_reason(ann, oscar, make_lead, sign_in):
    make_lead()
    record = carry_out(verbs.Assign(ann), Lead.objects.present().changeable_by(ann), by=ann).operation
    response = sign_in(oscar).post(f"/admin/operations/{record.pk}/undo")
    assert response.status_code == 409
    assert "You don’t have the permissions that this change requires." in response.text


@pytest.mark.django_db(databases=["default", "progress"])
def test_a_large_undo_is_a_job(ann, record, sign_in, monkeypatch):
    from crm.platform.jobs import run_job

    monkeypatch.setattr("crm.records.history.views.operations.ROWS_AT_ONCE", 0)
    response = sign_in(ann).post(f"/admin/operations/{record.pk}/undo")
    run_job(job_id=int(response["Location"].rpartition("/")[2]))
    assert Lead.objects.get().city == "Cluj"


def test_a_job_says_why_it_undid_nothing(ann, record):
    from crm.models import Job
    from crm.platform.jobs import JOB_KINDS, JobProblem

    job = Job.objects.create(kind="undo", user=ann, arguments={"operation": record.pk})
    JOB_KINDS["undo"].work(job, lambda done, total: None)
    with pytest.raises(JobProblem, match="already been undone"):
        JOB_KINDS["undo"].work(job, lambda done, total: None)
    job.arguments = {"operation": 0}
    with pytest.raises(JobProblem, match="no longer exists"):
        JOB_KINDS["undo"].work(job, lambda done, total: None)


def test_only_mine_and_older_pages(ann, oscar, record, make_lead, sign_in):
    carry_out(verbs.SetVip(True), Lead.objects.present().changeable_by(oscar), by=oscar)
    browser = sign_in(ann)
    words = "VIP of Jan Novák: no → yes"
    assert words in browser.get("/admin/operations").text
    assert words not in browser.get("/admin/operations?mine=1").text
    assert words not in browser.get(f"/admin/operations?before={record.pk + 1}").text


def test_colleagues_operations_do_not_name_users_out_of_scope(
    sofia, ann, dan, departments, make_lead, sign_in
):
    make_lead("Ana Sales")
    leads = Lead.objects.present().changeable_by(sofia)
    assign = carry_out(verbs.Assign(dan, sofia), leads, by=sofia).operation
    back = carry_out(verbs.Assign(ann, sofia), leads, by=sofia).operation
    place = carry_out(verbs.ChangeDepartment(departments.export), leads, by=sofia).operation
    browser = sign_in(ann)
    for record, words, name in [
        (assign, "another user", "Dan"),
        (place, "Move to another department", "department Export"),
    ]:
        page = browser.get(f"/admin/operations/{record.pk}").text
        assert words in page
        assert name not in page
    assert "Assign to Ann" in browser.get(f"/admin/operations/{back.pk}").text
    own = sign_in(sofia).get("/admin/operations").text
    assert "Assign to Dan" in own
    assert "Move to the Export department" in own


def test_a_change_of_the_settings_names_fields_and_departments_by_their_labels(
    ada, statuses, departments, sign_in
):
    with record_settings_change("edit_status", by=ada, rows=[statuses.qualified.pk]) as record:
        Status.objects.filter(pk=statuses.qualified.pk).update(required_fields=["email"])
        Pipeline.objects.update(departments=[departments.export.pk])
    page = sign_in(ada).get(f"/admin/operations/{record.pk}").text
    assert "<ins>email</ins>" in page
    assert "<ins>Export</ins>" in page
