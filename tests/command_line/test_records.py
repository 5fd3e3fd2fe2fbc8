"""list, get, add, edit, delete, open, history and fields, for all types of records."""

import csv
import io
import json

import pytest
from leadwell.failures import Exit
from leadwell.kinds import KINDS

from customers.models import Company, Contact, Deal
from leads.models import Lead
from tests.api.conftest import make_token
from tests.command_line.conftest import ADDRESS

OF_RECORDS = [kind for kind in KINDS if not kind.belonging]


@pytest.fixture
def records(make_lead, make_company, make_contact, ann):
    """Three leads, a company and a contact of Ann's."""
    leads = [
        make_lead(name, owner=ann, email=f"{name[:3].lower()}@example.com")
        for name in ("Zoe Stone", "Adam Novák", "Eva Berg")
    ]
    company = make_company(owner=ann)
    make_contact(owner=ann, company=company)
    return leads


def test_a_list_shows_names_in_place_of_ids(ann_types, records, ann):
    lines = ann_types("leads", "list").lines
    assert lines[0].split() == ["ID", "Name", "Company", "Email", "Status", "Owner", "Source", "Created"]
    assert len(lines) == 4
    assert all(ann.name in line and "New" in line for line in lines[1:])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.many)
def test_each_kind_is_listed_in_each_format(ann_types, records, make_task, ann, kind):
    make_task("Call", records[0], user=ann)
    as_json = ann_types(kind.many, "list", "--output", "json").json
    lines = ann_types(kind.many, "list", "--output", "jsonl").lines
    rows = list(csv.DictReader(io.StringIO(ann_types(kind.many, "list", "--output", "csv").out)))
    assert [json.loads(line) for line in lines] == as_json
    assert [row["id"] for row in rows] == [str(one["id"]) for one in as_json]
    table = ann_types(kind.many, "list")
    assert len(table.lines) == (len(as_json) + 1 if as_json else 0)
    assert bool(table.err) is not bool(as_json)


def test_filters_search_and_sort_are_those_of_the_list(ann_types, records):
    words = ["leads", "list", "-o", "jsonl", "--fields", "last_name"]
    ids = [one["id"] for one in ann_types("leads", "list", "--sort", "-id", "-o", "json").json]
    assert ids == sorted((lead.pk for lead in records), reverse=True)
    assert ann_types(*words, "--search", "Berg").lines == ['{"last_name": "Berg"}']
    assert ann_types(*words, "-f", "last_name.is=stone").lines == ['{"last_name": "Stone"}']
    assert len(ann_types(*words, "-f", "status=New", "-f", "owner=me").lines) == 3
    assert ann_types(*words, "-f", "status=Contacted").lines == []


def test_a_saved_view_is_meant_by_its_name(ann_types, records, umbra, ann):
    view = {"of": "lead", "name": "Only Eva", "query": "last_name.is=Berg"}
    umbra(ann).post("/api/v2/saved-views", view, expect=201)
    found = ann_types("leads", "list", "--view", "only eva", "-o", "json").json
    assert [one["last_name"] for one in found] == ["Berg"]
    assert "Only Eva" in ann_types("leads", "list", "--view", "Nope", code=Exit.NOT_FOUND).err


def test_a_limit_says_that_there_are_more_and_all_reads_every_page(ann_types, records, server, monkeypatch):
    monkeypatch.setattr("leadwell.record_pages.LARGEST_PAGE", 2)
    limited = ann_types("leads", "list", "--limit", "2", "-o", "json")
    assert len(limited.json) == 2
    assert "--all" in limited.err
    exact = ann_types("leads", "list", "--limit", "3", "-o", "json")
    assert len(exact.json) == 3
    assert "--all" not in exact.err
    assert len(ann_types("leads", "list", "--all", "-o", "json").json) == 3


def test_a_reader_that_has_enough_ends_the_command_quietly(ann_types, records, monkeypatch):
    def refuse(_text):
        raise BrokenPipeError

    monkeypatch.setattr("leadwell.output.writes_utf8", lambda: refuse(""))
    monkeypatch.setattr("os.dup2", lambda *_numbers: None)
    ann_types("leads", "list", "-o", "jsonl", code=Exit.DONE)


def test_what_the_token_may_not_name_is_shown_by_its_id(signed_in, ann, records, make_task):
    make_task("Call", records[0], user=ann)
    leadwell = signed_in(ann, ["tasks.get"])
    assert str(ann.pk) in leadwell("tasks", "list").out


@pytest.mark.parametrize(
    ("kind", "model", "typed", "name", "value"),
    [
        ("leads", Lead, ["last_name=Berg", "status=New", "vip=yes"], "city", "Vienna"),
        ("companies", Company, ["name=Omnia SRL"], "city", "Cluj"),
        ("contacts", Contact, ["first_name=Ana", "last_name=Albu"], "title", "Engineer"),
        ("deals", Deal, ["name=200 licenses", "value=1250.5"], "description", "Soon"),
    ],
)
def test_a_record_is_added_changed_shown_and_deleted(ann_types, kind, model, typed, name, value):
    added = ann_types(kind, "add", *typed)
    number = added.out.strip()
    assert added.lines == [number]
    assert model.objects.filter(pk=number).exists()
    assert "is at version 2 now" in ann_types(kind, "edit", number, f"{name}={value}").err
    assert getattr(model.objects.get(pk=number), name) == value
    assert value in ann_types(kind, "get", number).out
    assert ann_types(kind, "get", number, "-o", "json").json[name] == value
    assert f"/{kind}/{number}" in ann_types(kind, "open", number).out
    assert value in ann_types(kind, "history", number).out
    ann_types(kind, "delete", number, "--yes")
    ann_types(kind, "get", number, code=Exit.NOT_FOUND)
    assert (
        f"There is no {kind[:-1].replace('ie', 'y')} {number}"
        in ann_types(kind, "open", number, code=Exit.NOT_FOUND).err
    )


