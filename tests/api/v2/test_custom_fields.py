"""API v2, custom fields: read and written by key, filtered, sorted, and hidden by role."""

import datetime

import pytest

from crm.models import CustomField, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from customers.models import CompanyValues
from leads.models import Lead, LeadValues
from leads.verbs import Edit
from tests.api.v2.test_lists_and_changes import LEADS, named


@pytest.fixture
def lead(make_lead, ann):
    return make_lead("Eva Berg", owner=ann)


@pytest.mark.parametrize("value", [None, [], "c1", 7])
def test_custom_fields_must_be_an_object(program, lead, make_field, value):
    make_field("Course")
    problem = program.patch(f"{LEADS}/{lead.pk}", {"custom_fields": value}, expect=422)
    assert named(problem) == ["custom_fields"]


def test_only_the_keys_that_are_sent_change_as_one_operation_with_the_other_fields(program, lead, make_field):
    course, level = make_field("Course"), make_field("Level")
    path = f"{LEADS}/{lead.pk}"
    program.patch(path, {"custom_fields": {course.name: "Maths", level.name: "A1"}})
    before = Operation.objects.count()
    version = program.patch(path, {"city": "Vienna", "custom_fields": {course.name: "Music"}})["version"]
    assert Operation.objects.count() == before + 1
    shown = program.get(path)
    assert (shown["city"], shown["version"]) == ("Vienna", version)
    assert shown["custom_fields"] == {course.name: "Music", level.name: "A1"}
    record = Operation.objects.latest("pk")
    assert (record.channel, record.parameters["fields"]) == ("api", sorted([course.name, "city"]))
    revert_operation(record, by=lead.owner)
    assert program.get(path)["custom_fields"] == {course.name: "Maths", level.name: "A1"}
    assert program.get(path)["city"] == ""


def test_the_same_values_again_change_nothing(program, lead, make_field):
    fields = {make_field("Course").name: "Maths", make_field("Seats", "number", decimals=2).name: 1.5}
    fields[make_field("Levels", "choices", choices=["A1", "B2"]).name] = ["o2", "o1", "o2"]
    path = f"{LEADS}/{lead.pk}"
    version = program.patch(path, {"custom_fields": fields})["version"]
    before = Operation.objects.count()
    assert program.patch(path, {"custom_fields": fields})["version"] == version
    assert program.patch(path, {"custom_fields": {}})["version"] == version
    assert Operation.objects.count() == before
    assert ["o1", "o2"] in program.get(path)["custom_fields"].values()


def test_a_custom_value_counts_in_the_version_that_if_match_compares(program, lead, make_field):
    field = make_field("Course")
    path = f"{LEADS}/{lead.pk}"
    program.get(path)
    tag = {"If-Match": program.last["ETag"]}
    program.patch(path, {"custom_fields": {field.name: "Maths"}}, **tag)
    problem = program.patch(path, {"custom_fields": {field.name: "Music"}}, expect=412, **tag)
    assert problem["code"] == "changed_since"
    assert program.get(path)["custom_fields"] == {field.name: "Maths"}


def test_a_repeated_key_adds_one_lead_with_its_custom_values(program, make_field):
    field, key = make_field("Course"), {"Idempotency-Key": "once"}
    sent = {"last_name": "Novák", "custom_fields": {field.name: "Maths"}}
    assert program.post(LEADS, sent, expect=201, **key) == program.post(LEADS, sent, expect=201, **key)
    assert LeadValues.objects.get().values == {field.name: "Maths"}


def test_a_new_lead_gets_defaults_and_must_have_required_values(program, lead, make_field):
    make_field("Level", first_value="A1")
    paid = make_field("Paid", "yes_no", first_value="yes")
    pk = program.post(LEADS, {"last_name": "Novák"}, expect=201)["id"]
    assert set(program.get(f"{LEADS}/{pk}")["custom_fields"].values()) == {"A1", True}
    course = make_field("Course", required=True)
    problem = program.post(LEADS, {"last_name": "Novák"}, expect=422)
    assert named(problem) == [f"custom_fields.{course.name}"]
    sent = {course.name: "Maths", paid.name: None}
    pk = program.post(LEADS, {"last_name": "Novák", "custom_fields": sent}, expect=201)["id"]
    assert paid.name not in program.get(f"{LEADS}/{pk}")["custom_fields"]
    # A lead without the value stays as it is; one that has it keeps it.
    program.patch(f"{LEADS}/{lead.pk}", {"city": "Vienna"})
    emptied = {"custom_fields": {course.name: ""}}
    assert named(program.patch(f"{LEADS}/{pk}", emptied, expect=422)) == [f"custom_fields.{course.name}"]


