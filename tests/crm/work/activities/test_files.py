"""Files on records: adding them, what can't be added, their line on the timeline, downloads."""

import re
from email.message import Message

import pytest
from django.urls import NoReverseMatch, reverse

from crm.models import Activity, AttachedFile, Operation
from crm.platform.files.store import NotKept
from crm.work.activities.verbs import AddActivity
from tests.crm.work.activities.attaching import (
    DRAWING,
    PAGE,
    PDF,
    PROGRAM,
    address_of,
    attach,
    on_the_disk,
    picture,
    place_of,
    upload,
)


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob)


def body(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_file_is_on_the_timeline_with_its_name_its_size_and_what_was_written(sign_in, bob, lead):
    answer = attach(sign_in(bob), lead, upload("offer.pdf", PDF), text="Our **last** offer")
    assert "Added the file." in answer.text
    row = Activity.objects.get()
    assert (row.type, row.created_by, row.minutes, row.outcome) == ("file", bob, None, "")
    entry = answer.text.partition('data-activity="file"')[2].partition("</ul>")[0]
    for part in ("added a file", "<strong>last</strong>", "offer.pdf", "17\xa0bytes"):
        assert part in entry
    assert f'href="{address_of(AttachedFile.objects.get())}" download' in entry


def test_several_files_are_one_activity_and_a_text_is_not_required(sign_in, bob, lead):
    answer = attach(sign_in(bob), lead, upload("a.txt", b"a"), upload("b.txt", b"b"))
    assert "Added 2 files." in answer.text
    assert "added 2 files" in answer.text
    assert list(Activity.objects.get().files.order_by("pk").values_list("name", flat=True)) == [
        "a.txt",
        "b.txt",
    ]


def test_companies_have_files_too(sign_in, bob, make_company):
    browser, company = sign_in(bob), make_company("Omnia", owner=bob)
    attach(browser, company)
    answer = browser.get(address_of(AttachedFile.objects.get()))
    assert body(answer) == PDF


def test_files_that_were_chosen_for_a_note_are_kept_with_it(sign_in, bob, lead):
    answer = attach(sign_in(bob), lead, type="note", text="See the offer")
    entry = answer.text.partition('data-activity="note"')[2]
    assert "offer.pdf" in entry
    assert Activity.objects.get().files.count() == 1


def test_the_tab_files_shows_activities_with_files_only(sign_in, bob, lead):
    browser = sign_in(bob)
    browser.post(f"/admin/leads/{lead.pk}/activities", {"type": "note", "text": "Just words"})
    attach(browser, lead, text="The offer")
    shown = browser.get(f"/admin/leads/{lead.pk}?show=file").text.partition('id="timeline"')[2]
    assert "The offer" in shown
    assert "Just words" not in shown
    assert re.search(r'<a href="\?show=file"[^>]*aria-current="true">Files</a>', shown)


TOO_MANY = [upload(f"{number}.txt", b"x") for number in range(11)]


@pytest.mark.parametrize(
    ("uploads", "text", "sentences"),
    [
        ([upload("a.txt", b"")], "", ["“a.txt” is empty."]),
        (
            [upload("big.txt", b"x" * 1_000_001)],
            "",
            ["“big.txt” is larger than 1 MB.", "Choose the files again."],
        ),
        ([upload("photo.png", PROGRAM)], "", ["“photo.png” is an executable file."]),
        ([upload("photo.png", PAGE)], "", ["“photo.png” isn’t what its name says."]),
        ([upload("offer.PDF", DRAWING)], "", ["“offer.PDF” isn’t what its name says."]),
        ([upload("run.txt", b"#!/bin/sh\nrm -r ~\n")], "", ["“run.txt” is an executable file."]),
        ([upload("offer.pdf.VBS", b"MsgBox 1")], "", ["“offer.pdf.VBS” is an executable file."]),
        ([upload("fine.txt", b"x"), upload("a.exe", b"x")], "", ["“a.exe” is an executable file."]),
        (TOO_MANY, "", ["Choose at most 10 files at a time."]),
        ([upload("fine.txt", b"x")], "x" * 20_001, ["20000", "Choose the files again."]),
    ],
    ids=lambda value: value[0] if isinstance(value, list) and isinstance(value[0], str) else "",
)
def test_a_file_that_can_not_be_added_gets_a_sentence_and_nothing_is_kept(
    sign_in, bob, lead, settings, uploads, text, sentences
):
    settings.FILE_MEGABYTES = 1
    for one in uploads:
        one.seek(0)
    answer = attach(sign_in(bob), lead, *uploads, text=text or "What I typed")
    assert answer.status_code == 422
    for sentence in sentences:
        assert sentence in answer.text
    assert (text or "What I typed") in answer.text
    assert re.search('value="file" checked', answer.text)
    assert (Activity.objects.count(), AttachedFile.objects.count(), on_the_disk()) == (0, 0, [])


def test_a_file_activity_without_a_file_is_not_added(sign_in, bob, lead):
    data = {"type": "file", "text": "What I typed"}
    answer = sign_in(bob).post(f"/admin/leads/{lead.pk}/activities", data)
    assert answer.status_code == 422
    assert "Choose a file." in answer.text
    assert "What I typed" in answer.text


def test_an_upload_that_was_dropped_while_it_arrived_gets_a_sentence(sign_in, bob, lead, monkeypatch):
    monkeypatch.setattr("crm.platform.excel.reading.limits.FILE_BYTES", 1_000)
    answer = attach(sign_in(bob), lead, upload("a.txt", b"a" * 1_001), upload("b.txt", b"b"))
    assert answer.status_code == 422
    assert "One of the files is larger than 20 MB." in answer.text
    assert (Activity.objects.count(), on_the_disk()) == (0, [])


def test_a_full_disk_gets_a_sentence_and_keeps_what_was_typed(sign_in, bob, lead, monkeypatch):
    def full(*_arguments, **_keywords):
        raise NotKept("disk")

    monkeypatch.setattr("crm.platform.files.attachment_storage.put_file", full)
    answer = attach(sign_in(bob), lead, text="What I typed")
    assert answer.status_code == 422
    assert "The server is out of disk space" in answer.text
    assert "What I typed" in answer.text
    assert not Activity.objects.exists()


def test_if_the_transaction_fails_the_file_is_removed_from_the_disk(sign_in, bob, lead, monkeypatch):
    def fail(_verb, _rows):
        assert len(on_the_disk()) == 1
        raise RuntimeError

    monkeypatch.setattr(AddActivity, "write", fail)
    browser = sign_in(bob)
    browser.raise_request_exception = False
    assert attach(browser, lead).status_code == 500
    assert on_the_disk() == []


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("offer.pdf", PDF, "application/pdf"),
        ("offer.txt", PDF, "application/pdf"),
        ("photo.txt", PAGE, "application/octet-stream"),
        ("photo.txt", DRAWING, "application/octet-stream"),
        ("notes.html", b"just words", "text/plain"),
        ("unknown", bytes(range(256)), "application/octet-stream"),
    ],
)
def test_a_download_never_opens_as_a_page_and_only_its_reader_may_keep_it(
    sign_in, bob, lead, name, content, media_type
):
    browser = sign_in(bob)
    attach(browser, lead, upload(name, content, "text/html"))
    answer = browser.get(address_of(AttachedFile.objects.get()))
    assert answer.streaming
    assert body(answer) == content
    assert answer["Content-Type"] == media_type
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["Content-Length"] == str(len(content))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("name", ['Ofertă "finală"; 2026.pdf', "報價.pdf", "a'b%20c.pdf"])
def test_a_download_has_the_name_of_the_upload_whatever_letters_it_has(sign_in, bob, lead, name):
    browser = sign_in(bob)
    attach(browser, lead)
    AttachedFile.objects.update(name=name)
    answer = browser.get(address_of(AttachedFile.objects.get()))
    header = Message()
    header["Content-Disposition"] = answer["Content-Disposition"]
    assert header.get_filename() == name


