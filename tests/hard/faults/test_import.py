"""A full disk, a lost connection, two at once: an import is applied completely or not at all, and never twice."""

import errno
import threading
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections

from crm.models import Import, ImportRow, Job, Operation, PlannedRow
from crm.platform import jobs
from crm.platform.jobs import job_runner
from crm.records.history.verb_execution import carry_out
from crm.transfer.imports import jobs as import_jobs
from crm.transfer.imports.apply import plan_application as applying
from leads.models import Lead
from leads.verbs import Edit
from tests.crm.transfer.imports.importing import NEW, choose, filled_in, page, shown, upload, workbook
from tests.hard.at_once.test_bulk_changes import in_threads
from tests.waiting import until_set

pytestmark = [pytest.mark.hard, pytest.mark.django_db(transaction=True, databases=["default", "progress"])]

COUNT = 6_000
# The table each step writes to, and how many of its rows still fit on the disk.
STEPS = {"import_read": "crm_importrow", "import_check": "crm_plannedrow", "import_apply": "leads_lead"}
ROOM = 5_500


@pytest.fixture
def large(monkeypatch):
    """Jobs do everything, and they report often."""
    monkeypatch.setattr(import_jobs, "ROWS_AT_ONCE", 3)
    monkeypatch.setattr(job_runner, "PAUSE", 0)
    monkeypatch.setattr(applying, "PAUSE_SHARE", 0)


def people(count: int) -> bytes:
    lines = (f"Pop{number},p{number}@example.org,Cluj\n" for number in range(count))
    return ("Last name,Email,City\n" + "".join(lines)).encode()


def last_job() -> Job:
    return Job.objects.latest("pk")


def begin(browser, kind: str) -> Import:
    """An import that has reached the step before this one; its job is waiting."""
    if kind == "import_read":
        browser.post(NEW, {"file": SimpleUploadedFile("many.csv", people(COUNT))})
        return Import.objects.get()
    imported = upload(browser, people(COUNT), "many.csv")
    if kind == "import_check":
        browser.post(
            page(imported, "columns"), filled_in(shown(browser, imported, "columns").context["form"])
        )
    else:
        imported = choose(browser, imported, "columns")
        browser.post(page(imported, "plan"), {"apply": imported.counts["made"]})
    return Import.objects.get()


def go_on(browser, imported: Import, kind: str) -> None:
    """What its user clicks after the step has stopped."""
    imported.refresh_from_db()
    if kind == "import_read":
        browser.post(page(imported, "read"), {})
    elif kind == "import_check":
        browser.post(page(imported, "check"))
    else:
        browser.post(page(imported, "plan"), {"apply": imported.counts["made"]})
    jobs.run_job(job_id=last_job().pk)


def nothing_of(kind: str) -> bool:
    """Whether this step has written nothing."""
    if kind == "import_apply":
        return not Lead.objects.exists() and not Operation.objects.filter(kind="import").exists()
    model = ImportRow if kind == "import_read" else PlannedRow
    return not model.objects.exists()


def whole(kind: str) -> bool:
    if kind == "import_apply":
        emails = set(Lead.objects.values_list("email", flat=True))
        operations = Operation.objects.filter(kind="import").count()
        return (Lead.objects.count(), len(emails), operations) == (COUNT, COUNT, 1)
    model = ImportRow if kind == "import_read" else PlannedRow
    return model.objects.count() == COUNT


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture
def disk():
    """disk(table) is full when a table has more than 5,500 rows, with PostgreSQL's error; disk("") has space again."""

    def full(table: str) -> None:
        run("DROP FUNCTION IF EXISTS disk_is_full CASCADE")
        if table:
            run(
                f"""CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    IF (SELECT count(*) FROM {table}) > {ROOM} THEN
                        RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
                    END IF; RETURN NULL; END $$;
                    CREATE TRIGGER disk_is_full AFTER INSERT ON {table} FOR EACH STATEMENT
                    EXECUTE FUNCTION disk_is_full()"""
            )

    yield full
    full("")


@pytest.mark.parametrize("kind", STEPS)
def test_a_disk_full_in_a_step_leaves_nothing_and_the_step_can_run_again(sign_in, ann, large, disk, kind):
    browser = sign_in(ann)
    imported = begin(browser, kind)
    disk(STEPS[kind])
    jobs.run_job(job_id=last_job().pk)
    assert last_job().problem.startswith("The server is out of disk space, so nothing was saved.")
    assert nothing_of(kind)
    assert "The server is out of disk space" in browser.get(page(imported, "import")).text
    disk("")
    go_on(browser, imported, kind)
    assert last_job().state == "finished"
    assert whole(kind)


def test_an_upload_without_disk_space_is_refused_with_a_message_and_leaves_no_file(
    sign_in, ann, settings, monkeypatch
):
    plain = Path.open

    class Full:
        def __init__(self, file):
            self.file = file

        def __enter__(self):
            return self

        def __exit__(self, *error):
            self.file.close()

        def write(self, data):
            raise OSError(errno.ENOSPC, "No space left on device")

    def opened(path, mode="r", *arguments, **keywords):
        file = plain(path, mode, *arguments, **keywords)
        return Full(file) if settings.TEMPORARY in path.parents and mode == "wb" else file

    monkeypatch.setattr(Path, "open", opened)
    answer = sign_in(ann).post(NEW, {"file": SimpleUploadedFile("a.xlsx", workbook([["Name"], ["Ana Pop"]]))})
    assert answer.status_code == 422
    assert "The server is out of disk space, so the file couldn’t be saved." in answer.text
    assert not Import.objects.exists()
    assert list(settings.TEMPORARY.iterdir()) == []
    assert not (settings.MEDIA_ROOT / "imports").exists()


