"""A file in the form of a record: chosen, replaced, removed, refused, and kept while the form isn't saved yet."""

import re
import time

import pytest
from django.conf import settings

from crm.fields.custom.files.file_input import UNSAVED_SECONDS
from crm.models import ValueFile
from crm.platform.files.error_messages import get_refusal_sentence
from crm.platform.files.store import NotKept
from leads.models import Lead
from tests.crm.fields.custom.files.conftest import (
    change_definition,
    form_of,
    held,
    save,
    undo_last,
    unsaved_inputs,
)
from tests.crm.work.activities.attaching import PDF, PROGRAM, on_the_disk, picture, place_of, upload

NEW = "/admin/leads/new"


@pytest.fixture
def signed_before(monkeypatch):
    """Calling it lets signed texts be so many seconds older."""

    def grow_old(seconds: int) -> None:
        now = time.time
        monkeypatch.setattr("django.core.signing.time.time", lambda: now() + seconds)

    return grow_old


def test_a_file_is_chosen_in_the_form_of_a_record(field, lead, bob, sign_in):
    assert save(sign_in(bob), lead, **{field.name: upload("contract.pdf")}).status_code == 302
    kept = held(field, lead)
    assert (kept["name"], kept["size"], kept["content_type"]) == ("contract.pdf", len(PDF), "application/pdf")
    assert place_of(kept["file"]).read_bytes() == PDF
    assert list(ValueFile.objects.values_list("file", flat=True)) == [kept["file"]]


def test_a_new_record_is_added_with_its_file(field, bob, sign_in):
    browser = sign_in(bob)
    sent = form_of(browser, NEW) | {"last_name": "Novák", field.name: upload("contract.pdf")}
    assert browser.post(NEW, sent).status_code == 302
    lead = Lead.objects.get(last_name="Novák")
    assert held(field, lead)["name"] == "contract.pdf"
    assert ValueFile.objects.count() == 1


def test_saving_the_form_without_a_choice_keeps_the_file(field, filled, bob, sign_in):
    before = held(field, filled)
    assert save(sign_in(bob), filled, description="Signed").status_code == 302
    filled.refresh_from_db()
    assert (held(field, filled), filled.description) == (before, "Signed")


def test_another_file_replaces_the_first_one_and_an_undo_brings_it_back(field, filled, bob, sign_in):
    first = held(field, filled)
    save(sign_in(bob), filled, **{field.name: upload("signed.pdf")})
    assert held(field, filled)["name"] == "signed.pdf"
    undo_last(by=bob)
    assert held(field, filled) == first
    undo_last(by=bob)
    assert held(field, filled)["name"] == "signed.pdf"


def test_the_same_file_uploaded_again_is_another_value(field, filled, bob, sign_in):
    first = held(field, filled)
    save(sign_in(bob), filled, **{field.name: upload("contract.pdf")})
    assert held(field, filled)["file"] != first["file"]


def test_a_file_is_removed_and_an_undo_brings_it_back(field, filled, bob, sign_in):
    first = held(field, filled)
    save(sign_in(bob), filled, **{f"{field.name}-remove": "1"})
    assert held(field, filled) is None
    undo_last(by=bob)
    assert held(field, filled) == first


def test_a_new_file_wins_over_the_mark_that_removes_the_old_one(field, filled, bob, sign_in):
    save(sign_in(bob), filled, **{f"{field.name}-remove": "1", field.name: upload("signed.pdf")})
    assert held(field, filled)["name"] == "signed.pdf"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.pdf", b"", "“empty.pdf” is empty."),
        ("run.pdf", PROGRAM, "“run.pdf” is an executable file. Executable files can’t be attached."),
        ("picture.pdf", b"no PDF", "“picture.pdf” isn’t what its name says."),
        ("long.pdf", PDF + bytes(1_000_000), "“long.pdf” is larger than 1 MB."),
    ],
)
def test_a_file_that_may_not_be_attached_is_refused_with_the_sentence_of_attached_files(
    field, filled, bob, sign_in, monkeypatch, name, content, sentence
):
    monkeypatch.setattr(settings, "FILE_MEGABYTES", 1)
    before, on_disk = held(field, filled), on_the_disk()
    answer = save(sign_in(bob), filled, description="Kept input", **{field.name: upload(name, content)})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "Kept input" in answer.content.decode()
    assert (held(field, filled), on_the_disk()) == (before, on_disk)
    assert not unsaved_inputs(answer)


def test_a_form_with_another_error_keeps_the_file_until_it_is_saved(field, lead, bob, sign_in):
    browser = sign_in(bob)
    answer = save(browser, lead, email="no address", **{field.name: upload("contract.pdf")})
    assert answer.status_code == 422
    assert "contract.pdf" in answer.content.decode()
    assert "not saved yet" in answer.content.decode()
    assert held(field, lead) is None
    assert not ValueFile.objects.exists()
    assert save(browser, lead, **unsaved_inputs(answer)).status_code == 302
    assert held(field, lead)["name"] == "contract.pdf"
    assert len(on_the_disk()) == 1


