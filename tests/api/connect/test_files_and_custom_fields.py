"""CRM Connect: attachments are accepted like unknown fields and shown as empty lists; so are custom fields until there are any."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from leads.models import Lead

# Every response of the dialect that contains leads, and where they are.
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
    """Multipart with one file, two more under one name, and custom fields in form-style keys."""
    parts = {
        **values,
        "file": SimpleUploadedFile("offer.pdf", b"%PDF-1.4", content_type="application/pdf"),
        "file[]": [SimpleUploadedFile("a.txt", b"a"), SimpleUploadedFile("b\0.txt", b"")],
        "custom_fields[leads][1]": "x",
    }
    return {"data": encode_multipart(BOUNDARY, parts), "kind": MULTIPART_CONTENT}


@pytest.mark.parametrize("path", ANSWERS)
def test_every_returned_lead_has_an_empty_list_of_custom_fields(program, lead, path):
    (shown,) = ANSWERS[path](program.get(path.format(lead.pk)))
    assert (shown["id"], shown["customfields"]) == (str(lead.pk), [])


def test_files_in_a_new_lead_are_accepted_and_change_nothing_else(program, new_lead):
    answer = program.post("/api/leads", **with_parts({**new_lead, "city": "Brno"}))
    assert answer["message"] == "Lead add successful."
    lead = Lead.objects.get(pk=answer["record_id"])
    assert (lead.city, lead.last_name, lead.version) == ("Brno", "name", 1)
    assert program.get(f"/api/leads/{lead.pk}")["attachments"] == []


def test_files_in_a_change_are_accepted_and_the_other_fields_are_changed(program, lead):
    answer = program.put(f"/api/leads/{lead.pk}", **with_parts({"city": "Cluj"}))
    assert answer == {"status": True, "message": "Lead Update Successful."}
    lead.refresh_from_db()
    assert (lead.city, lead.last_name, lead.version) == ("Cluj", "Novák", 2)


def test_a_change_of_only_files_and_custom_fields_succeeds_without_an_effect(program, lead):
    program.put(f"/api/leads/{lead.pk}", **with_parts({}))
    program.put(f"/api/leads/{lead.pk}", {"custom_fields": {"leads": {"1": ["x"]}}})
    program.put(f"/api/leads/{lead.pk}", {"custom_fields": None, "file": "none"})
    lead.refresh_from_db()
    assert lead.version == 1


def test_a_file_is_not_the_value_of_a_field(program, lead):
    body = encode_multipart(BOUNDARY, {"city": SimpleUploadedFile("city.txt", b"Cluj")})
    answer = program.put(f"/api/leads/{lead.pk}", body, kind=MULTIPART_CONTENT, expect=422)
    assert list(answer["errors"]) == ["city"]
    lead.refresh_from_db()
    assert lead.city == "Brno"
