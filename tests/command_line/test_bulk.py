"""bulk, jobs, operations and undo: a preview and a question before each, and the way back after it."""

import pytest
from leadwell.connection import calls
from leadwell.failures import Exit

from crm.models import Job, Operation
from crm.platform import jobs
from leads.models import Lead

# A job looks on its own connection whether it was canceled.
pytestmark = pytest.mark.django_db(databases=["default", "progress"])


@pytest.fixture
def leads(make_lead, ann):
    return [make_lead(f"Eva Berg{number}", owner=ann, vip=number == 0, country="RO") for number in range(5)]


@pytest.fixture
def jobs_at_once(monkeypatch):
    """Three records are enough for a job, which runs while the program waits."""
    for place in ("bulk_changes", "undoing.undo_call"):
        monkeypatch.setattr(f"crm.api.v2.{place}.ROWS_AT_ONCE", 2)

    def work(_seconds):
        for job in Job.objects.filter(state=Job.State.WAITING):
            jobs.run_job(job_id=job.pk)

    monkeypatch.setattr(calls, "pause", work)


def count_vips() -> int:
    return Lead.objects.filter(vip=True).count()


def test_a_preview_says_what_would_change_and_changes_nothing(ann_types, leads):
    answered = ann_types("leads", "bulk", "vip", "--filter", "country=RO", "--preview")
    assert "4 leads will change." in answered.err
    assert "1 lead already has this value." in answered.err
    assert "Berg" in answered.err
    assert answered.out == ""
    assert ann_types("leads", "bulk", "vip", "-f", "country=RO", "--preview", "--json").json["changed"] == 4
    assert count_vips() == 1


def test_a_change_is_asked_about_and_says_how_to_undo_it(ann_types, leads):
    words = ["leads", "bulk", "vip", "--filter", "country=RO"]
    assert "--yes" in ann_types(*words, code=Exit.USAGE).err
    assert "Change 4 leads?" in ann_types(*words, at_terminal=True, typed="n\n", code=Exit.REFUSED).err
    assert count_vips() == 1
    answered = ann_types(*words, at_terminal=True, typed="y\n")
    assert count_vips() == 5
    operation = Operation.objects.latest("pk").pk
    assert f"leadwell undo {operation}" in answered.err
    ann_types("undo", operation, "--yes")
    assert count_vips() == 1


def test_values_have_names_and_refusals_their_sentence(ann_types, leads, bob, make_lead, reasons):
    outcome = ann_types(
        "leads",
        "bulk",
        "assign",
        f"owner={bob.email}",
        "--ids",
        f"{leads[0].pk},{leads[1].pk},999999",
        "--yes",
        "--json",
    )
    assert (outcome.json["changed"], outcome.json["refused"]) == (2, {"not_found": 1})
    assert "1 lead can't be changed: No record with this id" in outcome.err
    assert Lead.objects.filter(owner=bob).count() == 2
    ids = "\n".join(str(lead.pk) for lead in leads)
    ann_types("leads", "bulk", "status", "status=Contacted", "--ids", "-", "--yes", typed=ids)
    assert Lead.objects.filter(status__key="contacted").count() == 5


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--all", "--ids", "1"],
        ["-f", "vip=no", "--all"],
        ["-f", "vip=no", "--ids", "1"],
        ["-f", "owner="],
    ],
)
def test_the_records_are_chosen_in_exactly_one_way(ann_types, leads, words):
    ann_types("leads", "bulk", "vip", *words, "--yes", code=Exit.USAGE)
    assert count_vips() == 1


def test_all_means_all_and_nothing_to_change_asks_nothing(ann_types, leads):
    ann_types("leads", "bulk", "vip", "--all", "--yes")
    assert count_vips() == 5
    assert "0 leads will change." in ann_types("leads", "bulk", "vip", "--all").err


def test_an_unknown_action_lists_those_that_there_are(ann_types, leads):
    assert "unvip" in ann_types("leads", "bulk", "bogus", "--all", "--yes", code=Exit.REFUSED).err
    assert "status, reason, remark" in ann_types("leads", "actions").out
    assert "assign" in ann_types("companies", "actions", "-o", "json").json


