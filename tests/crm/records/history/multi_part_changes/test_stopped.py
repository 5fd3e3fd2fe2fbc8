"""What a stopped change in parts says: never that nothing was changed once a part is saved, nor that it is undone while a part is left."""

import pytest

from crm.models import Operation
from crm.platform.files.store_unavailable import StoreAway
from crm.records.history import multi_part_changes
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


def deactivate(user) -> None:
    type(user).objects.filter(pk=user.pk).update(is_active=False)


def test_a_value_that_is_gone_between_two_parts_leaves_the_first_and_says_so(
    browser, bob, leads, monkeypatch
):
    job = started(browser, previewed(browser, "assign"), owner=str(bob.pk))
    job = stopped_after(1, monkeypatch, job)
    rest = started(browser, f"/admin/jobs/{job.pk}/continue")
    deactivate(bob)
    rest = run(rest)
    assert (rest.state, rest.problem) == (
        "failed",
        "The chosen value is no longer available. The rest wasn’t changed.",
    )
    assert Lead.objects.filter(owner=bob).count() == 2


def test_a_value_that_is_gone_before_the_first_part_changes_nothing(browser, bob, leads):
    job = started(browser, previewed(browser, "assign"), owner=str(bob.pk))
    deactivate(bob)
    assert run(job).problem == "The chosen value is no longer available. Nothing was changed."
    assert not Lead.objects.filter(owner=bob).exists()


@pytest.mark.parametrize(
    ("done", "problem"),
    [
        (0, "The file store can’t be reached. Nothing was changed. Try again in a few minutes."),
        (
            1,
            "The file store can’t be reached. The finished parts are saved. Try again in a few minutes.",
        ),
    ],
)
def test_a_file_store_that_cannot_be_reached_is_told_by_what_is_saved(
    browser, leads, monkeypatch, done, problem
):
    begin, begun = multi_part_changes._offset_progress, []

    def away(*arguments):
        begun.append(1)
        if len(begun) > done:
            raise StoreAway
        return begin(*arguments)

    monkeypatch.setattr(multi_part_changes, "_offset_progress", away)
    job = run(started(browser, previewed(browser)))
    assert (job.problem, vip()) == (problem, done * 2)


def test_a_half_undone_change_is_partly_undone_in_the_list(browser, leads, monkeypatch):
    run(started(browser, previewed(browser)))
    address = f"/admin/operations/{whole().pk}"
    job = stopped_after(1, monkeypatch, started(browser, f"{address}/undo"))
    (line,) = [
        one for one in browser.get("/admin/operations").context["lines"] if one.record.pk == whole().pk
    ]
    assert (line.undone, line.half_undone, line.may_undo) == (False, True, True)
    page = close_up(browser.get("/admin/operations").text)
    assert "Partly undone" in page
    assert f"{address}/undo" in page
    run(started(browser, f"/admin/jobs/{job.pk}/continue"))
    assert "Partly undone" not in browser.get("/admin/operations").text


def test_a_half_undone_change_is_not_undone_again_while_its_undo_is_half_undone(browser, leads, monkeypatch):
    run(started(browser, previewed(browser)))
    address = f"/admin/operations/{whole().pk}"
    stopped_after(2, monkeypatch, started(browser, f"{address}/undo"))
    undo = Operation.objects.whole().get(kind="undo")
    redo = stopped_after(1, monkeypatch, started(browser, f"/admin/operations/{undo.pk}/undo"))
    assert vip() == 4
    answer = browser.post(f"{address}/undo")
    assert answer.status_code == 409
    assert "was stopped and then partly undone. Finish undoing it first." in answer.text
    assert "Partly undone" in browser.get(address).text
    assert "Partly undone" in browser.get(f"/admin/operations/{undo.pk}").text
    run(started(browser, f"/admin/jobs/{redo.pk}/continue"))
    assert vip() == 5
    assert "ndone" not in browser.get(address).text.replace("View the undone change", "")
    run(started(browser, f"{address}/undo"))
    assert vip() == 0


def test_the_pages_of_a_stopped_undo_say_what_is_left_of_it(browser, leads, monkeypatch):
    run(started(browser, previewed(browser)))
    address = f"/admin/operations/{whole().pk}"
    stopped_after(1, monkeypatch, started(browser, f"{address}/undo"))
    assert "Undo the rest, until" in close_up(browser.get(address).text)
    page = close_up(browser.get(f"{address}/undo").text)
    assert "Already undone: 1 of 3 parts." in page
    # All that are left were checked.
    assert "This page checked only" not in page
    undo = Operation.objects.whole().get(kind="undo")
    page = close_up(browser.get(f"/admin/operations/{undo.pk}").text)
    assert "Undone: 1 of 3 parts. The records of the other parts haven’t been undone." in page
    assert "1 of 3 parts done" in close_up(browser.get("/admin/operations").text)
    monkeypatch.setattr(multi_part_changes, "JUDGED_FOR", -1)
    assert "This page checked only the last part." in close_up(browser.get(f"{address}/undo").text)
