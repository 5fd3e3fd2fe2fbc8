"""What an attacker can send to a web form: many forms at once, forms that ask whether a person is known, and thousands of entries."""

import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client

from crm.platform.web.middleware import response_timing
from intake.models import Submission
from leads.models import Lead
from tests.intake.conftest import state_in

URLENCODED = "application/x-www-form-urlencoded"


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_of_many_forms_at_once_only_as_many_are_taken_as_the_limit_allows(make_form, visitor):
    form = make_form(most_an_hour=3)
    states = [state_in(visitor.get(form.path)) for _number in range(12)]

    def send(number: int) -> int:
        try:
            sent = {"form_state": states[number], "last_name": "Pop", "email": f"a{number}@x.example"}
            return Client().post(form.path, sent).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        codes = sorted(pool.map(send, range(12)))
    assert codes == [302] * 3 + [429] * 9
    assert Submission.objects.count() == Lead.objects.count() == 3


def test_the_answer_takes_as_long_for_known_people_as_for_unknown_ones(make_form, send, monkeypatch):
    monkeypatch.setattr(response_timing, "STEP", 1.5)
    form = make_form(duplicates="fill")
    taken = []
    for _who in ("unknown", "known"):
        begun = time.monotonic()
        assert send(form, last_name="Pop", email="ana@x.example").status_code == 302
        taken.append(time.monotonic() - begun)
    assert list(Submission.objects.order_by("pk").values_list("state", flat=True)) == ["lead", "known"]
    assert [round(seconds / 1.5) for seconds in taken] == [1, 1]


def test_a_form_with_mistakes_is_answered_at_once(make_form, send, monkeypatch):
    monkeypatch.setattr(response_timing, "STEP", 30)
    assert send(make_form(), last_name="Pop", email="nothing").status_code == 422


@pytest.mark.parametrize(("elapsed", "left"), [(0.0, 0.0), (0.1, 0.15), (0.25, 0.0), (0.3, 0.2), (1.1, 0.15)])
def test_an_answer_leaves_at_the_next_step(elapsed, left, monkeypatch):
    monkeypatch.setattr(response_timing, "STEP", 0.25)
    assert response_timing.get_seconds_left(elapsed) == pytest.approx(left)


@pytest.mark.parametrize("name", ["description", "unknown"])
def test_a_field_with_thousands_of_entries_is_refused_without_a_traceback(make_form, visitor, name, caplog):
    form = make_form()
    sent = [("form_state", state_in(visitor.get(form.path))), *[(name, "x")] * 9_000]
    answer = visitor.post(form.path, urlencode(sent), content_type=URLENCODED)
    assert answer.status_code == 413
    assert "Nothing was sent. Shorten your texts or choose smaller files" in answer.text
    assert not [record for record in caplog.records if record.exc_info]
    assert not Submission.objects.exists()


def test_a_page_for_users_refuses_thousands_of_entries_too(sign_in, ann, caplog):
    answer = sign_in(ann).post(
        "/admin/leads/new", urlencode([("tags", "1")] * 9_000), content_type=URLENCODED
    )
    assert answer.status_code == 413
    assert "Nothing was changed. Send fewer entries at once." in answer.text
    assert not [record for record in caplog.records if record.exc_info]