def test_values_also_come_as_json_and_what_is_typed_comes_first(ann_types, tmp_path):
    (tmp_path / "lead.json").write_text('{"last_name": "Berg", "city": "Brno"}')
    number = ann_types("leads", "add", "city=Vienna", "--from-json", "lead.json").out.strip()
    assert list(Lead.objects.filter(pk=number).values_list("last_name", "city")) == [("Berg", "Vienna")]
    answered = ann_types(
        "leads", "edit", number, "--from-json", "-", "-o", "json", typed='{"city": "Prague"}'
    )
    assert answered.json["version"] == 2
    for typed in ("[]", "{", ""):
        ann_types("leads", "edit", number, "--from-json", "-", typed=typed, code=Exit.USAGE)
    ann_types("leads", "edit", number, code=Exit.USAGE)


def test_another_version_is_not_overwritten(ann_types, records):
    refused = ann_types("leads", "edit", records[0].pk, "city=Vienna", "--if-version", "7", code=Exit.REFUSED)
    assert "version 1 now" in refused.err
    ann_types("leads", "edit", records[0].pk, "city=Vienna", "--if-version", "1")


def test_custom_fields_go_by_their_key_and_choices_by_their_label(ann_types, make_field):
    field = make_field("Course", "choice", choices=["Maths", "Music"])
    number = ann_types("leads", "add", "last_name=Berg", f"{field.name}=music").out.strip()
    assert ann_types("leads", "get", number, "-o", "json").json["custom_fields"] == {field.name: "o2"}
    row = ann_types("leads", "list", "-o", "csv").out
    assert next(csv.DictReader(io.StringIO(row)))[field.name] == "o2"
    assert "Course" in ann_types("leads", "fields").out


def test_a_delete_is_asked_about(ann_types, records):
    number = records[0].pk
    assert "--yes" in ann_types("leads", "delete", number, code=Exit.USAGE).err
    assert ann_types("leads", "delete", number, typed="n\n", at_terminal=True, code=Exit.REFUSED)
    assert not Lead.objects.get(pk=number).deleted_at
    ann_types("leads", "delete", number, typed="y\n", at_terminal=True)
    ann_types("leads", "get", number, code=Exit.NOT_FOUND)


def test_a_wrong_field_is_named(ann_types):
    assert (
        "email: Enter a valid email address."
        in ann_types("leads", "add", "last_name=A", "email=x", code=Exit.REFUSED).err
    )
    assert "emial" in ann_types("leads", "add", "last_name=A", "emial=x", code=Exit.REFUSED).err


def test_tasks_and_activities_are_written_too(ann_types, records, ann):
    task = ann_types(
        "tasks", "add", "of=lead", f"record={records[0].pk}", "title=Call", "user=me"
    ).out.strip()
    ann_types("tasks", "edit", task, "done=yes")
    assert ann_types("tasks", "list", "-f", "done=yes", "-o", "json").json[0]["user"] == ann.pk
    note = ann_types(
        "activities", "add", "of=lead", f"record={records[0].pk}", "text=Wants an offer"
    ).out.strip()
    assert "Wants an offer" in ann_types("activities", "list").out
    ann_types("activities", "delete", note, "--yes")
    ann_types("tasks", "list", "--sort", "due_on", code=Exit.USAGE)


def test_what_others_do_not_see_is_not_found(signed_in, ann, carla, leadwell, make_lead):
    lead = make_lead(owner=ann)
    signed_in(carla)
    leadwell("leads", "get", lead.pk, code=Exit.NOT_FOUND)
    leadwell("leads", "edit", lead.pk, "city=Vienna", code=Exit.NOT_FOUND)
    leadwell("leads", "delete", lead.pk, "--yes", code=Exit.NOT_FOUND)


def test_a_token_without_the_right_is_refused(leadwell, ann):
    leadwell("login", ADDRESS, "--token-stdin", typed=make_token(ann, ["companies.get"]))
    leadwell("leads", "list", code=Exit.REFUSED)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.many)
def test_the_fields_of_each_kind_have_labels(ann_types, kind):
    described = ann_types(kind.many, "fields", "-o", "json").json
    assert described
    assert all(one["field"] and one["type"] for one in described)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.many)
def test_what_the_table_of_kinds_names_exists(ann_types, kind):
    """Columns, links and tables: a field that is renamed or a table that is gone would fail only at a user's."""
    from leadwell.connection.calls import Connection
    from leadwell.connection.profiles import get_profile
    from leadwell.field_descriptions import ApiSchema
    from leadwell.reference_names import ReferenceNames

    connection = Connection(get_profile("default"), print)
    names = set(ApiSchema(connection).get_read_names(kind))
    assert {name for column in kind.columns for name in column.fields} <= names
    assert set(kind.links) <= names
    for table in set(kind.tables.values()):
        assert isinstance(ReferenceNames(connection).get_rows(table), list)
    if not kind.belonging:
        connection.get(kind.many, {"expand": ",".join(kind.links)})