def test_a_retired_choice_can_only_be_kept(program, lead, make_field):
    field = make_field("Course", "choice", choices=["Maths", "Music"])
    path = f"{LEADS}/{lead.pk}"
    program.patch(path, {"custom_fields": {field.name: "o1"}})
    with operation("test", by=None):
        field.definition.choices[0]["retired"] = True
        field.definition.save()
    program.patch(path, {"custom_fields": {field.name: "o1"}, "city": "Vienna"})
    program.patch(path, {"custom_fields": {field.name: "o2"}})
    problem = program.patch(path, {"custom_fields": {field.name: "o1"}}, expect=422)
    assert named(problem) == [f"custom_fields.{field.name}"]


def test_a_user_is_named_by_id_among_those_that_the_tokens_user_sees(program, cast, lead, make_field, ada):
    field = make_field("Teacher", "user")
    path = f"{LEADS}/{lead.pk}"
    program.patch(path, {"custom_fields": {field.name: cast.bob.pk}})
    assert program.get(path)["custom_fields"] == {field.name: cast.bob.pk}
    unseen = program.patch(path, {"custom_fields": {field.name: cast.carla.pk}}, expect=422)
    missing = program.patch(path, {"custom_fields": {field.name: 999_999}}, expect=422)
    assert str(unseen).replace(str(cast.carla.pk), "") == str(missing).replace("999999", "")
    carry_out(Edit({field.name: cast.carla.pk}), Lead.objects.filter(pk=lead.pk), by=ada)
    program.patch(path, {"custom_fields": {field.name: cast.carla.pk}, "city": "Vienna"})


@pytest.mark.parametrize("how", ["unknown", "hidden", "retired", "deleted", "of companies"])
def test_a_field_that_the_user_does_not_see_is_like_one_that_does_not_exist(
    how, program, lead, make_field, ada, ann
):
    make_field("Course")
    values = {"hidden": {"roles": [ada.groups.get().pk]}, "retired": {"retired": True}}
    values["deleted"] = {"retired": True, "deleted": True}
    field = make_field("Budget", of="company" if how == "of companies" else "lead", **values.get(how, {}))
    name = "c987654" if how == "unknown" else field.name
    if how in ("hidden", "retired", "deleted"):
        carry_out(Edit({name: "Enormous"}), Lead.objects.filter(pk=lead.pk), by=ada)
    path = f"{LEADS}/{lead.pk}"
    texts = []
    for key in (name, "c123456"):
        problem = program.patch(path, {"custom_fields": {key: "x"}}, expect=422)
        assert named(problem) == [f"custom_fields.{key}"]
        added = program.post(LEADS, {"last_name": "Novák", "custom_fields": {key: "x"}}, expect=422)
        plain = program.patch(path, {key: "x"}, expect=422)
        filtered = program.get(f"{LEADS}?{key}.contains=Enorm", expect=422)
        sorted_by = program.get(f"{LEADS}?sort={key}", expect=400)
        assert (filtered["code"], sorted_by["code"]) == ("invalid", "invalid_sort")
        texts.append(str([problem, added, plain, filtered, sorted_by]).replace(key, ""))
    assert texts[0] == texts[1]
    shown = program.get(LEADS)["leads"][0]
    assert (shown["custom_fields"], "Enormous" in str(shown)) == ({}, False)
    assert program.get(path) == shown
    if how in ("hidden", "retired"):
        assert LeadValues.objects.get().values == {name: "Enormous"}


def test_a_hidden_value_survives_a_change_of_others_and_its_requirement_is_not_asked(
    program, umbra, lead, make_field, ada
):
    secret = make_field("Budget", roles=[ada.groups.get().pk], required=True)
    course = make_field("Course")
    umbra(ada).patch(f"{LEADS}/{lead.pk}", {"custom_fields": {secret.name: "Enormous"}})
    program.patch(f"{LEADS}/{lead.pk}", {"custom_fields": {course.name: "Maths"}})
    program.post(LEADS, {"last_name": "Novák"}, expect=201)
    assert umbra(ada).get(f"{LEADS}/{lead.pk}")["custom_fields"] == {
        secret.name: "Enormous",
        course.name: "Maths",
    }


def test_leads_are_filtered_and_sorted_by_custom_fields(program, three, make_field):
    course, seats = make_field("Course"), make_field("Seats", "number")
    level = make_field("Level", "choice", choices=["A1", "B2"])
    for lead, text, number, key in zip(
        three, ("Maths", "Music", ""), (9, 100, None), ("o1", "", "o2"), strict=True
    ):
        values = {course.name: text, seats.name: number, level.name: key}
        program.patch(f"{LEADS}/{lead.pk}", {"custom_fields": values})
    zoe, adam, eva = (lead.pk for lead in three)

    def found(query: str) -> list[int]:
        return [row["id"] for row in program.get(f"{LEADS}?{query}")["leads"]]

    assert found(f"{course.name}.contains=mat") == [zoe]
    assert found(f"{seats.name}.above=10") == [adam]
    assert set(found(f"{level.name}=o1&{level.name}=none")) == {zoe, adam}
    assert found(f"sort={course.name}") == [zoe, adam, eva]
    assert found(f"sort=-{seats.name}") == [adam, zoe, eva]
    first = program.get(f"{LEADS}?sort={course.name}&limit=2")
    second = program.get(f"{LEADS}?sort={course.name}&limit=2&after={first['next']}")
    assert [row["id"] for row in (*first["leads"], *second["leads"])] == [zoe, adam, eva]
    bulk = {"action": "vip", "filter": f"{course.name}.is=maths"}
    assert program.post(f"{LEADS}/bulk", bulk)["changed"] == 1


