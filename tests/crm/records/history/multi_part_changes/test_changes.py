"""Changes of more than a million records are carried out in parts."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from crm.models import Change, FrozenSet, Job, Notification, Operation
from crm.records.history import multi_part_changes
from crm.records.history.jobs import delete_expired_frozen_sets
from crm.records.history.verb_execution import carry_out
from leads import verbs
from leads.models import Lead
from tests.crm.records.history.multi_part_changes.parting import (
    browser,
    leads,
    previewed,
    run,
    small_parts,
    started,
    stopped_after,
    vip,
    whole,
)
from tests.reading import close_up

__all__ = ["browser", "leads", "small_parts"]
pytestmark = pytest.mark.django_db(databases=["default", "progress"])


def test_the_preview_says_that_it_is_not_all_or_nothing(browser):
    page = close_up(browser.get(previewed(browser)).text)
    assert "These records will change in 3 parts instead of all at once." in page
    assert "<b>5</b>will change" in page
    assert "Only the first" not in page


def test_a_preview_that_takes_too_long_says_how_many_it_has_checked(browser, monkeypatch):
    monkeypatch.setattr(multi_part_changes, "JUDGED_FOR", -1)
    page = close_up(browser.get(previewed(browser)).text)
    assert "This preview checked only the first 2 records." in page
    assert "<b>2</b>will change" in page
    assert "up to 5 leads" in page


def test_smaller_sets_are_changed_at_once(browser, ann, leads):
    carry_out(verbs.Delete(), Lead.objects.filter(pk=leads[0].pk), by=ann)
    address = previewed(browser)
    assert "not all at once" not in browser.get(address).text
    run(started(browser, address))
    assert (whole().part_count, whole().changed) == (0, 4)


def test_parts_are_numbered_and_their_sums_are_those_of_the_whole(browser, ann, leads):
    carry_out(verbs.SetVip(True), Lead.objects.filter(pk=leads[1].pk), by=ann)
    Operation.objects.filter(kind="vip").update(kind="other")
    job = run(started(browser, previewed(browser), note="fair"))
    record = whole()
    assert (job.state, job.operation, record.note) == ("finished", record, "fair")
    assert (record.part_count, record.parts_left) == (3, 0)
    assert (record.matched, record.changed, record.unchanged, record.refused) == (5, 4, 1, 0)
    parts = record.parts.order_by("part")
    assert list(parts.values_list("part", "matched", "changed")) == [(0, 2, 1), (1, 2, 2), (2, 1, 1)]
    assert record.milliseconds == sum(part.milliseconds for part in parts)
    assert vip() == 5


def test_the_list_of_changes_has_the_whole_and_a_part_leads_to_it(browser, leads):
    run(started(browser, previewed(browser)))
    record = whole()
    page = browser.get("/admin/operations?kind=vip").text
    assert page.count(f"/admin/operations/{record.pk}") >= 1
    for part in record.own_ids:
        assert f"/admin/operations/{part}" not in page
        assert browser.get(f"/admin/operations/{part}")["Location"] == f"/admin/operations/{record.pk}"
    assert f"/admin/operations/{record.pk}" in browser.get("/admin/operations?q=Ana+3").text


def test_the_page_of_the_whole_shows_the_records_of_all_parts_in_order(browser, leads, monkeypatch):
    monkeypatch.setattr("crm.records.history.visible_operations.PAGE", 3)
    monkeypatch.setattr("crm.records.history.visible_operations.ASKED", 1)
    run(started(browser, previewed(browser)))
    address = f"/admin/operations/{whole().pk}"
    first, second = browser.get(address), browser.get(f"{address}?after={leads[2].pk}")
    assert "In 3 parts." in close_up(first.text)
    assert [row.pk for row, _fields in first.context["sections"][0].rows] == [lead.pk for lead in leads[:3]]
    assert [row.pk for row, _fields in second.context["sections"][0].rows] == [lead.pk for lead in leads[3:]]
    assert all(fields for _row, fields in first.context["sections"][0].rows)
    run(started(browser, f"{address}/undo"))
    undo = Operation.objects.whole().get(kind="undo")
    page = browser.get(f"/admin/operations/{undo.pk}")
    assert [row.pk for row, _fields in page.context["sections"][0].rows] == [lead.pk for lead in leads[:3]]


def test_refused_records_of_all_parts_are_one_line_with_their_reason(browser, ann, leads):
    address = previewed(browser)
    carry_out(verbs.Delete(), Lead.objects.filter(pk__in=[leads[0].pk, leads[2].pk, leads[4].pk]), by=ann)
    run(started(browser, address))
    (refused,) = browser.get(f"/admin/operations/{whole().pk}").context["refusals"]
    assert (refused.count, refused.examples) == (3, [leads[0]])


def test_a_job_canceled_between_parts_keeps_what_is_done_and_another_continues(browser, leads, monkeypatch):
    job = stopped_after(2, monkeypatch, started(browser, previewed(browser)))
    assert (vip(), whole().changed, whole().parts_left) == (4, 4, 1)
    page = close_up(browser.get(f"/admin/jobs/{job.pk}").text)
    assert "Done: 2 of 3 parts." in page
    page = close_up(browser.get(f"/admin/operations/{whole().pk}").text)
    assert "Done: 2 of 3 parts. The records of the other parts haven’t been changed." in page
    rest = started(browser, f"/admin/jobs/{job.pk}/continue")
    assert "Continue" not in browser.get(f"/admin/jobs/{job.pk}").text
    assert run(rest).state == "finished"
    assert (vip(), whole().changed, whole().parts_left) == (5, 5, 0)
    assert whole().parts.count() == 3


def test_the_page_of_a_job_reads_none_of_the_ids(browser, leads):
    job = started(browser, previewed(browser))
    with CaptureQueriesContext(connection) as queries:
        assert "Mark as VIP" in browser.get(f"/admin/jobs/{job.pk}").text
    assert [query["sql"] for query in queries if "crm_frozenset" in query["sql"]]
    assert not [query["sql"] for query in queries if '"crm_frozenset"."ids"' in query["sql"]]


def test_two_clicks_on_continue_start_one_job(browser, leads, monkeypatch):
    job = stopped_after(1, monkeypatch, started(browser, previewed(browser)))
    for _click in range(2):
        browser.post(f"/admin/jobs/{job.pk}/continue")
    assert Job.objects.count() == 2


def test_a_job_that_fails_says_that_the_parts_are_saved(browser, leads, monkeypatch):
    job = stopped_after(1, monkeypatch, started(browser, previewed(browser)), "failed")
    assert job.problem == "Something went wrong on our side. The finished parts are saved."
    assert vip() == 2
    assert run(started(browser, f"/admin/jobs/{job.pk}/continue")).state == "finished"
    assert vip() == 5


def test_a_stopped_change_continues_days_later_and_no_longer_than_it_can_be_undone(
    browser, leads, monkeypatch
):
    job = stopped_after(1, monkeypatch, started(browser, previewed(browser)))
    previewed(browser)
    FrozenSet.objects.update(at=now() - timedelta(days=2))
    assert delete_expired_frozen_sets() == 1
    assert run(started(browser, f"/admin/jobs/{job.pk}/continue")).state == "finished"
    assert delete_expired_frozen_sets() == 1


def test_a_stopped_change_whose_time_is_over_is_not_offered_for_continuing(browser, leads, monkeypatch):
    job = stopped_after(1, monkeypatch, started(browser, previewed(browser)))
    FrozenSet.objects.update(at=now() - timedelta(days=400))
    assert delete_expired_frozen_sets() == 1
    assert "Continue" not in browser.get(f"/admin/jobs/{job.pk}").text
    browser.post(f"/admin/jobs/{job.pk}/continue")
    assert Job.objects.count() == 1


def test_a_worker_that_was_killed_continues_after_the_last_part(browser, leads, monkeypatch):
    job = started(browser, previewed(browser))
    stopped_after(1, monkeypatch, job, "failed")
    Job.objects.filter(pk=job.pk).update(state="running", finished_at=None)
    assert run(job).state == "finished"
    assert whole().parts.count() == 3


def test_a_job_canceled_in_its_first_part_changes_nothing(browser, leads, monkeypatch):
    stopped_after(0, monkeypatch, started(browser, previewed(browser)))
    assert vip() == 0
    assert not Operation.objects.filter(kind="vip").exists()


def test_only_the_user_of_a_job_continues_it(browser, ada, bob, sign_in, leads, monkeypatch):
    job = stopped_after(1, monkeypatch, started(browser, previewed(browser)))
    others = sign_in(ada)
    others.post(f"/admin/jobs/{job.pk}/continue")
    page = others.get(f"/admin/jobs/{job.pk}").text
    assert "Only the user who started this job can continue it." in page
    assert f"/admin/jobs/{job.pk}/continue" not in page
    assert sign_in(bob).post(f"/admin/jobs/{job.pk}/continue").status_code == 404
    assert Job.objects.count() == 1


def test_a_user_who_loses_the_permission_between_parts_changes_no_more(browser, ann, leads, monkeypatch):
    job = started(browser, previewed(browser))
    add_up = multi_part_changes._add_up

    def revoke(*arguments):
        add_up(*arguments)
        ann.groups.clear()

    monkeypatch.setattr(multi_part_changes, "_add_up", revoke)
    job = run(job)
    assert job.state == "failed"
    assert job.problem.endswith("to change these records. The rest wasn’t changed.")
    assert vip() == 2


def test_the_new_owner_is_told_once_of_all_parts(browser, bob, leads):
    run(started(browser, previewed(browser, "assign"), owner=str(bob.pk)))
    record = Operation.objects.whole().get(kind="assign")
    notice = Notification.objects.get(user=bob, kind="assigned")
    assert (notice.parameters["count"], notice.operation, notice.path) == (
        5,
        record,
        f"/admin/operations/{record.pk}",
    )


def test_the_timeline_of_a_lead_shows_its_part_as_any_change(browser, leads):
    run(started(browser, previewed(browser)))
    assert Change.objects.filter(operation__in=whole().own_ids).count() == 5
    page = browser.get(f"/admin/leads/{leads[3].pk}").text
    assert "VIP" in page


def test_programs_see_the_whole_and_undo_it_with_a_job(ann, browser, leads):
    from crm.api.v2.operations import build_operation_json
    from crm.api.v2.refusal_counts import count_refused_by_operation
    from crm.records.history.undo.undo_permission import get_undoing_operations

    address = previewed(browser)
    carry_out(verbs.Delete(), Lead.objects.filter(pk=leads[0].pk), by=ann)
    run(started(browser, address))
    refused = count_refused_by_operation([whole()])[whole().pk]
    assert build_operation_json(whole(), ann, get_undoing_operations([]), refused)["refused"] == {"binned": 1}
