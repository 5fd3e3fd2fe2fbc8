"""Who downloads the file of a record: those who see the record and the field, and with the headers of attached files."""

import pytest

from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Delete
from leads.models import Lead
from tests.crm.fields.custom.files.conftest import address_of, change_definition, held, save
from tests.crm.work.activities.attaching import PAGE, PDF, picture, place_of, upload


def test_whoever_sees_the_record_downloads_its_file(field, filled, bob, ann, sign_in):
    for user in (bob, ann):
        answer = sign_in(user).get(address_of(field, filled))
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content) == PDF


def test_a_file_is_sent_as_an_attachment_that_runs_nothing(field, filled, bob, sign_in):
    answer = sign_in(bob).get(address_of(field, filled))
    assert answer["Content-Disposition"] == 'attachment; filename="contract.pdf"'
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "private, no-store"


def test_a_page_is_sent_as_unknown_bytes(field, lead, bob, sign_in):
    save(sign_in(bob), lead, **{field.name: upload("page.html", PAGE)})
    assert sign_in(bob).get(address_of(field, lead))["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize("more", ["", "/thumbnail"])
def test_the_file_of_a_record_out_of_sight_is_not_found(field, lead, bob, carla, sign_in, more):
    save(sign_in(bob), lead, **{field.name: upload("device.png", picture())})
    assert sign_in(bob).get(address_of(field, lead, more)).status_code == 200
    assert sign_in(carla).get(address_of(field, lead, more)).status_code == 404


@pytest.mark.parametrize("more", ["", "/thumbnail"])
def test_a_role_that_must_not_see_the_field_gets_neither_name_nor_bytes(field, lead, ada, bob, sign_in, more):
    save(sign_in(bob), lead, **{field.name: upload("device.png", picture())})
    change_definition(field, roles=[ada.groups.get().pk])
    browser = sign_in(bob)
    assert browser.get(address_of(field, lead, more)).status_code == 404
    for page in ("", "/edit"):
        assert "device.png" not in browser.get(f"{lead.get_absolute_url()}{page}").content.decode()
    assert sign_in(ada).get(address_of(field, lead, more)).status_code == 200


def test_only_the_file_of_this_record_and_field_is_found(field, filled, make_lead, make_field, bob, sign_in):
    other, text = make_lead("Other", owner=bob), make_field("Course")
    browser = sign_in(bob)
    wrong = [address_of(field, other), address_of(text, filled), f"{filled.get_absolute_url()}/files/email"]
    assert [browser.get(address).status_code for address in wrong] == [404, 404, 404]


def test_a_retired_field_sends_nothing(field, filled, bob, sign_in):
    change_definition(field, retired=True)
    assert sign_in(bob).get(address_of(field, filled)).status_code == 404


def test_the_file_of_a_record_in_trash_is_sent_to_those_who_see_it_there(field, filled, ada, bob, sign_in):
    carry_out(Delete(), Lead.objects.filter(pk=filled.pk), by=ada)
    assert sign_in(bob).get(address_of(field, filled)).status_code == 200


def test_a_file_that_is_gone_from_the_store_is_not_found(field, filled, bob, sign_in):
    place_of(held(field, filled)["file"]).unlink()
    assert sign_in(bob).get(address_of(field, filled)).status_code == 404


def test_only_reading_is_answered(field, filled, bob, sign_in):
    assert sign_in(bob).post(address_of(field, filled)).status_code == 405
