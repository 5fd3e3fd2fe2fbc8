"""CRM Connect, custom fields: shown with every lead as labels and texts, and written in every encoding."""

from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from crm.models import CustomField, Operation
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead, LeadValues
from leads.verbs import Edit
from tests.api.connect.test_files_and_custom_fields import ANSWERS

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def program(connect, ann):
    return connect(ann)


@pytest.fixture
def lead(make_lead, ann):
    return make_lead("Jan Novák", owner=ann, city="Brno")


def number(field) -> str:
    return str(field.definition.pk)


def name(field) -> str:
    return f"custom_fields[leads][{number(field)}]"


def nested(field, value) -> dict:
    return {"custom_fields": {"leads": {number(field): value}}}


def shown(program, pk) -> list:
    return [row["value"] for row in program.get(f"/api/leads/{pk}")["customfields"]]


@pytest.mark.parametrize("path", ANSWERS)
def test_every_returned_lead_has_each_field_in_order_with_its_label(program, lead, make_field, ann, path):
    make_field("Last", position=9)
    course = make_field("Course %(zone)s", "choice", choices=["100% Maths"], position=1)
    make_field("Old", retired=True)
    carry_out(Edit({course.name: "o1"}), Lead.objects.filter(pk=lead.pk), by=ann)
    (row,) = ANSWERS[path](program.get(path.format(lead.pk)))
    assert row["customfields"] == [
        {"label": "Course %(zone)s", "value": "100% Maths"},
        {"label": "Last", "value": ""},
    ]


def test_the_fields_are_listed_with_their_options(program, make_field, ada):
    course = make_field("Course", "choice", choices=["Maths", "Art, music"], required=True, position=1)
    make_field("Newsletter", "yes_no", position=2)
    make_field("Seats", "number", position=3)
    make_field("Budget", roles=[ada.groups.get().pk], position=4)
    make_field("Old", retired=True, position=5)
    listed = program.get("/api/custom_fields/leads")
    assert listed[0] == {
        "field_name": name(course),
        "custom_field_id": number(course),
        "label": "Course",
        "required": "1",
        "type": "select",
        "value": "[]",
        "options": '["Maths", "Art, music"]',
    }
    assert [(row["label"], row["type"], row.get("options")) for row in listed[1:]] == [
        ("Newsletter", "select", '["yes", "no"]'),
        ("Seats", "number", None),
    ]


def test_the_values_of_one_lead_are_listed_in_the_same_shape(
    program, lead, make_field, make_lead, departments
):
    levels = make_field("Levels", "choices", choices=["A1", "B2, evening"], position=1)
    seats, day = make_field("Seats", "number", position=2), make_field("Day", "date", position=3)
    program.put(f"/api/leads/{lead.pk}", nested(levels, ["A1", "B2, evening"]))
    program.put(f"/api/leads/{lead.pk}", nested(seats, "12"))
    listed = program.get(f"/api/custom_fields/leads/{lead.pk}")
    assert [(row["field_name"], row["value"]) for row in listed] == [
        (name(levels), '["A1", "B2, evening"]'),
        (name(seats), "12"),
        (name(day), ""),
    ]
    foreign = make_lead("Foreign", department=departments.export)
    for pk in (foreign.pk, 0, "x"):
        assert program.get(f"/api/custom_fields/leads/{pk}", expect=404)["status"] is False
    assert program.get("/api/custom_fields/invoices", expect=404)["status"] is False


def test_a_form_and_multipart_name_each_field(program, lead, new_lead, make_field):
    course, levels = make_field("Course"), make_field("Levels", "choices", choices=["A1", "B2"])
    sent = {**new_lead, name(course): "Maths & Music", f"{name(levels)}[]": "A1"}
    body = "&".join(f"{quote(key)}={quote(str(value))}" for key, value in sent.items())
    body += f"&{quote(name(levels))}%5B%5D=B2"
    pk = program.post("/api/leads", body, kind=FORM)["record_id"]
    assert shown(program, pk) == ["Maths & Music", "A1, B2"]
    parts = {name(course): "Art", f"{name(levels)}[0]": "B2", "city": "Cluj"}
    program.put(f"/api/leads/{lead.pk}", encode_multipart(BOUNDARY, parts), kind=MULTIPART_CONTENT)
    assert shown(program, lead.pk) == ["Art", "B2"]
    program.put(f"/api/leads/{lead.pk}", f"{quote(name(course))}=Music", kind=FORM)
    program.put(f"/api/leads/{lead.pk}", {name(levels): "A1"})
    assert shown(program, lead.pk) == ["Music", "A1"]
    assert "X-Ignored-Fields" not in program.last