def test_custom_values_of_a_lead_outside_the_scope_are_not_found(
    program, make_lead, departments, make_field, ada
):
    field = make_field("Course")
    foreign = make_lead("Foreign", department=departments.export)
    carry_out(Edit({field.name: "Enormous"}), Lead.objects.filter(pk=foreign.pk), by=ada)
    program.get(f"{LEADS}/{foreign.pk}", expect=404)
    program.patch(f"{LEADS}/{foreign.pk}", {"custom_fields": {field.name: "x"}}, expect=404)
    assert program.get(f"{LEADS}?{field.name}.contains=Enorm")["leads"] == []
    assert LeadValues.objects.get().values == {field.name: "Enormous"}


def test_a_list_is_one_query_however_many_custom_fields_there_are(
    program, three, make_field, django_assert_max_num_queries
):
    program.get(LEADS)
    with django_assert_max_num_queries(8) as before:
        program.get(LEADS)
    asked = len(before)
    with operation("test", by=None):
        CustomField.objects.bulk_create(
            CustomField(table_of="lead", name=f"Field {number}", type="text") for number in range(119)
        )
    field = make_field("Field 119")
    carry_out(Edit({field.name: "x"}), Lead.objects.all(), by=three[0].owner)
    program.get(LEADS)
    with django_assert_max_num_queries(asked):
        assert program.get(LEADS)["leads"][0]["custom_fields"] == {field.name: "x"}


def test_the_list_of_custom_fields_has_what_a_program_needs_to_write_them(program, make_field, ada):
    with_help = make_field(
        "Course", "choice", choices=["Maths", "Music"], required=True, help="What they learn"
    )
    weight = make_field("Weight", "number", unit="kg", decimals=2, name_ro="Greutate")
    make_field("Budget", roles=[ada.groups.get().pk])
    make_field("Old", retired=True)
    make_field("Branch", of="company")
    with operation("test", by=None):
        with_help.definition.choices[1]["retired"] = True
        with_help.definition.save()
    first, second = program.get("/api/v2/lead-custom-fields")["lead_custom_fields"]
    choices = [
        {"key": "o1", "label": "Maths", "retired": False},
        {"key": "o2", "label": "Music", "retired": True},
    ]
    assert first == {
        "key": with_help.name, "label": "Course", "type": "choice",
        "result": "choice", "required": True, "help": "What they learn",
        "unit": "", "links_to": "", "decimals": 0, "choices": choices, "unique": False, "read_only": False, "departments": [],
    }  # fmt: skip
    assert (second["key"], second["label"], second["unit"], second["decimals"]) == (
        weight.name, "Weight", "kg", 2,
    )  # fmt: skip
    (branch,) = program.get("/api/v2/company-custom-fields")["company_custom_fields"]
    assert branch["label"] == "Branch"


def test_a_token_without_the_right_to_read_leads_reads_no_custom_fields(umbra, ann, make_field, lead):
    make_field("Budget")
    program = umbra(ann, rights=["leads.put", "tags.get"])
    program.get("/api/v2/lead-custom-fields", expect=403)
    answer = program.patch(f"{LEADS}/{lead.pk}", {"city": "Vienna"})
    assert set(answer) == {"id", "version"}


def test_companies_have_custom_fields_too(program, ann, make_field):
    branch, since = make_field("Branch", of="company"), make_field("Since", "date", of="company")
    sent = {
        "name": "Acme",
        "owner": ann.pk,
        "custom_fields": {branch.name: "Steel", since.name: "2026-05-31"},
    }
    pk = program.post("/api/v2/companies", sent, expect=201)["id"]
    program.patch(f"/api/v2/companies/{pk}", {"custom_fields": {branch.name: "Glass"}})
    shown = program.get(f"/api/v2/companies/{pk}")
    assert shown["custom_fields"] == {branch.name: "Glass", since.name: "2026-05-31"}
    found = program.get(f"/api/v2/companies?{since.name}.after=2026-01-01&sort=-{branch.name}")["companies"]
    assert found == [shown]
    assert CompanyValues.objects.get(record=pk).values[since.name] == str(datetime.date(2026, 5, 31))
