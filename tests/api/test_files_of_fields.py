"""Files of custom fields for programs: name, size and address come out, the bytes at that address; nothing goes in."""

import pytest

from tests.crm.fields.custom.files.conftest import (  # noqa: F401 - fixtures
    change_definition,
    field,
    filled,
    held,
    lead,
)
from tests.crm.work.activities.attaching import PDF

LEADS = "/api/v2/leads"


@pytest.fixture
def program(umbra, bob):
    return umbra(bob)


def test_a_program_reads_the_name_the_size_the_type_and_where_the_file_is(program, field, filled, settings):  # noqa: F811
    settings.SITE_URL = "https://crm.example.com"
    shown = {
        "name": "contract.pdf",
        "size": len(PDF),
        "content_type": "application/pdf",
        "url": f"https://crm.example.com/api/v2/leads/{filled.pk}/files/{field.name}",
    }
    assert program.get(f"{LEADS}/{filled.pk}")["custom_fields"] == {field.name: shown}
    assert program.get(LEADS)["leads"][0]["custom_fields"] == {field.name: shown}


@pytest.mark.parametrize("value", ["contract.pdf", None, {"name": "contract.pdf"}])
def test_a_program_that_sends_a_file_learns_where_files_are_uploaded(program, field, filled, value):  # noqa: F811
    before = held(field, filled)
    sent = {"custom_fields": {field.name: value}}
    (error,) = program.patch(f"{LEADS}/{filled.pk}", sent, expect=422)["errors"]
    assert error["parameter"] == f"custom_fields.{field.name}"
    assert error["detail"].startswith("Files are uploaded in Leadwell, in the form of the record.")
    assert held(field, filled) == before


def test_a_change_of_another_field_keeps_the_file(program, field, filled):  # noqa: F811
    before = held(field, filled)
    program.patch(f"{LEADS}/{filled.pk}", {"city": "Cluj"})
    assert held(field, filled) == before


def test_a_required_file_is_not_asked_of_programs(program, field, new_lead, connect, bob, departments):  # noqa: F811
    change_definition(field, required=True)
    program.post(LEADS, {"last_name": "Berg"}, expect=201)
    connect(bob).post("/api/leads", new_lead | {"assigned": bob.pk})


def test_the_definition_says_that_programs_only_read_it(program, field):  # noqa: F811
    (row,) = program.get("/api/v2/lead-custom-fields")["lead_custom_fields"]
    assert (row["type"], row["result"], row["read_only"]) == ("file", "file", True)


def test_a_record_is_filtered_by_having_a_file(program, field, filled, make_lead, bob):  # noqa: F811
    other = make_lead("Other", owner=bob)
    found = {
        name: [row["id"] for row in program.get(f"{LEADS}?{field.name}.{name}=yes")["leads"]]
        for name in ("filled", "empty")
    }
    assert found == {"filled": [filled.pk], "empty": [other.pk]}


def test_crm_connect_shows_the_name(connect, field, filled, bob):  # noqa: F811
    row = connect(bob).get(f"/api/leads/{filled.pk}")
    assert row["customfields"] == [{"label": "Contract", "value": "contract.pdf"}]
    (described,) = connect(bob).get(f"/api/custom_fields/leads/{filled.pk}")
    assert (described["type"], described["value"]) == ("input", "contract.pdf")


def test_crm_connect_ignores_a_file_that_a_program_sends(connect, field, filled, bob):  # noqa: F811
    before = held(field, filled)
    connect(bob).put(
        f"/api/leads/{filled.pk}",
        {"city": "Cluj", "custom_fields": {"leads": {str(field.definition.pk): "other.pdf"}}},
    )
    assert held(field, filled) == before


def test_a_token_downloads_the_file_as_its_user(umbra, client, field, filled, bob, carla, ada):  # noqa: F811
    def ask(user, address=f"{LEADS}/{filled.pk}/files/{field.name}"):
        return client.get(address, headers=umbra(user).headers)

    answer = ask(bob)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"] == 'attachment; filename="contract.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert ask(carla).status_code == 404
    assert ask(bob, f"{LEADS}/{filled.pk}/files/email").status_code == 404
    assert client.get(f"{LEADS}/{filled.pk}/files/{field.name}").status_code == 401
    change_definition(field, roles=[ada.groups.get().pk])
    assert ask(bob).status_code == 404
    assert ask(ada).status_code == 200