def test_a_file_is_not_the_value_of_a_custom_field(program, lead, make_field):
    course = make_field("Course")
    body = encode_multipart(BOUNDARY, {name(course): SimpleUploadedFile("Maths.txt", b"Maths")})
    answer = program.put(f"/api/leads/{lead.pk}", body, kind=MULTIPART_CONTENT, expect=422)
    assert list(answer["errors"]) == [name(course)]


def test_custom_and_other_fields_are_one_operation(program, lead, make_field):
    course = make_field("Course")
    before = Operation.objects.count()
    program.put(f"/api/leads/{lead.pk}", {"city": "Cluj", **nested(course, "Maths")})
    assert Operation.objects.count() == before + 1
    assert Operation.objects.latest("pk").parameters["fields"] == sorted([course.name, "city"])


@pytest.mark.parametrize("how", ["unknown", "hidden", "retired", "deleted", "of companies"])
def test_a_field_that_the_user_does_not_see_is_ignored_and_named(how, program, lead, make_field, ada, ann):
    course = make_field("Course")
    values = {"hidden": {"roles": [ada.groups.get().pk]}, "retired": {"retired": True}}
    values["deleted"] = {"retired": True, "deleted": True}
    field = make_field("Budget", of="company" if how == "of companies" else "lead", **values.get(how, {}))
    pk = 987654 if how == "unknown" else field.definition.pk
    sent = {number(course): "Maths", str(pk): "x", "x": 1, "99999999999999999999": 1}
    program.put(f"/api/leads/{lead.pk}", {"custom_fields": {"leads": sent, "customers": {"1": "x"}}})
    assert program.last["X-Ignored-Fields"] == ", ".join(
        [
            f"custom_fields[leads][{pk}]",
            "custom_fields[customers]",
            "custom_fields[leads][x]",
            "custom_fields[leads][99999999999999999999]",
        ]
    )
    assert LeadValues.objects.get().values == {course.name: "Maths"}
    assert how == "unknown" or "Budget" not in str(program.get("/api/leads"))


@pytest.mark.parametrize(
    "value", [None, "x", [], ["x"], {"leads": None}, {"leads": ["x"]}, {"leads": {}}, {}]
)
def test_anything_but_an_object_of_values_has_no_effect(program, lead, make_field, value):
    make_field("Course")
    program.put(f"/api/leads/{lead.pk}", {"custom_fields": value, "contact": "x"})
    ignored = program.last["X-Ignored-Fields"].split(", ")
    assert ignored[0] == "contact"
    assert len(ignored) == (1 if value in ({}, {"leads": {}}) else 2)
    assert not LeadValues.objects.exists()


def test_a_hidden_field_is_not_shown_and_keeps_its_value(program, connect, lead, make_field, ada):
    secret = make_field("Budget", roles=[ada.groups.get().pk], required=True)
    connect(ada).put(f"/api/leads/{lead.pk}", nested(secret, "Enormous"))
    assert connect(ada).get("/api/leads")[0]["customfields"] == [{"label": "Budget", "value": "Enormous"}]
    assert program.get("/api/leads")[0]["customfields"] == []
    program.put(f"/api/leads/{lead.pk}", {"city": "Cluj", **nested(secret, "Tiny")})
    assert LeadValues.objects.get().values == {secret.name: "Enormous"}


