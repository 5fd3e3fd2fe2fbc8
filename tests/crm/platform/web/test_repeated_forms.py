"""A form that is sent again after the connection broke isn't saved twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client

from crm.models import Activity, SavedForm
from crm.platform.web.middleware.repeated_forms import delete_expired_saved_forms
from leads.models import Lead

KEY = "0123456789abcdef" * 2


@pytest.fixture
def lead(make_lead, bob):
    return make_lead(owner=bob)


def add_note(client, lead, text="Called", **more):
    return client.post(f"/admin/leads/{lead.pk}/activities", {"type": "note", "text": text, **more})


def count_notes() -> int:
    return Activity.objects.filter(type="note").count()


def test_the_same_note_sent_twice_is_added_once_and_leads_to_the_same_page(sign_in, bob, lead):
    client = sign_in(bob)
    first = add_note(client, lead, submission_key=KEY)
    again = add_note(client, lead, submission_key=KEY)
    assert (first.status_code, again.status_code) == (302, 302)
    assert again["Location"] == first["Location"]
    assert count_notes() == 1
    assert "This was already saved." in client.get(again["Location"]).content.decode()


def test_a_redirect_for_a_script_brings_its_message_to_the_next_page(sign_in, bob, lead):
    client = sign_in(bob)
    sent = client.post(
        f"/admin/leads/{lead.pk}/activities",
        {"type": "note", "text": "Called"},
        headers={"HX-Request": "true"},
    )
    assert (sent.status_code, sent["HX-Redirect"]) == (200, f"/admin/leads/{lead.pk}")
    assert "Added the note." in client.get(sent["HX-Redirect"]).content.decode()


def test_a_form_without_a_key_or_with_another_is_saved_each_time(sign_in, bob, lead):
    client = sign_in(bob)
    for key in ("", KEY, KEY[::-1], "not a key", "not a key"):
        add_note(client, lead, submission_key=key)
    assert count_notes() == 5


def test_a_form_that_came_back_with_an_error_can_be_sent_again_with_its_key(sign_in, bob, lead):
    client = sign_in(bob)
    assert add_note(client, lead, text="", submission_key=KEY).status_code >= 400
    assert add_note(client, lead, submission_key=KEY).status_code == 302
    assert count_notes() == 1


def test_a_page_that_asks_for_more_has_saved_nothing_so_its_key_is_free(sign_in, bob, lead):
    client = sign_in(bob)
    client.post(f"/admin/leads/{lead.pk}/activities", {"type": "note", "insert": "1", "submission_key": KEY})
    add_note(client, lead, submission_key=KEY)
    assert count_notes() == 1


def test_a_key_belongs_to_its_user(sign_in, bob, ann, lead):
    add_note(sign_in(bob), lead, submission_key=KEY)
    add_note(sign_in(ann), lead, submission_key=KEY)
    assert count_notes() == 2


def test_the_kept_path_has_no_search_words(sign_in, bob, lead):
    add_note(sign_in(bob), lead, submission_key=KEY, list="search=ana")
    assert SavedForm.objects.get().path == f"/admin/leads/{lead.pk}"


def test_keys_are_kept_for_a_day(sign_in, bob, lead):
    add_note(sign_in(bob), lead, submission_key=KEY)
    assert delete_expired_saved_forms() == 0
    saved = SavedForm.objects.get()
    SavedForm.objects.update(at=saved.at - timedelta(days=1, minutes=1))
    assert delete_expired_saved_forms() == 1


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_five_threads_with_one_key_add_one_note(bob, lead):
    def add(_):
        client = Client()
        client.force_login(bob)
        try:
            return add_note(client, lead, submission_key=KEY).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        codes = set(pool.map(add, range(5)))
    assert codes == {302}
    assert count_notes() == 1
    assert Lead.objects.get(pk=lead.pk)
