"""Custom fields that only administrators may edit, and those of another department: nobody else writes them anywhere,
and a field that only administrators see stays unnamed."""

import json

import pytest

from crm.api.token_scopes import get_all_rights
from crm.models import CustomField, Token
from crm.records.history.verb_execution import operation
from customers.models import CompanyValues, ContactValues, DealValues, RequestValues
from leads.models import LeadValues
from tests.matrix.asking import undone
from tests.matrix.judging import WHOLE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files_of_the_world")]

WRITERS = ["rep", "operator", "manager", "deputy", "super", "company"]
TABLES = [("lead", "/admin/leads", "/api/v2/leads", LeadValues)]
TABLES += [("company", "/admin/companies", "/api/v2/companies", CompanyValues)]
TABLES += [("contact", "/admin/contacts", "/api/v2/contacts", ContactValues)]
TABLES += [("deal", "/admin/deals", "/api/v2/deals", DealValues)]
TABLES += [("request", "/admin/requests", "/api/v2/requests", RequestValues)]
WORD = "zzclosed"


def who_writes_where(people: list[str]) -> list[tuple]:
    """All of them change leads, and the first and the last one the records of each other type; at night all of them do."""
    first_and_last = (people[0], people[-1])
    return [
        (person, *table)
        for table in TABLES
        for person in people
        if WHOLE or table[0] == "lead" or person in first_and_last
    ]


def defined(world, table: str, **limits) -> CustomField:
    with operation("test", by=None):
        return CustomField.objects.create(table_of=table, name=WORD, **limits)


def answers(
    asker, person: str, field: CustomField, pages: str, api: str, pk: int
) -> dict[str, tuple[int, str]]:
    """The status and text of each way to write the field."""
    user = asker.world.people[person]
    token = Token(user=user, name="matrix", rights=get_all_rights())
    secret = token.set_new_secret()
    token.save()
    client = asker.client(person)
    found = {"in place": client.post(f"{pages}/{pk}/inline/{field.key}", {field.key: "X"})}
    begun = client.post(f"{pages}/bulk", {"action": "set", "record": [pk]})
    if begun.status_code == 302:
        data = {"field": field.key, "asked": field.key, "value": "X"}
        found["in bulk"] = client.post(begun["Location"].partition("?")[0], data, follow=True)
    body, headers = json.dumps({"custom_fields": {field.key: "X"}}), {"Authorization": f"Bearer {secret}"}
    json_type = "application/json"
    found["API v2"] = client.generic("PATCH", f"{api}/{pk}", body, content_type=json_type, headers=headers)
    if pages.endswith("leads"):
        body = json.dumps({"custom_fields": {"leads": {str(field.pk): "X"}}})
        found["CRM Connect"] = client.generic(
            "PUT", f"/api/leads/{pk}", body, content_type=json_type, headers={"authtoken": secret}
        )
    return {way: (answer.status_code, answer.content.decode()) for way, answer in found.items()}


@pytest.mark.parametrize(("person", "table", "pages", "api", "values"), who_writes_where(WRITERS))
def test_a_field_that_only_administrators_edit_is_refused_in_each_way(
    asker, person, table, pages, api, values
):
    administrators = asker.world.people["administrator"].role_ids
    pk = asker.world.ids(table, "own", person)["pk"]
    with undone():
        field = defined(asker.world, table, editors=administrators)
        found = answers(asker, person, field, pages, api, pk)
        assert not values.objects.filter(values__has_key=field.key).exists()
    wanted = {"in place": 403, "in bulk": 422, "API v2": 422, "CRM Connect": 422}
    assert {way: status for way, (status, _text) in found.items()} == {way: wanted[way] for way in found}


@pytest.mark.parametrize(("person", "table", "pages", "api", "values"), who_writes_where(WRITERS))
def test_a_field_that_only_administrators_see_is_neither_written_nor_named(
    asker, person, table, pages, api, values
):
    administrators = asker.world.people["administrator"].role_ids
    pk = asker.world.ids(table, "own", person)["pk"]
    with undone():
        field = defined(asker.world, table, roles=administrators, editors=administrators)
        found = answers(asker, person, field, pages, api, pk)
        found |= {
            address: (200, asker.client(person).get(f"{pages}{address}").content.decode())
            for address in ("?all=1", f"/{pk}", f"/{pk}/edit", "/new", "/columns", "/import")
        }
        assert not values.objects.filter(values__has_key=field.key).exists()
    assert [way for way, (_status, text) in found.items() if WORD in text] == []


@pytest.mark.parametrize(
    ("person", "table", "pages", "api", "values"), who_writes_where([*WRITERS, "administrator"])
)
def test_a_field_of_another_department_is_not_written_in_any_way(asker, person, table, pages, api, values):
    pk = asker.world.ids(table, "own", person)["pk"]
    with undone():
        field = defined(asker.world, table, departments=[asker.world.export.pk])
        found = answers(asker, person, field, pages, api, pk)
        assert not values.objects.filter(values__has_key=field.key).exists()
    assert {found[way][0] for way in found if way != "in bulk"} == {422}
    assert found.get("in bulk", (200, ""))[0] == 200
