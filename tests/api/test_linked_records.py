"""Custom links to a record for programs: the number goes in, the number and the name come out."""

import pytest

from tests.crm.fields.custom.links.conftest import (  # noqa: F401 - fixtures
    field,
    hidden,
    lead,
    link,
    linked_pk,
    omnia,
)

LEADS = "/api/v2/leads"


@pytest.fixture
def program(umbra, bob):
    return umbra(bob)


def keyed(field, value):  # noqa: F811
    return {"custom_fields": {field.name: value}}


def test_a_linked_record_is_sent_by_its_id_and_read_with_its_title(program, field, lead, omnia):  # noqa: F811
    program.patch(f"{LEADS}/{lead.pk}", keyed(field, omnia.pk))
    assert linked_pk(field, lead) == omnia.pk
    shown = program.get(f"{LEADS}/{lead.pk}")["custom_fields"]
    assert shown == {field.name: {"id": omnia.pk, "title": "Omnia SRL"}}
    assert [
        row["custom_fields"] for row in program.get(f"{LEADS}?{field.name}.is=%23{omnia.pk}")["leads"]
    ] == [shown]
    program.patch(f"{LEADS}/{lead.pk}", {"custom_fields": shown})
    assert program.get(f"{LEADS}/{lead.pk}")["custom_fields"] == shown
    program.patch(f"{LEADS}/{lead.pk}", keyed(field, None))
    assert program.get(f"{LEADS}/{lead.pk}")["custom_fields"] == {}


def test_the_title_is_that_of_a_person(program, make_field, lead, make_contact, make_lead, bob):  # noqa: F811
    for type, made in (
        ("contact", make_contact("Ana Albu", owner=bob)),
        ("lead", make_lead("", company="Acme")),
    ):
        own = make_field(f"To {type}", "link", links_to=type)
        link(own, lead, made, by=bob)
        shown = program.get(f"{LEADS}/{lead.pk}")["custom_fields"][own.name]
        assert shown == {"id": made.pk, "title": str(made)}


@pytest.mark.parametrize("value", ["Omnia SRL", True, 1.5, [1], {"title": "Omnia SRL"}, {"id": "1"}])
def test_a_value_of_another_type_is_refused(program, field, lead, value):  # noqa: F811
    answer = program.patch(f"{LEADS}/{lead.pk}", keyed(field, value), expect=422)
    assert answer["errors"][0]["parameter"] == f"custom_fields.{field.name}"


def test_a_record_out_of_sight_is_refused_like_one_that_does_not_exist(program, field, lead, hidden):  # noqa: F811
    messages = [
        str(program.patch(f"{LEADS}/{lead.pk}", keyed(field, pk), expect=422)["errors"]).replace(
            f"#{pk}", "#N"
        )
        for pk in (hidden.pk, 999_999)
    ]
    assert messages[0] == messages[1]
    assert linked_pk(field, lead) is None


def test_whoever_reads_the_lead_reads_the_title_of_a_record_out_of_sight(
    program,
    field,  # noqa: F811
    lead,  # noqa: F811
    hidden,  # noqa: F811
    ada,
):
    link(field, lead, hidden, by=ada)
    shown = program.get(f"{LEADS}/{lead.pk}")["custom_fields"][field.name]
    assert shown == {"id": hidden.pk, "title": "Hidden GmbH"}


def test_the_list_of_custom_fields_says_what_a_link_leads_to(program, field):  # noqa: F811
    (row,) = program.get("/api/v2/lead-custom-fields")["lead_custom_fields"]
    assert (row["type"], row["result"], row["links_to"]) == ("link", "link", "company")


def test_crm_connect_reads_and_writes_a_link_as_a_text(connect, field, lead, omnia, hidden, bob):  # noqa: F811
    program = connect(bob)

    def send(text, expect=200):
        return program.put(
            f"/api/leads/{lead.pk}",
            {"custom_fields": {"leads": {str(field.definition.pk): text}}},
            expect=expect,
        )

    def shown():
        return [row["value"] for row in program.get(f"/api/leads/{lead.pk}")["customfields"]]

    send("Omnia SRL")
    assert linked_pk(field, lead) == omnia.pk
    assert shown() == [f"Omnia SRL (#{omnia.pk})"]
    send(shown()[0])
    assert linked_pk(field, lead) == omnia.pk
    send(f"#{hidden.pk}", expect=422)
    assert linked_pk(field, lead) == omnia.pk
    send("")
    assert shown() == [""]