def test_a_name_with_folders_or_line_ends_never_gets_to_the_disk_or_into_a_header(sign_in, bob, lead):
    """Sent as bytes, because clients clean such names up."""
    browser, end = sign_in(bob), "\r\n"
    name = "..\\..\\etc/pass\u202ewd\x0b.txt"
    parts = [
        '--b\r\nContent-Disposition: form-data; name="type"\r\n\r\nfile',
        f'--b\r\nContent-Disposition: form-data; name="attachments"; filename="{name}"\r\n\r\nwords',
        "--b--\r\n",
    ]
    sent = browser.post(
        f"/admin/leads/{lead.pk}/activities", end.join(parts).encode(), "multipart/form-data; boundary=b"
    )
    assert sent.status_code == 302
    file = AttachedFile.objects.get()
    assert file.name == "passwd.txt"
    assert re.fullmatch("attached/[0-9a-f]{32}", file.file)
    assert [path.name for path in on_the_disk()] == [place_of(file.file).name]
    assert browser.get(address_of(file))["Content-Disposition"] == 'attachment; filename="passwd.txt"'


def test_only_the_server_can_read_the_files_and_no_other_path_leads_to_them(sign_in, bob, lead):
    browser = sign_in(bob)
    attach(browser, lead, upload("photo.png", picture()))
    paths = on_the_disk()
    assert len(paths) == 2
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
    assert paths[0].parent.stat().st_mode & 0o777 == 0o700
    stored = AttachedFile.objects.get().file
    for before in ("", "static/", "files/", "media/", "static/../files/"):
        assert browser.get(f"/{before}{stored}").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("media")


