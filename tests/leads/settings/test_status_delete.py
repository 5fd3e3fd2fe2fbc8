"""Deleting a status: where it is used, where its leads go, and the undo."""

import pytest
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import translation

from crm.models import Job, Operation, SavedView
from crm.platform.jobs import JOB_KINDS
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from leads.models import Lead, Status
from leads.settings.retirement import RetirementRefused, RowRetirement
from leads.settings.settings_tables import SETTINGS_TABLES
from leads.settings.usage import get_setting_usage
from tests.crm.records.history.undo.test_every_verb import all_tables
from tests.leads.settings.test_statuses import LIST


@pytest.fixture
def scene(ann, bob, carla, departments, make_lead, statuses):
    """Leads of two departments, one of them in Trash, and two saved views."""
    leads = [
        make_lead("Ana One", status="qualified", owner=bob),
        make_lead("Ana Two", status="qualified", department=departments.export),
        make_lead("Ana Three"),
        make_lead("Ana Binned", status="qualified", deleted_at="2026-01-01T00:00Z"),
    ]
    old, other = statuses.qualified.pk, statuses.proposal.pk
    views = [
        SavedView.objects.create(
            table="lead", owner=ann, name="Hot", query=f"status={old}&status={other}&vip=yes"
        ),
        SavedView.objects.create(table="lead", owner=carla, name="Twelve", query=f"status={old}2&sort=name"),
    ]
    return leads, views


def test_the_page_shows_where_a_status_is_used_and_asks_for_its_successor(scene, sign_in, ada, statuses):
    answer = sign_in(ada).get(f"{LIST}/{statuses.qualified.pk}/delete")
    usage = answer.context["usage"]
    assert [(str(line.department), line.number) for line in usage.departments] == [
        ("Export", 1),
        ("Sales", 1),
    ]
    assert (usage.binned, [view.name for view in usage.views]) == (1, ["Hot"])
    page = answer.content.decode()
    assert "Move 3 leads and delete" in page
    assert f"?status={statuses.qualified.pk}&amp;department=" in page
    successors = [name for _pk, name in answer.context["form"].fields["successor"].choices]
    assert "Qualified" not in successors


def test_deleting_moves_all_leads_and_views_and_undo_restores_everything(scene, sign_in, ada, statuses):
    browser = sign_in(ada)
    before = all_tables()
    answer = browser.post(
        f"{LIST}/{statuses.qualified.pk}/delete", {"successor": statuses.proposal.pk}, follow=True
    )
    assert "Deleted Qualified. Undo restores it with its records." in answer.content.decode()
    assert set(Lead.objects.filter(first_name="Ana").values_list("status__key", flat=True)) == {
        "proposal",
        "new",
    }
    assert Status.objects.get(pk=statuses.qualified.pk).retired
    queries = list(SavedView.objects.in_order().values_list("query", flat=True))
    assert queries == [f"status={statuses.proposal.pk}&vip=yes", f"status={statuses.qualified.pk}2&sort=name"]
    record = Operation.objects.get(kind="retire_status")
    assert (record.changed, record.by) == (3, ada)
    undone = revert_operation(record, by=ada)
    assert all_tables() == before
    revert_operation(undone.operation, by=ada)
    assert Status.objects.get(pk=statuses.qualified.pk).retired
    assert SavedView.objects.get(name="Hot").query == f"status={statuses.proposal.pk}&vip=yes"
    assert not Lead.objects.filter(status=statuses.qualified).exists()


def test_a_status_of_erased_and_converted_leads_is_deleted_and_undo_restores_everything(
    scene, sign_in, ada, statuses, make_company
):
    leads, _views = scene
    erase_and_convert(leads[0], leads[1], make_company())
    browser = sign_in(ada)
    before = all_tables()
    browser.post(f"{LIST}/{statuses.qualified.pk}/delete", {"successor": statuses.won.pk})
    assert Lead.objects.filter(status=statuses.won).count() == 3
    undone = revert_operation(Operation.objects.get(kind="retire_status"), by=ada)
    assert (undone.back_count, undone.kept_count) == (3, 0)
    assert all_tables() == before
    revert_operation(undone.operation, by=ada)
    assert Lead.objects.filter(status=statuses.won).count() == 3