def test_a_file_that_is_not_saved_yet_can_be_removed_from_the_form(field, lead, bob, sign_in):
    browser = sign_in(bob)
    answer = save(browser, lead, email="no address", **{field.name: upload("contract.pdf")})
    save(browser, lead, **unsaved_inputs(answer), **{f"{field.name}-remove": "1"})
    assert held(field, lead) is None


@pytest.mark.parametrize("way", ["another user", "another field", "made up", "too late"])
def test_a_file_that_is_not_saved_yet_belongs_to_its_user_its_field_and_a_limited_time(
    field, lead, bob, ann, sign_in, make_field, signed_before, way
):
    browser = sign_in(bob)
    answer = save(browser, lead, email="no address", **{field.name: upload("contract.pdf")})
    ((name, sealed),) = unsaved_inputs(answer).items()
    other = make_field("Photo", "file")
    if way == "another user":
        save(sign_in(ann), lead, **{name: sealed})
    elif way == "another field":
        save(browser, lead, **{f"{other.name}-unsaved": sealed})
    elif way == "made up":
        save(browser, lead, **{name: f"{sealed}x"})
    else:
        signed_before(UNSAVED_SECONDS + 1)
        save(browser, lead, **{name: sealed})
    assert held(field, lead) is None
    assert held(other, lead) is None


def test_a_required_file_is_asked_of_new_records_and_can_not_be_removed(field, filled, bob, sign_in):
    change_definition(field, required=True)
    browser = sign_in(bob)
    sent = form_of(browser, NEW) | {"last_name": "Without"}
    assert browser.post(NEW, sent).context["form"].errors == {field.name: ["This field is required."]}
    answer = save(browser, filled, **{f"{field.name}-remove": "1"})
    assert answer.context["form"].errors == {field.name: ["This field is required."]}
    assert held(field, filled)


def test_the_form_offers_the_present_file_and_to_remove_it(field, filled, bob, sign_in):
    page = sign_in(bob).get(f"{filled.get_absolute_url()}/edit").content.decode()
    assert f'href="{filled.get_absolute_url()}/files/{field.name}" download>contract.pdf</a>' in page
    assert f'name="{field.name}-remove"' in page
    assert 'enctype="multipart/form-data"' in page


def test_a_picture_is_kept_with_its_thumbnail(field, lead, bob, sign_in):
    save(sign_in(bob), lead, **{field.name: upload("device.png", picture())})
    assert held(field, lead)["has_thumbnail"]
    assert len(on_the_disk()) == 2


def test_two_users_who_choose_different_files_decide_and_the_page_keeps_the_file(
    field, filled, ann, bob, sign_in
):
    address, browser = f"{filled.get_absolute_url()}/edit", sign_in(ann)
    filled.refresh_from_db()
    old = form_of(browser, address) | {"version": filled.version}
    save(sign_in(bob), filled, **{field.name: upload("bob.pdf")})
    answer = browser.post(address, old | {field.name: upload("ann.pdf")})
    assert answer.status_code == 409
    assert "bob.pdf" in answer.text
    assert "ann.pdf" in answer.text
    decided = re.search(r'name="decided" value="(\d+)"', answer.text)[1]
    chosen = {"decided": decided, f"keep_{field.name}": "mine"} | unsaved_inputs(answer)
    assert browser.post(address, old | chosen).status_code == 302
    assert held(field, filled)["name"] == "ann.pdf"


def test_a_file_that_was_dropped_while_it_arrived_gets_a_sentence(field, lead, bob, sign_in, monkeypatch):
    monkeypatch.setattr("crm.platform.excel.reading.limits.FILE_BYTES", 1_000)
    answer = save(sign_in(bob), lead, description="Kept input", **{field.name: upload("a.txt", b"a" * 1_001)})
    assert answer.status_code == 422
    assert "One of the files is larger than 20 MB." in answer.text
    assert "Kept input" in answer.text


def test_a_store_out_of_reach_gets_a_sentence_and_keeps_what_was_typed(
    field, lead, bob, sign_in, monkeypatch
):
    def away(*_arguments, **_keywords):
        raise NotKept("store")

    monkeypatch.setattr("crm.platform.files.attachment_storage.put_file", away)
    answer = save(sign_in(bob), lead, description="Kept input", **{field.name: upload()})
    assert answer.status_code == 422
    assert get_refusal_sentence("store") in answer.text
    assert "Kept input" in answer.text
    lead.refresh_from_db()
    assert lead.description == ""


def test_whoever_may_only_read_the_field_sees_the_name_and_changes_nothing(field, filled, ada, bob, sign_in):
    change_definition(field, editors=[ada.groups.get().pk])
    before, browser = held(field, filled), sign_in(bob)
    assert 'type="file"' not in browser.get(f"{filled.get_absolute_url()}/edit").text
    answer = save(browser, filled, **{field.name: upload("other.pdf")})
    assert held(field, filled) == before
    assert len(on_the_disk()) == 1
    assert "contract.pdf" in browser.get(f"{filled.get_absolute_url()}/edit").text
    assert answer.status_code in (302, 422)


def test_a_form_without_file_fields_is_sent_as_before(lead, bob, sign_in):
    assert "multipart" not in sign_in(bob).get(f"{lead.get_absolute_url()}/edit").text