def test_only_people_who_see_the_record_download_its_files(sign_in, cast, lead, make_lead):
    attach(sign_in(cast.bob), lead, upload("photo.png", picture()))
    file = AttachedFile.objects.get()
    for path in (address_of(file), f"{address_of(file)}/thumbnail"):
        assert sign_in(cast.ann).get(path).status_code == 200
        assert sign_in(cast.ben).get(path).status_code == 404
        assert sign_in(cast.dan).get(path).status_code == 404
    other = make_lead("Eva", owner=cast.bob)
    path = address_of(file).replace(f"/leads/{lead.pk}/", f"/leads/{other.pk}/")
    assert sign_in(cast.bob).get(path).status_code == 404


def test_a_file_of_another_activity_of_the_record_is_not_found_there(sign_in, bob, lead):
    browser = sign_in(bob)
    attach(browser, lead)
    attach(browser, lead)
    first, second = AttachedFile.objects.order_by("pk")
    mixed = address_of(first).replace(f"/files/{first.pk}", f"/files/{second.pk}")
    assert browser.get(mixed).status_code == 404


def test_people_who_can_not_change_the_record_add_no_files(sign_in, cast, lead):
    assert attach(sign_in(cast.ben), lead).status_code == 404
    assert (AttachedFile.objects.count(), on_the_disk()) == (0, [])


def test_an_image_is_shown_as_a_thumbnail_with_a_text_for_those_who_do_not_see_it(sign_in, bob, lead):
    browser = sign_in(bob)
    answer = attach(browser, lead, upload("photo.png", picture()))
    path = f"{address_of(AttachedFile.objects.get())}/thumbnail"
    image = re.search(rf'<img src="{path}"[^>]*>', answer.text)[0]
    assert 'alt="Thumbnail of photo.png"' in image
    assert 'width="60" height="60"' in image
    thumbnail = browser.get(path)
    assert thumbnail["Content-Type"] == "image/webp"
    assert thumbnail["Cache-Control"] == "private, no-store"
    assert body(thumbnail)[8:12] == b"WEBP"
    assert "img-src" not in answer["Content-Security-Policy"]
    assert "default-src 'self'" in answer["Content-Security-Policy"]


def test_a_file_without_a_thumbnail_or_one_that_is_gone_from_the_disk_is_not_found(sign_in, bob, lead):
    browser = sign_in(bob)
    attach(browser, lead)
    path = address_of(AttachedFile.objects.get())
    assert browser.get(f"{path}/thumbnail").status_code == 404
    on_the_disk()[0].unlink()
    assert browser.get(path).status_code == 404


def test_without_javascript_the_composer_is_a_plain_form_with_files(sign_in, bob, lead):
    page = sign_in(bob).get(f"/admin/leads/{lead.pk}").text
    form = page.partition('<form class="card composer"')[2].partition("</form>")[0]
    assert 'enctype="multipart/form-data"' in form
    field = re.search(r'<input type="file"[^>]*name="attachments"[^>]*>', form)[0]
    assert "multiple" in field
    (place,) = re.findall(' id="([^"]+)"', field)
    assert f'<label for="{place}">' in form
    assert "Up to 10 files, each up to 20 MB." in form


def test_a_file_in_the_recorded_log_is_called_what_it_is(sign_in, bob, lead):
    browser = sign_in(bob)
    attach(browser, lead)
    assert "Add a file: Jan Novák" in browser.get("/admin/operations").text
    assert Operation.objects.latest("pk").parameters == {"type": "file"}
