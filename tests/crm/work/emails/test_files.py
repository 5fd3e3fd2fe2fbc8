"""Files in emails to a lead: what is sent and arrives, what can't be attached, how long the files stay."""

import os
import time
from email import message_from_bytes
from email.policy import default

import pytest

from crm.models import Activity, AttachedFile, Operation
from crm.platform.files.attachment_storage import store_uploads
from crm.platform.files.orphaned_files import DAY
from crm.records.history.undo.field_reversal import revert_operation
from crm.work.activities.attachment_cleanup import remove_orphaned_attachments
from crm.work.emails.mime_messages import build_attachment, build_email
from tests.crm.work.activities.attaching import (
    PDF,
    PROGRAM,
    address_of,
    attach,
    on_the_disk,
    place_of,
    upload,
)
from tests.crm.work.emails.emailing import page_of, told, work, write
from tests.post_office import post_office  # noqa: F401 - a fixture

# No end of a line may change on the way, and no letter.
CONTENTS = {
    "Ofertă „finală”; 2026.pdf": PDF,
    "lines.txt": "one\ntwo\r\nthree\rș".encode(),
    "bytes.bin": bytes(range(256)) * 40,
    "page.html": b"<!DOCTYPE html><p>.\n.\nFrom here</p>",
}


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob, email="jan@example.cz")


def read_again(letter):
    """The email as the standard library reads it."""
    return message_from_bytes(letter.as_bytes(), policy=default)


def test_the_files_of_an_email_arrive_byte_for_byte_with_their_names(
    sign_in,
    bob,
    lead,
    post_office,  # noqa: F811
):
    browser = sign_in(bob)
    write(browser, lead, attachments=[upload(name, content) for name, content in CONTENTS.items()])
    work()
    letter = read_again(post_office[0])
    assert letter.get_content_type() == "multipart/mixed"
    text, *parts = letter.iter_parts()
    assert [part.get_content_type() for part in text.iter_parts()] == ["text/plain", "text/html"]
    arrived = {part.get_filename(): part.get_payload(decode=True) for part in parts}
    assert arrived == CONTENTS
    assert {part.get_content_disposition() for part in parts} == {"attachment"}
    types = [part.get_content_type() for part in parts]
    assert types == ["application/pdf", "text/plain", "application/octet-stream", "text/html"]
    assert b"filename*=utf-8''Ofert%C4%83%20" in post_office[0].as_bytes().replace(b"\n ", b"")


def test_the_copy_on_the_timeline_links_the_files_for_those_who_see_the_lead(sign_in, bob, dan, lead):
    browser = sign_in(bob)
    write(browser, lead, attachments=[upload("offer.pdf", PDF)])
    path = address_of(AttachedFile.objects.get())
    shown = told(browser.get(f"/admin/leads/{lead.pk}"))
    assert f'href="{path}" download' in shown.partition('data-activity="email"')[2]
    answer = browser.get(path)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert sign_in(dan).get(path).status_code == 404


def test_files_of_the_record_go_along_and_are_on_the_disk_once(sign_in, bob, lead):
    browser = sign_in(bob)
    attach(browser, lead, upload("terms.pdf", PDF), upload("other.txt", b"other"))
    attach(browser, lead, upload("terms.pdf", PDF))
    page = told(browser.get(page_of(lead)))
    assert page.count("terms.pdf") == 1
    assert "other.txt (5 bytes)" in page
    terms = AttachedFile.objects.filter(name="terms.pdf").latest("pk")
    before = on_the_disk()
    write(browser, lead, record_files=[terms.pk])
    email = Activity.objects.get(type="email")
    assert [file.file for file in email.files.all()] == [terms.file]
    assert on_the_disk() == before
    (attachment,) = build_email(email).attachments
    assert (attachment.get_filename(), attachment.get_payload(decode=True)) == ("terms.pdf", PDF)


def test_files_of_other_records_and_deleted_ones_can_not_go_along(sign_in, bob, lead, make_lead):
    browser = sign_in(bob)
    other = make_lead("Eva", owner=bob)
    attach(browser, other)
    foreign = AttachedFile.objects.get()
    assert write(browser, lead, record_files=[foreign.pk]).status_code == 302
    assert not Activity.objects.get(type="email").files.exists()
    attach(browser, lead, upload("gone.txt", b"x"))
    attach(browser, lead, upload("there.txt", b"y"))
    gone = AttachedFile.objects.get(name="gone.txt")
    browser.post(f"/admin/leads/{lead.pk}/activities/{gone.activity_id}/delete")
    for pk in (foreign.pk, gone.pk):
        answer = write(browser, lead, record_files=[pk], draft="1" * 64)
        assert answer.status_code == 422
        assert "Select a valid choice" in answer.text
    assert Activity.objects.filter(type="email").count() == 1


