"""A change that was carried out in parts is undone part by part, from the newest."""

import pytest

from crm.models import Job, Operation
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


def test_undo_is_in_parts_and_says_so(browser, leads):
    run(started(browser, previewed(browser)))
    address = f"/admin/operations/{whole().pk}/undo"
    page = close_up(browser.get(address).text)
    assert "This change ran in 3 parts. Each part is undone separately." in page
    assert "This will undo the change to <b>5 leads</b>" in page
    job = run(started(browser, address))
    undo = Operation.objects.whole().get(kind="undo")
    assert (job.state, job.operation) == ("finished", undo)
    assert (undo.undoes, undo.part_count, undo.changed, undo.matched) == (whole(), 3, 5, 5)
    assert vip() == 0
    assert "Undone" in browser.get(f"/admin/operations/{whole().pk}").text
    run(started(browser, f"/admin/operations/{undo.pk}/undo"))
    assert vip() == 5


def test_an_undo_stopped_between_parts_is_partly_done_and_continues(browser, leads, monkeypatch):
    run(started(browser, previewed(browser)))
    address = f"/admin/operations/{whole().pk}"
    job = stopped_after(1, monkeypatch, started(browser, f"{address}/undo"))
    # The newest part goes back first.
    assert list(Lead.objects.filter(vip=False)) == [leads[4]]
    assert "Partly undone" in browser.get(address).text
    assert run(started(browser, f"/admin/jobs/{job.pk}/continue")).state == "finished"
    assert vip() == 0
    assert "Partly undone" not in browser.get(address).text


def test_what_was_changed_since_is_kept_by_an_undo_in_parts(browser, ann, leads):
    run(started(browser, previewed(browser, "bin")))
    record = Operation.objects.whole().get(kind="bin")
    carry_out(verbs.Restore(), Lead.objects.filter(pk=leads[3].pk), by=ann)
    carry_out(verbs.Delete(), Lead.objects.filter(pk=leads[3].pk), by=ann)
    run(started(browser, f"/admin/operations/{record.pk}/undo"))
    undo = Operation.objects.whole().get(kind="undo")
    assert (undo.changed, undo.refused) == (4, 1)
    assert list(Lead.objects.in_trash()) == [leads[3]]


def test_a_stopped_change_can_be_undone_but_then_not_continued(browser, leads, monkeypatch):
    job = stopped_after(2, monkeypatch, started(browser, previewed(browser)))
    run(started(browser, f"/admin/operations/{whole().pk}/undo"))
    assert vip() == 0
    assert browser.post(f"/admin/jobs/{job.pk}/continue")["Location"] == f"/admin/jobs/{job.pk}"
    assert "This job can’t be continued." in browser.get(f"/admin/jobs/{job.pk}").text
    assert Operation.objects.whole().get(kind="undo").part_count == 2


def test_a_change_that_is_still_being_carried_out_is_not_undone(browser, leads, monkeypatch):
    job = stopped_after(1, monkeypatch, started(browser, previewed(browser)))
    browser.post(f"/admin/jobs/{job.pk}/continue")
    answer = browser.post(f"/admin/operations/{whole().pk}/undo")
    assert answer.status_code == 409
    assert "still being carried out" in answer.text


def test_one_part_alone_is_not_undone(browser, leads):
    run(started(browser, previewed(browser)))
    answer = browser.post(f"/admin/operations/{whole().own_ids[0]}/undo")
    assert answer.status_code == 409
    assert "This is one part of a larger change." in answer.text
    assert vip() == 5


def test_an_undo_whose_user_loses_the_permission_stops_and_an_administrator_finishes_it(
    browser, ann, ada, sign_in, leads, monkeypatch
):
    run(started(browser, previewed(browser)))
    address = f"/admin/operations/{whole().pk}"
    job = stopped_after(1, monkeypatch, started(browser, f"{address}/undo"))
    rest = started(browser, f"/admin/jobs/{job.pk}/continue")
    ann.groups.clear()
    rest = run(rest)
    assert (rest.state, rest.problem) == (
        "failed",
        "You don’t have the permissions that this change requires.",
    )
    assert vip() == 4
    others = sign_in(ada)
    page = others.get(address).text
    assert "Partly undone" in page
    assert f"{address}/undo" in page
    assert "This will undo the change to <b>4 leads</b>" in close_up(others.get(f"{address}/undo").text)
    assert run(started(others, f"{address}/undo")).state == "finished"
    undo = Operation.objects.whole().get(kind="undo")
    assert (vip(), undo.changed, undo.refused) == (0, 5, 0)
    assert [part.by for part in undo.parts.order_by("part")] == [ann, ada, ada]


def test_a_part_that_was_added_while_the_undo_began_does_not_shift_the_others(
    browser, ann, leads, monkeypatch
):
    """The undo has as many parts as the change had when it began, and undoes these."""
    job = stopped_after(2, monkeypatch, started(browser, previewed(browser)))
    undo = stopped_after(1, monkeypatch, started(browser, f"/admin/operations/{whole().pk}/undo"))
    with monkeypatch.context() as patch:
        patch.setattr("crm.records.history.jobs.get_continuation_obstacle", lambda record: "")
        assert run(Job.objects.create(kind="bulk", user=ann, arguments=job.arguments)).state == "finished"
    assert vip() == 3
    run(started(browser, f"/admin/jobs/{undo.pk}/continue"))
    assert set(Lead.objects.filter(vip=True)) == {leads[4]}
