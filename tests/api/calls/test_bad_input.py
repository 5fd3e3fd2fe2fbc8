"""Bad input everywhere: the documented error, nothing written, never a server error."""

import json

import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from crm.models import Operation
from leads.models import Lead
from tests.examples import one_in

FORM = "application/x-www-form-urlencoded"
DEEP = b'{"name":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
UNREADABLE = {
    "no json": b"{",
    "half a json": b'{"name": "x"',
    "not utf-8": b'{"name": "\xff\xfe"}',
    "deep": DEEP,
    "NaN": b'{"lead_value": NaN}',
    "a list": b'[{"name": "x"}]',
    "a text": b'"name"',
    "a number": b"17",
    "null": b"null",
    "a long number": b'{"source": ' + b"9" * 5000 + b"}",
}
VALUES = {
    "name": [["x"], {"a": "b"}, True, "a\0b", "\ud800", "", None, "   ", "x" * 601],
    "source": ["x", 1.5, [], {}, True, "1 OR 1=1", "9" * 5000, -1, "", None, 0, 2**63],
    "status": ["x", [], {}, "\0", -5, 1e400, 2**62],
    "assigned": ["x", [], {}, False, "é"],
    "email": [["a@b.c"], {"a": 1}, "x" * 255, "a\0@b.c"],
    "tags": [["hot"], {"a": 1}, "a\0", "x" * 61],
    "country": [["RO"], "Atlantis", -1, "99999", "\0", "𝟙"],
    "lead_value": ["much", -1, "1e400", "NaN", "Infinity", [], "123456789012345.00", "1.234"],
    "lastcontact": ["yesterday", "2026-02-30", "99999-01-01", "0001-01-01", [], "\0", "25/13/2026"],
    "is_public": ["maybe", [], 2, 1.0, "\0"],
    "lost": ["maybe", {}],
    "description": ["x" * 50_001, ["x"], "\0"],
    "phonenumber": ["1" * 61, ["1"]],
    "custom_contact_date": ["soon"],
}


@pytest.fixture
def program(connect, ann):
    return connect(ann)


@pytest.fixture
def lead(make_lead, ann):
    return make_lead(owner=ann)


@pytest.mark.parametrize("name", UNREADABLE)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_an_unreadable_body_is_rejected(program, lead, method, name):
    before = Operation.objects.count()
    path = "/api/leads" if method == "POST" else f"/api/leads/{lead.pk}"
    answer = program.call(method, path, UNREADABLE[name])
    assert program.last.status_code in (400, 422) or (name == "null" and program.last.status_code == 406)
    assert answer["status"] is False
    assert Operation.objects.count() == before


@pytest.mark.parametrize(
    ("name", "value"), one_in(3, [(name, value) for name, values in VALUES.items() for value in values])
)
def test_a_value_of_the_wrong_type_is_named(program, lead, new_lead, name, value):
    before = Operation.objects.count()
    body = json.dumps({**new_lead, name: value})
    answer = program.call("POST", "/api/leads", body, expect=422 if value != 1e400 else None)
    assert value == 1e400 or name in answer["errors"]
    changed = program.call("PUT", f"/api/leads/{lead.pk}", json.dumps({name: value}))
    assert program.last.status_code in (200, 400, 422), changed
    if program.last.status_code == 200:
        # Unassigned, which PUT allows.
        assert (
            (name, value) == ("name", None) or name in ("assigned", "source", "status") or value in ("", None)
        )
    assert Operation.objects.count() == before
    assert Lead.objects.count() == 1


@pytest.mark.parametrize("kind", ["application/json", FORM, MULTIPART_CONTENT, "text/plain"])
def test_ten_megabytes_are_too_large(program, kind):
    assert program.call("POST", "/api/leads", b"x" * 10_000_000, kind=kind, expect=413)["status"] is False


def test_five_megabytes_of_json_are_read_and_rejected_by_field(program, new_lead):
    answer = program.post("/api/leads", {**new_lead, "description": "x" * 4_900_000}, expect=422)
    assert list(answer["errors"]) == ["description"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "image/png", "nonsense", "application/json; charset=x"]
)
def test_other_content_types_are_not_accepted(program, kind):
    assert program.call("POST", "/api/leads", b"<x/>", kind=kind)["status"] is False
    assert program.last.status_code in (400, 415)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xfe\x00", FORM),
        (b"&".join(b"a%d=1" % number for number in range(6000)), FORM),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
        (b"nonsense", "multipart/form-data"),
        (b"%00=%00&name=%00", FORM),
    ],
)
def test_an_invalid_form_is_rejected(program, body, kind):
    assert program.call("POST", "/api/leads", body, kind=kind)["status"] is False
    assert program.last.status_code in (400, 422)
    assert not Lead.objects.exists()


def test_the_last_value_of_a_repeated_field_wins(program, new_lead):
    body = "&".join(f"{name}={value}" for name, value in new_lead.items())
    pk = program.post("/api/leads", f"name=First&{body}&name=Last", kind=FORM)["record_id"]
    assert Lead.objects.get(pk=pk).last_name == "Last"


def test_files_and_unknown_fields_are_accepted_and_ignored(program, new_lead):
    from django.core.files.uploadedfile import SimpleUploadedFile

    sent = {
        **new_lead,
        "file": SimpleUploadedFile("x.txt", b"x"),
        "custom_fields[leads][1]": "x",
        "hash": "mine",
    }
    pk = program.post("/api/leads", encode_multipart(BOUNDARY, sent), kind=MULTIPART_CONTENT)["record_id"]
    shown = program.get(f"/api/leads/{pk}")
    assert (shown["attachments"], shown["customfields"]) == ([], [])
    assert shown["hash"] != "mine"


def test_read_only_fields_are_not_written(program, lead, ann):
    sent = {
        "id": "5",
        "addedfrom": "99",
        "dateadded": "2000-01-01",
        "department": 7,
        "version": 9,
        "owner": 1,
        "vip": 1,
    }
    program.put(f"/api/leads/{lead.pk}", {**sent, "deleted_at": "2020-01-01", "city": "Cluj"})
    found = Lead.objects.get()
    assert (found.pk, found.version, found.vip, found.deleted_at) == (lead.pk, 2, False, None)
    assert found.created_at == lead.created_at
