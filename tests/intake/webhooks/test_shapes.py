"""What incoming webhooks read from bodies: paths with values, the shapes of widespread programs, the ID of a delivery."""

import pytest

from crm.records.kinds.kind_registry import KINDS
from intake.webhooks.body_paths import FORM, UnreadableBody, get_texts_by_path
from intake.webhooks.known_programs import find_shape, get_delivery_id, propose_mapping

META = """{"entry": [{"id": "11", "changes": [{"value": {"leadgen_id": "444", "field_data": [
    {"name": "full_name", "values": ["Ana Popescu"]}, {"name": "email", "values": ["ana@example.com"]},
    {"name": "phone_number", "values": ["+40722123456"]}, {"name": "which_color?", "values": ["red", "blue"]}]}}]}]}"""
GOOGLE = """{"lead_id": "TeSt", "google_key": "k", "is_test": false, "user_column_data": [
    {"column_name": "Full Name", "column_id": "FULL_NAME", "string_value": "Ana Popescu"},
    {"column_id": "EMAIL", "string_value": "ana@example.com"}, {"column_id": "CITY", "string_value": "Cluj"}]}"""
CALENDLY = """{"event": "invitee.created", "payload": {"uri": "https://api.calendly.com/i/1", "name": "Ana Popescu",
    "email": "ana@example.com", "questions_and_answers": [{"question": "Topic", "answer": "A lift", "position": 0}],
    "scheduled_event": {"name": "Demo", "start_time": "2026-11-23T09:00:00Z"}}}"""
CAL_COM = """{"triggerEvent": "BOOKING_CREATED", "payload": {"uid": "u1", "title": "Demo",
    "attendees": [{"name": "Ana Popescu", "email": "ana@example.com", "timeZone": "Europe/Bucharest"}],
    "responses": {"notes": {"label": "notes", "value": "A lift"}}}}"""


def json_texts(body):
    return get_texts_by_path(body, "application/json")


def test_nested_values_have_paths_in_the_order_of_the_body():
    texts = json_texts(
        '{"lead": {"email": "a@b.ro"}, "answers": [{"value": "blue"}, {"value": null}], "n": 1.5, "ok": true}'
    )
    assert texts == {"lead.email": "a@b.ro", "answers[0].value": "blue", "n": "1.5", "ok": "true"}


def test_a_list_of_texts_is_one_value():
    assert json_texts('{"colors": ["red", "blue"]}') == {"colors": "red, blue"}


@pytest.mark.parametrize(
    "pair",
    [
        '{"name": "email", "values": ["a@b.ro"]}',
        '{"column_id": "email", "column_name": "User email", "string_value": "a@b.ro"}',
        '{"question": "email", "answer": "a@b.ro"}',
        '{"label": "email", "value": "a@b.ro"}',
    ],
)
def test_pairs_are_addressed_by_their_names(pair):
    assert json_texts(f'{{"data": [{pair}]}}') == {"data[email]": "a@b.ro"}


def test_a_form_has_its_fields_as_paths():
    assert get_texts_by_path("email=a%40b.ro&name=", FORM) == {"email": "a@b.ro"}


@pytest.mark.parametrize("body", ["", "text", "12", "null", "{", "[" * 200_000])
def test_what_is_not_json_cannot_be_read(body):
    with pytest.raises(UnreadableBody):
        json_texts(body)


def test_a_body_with_thousands_of_values_is_read_up_to_a_limit():
    values = ", ".join(f'"field{number}": {number}' for number in range(5_000))
    assert len(json_texts(f"{{{values}}}")) == 300


def test_a_form_with_thousands_of_fields_cannot_be_read():
    with pytest.raises(UnreadableBody):
        get_texts_by_path("&".join(f"field{number}=1" for number in range(5_000)), FORM)


@pytest.mark.parametrize(
    ("body", "name", "email", "delivery"),
    [
        (META, "Meta", "entry[0].changes[0].value.field_data[email]", "444"),
        (GOOGLE, "Google Ads", "user_column_data[EMAIL]", "TeSt"),
        (CALENDLY, "Calendly", "payload.email", "invitee.created https://api.calendly.com/i/1"),
        (CAL_COM, "Cal.com", "payload.attendees[0].email", "BOOKING_CREATED u1"),
    ],
)
def test_the_bodies_of_widespread_programs_are_recognized(db, body, name, email, delivery):
    texts = json_texts(body)
    assert find_shape(texts).name == name
    found = propose_mapping(texts, KINDS["lead"])
    assert found[email] == "email"
    assert "name" in found.values()
    assert get_delivery_id({}, texts, {}) == delivery


def test_questions_without_a_field_become_lines_of_the_description(db):
    found = propose_mapping(json_texts(META), KINDS["lead"])
    assert found["entry[0].changes[0].value.field_data[which_color?]"] == "notes"
    assert (
        propose_mapping(json_texts(CALENDLY), KINDS["request"])["payload.questions_and_answers[Topic]"]
        == "text"
    )


def test_other_bodies_are_read_like_the_headers_of_a_file(db):
    body = '{"contact": {"firstName": "Ana", "E-Mail": "a@b.ro", "companyName": "Acme"}, "status": "new", "id": 4}'
    assert propose_mapping(json_texts(body), KINDS["lead"]) == {
        "contact.firstName": "first_name",
        "contact.E-Mail": "email",
        "contact.companyName": "company",
    }


def test_custom_fields_are_proposed_by_their_label(db, make_field):
    field = make_field("Roof area")
    assert propose_mapping({"answers.roof_area": "12"}, KINDS["lead"]) == {"answers.roof_area": field.name}


def test_the_id_of_a_page_is_not_the_id_of_a_delivery():
    assert get_delivery_id({}, json_texts(META.replace("leadgen_id", "other_id")), {}) == ""


def test_a_chosen_path_counts_before_a_header():
    headers = {"webhook-id": "msg_1"}
    assert get_delivery_id(headers, {"number": "7"}, {"number": "delivery"}) == "7"
    assert get_delivery_id(headers, {"number": "7"}, {}) == "msg_1"
