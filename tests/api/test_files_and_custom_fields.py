"""CRM Connect: attachments and custom fields are taken as unknown fields are, and shown as the empty lists that they are."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from leads.models import Lead

# Every answer of the dialect that shows leads, and where in it they stand.
ANSWERS = {
    "/api/leads": lambda body: body,
    "/api/leads?sort=name": lambda body: body,
    "/api/leads?page=1": lambda body: body["data"],
    "/api/leads?nr_page=1&per_page=5": lambda body: body,
    "/api/leads/{}": lambda body: [body],
    "/api/leads/search/novák": lambda body: body,
    "/api/leads/search?q=novák": lambda body: body,
    "/api/zapier/poll/leads": lambda body: body["data"],
    "/api/zapier/test/leads": lambda body: body["data"],
}


@pytest.fixture
def program(connect, ann):
    return connect(ann)


@pytest.fixture
def lead(make_lead, ann):
    return make_lead("Jan Novák", owner=ann, city="Brno")


def with_parts(values: dict) -> dict:
    """Multipart with one file, two more under one name, and custom fields in the keys of forms."""
    parts = {
        **values,
        "file": SimpleUploadedFile("offer.pdf", b"%PDF-1.4", content_type="application/pdf"),
        "file[]": [SimpleUploadedFile("a.txt", b"a"), SimpleUploadedFile("b\0.txt", b"")],
        "custom_fields[leads][1]": "x",
    }
    return {"data": encode_multipart(BOUNDARY, parts), "kind": MULTIPART_CONTENT}


@pytest.mark.parametrize("path", ANSWERS)
def test_every_lead_that_is_shown_has_an_empty_list_of_custom_fields(program, lead, path):
    (shown,) = ANSWERS[path](program.get(path.format(lead.pk)))
    assert (shown["id"], shown["customfields"]) == (str(lead.pk), [])


def test_files_of_a_new_lead_are_taken_and_nothing_else_changes(program, new_lead):
    answer = program.post("/api/leads", **with_parts({**new_lead, "city": "Brno"}))
    assert answer["message"] == "Lead add successful."
    lead = Lead.objects.get(pk=answer["record_id"])
    assert (lead.city, lead.last_name, lead.version) == ("Brno", "name", 1)
    assert program.get(f"/api/leads/{lead.pk}")["attachments"] == []


def test_files_of_a_change_are_taken_and_the_other_fields_are_changed(program, lead):
    answer = program.put(f"/api/leads/{lead.pk}", **with_parts({"city": "Cluj"}))
    assert answer == {"status": True, "message": "Lead Update Successful."}
    lead.refresh_from_db()
    assert (lead.city, lead.last_name, lead.version) == ("Cluj", "Novák", 2)


def test_a_change_of_files_and_custom_fields_alone_succeeds_and_changes_nothing(program, lead):
    program.put(f"/api/leads/{lead.pk}", **with_parts({}))
    program.put(f"/api/leads/{lead.pk}", {"custom_fields": {"leads": {"1": ["x"]}}})
    program.put(f"/api/leads/{lead.pk}", {"custom_fields": None, "file": "none"})
    lead.refresh_from_db()
    assert lead.version == 1


def test_what_is_only_a_file_is_no_value_of_a_field(program, lead):
    body = encode_multipart(BOUNDARY, {"city": SimpleUploadedFile("city.txt", b"Cluj")})
    answer = program.put(f"/api/leads/{lead.pk}", body, kind=MULTIPART_CONTENT, expect=422)
    assert list(answer["errors"]) == ["city"]
    lead.refresh_from_db()
    assert lead.city == "Brno"