def erase_and_convert(erased, converted, company) -> None:
    with operation("test", by=None):
        Lead.objects.filter(pk=erased.pk).update(erased_at=Now())
        Lead.objects.filter(pk=converted.pk).update(client=company)


def test_an_undo_leaves_a_saved_view_that_its_owner_has_changed_since(scene, ada, statuses):
    record = RowRetirement(SETTINGS_TABLES["status"], statuses.qualified.pk, statuses.proposal.pk).carry_out(
        by=ada
    )
    SavedView.objects.filter(name="Hot").update(query="vip=no")
    revert_operation(record, by=ada)
    assert SavedView.objects.get(name="Hot").query == "vip=no"


def test_a_successor_is_required_if_the_status_is_used(scene, sign_in, ada, statuses):
    browser = sign_in(ada)
    before = all_tables()
    answer = browser.post(f"{LIST}/{statuses.qualified.pk}/delete", {})
    assert answer.status_code == 422
    assert "successor" in answer.context["form"].errors
    assert all_tables() == before


@pytest.mark.parametrize("successor", ["itself", "retired", "nonsense"])
def test_a_successor_must_be_another_status_in_use(successor, scene, sign_in, ada, statuses, make_status):
    values = {
        "itself": statuses.qualified.pk,
        "retired": make_status("Old", retired=True).pk,
        "nonsense": "x",
    }
    answer = sign_in(ada).post(f"{LIST}/{statuses.qualified.pk}/delete", {"successor": values[successor]})
    assert answer.status_code == 422
    assert not Operation.objects.filter(kind="retire_status").exists()


def test_a_lost_successor_requires_a_reason(scene, sign_in, ada, statuses, reasons):
    address = f"{LIST}/{statuses.qualified.pk}/delete"
    answer = sign_in(ada).post(address, {"successor": statuses.lost.pk})
    assert answer.status_code == 422
    assert "Choose a reason for Lost." in answer.context["form"].errors["reason"]
    sign_in(ada).post(
        address, {"successor": statuses.lost.pk, "reason": reasons.budget.pk, "remark": "Tidied up"}
    )
    lead = Lead.objects.get(last_name="One")
    assert (lead.status, lead.lost_reason, lead.lost_remark) == (statuses.lost, reasons.budget, "Tidied up")


def test_lost_leads_keep_their_own_reason_when_the_successor_is_lost_too(
    sign_in, ada, statuses, reasons, make_lead
):
    lead = make_lead(status="lost", lost_reason=reasons.timing)
    sign_in(ada).post(f"{LIST}/{statuses.lost.pk}/delete", {"successor": statuses.disqualified.pk})
    lead.refresh_from_db()
    assert (lead.status, lead.lost_reason) == (statuses.disqualified, reasons.timing)


def test_an_unused_status_is_deleted_without_a_successor(sign_in, ada, statuses):
    answer = sign_in(ada).get(f"{LIST}/{statuses.won.pk}/delete")
    assert "It isn’t used by any record, saved view or assignment rule." in answer.content.decode()
    sign_in(ada).post(f"{LIST}/{statuses.won.pk}/delete")
    assert Status.objects.get(pk=statuses.won.pk).retired


def test_the_status_for_new_leads_cannot_be_deleted(sign_in, ada, statuses):
    answer = sign_in(ada).post(f"{LIST}/{statuses.new.pk}/delete", {"successor": statuses.won.pk})
    assert answer.status_code == 409
    assert (
        "New records start in this status, so it must stay open and in use. Make another one the default first."
        in answer.content.decode()
    )


def test_deleting_a_status_requires_permission_for_all_of_its_leads(scene, sign_in, someone_with, statuses):
    eve = someone_with("view_lead", "change_lead", "see_departments", "view_status", "delete_status")
    answer = sign_in(eve).post(f"{LIST}/{statuses.qualified.pk}/delete", {"successor": statuses.proposal.pk})
    assert answer.status_code == 409
    assert "You don’t have permission to change all of the affected records." in answer.content.decode()
    assert Lead.objects.filter(status=statuses.qualified).count() == 3
    assert not Operation.objects.filter(kind="retire_status").exists()