def test_a_full_disk_is_reported_on_screen_and_nothing_is_changed(sign_in, ann, disk, make_lead, monkeypatch):
    monkeypatch.setattr("tests.hard.faults.test_import.ROOM", -1)
    browser = sign_in(ann)
    imported = choose(browser, upload(browser, [["Last name"], ["Pop"]]), "columns")
    disk("leads_lead")
    answer = browser.post(page(imported, "plan"), {"apply": imported.counts["made"]})
    assert answer.status_code == 503
    assert "The server is out of disk space, so your changes weren’t saved." in answer.text
    assert not Lead.objects.exists()


@pytest.mark.parametrize("kind", STEPS)
def test_a_connection_lost_in_a_step_leaves_nothing_and_the_job_is_requeued(
    sign_in, ann, large, monkeypatch, kind
):
    browser = sign_in(ann)
    begin(browser, kind)
    pk = last_job().pk
    plain = job_runner._Progress.__call__
    cut = []

    def cutting(self, done, total):
        if done >= 1_000 and not cut:
            cut.append(done)
            backend = connection.connection.info.backend_pid
            with connections["progress"].cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
        plain(self, done, total)

    monkeypatch.setattr(job_runner._Progress, "__call__", cutting)
    with pytest.raises(job_runner.JobInterrupted):
        jobs.run_job(job_id=pk)
    connection.close()
    assert cut
    assert nothing_of(kind)
    assert Job.objects.get(pk=pk).unfinished
    jobs.run_job(job_id=pk)
    assert Job.objects.get(pk=pk).state == "finished"
    assert whole(kind)


def test_two_imports_at_once_that_change_the_same_leads_lose_no_update(sign_in, ann, ada, make_lead):
    leads = [make_lead(f"Jan N{number}", email=f"jan{number}@example.com") for number in range(200)]
    plans = {}
    for user, city in ((ann, "Plzeň"), (ada, "Brno")):
        # In another order, so that they would deadlock if they locked the rows in file order.
        ordered = leads if city == "Brno" else leads[::-1]
        browser = sign_in(user)
        rows = [["E-mail", "City"], *([lead.email, city] for lead in ordered)]
        plans[user] = choose(browser, upload(browser, rows), "columns")
    results = in_threads(
        *(lambda user=user: applying.apply_import_plan(plans[user], by=user) for user in plans)
    )
    assert [error for error in results if isinstance(error, Exception)] == []
    # The first import changed each lead; the other one reports it.
    counts = [imported.counts for imported in Import.objects.order_by("pk")]
    assert sorted(count["done"] for count in counts) == [0, 200]
    assert {"changed_since_plan": 200} in [count["refused"] for count in counts]
    assert set(Lead.objects.values_list("version", flat=True)) == {2}
    assert Lead.objects.values("city").distinct().count() == 1


def test_two_imports_at_once_with_the_same_new_people_add_them_once(sign_in, ann, ada):
    plans = {}
    for user in (ann, ada):
        browser = sign_in(user)
        plans[user] = choose(browser, upload(browser, people(300), "many.csv"), "columns")
    results = in_threads(
        *(lambda user=user: applying.apply_import_plan(plans[user], by=user) for user in plans)
    )
    assert [error for error in results if isinstance(error, Exception)] == []
    assert Lead.objects.count() == 300
    added = sorted(imported.counts["added"] for imported in Import.objects.all())
    assert added == [0, 300]


def test_a_plan_applied_twice_at_once_is_one_operation(sign_in, ann):
    browser = sign_in(ann)
    plan = choose(browser, upload(browser, people(300), "many.csv"), "columns")
    results = in_threads(
        *(lambda: applying.apply_import_plan(Import.objects.get(pk=plan.pk), by=ann) for _one in "ab")
    )
    assert len({record.pk for record in results}) == 1
    assert Lead.objects.count() == 300


def test_the_lock_for_adding_does_not_lock_the_leads(sign_in, ann, ada, make_lead):
    """While one import adds leads, others can change leads."""
    lead = make_lead("Jan Novák")
    browser = sign_in(ann)
    plan = choose(browser, upload(browser, people(10), "many.csv"), "columns")
    held, free = threading.Event(), threading.Event()

    def slowly():
        def told(done, total):
            held.set()
            until_set(free)

        return applying.apply_import_plan(plan, by=ann, progress=told)

    def meanwhile():
        until_set(held)
        outcome = carry_out(
            Edit({"title": "Buyer"}),
            Lead.objects.changeable_by(ada),
            by=ada,
            wanted=[lead.pk],
            channel="bulk",
        )
        free.set()
        return outcome

    added, changed = in_threads(slowly, meanwhile)
    assert changed.changed == [lead.pk]
    assert added.changed == 10
