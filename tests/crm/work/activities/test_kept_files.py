"""How long attached files stay: undo, deleting permanently, the hourly cleanup."""

import os
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from crm.models import Activity, AttachedFile, Change, Operation
from crm.platform.files.attachment_storage import store_uploads
from crm.platform.files.orphaned_files import DAY
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Delete, Purge
from crm.work.activities.attachment_cleanup import remove_orphaned_attachments
from crm.work.activities.verbs import AddActivity
from leads.models import Lead
from tests.crm.work.activities.attaching import address_of, attach, on_the_disk, picture, upload


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob)


@pytest.fixture
def old():
    """Calling it makes all files on the disk older than a day."""

    def grow_old() -> None:
        for path in on_the_disk():
            os.utime(path, (time.time() - DAY - 60,) * 2)

    return grow_old


def purge(lead, by) -> Operation:
    carry_out(Delete(), Lead.objects.filter(pk=lead.pk), by=by)
    return carry_out(Purge(), Lead.objects.filter(pk=lead.pk), by=by).operation


def test_adding_editing_pinning_and_deleting_a_file_can_each_be_undone(sign_in, bob, lead):
    browser = sign_in(bob)
    attach(browser, lead, text="One")
    row = Activity.objects.get()
    path, download = f"/admin/leads/{lead.pk}/activities/{row.pk}", address_of(AttachedFile.objects.get())
    assert "offer.pdf" in browser.get(path).text
    browser.post(path, {"text": "Two", "version": 1})
    browser.post(f"{path}/pin")
    assert "Deleted the file." in browser.post(f"{path}/delete", follow=True).text
    assert browser.get(download).status_code == 404
    done = list(Operation.objects.order_by("-pk")[:4])
    assert [record.kind.removesuffix("_activity") for record in done] == ["delete", "pin", "edit", "add"]
    states = []
    for record in done:
        revert_operation(record, by=bob)
        states.append(
            (*Activity.objects.values_list("text", "pinned").get(), browser.get(download).status_code)
        )
    assert states == [("Two", True, 200), ("Two", False, 200), ("One", False, 200), ("One", False, 404)]
    revert_operation(Operation.objects.latest("pk"), by=bob)
    assert browser.get(download).status_code == 200


def test_the_files_of_a_deleted_activity_stay_on_the_disk(sign_in, bob, lead, old):
    browser = sign_in(bob)
    attach(browser, lead)
    row = Activity.objects.get()
    browser.post(f"/admin/leads/{lead.pk}/activities/{row.pk}/delete")
    old()
    assert remove_orphaned_attachments() == 0
    assert len(on_the_disk()) == 1


def test_one_file_is_added_to_many_records_in_one_operation_and_kept_once(sign_in, bob, make_lead, old):
    leads = [make_lead(f"Lead {number}", owner=bob) for number in range(3)]
    rows = Lead.objects.filter(pk__in=[lead.pk for lead in leads])
    with store_uploads([upload("terms.pdf")]) as files:
        done = carry_out(AddActivity(bob, "file", files=tuple(files)), rows, by=bob)
    assert done.operation.changed == 3
    found = AttachedFile.objects.all()
    assert sorted(file.activity.record for file in found) == sorted(lead.pk for lead in leads)
    assert len({file.file for file in found}) == len(on_the_disk()) == 1
    browser = sign_in(bob)
    assert {browser.get(address_of(file)).status_code for file in found} == {200}


def test_permanently_deleting_a_record_closes_its_files_at_once_and_an_undo_opens_them_again(
    sign_in, ada, lead, old
):
    browser = sign_in(ada)
    attach(browser, lead, upload("photo.png", picture()))
    download = address_of(AttachedFile.objects.get())
    purged = purge(lead, ada)
    assert browser.get(download).status_code == 404
    old()
    assert remove_orphaned_attachments() == 0
    revert_operation(purged, by=ada)
    answer = browser.get(download)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == picture()


def test_when_deleting_a_record_can_no_longer_be_undone_its_files_are_removed(
    sign_in, ada, lead, old, settings
):
    attach(sign_in(ada), lead, upload("photo.png", picture()))
    purge(lead, ada)
    long_ago = timezone.now() - timedelta(days=settings.UNDO_DAYS, minutes=1)
    Change.objects.filter(table="activity", kind="delete").update(at=long_ago)
    old()
    assert remove_orphaned_attachments() == 1
    assert not AttachedFile.objects.exists()
    assert remove_orphaned_attachments() == 1
    assert on_the_disk() == []


def test_the_cleanup_removes_files_that_were_never_attached_and_no_others(sign_in, bob, lead, old):
    browser = sign_in(bob)
    with store_uploads([upload("lost.png", picture())]):
        pass
    lost = set(on_the_disk())
    assert len(lost) == 2
    attach(browser, lead, upload("photo.png", picture()))
    assert remove_orphaned_attachments() == 0
    old()
    with store_uploads([upload("just now.txt", b"words")]) as fresh:
        pass
    assert remove_orphaned_attachments() == 1
    assert not lost & set(on_the_disk())
    assert len(on_the_disk()) == 3
    assert fresh[0].file.removeprefix("attached/") in {path.name for path in on_the_disk()}
    assert browser.get(address_of(AttachedFile.objects.get())).status_code == 200


def test_no_log_names_a_file(sign_in, bob, lead, caplog, old):
    caplog.set_level("DEBUG")
    browser = sign_in(bob)
    attach(browser, lead, upload("secret-name.txt", b"secret-words"))
    attach(browser, lead, upload("secret-name.exe", b"secret-words"))
    browser.get(address_of(AttachedFile.objects.get()))
    old()
    remove_orphaned_attachments()
    ours = [record.getMessage() for record in caplog.records if record.name != "django.db.backends"]
    assert not [line for line in ours if "secret" in line]
