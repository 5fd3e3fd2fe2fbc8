"""Which calls are repeated, after how long, and what an exit code says."""

import httpx
import pytest
from leadwell.connection.calls import ATTEMPTS, get_wait
from leadwell.failures import Exit, build_failure, get_exit_code

from leads.models import Lead
from tests.command_line.conftest import build_problem

REFUSED = httpx.ConnectError("Connection refused")
LOST = httpx.ReadError("The connection was closed.")


@pytest.mark.parametrize(
    ("status", "code", "exit_code"),
    [
        (400, "unreadable", 1),
        (400, "invalid_cursor", 1),
        (401, "no_key", 3),
        (401, "bad_key", 3),
        (403, "expired", 3),
        (403, "address", 3),
        (403, "forbidden", 1),
        (404, "not_found", 4),
        (409, "busy", 1),
        (409, "duplicate", 1),
        (410, "cursor_expired", 1),
        (412, "changed_since", 1),
        (413, "too_large", 1),
        (422, "invalid", 1),
        (429, "limit", 5),
        (500, "", 5),
        (502, "", 5),
        (503, "unavailable", 5),
    ],
)
def test_each_answer_has_its_exit_code(status, code, exit_code):
    assert get_exit_code(status, code) == exit_code


@pytest.mark.parametrize(
    ("status", "code", "after", "repeatable", "seconds"),
    [
        (429, "limit", "12", True, 12),
        (429, "limit", "12", False, 12),
        (503, "unavailable", "5", True, 5),
        (503, "unavailable", "5", False, None),
        (503, "too_slow", "60", True, 60),
        (503, "too_slow", "", True, None),
        (502, "", "", True, 2),
        (502, "", "", False, None),
        (504, "", "", True, 2),
        (503, "unavailable", "3600", True, None),
        (409, "busy", "", False, 1),
        (409, "duplicate", "", True, None),
        (500, "", "", True, None),
        (422, "invalid", "", True, None),
    ],
)
def test_a_call_is_made_again_only_where_it_helps_and_does_nothing_twice(
    status, code, after, repeatable, seconds
):
    answer = httpx.Response(status, headers={"Retry-After": after} if after else {})
    assert get_wait(answer, {"code": code} if code else {}, repeatable) == seconds


def test_the_program_waits_as_long_as_leadwell_says(ann_types, server, pauses):
    server.faults = [
        build_problem(429, "limit", **{"Retry-After": "12"}),
        build_problem(503, "unavailable", **{"Retry-After": "5"}),
    ]
    answered = ann_types("leads", "list", "-o", "json")
    assert answered.json == []
    assert pauses == [12, 5]
    assert "Trying again in 12 seconds" in answered.err


def test_reading_is_repeated_after_a_lost_answer(ann_types, server, pauses):
    server.faults = [LOST, REFUSED]
    ann_types("leads", "list")
    assert pauses == [1, 2]


def test_a_server_that_cannot_be_reached_ends_the_command(ann_types, server, pauses):
    server.faults = [REFUSED] * ATTEMPTS
    assert "can't be reached" in ann_types("leads", "list", code=Exit.CONNECTION).err
    assert len(pauses) == ATTEMPTS - 1


def test_adding_is_repeated_with_the_same_key_so_nothing_is_added_twice(ann_types, server):
    server.lost = {len(server.called) + 1}
    ann_types("leads", "add", "last_name=Berg")
    keys = [one.headers["Idempotency-Key"] for one in server.called if one.method == "POST"]
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert Lead.objects.filter(last_name="Berg").count() == 1


def test_two_commands_have_different_keys(ann_types, server):
    ann_types("leads", "add", "last_name=Berg")
    ann_types("leads", "add", "last_name=Berg")
    keys = [one.headers["Idempotency-Key"] for one in server.called if one.method == "POST"]
    assert len(set(keys)) == 2
    assert Lead.objects.filter(last_name="Berg").count() == 2


def test_a_change_whose_answer_was_lost_is_not_repeated(ann_types, server, make_lead, ann):
    lead = make_lead(owner=ann)
    server.faults = [LOST]
    answered = ann_types("leads", "edit", lead.pk, "city=Vienna", code=Exit.CONNECTION)
    assert "Look before you repeat the command." in answered.err
    assert server.count("PATCH", f"/leads/{lead.pk}") == 1


def test_a_change_that_never_reached_the_server_is_repeated(ann_types, server, make_lead, ann):
    lead = make_lead(owner=ann)
    server.faults = [REFUSED]
    ann_types("leads", "edit", lead.pk, "city=Vienna")
    lead.refresh_from_db()
    assert lead.city == "Vienna"


def test_a_wrong_certificate_is_not_tried_again(ann_types, server, pauses):
    import ssl

    error = httpx.ConnectError("certificate verify failed")
    error.__cause__ = ssl.SSLError("certificate verify failed")
    server.faults = [error]
    ann_types("leads", "list", code=Exit.CONNECTION)
    assert pauses == []


def test_an_answer_that_is_no_json_is_not_taken_for_one_of_leadwell(ann_types, server):
    server.faults = [httpx.Response(200, text="<html>Welcome to the hotel</html>")]
    assert "isn't one of Leadwell" in ann_types("leads", "list", code=Exit.CONNECTION).err
    server.faults = [httpx.Response(404, text="<html>Nothing here</html>")]
    assert "Is a Leadwell at this address?" in ann_types("leads", "list", code=Exit.NOT_FOUND).err


def test_every_sentence_of_an_error_is_shown_with_its_field():
    errors = [
        {"parameter": "email", "detail": "Enter a valid email address."},
        {"parameter": None, "detail": "Too late."},
    ]
    failure = build_failure(
        422, {"code": "invalid", "detail": "The given data was invalid.", "errors": errors}
    )
    assert failure.sentence == "The given data was invalid."
    assert failure.details == ["email: Enter a valid email address.", "Too late."]


def test_of_four_hundred_filters_only_similar_ones_are_shown(ann_types):
    answered = ann_types("leads", "list", "-f", "contry=DE", code=Exit.REFUSED)
    assert "Unknown parameter 'contry'. Similar ones: country" in answered.err
    assert len(answered.err) < 400
