"""The files of a mailing: their limits, their cleanup, and that copies and undo keep them."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from crm.models import Change, Operation
from crm.platform.files.kept_file import KeptFile
from crm.platform.files.orphaned_files import NAMED
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import UndoRefused
from crm.records.history.verb_execution import operation
from mailings import verbs
from mailings.content.content_checks import get_blocking_problems
from mailings.content.email_content import build_mailing_email
from mailings.models import Mailing, MailingFile

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(make_lead, bob):
    return make_lead("Ana Pop", owner=bob, email="ana@omnia.example", company="Omnia")


@pytest.fixture
def mailing(make_mailing, ana):
    return make_mailing(ids=[ana.pk])


@pytest.fixture
def attach(mailing, ann, sign_in):
    """attach("prices.txt", …) attaches these files together, through the page."""
    browser = sign_in(ann)

    def attached(*names: str) -> Operation:
        files = [SimpleUploadedFile(name, name.encode()) for name in names]
        browser.post(f"/admin/mailings/{mailing.pk}/files", {"attachments": files})
        return Operation.objects.filter(kind="attach_mailing_files").latest("pk")

    return attached


def files_of(mailing: Mailing) -> list[tuple[int, KeptFile]]:
    """Their ids and all that is known of them."""
    return [(row.pk, KeptFile.from_attached(row)) for row in mailing.files.order_by("pk")]


def is_kept(file: str) -> bool:
    """Whether the hourly cleanup leaves a file on the disk."""
    return any(file in named([file]) for named in NAMED["attached"])


def test_files_are_attached_within_limits(mailing, ann, sign_in, settings):
    browser = sign_in(ann)
    path = f"/admin/mailings/{mailing.pk}/files"
    browser.post(path, {"attachments": SimpleUploadedFile("prices.txt", b"1;2;3")})
    file = MailingFile.objects.get()
    assert (file.name, file.size) == ("prices.txt", 5)
    page = browser.post(
        path, {"attachments": SimpleUploadedFile("large.txt", b"x" * 10_000_001)}, follow=True
    ).text
    assert "The files are too large." in page
    page = browser.post(
        path, {"attachments": SimpleUploadedFile("a.exe", b"MZ" + b"\0" * 100)}, follow=True
    ).text
    assert MailingFile.objects.count() == 1
    browser.post(f"{path}/{file.pk}/remove")
    assert not MailingFile.objects.exists()


def test_attached_files_survive_the_cleanup_and_go_out(mailing, ann, sign_in, ana, deliver_to):
    browser = sign_in(ann)
    browser.post(
        f"/admin/mailings/{mailing.pk}/files",
        {"attachments": SimpleUploadedFile("prices ț.txt", b"1;2\r\n3")},
    )
    name = MailingFile.objects.get().file
    assert any(name in named([name]) for named in NAMED["attached"])
    (_body, part) = build_mailing_email(deliver_to(mailing, ana)).message().get_payload()
    assert (part.get_filename(), part.get_payload(decode=True)) == ("prices ț.txt", b"1;2\r\n3")


def test_a_copy_sends_the_same_files_also_after_the_original_has_lost_them(
    mailing, attach, ann, deliver_to, ana
):
    attach("prices.txt", "terms.txt")
    copy = verbs.copy_mailing(mailing, by=ann)
    assert [file for _pk, file in files_of(copy)] == [file for _pk, file in files_of(mailing)]
    verbs.delete_mailing(mailing, by=ann)
    assert [row.name for row in copy.files.order_by("pk")] == ["prices.txt", "terms.txt"]
    Change.objects.update(at=timezone.now() - timedelta(days=31))
    assert all(is_kept(row.file) for row in copy.files.all())
    assert len(build_mailing_email(deliver_to(copy, ana)).message().get_payload()) == 3


def test_a_copy_that_is_undone_loses_its_files_and_the_original_keeps_them(mailing, attach, ann):
    attach("prices.txt")
    before = files_of(mailing)
    copy = verbs.copy_mailing(mailing, by=ann)
    revert_operation(Operation.objects.get(kind="add_mailing"), by=ann)
    assert not Mailing.objects.filter(pk=copy.pk).exists()
    assert files_of(mailing) == before
    assert MailingFile.objects.count() == len(before)


def test_undo_brings_back_a_deleted_draft_with_its_files(mailing, attach, ann):
    attach("prices.txt", "terms.txt")
    before = files_of(mailing)
    record = verbs.delete_mailing(mailing, by=ann)
    assert not MailingFile.objects.exists()
    assert all(is_kept(file.file) for _pk, file in before)
    revert_operation(record, by=ann)
    assert files_of(mailing) == before


def test_undo_detaches_files_and_attaches_a_removed_one_again(mailing, attach, ann, sign_in):
    first = attach("prices.txt")
    before = files_of(mailing)
    second = attach("terms.txt")
    revert_operation(second, by=ann)
    assert files_of(mailing) == before
    sign_in(ann).post(f"/admin/mailings/{mailing.pk}/files/{before[0][0]}/remove")
    assert files_of(mailing) == []
    revert_operation(Operation.objects.get(kind="remove_mailing_file"), by=ann)
    assert files_of(mailing) == before
    redone = revert_operation(first, by=ann).operation
    assert files_of(mailing) == []
    revert_operation(redone, by=ann)
    assert files_of(mailing) == before


def test_files_of_a_mailing_that_is_no_draft_stay_as_they_are(mailing, attach, ann):
    record = attach("prices.txt")
    with operation("test", by=None):
        Mailing.objects.update(state="scheduled")
    with pytest.raises(UndoRefused, match="no longer a draft"):
        revert_operation(record, by=ann)
    assert mailing.files.count() == 1


def test_a_removed_file_is_kept_on_the_disk_only_as_long_as_undo_is_possible(mailing, attach, ann, settings):
    attach("prices.txt")
    (file,) = mailing.files.all()
    verbs.delete_mailing(mailing, by=ann)
    assert is_kept(file.file)
    Change.objects.update(at=timezone.now() - timedelta(days=settings.UNDO_DAYS + 1))
    assert not is_kept(file.file)


def test_the_removal_of_a_file_is_undone_only_by_users_who_may_change_mailings(
    mailing, attach, ann, ada, bob, sign_in
):
    attach("prices.txt")
    (file,) = mailing.files.all()
    sign_in(ann).post(f"/admin/mailings/{mailing.pk}/files/{file.pk}/remove")
    record = Operation.objects.get(kind="remove_mailing_file")
    with pytest.raises(UndoRefused):
        revert_operation(record, by=bob)
    revert_operation(record, by=ada)
    assert mailing.files.count() == 1


def test_files_that_undo_has_made_too_large_together_keep_a_mailing_from_being_sent(mailing, attach):
    attach("prices.txt", "terms.txt")
    with operation("test", by=None):
        mailing.files.update(size=6_000_000)
    assert "The files are too large." in get_blocking_problems(mailing)[-1]
