"""The background work of an import: progress, cancel, failures, and that nothing happens twice."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from crm.models import Import, Job, Notification, Operation
from crm.platform import jobs
from crm.platform.jobs import job_runner
from crm.transfer.imports import jobs as import_jobs
from leads.models import Lead
from tests.crm.transfer.imports.importing import LIST, NEW, apply, choose, page, shown, upload, workbook
from tests.crm.transfer.imports.importing import work as do_jobs
from tests.crm.work.activities.attaching import place_of
from tests.reading import close_up

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

ROWS = [["Last name", "City"], *([f"Pop {number}", "Cluj"] for number in range(6))]


@pytest.fixture
def large(monkeypatch):
    """Files with more than three rows count as large."""
    monkeypatch.setattr(import_jobs, "ROWS_AT_ONCE", 3)
    monkeypatch.setattr(job_runner, "PAUSE", 0)


def pressed_apply(browser, imported) -> Job:
    answer = browser.post(page(imported, "plan"), {"apply": imported.counts["made"]})
    assert answer["Location"] == page(imported, "import")
    imported.refresh_from_db()
    return imported.job


def test_a_large_file_is_checked_and_applied_by_jobs(sign_in, ann, large):
    browser = sign_in(ann)
    imported = choose(browser, upload(browser, ROWS), "columns")
    assert (imported.state, imported.job.kind, imported.job.state) == ("plan", "import_check", "finished")
    job = pressed_apply(browser, imported)
    assert not Lead.objects.exists()
    text = shown(browser, imported, "import").text
    assert "Applying the changes" in text
    do_jobs()
    assert Lead.objects.count() == 6
    told = Notification.objects.get(user=ann)
    assert (told.kind, told.path) == ("imported", page(imported, "import"))
    job.refresh_from_db()
    assert job.operation == Operation.objects.get(kind="import")


def test_while_a_job_is_running_nothing_else_changes_the_import(sign_in, ann, large):
    browser = sign_in(ann)
    imported = choose(browser, upload(browser, ROWS), "columns")
    pressed_apply(browser, imported)
    pressed_apply(browser, imported)
    for step in ("columns", "values", "plan", "check", "read", "cancel"):
        assert browser.post(page(imported, step)).status_code == 302
    assert Job.objects.filter(kind="import_apply").count() == 1
    do_jobs()
    assert Lead.objects.count() == 6


def test_the_progress_page_continues_automatically(sign_in, ann, large):
    browser = sign_in(ann)
    imported = choose(browser, upload(browser, ROWS), "columns")
    pressed_apply(browser, imported)
    watch = {"HX-Request": "true", "HX-Target": "progress"}
    fragment = browser.get(page(imported, "import"), headers=watch)
    assert "<html" not in fragment.text
    assert "Waiting to start." in fragment.text
    do_jobs()
    assert browser.get(page(imported, "import"), headers=watch)["HX-Redirect"] == page(imported, "import")


def test_canceling_before_the_worker_starts_leaves_the_plan_unchanged(sign_in, ann, large):
    browser = sign_in(ann)
    imported = choose(browser, upload(browser, ROWS), "columns")
    pressed_apply(browser, imported)
    browser.post(page(imported, "stop"))
    do_jobs()
    assert not Lead.objects.exists()
    assert browser.get(page(imported, "import"))["Location"] == page(imported, "plan")
    imported.refresh_from_db()
    apply(browser, imported)
    assert Lead.objects.count() == 6


def test_canceling_halfway_undoes_what_was_done(sign_in, ann, large, monkeypatch):
    browser = sign_in(ann)
    imported = choose(browser, upload(browser, ROWS), "columns")
    job = pressed_apply(browser, imported)
    plain = import_jobs.apply_import_plan

    def cancelled_meanwhile(imported, *, by, progress):
        def told(done, total):
            assert Lead.objects.count() == done
            Job.objects.using("progress").filter(pk=job.pk).update(cancel_asked=True)
            progress(done, total)

        return plain(imported, by=by, progress=told)

    monkeypatch.setattr(import_jobs, "apply_import_plan", cancelled_meanwhile)
    do_jobs()
    job.refresh_from_db()
    imported.refresh_from_db()
    assert (job.state, imported.state) == ("cancelled", "plan")
    assert not Lead.objects.exists()
    assert not Operation.objects.filter(kind="import").exists()


def test_a_job_repeated_after_a_crash_adds_nothing_twice(sign_in, ann, large):
    browser = sign_in(ann)
    imported = choose(browser, upload(browser, ROWS), "columns")
    job = pressed_apply(browser, imported)
    do_jobs()
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING)
    jobs.run_job(job_id=job.pk)
    assert (Lead.objects.count(), Operation.objects.filter(kind="import").count()) == (6, 1)


def test_an_unreadable_file_stops_with_a_message(sign_in, ann):
    browser = sign_in(ann)
    imported = upload(browser, workbook(ROWS)[:-200])
    assert imported.stop_message.startswith("The file is damaged or incomplete.")
    text = shown(browser, imported, "import").text
    assert "Nothing was imported." in text
    assert reverse("leads:import") in text
    assert "The file is damaged" in browser.get(LIST).text
    assert Notification.objects.get(user=ann).path == page(imported, "import")


def test_an_import_can_be_canceled(sign_in, ann):
    browser = sign_in(ann)
    imported = upload(browser, ROWS)
    assert browser.post(page(imported, "cancel"))["Location"] == LIST
    imported.refresh_from_db()
    assert imported.state == Import.State.CANCELLED
    assert "This import was canceled. Nothing was imported." in shown(browser, imported, "import").text
    assert browser.get(page(imported, "columns"))["Location"] == page(imported, "import")


def test_another_sheet_or_header_row_is_read_on_request(sign_in, ann):
    browser = sign_in(ann)
    imported = upload(
        browser, [["Report", ""], ["of today", "x"], ["Last name", "City"], ["Pop", "Cluj"], ["Rău", "Arad"]]
    )
    for head, rows in (("4", 1), ("3", 2)):
        answer = browser.post(page(imported, "read"), {"sheet": "Leads", "header_row": head})
        assert answer["Location"] == page(imported, "import")
        do_jobs()
        imported.refresh_from_db()
        assert (imported.header_row, imported.rows) == (int(head), rows)
    assert imported.mapping == ["last_name", "city"]


def test_old_files_and_cells_are_deleted_and_the_receipt_stays(sign_in, ann):
    browser = sign_in(ann)
    done = apply(browser, choose(browser, upload(browser, ROWS), "columns"))
    forgotten = upload(browser, ROWS)
    now = timezone.now()
    Import.objects.filter(pk=done.pk).update(at=now - timedelta(days=31), ended_at=now - timedelta(days=8))
    Import.objects.filter(pk=forgotten.pk).update(at=now - timedelta(days=31))
    path = place_of(done.file)
    import_jobs.remove_old_import_files()
    done.refresh_from_db()
    forgotten.refresh_from_db()
    assert not path.exists()
    assert (done.file, done.rows_kept, done.plan.count(), done.file_rows.count()) == ("", False, 0, 0)
    assert "Rows in the file" in shown(browser, done, "import").text
    assert browser.get(page(done, "left_out")).status_code == 404
    assert (
        "This import wasn’t finished in time, so its rows were deleted."
        in shown(browser, forgotten, "import").text
    )
    assert browser.get(NEW).status_code == 200


def test_the_file_of_a_workbook_stays_until_the_newest_import_of_its_sheets_is_old(sign_in, ann):
    first = upload(sign_in(ann), ROWS)
    later = Import.objects.create(user=ann, table="lead", name=first.name, file=first.file, first=first)

    def files_after(days: int) -> list[str]:
        Import.objects.filter(pk=first.pk).update(at=timezone.now() - timedelta(days=days))
        import_jobs.remove_old_import_files()
        return list(Import.objects.order_by("pk").values_list("file", flat=True))

    assert files_after(31) == [first.file, first.file]
    assert place_of(first.file).exists()
    Import.objects.filter(pk=later.pk).update(at=timezone.now() - timedelta(days=31))
    assert files_after(60) == ["", ""]
    assert not place_of(first.file).exists()


def test_two_imports_that_change_the_same_lead_lose_no_update(sign_in, ann, ada, make_lead):
    jan = make_lead("Jan Novák", email="jan@example.com", city="Praha")
    plans = []
    for user, city in ((ann, "Plzeň"), (ada, "Brno")):
        browser = sign_in(user)
        plans.append(
            choose(browser, upload(browser, [["E-mail", "City"], ["jan@example.com", city]]), "columns")
        )
    apply(sign_in(ann), plans[0])
    second = apply(sign_in(ada), plans[1])
    jan.refresh_from_db()
    assert (jan.city, jan.version) == ("Plzeň", 2)
    assert second.counts["refused"] == {"changed_since_plan": 1}


@pytest.fixture
def another_import_adds():
    """Simulates a colleague's long import that is adding leads right now; call the result to end it."""
    other = connections.create_connection("default")
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('imports that add'), 0)")
    yield other.rollback
    other.close()


