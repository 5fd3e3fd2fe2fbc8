"""API v2: duplicates, marking records as different, and merging: the same rows and refusals as the pages."""

import pytest
from django.db import transaction

from crm.models import MergedRecord, Operation
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Edit
from customers.models import Company
from duplicates.models import Distinction
from leads.models import Lead
from tests.api.conftest import umbra
from tests.duplicates.merging.test_page import address, form

__all__ = ["umbra"]

pytestmark = pytest.mark.django_db

GROUPS, EMAIL = "/api/v2/duplicates", "ana@omnia.example"


@pytest.fixture
def two(make_lead, bob):
    first = make_lead("Ana Albu", email=EMAIL, city="Cluj")
    return first, make_lead("Ana Pop", email=EMAIL, city="Sibiu", phone="0722123456", owner=bob)


def path(lead, name: str) -> str:
    return f"/api/v2/leads/{lead.pk}/{name}"


def saved(lead) -> dict:
    """All that the history writes of a lead, without versions and times."""
    found = Lead.objects.filter(pk=lead.pk).values().get()
    own = {"version", "updated_at", "deleted_at", "status_since"}
    return {name: value for name, value in found.items() if name not in own} | {
        "trash": found["deleted_at"] is not None
    }


def test_the_duplicates_of_a_record_are_those_that_its_form_warns_of(two, ann, umbra, sign_in):
    (found,) = umbra(ann).get(path(two[0], "duplicates"))["duplicates"]
    assert found == {"of": "lead", "record": two[1].pk, "name": "Ana Pop", "score": 100, "reasons": ["email"]}
    asked = {"but": two[0].pk, "email": EMAIL, "first_name": "Ana", "last_name": "Albu"}
    assert "Ana Pop" in sign_in(ann).get("/admin/duplicates/known/lead", asked).text


def test_the_groups_are_those_of_the_page(two, ann, umbra, sign_in, scanned, make_contact):
    make_contact("Vera Vega", email="v@vega.example")
    make_contact("V. Vega", email="v@vega.example")
    scanned()
    page = umbra(ann).get(GROUPS)
    shown = sign_in(ann).get("/admin/duplicates").context["groups"]
    assert [[row["name"] for row in group["records"]] for group in page["groups"]] == [
        [str(line.record) for line in group.lines] for group in shown
    ]
    assert (page["next"], len(page["groups"])) == (None, 2)
    (group,) = umbra(ann).get(f"{GROUPS}?of=lead&reason=email")["groups"]
    assert (group["score"], group["reasons"], group["more"]) == (100, ["email"], 0)
    assert group["records"][0] == {"of": "lead", "record": two[0].pk, "name": "Ana Albu", "may_change": True}
    assert umbra(ann).get(f"{GROUPS}?reason=phone")["groups"] == []


def test_unknown_values_of_the_list_are_refused(ann, umbra):
    program = umbra(ann)
    assert program.get(f"{GROUPS}?reason=x", expect=422)["errors"][0]["parameter"] == "reason"
    assert program.get(f"{GROUPS}?after=x", expect=400)["code"] == "invalid_cursor"


def test_records_marked_as_different_are_missing_until_that_is_undone(two, ann, umbra, scanned):
    scanned()
    program = umbra(ann)
    sent = {"records": [{"of": "lead", "record": lead.pk} for lead in two]}
    operation = program.post(f"{GROUPS}/different", sent)["operation"]
    assert Operation.objects.get(pk=operation).channel == "api"
    assert program.get(GROUPS)["groups"] == program.get(path(two[0], "duplicates"))["duplicates"] == []
    assert program.post(f"{GROUPS}/different", sent)["operation"] is None
    program.post(f"/api/v2/operations/{operation}/undo", {})
    assert len(program.get(GROUPS)["groups"]) == 1


def test_only_records_that_the_user_may_change_can_be_marked(two, ann, umbra, make_lead, departments):
    foreign = make_lead("Hidden", email=EMAIL, department=departments.export)
    shared = make_lead("Shared", email=EMAIL, department=departments.export, shared=True)
    for other in (foreign.pk, foreign.pk + 1000, shared.pk, two[0].pk):
        sent = {"records": [{"of": "lead", "record": two[0].pk}, {"of": "lead", "record": other}]}
        assert umbra(ann).post(f"{GROUPS}/different", sent, expect=422)["errors"][0]["parameter"] == "records"
    assert not Distinction.objects.exists()


# What the form of the page sends beside the records, and what a program sends.
ALL = ["email", "mobile", "phone", "second_email"]
CHOICES = [
    ({"also": ALL}, {}),
    ({"keep_city": 1, "keep_owner": 1, "also": ALL}, {"city": 1, "owner": 1}),
    ({"keep_phone": 0, "also": ALL}, {"phone": 0}),
    ({"keep_phone": 0, "also": ["mobile"]}, {"phone": 0, "leave_empty": ["email", "phone", "second_email"]}),
    ({"keep_phone": 0}, {"phone": 0, "leave_empty": ALL}),
]


@pytest.mark.parametrize(("chosen", "sent"), CHOICES)
def test_a_merge_writes_what_the_page_writes(two, ann, umbra, sign_in, chosen, sent):
    names = {name: two[place].pk if isinstance(place, int) else place for name, place in chosen.items()}
    before = transaction.savepoint()
    assert sign_in(ann).post(address(*two), form(*two, **names)).status_code == 302
    by_hand = [saved(lead) for lead in two]
    transaction.savepoint_rollback(before)
    assert not MergedRecord.objects.exists()
    values = {name: two[place].pk for name, place in sent.items() if isinstance(place, int)}
    body = {"others": [two[1].pk], "values": values, "leave_empty": sent.get("leave_empty", [])}
    answer = umbra(ann).post(path(two[0], "merge"), body)
    assert [saved(lead) for lead in two] == by_hand
    assert by_hand[1]["trash"]
    assert (answer["id"], answer["preview"]) == (two[0].pk, None)
    assert Operation.objects.get(pk=answer["operation"]).channel == "api"


