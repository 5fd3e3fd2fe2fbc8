"""Batches of API v2: operations, refusals, rights, and records that depend on earlier ones."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.api.token_scopes import get_all_rights
from crm.models import Notification, Operation
from crm.records.history.undo.field_reversal import revert_operation
from leads.models import Lead
from tests.api.test_known_records import rules  # noqa: F401 - a fixture
from tests.api.v2.test_lists_and_changes import LEADS
from tests.merged import as_merged

BATCH, DELETE = f"{LEADS}/batch", f"{LEADS}/batch/delete"


@pytest.fixture
def lead(make_lead, ann):
    return make_lead("Eva Berg", owner=ann, email="eva@example.com", company="Acme")


def post(program, records, expect=200, **values):
    return program.post(BATCH, {"records": records, **values}, expect=expect)


def test_everything_a_batch_adds_is_one_operation_and_everything_it_changes_another_one(program, lead, ann):
    before = Lead.objects.get(pk=lead.pk).city
    answer = post(
        program, [{"last_name": "A"}, {"id": lead.pk, "city": "Cluj"}, {"last_name": "B", "owner": ann.pk}]
    )
    assert (answer["added"], answer["changed"], answer["refused"]) == (2, 1, 0)
    added, changed = (Operation.objects.get(pk=pk) for pk in answer["operations"])
    assert (added.kind, added.changed, changed.kind, changed.changed) == ("add", 2, "edit", 1)
    assert changed.parameters == {"fields": ["city"]}
    for record in (changed, added):
        revert_operation(record, by=ann)
    assert Lead.objects.get(pk=lead.pk).city == before
    assert Lead.objects.present().count() == 1


def test_records_with_other_values_each_are_one_operation_that_is_undone(
    program, make_lead, ann, make_field, statuses
):
    field = make_field("Note")
    leads = [make_lead(f"L{place}", owner=ann) for place in range(3)]
    records = [
        {"id": lead.pk, "city": f"City {place}", "custom_fields": {field.name: f"n{place}"}}
        for place, lead in enumerate(leads)
    ]
    records[2]["status"] = statuses.contacted.pk
    answer = post(program, records)
    (pk,) = answer["operations"]
    record = Operation.objects.get(pk=pk)
    assert (record.kind, record.changed) == ("edit", 3)
    assert sorted(Lead.objects.values_list("city", flat=True)) == ["City 0", "City 1", "City 2"]
    assert program.get(f"{LEADS}?{field.name}.is=n1")["leads"][0]["id"] == leads[1].pk
    stored = dict(Lead.objects.values_list("pk", "version"))
    assert {row["id"]: row["version"] for row in answer["results"]} == stored
    revert_operation(record, by=ann)
    assert set(Lead.objects.values_list("city", "status")) == {("", statuses.new.pk)}
    assert program.get(f"{LEADS}?{field.name}.is=n1")["leads"] == []


@pytest.mark.parametrize("number", [1, 2])
def test_a_refused_record_stops_no_other_one_unless_the_call_asks_for_all_or_nothing(program, lead, number):
    records = [{"last_name": "Good"}, {"email": "bad"}, {"id": lead.pk, "city": "Cluj"}]
    answer = post(program, records, all_or_nothing=number == 2)
    statuses = [row["status"] for row in answer["results"]]
    if number == 1:
        assert statuses == [201, 422, 200]
        assert Lead.objects.count() == 2
        return
    assert statuses == [424, 422, 424]
    assert (answer["added"], answer["changed"], answer["refused"], answer["operations"]) == (0, 0, 1, [])
    lead.refresh_from_db()
    assert (Lead.objects.count(), lead.city) == (1, "")


def test_a_record_is_changed_only_at_the_version_that_the_program_knows(program, lead):
    version = lead.version
    answer = post(program, [{"id": lead.pk, "version": version, "city": "Cluj"}])
    assert answer["results"][0]["version"] == version + 1
    answer = post(program, [{"id": lead.pk, "version": version, "city": "Sibiu"}])
    assert (answer["results"][0]["status"], answer["results"][0]["code"]) == (412, "changed_since")
    lead.refresh_from_db()
    assert lead.city == "Cluj"


def test_what_the_user_may_not_see_or_change_is_refused_as_in_single_calls(
    program, make_lead, dan, departments, ann
):
    hidden = make_lead("Hidden", owner=dan, department=departments.export)
    shared = make_lead("Shared", owner=dan, department=departments.export, shared=True)
    records = [{"id": pk, "city": "Cluj"} for pk in (hidden.pk, shared.pk, 10**9)]
    assert [row["status"] for row in post(program, records)["results"]] == [404, 403, 404]
    assert not Lead.objects.filter(city="Cluj").exists()


def test_a_token_that_may_only_add_changes_nothing(umbra, ann, lead):
    program = umbra(ann, rights=["leads.post"])
    answer = post(program, [{"last_name": "New"}, {"id": lead.pk, "city": "Cluj"}])
    assert [row["status"] for row in answer["results"]] == [201, 403]
    rights = [right for right in get_all_rights() if right != "leads.post"]
    post(umbra(ann, rights=rights), [{"id": lead.pk, "city": "Cluj"}], expect=403)


def test_the_same_record_twice_is_changed_twice_in_order(program, lead):
    answer = post(
        program, [{"id": lead.pk, "city": "Cluj"}, {"id": lead.pk, "city": "Sibiu", "version": lead.version}]
    )
    assert [row["status"] for row in answer["results"]] == [200, 412]
    answer = post(program, [{"id": lead.pk, "city": "Brno"}, {"id": lead.pk, "city": "Wien"}])
    lead.refresh_from_db()
    assert (lead.city, answer["changed"]) == ("Wien", 2)


def test_a_second_record_with_a_unique_value_is_refused_with_the_name_of_the_first(program, make_field):
    field = make_field("External ID", is_unique=True)
    sent = [
        {"last_name": name, "custom_fields": {field.name: text}}
        for name, text in (("A", "x 1"), ("B", "X  1"))
    ]
    one, other = post(program, sent)["results"]
    assert (one["status"], other["status"]) == (201, 422)
    assert other["errors"] == [
        {"parameter": f"custom_fields.{field.name}", "detail": "A already has this value."}
    ]


def test_a_value_that_a_record_gives_up_is_free_for_a_later_one(program, make_field):
    field = make_field("External ID", is_unique=True)
    pk = post(program, [{"last_name": "A", "custom_fields": {field.name: "x"}}])["results"][0]["id"]
    records = [
        {"id": pk, "custom_fields": {field.name: "y"}},
        {"last_name": "B", "custom_fields": {field.name: "x"}},
    ]
    assert [row["status"] for row in post(program, records)["results"]] == [200, 201]


@pytest.mark.parametrize(
    ("policy", "statuses"), [("add", [201, 201]), ("skip", [201, 409]), ("update", [201, 200])]
)
def test_a_record_like_an_earlier_one_of_the_batch_is_answered_by_the_rules(program, rules, policy, statuses):  # noqa: F811
    rules(own_api=policy)
    sent = [
        {"last_name": "Pop", "email": "ana@omnia.example"},
        {"last_name": "Popescu", "email": "ANA@omnia.example"},
    ]
    answer = post(program, sent)
    assert [row["status"] for row in answer["results"]] == statuses
    first = answer["results"][0]["id"]
    assert answer["results"][1]["duplicate_of"] == (first if policy == "skip" else None)
    assert Lead.objects.count() == (2 if policy == "add" else 1)


def test_a_merged_id_changes_the_record_it_was_merged_into(program, make_lead, ann):
    one, other = (make_lead(name, owner=ann) for name in ("One", "Other"))
    as_merged(one, other)
    records = [{"id": one.pk, "city": "Cluj"}, {"id": one.pk, "version": other.version + 1, "city": "Brno"}]
    answer = post(program, records)
    assert [(row["status"], row["id"]) for row in answer["results"]] == [(200, other.pk), (412, other.pk)]
    other.refresh_from_db()
    assert other.city == "Cluj"
    deleted = program.post(DELETE, {"records": [{"id": one.pk}]})["results"][0]
    assert (deleted["status"], deleted["detail"]) == (404, f"This lead was merged into lead {other.pk}.")


@pytest.mark.parametrize(
    "body",
    [{}, {"records": []}, {"records": 3}, {"records": [3]}, {"records": [{}] * 1001}, {"rows": []}],
)
def test_only_a_wrong_body_is_refused_as_a_whole(program, body):
    program.post(BATCH, body, expect=422)


@pytest.mark.parametrize("pk", ["7", True, 0, -1, 1.5, 10**30])
def test_an_id_that_is_no_number_is_an_error_of_its_record(program, pk):
    answer = post(program, [{"id": pk, "city": "x"}, {"last_name": "Good"}])
    assert [row["status"] for row in answer["results"]] == [422, 201]
    assert answer["results"][0]["errors"][0]["parameter"] == "id"


def test_the_same_key_writes_a_batch_once(program):
    key = {"Idempotency-Key": "k"}
    first = program.post(BATCH, {"records": [{"last_name": "A"}]}, **key)
    assert program.post(BATCH, {"records": [{"last_name": "A"}]}, **key) == first
    assert Lead.objects.count() == 1


def test_an_owner_is_notified_once_of_all_records_of_a_batch(program, bob):
    post(program, [{"last_name": f"L{place}", "owner": bob.pk} for place in range(3)])
    assert Notification.objects.filter(user=bob).count() == 1


def count_queries(program, records) -> int:
    with CaptureQueriesContext(connection) as found:
        answer = post(program, records)
    assert answer["refused"] == 0
    return len(found)


def test_a_hundred_records_take_as_many_queries_as_ten(program, make_company, make_field, ann):
    field, link = make_field("External ID", is_unique=True), make_field("Made by", "link")
    companies = [make_company(f"C{place}", owner=ann).pk for place in range(100)]

    def build(numbers, tag):
        return [
            {
                "last_name": f"L{number}",
                "email": f"{tag}{number}@example.com",
                "custom_fields": {field.name: f"{tag}{number}", link.name: companies[number]},
            }
            for number in numbers
        ]

    count_queries(program, build(range(3), "w"))
    ten, hundred = (
        count_queries(program, build(range(10), "a")),
        count_queries(program, build(range(100), "b")),
    )
    assert ten == hundred
    ids = list(Lead.objects.order_by("pk").values_list("pk", flat=True))

    def change(numbers, tag):
        return [{"id": ids[number], **row} for number, row in zip(numbers, build(numbers, tag), strict=True)]

    count_queries(program, change(range(3), "x"))
    assert count_queries(program, change(range(10), "c")) == count_queries(program, change(range(100), "d"))