def test_leads_in_a_retired_status_can_still_be_moved_out_of_it(ada, statuses, make_lead):
    with operation("edit_status", by=ada):
        Status.objects.filter(pk=statuses.qualified.pk).update(retired=True)
    lead = make_lead(status="qualified")
    record = RowRetirement(SETTINGS_TABLES["status"], statuses.qualified.pk, statuses.proposal.pk).carry_out(
        by=ada
    )
    lead.refresh_from_db()
    assert (lead.status, record.changed) == (statuses.proposal, 1)


def test_several_thousand_leads_are_changed_by_a_job(scene, sign_in, ada, statuses, monkeypatch):
    monkeypatch.setattr("leads.settings.views.delete.ROWS_AT_ONCE", 2)
    answer = sign_in(ada).post(f"{LIST}/{statuses.qualified.pk}/delete", {"successor": statuses.proposal.pk})
    job = Job.objects.get(kind="retire_setting")
    assert answer["Location"] == reverse("job", args=[job.pk])
    assert job.total == 3
    seen = []
    record = JOB_KINDS["retire_setting"].work(job, lambda done, total: seen.append((done, total)))
    assert record.changed == 3
    assert seen[-1] == (3, 3)
    assert Status.objects.get(pk=statuses.qualified.pk).retired


def test_a_job_changes_nothing_if_its_user_lost_the_permission(scene, someone_with, statuses):
    from crm.platform.jobs import JobProblem

    eve = someone_with("view_lead", "change_lead", "see_all", "view_status")
    arguments = RowRetirement(
        SETTINGS_TABLES["status"], statuses.qualified.pk, statuses.proposal.pk
    ).get_arguments()
    job = Job.objects.create(kind="retire_setting", user=eve, arguments=arguments)
    with pytest.raises(JobProblem, match="no longer have permission to do this"):
        JOB_KINDS["retire_setting"].work(job, lambda done, total: None)


def test_a_job_says_why_it_deleted_nothing(ada, statuses):
    from crm.platform.jobs import JobProblem

    arguments = RowRetirement(
        SETTINGS_TABLES["status"], statuses.new.pk, statuses.proposal.pk
    ).get_arguments()
    job = Job.objects.create(kind="retire_setting", user=ada, arguments=arguments)
    with pytest.raises(JobProblem, match="must stay open and in use"):
        JOB_KINDS["retire_setting"].work(job, lambda done, total: None)
    job.arguments |= {"pk": 0}
    with pytest.raises(JobProblem, match="no longer exists"):
        JOB_KINDS["retire_setting"].work(job, lambda done, total: None)


def test_a_successor_that_was_retired_in_the_meantime_is_refused(scene, ada, statuses):
    with operation("edit_status", by=ada):
        Status.objects.filter(pk=statuses.proposal.pk).update(retired=True)
    with pytest.raises(RetirementRefused):
        RowRetirement(SETTINGS_TABLES["status"], statuses.qualified.pk, statuses.proposal.pk).carry_out(
            by=ada
        )


def test_the_use_of_a_status_counts_only_leads_that_the_viewer_sees(scene, ann, statuses):
    usage = get_setting_usage("status", statuses.qualified, ann)
    assert (usage.present_count, usage.beyond) == (1, True)


def test_an_unknown_status_is_not_found(sign_in, ada):
    browser = sign_in(ada)
    for end in ("", "/edit", "/delete"):
        assert browser.get(f"{LIST}/999999{end}").status_code == 404


def test_an_operation_names_the_status_in_the_readers_language(sign_in, ada, statuses):
    from crm.records.history.visible_operations import describe_operation

    sign_in(ada).post(f"{LIST}/{statuses.won.pk}/delete")
    with translation.override("en"):
        assert describe_operation(Operation.objects.get(kind="retire_status")) == "Delete status Won"
