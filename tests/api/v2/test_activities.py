"""API v2, activities: listed by cursor, read with an ETag, added, changed and deleted through the same verbs as on screen."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.api.v2 import record_items
from crm.api.v2.activities import OneActivity
from crm.api.v2.webhook_calls.operation_content import build_visible_operation_json
from crm.models import Activity, Change, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Delete
from crm.work.activities.verbs import AddActivity
from leads.models import Lead
from tests.api.v2.test_lists_and_changes import named

ACTIVITIES = "/api/v2/activities"


@pytest.fixture
def lead(make_lead, ann):
    return make_lead("Eva Berg", owner=ann)


@pytest.fixture
def write(ann):
    """write(lead, "Text"): a note of ann, or another activity of someone else."""

    def written(record, text="", kind="note", by=ann, **values) -> Activity:
        rows = type(record).objects.filter(pk=record.pk)
        done = carry_out(AddActivity(by, kind, text, **values), rows, by=by).operation
        return Activity.objects.get(pk=Change.objects.of_operations([done], "activity").get().row)

    return written


def texts(program, query="") -> list[str]:
    return [row["text"] for row in program.get(f"{ACTIVITIES}{query}")["activities"]]


def test_an_activity_is_added_to_a_lead_as_an_api_operation_that_can_be_undone(program, ann, lead):
    sent = {"of": "lead", "record": lead.pk, "type": "call", "outcome": "reached", "minutes": 12}
    sent |= {"text": "Wants **two**", "at": "2026-05-31T08:38:04Z"}
    made = program.post(ACTIVITIES, sent, expect=201)
    assert program.last["Location"] == f"{ACTIVITIES}/{made['id']}"
    found = program.get(program.last["Location"])
    assert program.last["ETag"] == f'"{made["version"]}"'
    assert {name: found[name] for name in sent} == sent
    assert (found["user"], found["pinned"]) == (ann.pk, False)
    assert found["url"].endswith(f"/admin/leads/{lead.pk}/activities/{made['id']}")
    record = Operation.objects.latest("pk")
    assert (record.kind, record.channel, record.by, record.table) == ("add_activity", "api", ann, "lead")
    revert_operation(record, by=ann)
    program.get(f"{ACTIVITIES}/{made['id']}", expect=404)


def test_an_activity_has_the_documented_fields_and_no_others(program, lead, write):
    assert [*program.get(f"{ACTIVITIES}/{write(lead, 'Hi').pk}")] == [*OneActivity.row().fields]


def test_a_note_of_now_needs_only_its_record_and_text(program, lead):
    begun = timezone.now().replace(microsecond=0)
    pk = program.post(ACTIVITIES, {"of": "lead", "record": lead.pk, "text": "Hi"}, expect=201)["id"]
    note = Activity.objects.get(pk=pk)
    assert (note.type, note.text) == ("note", "Hi")
    assert begun <= note.at <= timezone.now()


def test_the_same_key_adds_one_activity(program, lead):
    sent, key = {"of": "lead", "record": lead.pk, "text": "Once"}, {"Idempotency-Key": "once"}
    first = program.post(ACTIVITIES, sent, expect=201, **key)
    assert program.post(ACTIVITIES, sent, expect=201, **key) == first
    assert Activity.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 20_001}, "text"),
        ({"type": "song"}, "type"),
        ({"type": "call"}, "outcome"),
        ({"outcome": "reached"}, "outcome"),
        ({"minutes": 5}, "minutes"),
        ({"type": "meeting", "minutes": 1441}, "minutes"),
        ({"type": "meeting", "minutes": 1.5}, "minutes"),
        ({"at": "2026-05-31T08:38:04"}, "at"),
        ({"at": "yesterday"}, "at"),
        ({"at": "2999-01-01T00:00:00Z"}, "at"),
        ({"of": "song"}, "of"),
        ({"record": "x"}, "record"),
        ({"record": 2**63}, "record"),
        ({"colour": "red"}, "colour"),
        ({"pinned": True}, "pinned"),
    ],
)
def test_an_activity_that_can_not_be_added_names_the_wrong_field(program, lead, sent, name):
    whole = {"of": "lead", "record": lead.pk, "text": "Hi", **sent}
    assert named(program.post(ACTIVITIES, whole, expect=422)) == [name]
    assert not Activity.objects.exists()


def test_only_sent_fields_change_and_a_pin_is_one_of_them(program, lead, write):
    call = write(lead, "Rang", "call", outcome="no_answer", minutes=3)
    path = f"{ACTIVITIES}/{call.pk}"
    program.patch(path, {"outcome": "reached"})
    assert Operation.objects.latest("pk").kind == "edit_activity"
    program.patch(path, {"pinned": True})
    assert Operation.objects.latest("pk").kind == "pin_activity"
    found = program.get(path)
    assert (found["text"], found["outcome"], found["minutes"], found["pinned"]) == (
        "Rang",
        "reached",
        3,
        True,
    )
    number = Operation.objects.count()
    assert program.patch(path, {"text": "Rang", "pinned": True, "at": None}) == {
        "id": call.pk,
        "version": found["version"],
    }
    assert Operation.objects.count() == number


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ({"type": "call"}, "type"),
        ({"record": 7}, "record"),
        ({"user": 7}, "user"),
        ({"text": " "}, "text"),
        ({"outcome": "reached"}, "outcome"),
        ({"pinned": "yes"}, "pinned"),
        ({"colour": 1}, "colour"),
    ],
)
def test_a_change_that_is_not_possible_names_the_wrong_field(program, lead, write, sent, name):
    note = write(lead, "First")
    assert named(program.patch(f"{ACTIVITIES}/{note.pk}", sent, expect=422)) == [name]
    assert Activity.objects.get().version == note.version


def test_a_change_based_on_an_older_version_is_rejected(program, lead, write):
    path, tag = f"{ACTIVITIES}/{write(lead, 'First').pk}", '"1"'
    program.patch(path, {"text": "Second"}, **{"If-Match": tag})
    for method in ("PATCH", "DELETE"):
        problem = program.call(method, path, {"text": "Third"}, expect=412, **{"If-Match": tag})
        assert problem["code"] == "changed_since"
    program.delete(path, **{"If-Match": program.last["ETag"]})
    program.get(path, expect=404)
    assert Activity.objects.get().text == "Second"


def test_others_activities_are_changed_only_with_the_permission(umbra, ann, sofia, lead, write):
    path = f"{ACTIVITIES}/{write(lead, 'Hers').pk}"
    assert umbra(sofia).get(path)["text"] == "Hers"
    umbra(sofia).patch(path, {"text": "Mine"}, expect=403)
    umbra(sofia).delete(path, expect=403)
    umbra(ann).patch(path, {"text": "Changed"})


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_activities_of_unseen_records_and_of_records_in_trash_are_not_found(
    program, ann, ada, make_lead, departments, lead, write, method
):
    foreign = make_lead("Foreign", department=departments.export)
    hidden, binned = write(foreign, "Theirs", by=ada), write(lead, "Gone")
    carry_out(Delete(), Lead.objects.filter(pk=lead.pk), by=ann)
    for row in (hidden, binned):
        program.call(method, f"{ACTIVITIES}/{row.pk}", {"text": "Mine"}, expect=404)
    assert texts(program) == []
    for record in (foreign, lead):
        program.post(ACTIVITIES, {"of": "lead", "record": record.pk, "text": "Mine"}, expect=404)


def test_an_activity_can_not_be_added_to_a_record_that_is_only_seen(umbra, bob, make_lead):
    shared = make_lead("Shared", shared=True)
    umbra(bob).post(ACTIVITIES, {"of": "lead", "record": shared.pk, "text": "Mine"}, expect=403)


def test_a_list_is_read_page_by_page_and_loses_nothing(program, lead, write):
    for number in range(5):
        write(lead, f"Note {number}")
    first = program.get(f"{ACTIVITIES}?limit=2")
    assert [row["text"] for row in first["activities"]] == ["Note 4", "Note 3"]
    write(lead, "Later")
    second = program.get(f"{ACTIVITIES}?limit=2&after={first['next']}")
    third = program.get(f"{ACTIVITIES}?limit=2&after={second['next']}")
    assert [row["text"] for row in [*second["activities"], *third["activities"]]] == [
        "Note 2",
        "Note 1",
        "Note 0",
    ]
    assert third["next"] is None


def test_a_cursor_belongs_to_one_user_and_filter(program, umbra, ada, lead, write):
    for number in range(3):
        write(lead, f"Note {number}")
    after = program.get(f"{ACTIVITIES}?limit=1")["next"]
    for query in (f"after={after}x", f"after={after}&type=note", f"after={after}&since=2020-01-01T00:00:00Z"):
        assert program.get(f"{ACTIVITIES}?{query}", expect=400)["code"] == "invalid_cursor"
    umbra(ada).get(f"{ACTIVITIES}?after={after}", expect=400)


def test_a_list_is_filtered_by_record_type_author_and_time(
    program, ann, bob, lead, make_lead, make_company, write
):
    company = make_company("Omnia", owner=ann)
    write(lead, "One")
    write(make_lead("Jan", owner=ann), "Rang", "call", outcome="reached")
    write(company, "Lunch", "meeting")
    write(lead, "His", by=bob)
    assert texts(program, f"?of=lead&record={lead.pk}") == ["His", "One"]
    assert texts(program, "?of=company") == ["Lunch"]
    assert texts(program, "?type=call") == ["Rang"]
    assert texts(program, f"?user={bob.pk}") == ["His"]
    assert texts(program, "?user=me") == ["Lunch", "Rang", "One"]
    assert texts(program, "?user=none") == []
    later = (timezone.now() + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert texts(program, f"?since={later}") == []
    assert texts(program, "?since=2020-01-01T00:00:00Z") == ["One", "Rang", "Lunch", "His"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("type=song", "type"),
        ("of=song", "of"),
        ("record=5", "of"),
        ("of=lead&record=x", "record"),
        ("user=bob", "user"),
        ("since=soon", "since"),
        ("limit=0", "limit"),
        ("sort=at", "sort"),
    ],
)
def test_an_invalid_filter_is_named(program, query, name):
    assert named(program.get(f"{ACTIVITIES}?{query}", expect=422)) == [name]


def test_a_page_by_last_change_goes_on_where_a_program_stopped(program, lead, write):
    notes = [write(lead, f"Note {number}") for number in range(3)]
    query = f"{ACTIVITIES}?since=2020-01-01T00:00:00Z&limit=2"
    first = program.get(query)
    assert [row["text"] for row in first["activities"]] == ["Note 0", "Note 1"]
    last = program.get(f"{query}&after={first['next']}")
    assert [row["id"] for row in last["activities"]] == [notes[2].pk]
    assert last["next"] is None


def test_a_call_reads_a_limited_number_of_rows_and_goes_on_from_there(
    program, ada, make_lead, departments, lead, write, monkeypatch
):
    """Most of the rows belong to records that the user doesn't see."""
    monkeypatch.setattr(record_items, "ROWS_A_PAGE", 3)
    write(lead, "Old")
    foreign = make_lead("Foreign", department=departments.export)
    for number in range(4):
        write(foreign, f"Theirs {number}", by=ada)
    first = program.get(f"{ACTIVITIES}?limit=1")
    assert first["activities"] == []
    second = program.get(f"{ACTIVITIES}?limit=1&after={first['next']}")
    assert [row["text"] for row in second["activities"]] == ["Old"]
    assert second["next"] is None


def test_a_list_takes_few_queries_however_long_it_is(program, lead, write, django_assert_max_num_queries):
    for number in range(12):
        write(lead, f"Note {number}")
    with django_assert_max_num_queries(11):
        program.get(f"{ACTIVITIES}?limit=10")


def test_a_webhook_names_the_activity_and_only_to_users_who_see_it(program, ann, carla, lead):
    pk = program.post(ACTIVITIES, {"of": "lead", "record": lead.pk, "text": "Hi"}, expect=201)["id"]
    record = Operation.objects.latest("pk")
    assert build_visible_operation_json(record, ann)["activities"] == [pk]
    assert build_visible_operation_json(record, carla) is None