def test_a_new_lead_gets_defaults_and_must_have_required_values(
    program, umbra, lead, new_lead, make_field, ann
):
    make_field("Level", first_value="A1")
    pk = program.post("/api/leads", new_lead)["record_id"]
    assert shown(program, pk) == ["A1"]
    course = make_field("Course", required=True)
    for missing in ({}, nested(course, " "), nested(course, None)):
        answer = program.post("/api/leads", {**new_lead, **missing}, expect=422)
        assert answer["errors"] == {name(course): "The Course field is required."}
    pk = program.post("/api/leads", {**new_lead, **nested(course, "Maths")})["record_id"]
    program.put(f"/api/leads/{pk}", nested(course, ""), expect=422)
    # A lead without the value stays as it is, and Umbra ERP programs can't send one.
    program.put(f"/api/leads/{lead.pk}", {"city": "Cluj", **nested(course, "")})
    new = {"first_name": "John", "last_name": "Doe", "email": "john@example.com"}
    made = umbra(ann).post("/v1/crm/leads", new)["lead_id"]
    assert shown(program, int(Lead.objects.latest("pk").pk)) == ["A1", ""]
    assert made == Lead.objects.latest("pk").public_id


def test_a_user_is_shown_by_name_and_written_by_id_name_or_email(program, cast, lead, make_field, ada):
    field = make_field("Teacher", "user")
    for sent in (cast.bob.pk, str(cast.bob.pk), "bob", cast.bob.email.upper()):
        program.put(f"/api/leads/{lead.pk}", nested(field, sent))
        assert shown(program, lead.pk) == ["Bob"]
        program.put(f"/api/leads/{lead.pk}", nested(field, None))
    for unseen in (cast.carla.pk, cast.carla.name, cast.carla.email):
        answer = program.put(f"/api/leads/{lead.pk}", nested(field, unseen), expect=422)
        assert answer["errors"] == {name(field): "Send the id, the name or the email address of a user."}
    carry_out(Edit({field.name: cast.carla.pk}), Lead.objects.filter(pk=lead.pk), by=ada)
    assert shown(program, lead.pk) == ["another user"]
    program.put(f"/api/leads/{lead.pk}", nested(field, "another user"))
    assert LeadValues.objects.get().values == {field.name: cast.carla.pk}


def test_a_retired_choice_can_only_be_kept(program, lead, make_field):
    field = make_field("Course", "choice", choices=["Maths", "Music"])
    program.put(f"/api/leads/{lead.pk}", nested(field, "Maths"))
    with operation("test", by=None):
        field.definition.choices[0]["retired"] = True
        field.definition.save()
    program.put(f"/api/leads/{lead.pk}", nested(field, "Maths"))
    assert shown(program, lead.pk) == ["Maths"]
    program.put(f"/api/leads/{lead.pk}", nested(field, "Music"))
    answer = program.put(f"/api/leads/{lead.pk}", nested(field, "Maths"), expect=422)
    assert answer["errors"] == {name(field): "Send one of these: Music."}


def test_leads_outside_the_scope_keep_and_hide_their_values(program, make_lead, departments, make_field, ada):
    field = make_field("Course")
    foreign = make_lead("Foreign", department=departments.export)
    carry_out(Edit({field.name: "Enormous"}), Lead.objects.filter(pk=foreign.pk), by=ada)
    program.get(f"/api/leads/{foreign.pk}", expect=404)
    program.put(f"/api/leads/{foreign.pk}", nested(field, "x"), expect=404)
    program.get("/api/leads", expect=404)
    assert LeadValues.objects.get().values == {field.name: "Enormous"}


def test_a_list_with_two_hundred_fields_is_as_many_queries_as_without(
    program, lead, django_assert_max_num_queries
):
    with django_assert_max_num_queries(20) as before:
        program.get("/api/leads?page=1")
    asked = len(before)
    with operation("test", by=None):
        CustomField.objects.bulk_create(
            CustomField(
                table_of="lead", name=f"Field {place}", type="number" if place % 2 else "text", position=place
            )
            for place in range(200)
        )
    program.get("/api/leads?page=1")
    # One more than without fields: their definitions are compared with those that the process knows.
    with django_assert_max_num_queries(asked):
        (row,) = program.get("/api/leads?page=1")["data"]
    assert [found["label"] for found in row["customfields"]] == [f"Field {place}" for place in range(200)]


def test_only_the_asked_fields_of_a_list_are_sent(program, lead, make_field):
    make_field("Course")
    assert list(program.get("/api/leads?fields=city")[0]) == ["id", "city"]
    assert program.get("/api/leads?fields=customfields") == [
        {"id": str(lead.pk), "customfields": [{"label": "Course", "value": ""}]}
    ]
