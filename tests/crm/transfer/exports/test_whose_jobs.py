"""Exports that became jobs: who may have them, which exports they are, and what they leave."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import Export, FrozenSet, Job
from crm.platform.server.system_status import describe_running_jobs as running_now
from crm.records.editing.bulk_actions import freeze_set
from crm.transfer.exports.jobs import remove_old_export_files
from crm.work.tasks.sheet_columns import get_sheet_title as title_of_tasks
from tests.crm.transfer.exports.exporting import LIST, fetched, rows_of, start, work
from tests.crm.work.activities.attaching import place_of

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def test_a_user_who_lost_the_permission_gets_no_file(sign_in, ann, three, impatient):
    export = start(sign_in(ann))
    role = ann.groups.get()
    role.permissions.remove(role.permissions.get(codename="export_lead"))
    export = work(export)
    assert (export.job.state, export.file) == ("failed", "")
    assert export.job.problem == "You no longer have permission to export these records."
    assert export.failed


def test_a_selection_that_has_expired_meanwhile_gives_a_sentence(sign_in, ann, three, impatient):
    browser = sign_in(ann)
    export = start(browser, f"set={freeze_set(ann, 'lead', [lead.pk for lead in three], '').pk}")
    FrozenSet.objects.all().delete()
    work(export)
    assert "Selections are kept for one day only. Select the records again." in browser.get(LIST).text


def test_an_export_asked_for_by_a_deactivated_user_is_canceled(sign_in, ann, three, impatient):
    export = start(sign_in(ann))
    ann.is_active = False
    ann.save()
    assert work(export).canceled


def test_only_its_user_may_fetch_or_cancel_the_export(sign_in, ann, oscar, three, impatient):
    export = start(sign_in(ann))
    assert sign_in(oscar).post(reverse("job_cancel", args=[export.job_id])).status_code == 404
    export = work(export)
    assert sign_in(oscar).get(reverse("exports:file", args=[export.pk])).status_code == 404
    assert sign_in(oscar).get(reverse("job", args=[export.job_id])).status_code == 404


def test_an_administrator_sees_the_progress_but_no_button(sign_in, ann, ada, three, impatient):
    start(sign_in(ann))
    page = sign_in(ada).get(LIST).text
    assert "Waiting to start." in page
    assert reverse("job_cancel", args=[Job.objects.get().pk]) not in page


def test_an_approved_export_that_takes_longer_becomes_a_job_too(
    sign_in, ann, ada, three, impatient, settings
):
    settings.EXPORT_APPROVAL_ABOVE = 2
    start(sign_in(ann))
    asked = Export.objects.get()
    assert (asked.state, asked.job) == ("asked", None)
    sign_in(ada).post(reverse("exports:decide", args=[asked.pk]), {"answer": "approve"})
    browser = sign_in(ann)
    assert browser.post(reverse("exports:fetch", args=[asked.pk]))["Location"] == LIST
    export = work(Export.objects.select_related("job").get())
    data = fetched(browser, export)
    assert len(rows_of(data)) == 3
    assert export.decided_by == ada
    assert "Approved by Ada" in browser.get(LIST).text
    assert browser.post(reverse("exports:fetch", args=[asked.pk]), follow=True).text.count(
        "This export isn’t available for download."
    )


def test_tasks_that_take_longer_become_a_job_too(sign_in, ann, three, make_task, impatient):
    make_task("Call", three[0], user=ann)
    browser = sign_in(ann)
    answer = browser.post(reverse("export_tasks"), {"format": "xlsx"})
    assert answer["Location"] == LIST
    export = work(Export.objects.select_related("job").get())
    assert export.state == "finished", export.note
    assert [row["Task"] for row in rows_of(fetched(browser, export), str(title_of_tasks()))] == ["Call"]


def test_companies_that_take_longer_become_a_job_too(sign_in, ann, make_company, impatient):
    make_company("Omnia")
    browser = sign_in(ann)
    answer = browser.post("/admin/companies/export/write?all=1", {"columns": "all", "format": "csv"})
    assert answer["Location"] == LIST
    export = work(Export.objects.select_related("job").get())
    assert b"Omnia" in fetched(browser, export)


def test_the_file_of_a_job_expires_like_any_other(sign_in, ann, three, impatient):
    export = work(start(sign_in(ann)))
    Export.objects.update(at=timezone.now() - timedelta(days=31))
    assert remove_old_export_files() == 1
    assert not place_of(export.file).exists()
    assert "File expired" in sign_in(ann).get(LIST).text


def test_the_administrators_page_names_a_running_export_once(sign_in, ann, three, impatient):
    start(sign_in(ann))
    assert [str(line.text) for line in running_now()] == ["“Export of leads” is running."]