def test_a_small_import_waits_as_a_job_while_another_one_adds_leads(sign_in, ann, another_import_adds):
    browser = sign_in(ann)
    imported = choose(browser, upload(browser, ROWS), "columns")
    job = pressed_apply(browser, imported)
    assert (job.kind, job.state) == ("import_apply", "waiting")
    assert not Lead.objects.exists()
    assert "Applying the changes" in shown(browser, imported, "import").text
    another_import_adds()
    do_jobs()
    assert Lead.objects.count() == 6


def test_a_small_import_that_only_changes_leads_does_not_wait_for_one_that_adds_them(
    sign_in, ann, make_lead, another_import_adds
):
    jan = make_lead("Jan Novák", email="jan@example.com", city="Praha")
    browser = sign_in(ann)
    rows = [["E-mail", "City"], ["jan@example.com", "Plzeň"]]
    assert apply(browser, choose(browser, upload(browser, rows), "columns")).state == Import.State.DONE
    jan.refresh_from_db()
    assert jan.city == "Plzeň"


def test_the_same_new_people_in_two_plans_are_added_once(sign_in, ann, carla):
    rows = [["Last name", "E-mail"], ["Pop", "pop@example.com"], ["Rău", ""]]
    plans = [choose(sign_in(user), upload(sign_in(user), rows), "columns") for user in (ann, ann, carla)]
    browser = sign_in(ann)
    apply(browser, plans[0])
    second = apply(browser, plans[1])
    assert (second.counts["added"], second.counts["refused"]) == (1, {"known_since_plan": 1})
    text = shown(browser, second, "import").text
    assert "A lead with this email or phone was added after the preview was created." in text
    assert b"".join(browser.get(page(second, "left_out")).streaming_content)
    # Users who can't see those leads learn nothing about them.
    assert apply(sign_in(carla), plans[2]).counts["added"] == 2