def test_a_preview_says_what_is_kept_and_changes_nothing(two, ann, umbra, make_task):
    make_task("Call", two[1])
    answer = umbra(ann).post(path(two[0], "merge"), {"others": [two[1].pk], "preview": True})
    assert answer["operation"] is None
    preview = answer["preview"]
    assert [row["belongings"] for row in preview["records"]] == ["", "1 task"]
    fields = {row["field"]: row for row in preview["fields"]}
    assert fields["city"]["values"] == [
        {"id": two[0].pk, "value": "Cluj"},
        {"id": two[1].pk, "value": "Sibiu"},
    ]
    assert fields["phone"]["kept"] == two[1].pk
    assert fields["owner"]["kept"] == two[0].pk
    assert "email" not in fields
    assert not MergedRecord.objects.exists()


def test_a_record_that_changed_since_the_preview_stops_the_merge(two, ann, umbra):
    program, body = umbra(ann), {"others": [two[1].pk]}
    preview = program.post(path(two[0], "merge"), {**body, "preview": True})["preview"]
    versions = {str(row["id"]): row["version"] for row in preview["records"]}
    carry_out(Edit({"city": "Arad"}), Lead.objects.filter(pk=two[1].pk), by=ann)
    problem = program.post(path(two[0], "merge"), {**body, "versions": versions}, expect=409)
    assert (problem["code"], str(two[1].pk) in problem["detail"]) == ("changed_since", True)
    assert not MergedRecord.objects.exists()
    program.post(path(two[0], "merge"), body)


def test_merging_is_undone_by_undoing_its_operation(two, ann, umbra):
    before = [saved(lead) for lead in two]
    program = umbra(ann)
    operation = program.post(path(two[0], "merge"), {"others": [two[1].pk]})["operation"]
    assert program.get(f"/api/v2/leads/{two[1].pk}")["id"] == two[0].pk
    program.post(f"/api/v2/operations/{operation}/undo", {})
    assert [saved(lead) for lead in two] == before


def test_a_converted_lead_is_the_one_that_is_kept_as_on_the_page(
    two, ann, umbra, sign_in, make_lead, make_contact
):
    converted = make_lead(status="won", client_contact=make_contact())
    page = sign_in(ann).post(address(two[0], converted), form(two[0], converted))
    sentence = page.context["page"].errors[0]
    problem = umbra(ann).post(path(two[0], "merge"), {"others": [converted.pk]}, expect=422)
    assert problem["errors"] == [{"parameter": "others", "detail": sentence}]
    sent = {"others": [converted.pk], "preview": True}
    assert umbra(ann).post(path(two[0], "merge"), sent)["preview"]["problem"] == sentence


def test_records_out_of_reach_stop_the_merge_and_are_named(two, ann, umbra, make_lead, departments):
    foreign = make_lead("Hidden", department=departments.export)
    shared = make_lead("Shared", department=departments.export, shared=True)
    program = umbra(ann)
    for other in (foreign.pk, shared.pk, foreign.pk + 1000):
        problem = program.post(path(two[0], "merge"), {"others": [two[1].pk, other]}, expect=422)
        assert problem["errors"][0]["detail"].endswith(f"don't exist: {other}.")
    program.post(path(foreign, "merge"), {"others": [two[1].pk]}, expect=404)
    program.post(path(shared, "merge"), {"others": [two[1].pk]}, expect=403)
    assert not MergedRecord.objects.exists()


@pytest.mark.parametrize(
    ("sent", "parameter"),
    [
        ({"values": {"city": 999_999}}, "values.city"),
        ({"values": {"made_up": 1}}, "values.made_up"),
        ({"versions": {"999999": 1}}, "versions"),
        ({"leave_empty": ["city"]}, "leave_empty"),
        ({"others": []}, "others"),
    ],
)
def test_a_choice_that_is_none_is_refused_at_its_field(two, ann, umbra, sent, parameter):
    body = {"others": [two[1].pk], **sent}
    assert umbra(ann).post(path(two[0], "merge"), body, expect=422)["errors"][0]["parameter"] == parameter
    assert not MergedRecord.objects.exists()


def test_a_record_is_not_merged_into_itself(two, ann, umbra):
    umbra(ann).post(path(two[0], "merge"), {"others": [two[0].pk]}, expect=422)


def test_a_field_that_the_user_may_not_decide_about_is_no_choice(two, ann, umbra, make_field, ada):
    field = make_field("Margin", editors=[ada.groups.get().pk])
    values = {field.name: two[1].pk}
    problem = umbra(ann).post(path(two[0], "merge"), {"others": [two[1].pk], "values": values}, expect=422)
    assert problem["errors"][0]["parameter"] == f"values.{field.name}"


def test_a_token_that_may_not_delete_may_not_merge(two, ann, umbra):
    rights = ["leads.get", "leads.put"]
    problem = umbra(ann, rights).post(path(two[0], "merge"), {"others": [two[1].pk]}, expect=403)
    assert "may not delete" in problem["detail"]


def test_companies_are_merged_by_the_same_call(ann, umbra, make_company):
    one, other = make_company("Omnia", owner=ann), make_company("Omnia SRL", owner=ann)
    umbra(ann).post(f"/api/v2/companies/{one.pk}/merge", {"others": [other.pk]})
    assert list(Company.objects.present()) == [one]