@pytest.mark.parametrize(
    ("uploads", "sentence"),
    [
        ([upload("big.txt", b"x" * 1_000_001)], "“big.txt” is larger than 1 MB."),
        (
            [upload("a.txt", b"x" * 600_000), upload("b.txt", b"x" * 300_000)],
            "Together, the files are larger",
        ),
        ([upload("photo.png", PROGRAM)], "“photo.png” is an executable file."),
        ([upload("empty.txt", b"")], "“empty.txt” is empty."),
        ([upload(f"{number}.txt", b"x") for number in range(10)], "Choose at most 10 files at a time."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_rejected_file_keeps_what_was_typed_and_sends_nothing(
    sign_in, bob, lead, settings, uploads, sentence
):
    settings.FILE_MEGABYTES = 1
    browser = sign_in(bob)
    attach(browser, lead, upload("known.txt", b"x" * 200_000))
    known, before = AttachedFile.objects.get(), on_the_disk()
    for one in uploads:
        one.seek(0)
    answer = write(browser, lead, attachments=uploads, record_files=[known.pk])
    assert answer.status_code == 422
    for part in (sentence, "Choose the files again.", "here it is.", 'value="Your offer"'):
        assert part in answer.text
    assert f'value="{known.pk}"' in answer.text.partition('name="record_files"')[2].partition("checked")[0]
    assert not Activity.objects.filter(type="email").exists()
    assert on_the_disk() == before


def test_a_wrong_subject_asks_to_choose_the_files_again(sign_in, bob, lead):
    answer = write(sign_in(bob), lead, subject="", attachments=[upload()])
    assert "Choose the files again." in answer.text
    assert on_the_disk() == []
    assert "Choose the files again." not in write(sign_in(bob), lead, subject="").text


def test_an_upload_that_was_dropped_while_it_arrived_gets_a_sentence(sign_in, bob, lead, monkeypatch):
    monkeypatch.setattr("crm.platform.excel.reading.limits.FILE_BYTES", 1_000)
    answer = write(sign_in(bob), lead, attachments=[upload("a.txt", b"a" * 1_001)])
    assert answer.status_code == 422
    assert "One of the files is larger than 20 MB." in answer.text
    assert (Activity.objects.count(), on_the_disk()) == (0, [])


def test_two_clicks_keep_the_files_once(sign_in, bob, lead):
    browser = sign_in(bob)
    for _click in range(2):
        write(browser, lead, attachments=[upload()])
    assert (AttachedFile.objects.count(), len(on_the_disk())) == (1, 1)


def test_the_undo_of_an_email_drops_its_files_and_no_others(sign_in, bob, lead):
    browser = sign_in(bob)
    attach(browser, lead, upload("terms.pdf", PDF))
    terms = AttachedFile.objects.get()
    write(browser, lead, record_files=[terms.pk], attachments=[upload("new.txt", b"new")])
    assert AttachedFile.objects.count() == 3
    revert_operation(Operation.objects.get(kind="send_email"), by=bob)
    work()
    assert list(AttachedFile.objects.all()) == [terms]
    for path in on_the_disk():
        os.utime(path, (time.time() - DAY - 60,) * 2)
    assert remove_orphaned_attachments() == 1
    assert [path.name for path in on_the_disk()] == [place_of(terms.file).name]


def test_an_email_deleted_before_it_was_sent_keeps_its_files_for_the_next_try(sign_in, bob, lead):
    browser = sign_in(bob)
    write(browser, lead, attachments=[upload()])
    email = Activity.objects.get()
    path = f"/admin/leads/{lead.pk}/activities/{email.pk}"
    browser.post(f"{path}/delete")
    work()
    revert_operation(Operation.objects.get(kind="delete_activity"), by=bob)
    browser.post(f"{path}/send")
    assert len(build_email(Activity.objects.get()).attachments) == 1


def test_an_email_whose_file_is_gone_from_the_disk_is_not_sent_without_it(sign_in, bob, lead, mailoutbox):
    browser = sign_in(bob)
    write(browser, lead, attachments=[upload("offer.pdf", PDF)])
    on_the_disk()[0].unlink()
    work()
    assert mailoutbox == []
    assert "The file “offer.pdf” is no longer on the server." in told(browser.get(f"/admin/leads/{lead.pk}"))


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\0"])
def test_a_file_name_never_begins_another_header(end):
    part = build_attachment(f'a"{end}Bcc: all@example.com{end}{end}x.txt', b"x", "text/plain")
    again = read_again(part)
    assert sorted(again.keys()) == [
        "Content-Disposition",
        "Content-Transfer-Encoding",
        "Content-Type",
        "MIME-Version",
    ]
    assert again.get_filename().endswith("x.txt")
    assert again.get_payload(decode=True) == b"x"


def test_the_page_is_a_plain_form_with_files(sign_in, bob, lead):
    page = sign_in(bob).get(page_of(lead)).text
    form = page.partition('enctype="multipart/form-data"')[2].partition("</form>")[0]
    assert 'type="file" name="attachments"' in form
    assert "multiple" in form
    assert "Up to 10 files, together up to 20 MB." in form


def test_a_template_keeps_the_selected_files_and_asks_for_the_others_again(sign_in, bob, lead):
    browser = sign_in(bob)
    attach(browser, lead)
    known = AttachedFile.objects.get()
    answer = write(browser, lead, insert="1", record_files=[known.pk], attachments=[upload("new.txt", b"x")])
    assert "Choose the files again." in answer.text
    assert answer.context["form"]["record_files"].value() == [str(known.pk)]
    assert not Activity.objects.filter(type="email").exists()


def test_a_full_disk_keeps_what_was_typed(sign_in, bob, lead, monkeypatch):
    from crm.platform.files.store import NotKept

    def full(*_arguments, **_keywords):
        raise NotKept("disk")

    monkeypatch.setattr("crm.platform.files.attachment_storage.put_file", full)
    answer = write(sign_in(bob), lead, attachments=[upload()])
    assert answer.status_code == 422
    assert "The server is out of disk space" in answer.text
    assert "here it is." in answer.text


def test_a_file_without_an_activity_is_on_no_page(sign_in, bob, lead):
    with store_uploads([upload("lost.txt", b"x")]):
        pass
    assert "lost.txt" not in sign_in(bob).get(page_of(lead)).text