def test_more_unknown_values_than_fit_on_a_page_are_decided_in_several_passes(
    sign_in, ann, make_tag, monkeypatch
):
    monkeypatch.setattr("crm.transfer.imports.plan.unknown_names.LISTED", 3)
    browser = sign_in(ann)
    rows = [["Last name", "Tags"], *([f"Pop {number}", f"tag {number}"] for number in range(7))]
    imported = choose(browser, upload(browser, rows), "columns")
    passes = 0
    while browser.get(page(imported, "import"))["Location"] == page(imported, "values"):
        imported = choose(browser, imported, "values")
        passes += 1
    assert passes == 3
    assert imported.counts["new"] == 7


def test_the_progress_page_shows_speed_and_remaining_time(sign_in, ann, large, monkeypatch):
    browser = sign_in(ann)
    imported = choose(browser, upload(browser, ROWS), "columns")
    job = pressed_apply(browser, imported)
    began = timezone.now() - timedelta(seconds=10)
    Job.objects.filter(pk=job.pk).update(state="running", started_at=began, done=2_000, total=5_000)
    monkeypatch.setattr(
        "crm.transfer.imports.import_access.timezone",
        SimpleNamespace(now=lambda: began + timedelta(seconds=10)),
    )
    text = close_up(browser.get(page(imported, "import")).text)
    assert "2,000 of 5,000 rows. 200 rows per second, about 15 seconds left." in text