def test_a_large_change_is_a_job_that_is_waited_for(ann_types, leads, jobs_at_once):
    answered = ann_types("leads", "bulk", "vip", "--all", "--yes", "--json")
    assert answered.json["changed"] == 4
    assert count_vips() == 5
    job = Job.objects.get()
    assert ann_types("jobs", "get", job.pk, "--wait", "-o", "json").json["state"] == "finished"
    undone = ann_types("undo", answered.json["operation"], "--yes", "--json").json
    assert undone[0]["back"] == 4
    assert count_vips() == 1


def test_ctrl_c_stops_waiting_and_says_that_the_job_goes_on(ann_types, leads, jobs_at_once, monkeypatch):
    def interrupt(_seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(calls, "pause", interrupt)
    answered = ann_types("leads", "bulk", "vip", "--all", "--yes", code=Exit.STOPPED)
    assert f"leadwell jobs get {Job.objects.get().pk} --wait" in answered.err


def test_a_job_that_failed_ends_with_its_reason(ann_types, leads, jobs_at_once):
    Job.objects.create(
        kind="bulk", user_id=leads[0].owner_id, state=Job.State.FAILED, problem="The disk is full."
    )
    assert (
        "The disk is full." in ann_types("jobs", "get", Job.objects.get().pk, "--wait", code=Exit.REFUSED).err
    )


def test_operations_are_listed_and_shown(ann_types, leads):
    ann_types("leads", "edit", leads[0].pk, "city=Vienna")
    operation = Operation.objects.latest("pk").pk
    listed = ann_types("operations", "list", "--limit", "3", "-o", "json").json
    assert listed[0]["id"] == operation
    assert str(operation) in ann_types("operations", "list").lines[1]
    assert ann_types("operations", "get", operation, "-o", "json").json["changed"] == 1
    assert "There is no operation 999999" in ann_types("operations", "get", "999999", code=Exit.NOT_FOUND).err


def test_several_operations_are_undone_the_newest_first(ann_types, leads):
    for city in ("Vienna", "Brno"):
        ann_types("leads", "edit", leads[0].pk, f"city={city}")
    newest, older = Operation.objects.order_by("-pk").values_list("pk", flat=True)[:2]
    assert "Undo these 2 operations?" in ann_types("undo", older, newest, at_terminal=True, typed="y\n").err
    leads[0].refresh_from_db()
    assert leads[0].city == ""
    assert "undone already" in ann_types("undo", older, "--yes", code=Exit.REFUSED).err


def test_an_undo_is_previewed_before_the_question(ann_types, leads):
    ann_types("leads", "bulk", "vip", "--all", "--yes")
    operation = Operation.objects.latest("pk").pk
    ann_types("leads", "edit", leads[1].pk, "vip=no")
    before = Operation.objects.count()
    answered = ann_types("undo", operation, "--preview")
    assert "3 records will have former values again." in answered.err
    assert "1 record keeps a value: " in answered.err
    assert "will have former values again." in ann_types("undo", operation, code=Exit.USAGE).err
    (found,) = ann_types("undo", operation, "--preview", "--json").json
    assert (found["preview_of"], found["back"], found["kept"]) == (operation, 3, 1)
    assert Operation.objects.count() == before


def test_a_preview_of_an_undo_says_what_goes_to_trash(ann_types, leads):
    ann_types("leads", "add", "last_name=New")
    answered = ann_types("undo", Operation.objects.latest("pk").pk, "--preview")
    assert "Of these, 1 record will go to Trash." in answered.err


def test_an_undo_without_a_yes_changes_nothing(ann_types, leads):
    ann_types("leads", "edit", leads[0].pk, "city=Vienna")
    operation = Operation.objects.latest("pk").pk
    ann_types("undo", operation, code=Exit.USAGE)
    ann_types("undo", operation, at_terminal=True, typed="n\n", code=Exit.REFUSED)
    leads[0].refresh_from_db()
    assert leads[0].city == "Vienna"
